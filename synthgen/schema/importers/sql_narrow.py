"""CHECK texts of a database's catalogue, as constraints of columns."""

from __future__ import annotations

from collections.abc import Iterable

from synthgen.schema.checks import readable
from synthgen.schema.importers.sql_checks import apply_check
from synthgen.schema.importers.sql_parse import parse
from synthgen.schema.table import FieldSchema

_DIALECTS = {"postgresql": "postgres", "mssql": "tsql", "mariadb": "mysql"}


def narrowed(fields: dict[str, FieldSchema], texts: Iterable[str], dialect: str) -> tuple[list[str], list[str]]:
    """Narrow `fields` in place; returns the checks that stay SQL (DuckDB's dialect), and those that are lost."""
    kept: list[str] = []
    lost: list[str] = []
    for text in texts:
        tree = parse(f"SELECT 1 WHERE {text}", _DIALECTS.get(dialect, dialect))
        where = tree.args.get("where") if tree is not None else None
        if where is None:
            lost.append(text)
            continue
        for part in apply_check(fields, where.this):
            (kept if readable(part, fields.values()) else lost).append(part)
    return list(dict.fromkeys(kept)), list(dict.fromkeys(lost))
