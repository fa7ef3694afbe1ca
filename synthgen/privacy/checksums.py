"""Validators of identity numbers: python-stdnum's modules, loaded when a candidate needs them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module

from synthgen.privacy.patterns import CHANCE, LIKELY, STRONG
from synthgen.privacy.reserved import explain


@lru_cache(maxsize=64)
def _is_valid(module: str) -> Callable[[str], bool]:
    found: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return found


def checked(*modules: str) -> Callable[[str], float]:
    """A validator: 1 if any of the stdnum modules (`gb.nhs`) accepts the number, else 0."""

    def validate(text: str) -> float:
        return STRONG if any(_is_valid(m)(text) for m in modules) else 0.0

    return validate


def by_chance(*modules: str) -> Callable[[str], float]:
    """Like `checked`, for a spelling that other numbers share: one in ten has the check digit by chance."""
    valid = checked(*modules)

    def validate(text: str) -> float:
        return min(CHANCE, valid(text))

    return validate


def checked_or_reserved(entity: str, *modules: str) -> Callable[[str], float]:
    """Like `checked`; a number in a range that is never issued counts too, so that it can be accounted for."""
    valid = checked(*modules)

    def validate(text: str) -> float:
        return valid(text) or (LIKELY if explain(text, entity) is not None else 0.0)

    return validate


def formed(text: str) -> float:
    """A validator for forms that carry no check digit."""
    return LIKELY
