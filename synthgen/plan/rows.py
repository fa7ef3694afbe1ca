"""Rows of one table, and the lazy evaluation of their columns: a column is made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Column
from synthgen.plan.masks import dropped, gather, masked, placed, spared
from synthgen.plan.model import PlannedColumn, PlannedTable, Reference
from synthgen.plan.ranks import ranks
from synthgen.seeds import U64, StreamKey, draws, draws_at

if TYPE_CHECKING:
    from synthgen.plan.world import World

T = TypeVar("T")


class Slice:
    """Some rows of a table, and their columns as far as they were asked for.

    `starts[i]` is the index here of the first child of parent row i; `parent_index` points into `parent`.
    """

    def __init__(self, world: World, table: str, count: int) -> None:
        self.world = world
        self.planned: PlannedTable = world.plan.tables[table]
        self.table = table
        self.count = count
        self.start: int | None = None  # number of the first row, for contiguous rows
        self.starts: NDArray[np.int64] = np.zeros(0, np.int64)
        self.ordinals: NDArray[np.int64] = np.zeros(count, np.int64)
        self.parent_index: NDArray[np.int64] = np.zeros(0, np.int64)
        self._parent: Slice | None = None
        self._parent_numbers: U64 | None = None
        self._columns: dict[str, Column] = {}
        self._children: dict[str, Slice] = {}
        self.memos: dict[Any, Any] = {}

    # -- the four ways to come by rows

    @classmethod
    def contiguous(cls, world: World, table: str, start: int, count: int) -> Slice:
        """Rows `start .. start+count-1` of a root table."""
        part = cls(world, table, count)
        part.start = start
        return part

    @classmethod
    def scattered(cls, world: World, table: str, numbers: U64) -> Slice:
        """Rows of a root table by number."""
        part = cls(world, table, len(numbers))
        part.__dict__["numbers"] = part.__dict__["ids"] = numbers
        return part

    @classmethod
    def found(
        cls, world: World, table: str, numbers: U64, ids: U64, parents: U64, ordinals: NDArray[np.int64]
    ) -> Slice:
        """Rows of a child table by number, with what locating them found out."""
        part = cls(world, table, len(numbers))
        part.__dict__["numbers"], part.__dict__["ids"] = numbers, ids
        part.ordinals = ordinals
        part._parent_numbers, inverse = np.unique(parents, return_inverse=True)
        part.parent_index = inverse.astype(np.int64)
        return part

    def child(self, table: str) -> Slice:
        """All children of these rows in a table that is made per this one."""
        if table not in self._children:
            planned = self.world.plan.tables[table]
            counts = self._counts(planned)
            starts = np.cumsum(counts) - counts
            total = int(counts.sum())
            part = Slice(self.world, table, total)
            part._parent = self
            part.starts = starts
            part.parent_index = np.repeat(np.arange(self.count, dtype=np.int64), counts)
            part.ordinals = np.arange(total, dtype=np.int64) - np.repeat(starts, counts)
            self._children[table] = part
        return self._children[table]

    def _counts(self, planned: PlannedTable) -> NDArray[np.int64]:
        assert planned.count is not None and planned.spec.count is not None
        rows = SliceRows(self, f"#count:{planned.name}", table=planned.name)
        with placed(f"the count of {planned.name}", planned.spec.count):
            counts = planned.count.generate(rows).values.cast(pl.Int64).fill_null(0).to_numpy()
        capped: NDArray[np.int64] = np.clip(counts, 0, planned.limit)
        return capped

    # -- what a row is

    @cached_property
    def numbers(self) -> U64:
        """Row numbers in the table."""
        if self.start is not None:
            return np.arange(self.start, self.start + self.count, dtype=np.uint64)
        parent = self._parent
        assert parent is not None
        if parent.count == 0:
            return np.zeros(0, np.uint64)
        if parent.is_run:  # children of consecutive parents are consecutive
            first = int(self.world.first_child(parent.table, self.table, parent.numbers[:1])[0])
            return np.arange(first, first + self.count, dtype=np.uint64)
        firsts = self.world.first_child(parent.table, self.table, parent.numbers)
        return (firsts[self.parent_index] + self.ordinals).astype(np.uint64)

    @cached_property
    def is_run(self) -> bool:
        """Whether the rows are consecutive ones of their table."""
        if self.start is not None:
            return True
        if self._parent is not None and "numbers" not in self.__dict__:  # all children of the parent rows
            return self._parent.is_run
        return bool(self.count < 2 or np.all(np.diff(self.numbers.astype(np.int64)) == 1))

    @cached_property
    def ids(self) -> U64:
        """Row ids that streams are keyed by."""
        if self.planned.spec.per is None:
            return self.numbers
        assert self._parent is not None
        return self.world.child_ids(self.table, self._parent.ids[self.parent_index], self.ordinals)

    @property
    def parent(self) -> Slice:
        """The rows that these are children of."""
        if self._parent is None:
            assert self._parent_numbers is not None and self.planned.spec.per is not None
            self._parent = self.world.rows_at(self.planned.spec.per, self._parent_numbers)
        return self._parent

    def bits(self, key: StreamKey) -> U64:
        """64 random bits per row from a stream."""
        if self.planned.spec.per is None and self.start is not None:
            return draws(key, self.start, self.count)
        return draws_at(key, self.ids)

    @cached_property
    def locales(self) -> NDArray[np.uint8]:
        """Index of each row's locale."""
        if len(self.world.locale_names) == 1:
            return np.zeros(self.count, np.uint8)
        return self.world.locale_alias.pick(self.bits(self.world.key(self.table, "#locale"))).astype(np.uint8)

    # -- columns

    def column(self, name: str) -> Column:
        """One column of these rows."""
        if name not in self._columns:
            self._columns[name] = self._make(self.planned.columns[name])
        return self._columns[name]

    def _make(self, planned: PlannedColumn) -> Column:
        with placed(f"{planned.table}.{planned.name}", planned.node):
            return self._made(planned)

    def _made(self, planned: PlannedColumn) -> Column:
        rows = SliceRows(self, planned.stream, owner=planned)
        drop = dropped(planned, rows, lambda: self.bits(self.world.key(self.table, planned.name, "#null")))
        if planned.enumerated is not None:
            column = planned.generator.nth(ranks(rows, planned.enumerated), rows)
        elif planned.sparing and drop is not None:
            column = spared(planned.generator, rows, drop)
        else:
            column = planned.generator.generate(rows)
        column = column if drop is None else masked(column, drop)
        if column.plain is not None and column.plain.name != planned.name:
            column = replace(column, plain=column.plain.alias(planned.name))
        return column

    def reach(self, reference: Reference) -> Column:
        """The column that a resolved reference leads to, row by row of this slice."""
        if reference.kind == "own":
            return self.column(reference.column)
        if reference.kind == "up":
            part, index = self.parent, self.parent_index
            for _ in range(reference.up - 1):
                index = part.parent_index[index]
                part = part.parent
            return gather(part.column(reference.column), index)
        assert reference.via is not None
        picks = self.column(reference.via).picks
        assert picks is not None
        return self.world.lookup(reference.table, reference.column, picks)

    def frame(self) -> dict[str, Column]:
        """All columns in output order."""
        return {name: self.column(name) for name in self.planned.order}


class SliceRows:
    """`Rows` over a slice, as one column sees it: its streams, a subset of the rows, or element rows of a list."""

    def __init__(
        self,
        part: Slice,
        stream: str,
        *,
        table: str | None = None,
        owner: PlannedColumn | None = None,
        scope: str = "",
        index: NDArray[np.int64] | None = None,
        ids: U64 | None = None,
        memos: dict[Any, Any] | None = None,
    ) -> None:
        self.part = part
        self.stream_name = stream
        self._stream_table = table or part.table
        self.owner = owner
        self._scope = scope
        self._index = index
        self._ids = ids
        self._memos = part.memos if memos is None else memos

    def _with(self, **changes: Any) -> SliceRows:
        values = {"scope": self._scope, "index": self._index, "ids": self._ids, "memos": self._memos, **changes}
        return SliceRows(self.part, self.stream_name, table=self._stream_table, owner=self.owner, **values)

    @property
    def table(self) -> str:
        """Name of the table."""
        return self.part.table

    @property
    def count(self) -> int:
        """Number of rows."""
        return self.part.count if self._index is None else len(self._index)

    @property
    def numbers(self) -> U64:
        """Row numbers in the table."""
        return self.part.numbers if self._index is None else self.part.numbers[self._index]

    @property
    def ids(self) -> U64:
        """Row ids that streams are keyed by."""
        if self._ids is not None:
            return self._ids
        return self.part.ids if self._index is None else self.part.ids[self._index]

    @property
    def clock(self) -> datetime:
        """The recipe's clock."""
        return self.part.world.plan.recipe.clock

    @property
    def locales(self) -> tuple[tuple[str, ...], NDArray[np.uint8]]:
        """The recipe's locales and each row's."""
        found = self.part.locales
        return self.part.world.locale_names, found if self._index is None else found[self._index]

    def stream(self, slot: str = "") -> StreamKey:
        """The stream key of a slot."""
        return self.part.world.key(self._stream_table, self.stream_name, self._scope + slot)

    def bits(self, slot: str = "") -> U64:
        """64 random bits per row."""
        if self._index is None and self._ids is None:
            return self.part.bits(self.stream(slot))
        return draws_at(self.stream(slot), self.ids)

    def scoped(self, slot: str) -> SliceRows:
        """The same rows with streams of their own."""
        return self._with(scope=f"{self._scope}{slot}/")

    def take(self, index: NDArray[np.int64]) -> SliceRows:
        """A subset of the rows."""
        inner = index if self._index is None else self._index[index]
        return self._with(index=inner, ids=None if self._ids is None else self._ids[index], memos={})

    def expand(self, counts: NDArray[np.int64]) -> SliceRows:
        """Element rows of a list column."""
        total = int(counts.sum())
        owner = np.repeat(np.arange(self.count, dtype=np.int64), counts)
        ordinal = np.arange(total, dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)
        ids = draws_at(self.stream("#element"), self.ids)[owner] + ordinal.astype(np.uint64)
        inner = owner if self._index is None else self._index[owner]
        return self._with(index=inner, ids=ids, memos={})

    def memo(self, name: str, make: Callable[[], T]) -> T:
        """`make()` once per rows, stream and owner."""
        owner = getattr(self.owner.generator, "memo_owner", None) if self.owner else None
        key = (self.stream_name, self._scope, owner, name)
        if key not in self._memos:
            self._memos[key] = make()
        found: T = self._memos[key]
        return found

    # -- other columns and tables

    def column(self, reference: str) -> Column:
        """Another column of the same rows, or one reached through a parent or a reference."""
        found = self.part.world.plan.references[(self.part.table, reference)]
        column = self.part.reach(found)
        return column if self._index is None else gather(column, self._index)

    def values(self, reference: str) -> pl.Series:
        """Its values."""
        return self.column(reference).values

    def size(self, table: str) -> int:
        """Rows of a table in all."""
        return self.part.world.size(table)

    def lookup(self, table: str, column: str, numbers: NDArray[np.int64]) -> pl.Series:
        """Cells of another table by row number."""
        return self.part.world.lookup(table, column, numbers).values

    def whole(self, table: str, column: str) -> pl.Series:
        """A whole column of another table (for candidate indexes of references with conditions)."""
        return self.part.world.whole(table, column)

    def cached(self, name: Any, make: Callable[[], T]) -> T:
        """`make()` once per process."""
        return self.part.world.cached((self._stream_table, self.stream_name, self._scope, name), make)

    def parent_rows(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Parent row numbers and ordinals."""
        numbers = self.part.parent.numbers[self.part.parent_index].astype(np.int64)
        if self._index is None:
            return numbers, self.part.ordinals
        return numbers[self._index], self.part.ordinals[self._index]

    @property
    def ordinals(self) -> NDArray[np.int64]:
        """Places among siblings; row numbers of a root table."""
        if self.part.planned.spec.per is None:
            return self.numbers.astype(np.int64)
        return self.part.ordinals if self._index is None else self.part.ordinals[self._index]

    def rekeyed(self, ids: U64) -> SliceRows:
        """The same rows with other ids."""
        return self._with(ids=ids, memos={})

    def beside(self, column: str) -> SliceRows:
        """The same rows as another column sees them."""
        planned = self.part.planned.columns[column]
        memos: dict[Any, Any] | None = None if self._index is None else {}
        return SliceRows(self.part, planned.stream, owner=planned, index=self._index, memos=memos)

    def parents(self) -> tuple[SliceRows, NDArray[np.int64]]:
        """The parent rows as this table's count sees them, and each row's index in them."""
        index = self.part.parent_index if self._index is None else self.part.parent_index[self._index]
        return SliceRows(self.part.parent, f"#count:{self.part.table}", table=self.part.table), index

    def parent_ids(self) -> U64:
        """Row ids of each row's parent."""
        ids = self.part.parent.ids[self.part.parent_index]
        return ids if self._index is None else ids[self._index]

    def child_ids(self, parent_ids: U64, ordinals: NDArray[np.int64]) -> U64:
        """Row ids of siblings in this table, by parent id and ordinal."""
        return self.part.world.child_ids(self.part.table, parent_ids, ordinals)

    def children(self, table: str, column: str) -> tuple[pl.Series, NDArray[np.int64]]:
        """A descendant table's values for all descendants of these rows, and the index of each one's row here."""
        if column:
            found, index = self.child_column(table, column)
            return found.values, index
        index = self._descendants(table)[2]
        return pl.Series(index), index

    def child_column(self, table: str, column: str) -> tuple[Column, NDArray[np.int64]]:
        """The same, with what the column's generator declared."""
        part, chosen, index = self._descendants(table)
        found = part.column(column)
        return (found if chosen is None else found.gather(pl.Series(chosen))), index

    def _descendants(self, table: str) -> tuple[Slice, NDArray[np.int64] | None, NDArray[np.int64]]:
        tables, chain = self.part.world.plan.tables, [table]
        while tables[chain[-1]].spec.per != self.part.table:
            chain.append(tables[chain[-1]].spec.per or "")
        part, index = self.part, np.arange(self.part.count, dtype=np.int64)
        for name in reversed(chain):
            part = part.child(name)
            index = index[part.parent_index]
        if self._index is None:
            return part, None, index
        keep = np.full(self.part.count, -1, np.int64)  # a subset asks for distinct rows only
        keep[self._index] = np.arange(len(self._index))
        chosen = np.flatnonzero(keep[index] >= 0)
        return part, chosen, keep[index[chosen]]

    def table_stream(self, slot: str) -> StreamKey:
        """A stream of the table, shared by the columns of a unique group."""
        return self.part.world.key(self.part.table, slot)
