"""What one worker does with one task: make the rows, scan them, check them, and write them to staging."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.artifacts import Finding
from synthgen.columns import Column
from synthgen.plan.compile import compile_recipe
from synthgen.plan.model import Plan
from synthgen.plan.partition import Task
from synthgen.plan.rows import Slice, SliceRows
from synthgen.plan.world import World
from synthgen.privacy.scanner import Scanner
from synthgen.recipe.model import Recipe
from synthgen.registry import EXPORTERS
from synthgen.sql import Sql, evaluate


@dataclass(frozen=True)
class Setup:
    """What every worker needs to make any partition: the recipe, the block index, and where files go.

    `files` maps (table, part, format) to a path relative to `staging`.
    """

    recipe: Recipe
    index: Mapping[str, dict[str, NDArray[np.int64]]]
    staging: Path
    files: Mapping[tuple[str, int, str], str]


@dataclass(frozen=True)
class Written:
    """One staged file."""

    path: str
    format: str
    rows: int
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Produced:
    """What a task came to: rows and files per table, what its columns are, and what was found."""

    rows: dict[str, int]
    files: dict[str, list[Written]]
    declared: dict[str, dict[str, tuple[str, str]]]
    findings: list[Finding] = field(default_factory=list)


class Producer:
    """One worker's state: the compiled plan, its tables, and a scanner that remembers what it has proven."""

    def __init__(self, setup: Setup, plan: Plan | None = None, world: World | None = None) -> None:
        self.setup = setup
        self.plan = plan or compile_recipe(setup.recipe)
        self.world = world or World(self.plan)
        for root, index in setup.index.items():
            self.world.set_index(root, index)
        self.scanner = Scanner(setup.recipe.privacy.pii)
        self.exporters = {name: EXPORTERS.get(name)() for name in setup.recipe.export.formats}
        self.marked = {
            name: {c.name: c.pii for c in table.spec.columns.values() if c.pii}
            for name, table in self.plan.tables.items()
        }

    def produce(self, task: Task) -> Produced:
        """Make one partition of a tree of tables."""
        done = Produced({}, {}, {})
        for name, part in slices(self.world, task).items():
            columns = part.frame()
            first = int(part.numbers[0]) if part.count else 0
            done.rows[name] = part.count
            done.declared[name] = {c: (k.declared.entity, k.declared.proof) for c, k in columns.items() if k.declared}
            done.findings += self.scanner.scan(name, columns, first, declared=self.marked[name])
            done.findings += self._contract(name, columns, first)
            for sql in self.plan.checks.get(name, ()):
                done.findings += check(part, sql, first)
            done.files[name] = [self._write(name, task.part, form, columns) for form in self.exporters]
        return done

    def _contract(self, table: str, columns: Mapping[str, Column], first: int) -> list[Finding]:
        contract = self.plan.tables[table].spec.contract
        if contract is None:
            return []
        from synthgen.schema.validate import validate  # noqa: PLC0415  # only recipes with contracts pay for it

        return [
            Finding(
                "contract", table, v.column, first + v.row if v.row is not None else None, count=v.count, message=v.rule
            )
            for v in validate(contract, frame_of(columns))
        ]

    def _write(self, table: str, part: int, form: str, columns: Mapping[str, Column]) -> Written:
        name = self.setup.files[(table, part, form)]
        path = self.setup.staging / name
        path.parent.mkdir(parents=True, exist_ok=True)
        exporter = self.exporters[form]
        if hasattr(exporter, "write_columns"):
            exporter.write_columns(columns, path)
        else:
            exporter.write(frame_of(columns), path)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        rows = len(next(iter(columns.values())))
        return Written(name, form, rows, digest, path.stat().st_size)


def slices(world: World, task: Task) -> dict[str, Slice]:
    """The rows of every table of the task's tree."""
    found = {task.root: world.rows(task.root, task.start, task.count)}
    for name in world.plan.tree(task.root)[1:]:
        found[name] = found[world.plan.tables[name].spec.per or ""].child(name)
    return found


def frame_of(columns: Mapping[str, Column]) -> pl.DataFrame:
    """The columns as a data frame."""
    return pl.DataFrame([c.values.alias(name) for name, c in columns.items()])


def check(part: Slice, sql: Sql, first: int) -> list[Finding]:
    """The rows for which a recipe's check is false; as in SQL, unknown (NULL) passes."""
    rows = SliceRows(part, "#check")
    holds = evaluate(sql, {name: rows.values(name) for name in sql.references}, part.count)
    broken = (holds == False).fill_null(False).arg_true()  # noqa: E712  # a Series, not a bool
    if not len(broken):
        return []
    return [
        Finding("check", part.table, row=first + int(broken[0]), count=len(broken), message=f"'{sql.text}' is false")
    ]


def prepare(setup: Setup) -> Producer:
    """A worker's state."""
    return Producer(setup)


def work(producer: Producer, task: Task) -> Produced:
    """One task of a worker."""
    return producer.produce(task)


def merged(findings: list[Finding]) -> list[Finding]:
    """One finding per kind and place over all partitions: first row, number of rows, greatest score."""
    found: dict[Any, Finding] = {}
    for f in findings:
        key = (f.code, f.table, f.column, f.entity, f.message)
        known = found.get(key)
        if known is None:
            found[key] = f
            continue
        rows = [r for r in (known.row, f.row) if r is not None]
        scores = [s for s in (known.score, f.score) if s is not None]
        found[key] = Finding(
            f.code, f.table, f.column, min(rows, default=None), f.entity, max(scores, default=None),
            known.count + f.count, f.message, known.recognizer,
        )  # fmt: skip
    return list(found.values())
