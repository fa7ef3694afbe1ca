"""A target schema in neutral terms: what importers make, contracts carry, and plans and validators read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

LogicalType = Literal[
    "string", "integer", "number", "decimal", "boolean", "date", "timestamp", "time", "duration",
    "uuid", "json", "binary", "array", "object",
]  # fmt: skip


@dataclass(frozen=True)
class FieldSchema:
    """One column. `bits` is the width of an integer or float; `pattern` a regex; `semantic` an ODCS semantic type.

    `entity` names an entity attribute (`person.email`) where name, format or semantics say what the column is.
    `hints` carries what an importer learned from samples (range, categories with shares, null share); never a value of
    an identifying column.
    """

    name: str
    type: LogicalType = "string"
    physical: str | None = None
    nullable: bool = True
    unique: bool = False
    min_length: int | None = None
    max_length: int | None = None
    precision: int | None = None
    scale: int | None = None
    bits: int | None = None
    unsigned: bool = False
    minimum: float | str | None = None
    maximum: float | str | None = None
    enum: tuple[Any, ...] = ()
    pattern: str | None = None
    format: str | None = None
    semantic: str | None = None
    entity: str | None = None
    classification: str | None = None
    default: str | None = None
    generated: str | None = None  # SQL expression of a generated column
    identity: bool = False
    description: str | None = None
    items: FieldSchema | None = None
    fields: tuple[FieldSchema, ...] = ()
    hints: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ForeignKey:
    """Columns that refer to a parent table's columns, position by position."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]
    on_delete: str | None = None


@dataclass(frozen=True)
class TableSchema:
    """One table: columns in order, keys, references, and CHECK predicates as SQL in DuckDB's dialect."""

    name: str
    fields: tuple[FieldSchema, ...]
    primary_key: tuple[str, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[str, ...] = ()
    description: str | None = None
    rows: int | None = None  # row count of a sample, where one was read
    namespace: str | None = None  # database schema

    def field(self, name: str) -> FieldSchema | None:
        """The column of that name."""
        return next((f for f in self.fields if f.name == name), None)
