"""Files as batches of columns: each format is read in pieces, so that memory does not grow with the file."""

from __future__ import annotations

import gzip
import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import polars as pl

ROWS = 65_536
LINES = 20_000
LARGEST = 8 * 2**30
"""Most bytes that a compressed file may unpack to."""


@dataclass(frozen=True)
class Batch:
    """Some rows of one table of a file. `part` names the table or sheet where a file has several."""

    columns: dict[str, pl.Series]
    rows: int
    part: str | None = None


class UnreadableError(Exception):
    """The file cannot be read as what its name or content says; the reason holds no content."""


def batches(path: Path) -> Iterator[Batch]:
    """All content of a file, by its suffix or, failing that, as text. Raises UnreadableError."""
    suffix = path.suffix.lower()
    if suffix == ".gz":
        with tempfile.TemporaryDirectory() as folder:
            yield from batches(_unpacked(path, Path(folder)))
        return
    reader = _READERS.get(suffix) or _guess(path)
    try:
        yield from reader(path)
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError(f"{reader.__name__.strip('_')}: {type(error).__name__}") from error


def _unpacked(path: Path, folder: Path) -> Path:
    """The file without its compression, in a private folder; stops at LARGEST."""
    target = folder / (path.stem or "content")
    size = 0
    try:
        with gzip.open(path) as source, target.open("wb") as sink:
            while piece := source.read(2**20):
                size += len(piece)
                if size > LARGEST:
                    raise UnreadableError("it unpacks to more than 8 GiB")
                sink.write(piece)
    except (OSError, EOFError) as error:
        raise UnreadableError(f"gzip: {type(error).__name__}") from error
    return target


def _guess(path: Path) -> Callable[[Path], Iterator[Batch]]:
    with path.open("rb") as file:
        head = file.read(8192)
    if head.startswith(b"SQLite format 3\0"):
        return _sqlite
    if head.startswith(b"PAR1"):
        return _parquet
    if b"\0" in head:
        raise UnreadableError("a binary format that cannot be scanned")
    return _text


def _csv(path: Path) -> Iterator[Batch]:
    """Values as text, whatever they look like; a file that is no table is read line by line."""
    with path.open("rb") as file:
        first = file.readline(1_000_000)
        if not first.strip():
            return
    separator = max((b"\t", b";", b"|", b","), key=first.count).decode() if path.suffix.lower() != ".tsv" else "\t"
    scan = pl.scan_csv(path, separator=separator, infer_schema=False, encoding="utf8-lossy")
    try:
        for frame in scan.collect_batches(chunk_size=ROWS):
            yield _frame(frame)
    except pl.exceptions.PolarsError:
        yield from _text(path)


def _frame(frame: pl.DataFrame, part: str | None = None) -> Batch:
    return Batch({c.name: c for c in frame.get_columns()}, len(frame), part)


def _parquet(path: Path) -> Iterator[Batch]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for piece in file.iter_batches(batch_size=ROWS):
            yield _arrow_frame(piece)


def _arrow_frame(piece: Any, part: str | None = None) -> Batch:
    frame = pl.from_arrow(piece)
    assert isinstance(frame, pl.DataFrame)
    return _frame(frame, part)


def _arrow(path: Path) -> Iterator[Batch]:
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        try:
            file = pa.ipc.open_file(source)
            for i in range(file.num_record_batches):
                yield _arrow_frame(file.get_batch(i))
        except pa.ArrowInvalid:
            source.seek(0)
            for piece in pa.ipc.open_stream(source):
                yield _arrow_frame(piece)


def _lines(file: IO[str]) -> Iterator[list[str]]:
    piece: list[str] = []
    for line in file:
        piece.append(line.rstrip("\r\n"))
        if len(piece) == LINES:
            yield piece
            piece = []
    if piece:
        yield piece


def _text(path: Path) -> Iterator[Batch]:
    """One column, `line`; a row is a line, counted from 0."""
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        for piece in _lines(file):
            yield Batch({"line": pl.Series(piece, dtype=pl.String)}, len(piece))


def _jsonl(path: Path) -> Iterator[Batch]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for piece in _lines(file):
            yield _records([json.loads(line) if line.strip() else None for line in piece])


def _json(path: Path) -> Iterator[Batch]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        try:
            content = json.load(file)
        except json.JSONDecodeError:
            content = None
    if content is None:  # one object a line, or no JSON at all: still text
        try:
            pieces = list(_jsonl(path))
        except json.JSONDecodeError:
            pieces = list(_text(path))
        yield from pieces
        return
    records = content if isinstance(content, list) else [content]
    for start in range(0, len(records), LINES):
        yield _records(records[start : start + LINES])


def _records(records: list[Any]) -> Batch:
    """Columns by path (`address.street`, `tags[]`), each with as many values as there are, and their rows.

    A leaf that a row has several times makes a list column. Names of object members are values too: column `(keys)`.
    """
    leaves: dict[str, dict[int, list[Any]]] = {}
    keys: dict[int, list[Any]] = {}
    for row, record in enumerate(records):
        stack: list[tuple[str, Any]] = [("", record)]
        while stack:
            path, value = stack.pop()
            if isinstance(value, dict):
                keys.setdefault(row, []).extend(value)
                stack += [(f"{path}.{k}" if path else str(k), v) for k, v in value.items()]
            elif isinstance(value, list):
                stack += [(f"{path}[]", v) for v in value]
            elif value is not None and not isinstance(value, bool | float):
                leaves.setdefault(path or "value", {}).setdefault(row, []).append(value)
    columns = {path: _series(path, values, len(records)) for path, values in leaves.items()}
    if keys:
        distinct = {row: [k for k in dict.fromkeys(found) if isinstance(k, str)] for row, found in keys.items()}
        columns["(keys)"] = _series("(keys)", distinct, len(records))
    return Batch(columns, len(records))


def _series(name: str, values: dict[int, list[Any]], rows: int) -> pl.Series:
    whole = all(isinstance(v, int) and abs(v) < 2**63 for found in values.values() for v in found)
    made = [None if i not in values else (values[i] if whole else [str(v) for v in values[i]]) for i in range(rows)]
    if all(len(v) == 1 for v in values.values()):
        return pl.Series(name, [v[0] if v else None for v in made], dtype=pl.Int64 if whole else pl.String)
    return pl.Series(name, made, dtype=pl.List(pl.Int64 if whole else pl.String))


def _excel(path: Path) -> Iterator[Batch]:
    sheets = pl.read_excel(path, sheet_id=0, infer_schema_length=0, raise_if_empty=False)
    for name, frame in sheets.items():
        yield _frame(frame, name)


def _sqlite(path: Path) -> Iterator[Batch]:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        tables = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        for table in tables:
            quoted = '"' + table.replace('"', '""') + '"'
            cursor = db.execute(f"SELECT * FROM {quoted}")  # a name of the file itself, quoted
            names = [d[0] for d in cursor.description]
            while rows := cursor.fetchmany(ROWS):
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


def _duckdb(path: Path) -> Iterator[Batch]:
    import duckdb

    with duckdb.connect(str(path), read_only=True) as db:
        db.execute("SET enable_external_access = false")
        listed = (
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_type = 'BASE TABLE' ORDER BY 1, 2"
        )
        for schema, table in db.execute(listed).fetchall():
            quoted = ".".join('"' + n.replace('"', '""') + '"' for n in (schema, table))
            reader: Any = db.sql(f"SELECT * FROM {quoted}").to_arrow_reader(ROWS)
            for piece in reader:
                yield _arrow_frame(piece, table if schema == "main" else f"{schema}.{table}")


_READERS: dict[str, Callable[[Path], Iterator[Batch]]] = {
    ".csv": _csv, ".tsv": _csv, ".tab": _csv, ".psv": _csv, ".parquet": _parquet, ".pq": _parquet,
    ".jsonl": _jsonl, ".ndjson": _jsonl, ".json": _json, ".geojson": _json, ".arrow": _arrow, ".ipc": _arrow,
    ".feather": _arrow, ".xlsx": _excel, ".xlsm": _excel, ".xls": _excel, ".xlsb": _excel, ".ods": _excel,
    ".sqlite": _sqlite, ".sqlite3": _sqlite, ".db3": _sqlite, ".duckdb": _duckdb, ".ddb": _duckdb,
}  # fmt: skip
