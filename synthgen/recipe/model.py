"""A recipe as read: every part keeps the node that it came from, so that later floors can point at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from synthgen.errors import Place, Problem
from synthgen.llm.permit import Permit
from synthgen.schema.table import TableSchema

if TYPE_CHECKING:  # only recipes with reference tables pay for it
    import polars as pl

PathPart = str | int


@dataclass(frozen=True)
class Node:
    """A YAML node: its plain value, where it starts, where its keys start, and its children."""

    value: Any
    place: Place
    keys: Mapping[str, Place] = field(default_factory=dict)
    children: Mapping[PathPart, Node] = field(default_factory=dict)
    excerpt: str | None = None
    key_excerpts: Mapping[str, str | None] = field(default_factory=dict)

    def at(self, *path: PathPart) -> Node:
        """The deepest node that exists along `path`."""
        node = self
        for part in path:
            child = node.children.get(part)
            if child is None:
                break
            node = child
        return node

    def problem(self, code: str, message: str, remedy: str | None = None, *, key: str | None = None) -> Problem:
        """A Problem at this node, or at one of its keys."""
        if key is not None and key in self.keys:
            return Problem(code, message, self.keys[key], remedy, self.key_excerpts.get(key))
        return Problem(code, message, self.place, remedy, self.excerpt)


@dataclass(frozen=True)
class ColumnSpec:
    """One column: the generator it names, that generator's options as written, and the universal modifiers.

    `generator` is a name in the generators or entities registry. `options` is the column's mapping less the universal
    modifiers (so it still holds the generator's own key). `condition` is `if`.
    """

    name: str
    generator: str
    options: Mapping[str, Any]
    node: Node
    null: float = 0.0
    condition: str | None = None
    unique: bool = False
    pii: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class EntitySpec:
    """An entity instance of a table: which attributes go to which columns. `options` are the entity's own modifiers."""

    name: str
    entity: str
    columns: Mapping[str, str]  # column name -> attribute
    options: Mapping[str, Any]
    node: Node


CorrelationKind = Literal["spearman", "pearson", "normal"]


@dataclass(frozen=True)
class CorrelationSpec:
    """Columns that are correlated: the stated correlation of each pair (of a matrix: of all), and where it stands."""

    columns: tuple[str, ...]
    values: Mapping[tuple[str, str], float]
    kind: CorrelationKind
    node: Node
    places: Mapping[tuple[str, str], Node] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Reference:
    """A table kept as it is: its columns, and what an export keeps of it.

    `file` is as the recipe writes it, None for rows in the recipe itself. `kept` are the bytes of the copy that the
    export holds, `digest` their sha256.
    """

    file: str | None
    frame: pl.DataFrame
    kept: bytes
    digest: str


@dataclass(frozen=True)
class Window:
    """What the command line says of tables that grow: first day to write, last day, factor of each day's rows."""

    start: date | None = None
    end: date | None = None
    scale: float = 1.0


@dataclass(frozen=True)
class TableSpec:
    """One table. Either `rows` or `per` with `count` is set. `unique` holds column groups besides the key."""

    name: str
    node: Node
    rows: int | None = None
    per: str | None = None
    count: Node | None = None
    key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    entities: tuple[EntitySpec, ...] = ()
    columns: Mapping[str, ColumnSpec] = field(default_factory=dict)
    order: tuple[str, ...] = ()  # all column names, in output order (entities' columns first, then `columns`)
    correlations: tuple[CorrelationSpec, ...] = ()
    contract: TableSchema | None = None  # the target schema that `schema:` names
    contract_digest: str | None = None  # sha256 of the contract file's bytes
    reference: Reference | None = None  # `from`: the rows that the table is made of
    growth: Node | None = None  # as written: rows that come day by day, in place of `rows`
    days: Any = None  # those of a table that grows, once its rows are counted
    first: int = 0  # number of the first row that is written: more than 0 where an increment leaves out earlier ones
    dirty: Node | None = None  # as written: defects to plant after the clean rows are made
    description: str | None = None


@dataclass(frozen=True)
class CheckSpec:
    """A SQL predicate that must hold for every row of a table."""

    table: str
    sql: str
    node: Node


@dataclass(frozen=True)
class EvalSpec:
    """One eval set. `options` are the family's own keys; `cases` is as written, a number or what to size it by.

    `variants` maps a variant to the share of cases that get one; `audit` holds the recipe's own limits; `must_pass` is
    the share of cases that a regression test lets nobody fail.
    """

    name: str
    family: str
    node: Node
    options: Mapping[str, Any]
    cases: Any
    variants: Mapping[str, float] = field(default_factory=dict)
    prompts: tuple[str, ...] = ()
    audit: Mapping[str, float] = field(default_factory=dict)
    must_pass: float = 0.0
    paraphrase: Any = None  # as written
    version: str = "1.0.0"
    description: str | None = None


@dataclass(frozen=True)
class Splits:
    """Shares of the splits, which sum to 1, and the table whose rows are never on two sides (None: chosen per eval)."""

    shares: Mapping[str, float] = field(default_factory=lambda: {"test": 1.0})
    by: str | None = None


@dataclass(frozen=True)
class SourceSpec:
    """Real data that no value may come from: a fingerprint or a data file, as written, from the recipe's folder on.

    `identifying`, `key` and `combine` name columns of a data file; a fingerprint was told when it was made.
    """

    file: str
    node: Node
    identifying: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    combine: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Privacy:
    """The privacy rules: which PII may stand in the export, what a finding does, and sources that may not be met."""

    pii: Literal["none", "reserved", "synthetic"] = "reserved"
    on_finding: Literal["block", "warn"] = "block"
    sources: tuple[SourceSpec, ...] = ()


@dataclass(frozen=True)
class ExportSpec:
    """Where to, and in which formats."""

    to: str | None = None
    formats: tuple[str, ...] = ("parquet",)
    evals: tuple[str, ...] = ()  # harnesses


@dataclass(frozen=True)
class Recipe:
    """A whole recipe. `root` is the folder that its relative paths start from and may not leave."""

    name: str
    source: Path
    root: Path
    node: Node
    seed: int
    clock: datetime
    locale: Mapping[str, float]
    privacy: Privacy
    tables: Mapping[str, TableSpec]
    checks: tuple[CheckSpec, ...]
    export: ExportSpec
    data: bytes  # the recipe file as it was read
    digest: str  # sha256 of those bytes
    allow_outside: bool = False  # whether its paths may leave the root
    copies: Path | None = None  # the export's folder that its files are read from, if not from where it says
    window: Window = field(default_factory=Window)
    permit: Permit = field(default_factory=Permit)  # which language models may be asked
    missing_answers: Literal["fail", "show"] = "fail"  # what stands for a model's answer that is not on record
    evals: Mapping[str, EvalSpec] = field(default_factory=dict)
    splits: Splits = field(default_factory=Splits)
    description: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
