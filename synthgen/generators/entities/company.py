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
    fitting,
    locale_group,
    slug,
)
from synthgen.generators.entities.phones import ReservedPhones
from synthgen.generators.entities.vocabulary import sample
from synthgen.seeds import Permutation, below

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
        return pl.Series([slug(w)[: max(1, min(20, (self.limit or 60) - 32))] for w in self._names[0]])

    def _codes(self, rows: Rows) -> Codes:
        return rows.memo("company", lambda: self._names[1].pick(rows.bits("company"), locale_group(rows)))

    def _of_locale(self, attribute: str, method: str, count: int) -> tuple[Vocabulary, Segments]:
        if attribute not in self._lists:
            lists = [fitting(*sample(name, method, count), self.limit) for name in self.locales]
            segments = Segments(lists, range(len(lists)))
            self._lists[attribute] = (Vocabulary(f"faker:company/{attribute}", pl.Series(segments.words)), segments)
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
        number = [pl.Series(rows.numbers.astype(np.int64) + 1).cast(pl.String)] if unique else []
        if attribute == "email":
            box = pl.Series(_MAILBOXES).gather(
                pl.Series(below(rows.bits("mailbox"), len(_MAILBOXES)).astype(np.uint32))
            )
            parts = [box, pl.lit("@"), name, *number, pl.lit(".example")]
        elif attribute == "url":
            parts = [pl.lit("https://www."), name, *number, pl.lit(".example")]
        else:
            parts = [name, *number, pl.lit(".example")]
        return pl.select(pl.concat_str(parts)).to_series()

    def _vat(self, rows: Rows, unique: bool) -> pl.Series:
        """Country code, 000 and nine digits: no member state issues numbers that start with 000."""
        size = 10**9
        rank = Permutation(rows.stream("vat"), size)(rows.numbers) if unique else below(rows.bits("vat"), size)
        prefix = np.array([list(c.encode()) for c in self.countries], dtype=np.uint8)[rows.locales[1]]
        text = strings(np.concatenate([prefix, literal(b"000", rows.count), decimal(rank, 9)], axis=1))
        return text if self.limit is None else text.str.head(self.limit)

    def shortest(self, attribute: str) -> int:
        """The least `max_length` that an attribute can keep to."""
        return {"domain": 9, "email": 17, "url": 21}.get(attribute, 1)

    def capacity(self, attribute: str) -> int | None:
        """How many rows can be unique in an attribute."""
        if attribute in ("email", "domain", "url"):
            return None if self.limit is None or self.limit >= 45 else 0
        if attribute == "phone":
            return self._phones.capacity
        return 10**9 if attribute == "vat_id" and (self.limit or 14) >= 14 else 0
