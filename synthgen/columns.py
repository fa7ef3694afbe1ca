"""The data that moves between floors: columns, vocabularies, and the rows that a generator is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Literal, Protocol, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.buffers import uuids
from synthgen.seeds import U64

T = TypeVar("T")

ProofKind = Literal["reserved", "vocabulary", "regenerated", "unlinked"]


@dataclass(frozen=True)
class Declared:
    """What a generator says about the PII in its column: the entity (Presidio's name for it) and the proof it offers.

    `entity` is one of the recognizers' names (`EMAIL_ADDRESS`, `PHONE_NUMBER`, `PERSON`, `LOCATION`, `US_SSN`, ...).
    The scanner checks the proof; it never takes it on trust.
    """

    entity: str
    proof: ProofKind


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """A fixed word list that a column draws from, proven once by the scanner however many rows draw from it.

    `values` holds distinct or repeated entries, any dtype, no nulls. `name` says where they come from
    (`faker:person/en_US/last_names`). Compared by identity: keep one object per list.
    """

    name: str
    values: pl.Series


@dataclass(frozen=True, eq=False)
class Inserted:
    """Values that a template put into a text column, row by row, with what their own column declares."""

    values: pl.Series
    declared: Declared | None = None


@dataclass(frozen=True, eq=False)
class Column:
    """One generated column of n rows: plain values, codes into a vocabulary, texts joined from parts, or UUIDs.

    With what the generator declares. Build it with `Column.of`, `Column.coded`, `Column.joined` or `Column.uuids`.
    `picks` is set by references only: the 0-based row number in the referenced table for every row, with -1 where the
    reference is null. `before` is set for damaged columns only: what stood in a cell before, with null where nothing
    was planted.
    """

    plain: pl.Series | None = None
    vocabulary: Vocabulary | None = None
    codes: pl.Series | None = None
    parts: tuple[Column, ...] = ()
    halves: tuple[U64, U64] | None = None
    declared: Declared | None = None
    inserted: tuple[Inserted, ...] = ()
    picks: NDArray[np.int64] | None = None
    before: pl.Series | None = None

    @classmethod
    def of(cls, values: pl.Series, declared: Declared | None = None, inserted: tuple[Inserted, ...] = ()) -> Column:
        """A column of materialised values."""
        return cls(plain=values, declared=declared, inserted=inserted)

    @classmethod
    def coded(
        cls, vocabulary: Vocabulary, codes: NDArray[np.unsignedinteger] | pl.Series, declared: Declared | None = None
    ) -> Column:
        """A column whose value in row i is `vocabulary.values[codes[i]]` (null where the code is null)."""
        series = codes if isinstance(codes, pl.Series) else pl.Series(codes)
        return cls(vocabulary=vocabulary, codes=series, declared=declared)

    @classmethod
    def joined(cls, *parts: Column, declared: Declared | None = None) -> Column:
        """A column of texts, each the parts of its row side by side (null where a part is null).

        A part is a coded column of strings, or plain integers. The values are made from the parts, here and nowhere
        else, so that what is proven of all parts' vocabularies holds for every row.
        """
        return cls(parts=parts, declared=declared)

    @classmethod
    def uuids(cls, high: U64, low: U64) -> Column:
        """A column of UUIDs from their two halves; being spelt here, they are certain to be nothing else."""
        return cls(halves=(high, low))

    @cached_property
    def values(self) -> pl.Series:
        """The materialised values."""
        if self.plain is not None:
            return self.plain
        if self.halves is not None:
            return uuids(*self.halves)
        if self.parts:
            return pl.select(pl.concat_str([pl.lit(part.values) for part in self.parts])).to_series()
        assert self.vocabulary is not None and self.codes is not None
        return self.vocabulary.values.gather(self.codes)

    def __len__(self) -> int:
        if self.parts:
            return len(self.parts[0])
        if self.halves is not None:
            return len(self.halves[0])
        return len(self.plain) if self.plain is not None else len(self.codes)  # type: ignore[arg-type]  # one is set

    def gather(self, index: pl.Series) -> Column:
        """The column at these positions, repeated or left out as they say; `picks` are dropped."""
        if self.codes is not None:
            return replace(self, codes=self.codes.gather(index), picks=None)
        if self.plain is not None:
            inserted = tuple(replace(i, values=i.values.gather(index)) for i in self.inserted)
            before = None if self.before is None else self.before.gather(index)
            return replace(self, plain=self.plain.gather(index), inserted=inserted, picks=None, before=before)
        at = index.to_numpy()
        halves = None if self.halves is None else (self.halves[0].take(at), self.halves[1].take(at))
        made = replace(self, parts=tuple(part.gather(index) for part in self.parts), halves=halves, picks=None)
        if "values" in self.__dict__:  # spelt already
            made.__dict__["values"] = self.values.gather(index)
        return made

    def copied(self, picks: NDArray[np.int64] | None = None) -> Column:
        """The same values for another column, which declares nothing of its own."""
        made = replace(self, declared=None, inserted=(), picks=picks, before=None)
        if "values" in self.__dict__:
            made.__dict__["values"] = self.values
        return made


class Rows(Protocol):
    """The rows of one table that a generator is asked to fill, as the column being filled sees them.

    Everything is a function of the row alone, so any set of rows, in any order, gives the same cells.
    """

    @property
    def table(self) -> str:
        """Name of the table."""

    @property
    def count(self) -> int:
        """Number of rows asked for."""

    @property
    def numbers(self) -> U64:
        """0-based row number in the whole table, one per row; distinct. Use it for what must be unique."""

    @property
    def ids(self) -> U64:
        """Row ids that streams are keyed by (a root row's number; a child's is hashed from parent and ordinal)."""

    @property
    def clock(self) -> datetime:
        """The recipe's clock: aware, UTC."""

    @property
    def locales(self) -> tuple[tuple[str, ...], NDArray[np.uint8]]:
        """The recipe's locales and, per row, the index of the row's locale."""

    def bits(self, slot: str = "") -> U64:
        """64 random bits per row from this column's stream; each `slot` is an independent stream."""

    def stream(self, slot: str = "") -> tuple[int, np.uint64]:
        """The stream key behind `bits(slot)`, for keyed permutations."""

    def values(self, reference: str) -> pl.Series:
        """Values, row by row, of `column` of this table, or of `table.column` through a parent or a reference."""

    def column(self, reference: str) -> Column:
        """Like `values`, with what the column's generator declared."""

    def scoped(self, slot: str) -> Rows:
        """The same rows with streams of their own, for a generator nested in this one."""

    def take(self, index: NDArray[np.int64]) -> Rows:
        """A subset of these rows, by position, with the same ids and streams."""

    def expand(self, counts: NDArray[np.int64]) -> Rows:
        """`counts[i]` element rows for row i, each with an id hashed from (row id, ordinal); for list columns.

        `values` of an element row are those of the row it belongs to.
        """

    def memo(self, name: str, make: Callable[[], T]) -> T:
        """`make()` once per set of rows and stream; lets attributes of one entity share draws."""

    def size(self, table: str) -> int:
        """Total number of rows of a table."""

    def lookup(self, table: str, column: str, numbers: NDArray[np.int64]) -> pl.Series:
        """Values of `table.column` at the given row numbers; -1 gives null."""

    def parent_rows(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For a table with `per`: each row's parent row number, and its ordinal among its siblings (from 0)."""

    @property
    def ordinals(self) -> NDArray[np.int64]:
        """Each row's place among its siblings, from 0; in a table without `per`, its row number.

        Ids of siblings are consecutive: the row whose ordinal is k lower has an id that is k lower (modulo 2**64).
        """

    def rekeyed(self, ids: U64) -> Rows:
        """The same rows with other ids, for draws that rows share (the id of the series, of an earlier row)."""

    def beside(self, column: str) -> Rows:
        """The same rows as another column of this table sees them: its streams, and what it keeps in `memo`."""

    def parents(self) -> tuple[Rows, NDArray[np.int64]]:
        """For a table with `per`: the parent rows as this table's `count` sees them, and each row's index in them.

        What `count` keeps in `memo` is found there.
        """

    def children(self, table: str, column: str) -> tuple[pl.Series, NDArray[np.int64]]:
        """A child column's values for all children of these rows, and for each the index of its parent here."""
