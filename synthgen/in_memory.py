"""Data of a running program as batches that the scanner reads: frames, records, columns, texts.

A frame of pandas, polars, pyarrow, DuckDB or any other library comes in by the Arrow C stream that it offers
(arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html), so none of them is imported here. What has no
form that can be read is an error: data that is not understood is not data without PII.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from itertools import zip_longest
from pathlib import PurePath
from typing import Any

import polars as pl
import pyarrow as pa

from synthgen.artifacts import Finding
from synthgen.errors import UsageError, usage
from synthgen.privacy.readers.base import ROWS, Batch, arrow_batch, frame_batch
from synthgen.privacy.readers.records import records
from synthgen.privacy.readers.text import lines_of
from synthgen.privacy.scanner import Scanner
from synthgen.privacy.tallies import Tally

LABEL = "data"
"""What findings call the data, which has no name of its own."""
_DEEPEST = 64


def scan(data: Any, scanner: Scanner) -> list[Finding]:
    """The findings of data in memory. Rows count from 0, lines of a text from 1.

    Raises UsageError for what has no form that can be read.
    """
    tally = Tally()
    for batch in batches(data):
        tally.add(batch, LABEL, scanner)
    return list(tally.result())


def batches(data: Any) -> Iterator[Batch]:
    """Text line by line, frames as they are, all else as records with columns by path."""
    if isinstance(data, bytes | bytearray):
        data = bytes(data).decode("utf-8", "backslashreplace")
    if isinstance(data, str):
        yield from lines_of(data)
    elif isinstance(data, pl.LazyFrame):
        yield from _frame(data.collect())
    elif isinstance(data, pl.DataFrame):
        yield from _frame(data)
    elif isinstance(data, pl.Series):
        yield from _frame(data.alias(data.name or "value").to_frame())
    elif hasattr(data, "to_frame") and hasattr(data, "index"):  # a series of pandas
        yield from _streamed(data.to_frame())
    elif hasattr(data, "__arrow_c_stream__") or (hasattr(data, "columns") and hasattr(data, "index")):
        yield from _streamed(data)
    elif data is None:
        raise _unreadable(data)  # most likely what was meant is something else
    else:
        yield from _recorded(data)


def _frame(frame: pl.DataFrame) -> Iterator[Batch]:
    for part in frame.iter_slices(ROWS):
        yield frame_batch(part)


def _streamed(data: Any) -> Iterator[Batch]:
    """A frame by its Arrow stream; a frame of pandas that has none, because of mixed columns, value by value."""
    try:
        table = pa.RecordBatchReader.from_stream(data).read_all().combine_chunks()
        found = [arrow_batch(piece) for piece in table.to_batches(max_chunksize=ROWS)]
    except Exception:  # any library may be behind it; the text of its error may hold values
        found = None
    if found is not None:
        yield from found
    elif hasattr(data, "columns") and hasattr(data, "index"):
        names = [str(name) for name in data.columns]
        columns = [data.iloc[:, position].tolist() for position in range(len(names))]
        yield from _rows(zip(data.index.tolist(), *columns, strict=True), ["(index)", *names])
    else:
        raise _unreadable(data)


def _rows(rows: Iterable[tuple[Any, ...]], names: list[str]) -> Iterator[Batch]:
    """Rows of any values; a name that stands twice gets its number."""
    distinct = [name if names.count(name) == 1 else f"{name}#{i}" for i, name in enumerate(names)]
    made = [dict(zip(distinct, map(_plain, row), strict=True)) for row in rows]
    for start in range(0, len(made), ROWS):
        batch = records(made[start : start + ROWS])
        batch.columns.pop("(keys)", None)  # the names of columns, which are looked at as headers
        yield batch


def _recorded(data: Any) -> Iterator[Batch]:
    """Lists of records, mappings of columns, single records."""
    if isinstance(data, Mapping) and data and all(_is_column(v) for v in data.values()):
        yield from _rows(zip_longest(*(_listed(v) for v in data.values())), [str(name) for name in data])
        return
    plain = _plain(data)
    content = plain if isinstance(plain, list) else [plain]
    for start in range(0, len(content), ROWS):
        yield records(content[start : start + ROWS])


def _is_column(value: Any) -> bool:
    return isinstance(value, list | tuple | pl.Series) or (hasattr(value, "tolist") and hasattr(value, "__len__"))


def _listed(column: Any) -> list[Any]:
    return list(column) if isinstance(column, list | tuple) else list(_method(column, "to_list", "tolist")())


def _method(value: Any, *names: str) -> Callable[[], Any]:
    found = [getattr(value, name) for name in names if callable(getattr(value, name, None))]
    if not found:
        raise _unreadable(value)
    return found[0]


def _plain(value: Any, depth: int = 0) -> Any:
    """The value as JSON knows it: dicts, lists, text, numbers, None. Raises UsageError for what has no such form."""
    if depth > _DEEPEST:
        raise usage("not-scannable", f"the data is nested more than {_DEEPEST} deep", "scan its parts")
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return _plain(value.value, depth + 1)
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "backslashreplace")
    if isinstance(value, date | time | timedelta | Decimal | complex | uuid.UUID | PurePath):
        return str(value)
    if isinstance(value, Mapping):
        return {_key(k): _plain(v, depth + 1) for k, v in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name), depth + 1) for f in dataclasses.fields(value)}
    if callable(getattr(value, "model_dump", None)):  # pydantic
        return _plain(value.model_dump(), depth + 1)
    if isinstance(value, list | tuple | Set | Iterator) or callable(getattr(value, "tolist", None)):
        listed = value.tolist() if callable(getattr(value, "tolist", None)) else list(value)
        return [_plain(v, depth + 1) for v in listed] if isinstance(listed, list) else _plain(listed, depth + 1)
    raise _unreadable(value)


def _key(key: Any) -> str:
    plain = _plain(key)
    return plain if isinstance(plain, str) else str(plain)


def _unreadable(value: Any) -> UsageError:
    kind = type(value)
    message = f"a value of type {kind.__module__}.{kind.__qualname__} cannot be scanned"
    remedy = "pass a frame, a list of records, a mapping of columns, a text, or a path to a file"
    return usage("not-scannable", message, remedy)
