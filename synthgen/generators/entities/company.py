"""Companies: a name in the locale's form, with domain, e-mail and URL that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import polars as pl

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generator import Build
from synthgen.generators.digits import decimal, literal, strings
from synthgen.generators.entities.base import (
    Codes,
    EntityParams,
    Segments,
    Trait,
    country_of,
    distinct,
    fitting,
    locale_group,
    text,
)
from synthgen.generators.entities.phones import ReservedPhones
from synthgen.generators.entities.slugs import slug
from synthgen.generators.entities.vocabulary import sample
from synthgen.seeds import below

_TEXT = pl.String()
_TRAITS = {
    "company": Trait(_TEXT, "ORGANIZATION"),
    "suffix": Trait(_TEXT),
    "industry": Trait(_TEXT),
    "catch_phrase": Trait(_TEXT),
    "domain": Trait(_TEXT, "URL", "reserved"),
    "email": Trait(_TEXT, "EMAIL_ADDRESS", "reserved"),
    "url": Trait(_TEXT, "URL", "reserved"),
    "phone": Trait(_TEXT, "PHONE_NUMBER", "reserved"),
    "vat_id": Trait(_TEXT),
}
_INDUSTRIES = (
    "Agriculture", "Automotive", "Banking", "Chemicals", "Construction", "Consulting", "Education", "Energy", "Fashion",
    "Food", "Furniture", "Health care", "Hospitality", "Insurance", "Logistics", "Machinery", "Media", "Mining",
    "Pharmaceuticals", "Printing", "Real estate", "Retail", "Software", "Steel", "Telecommunications", "Textiles",
    "Tourism", "Toys", "Waste management", "Water supply", "Wholesale",
)  # fmt: skip
_MAILBOXES = ("info", "sales", "office", "contact", "service", "billing")
_NAMES = 3000
_STARTS = {"url": "https://www.", "domain": ""}
_SHORT_STARTS = {"email": "m@", "url": "http://", "domain": ""}


class Company:
    """A company of the row's locale. Domains lie under `.example` (RFC 2606); tax numbers have group 000."""

    Params = EntityParams

    @classmethod
    def attributes(cls) -> Mapping[str, Trait]:
        """Every attribute."""
        return _TRAITS

    def __init__(self, params: EntityParams, build: Build) -> None:
        self.locales, self.limit = build.locales, params.max_length
        self.countries = [country_of(name) for name in build.locales]
        self._phones = ReservedPhones(self.countries, params.max_length)
        self._lists: dict[str, tuple[Vocabulary, Segments]] = {}

    @cached_property
    def _names(self) -> tuple[list[str], Segments]:
        lists = [sample(name, "company", _NAMES) for name in self.locales]
        segments = Segments(lists, range(len(lists)))
        return segments.words, segments

    @cached_property
    def _shown(self) -> Vocabulary:
        return Vocabulary("faker:company", pl.Series([w[: self.limit].strip() for w in self._names[0]]))

    @cached_property
    def _slugs(self) -> pl.Series:
        """One label of a domain for each company; those without any Latin or readable letter are called firm-x..."""
        _, segments = self._names
        made = [slug(w, self.locales[i]) for i, part in enumerate(segments.lists) for w in part]
        plain = [s[:20] if len(s) > 2 else f"firm-{_letters(i)}" for i, s in enumerate(made)]
        return pl.Series(plain)

    def _codes(self, rows: Rows) -> Codes:
        return rows.memo("company", lambda: self._names[1].pick(rows.bits("company"), locale_group(rows)))

    def _of_locale(self, attribute: str, method: str, count: int) -> tuple[Vocabulary, Segments]:
        if attribute not in self._lists:
            lists = [sample(name, method, count) for name in self.locales]
            segments = Segments(lists, range(len(lists)))
            shown = [w for part in segments.lists for w in fitting(part, self.limit)]
            self._lists[attribute] = (Vocabulary(f"faker:company/{attribute}", pl.Series(shown)), segments)
        return self._lists[attribute]

    @cached_property
    def _industries(self) -> Vocabulary:
        return Vocabulary("entity:industry", pl.Series([w[: self.limit] for w in _INDUSTRIES]))

    def generate(self, attribute: str, rows: Rows, unique: bool) -> Column:
        """One attribute's column."""
        declared = _TRAITS[attribute].declared
        if attribute == "company":
            return Column.coded(self._shown, self._codes(rows), declared)
        if attribute == "industry":
            return Column.coded(self._industries, below(rows.bits("industry"), len(_INDUSTRIES)).astype(np.uint32))
        if attribute in ("suffix", "catch_phrase"):
            method = "company_suffix" if attribute == "suffix" else "catch_phrase"
            vocabulary, segments = self._of_locale(attribute, method, 1000)
            return Column.coded(vocabulary, segments.pick(rows.bits(attribute), locale_group(rows)))
        if attribute == "phone":
            return self._phones.column(rows, unique, declared)
        if attribute == "vat_id":
            return Column.of(self._vat(rows, unique))
        return Column.of(self._address(attribute, rows, unique), declared)

    def _address(self, attribute: str, rows: Rows, unique: bool) -> pl.Series:
        name = self._slugs.gather(pl.Series(self._codes(rows)))
        number = pl.Series(rows.numbers.astype(np.int64) + 1).cast(pl.String) if unique else ""
        ending = ".example"
        box = pl.Series(_MAILBOXES).gather(pl.Series(below(rows.bits("mailbox"), len(_MAILBOXES)).astype(np.uint32)))
        start: pl.Series | str = text(box, "@") if attribute == "email" else _STARTS[attribute]
        if self.limit is None:
            return text(start, name, number, ending)
        if self.limit < self._least(attribute) + 11:
            start, ending = _SHORT_STARTS[attribute], ".test"
        used = pl.concat_str([pl.lit(p) for p in (start, number, ending)]).str.len_bytes().cast(pl.Int64)
        room = (pl.lit(self.limit) - used).clip(1)
        label = pl.lit(name).str.head(room).str.strip_chars_end("-")
        return pl.select(pl.concat_str([pl.lit(start), label, pl.lit(number), pl.lit(ending)])).to_series()

    @staticmethod
    def _least(attribute: str) -> int:
        """Characters around a company's label, at most."""
        return {"email": 16, "url": 20, "domain": 8}[attribute]

    def _vat(self, rows: Rows, unique: bool) -> pl.Series:
        """Country code, 000 and nine digits: no member state issues numbers that start with 000."""
        size = 10**9
        rank = distinct(rows, "vat", size) if unique else below(rows.bits("vat"), size)
        prefix = np.array([list(c.encode()) for c in self.countries], dtype=np.uint8)[rows.locales[1]]
        made = strings(np.concatenate([prefix, literal(b"000", rows.count), decimal(rank, 9)], axis=1))
        return made if self.limit is None else made.str.head(self.limit)

    def shortest(self, attribute: str) -> int:
        """The least `max_length` that an attribute can keep to."""
        return {"domain": 6, "email": 8, "url": 13, "phone": ReservedPhones.shortest}.get(attribute, 1)

    def capacity(self, attribute: str) -> int | None:
        """How many rows can be unique in an attribute."""
        if attribute in ("email", "domain", "url"):
            if self.limit is None or self.limit >= self._least(attribute) + 11:
                return None
            return max(0, int(10 ** (self.limit - self.shortest(attribute))) - 1)
        if attribute == "phone":
            return self._phones.capacity
        return 10**9 if attribute == "vat_id" and (self.limit or 14) >= 14 else 0


def _letters(number: int) -> str:
    """A number as letters: a, b, ..., z, ba, bb, ..."""
    out = ""
    while True:
        number, digit = divmod(number, 26)
        out = chr(97 + digit) + out
        if number == 0:
            return out
