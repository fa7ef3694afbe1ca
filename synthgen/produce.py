"""What one worker does with one task: make the rows, scan them, check them, and write them to staging."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.artifacts import Finding
from synthgen.columns import Column, Declared
from synthgen.export.layout import side_stem
from synthgen.export.manifest import FileEntry
from synthgen.export.partition import write_partition
from synthgen.plan.compile import compile_recipe
from synthgen.plan.dirty import SIDE
from synthgen.plan.model import Plan
from synthgen.plan.partition import Task
from synthgen.plan.planting import Planter
from synthgen.plan.rows import Slice, SliceRows
from synthgen.plan.sides import sides
from synthgen.plan.truth_lines import counted
from synthgen.plan.world import World
from synthgen.privacy.scanner import Scanner
from synthgen.recipe.model import Recipe
from synthgen.registry import EXPORTERS
from synthgen.sql import Sql, evaluate

if TYPE_CHECKING:
    from synthgen.privacy.leakage.evidence import Evidence
    from synthgen.privacy.leakage.fingerprint import Fingerprint


@dataclass(frozen=True)
class Setup:
    """What every worker needs to make any partition: the recipe, the block index, where files go, and sources.

    `world` is the caller's own, for a worker in the same process; other processes make theirs from the recipe.
    """

    recipe: Recipe
    index: Mapping[str, dict[str, NDArray[np.int64]]]
    staging: Path
    stems: Mapping[str, str]
    sources: tuple[Fingerprint, ...] = ()
    world: World | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "world": None}


@dataclass(frozen=True)
class SideMade:
    """What a task wrote of one side of a table: its files, the dtypes of its columns, and what they declare."""

    files: tuple[FileEntry, ...]
    dtypes: Mapping[str, str]
    declared: Mapping[str, Declared]


@dataclass(frozen=True)
class Produced:
    """What a task came to: rows, files and sides per table, what is declared, what was found, and met of sources."""

    task: Task
    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, list[FileEntry]] = field(default_factory=dict)
    declared: dict[str, dict[str, Declared]] = field(default_factory=dict)
    sides: dict[str, dict[str, SideMade]] = field(default_factory=dict)
    planted: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)  # (kind, column) of dirty tables
    findings: list[Finding] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)


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
        self.planters = {name: Planter(self.world, name) for name, t in self.plan.tables.items() if t.dirty is not None}
        self.marked = {
            name: {c.name: c.pii for c in table.spec.columns.values() if c.pii}
            for name, table in self.plan.tables.items()
        }

    def produce(self, task: Task) -> Produced:
        """Make one partition of a tree of tables."""
        done = Produced(task)
        for name, part in slices(self.world, task).items():
            columns = part.frame()
            first = int(part.numbers[0]) if part.count else 0
            done.rows[name] = part.count
            done.findings.extend(self._contract(name, columns, first))
            for sql in self.plan.checks.get(name, ()):
                done.findings.extend(check(part, sql, first))
            told: dict[str, Mapping[str, Column]] = sides(part)
            if name in self.planters:  # contract and checks hold for clean rows; what is written is scanned
                planted = self.planters[name].partition(part)
                columns, first, told = planted.columns, planted.first, {**told, SIDE: planted.truth}
                done.planted[name] = counted(planted.truth)
            done.declared[name] = {c: k.declared for c, k in columns.items() if k.declared}
            done.findings.extend(self.scanner.scan(name, columns, first, declared=self.marked[name]))
            for source in self.setup.sources:
                done.evidence.extend(source.evidence(name, {c: k.values for c, k in columns.items()}, first))
            stem = self.setup.stems[name]
            done.files[name] = write_partition(columns, self.exporters, self.setup.staging, stem, task.part, task.parts)
            done.sides[name] = {side: self._side(name, side, lines, done) for side, lines in told.items()}
        return done

    def _side(self, table: str, side: str, columns: Mapping[str, Column], done: Produced) -> SideMade:
        """Scan and write a task's part of a side, as one of a table."""
        task, label = done.task, f"{table}.{side}"
        for finding in self.scanner.scan(label, columns):
            done.findings.append(finding if task.parts == 1 else replace(finding, row=None))
        values = {name: column.values for name, column in columns.items()}
        for source in self.setup.sources:
            done.evidence.extend(source.evidence(label, values, 0))
        stem = side_stem(self.setup.stems[table], side)
        files = write_partition(columns, self.exporters, self.setup.staging, stem, task.part, task.parts)
        declared = {name: column.declared for name, column in columns.items() if column.declared}
        return SideMade(tuple(files), {name: str(series.dtype) for name, series in values.items()}, declared)

    def _contract(self, table: str, columns: Mapping[str, Column], first: int) -> list[Finding]:
        contract = self.plan.tables[table].spec.contract
        if contract is None:
            return []
        from synthgen.schema.validate import validate  # only recipes with contracts pay for it

        return [
            Finding(
                "contract", table, v.column, first + v.row if v.row is not None else None, count=v.count, message=v.rule
            )
            for v in validate(contract, frame_of(columns))
        ]


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
    world = setup.world
    return Producer(setup) if world is None else Producer(setup, world.plan, world)


def work(producer: Producer, task: Task) -> Produced:
    """One task of a worker."""
    return producer.produce(task)


def found(done: Sequence[Produced]) -> list[Finding]:
    """What all tasks found; what they met of sources is weighed over all of them together."""
    findings = [finding for part in done for finding in part.findings]
    evidence = [e for part in done for e in part.evidence]
    if not evidence:
        return findings
    from synthgen.privacy.leakage.evidence import judged  # only runs with sources pay for it

    return [*findings, *judged(evidence)]


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
