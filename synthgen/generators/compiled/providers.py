"""The installed Faker: generators by locale, and the public methods of each."""

from __future__ import annotations

import random
import sys
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

PLUMBING = frozenset({"add_element", "get_random_value"})  # of DynamicProvider: no method that makes a value


@lru_cache(maxsize=128)
def faker(locale: str) -> Any:
    """A real Faker generator with all its providers, weighted as by default; en_US where Faker has no such locale."""
    from faker import Factory

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some locales are old names of others
        try:
            return Factory.create(locale)
        except AttributeError:  # Faker's way to say that it does not know a locale
            return Factory.create("en_US")


@lru_cache(maxsize=128)
def methods(locale: str) -> tuple[str, ...]:
    """Every public method of every provider of a locale, sorted: what `Faker(locale).NAME()` can call."""
    found = {
        name
        for provider in faker(locale).get_providers()
        for name in dir(provider)
        if not name.startswith("_") and name not in PLUMBING and callable(getattr(provider, name))
        and not isinstance(getattr(provider, name), type)
    }  # fmt: skip
    return tuple(sorted(found))


def provider_of(method: str, locale: str) -> Any:
    """The provider whose method the locale's generator calls, or None."""
    if method.startswith("_"):
        return None
    bound = getattr(faker(locale), method, None)
    owner = getattr(bound, "__self__", None)
    if owner is not None and any(owner is p for p in faker(locale).get_providers()):
        return owner
    return next((p for p in faker(locale).get_providers() if callable(getattr(p, method, None))), None)


def place_of(function: Any) -> str:
    """Where a function is defined: `module:Class.name`, the name that kernels are registered by."""
    inner = getattr(function, "__func__", function)
    return f"{inner.__module__}:{inner.__qualname__}".removeprefix("faker.providers.")


def recorded(method: str, locale: str, args: Mapping[str, Any], source: Any) -> Any:
    """One value of real Faker, drawn from another random source."""
    generator = faker(locale)
    before = generator.random
    modules = [sys.modules[type(p).__module__].__dict__ for p in generator.get_providers()]
    direct = [m for m in modules if m.get("random") is random]  # a few draw from Python's own source
    generator.random = source
    try:
        for module in direct:
            module["random"] = source
        return generator.get_formatter(method)(**args)
    finally:
        generator.random = before
        for module in direct:
            module["random"] = random


def characterwise() -> list[Callable[[str], str]]:
    """Faker's functions of text that work character by character."""
    from faker.decode import unidecode

    return [unidecode]


def luhn() -> Callable[[Any], int]:
    """Faker's Luhn sum."""
    from faker.utils.checksums import luhn_checksum

    return luhn_checksum
