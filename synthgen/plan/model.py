"""What the plan decides: every column bound to a generator and a stream, every table to its place in a tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from synthgen.defects.table import DirtyTable
from synthgen.evalcase import Prompt
from synthgen.generator import Generator
from synthgen.recipe.model import ColumnSpec, EvalSpec, Node, Recipe, TableSpec
from synthgen.sql import Sql

if TYPE_CHECKING:  # only recipes with evals pay for them
    from synthgen.evals.base import Family
    from synthgen.evals.paraphrase import Paraphraser
    from synthgen.evals.sizing import Size

ColumnKey = tuple[str, str]  # (table, column); the column "#count" is a child table's rows per parent
COUNT = "#count"


@dataclass(frozen=True)
class Reference:
    """Where a name leads from a table: its own column, an ancestor's (`up` steps), or through a reference column."""

    kind: Literal["own", "up", "via"]
    table: str
    column: str
    up: int = 0
    via: str | None = None


@dataclass(frozen=True)
class Enumerated:
    """How a column takes its values by rank so that a group of columns is unique.

    The row's rank is `permutation(row number) over modulus`, or, within a parent, a permutation of the ordinal;
    `divisor` and `capacity` take this column's digit out of it. `stream` names the permutation.
    """

    scope: Literal["table", "parent"]
    stream: str
    modulus: int
    divisor: int
    capacity: int


@dataclass(frozen=True)
class PlannedColumn:
    """One column as it will be made: generator, stream name, mask and, where values must be unique, their ranks."""

    table: str
    name: str
    generator: Generator
    stream: str
    node: Node
    spec: ColumnSpec | None = None
    null: float = 0.0
    condition: Sql | None = None
    enumerated: Enumerated | None = None
    sparing: tuple[Generator, ...] = ()  # those of its generators whose cells cost something: masked rows are left out

    @property
    def dtype(self) -> pl.DataType:
        """dtype of the column."""
        return self.generator.dtype

    @property
    def needs(self) -> tuple[str, ...]:
        """Every name that it reads: the generator's and the condition's."""
        return (*self.generator.needs, *(self.condition.references if self.condition else ()))


@dataclass(frozen=True)
class PlannedTable:
    """One table as it will be made. `limit` caps the children of one parent where their keys would run out."""

    spec: TableSpec
    columns: Mapping[str, PlannedColumn]
    root: str
    depth: int
    children: tuple[str, ...] = ()
    count: Generator | None = None
    limit: int | None = None
    link: str | None = None
    dirty: DirtyTable | None = None

    @property
    def name(self) -> str:
        """The table's name."""
        return self.spec.name

    @property
    def order(self) -> tuple[str, ...]:
        """Column names in output order."""
        return self.spec.order


@dataclass(frozen=True)
class PlannedEval:
    """One eval as it will be made: its family, how many cases, the variants, and the columns that records must hold."""

    spec: EvalSpec
    family: Family
    size: Size
    variants: Mapping[str, Any]
    wants: Mapping[str, tuple[str, ...]]  # table -> columns and references of its records
    files: tuple[str, ...] = ()  # files of the project that it read
    prompts: tuple[Prompt, ...] = ()
    paraphraser: Paraphraser | None = None

    @property
    def n(self) -> int:
        """How many cases are made, variants aside: the size, rounded up to whole blocks of the family."""
        block = self.family.block
        return -(-self.size.n // block) * block

    @property
    def name(self) -> str:
        """The eval's name."""
        return self.spec.name


@dataclass(frozen=True)
class Plan:
    """A recipe compiled. `references` says where each name used in a table leads; `checks` are parsed predicates."""

    recipe: Recipe
    tables: Mapping[str, PlannedTable]
    references: Mapping[tuple[str, str], Reference]
    checks: Mapping[str, tuple[Sql, ...]]
    order: tuple[ColumnKey, ...] = ()
    notes: tuple[str, ...] = field(default=())
    evals: Mapping[str, PlannedEval] = field(default_factory=dict)

    @property
    def roots(self) -> tuple[str, ...]:
        """Tables that state their own rows, in recipe order."""
        return tuple(name for name, table in self.tables.items() if table.spec.per is None)

    def tree(self, root: str) -> list[str]:
        """A root table and its descendants, parents first."""
        found = [root]
        for name in found:
            found.extend(self.tables[name].children)
        return found
