"""Addresses: street, city, state, postcode and position that exist together, in the row's locale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generator import Build
from synthgen.generators.entities.base import Codes, EntityParams, Segments, Trait, country_of, locale_group
from synthgen.generators.entities.places import Place, countries, places
from synthgen.generators.entities.vocabulary import sample
from synthgen.seeds import unit

_TEXT = pl.String()
_TRAITS = {
    "street": Trait(_TEXT, "LOCATION"),
    "street2": Trait(_TEXT),
    "city": Trait(_TEXT, "LOCATION"),
    "state": Trait(_TEXT, "LOCATION"),
    "state_code": Trait(_TEXT),
    "postcode": Trait(_TEXT, "LOCATION"),
    "country": Trait(_TEXT, "LOCATION"),
    "country_code": Trait(_TEXT),
    "latitude": Trait(pl.Float64()),
    "longitude": Trait(pl.Float64()),
    "timezone": Trait(_TEXT),
    "full_address": Trait(_TEXT, "LOCATION"),
}
_NUMBER_FIRST = {"US", "CA", "GB", "IE", "AU", "NZ", "FR", "IN", "PH", "ZA", "NG", "KE", "JP", "CN", "TH"}
_LONG_NUMBERS = {"US", "CA", "AU", "NZ"}
_STREETS = 2000
_SECOND = Vocabulary(
    "entity:street2", pl.Series([*(f"Apt. {n}" for n in range(1, 400)), *(f"Suite {n}" for n in range(100, 400))])
)


class Address:
    """An address of the row's locale: a real city with its state and a postcode of it, a street that Faker names."""

    Params = EntityParams

    @classmethod
    def attributes(cls) -> Mapping[str, Trait]:
        """Every attribute."""
        return _TRAITS

    def __init__(self, params: EntityParams, build: Build) -> None:
        self.locales, self.limit = build.locales, params.max_length
        self.countries = [country_of(name) for name in build.locales]
        self._words: dict[str, Vocabulary] = {}

    @cached_property
    def _places(self) -> tuple[list[Place], Segments]:
        lists = [places(name) for name in self.locales]
        segments = Segments([([p.city for p in ps], [p.weight for p in ps]) for ps in lists], range(len(lists)))
        return [p for ps in lists for p in ps], segments

    @cached_property
    def _streets(self) -> tuple[Vocabulary, Segments]:
        lists = [sample(name, "street_name", _STREETS) for name in self.locales]
        segments = Segments(lists, range(len(lists)))
        return Vocabulary("faker:address/street_name", pl.Series(segments.words)), segments

    @cached_property
    def _numbers(self) -> tuple[Vocabulary, Vocabulary, Segments, Segments]:
        """House numbers before and after the street's name; the side that a country leaves empty has one empty word."""
        none = ([""], [1.0])
        before, after = [], []
        for code in self.countries:
            top = 9999 if code in _LONG_NUMBERS else 199
            weights = [1.0 / (n + 100) for n in range(1, top + 1)]
            first = code in _NUMBER_FIRST
            before.append(([f"{n} " for n in range(1, top + 1)], weights) if first else none)
            after.append(none if first else ([f" {n}" for n in range(1, top + 1)], weights))
        groups = range(len(self.countries))
        left, right = Segments(before, groups), Segments(after, groups)
        texts = [Vocabulary("entity:house-numbers", pl.Series(side.words)) for side in (left, right)]
        return texts[0], texts[1], left, right

    def _place(self, rows: Rows) -> Codes:
        return rows.memo("place", lambda: self._places[1].pick(rows.bits("place"), locale_group(rows)))

    def _of_place(self, attribute: str, rows: Rows, read: Callable[[Place], Any]) -> Column:
        if attribute not in self._words:
            values = [read(p) for p in self._places[0]]
            if self.limit is not None:
                values = [v[: self.limit].strip() for v in values]
            distinct, inverse = np.unique(np.array(values, dtype=object), return_inverse=True)
            self._words[attribute] = Vocabulary(f"places:{attribute}", pl.Series(distinct.tolist()))
            self._words[f"{attribute}#"] = Vocabulary("codes", pl.Series(inverse.astype(np.uint32)))
        codes = self._words[f"{attribute}#"].values.to_numpy()[self._place(rows)]
        return Column.coded(self._words[attribute], codes, _TRAITS[attribute].declared)

    def generate(self, attribute: str, rows: Rows, unique: bool) -> Column:
        """One attribute's column."""
        if attribute in ("city", "state", "state_code", "postcode", "timezone"):
            return self._of_place(attribute, rows, lambda p: getattr(p, attribute))
        if attribute in ("latitude", "longitude"):
            centre = np.array([getattr(p, attribute) for p in self._places[0]])
            near = (unit(rows.bits(attribute)) - 0.5) * 0.08
            return Column.of(pl.Series(np.round(centre[self._place(rows)] + near, 5)))
        if attribute in ("country", "country_code"):
            return self._country(attribute, rows)
        if attribute == "street2":
            picked = (unit(rows.bits("street2")) * len(_SECOND.values)).astype(np.uint32)
            return Column.coded(self._cut(_SECOND), picked)
        if attribute == "street" and self.limit is None:
            return self._street(rows)
        made = self._street(rows).values if attribute == "street" else self._full(rows)
        return Column.of(made if self.limit is None else made.str.head(self.limit), _TRAITS[attribute].declared)

    def _cut(self, vocabulary: Vocabulary) -> Vocabulary:
        if self.limit is None:
            return vocabulary
        key = f"{vocabulary.name}:cut"
        if key not in self._words:
            self._words[key] = Vocabulary(key, vocabulary.values.str.head(self.limit))
        return self._words[key]

    def _country(self, attribute: str, rows: Rows) -> Column:
        if attribute not in self._words:
            known = countries()
            names = [known[c].name if c in known and attribute == "country" else c for c in self.countries]
            self._words[attribute] = Vocabulary(f"entity:{attribute}", pl.Series([n[: self.limit] for n in names]))
        codes = rows.locales[1].astype(np.uint32)
        return Column.coded(self._words[attribute], codes, _TRAITS[attribute].declared)

    def _street(self, rows: Rows) -> Column:
        def make() -> Column:
            group = locale_group(rows)
            names, streets = self._streets
            before, after, left, right = self._numbers
            parts = [Column.coded(names, streets.pick(rows.bits("street"), group))]
            if len(left.words) > 1:
                parts.insert(0, Column.coded(before, left.pick(rows.bits("number"), group)))
            if len(right.words) > 1:
                parts.append(Column.coded(after, right.pick(rows.bits("number"), group)))
            return Column.joined(*parts, declared=_TRAITS["street"].declared)

        return rows.memo("street", make)

    def _full(self, rows: Rows) -> pl.Series:
        city, code, zone = (self._of_place(a, rows, lambda p, a=a: getattr(p, a)).values for a in _LINE)  # type: ignore[misc]
        first = np.array([c in _NUMBER_FIRST for c in self.countries])[rows.locales[1]]
        western = pl.concat_str([pl.lit(city), pl.lit(", "), pl.lit(code), pl.lit(" "), pl.lit(zone)])
        other = pl.concat_str([pl.lit(zone), pl.lit(" "), pl.lit(city)])
        line = pl.when(pl.Series(first)).then(western).otherwise(other)
        return pl.select(pl.concat_str([pl.lit(self._street(rows).values), pl.lit(", "), line])).to_series()

    def shortest(self, attribute: str) -> int:
        """The least `max_length` that an attribute can keep to."""
        return 1

    def capacity(self, attribute: str) -> int | None:
        """Addresses repeat: none of their attributes can be unique."""
        return 0


_LINE = ("city", "state_code", "postcode")
