"""Which reader reads a file: by its suffix or, failing that, by its first bytes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from synthgen.privacy.readers.archives import unpacked
from synthgen.privacy.readers.base import Batch, UnreadableError
from synthgen.privacy.readers.columnar import arrow, parquet
from synthgen.privacy.readers.databases import duckdb, sqlite
from synthgen.privacy.readers.delimited import csv
from synthgen.privacy.readers.records import json, jsonl
from synthgen.privacy.readers.spreadsheets import excel
from synthgen.privacy.readers.text import text


def batches(path: Path) -> Iterator[Batch]:
    """All content of a file, by its suffix or, failing that, as text. Raises UnreadableError."""
    suffix = path.suffix.lower()
    if suffix == ".gz":
        with tempfile.TemporaryDirectory() as folder:
            yield from batches(unpacked(path, Path(folder)))
        return
    reader = _READERS.get(suffix) or _guess(path)
    try:
        yield from reader(path)
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError(f"{reader.__name__}: {type(error).__name__}") from error


def _guess(path: Path) -> Callable[[Path], Iterator[Batch]]:
    with path.open("rb") as file:
        head = file.read(8192)
    if head.startswith(b"SQLite format 3\0"):
        return sqlite
    if head.startswith(b"PAR1"):
        return parquet
    if b"\0" in head:
        raise UnreadableError("a binary format that cannot be scanned")
    return text


_READERS: dict[str, Callable[[Path], Iterator[Batch]]] = {
    ".csv": csv, ".tsv": csv, ".tab": csv, ".psv": csv, ".parquet": parquet, ".pq": parquet,
    ".jsonl": jsonl, ".ndjson": jsonl, ".json": json, ".geojson": json, ".arrow": arrow, ".ipc": arrow,
    ".feather": arrow, ".xlsx": excel, ".xlsm": excel, ".xls": excel, ".xlsb": excel, ".ods": excel,
    ".sqlite": sqlite, ".sqlite3": sqlite, ".db3": sqlite, ".duckdb": duckdb, ".ddb": duckdb,
}  # fmt: skip
