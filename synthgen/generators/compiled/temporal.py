"""Dates and times that are not known yet: their parts, formats and arithmetic."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.nodes import Arith, Computed, Node

KINDS = ("date", "datetime", "time", "delta")
_PARTS: dict[str, tuple[Callable[[pl.Series], pl.Series], int, int]] = {
    "year": (lambda s: s.dt.year(), 1, 9999),
    "month": (lambda s: s.dt.month(), 1, 12),
    "day": (lambda s: s.dt.day(), 1, 31),
    "hour": (lambda s: s.dt.hour(), 0, 23),
    "minute": (lambda s: s.dt.minute(), 0, 59),
    "second": (lambda s: s.dt.second(), 0, 59),
    "microsecond": (lambda s: s.dt.microsecond(), 0, 999_999),
    "days": (lambda s: s.dt.total_days(), -4_000_000, 4_000_000),
}
_DATES: dict[str, str] = {
    "date": "%Y-%m-%d",
    "datetime": "%Y-%m-%dT%H:%M:%S",
    "time": "%H:%M:%S",
}


def attribute(owner: Node, name: str, method: Callable[[Node, str], Any]) -> Any:
    """`.year` and the like, or a method."""
    if name == "tzinfo":
        return None
    if name not in _PARTS:
        return method(owner, name)
    part, lo, hi = _PARTS[name]
    if name == "year":
        lo, hi = owner.years
    return integers(owner, part, lo, hi)


def integers(owner: Node, part: Callable[[pl.Series], pl.Series], lo: int, hi: int) -> Computed:
    """An integer of each date."""
    return Computed("int", lambda s: part(s).cast(pl.Int64).to_numpy(), owner, lo=lo, hi=hi)


def method(owner: Node, name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """`owner.name(*arguments)`."""
    if name in ("strftime", "__format__"):
        pattern = arguments[0]
        if not isinstance(pattern, str):
            raise UnsupportedError("it formats dates by a pattern of many draws")
        return _written(owner, pattern)
    if name == "replace" and set(named) <= {"year", "month", "day"} and not arguments:
        return _replaced(owner, named)
    if name == "isoformat" and owner.kind in _DATES:
        return _iso(owner, *arguments, **named)
    if name == "astimezone" or (name == "replace" and named == {"tzinfo": None}):
        return owner  # datetimes are naive and in UTC
    if name == "date" and owner.kind == "datetime":
        return dated(Computed("date", lambda s: s.dt.date(), owner), owner)
    if name == "time" and owner.kind == "datetime":
        return Computed("time", lambda s: s.dt.time(), owner)
    if name in ("weekday", "isoweekday"):
        first = 1 if name == "isoweekday" else 0
        return integers(owner, lambda s: s.dt.weekday() - 1 + first, first, 6 + first)
    if name == "timestamp":
        return Computed("float", lambda s: s.dt.epoch("us").to_numpy() / 1e6, owner)
    if name == "timetuple":
        return owner
    if name == "toordinal":
        return integers(owner, lambda s: s.dt.epoch("d") + 719_163, 1, 3_652_059)
    if name == "total_seconds":
        return Computed("float", lambda s: s.dt.total_microseconds().to_numpy() / 1e6, owner)
    raise UnsupportedError(f"it calls {name}() of a {owner.kind}")


def _iso(owner: Node, sep: str = "T", timespec: str = "auto") -> Node:
    pattern = _DATES[owner.kind].replace("T", sep)
    if owner.kind == "date" or timespec == "seconds":
        return Computed("str", lambda s: s.dt.strftime(pattern), owner)
    if timespec != "auto":
        raise UnsupportedError(f"it writes times in {timespec}")

    def write(s: pl.Series) -> pl.Series:
        long, short = s.dt.strftime(pattern + "%.6f"), s.dt.strftime(pattern)
        return long.zip_with(s.dt.microsecond() != 0, short)

    return Computed("str", write, owner)


_CODES = {
    "Y": ("year", 4),
    "m": ("month", 2),
    "d": ("day", 2),
    "H": ("hour", 2),
    "M": ("minute", 2),
    "S": ("second", 2),
}


def _written(owner: Node, pattern: str) -> Any:
    """A date as text; by its numbers where it is nothing else, so that the digits can be told."""
    from synthgen.generators.compiled import strings

    made: list[Any] = []
    for literal, code in re.findall(r"([^%]+)|%(.)", pattern):
        if code == "y":
            made.append(strings.NumberText(attribute(owner, "year", _no_method) % 100, 2))
        elif code in _CODES and not (code in "HMS" and owner.kind == "date"):
            name, width = _CODES[code]
            made.append(strings.NumberText(attribute(owner, name, _no_method), width))
        elif code:
            return Computed("str", lambda s: s.dt.strftime(_chrono(pattern)), owner)
        else:
            made.append(literal)
    return strings.joined(made)


def _no_method(owner: Node, name: str) -> Any:
    raise UnsupportedError(f"it calls {name}() of a {owner.kind}")


def _replaced(owner: Node, named: dict[str, Any]) -> Node:
    def make(series: pl.Series, *values: Any) -> pl.Series:
        parts = {
            k: pl.lit(pl.Series(v) if isinstance(v, np.ndarray) else v) for k, v in zip(named, values, strict=True)
        }
        return pl.select(pl.lit(series).dt.replace(**parts)).to_series()

    made = Computed(owner.kind, make, owner, *named.values())
    year = named.get("year")
    made.years = owner.years if year is None else (_end(year, "lo"), _end(year, "hi"))
    return made


def _end(value: Any, end: str) -> int:
    return int(getattr(value, end)) if isinstance(value, Node) else int(value)


def _chrono(pattern: str) -> str:
    """Python's codes that chrono writes otherwise."""
    return pattern.replace("%f", "%6f").replace("%-d", "%-d")


def dated(made: Computed, source: Node) -> Computed:
    """The same range of years."""
    made.years = source.years
    return made


def operate(name: str, left: Any, right: Any) -> Any:
    """Sums, differences and comparisons of dates and spans."""
    kinds = [x.kind if isinstance(x, Node) else type(x).__name__ for x in (left, right)]
    if name in ("eq", "ne", "lt", "le", "gt", "ge"):
        return Arith(name, _literal(left), _literal(right), "bool", 0, 1)
    dates = [k in ("date", "datetime") for k in kinds]
    if name == "sub" and all(dates):
        return Computed("delta", lambda a, b: a - b, _literal(left), _literal(right))
    if name in ("add", "sub") and any(dates):
        kind = kinds[0] if dates[0] else kinds[1]
        source = left if dates[0] else right
        kind = "datetime" if kind == "datetime" else "date"
        made = Computed(kind, lambda a, b: a + b if name == "add" else a - b, _literal(left), _literal(right))
        span = right if dates[0] else left
        if not isinstance(source, Node) and isinstance(span, Node) and name == "add":
            made.years = tuple((source + datetime.timedelta(seconds=e)).year for e in (span.lo, span.hi))
        return dated(made, source) if isinstance(source, Node) and kind == "date" else made
    raise UnsupportedError(f"it computes {name} of {kinds[0]} and {kinds[1]}")


def _literal(value: Any) -> Any:
    if getattr(value, "tzinfo", None) is not None:
        raise UnsupportedError("it computes with a time zone")
    return value if isinstance(value, Node | datetime.timedelta) else pl.Series([value])


def days(number: Any) -> pl.Series:
    """Dates out of days since 1970."""
    return pl.Series(np.asarray(number).astype(np.int32)).cast(pl.Date)


def microseconds(number: Any) -> pl.Series:
    """Naive datetimes out of microseconds since 1970."""
    return pl.Series(np.asarray(number).astype(np.int64)).cast(pl.Datetime("us"))
