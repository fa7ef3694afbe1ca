"""Reading an export back, lazily, whatever format it is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl

from synthgen.errors import usage
from synthgen.export.csv import scan_text
from synthgen.export.jsonl import text_rows
from synthgen.export.manifest import EvalEntry, FileEntry, Manifest, TableEntry
from synthgen.registry import EXPORTERS

PREFERRED = ("parquet", "arrow", "jsonl", "csv")
"""Formats in the order in which they are trusted with types."""
_SCANS: dict[str, Callable[[Path], pl.LazyFrame]] = {
    "parquet": pl.scan_parquet,
    "arrow": pl.scan_ipc,
    "csv": scan_text,
}


def preferred_files(table: TableEntry) -> list[FileEntry]:
    """The files of a table, in row order, in the one format that says most about types."""
    formats = table.formats()
    if not formats:
        return []
    best = min(formats, key=lambda name: (PREFERRED.index(name) if name in PREFERRED else len(PREFERRED), name))
    return [file for file in table.files if file.format == best]


def scan_columns(export: Path, table: TableEntry, columns: Sequence[str]) -> pl.LazyFrame:
    """Some columns of a table with the row number in the table as a first column, which is named `#row`.

    Text formats give text, but for integers of JSON Lines.
    """
    integers = {c.name for c in table.columns if c.dtype.startswith(("Int", "UInt"))}
    parts = []
    for file in preferred_files(table):
        parts.append(_scan(export / file.path, file, columns, integers))
    if not parts:
        return pl.LazyFrame(schema={"#row": pl.UInt32, **dict.fromkeys(columns, pl.String)})
    return pl.concat(parts).with_row_index("#row")


def _scan(path: Path, file: FileEntry, columns: Sequence[str], integers: set[str]) -> pl.LazyFrame:
    if file.format == "jsonl":
        schema = {name: pl.Int64 if name in integers else pl.String for name in columns}
        if file.rows == 0:  # nothing to read the columns from
            return pl.LazyFrame(schema=schema)
        return pl.scan_ndjson(path, schema=schema)
    scan = _SCANS.get(file.format)
    frame = scan(path) if scan else EXPORTERS.get(file.format)().read(path).lazy()
    return frame.select(columns)


def read_rows(export: Path, manifest: Manifest, table: str, row_numbers: Sequence[int]) -> pl.DataFrame:
    """The rows of a table with these numbers (from 0), in the order asked for, repeats included.

    Types are those of the best format that the export has; csv and jsonl give text. Raises UsageError for a table or a
    row that the export does not have.
    """
    if table not in manifest.tables:
        raise usage("unknown-table", f"the export has no table '{table}'")
    entry = manifest.tables[table]
    if any(not 0 <= number < entry.rows for number in row_numbers):
        raise usage("unknown-row", f"table '{table}' has rows 0 to {entry.rows - 1}")
    wanted = np.unique(np.asarray(row_numbers, dtype=np.int64))
    parts: list[pl.DataFrame] = []
    start = 0
    for file in preferred_files(entry):
        local = wanted[(wanted >= start) & (wanted < start + file.rows)] - start
        if len(local) or not parts:
            parts.append(_pick(export / file.path, file, local))
        start += file.rows
    if not parts:
        return pl.DataFrame(schema={column.name: pl.String for column in entry.columns})
    found = pl.concat([part for part in parts if part.height] or parts[:1])
    return found[np.searchsorted(wanted, np.asarray(row_numbers, dtype=np.int64))]


def read_cases(export: Path, entry: EvalEntry) -> pl.DataFrame:
    """The case table of an eval set; csv and jsonl give text."""
    best = min(entry.files, key=lambda f: PREFERRED.index(f.format) if f.format in PREFERRED else len(PREFERRED))
    path = export / best.path
    if best.format == "jsonl":
        with path.open("rb") as lines:
            return text_rows(lines)
    scan = _SCANS.get(best.format)
    return scan(path).collect() if scan else EXPORTERS.get(best.format)().read(path)


def _pick(path: Path, file: FileEntry, numbers: np.ndarray) -> pl.DataFrame:
    """Rows of one file by number (ascending)."""
    if file.format == "jsonl":
        with path.open("rb") as lines:
            return text_rows(_lines(lines, numbers))
    scan = _SCANS.get(file.format)
    if scan is None:
        return EXPORTERS.get(file.format)().read(path)[numbers]
    rows = pl.Series(numbers, dtype=pl.UInt32)
    return scan(path).with_row_index("#row").filter(pl.col("#row").is_in(rows.implode())).drop("#row").collect()


def _lines(lines: Iterator[bytes], numbers: np.ndarray) -> Iterator[bytes]:
    position = 0
    for number in numbers.tolist():
        yield next(islice(lines, number - position, None))
        position = number + 1
