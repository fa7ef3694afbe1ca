"""Which methods Faker has in a locale, and one Faker for each locale.

A method is what a provider makes values with: public, and callable without arguments (`enum` alone wants its members).
Names that only compute something from their arguments, or that manage providers, are no methods.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

PLUMBING = frozenset({"add_provider", "is_leap_year", "pesel_compute_check_digit", "pwz_doctor_compute_check_digit"})
"""Public names of providers that make no value."""


def create(locale: str) -> Any:
    """A new Faker generator with all its providers; en_US where Faker does not know the locale."""
    from faker import Factory

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some locales are old names of others
        try:
            return Factory.create(locale)
        except AttributeError:
            return Factory.create("en_US")


@lru_cache(maxsize=128)
def faker(locale: str) -> Any:
    """The generator that answers questions about a locale. Never draw from it: see `pool`."""
    return create(locale)


@lru_cache(maxsize=128)
def providers(locale: str) -> Mapping[str, Any]:
    """The provider behind each method of a locale, by the method's name."""
    found: dict[str, Any] = {}
    for provider in faker(locale).get_providers():
        for name in dir(type(provider)):
            if name not in found and _makes(provider, name):
                found[name] = provider
    return dict(sorted(found.items()))


def _makes(provider: Any, name: str) -> bool:
    if name.startswith("_") or name in PLUMBING:
        return False
    member: Callable[..., Any] | None = getattr(provider, name, None)
    if not callable(member) or inspect.isclass(member):
        return False
    return name == "enum" or not _wanting(member)


@lru_cache(maxsize=4096)
def _wanting(member: Callable[..., Any]) -> bool:
    """Whether it cannot be called without arguments."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = inspect.signature(member).parameters.values()
    return any(p.default is inspect.Parameter.empty and p.kind in kinds for p in parameters)


@lru_cache(maxsize=1)
def locales() -> tuple[str, ...]:
    """Every locale that Faker has."""
    from faker.config import AVAILABLE_LOCALES

    return tuple(sorted(AVAILABLE_LOCALES))


def room(method: str, locale: str) -> str:
    """The provider's kind: `person`, `address`, `company`, `ssn`, ...; empty where the locale has no such method."""
    provider = providers(locale).get(method)
    if provider is None:
        return ""
    return next((c.__module__.split(".")[2] for c in type(provider).__mro__ if method in vars(c) and
                 c.__module__.startswith("faker.providers.")), "base")  # fmt: skip
