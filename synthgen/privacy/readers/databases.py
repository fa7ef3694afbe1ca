"""Database files, table by table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl

from synthgen.privacy.readers import base
from synthgen.privacy.readers.base import Batch, arrow_batch


def sqlite(path: Path) -> Iterator[Batch]:
    """Every table, opened read-only; `part` is its name."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        tables = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        for table in tables:
            quoted = '"' + table.replace('"', '""') + '"'
            cursor = db.execute(f"SELECT * FROM {quoted}")  # a name of the file itself, quoted
            names = [d[0] for d in cursor.description]
            while rows := cursor.fetchmany(base.ROWS):
                columns = {n: _cells(n, [r[i] for r in rows]) for i, n in enumerate(names)}
                yield Batch(columns, len(rows), table)


def _cells(name: str, values: list[Any]) -> pl.Series:
    kinds = {type(v) for v in values} - {type(None)}
    if kinds == {int}:
        return pl.Series(name, values, dtype=pl.Int64)
    if kinds <= {float}:
        return pl.Series(name, values, dtype=pl.Float64)
    texts = [None if v is None else v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in values]
    return pl.Series(name, texts, dtype=pl.String)


def duckdb(path: Path) -> Iterator[Batch]:
    """Every table of every schema, opened read-only and without access to other files."""
    import duckdb as engine

    with engine.connect(str(path), read_only=True) as db:
        db.execute("SET enable_external_access = false")
        listed = (
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_type = 'BASE TABLE' ORDER BY 1, 2"
        )
        for schema, table in db.execute(listed).fetchall():
            quoted = ".".join('"' + n.replace('"', '""') + '"' for n in (schema, table))
            reader: Any = db.sql(f"SELECT * FROM {quoted}").to_arrow_reader(base.ROWS)
            for piece in reader:
                yield arrow_batch(piece, table if schema == "main" else f"{schema}.{table}")
