"""What families see of the data: records with their groups, pools of rows for each split, whole tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Declared
from synthgen.errors import usage
from synthgen.evals.base import Record
from synthgen.plan.compile import compile_recipe
from synthgen.plan.evals import Step, cast_recipe, group_path
from synthgen.plan.model import PlannedEval
from synthgen.plan.rows import SliceRows
from synthgen.plan.world import World
from synthgen.produce import frame_of
from synthgen.recipe.model import Recipe
from synthgen.seeds import draws_at, stream_key, unit

MOST_RECORDS = 100_000  # rows of a table that cases are made from; a larger table serves with its first ones
MOST_WHOLE = 500_000  # rows of a table that a family may ask for as a whole


class Data:
    """The recipe's tables and the cast, shared by the rooms of all evals in one process."""

    def __init__(self, recipe: Recipe, world: World) -> None:
        self.recipe = recipe
        self.world = world
        self._frames: dict[str, pl.DataFrame] = {}

    @cached_property
    def cast(self) -> World:
        """The world of the cast, made when it is first asked for."""
        return World(compile_recipe(cast_recipe(self.recipe)))

    def world_of(self, table: str) -> World:
        """The world that a table belongs to."""
        return self.cast if table.startswith("@") else self.world

    def frame(self, table: str) -> pl.DataFrame:
        """A whole table; raises UsageError for one that is too long."""
        if table not in self._frames:
            world = self.world_of(table)
            size = world.size(table)
            if size > MOST_WHOLE:
                message = f"an eval needs table {table} as a whole: it has {size:,} rows, at most {MOST_WHOLE:,} can be"
                raise usage("too-big", message, f"lower its rows, or run with --rows {table}={MOST_WHOLE}")
            self._frames[table] = frame_of(world.rows(table, 0, size).frame())
        return self._frames[table]

    @cached_property
    def personal(self) -> frozenset[str]:
        """Tables that declare a person, an e-mail address or a phone number: their rows stand for people."""
        found = set()
        for name, table in self.world.plan.tables.items():
            declared = (self.world.declared(name, column) for column in table.columns)
            if any(d is not None and d.entity in ("PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER") for d in declared):
                found.add(name)
        return frozenset(found)

    def targets(self, table: str, numbers: NDArray[np.int64], steps: Sequence[Step]) -> NDArray[np.int64]:
        """Row numbers that the rows lead to along the steps; -1 where a reference is null."""
        for step in steps:
            found = np.full(len(numbers), -1, np.int64)
            some = np.flatnonzero(numbers >= 0)
            part = self.world.rows_at(step.table, numbers[some].astype(np.uint64))
            if step.column is None:
                found[some] = SliceRows(part, "#group").parent_rows()[0]
            else:
                picks = part.column(step.column).picks
                assert picks is not None, step
                found[some] = picks
            numbers = found
        return numbers


class EvalRoom:
    """The room of one eval: `synthgen.evals.base.Room`."""

    def __init__(self, data: Data, planned: PlannedEval, folder: Path) -> None:
        self.data = data
        self.planned = planned
        self._folder = folder
        self._tables: dict[str, _Records] = {}
        self._children: dict[tuple[str, str], dict[int, list[int]]] = {}

    @property
    def clock(self) -> datetime:
        """The recipe's clock."""
        return self.data.recipe.clock

    @property
    def folder(self) -> Path:
        """Where files for the scorer go."""
        return self._folder

    def size(self, table: str) -> int:
        """Rows that cases may be made from."""
        return min(self.data.world_of(table).size(table), MOST_RECORDS)

    def record(self, table: str, row: int) -> Record:
        """One row."""
        return self._records(table).record(row)

    def pool(self, table: str, split: str) -> Sequence[int]:
        """Rows of a split."""
        return self._records(table).pools[split]

    def frame(self, table: str) -> pl.DataFrame:
        """A whole table."""
        return self.data.frame(table)

    def children(self, table: str, parent: str, row: int) -> Sequence[int]:
        """Rows of `table` that were made per, or refer to, a row of `parent`."""
        key = (table, parent)
        if key not in self._children:
            recipe = self.data.recipe
            path = group_path(recipe, table, frozenset({parent}))
            numbers = np.arange(self.size(table), dtype=np.int64)
            found: dict[int, list[int]] = {}
            if path and path[-1].target == parent:
                for child, above in enumerate(self.data.targets(table, numbers, path).tolist()):
                    found.setdefault(above, []).append(child)
            self._children[key] = found
        return self._children[key].get(row, [])

    def _records(self, table: str) -> _Records:
        if table not in self._tables:
            self._tables[table] = _Records(self.data, table, self.planned.wants.get(table, ()), self.size(table))
        return self._tables[table]


class _Records:
    """The first rows of a table with the columns and references that a family wants, and the split of each row."""

    def __init__(self, data: Data, table: str, wants: Sequence[str], size: int) -> None:
        world = data.world_of(table)
        part = world.rows(table, 0, size)
        rows, own = SliceRows(part, "#eval"), part.planned.columns
        columns = {name: part.column(name) if name in own else rows.column(name) for name in wants}
        self.table = table
        self.values: dict[str, list[Any]] = {name: c.values.to_list() for name, c in columns.items()}
        self.declared: Mapping[str, Declared] = {n: c.declared for n, c in columns.items() if c.declared is not None}
        numbers = np.arange(size, dtype=np.int64)
        path = () if table.startswith("@") else group_path(data.recipe, table, data.personal)
        self.group_table = path[-1].target if path else table
        groups = data.targets(table, numbers, path) if path else numbers
        self.groups: list[int] = np.where(groups >= 0, groups, -1 - numbers).tolist()
        sides = self._sides(data.recipe, groups)
        names = list(data.recipe.splits.shares)
        self.pools = {name: np.flatnonzero(sides == i).tolist() for i, name in enumerate(names)}
        for name, pool in self.pools.items():
            if not pool:
                message = f"no row of {self.group_table} falls into split '{name}', so {table} gives it no records"
                raise usage("too-few-rows", message, f"give {self.group_table} more rows, or drop the split")

    def _sides(self, recipe: Recipe, groups: NDArray[np.int64]) -> NDArray[np.int64]:
        """The index of each row's split: a function of its group's number alone, so added rows move nobody."""
        at = unit(draws_at(stream_key(recipe.seed, self.group_table, "#split"), groups.astype(np.uint64)))
        return np.searchsorted(np.cumsum(list(recipe.splits.shares.values()))[:-1], at, side="right")

    def record(self, row: int) -> Record:
        group = self.groups[row]
        name = f"{self.group_table}:{group}" if group >= 0 else f"{self.table}:{row}"
        return Record(self.table, row, name, {n: v[row] for n, v in self.values.items()}, self.declared)
