"""Faker's results as columns: text, numbers, dates, bytes, lists and structs, whatever a method returns.

Decimal becomes a float, an enumeration's member its name, a set a sorted list. A tuple whose places hold different
kinds (a code and a name) is a struct `item_1`, `item_2`, ..; other tuples, lists and sets are lists. A mapping whose
keys are the same in every value is a struct, any other a list of `key`, `value`. Kinds that cannot stand in one column
together are text. Naive times are UTC, as everywhere.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Items:
    """A list, or a tuple where `fixed`: its places may hold different kinds."""

    values: tuple[Any, ...]
    fixed: bool = False


def plain(value: Any) -> Any:
    """A value reduced to None, bool, int, float, str, bytes, dates and times, dict and `Items`."""
    if isinstance(value, enum.Enum):
        return value.name
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    if isinstance(value, dt.datetime):
        utc = value.astimezone(dt.UTC) if value.tzinfo is not None else value
        return dt.datetime(utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second, utc.microsecond)
    if isinstance(value, dt.date):
        return dt.date(value.year, value.month, value.day)
    if isinstance(value, dt.time):
        return value.replace(tzinfo=None)
    if isinstance(value, dt.timedelta):
        return value
    if isinstance(value, Decimal):
        return float(value)
    return _compound(value)


def _compound(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return Items(tuple(plain(v) for v in value), fixed=True)
    if isinstance(value, set | frozenset):
        return Items(tuple(sorted((plain(v) for v in value), key=repr)))
    if isinstance(value, list | Iterator):
        return Items(tuple(plain(v) for v in value))
    if isinstance(value, type):
        return value.__name__
    return str(value)


_SIMPLE = {
    bool: pl.Boolean(), str: pl.String(), bytes: pl.Binary(), dt.date: pl.Date(), dt.datetime: pl.Datetime("us"),
    dt.time: pl.Time(), dt.timedelta: pl.Duration("us"), float: pl.Float64(),
}  # fmt: skip


def dtype_of(values: Sequence[Any]) -> pl.DataType:
    """The dtype that holds all of these plain values."""
    present = [v for v in values if v is not None]
    kinds = {type(v) for v in present}
    if len(kinds) == 1:
        kind = kinds.pop()
        if kind in _SIMPLE:
            return _SIMPLE[kind]
        if kind is int:
            return pl.Int64() if all(-(2**63) <= v < 2**63 for v in present) else pl.String()
        return _list(present) if kind is Items else _struct(present)
    if kinds and kinds <= {int, float}:
        return pl.Float64()
    return pl.Datetime("us") if kinds == {dt.date, dt.datetime} else pl.String()


def _list(present: Sequence[Items]) -> pl.DataType:
    sizes = {len(v.values) for v in present}
    if all(v.fixed for v in present) and len(sizes) == 1 and max(sizes) > 1:
        places = [dtype_of(column) for column in zip(*(v.values for v in present), strict=True)]
        if len({str(p) for p in places}) > 1:
            return pl.Struct([pl.Field(f"item_{i}", p) for i, p in enumerate(places, 1)])
    return pl.List(dtype_of([x for v in present for x in v.values]))


def _struct(present: Sequence[Mapping[str, Any]]) -> pl.DataType:
    keys = list(present[0])
    if keys and all(list(v) == keys for v in present):
        return pl.Struct([pl.Field(k, dtype_of([v[k] for v in present])) for k in keys])
    inner = dtype_of([x for v in present for x in v.values()])
    return pl.List(pl.Struct([pl.Field("key", pl.String()), pl.Field("value", inner)]))


def fitted(value: Any, dtype: pl.DataType) -> Any:
    """A plain value as Python data of a dtype that `dtype_of` chose for it."""
    if value is None:
        return None
    if isinstance(dtype, pl.String):
        return value if isinstance(value, str) else _text(value)
    if isinstance(dtype, pl.Struct):
        items = value if isinstance(value, Mapping) else {f"item_{i}": v for i, v in enumerate(value.values, 1)}
        return {f.name: fitted(items[f.name], _instance(f.dtype)) for f in dtype.fields}
    if isinstance(dtype, pl.List):
        inner = _instance(dtype.inner)
        if isinstance(value, Mapping):
            return [fitted({"key": k, "value": v}, inner) for k, v in value.items()]
        return [fitted(v, inner) for v in value.values]
    if isinstance(dtype, pl.Float64):
        return float(value)
    if isinstance(dtype, pl.Datetime) and not isinstance(value, dt.datetime):
        return dt.datetime(value.year, value.month, value.day)
    return value


def _instance(dtype: Any) -> pl.DataType:
    return dtype() if isinstance(dtype, type) else dtype


def _text(value: Any) -> str:
    if isinstance(value, Items):
        return "[" + ", ".join(_text(v) for v in value.values) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def series(values: Iterable[Any], dtype: pl.DataType | None = None) -> pl.Series:
    """Plain values as a column.

    >>> series([plain(("EUR", 2)), plain(("USD", 3))]).dtype
    Struct({'item_1': String, 'item_2': Int64})
    """
    found = list(values)
    chosen = dtype or dtype_of(found)
    return pl.Series([fitted(v, chosen) for v in found], dtype=chosen)


def size(value: Any) -> int:
    """Characters and bytes of a plain value, with one for each part of a compound one."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, Items):
        return 1 + sum(size(v) for v in value.values)
    return 1 + sum(size(v) for v in value.values()) if isinstance(value, Mapping) else 1
