"""The clock and the constructors of dates, as a traced method sees them: the recipe's clock, and nodes where needed."""

from __future__ import annotations

import calendar as stdlib
import datetime
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from synthgen.generators.compiled import temporal
from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.nodes import Atom, Computed, Node, mapped, trace

_UNITS = {"weeks": 604_800, "days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}


class Clocked:
    """A mark in the order of draws: the clock was read here."""


def table(clock: datetime.datetime) -> dict[Any, Callable[..., Any]]:
    """What replaces the functions of `datetime`."""

    def now(zone: Any = None) -> datetime.datetime:
        trace().add(Clocked())
        return clock if zone is None else clock.replace(tzinfo=datetime.UTC).astimezone(zone)

    def today() -> datetime.date:
        trace().add(Clocked())
        return clock.date()

    return {
        datetime.datetime.now: now, datetime.datetime.utcnow: lambda: now(), datetime.date.today: today,
        datetime.datetime.today: lambda: now(), datetime.datetime.fromtimestamp: _from_timestamp,
        stdlib.timegm: _seconds, datetime.timedelta: _timedelta, datetime.date: _date, datetime.datetime: _datetime,
    }  # fmt: skip


def _nodes(arguments: Any) -> bool:
    return any(isinstance(a, Node) for a in arguments)


def _timedelta(*arguments: Any, **named: Any) -> Any:
    if not _nodes([*arguments, *named.values()]):
        return datetime.timedelta(*arguments, **named)
    if arguments:
        named = dict(zip(("days", "seconds"), arguments, strict=False)) | named
    if not set(named) <= set(_UNITS):
        raise UnsupportedError("it computes with spans of unusual units")
    if len(named) == 1 and isinstance(value := next(iter(named.values())), Atom):
        return mapped(lambda v: datetime.timedelta(**{next(iter(named)): v}), value)
    total: Any = 0
    for unit, value in named.items():
        total = total + value * _UNITS[unit]
    span = Computed("delta", lambda v: _duration(_micros(v)), total)
    span.lo, span.hi = total.lo, total.hi
    return span


def _micros(seconds: Any) -> Any:
    """Microseconds, rounded as Python does: whole seconds apart from their fraction."""
    if seconds.dtype != np.float64:
        return seconds * 1_000_000
    whole = np.trunc(seconds)
    return whole.astype(np.int64) * 1_000_000 + np.rint((seconds - whole) * 1e6).astype(np.int64)


def _duration(micros: Any) -> pl.Series:
    return pl.Series(np.asarray(micros).astype(np.int64)).cast(pl.Duration("us"))


def _from_timestamp(value: Any, zone: Any = None) -> Any:
    if not isinstance(value, Node):
        return datetime.datetime.fromtimestamp(value, zone)
    made = Computed("datetime", lambda v: temporal.microseconds(_micros(v)), value)
    made.years = _years(value.lo), _years(value.hi)
    return made


def _seconds(value: Any) -> Any:
    """Seconds since 1970 of a date or time."""
    if not isinstance(value, Node):
        return stdlib.timegm(value)
    ends = [stdlib.timegm((year, month, 1, 0, 0, 0)) for year, month in ((value.years[0], 1), (value.years[1], 12))]
    unit = (lambda s: s.dt.epoch("d") * 86_400) if value.kind == "date" else (lambda s: s.dt.epoch("s"))
    return temporal.integers(value, unit, ends[0], ends[1] + 31 * 86_400)


def _years(seconds: float) -> int:
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=math.floor(seconds))).year


def _date(*arguments: Any, **named: Any) -> Any:
    if not _nodes([*arguments, *named.values()]):
        return datetime.date(*arguments, **named)
    year, month, day = _parts(arguments, named)[:3]
    made = Computed("date", lambda y, m, d: _civil(y, m, d), year, month, day)
    made.years = tuple(getattr(year, e) if isinstance(year, Node) else year for e in ("lo", "hi"))
    return made


def _datetime(*arguments: Any, **named: Any) -> Any:
    if not _nodes([*arguments, *named.values()]):
        return datetime.datetime(*arguments, **named)
    year, month, day, hour, minute, second = _parts(arguments, named)

    def make(y: Any, mo: Any, d: Any, h: Any, mi: Any, s: Any) -> pl.Series:
        seconds = np.asarray(h) * 3600 + np.asarray(mi) * 60 + np.asarray(s)
        return _civil(y, mo, d).cast(pl.Datetime("us")) + _duration(
            np.broadcast_to(seconds, _size(y, mo, d)) * 1_000_000
        )

    return Computed("datetime", make, year, month, day, hour, minute, second)


def _parts(arguments: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
    names = ("year", "month", "day", "hour", "minute", "second")
    given = dict(zip(names, arguments, strict=False)) | named
    if given.get("tzinfo") is not None or not set(given) <= {*names, "tzinfo"}:
        raise UnsupportedError("it makes times with a time zone")
    day = given.get("day", 1)
    if (day.hi if isinstance(day, Node) else day) > 28:
        given["day"] = trace().known(day)
    return [given.get(n, 0 if n not in names[:3] else 1) for n in names]


def _size(*values: Any) -> int:
    return max(np.asarray(v).size for v in values)


def _civil(year: Any, month: Any, day: Any) -> pl.Series:
    """Dates by Howard Hinnant's days_from_civil."""
    y = np.asarray(year) - (np.asarray(month) <= 2)
    era = np.floor_divide(y, 400)
    of_era = y - era * 400
    of_year = (153 * ((np.asarray(month) + 9) % 12) + 2) // 5 + np.asarray(day) - 1
    return temporal.days(era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468)
