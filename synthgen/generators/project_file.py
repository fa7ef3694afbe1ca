"""Tables that a recipe keeps beside itself: CSV, Parquet, JSON and JSON Lines, in the project and of bounded size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from synthgen.errors import did_you_mean
from synthgen.generator import Build

MOST_ROWS = 1_000_000
_MOST_BYTES = 1 << 30
_READERS: dict[str, tuple[str, Callable[[Path], pl.DataFrame]]] = {
    ".parquet": ("Parquet", pl.read_parquet),
    ".json": ("JSON", pl.read_json),
    ".jsonl": ("JSON Lines", pl.read_ndjson),
    ".ndjson": ("JSON Lines", pl.read_ndjson),
}


def read_table(file: str, build: Build, key: str = "file") -> pl.DataFrame:
    """The rows of a file that `key` names; a file outside the project, unreadable or too large is a problem there."""
    path = (build.root / file).resolve()
    if not path.is_relative_to(Path(build.root).resolve()):
        raise build.fail("outside", f"'{file}' lies outside the project", "move the file in", key)
    name, reader = _READERS.get(path.suffix.lower(), ("CSV", lambda p: pl.read_csv(p, infer_schema_length=None)))
    try:
        size = path.stat().st_size
        table = reader(path) if size <= _MOST_BYTES else None
    except (OSError, pl.exceptions.PolarsError):
        raise build.fail("missing-file", f"cannot read {file} as {name}", "check the path", key) from None
    if table is None or len(table) > MOST_ROWS:
        many = f"{size:,} bytes" if table is None else f"{len(table):,} rows"
        raise build.fail("too-large", f"{file} has {many}", f"at most {MOST_ROWS:,} rows", key)
    return table


def known_column(table: pl.DataFrame, name: str, file: str, build: Build, key: str) -> str:
    """The name, if the file has such a column; a problem at `key` if not."""
    if name not in table.columns:
        remedy = did_you_mean(name, table.columns) or f"it has {', '.join(table.columns[:12])}"
        raise build.fail("unknown-column", f"{file} has no column '{name}'", remedy, key)
    return name
