"""Imports sample data: files and folders of CSV, TSV, Parquet, JSON and JSON lines, packed with gzip or not.

Types, ranges, shares and keys are inferred. Values of identifying columns are never copied, nor is any value that is
rare: see `sample_columns`.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from synthgen.errors import Problem, RecipeError, SynthgenError, UsageError, usage
from synthgen.schema.importers.result import ImportResult, safe_names
from synthgen.schema.importers.sample_columns import profile
from synthgen.schema.importers.sample_keys import Sampled, with_keys
from synthgen.schema.importers.sample_times import follow
from synthgen.schema.table import TableSchema

SUFFIXES = (".csv", ".tsv", ".tab", ".parquet", ".pq", ".json", ".jsonl", ".ndjson", ".geojson")
_MOST_BYTES = 4_000_000_000
_MOST_ROWS = 200_000  # read of each file: enough for shares and ranges
_NULLS = ["", "NA", "N/A", "n/a", "null", "NULL", "None", "NaN", "nan", "\\N", "#N/A"]


def is_sample(path: Path) -> bool:
    """Whether a file's name ends like sample data."""
    return path.name.lower().removesuffix(".gz").endswith(SUFFIXES)


def import_sample(path: Path) -> ImportResult:
    """Tables of a data file, or of every data file in a folder; raises UsageError or RecipeError with a remedy."""
    if not path.exists():
        raise usage("missing-file", f"there is no file {path}", "check the path")
    files = sorted(p for p in path.rglob("*") if p.is_file() and is_sample(p)) if path.is_dir() else [path]
    files = [p for p in files if not any(part.startswith(".") for part in p.relative_to(path).parts)]
    if not files:
        remedy = f"it should hold files that end in {', '.join(SUFFIXES)}"
        raise RecipeError(Problem("no-tables", f"{path} holds no data that can be read", remedy=remedy))
    tables: list[Sampled] = []
    problems: list[Problem] = []
    for file, name in zip(files, safe_names(_stem(f) for f in files), strict=True):
        try:
            tables.append(_table(name, read(file)))
        except SynthgenError as error:
            if len(files) == 1:
                raise
            problems += [Problem(p.code, p.message, p.place, p.remedy, severity="warning") for p in error.problems]
    if not tables:
        raise UsageError([Problem(p.code, p.message, p.place, p.remedy) for p in problems])
    found, notes = with_keys(tables)
    return ImportResult(found, [*problems, *notes])


def _stem(path: Path) -> str:
    name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
    return name.rpartition(".")[0] or name


def _table(name: str, frame: pl.DataFrame) -> Sampled:
    draft = TableSchema(name, ())
    fields, values = [], {}
    for column in frame.columns:
        field, typed = profile(draft, frame[column])
        fields.append(field)
        values[column] = typed
    followed = [follow(f, fields, values) for f in fields]
    return Sampled(TableSchema(name, tuple(followed), rows=len(frame)), values)


def read(path: Path) -> pl.DataFrame:
    """A data file as a frame; CSV cells stay text. Raises UsageError for what cannot be read."""
    suffix = Path(_plain_name(path)).suffix
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise usage("too-large", f"{path.name} is larger than 4 GB", "give a smaller sample")
        if suffix in (".parquet", ".pq"):
            frame = pl.read_parquet(_bytes(path) if path.suffix == ".gz" else path, n_rows=_MOST_ROWS)
        elif suffix in (".json", ".geojson"):
            frame = _json(path, _bytes(path))
        elif suffix in (".jsonl", ".ndjson"):
            frame = pl.read_ndjson(io.BytesIO(_bytes(path)), infer_schema_length=None)
        elif suffix in (".csv", ".tsv", ".tab"):
            frame = _csv(path, suffix)
        else:
            remedy = f"known endings: {', '.join(SUFFIXES)}, .sql, .sqlite, .db, .duckdb"
            raise usage("unknown-extension", f"the ending of {path.name} is not known", remedy)
    except (OSError, EOFError, zlib.error) as error:
        text = getattr(error, "strerror", None) or "the gzip stream is broken"
        raise usage("missing-file", f"cannot read {path.name}: {text}", "check the path") from None
    except pl.exceptions.PolarsError as error:
        kind = type(error).__name__
        raise usage("unreadable", f"cannot read {path.name} as {suffix[1:]} ({kind})", "check the file") from None
    if frame.width == 0 or frame.is_empty():
        raise usage("empty-file", f"{path.name} holds no rows", "give a file with data")
    return frame


def _plain_name(path: Path) -> str:
    return path.name.lower().removesuffix(".gz")


def _bytes(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def _csv(path: Path, suffix: str) -> pl.DataFrame:
    data = _bytes(path)
    try:
        data.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252"
        data = data.decode(encoding, errors="replace").encode("utf-8")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise usage("empty-file", f"{path.name} is empty", "give a file with data")
    return pl.read_csv(
        io.BytesIO(data),
        separator="\t" if suffix in (".tsv", ".tab") else _separator(data),
        infer_schema=False,
        null_values=_NULLS,
        n_rows=_MOST_ROWS,
        truncate_ragged_lines=True,
        ignore_errors=True,
    )


def _separator(data: bytes) -> str:
    """The separator that most lines at the start agree on."""
    lines = data[:20_000].decode("utf-8", errors="replace").splitlines()[:20]
    counts = {s: [line.count(s) for line in lines] for s in ",;\t|"}
    return (
        max(counts, key=lambda s: (counts[s][0] > 0, min(counts[s]) > 0, -len(set(counts[s])), counts[s][0]))
        if lines
        else ","
    )


def _json(path: Path, data: bytes) -> pl.DataFrame:
    """A list of objects, wherever it stands (`features`, `data`, ...), columns as lists, or JSON lines."""
    try:
        found: Any = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, RecursionError):
        raise usage("unreadable", f"{path.name} is not JSON in UTF-8", "check the file") from None
    except json.JSONDecodeError as error:
        if data.count(b"\n") > 1 and data.lstrip()[:1] == b"{":
            return pl.read_ndjson(io.BytesIO(data), infer_schema_length=None)
        message = f"{path.name} is not JSON: line {error.lineno}: {error.msg.lower()}"
        raise usage("unreadable", message, "check the file") from None
    records = _records(found)
    if not records:
        raise usage("empty-file", f"{path.name} holds no list of objects", "give a list such as [{...}, {...}]")
    if len({json.dumps(sorted(r)) for r in records}) > 1000:
        raise usage("unreadable", f"the objects of {path.name} have too many shapes", "give one kind of object")
    return pl.DataFrame(records[:_MOST_ROWS], infer_schema_length=None, strict=False)


def _records(found: Any) -> Sequence[dict[str, Any]]:
    """The longest list of objects at the top or one level below it; else an object of columns; else one object."""
    if isinstance(found, list):
        return [r for r in found if isinstance(r, dict)]
    if not isinstance(found, dict):
        return []
    lists = [v for v in found.values() if isinstance(v, list) and v and all(isinstance(x, dict) for x in v[:100])]
    if lists:
        return max(lists, key=len)
    columns = {k: v for k, v in found.items() if isinstance(v, list)}
    if columns and len(columns) == len(found) and len({len(v) for v in columns.values()}) == 1:
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    objects = [v for v in found.values() if isinstance(v, dict)]
    if len(objects) > 1 and len(objects) == len(found):
        return objects
    return [found] if found else []
