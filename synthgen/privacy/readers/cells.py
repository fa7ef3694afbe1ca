"""Values that a database gives, as columns that the scanner knows."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from synthgen.privacy.readers.records import records


def columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, pl.Series]:
    """The rows by column; JSON objects and arrays become columns by path, bytes are text if they are UTF-8."""
    made: dict[str, pl.Series] = {}
    for position, name in enumerate(names):
        values = [r[position] for r in rows]
        for found in _column(name, values):
            made[found.name] = found
    return made


def _column(name: str, values: list[Any]) -> Iterator[pl.Series]:
    kinds = {type(v) for v in values} - {type(None)}
    if kinds & {dict, list, tuple}:
        nested = records([_plain(v) for v in values])
        for path, series in nested.columns.items():
            yield series.alias(name if path == "value" else f"{name}{path}" if path[0] == "[" else f"{name}.{path}")
    elif kinds == {int} and all(v is None or abs(v) < 2**63 for v in values):
        yield pl.Series(name, values, dtype=pl.Int64)
    elif kinds <= {float, bool}:
        yield pl.Series(name, [None if v is None else float(v) for v in values], dtype=pl.Float64)
    elif kinds == {datetime.date}:
        yield pl.Series(name, values, dtype=pl.Date)
    else:
        yield pl.Series(name, [None if v is None else _text(v) for v in values], dtype=pl.String)


def _plain(value: Any) -> Any:
    """Nested values with texts for what JSON has no type for."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value if value is None or isinstance(value, str | int | float | bool) else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)
