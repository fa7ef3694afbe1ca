"""One Faker whose results are safe to keep: it makes no identifier that could be somebody's, and says what it put in.

Methods that make direct identifiers give values of the locale's reserved ranges, also where another method calls them
(a profile, a document, a template). Names and addresses that a method puts into its result are noted, so that the
scanner can hold them to their vocabularies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import lru_cache
from html import escape
from json import dumps
from random import Random
from typing import Any

import numpy as np

from synthgen.columns import Declared
from synthgen.generators.entities.payment import BANKS
from synthgen.generators.faked import methods
from synthgen.generators.faked.clock import pinned, png
from synthgen.generators.faked.identifiers import reserved

_NO_NAMES = frozenset({"language_name", "civil_status_name"})
_PLACE = Declared("LOCATION", "vocabulary")
_SINGLE = {
    "password": Declared("API_KEY", "regenerated"),
    "civil_status": Declared("LOREM", "vocabulary"),
    "civil_status_name": Declared("LOREM", "vocabulary"),
    "local_latlng": _PLACE,
    "location_on_land": _PLACE,
}
_GECKO = re.compile(r"Gecko/\d{4}-\d\d-\d\d [\d:.]+")
_ESCAPED = re.compile(r"\\u(?!d[89a-f])([0-9a-f]{4})")
CLEANED: dict[str, Callable[[str], str]] = {
    "json": lambda text: _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text),
    "firefox": lambda text: _GECKO.sub("Gecko/20100101", text),
    "user_agent": lambda text: _GECKO.sub("Gecko/20100101", text),
}
"""Corrections: a date before a time reads as a telephone number, and escaped names cannot be told from others."""
UNLIKE: dict[str, re.Pattern[str]] = {"sbn9": re.compile("0"), "country_calling_code": re.compile(r"\+\d+ ")}
"""Values that a pool leaves out because they read as telephone numbers."""
SIMPLER: dict[str, dict[str, Any]] = {
    "xml": {"value_types": ["str", "int", "uri", "email"]},
    "fixed_width": {"data_columns": [(40, "name"), (3, "pyint", {"max_value": 20})]},
}
"""Arguments of documents without long random numbers, which read as anything, and without names that are cut."""
_SAMPLE = 499  # values of a reserved range that stand for it inside other values


class UnknownMethodError(LookupError):
    """A template or a document asks for a method that the locale has not; the first argument is its name."""


def declared(method: str, locale: str) -> Declared | None:
    """What a method's values are by vocabulary: names of people, addresses, names of firms; None for all others."""
    if method in _SINGLE:
        return _SINGLE[method]
    room = methods.room(method, locale)
    if room == "lorem" and "word" not in method:
        return Declared("LOREM", "vocabulary")
    if room == "person" and "name" in method and method not in _NO_NAMES:
        return Declared("PERSON", "vocabulary")
    if room == "address" and not method.endswith(("_code", "_abbr", "_format")):
        return Declared("LOCATION", "vocabulary")
    return Declared("ORGANIZATION", "vocabulary") if room == "company" and method.startswith("company") else None


@lru_cache(maxsize=32)
def held(locale: str, safe: bool) -> HeldFaker:
    """One per process: whoever draws from it seeds it first, inside `at`, which lets one in at a time."""
    return HeldFaker(locale, safe)


class HeldFaker:
    """Faker in one locale. `safe` for reserved identifiers and notes; without it, Faker as it is.

    `noted` holds the (text, what it is) that the last value holds. Not thread-safe.
    """

    def __init__(self, locale: str, safe: bool) -> None:
        self.locale, self.safe, self._depth = locale, safe, 0
        self.noted: list[tuple[str, Declared]] = []
        self.generator = methods.create(locale)
        self._methods = frozenset(methods.providers(locale))
        own = {type(p): p for p in self.generator.get_providers()}
        for name, provider in methods.providers(locale).items():
            instead = self._instead(name, getattr(self.generator, name), safe)
            if instead is not None:
                self.generator.set_formatter(name, instead)
                setattr(own[type(provider)], name, instead)
        find = self.generator.get_formatter
        self.generator.get_formatter = lambda name: find(self._known(name))

    def _known(self, name: str) -> str:
        if name not in self._methods:
            raise UnknownMethodError(name)
        return name

    def _instead(self, name: str, method: Callable[..., Any], safe: bool) -> Callable[..., Any] | None:
        if name == "image":
            return self._image
        if name == "bank" and not hasattr(methods.providers(self.locale)[name], "banks"):
            return lambda: BANKS[self.generator.random.randrange(len(BANKS))]  # Faker knows none there
        if not safe:
            return None
        if name == "org_and_vat_id":
            return self._firm
        if reserved(name, self.locale) is not None:
            return self._drawing(name)
        what = declared(name, self.locale)
        return None if what is None else self._noting(method, what)

    def _drawing(self, name: str) -> Callable[..., Any]:
        known: list[Any] = []

        def draw(*_: Any, **__: Any) -> Any:
            if not known:
                found = reserved(name, self.locale)
                assert found is not None
                count = min(_SAMPLE, found.capacity)
                step = max(1, found.capacity // count)
                known.extend(found.spell(np.arange(count, dtype=np.uint64) * np.uint64(step)).to_list())
            value = known[self.generator.random.randrange(len(known))]
            if found_entity := reserved(name, self.locale):
                self._note(value, Declared(found_entity.entity, "reserved"))
            return value

        return draw

    def _firm(self, *_: Any, **__: Any) -> tuple[str, str]:
        """The number of a Swedish firm, and its number for value added tax, which holds it."""
        number = self.generator.org_id()
        tax = f"SE16{number.replace('-', '')}01"
        self._note(tax, Declared("SE_VAT", "reserved"))
        return number, tax

    def _noting(self, method: Callable[..., Any], what: Declared) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._depth += 1
            try:
                value = method(*args, **kwargs)
            finally:
                self._depth -= 1
            self._note(value, what)
            return value

        return call

    def _note(self, value: Any, what: Declared) -> None:
        if self._depth == 0 and isinstance(value, str) and value:
            self.noted.append((value, what))

    def _image(self, size: Any = (32, 32), *_: Any, **__: Any) -> bytes:
        red, green, blue = (self.generator.random.randrange(256) for _ in range(3))
        return png((int(size[0]), int(size[1])), (red, green, blue))

    def at(self, clock: datetime) -> AbstractContextManager[None]:
        """While it lasts, Faker's clock is `clock`."""
        return pinned(clock, self.random)

    def call(self, method: str, args: Mapping[str, Any]) -> Any:
        """One value, from where the seed has left the source of chance. Raises whatever Faker raises."""
        self.noted = []
        value = getattr(self.generator, method)(**args)
        if self.safe and method in CLEANED and isinstance(value, str):
            value = CLEANED[method](value)
        elif self.safe and method == "json_bytes":
            value = CLEANED["json"](value.decode()).encode()
        text = value.decode(errors="replace") if isinstance(value, bytes) else value
        if isinstance(text, str) and self.noted:
            self.noted = [(found, what) for note, what in self.noted if (found := _standing(note, text))]
        return list(value) if hasattr(value, "__next__") else value

    @property
    def random(self) -> Random:
        """The generator's own source of chance."""
        found: Random = self.generator.random
        return found


def _standing(note: str, text: str) -> str:
    """How a noted value stands in a document: as it is, escaped, or its first words; empty where it does not."""
    for spelled in (note, dumps(note)[1:-1], dumps(note, ensure_ascii=False)[1:-1], escape(note, quote=False)):
        if spelled in text:
            return spelled
    words = note.split(" ")
    return next((cut for n in range(len(words) - 1, 0, -1) if (cut := " ".join(words[:n])) in text), "")
