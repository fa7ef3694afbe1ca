"""Imports a DuckDB file through DuckDB's own catalogue; the file is opened read-only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from synthgen.errors import Problem, RecipeError, usage
from synthgen.schema.importers.result import ImportResult, safe_names
from synthgen.schema.importers.sql_draft import in_order
from synthgen.schema.importers.sql_narrow import narrowed
from synthgen.schema.importers.sql_types import TypeReader
from synthgen.schema.table import FieldSchema, ForeignKey, TableSchema

_TABLES = """SELECT schema_name, table_name, comment FROM duckdb_tables()
WHERE NOT internal AND NOT temporary AND database_name = current_database() ORDER BY ALL"""
_COLUMNS = """SELECT column_name, data_type, is_nullable, column_default, comment FROM duckdb_columns()
WHERE schema_name = ? AND table_name = ? AND database_name = current_database() ORDER BY column_index"""
_CONSTRAINTS = """SELECT constraint_type, constraint_column_names, referenced_table, referenced_column_names, expression
FROM duckdb_constraints() WHERE schema_name = ? AND table_name = ? AND database_name = current_database()"""

Place = tuple[str, str]


def import_duckdb(path: Path) -> ImportResult:
    """Every table of a DuckDB file; raises UsageError if it is not one, RecipeError if it has no table."""
    if not path.is_file():
        raise usage("missing-file", f"there is no file {path}", "check the path")
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        message = f"cannot open {path.name} as a DuckDB file: {str(error).splitlines()[0][:200]}"
        raise usage("unreadable", message, "check the file, and that no other process writes to it") from None
    try:
        return _read(connection, path.name)
    finally:
        connection.close()


def _read(connection: Any, name: str) -> ImportResult:
    found = connection.execute(_TABLES).fetchall()
    if not found:
        raise RecipeError(Problem("no-tables", f"{name} has no tables", remedy="name another file"))
    bare = [t.lower() for _, t, _ in found]
    words = [t if bare.count(t.lower()) == 1 else f"{s}_{t}" for s, t, _ in found]
    names = dict(zip([(s, t) for s, t, _ in found], safe_names(words), strict=True))
    warnings: list[Problem] = []
    tables = [_table(connection, (s, t), comment, names, warnings) for s, t, comment in found]
    return ImportResult(tables, warnings)


def _table(
    connection: Any, place: Place, comment: str | None, names: dict[Place, str], warnings: list[Problem]
) -> TableSchema:
    reader = TypeReader("duckdb")
    fields = {}
    for column, kind, nullable, default, note in connection.execute(_COLUMNS, place).fetchall():
        made = reader.read(exp.DataType.build(kind, dialect="duckdb", udt=True))
        identity = "nextval(" in str(default or "")
        fields[column] = FieldSchema(
            column,
            **made,
            nullable=bool(nullable),
            default=None if identity else default,
            identity=identity,
            description=note,
        )
    key: tuple[str, ...] = ()
    uniques: list[tuple[str, ...]] = []
    keys: list[ForeignKey] = []
    conditions: list[str] = []
    for kind, columns, target, references, text in connection.execute(_CONSTRAINTS, place).fetchall():
        group = tuple(columns or ())
        if kind == "PRIMARY KEY":
            key = group
        elif kind == "UNIQUE":
            uniques.append(group)
        elif kind == "FOREIGN KEY":
            other = next((n for (s, t), n in names.items() if t == target and s == place[0]), None)
            if other is not None:
                keys.append(ForeignKey(group, other, tuple(references)))
        elif kind == "CHECK" and text:
            conditions.append(text)
    for column in (*key, *(u[0] for u in uniques if len(u) == 1)):
        changes = {"nullable": False} if column in key else {"unique": True}
        fields[column] = FieldSchema(**(vars(fields[column]) | changes))
    checks, lost = narrowed(fields, conditions, "duckdb")
    for text in lost:
        message = f"the CHECK ({text[:200]}) of {place[1]} is not carried over"
        warnings.append(Problem("check-dropped", message, severity="warning"))
    quoted = ".".join('"' + part.replace('"', '""') + '"' for part in place)
    rows = connection.execute(f"SELECT count(*) FROM {quoted}").fetchone()[0]
    return TableSchema(
        name=names[place],
        fields=tuple(fields.values()),
        primary_key=key,
        uniques=tuple(u for u in uniques if len(u) > 1),
        foreign_keys=in_order(keys, list(fields)),
        checks=tuple(checks),
        description=comment,
        rows=rows or None,
        namespace=None if place[0] == "main" else place[0],
    )
