"""Database files, table by table."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from synthgen.privacy.readers import base, cells
from synthgen.privacy.readers.base import Batch, Item, Piece, Unread, arrow_batch


def sqlite(piece: Piece) -> Iterator[Item]:
    """Every table, read-only; `part` is its name. A table that cannot be read is told, and the others are read."""
    with _opened(piece.path) as db:
        db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        tables = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        for table in tables:
            try:
                yield from _rows(db, table)
            except sqlite3.Error as error:
                yield Unread(f"sqlite: {type(error).__name__}", part=table)


def _rows(db: sqlite3.Connection, table: str) -> Iterator[Batch]:
    quoted = '"' + table.replace('"', '""') + '"'
    cursor = db.execute(f"SELECT * FROM {quoted}")  # a name of the file itself, quoted
    names = [d[0] for d in cursor.description]
    while rows := cursor.fetchmany(base.ROWS):
        yield Batch(cells.columns(names, rows), len(rows), table)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The file as it is, or with the changes of its journal in a private copy: nothing is written beside the file."""
    journals = [p for suffix in ("-wal", "-journal") if (p := Path(f"{path}{suffix}")).is_file() and p.stat().st_size]
    if not journals:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            yield db
        return
    with tempfile.TemporaryDirectory() as folder:
        for source in (path, *journals):
            shutil.copyfile(source, Path(folder) / f"content{source.name.removeprefix(path.name)}")
        with closing(sqlite3.connect(Path(folder) / "content")) as db:
            yield db


def duckdb(piece: Piece) -> Iterator[Batch]:
    """Every table of every schema, opened read-only and without access to other files."""
    import duckdb as engine

    with engine.connect(str(piece.path), read_only=True) as db:
        db.execute("SET enable_external_access = false")
        listed = (
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_type = 'BASE TABLE' ORDER BY 1, 2"
        )
        for schema, table in db.execute(listed).fetchall():
            quoted = ".".join('"' + n.replace('"', '""') + '"' for n in (schema, table))
            reader: Any = db.sql(f"SELECT * FROM {quoted}").to_arrow_reader(base.ROWS)
            for rows in reader:
                yield arrow_batch(rows, table if schema == "main" else f"{schema}.{table}")
