"""Where the values of a method come from in one locale: a reserved range, a compiled sampler, a pool, or Faker itself.

Every source makes a column for rows of its own locale; `generator` puts the locales of a recipe together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

import numpy as np
import polars as pl

from synthgen.columns import Column, Declared, Inserted, Rows, Vocabulary
from synthgen.generators.compiled.base import Sampler
from synthgen.generators.entities.base import distinct
from synthgen.generators.entities.id_forms import NationalId
from synthgen.generators.faked import values
from synthgen.generators.faked.held import HeldFaker
from synthgen.generators.faked.pool import Pool, PoolError, arguments, value_of
from synthgen.seeds import U64, Alias, below


class Source(Protocol):
    """Values of one method in one locale."""

    dtype: pl.DataType
    capacity: int | None
    bounds: tuple[float | None, float | None]

    def sample(self, rows: Rows, unique: bool) -> Column:
        """One value for each row; with `unique`, no two rows of the table agree (where there is a capacity)."""

    def nth(self, index: U64, rows: Rows) -> Column:
        """The values by rank."""


class ReservedSource:
    """A range that nobody has."""

    dtype: pl.DataType = pl.String()
    bounds: tuple[float | None, float | None] = (None, None)

    def __init__(self, found: NationalId) -> None:
        self._range = found
        self.capacity: int | None = found.capacity
        self.declared = Declared(found.entity, "reserved")

    def sample(self, rows: Rows, unique: bool) -> Column:
        """Values of the range, evenly."""
        size = self._range.capacity
        rank = distinct(rows, "reserved", size) if unique else below(rows.bits("reserved"), size)
        return Column.of(self._range.spell(rank), self.declared)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The values by rank."""
        return Column.of(self._range.spell(index), self.declared)


class CompiledSource:
    """A method compiled: its values are made for all rows at once, with Faker's words and frequencies."""

    def __init__(self, sampler: Sampler, declared: Declared | None, limit: int | None) -> None:
        self.dtype, self.bounds, self._sampler = sampler.dtype, sampler.bounds, sampler
        self.declared, self._limit = declared, limit if sampler.dtype == pl.String else None
        self._words = self._listed()
        self.capacity = None if self._words is None else len(self._words.values)

    def _listed(self) -> Vocabulary | None:
        """The different values, where the method draws from one list."""
        known = getattr(self._sampler, "vocabulary", None)
        if known is None or known.values.dtype.is_nested():
            return None
        values = known.values if self._limit is None else known.values.str.head(self._limit)
        return Vocabulary(known.name, values.drop_nulls().unique(maintain_order=True))

    def sample(self, rows: Rows, unique: bool) -> Column:
        """One value for each row."""
        made = self._sampler.sample(rows)
        if self._limit is not None:
            return Column.of(made.values.str.head(self._limit), self.declared)
        return replace(made, declared=self.declared)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The value at a position of the method's list."""
        assert self._words is not None
        return Column.coded(self._words, index.astype(np.uint32), self.declared)


class PoolSource:
    """One vocabulary of the pools of all locales, each with its own frequencies."""

    def __init__(self, name: str, pools: Sequence[Pool], declared: Declared | None, limit: int | None) -> None:
        every = [value for pool in pools for value in pool.values]
        self.dtype = values.dtype_of(every)
        series = values.series(every, self.dtype)
        if limit is not None and series.dtype == pl.String:
            series = series.str.head(limit)
        self.declared, self.pools = declared, pools
        self.vocabulary = Vocabulary(name, series)
        self._aliases = [Alias(list(pool.weights)) for pool in pools]
        self._starts = np.cumsum([0, *(len(pool.values) for pool in pools)])[:-1].astype(np.uint32)
        self.capacity = self._distinct(series) if len(pools) == 1 else None
        numbers = [v for v in every if v is not None]
        self.bounds = (min(numbers), max(numbers)) if numbers and self.dtype.is_numeric() else (None, None)
        self._inserted = _inserted([note for pool in pools for note in pool.notes])

    def _distinct(self, series: pl.Series) -> int | None:
        if series.null_count() or series.dtype.is_nested():
            return None
        return len(series) if series.n_unique() == len(series) else None

    def sample(self, rows: Rows, unique: bool) -> Column:
        """One value of its locale's pool for each row."""
        bits = rows.bits()
        if len(self._aliases) == 1:
            return self._column(self._aliases[0].pick(bits))
        codes, (_, locale) = np.zeros(rows.count, np.uint32), rows.locales
        for i, alias in enumerate(self._aliases):
            mine = np.flatnonzero(locale == i)
            codes[mine] = alias.pick(bits[mine]) + self._starts[i]
        return self._column(codes)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The value at a position of the pool."""
        return self._column(index.astype(np.uint32))

    def _column(self, codes: Any) -> Column:
        if not self._inserted:
            return Column.coded(self.vocabulary, codes, self.declared)
        at = pl.Series(codes)
        parts = tuple(Inserted(i.values.gather(at), i.declared) for i in self._inserted)
        return Column.of(self.vocabulary.values.gather(at), self.declared, parts)


def _inserted(notes: Sequence[Sequence[tuple[str, Declared]]]) -> tuple[Inserted, ...]:
    """What the values hold, turned by kind: the first name of each, the second name, the first address, and so on."""
    kinds = list(dict.fromkeys(what for several in notes for _, what in several))
    kinds.sort(key=lambda what: what.entity != "LOCATION")  # streets are called after people, so they come first
    found = []
    for kind in kinds:
        texts = [[text for text, what in several if what == kind] for several in notes]
        for i in range(max(map(len, texts), default=0)):
            column = [several[i] if i < len(several) else None for several in texts]
            found.append(Inserted(pl.Series(column, dtype=pl.String), kind))
    return tuple(found)


class EachSource:
    """Faker called for every row, seeded by the row: slow, and as varied as Faker is."""

    capacity: int | None = None
    bounds: tuple[float | None, float | None] = (None, None)

    def __init__(
        self,
        method: str, args: Mapping[str, Any], locale: str, clock: datetime, safe: bool,
        like: PoolSource, limit: int | None,
    ) -> None:  # fmt: skip
        self._method, self._clock, self._limit = method, clock, limit
        self._given, self._locale, self._safe = arguments(method, args, clock), locale, safe
        self.dtype, self.declared = like.dtype, like.declared
        self._faker: HeldFaker | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the Faker, which each worker makes for itself."""
        return self.__dict__ | {"_faker": None}

    def sample(self, rows: Rows, unique: bool) -> Column:
        """One call of Faker for each row."""
        faker = self._faker = self._faker or HeldFaker(self._locale, self._safe)
        made, notes = [], []
        with faker.at(self._clock):
            for seed in rows.bits("each").tolist():
                faker.generator.seed_instance(seed)
                value = value_of(faker, self._method, self._given)
                made.append(value)
                whole = isinstance(value, str) and [text for text, _ in faker.noted] == [value]
                notes.append(() if whole else tuple(faker.noted))
        try:
            series = values.series(made, self.dtype)
        except (TypeError, ValueError, AttributeError, KeyError, pl.exceptions.PolarsError):
            message = f"{self._method} makes values of more kinds than one column holds"
            raise PoolError(
                "wrong-type", message, "leave distinct out, so that they are made as text", "distinct"
            ) from None
        if self._limit is not None and series.dtype == pl.String:
            series = series.str.head(self._limit)
        return Column.of(series, self.declared, _inserted(notes))

    def nth(self, index: U64, rows: Rows) -> Column:
        """Never called: it has no capacity."""
        raise NotImplementedError
