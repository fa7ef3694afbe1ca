"""Where every row is: table sizes, the block index of child rows, and slices of any rows of any table.

Child rows have no stored offsets. The index holds, per block of root rows, how many rows of each table of the tree the
block makes; a row number is found by a binary search over the blocks and by counting one block again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Column
from synthgen.plan.model import Plan
from synthgen.plan.rows import Slice
from synthgen.seeds import U64, Alias, StreamKey, draws_at, stream_key

T = TypeVar("T")
Starts = NDArray[np.int64]
BLOCK = 16_384  # root rows per block of the index
KEEP_ROWS = 2_000_000  # a looked-up column of a table up to this long is made whole and kept
_SKELETONS = 4


class _Block(dict[str, Slice]):
    """The slices of one block of root rows, each made when it is first asked for."""

    def __init__(self, world: World, root: Slice) -> None:
        super().__init__({root.table: root})
        self._world = world

    def __missing__(self, table: str) -> Slice:
        parent = self[self._world.plan.tables[table].spec.per or ""]
        self[table] = parent.child(table)
        parent.memos.clear()  # a count may draw more than numbers of rows; the index keeps no more than those
        return self[table]


class World:
    """All tables of a plan as functions of row numbers, with what is worth keeping in one process."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.seed = plan.recipe.seed
        self._keys: dict[tuple[str, str, str], StreamKey] = {}
        self._starts: dict[str, Starts] = {}
        self._passing: set[str] = set()
        self._skeletons: OrderedDict[tuple[str, int], _Block] = OrderedDict()
        self._whole: dict[tuple[str, str], pl.Series] = {}
        self._cache: dict[Any, Any] = {}
        names = tuple(plan.recipe.locale)
        self.locale_names = names
        self.locale_alias = Alias([plan.recipe.locale[n] for n in names])

    def key(self, table: str, column: str, slot: str = "") -> StreamKey:
        """The stream of a column's slot, hashed once."""
        name = (table, column, slot)
        if name not in self._keys:
            self._keys[name] = stream_key(self.seed, table, column, slot)
        return self._keys[name]

    def cached(self, name: Any, make: Callable[[], T]) -> T:
        """`make()` once per process; for tables of a relation (an order, an index of candidates)."""
        if name not in self._cache:
            self._cache[name] = make()
        found: T = self._cache[name]
        return found

    # -- sizes and the block index

    def size(self, table: str) -> int:
        """Rows of a table in all."""
        planned = self.plan.tables[table]
        if planned.spec.per is None:
            return planned.spec.rows or 0
        return int(self.starts(table)[-1])

    def first(self, table: str) -> int:
        """Number of the first row that is written: 0, but for increments of tables that grow."""
        spec = self.plan.tables[table].spec
        if spec.per is None:
            return spec.first
        above = self.first(spec.per)
        if above == 0 or above >= self.size(spec.per):
            return 0 if above == 0 else self.size(table)
        return int(self.first_child(spec.per, table, np.array([above], np.uint64))[0])

    def index(self, root: str) -> dict[str, Starts]:
        """For each table of the tree, the number of its first row in every block, and its size at the end."""
        tree = self.plan.tree(root)
        missing = [name for name in tree if name not in self._starts]
        if missing:
            self._passing.add(root)
            try:
                self._starts |= self._pass(root, missing)
            finally:
                self._passing.discard(root)
        return {name: self._starts[name] for name in tree}

    def starts(self, table: str) -> Starts:
        """The index of one table.

        All tables of a tree are counted in one pass over the blocks. A count that depends on another table's row
        numbers asks for those in the middle of it: then that table is counted in a pass of its own.
        """
        if table not in self._starts:
            root = self.plan.tables[table].root
            if root in self._passing:
                self._starts |= self._pass(root, [table])
            else:
                self.index(root)
        return self._starts[table]

    def set_index(self, root: str, index: dict[str, Starts]) -> None:
        """Install an index that another process computed."""
        assert index.keys() == set(self.plan.tree(root))
        self._starts |= index

    def _pass(self, root: str, tables: list[str]) -> dict[str, Starts]:
        rows = self.plan.tables[root].spec.rows or 0
        found: dict[str, Starts] = {}
        if root in tables:
            found[root] = np.array([*range(0, rows, BLOCK), rows], dtype=np.int64)
        below = [name for name in tables if name != root]
        if below:
            blocks = range(-(-rows // BLOCK))
            totals = [[self._structure(root, block)[name].count for name in below] for block in blocks]
            sums = np.cumsum(np.array([[0] * len(below), *totals], np.int64), axis=0)
            found |= {name: sums[:, i].copy() for i, name in enumerate(below)}
        return found

    def _structure(self, root: str, block: int) -> _Block:
        """The slices of one block, with counts and ids; a few blocks are kept."""
        name = (root, block)
        if name not in self._skeletons:
            rows = self.plan.tables[root].spec.rows or 0
            start = block * BLOCK
            self._skeletons[name] = _Block(self, Slice.contiguous(self, root, start, min(start + BLOCK, rows) - start))
            while len(self._skeletons) > _SKELETONS:
                self._skeletons.popitem(last=False)
        self._skeletons.move_to_end(name)
        return self._skeletons[name]

    def first_child(self, parent: str, child: str, numbers: U64) -> NDArray[np.int64]:
        """Row number of the first child of each parent row (where it would stand, for a parent without children)."""
        root = self.plan.tables[parent].root
        above, below = self.starts(parent), self.starts(child)
        out = np.empty(len(numbers), np.int64)
        for block, where in self._by_block(above, numbers):
            part = self._structure(root, block)[child]
            local = numbers[where].astype(np.int64) - above[block]
            out[where] = part.starts[local] + below[block]
        return out

    @staticmethod
    def _by_block(prefix: NDArray[np.int64], numbers: U64) -> list[tuple[int, NDArray[np.int64]]]:
        if not len(numbers):
            return []
        blocks = np.searchsorted(prefix, numbers.astype(np.int64), side="right") - 1
        order = np.argsort(blocks, kind="stable")
        found, first = np.unique(blocks[order], return_index=True)
        return [(int(b), part) for b, part in zip(found, np.split(order, first[1:]), strict=True)]

    # -- slices

    def rows(self, table: str, start: int, count: int) -> Slice:
        """`count` rows of a table from row `start` on."""
        if self.plan.tables[table].spec.per is None:
            return Slice.contiguous(self, table, start, count)
        return self.rows_at(table, np.arange(start, start + count, dtype=np.uint64))

    def rows_at(self, table: str, numbers: U64) -> Slice:
        """Any rows of a table, by number, in any order."""
        planned = self.plan.tables[table]
        if planned.spec.per is None:
            return Slice.scattered(self, table, numbers)
        own, above = self.starts(table), self.starts(planned.spec.per)
        ids, ordinals = np.empty(len(numbers), np.uint64), np.empty(len(numbers), np.int64)
        parents = np.empty(len(numbers), np.uint64)
        for block, where in self._by_block(own, numbers):
            part = self._structure(planned.root, block)[table]
            local = numbers[where].astype(np.int64) - own[block]
            ids[where], ordinals[where] = part.ids[local], part.ordinals[local]
            parents[where] = (part.parent_index[local] + above[block]).astype(np.uint64)
        return Slice.found(self, table, numbers, ids, parents, ordinals)

    def child_ids(self, child: str, parent_ids: U64, ordinals: NDArray[np.int64]) -> U64:
        """Row ids of children: hashed from the parent's id and the ordinal, free of any global offset."""
        base: U64 = draws_at(self.key(child, "#row"), parent_ids)
        return base + ordinals.astype(np.uint64)

    # -- look-ups

    def lookup(self, table: str, column: str, numbers: NDArray[np.int64]) -> Column:
        """Cells of a column at row numbers in any order; -1 gives null."""
        gaps = numbers < 0
        masked = bool(gaps.any())
        wanted = np.where(gaps, 0, numbers) if masked else numbers
        size = self.size(table)
        if size == 0 or (masked and bool(gaps.all())):
            dtype = self.plan.tables[table].columns[column].dtype
            return Column.of(pl.Series(column, [None] * len(numbers), dtype=dtype))
        if size <= KEEP_ROWS:
            source: pl.Series = self.whole(table, column)
            values = source.gather(_codes(wanted, gaps, masked))
        else:
            distinct, inverse = np.unique(wanted, return_inverse=True)
            part = self.rows_at(table, distinct.astype(np.uint64)).column(column)
            values = part.values.gather(_codes(inverse.astype(np.int64), gaps, masked))
        return Column.of(values, self.declared(table, column))

    def whole(self, table: str, column: str) -> pl.Series:
        """A column of every row of a table, made block by block and kept."""
        if (table, column) not in self._whole:
            size = self.size(table)
            step = 4 * BLOCK
            parts = [self.rows(table, s, min(step, size - s)).column(column).values for s in range(0, size, step)]
            empty = pl.Series(column, [], dtype=self.plan.tables[table].columns[column].dtype)
            self._whole[(table, column)] = pl.concat(parts).rechunk() if parts else empty
        return self._whole[(table, column)]

    def declared(self, table: str, column: str) -> Any:
        """What a column's generator declares, read off its first row."""
        name = ("declared", table, column)
        return self.cached(name, lambda: self.rows(table, 0, 1).column(column).declared if self.size(table) else None)


def _codes(index: NDArray[np.int64], gaps: NDArray[np.bool_], masked: bool) -> pl.Series:
    codes = pl.Series(index.astype(np.uint32))
    if masked:
        codes = codes.set(pl.Series(gaps), None)
    return codes
