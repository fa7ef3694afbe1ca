"""References: every value is a key that exists, because a row of the target is picked first and its key copied."""

from __future__ import annotations

from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, model_validator

from synthgen.columns import Column, Rows
from synthgen.distributions import zipf_rank
from synthgen.generator import BaseGenerator, Params
from synthgen.relations.base import RelationBuild, RelationRows
from synthgen.relations.where import Candidates, Where, WhereError
from synthgen.seeds import U64, Alias, Permutation, below, draws_at, unit
from synthgen.sql import SqlError

TABLE_LIMIT = 1 << 22  # a popularity order up to this long is kept as a table


class Pick(Params):
    """How parents are picked: `zipf: s` gives the k-th most popular row a share proportional to 1 / k**s.

    `weight: column` gives each row a share proportional to its number in that column of the target; null counts as 0.
    """

    zipf: float = Field(default=0, ge=0, le=10)
    weight: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Pick:
        if len(self.model_fields_set) != 1:
            raise ValueError("write pick: {zipf: 1.1}, or pick: {weight: column}")
        return self


class ForeignKeyParams(Params):
    """`ref: table` or `ref: table.column`, and how the row is picked."""

    ref: str
    pick: Pick | None = None
    where: str | None = None
    with_: str | None = Field(default=None, alias="with")


class ForeignKey(BaseGenerator[ForeignKeyParams]):
    """The key of a row of another table (or of the same one), picked uniformly, by popularity or by a condition.

    In a table made `per` the target, the first plain reference is the parent row's own key. `with` shares the row that
    another reference column picked, for composite keys. A reference into the same table never picks its own row.

    Example: `product_id: {ref: products, pick: {zipf: 1.1}}`.
    """

    Params = ForeignKeyParams

    def __init__(self, params: ForeignKeyParams, build: RelationBuild) -> None:
        super().__init__(params, build)
        self.table, self.column = build.target(params.ref, "ref")
        self.dtype = build.dtype_in(self.table, self.column)
        self.link, self.own_table = build.is_link, build.table
        self.where: Where | None = None
        if self.link:  # the parent's key is read through this name, so the plan must know where it leads
            self.needs = (f"{self.table}.{self.column}",)
            build.dtype_of(self.needs[0])
        self._build = build
        if sum((params.pick is not None, params.with_ is not None)) > 1 or (params.with_ and params.where):
            message = "'with' takes the row that another column picked, so 'pick' and 'where' cannot stand beside it"
            raise build.fail("contradiction", message, "remove 'pick' and 'where', or 'with'", "with")
        if params.with_ is not None:
            self._share(build, params.with_)
        if params.where is not None:
            self._condition(build, params.where)
        if self.weight is not None:
            self._weighted(build, self.weight)

    @property
    def weight(self) -> str | None:
        """The column of the target that says how often each row is picked."""
        return self.params.pick.weight if self.params.pick else None

    def _weighted(self, build: RelationBuild, column: str) -> None:
        kind = build.dtype_in(self.table, column)
        if not kind.is_numeric():
            message = f"{self.table}.{column} is {kind}, not a number to weigh rows by"
            raise build.fail("wrong-type", message, "name a column of numbers", "pick", "weight")
        if self.where is not None or self.link:
            message = "'weight' goes over the whole target, so 'where' and a parent cannot narrow it"
            raise build.fail("contradiction", message, "remove 'where', or the weight", "pick", "weight")

    def _share(self, build: RelationBuild, other: str) -> None:
        companion = build.generator_of(other)
        if not isinstance(companion, ForeignKey) or companion.table != self.table:
            message = f"'{other}' is not a reference to {self.table}, so it picks no row to share"
            raise build.fail("bad-with", message, f"name a column with 'ref: {self.table}'", "with")
        self.needs = (other,)

    def _condition(self, build: RelationBuild, text: str) -> None:
        try:
            where = Where.parse(text)
            self.where = where.typed(lambda name: build.dtype_in(self.table, name), build.dtype_of)
        except WhereError as error:
            raise build.fail("bad-where", str(error), error.remedy, "where") from None
        self.needs = where.own_columns

    @property
    def looks_up(self) -> tuple[tuple[str, str], ...]:
        """Columns of the target that are read at other rows: edges of the plan's graph."""
        extra = (*(self.where.parent_columns if self.where else ()), *([self.weight] if self.weight else []))
        return ((self.table, self.column), *((self.table, name) for name in extra))

    @property
    def capacity(self) -> int | None:  # type: ignore[override]  # known only once all tables are planned
        """Rows of the target: as many distinct keys."""
        return None if self.params.where or self.params.with_ or self.link else self._build.table_size(self.table)

    def generate(self, rows: Rows) -> Column:
        """Keys of the picked rows."""
        related = cast(RelationRows, rows)
        if self.link:
            parents = related.parent_rows()[0]
            return rows.column(f"{self.table}.{self.column}").copied(picks=parents)
        if self.params.with_ is not None:
            picks = rows.column(self.params.with_).picks
            assert picks is not None
            return self._keys(picks, related)
        if self.where is not None:
            return self._keys(self._candidates(related), related)
        size = rows.size(self.table)
        if size == 0:
            return self._keys(np.full(rows.count, -1, np.int64), related)
        bits = rows.bits()
        if self.weight is not None:
            return self._keys(self._not_self(self._alias(related).pick(bits).astype(np.int64), size, related), related)
        picks = below(bits, size).astype(np.int64) if self.is_uniform else self._popular(unit(bits), size, related)
        return self._keys(self._not_self(picks, size, related), related)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The key of the row of that number; within one table, the next row of a random ring, never the row itself."""
        related = cast(RelationRows, rows)
        if self.table == self.own_table:
            size = np.uint64(rows.size(self.table))
            ring = Permutation(rows.stream("#ring"), int(size))
            index = ring.inverse((ring(rows.numbers) + np.uint64(1)) % size)
        return self._keys(index.astype(np.int64), related)

    @property
    def is_uniform(self) -> bool:
        """Whether every row of the target is as likely as any other."""
        return self.params.pick is None or (self.params.pick.zipf == 0 and self.weight is None)

    def _keys(self, picks: NDArray[np.int64], rows: RelationRows) -> Column:
        return Column(plain=rows.lookup(self.table, self.column, picks), picks=picks)

    def _popular(self, u: NDArray[np.float64], size: int | NDArray[np.int64], rows: RelationRows) -> NDArray[np.int64]:
        assert self.params.pick is not None
        return self._ranked(zipf_rank(u, self.params.pick.zipf, size), rows)

    def _ranked(self, rank: NDArray[np.int64], rows: RelationRows) -> NDArray[np.int64]:
        """Row numbers by popularity rank: which rows are popular is itself random."""
        size = rows.size(self.table)
        permutation = Permutation(rows.stream("#popularity"), size)
        if size > TABLE_LIMIT:
            return permutation(rank.astype(np.uint64)).astype(np.int64)
        order = rows.cached("popularity", lambda: permutation(np.arange(size, dtype=np.uint64)).astype(np.int64))
        return order[rank]

    def _alias(self, rows: RelationRows) -> Alias:
        """The weights of the target's rows, ready to pick by; raises SqlError where they are none."""
        column = self.weight
        assert column is not None

        def build() -> Alias:
            weights = rows.whole(self.table, column).cast(pl.Float64).fill_null(0.0)
            if not (weights.is_finite().all() and (weights >= 0).all() and (weights > 0).any()):
                message = f"the weights in {self.table}.{column} are negative somewhere, or 0 everywhere"
                raise SqlError(message, "weigh by a column of numbers from 0 on")
            return Alias(weights.to_numpy())

        return rows.cached("weights", build)

    def _not_self(self, picks: NDArray[np.int64], size: int, rows: RelationRows) -> NDArray[np.int64]:
        if self.table != self.own_table:
            return picks
        own = rows.numbers.astype(np.int64)
        return np.where(picks == own, (picks + 1) % size if size > 1 else -1, picks)

    def _candidates(self, rows: RelationRows) -> NDArray[np.int64]:
        where = self.where
        assert where is not None
        index = rows.cached(
            "candidates", lambda: Candidates.build(where, lambda name: rows.whole(self.table, name), self.table, rows)
        )
        first, count = index.range_of({name: rows.values(name) for name in where.own_columns}, rows.count)
        positions = index.position
        skip = np.full(rows.count, -1, np.int64)
        if self.table == self.own_table:
            own = positions[rows.numbers.astype(np.int64)]
            skip = np.where((own >= first) & (own < first + count), own, -1)
            count = count - (skip >= 0)
        some = count > 0
        size = np.where(some, count, 1)
        if self.is_uniform:
            offset = below(rows.bits(), size.astype(np.uint64)).astype(np.int64)
        else:
            assert self.params.pick is not None
            offset = zipf_rank(unit(rows.bits()), self.params.pick.zipf, size)
        chosen = first + offset
        chosen += (skip >= 0) & (chosen >= skip)
        return np.where(some, index.order[np.where(some, chosen, 0)] if len(index.order) else -1, -1)


class DistinctWithinParent(ForeignKey):
    """A popular pick without repeats among the rows of one parent: each draw is from what its siblings left over.

    The i-th sibling draws a rank among the `size - i` rows that earlier siblings did not take, and steps over theirs.
    """

    @classmethod
    def of(cls, other: ForeignKey) -> DistinctWithinParent:
        """The same reference, made distinct within each parent."""
        made = cls.__new__(cls)
        made.__dict__.update(other.__dict__)
        return made

    def generate(self, rows: Rows) -> Column:
        """Keys of the picked rows, distinct among siblings."""
        related = cast(RelationRows, rows)
        _, ordinals = related.parent_rows()
        parents, inverse = np.unique(related.parent_ids(), return_inverse=True)
        wanted = np.zeros(len(parents), np.int64)
        np.maximum.at(wanted, inverse, ordinals + 1)
        by_size = np.argsort(-wanted, kind="stable")
        place = np.empty(len(parents), np.int64)
        place[by_size] = np.arange(len(parents))
        taken = self._draw(parents[by_size], wanted[by_size], related)
        return self._keys(self._ranked(taken[place[inverse], ordinals], related), related)

    def _draw(self, parents: U64, wanted: NDArray[np.int64], rows: RelationRows) -> NDArray[np.int64]:
        """Ranks of each parent's siblings, parents sorted by falling number of siblings; shape (parents, most)."""
        assert self.params.pick is not None
        size, most = rows.size(self.table), int(wanted.max(initial=0))
        ranks = np.zeros((len(parents), most), np.int64)
        ordered = np.full((len(parents), most), np.iinfo(np.int64).max, np.int64)
        key = rows.stream()
        for i in range(most):
            live = int(np.searchsorted(-wanted, -i, side="left"))  # parents with more than i siblings
            ids = rows.child_ids(parents[:live], np.full(live, i, np.int64))
            rank = zipf_rank(unit(draws_at(key, ids)), self.params.pick.zipf, size - i)
            for j in range(i):  # taken ranks in rising order: step over each one that is not greater
                rank += ordered[:live, j] <= rank
            ranks[:live, i] = rank
            ordered[:live, i] = rank
            ordered[:live, : i + 1].sort(axis=1)
        return ranks
