"""Dates, datetimes and times of day, evenly between two ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BaseModel, Field, field_validator

from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.seeds import U64, below, nth_share
from synthgen.units import instant, time_of_day

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_STEP = {"us": 1, "ms": 1_000, "second": 1_000_000, "minute": 60_000_000, "hour": 3_600_000_000}


class Interval(BaseModel):
    """`from` and `to`: ISO dates, `clock`, or shifts such as `clock-90d`."""

    model_config = Params.model_config

    from_: str = Field(alias="from")
    to: str = "clock"

    @field_validator("from_", "to", mode="before")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        instant(value, datetime(2000, 1, 1, tzinfo=UTC))
        return str(value)


def ends(interval: Interval, build: Build, name: str) -> tuple[datetime, datetime]:
    """Both ends as naive UTC datetimes; a reversed interval is a problem."""
    try:
        first, last = instant(interval.from_, build.clock), instant(interval.to, build.clock)
    except ValueError as error:
        raise build.fail("bad-value", str(error), "write a date, clock or clock-90d", name) from None
    if first > last:
        message = f"the interval is reversed: {interval.from_} is after {interval.to}"
        raise build.fail("impossible-range", message, "swap 'from' and 'to', or move the clock", name)
    return first, last


class DateTimeParams(Params):
    """`datetime: {from, to}`, with a `precision` and the `hours` of the day."""

    datetime: Interval = Field(description='write datetime: {from: "2023-01-01", to: clock}')
    precision: Literal["us", "ms", "second", "minute", "hour"] = "second"
    hours: list[int] | None = Field(default=None, description="write hours: [9, 17]")

    @field_validator("hours")
    @classmethod
    def _of_a_day(cls, value: list[int] | None) -> list[int] | None:
        if value is not None and (len(value) != 2 or not 0 <= value[0] < value[1] <= 24):
            raise ValueError("hours are [first, end] with 0 <= first < end <= 24")
        return value


class DateTime(BaseGenerator[DateTimeParams]):
    """An instant (UTC) between two, ends included, on whole steps of its precision (a second unless stated).

    `hours: [9, 17]` keeps to the hours from 9:00 until before 17:00 of every day.

    Example: `signup_at: {datetime: {from: "2023-01-01", to: clock}}`.
    """

    Params = DateTimeParams
    drivable = True
    dtype = pl.Datetime("us")

    def __init__(self, params: DateTimeParams, build: Build) -> None:
        super().__init__(params, build)
        first, last = ends(params.datetime, build, "datetime")
        self._step = step = _STEP[params.precision]
        low, high = ((x - _EPOCH) // timedelta(microseconds=1) for x in (first, last))
        low, high = -(-low // step) * step, high // step * step
        if low > high:
            message = f"no whole {params.precision} lies in the interval"
            raise build.fail("impossible-range", message, "widen the interval, or raise the precision", "datetime")
        opens, closes = params.hours or (0, 24)
        self._opens, self._window = opens * _STEP["hour"], (closes - opens) * _STEP["hour"] // self._step
        whole = params.hours is None
        if whole:
            self._day, self.capacity = low, (high - low) // self._step + 1
            return
        self._day, first_step = self._position(low)
        self._skipped = max(first_step, 0)
        end_day, end = self._position(high)
        inside = min(end + 1, self._window)  # a position past closing time counts the whole day
        self.capacity = (end_day - self._day) * self._window + inside - self._skipped
        if self.capacity < 1:
            message = f"no hour from {opens}:00 to {closes}:00 lies in the interval"
            raise build.fail("impossible-range", message, "widen the interval or the hours", "hours")

    def _position(self, instant_us: int) -> tuple[int, int]:
        """Day number, and steps since opening time: -1 before it, at most the whole window after closing."""
        day, rest = divmod(instant_us, 24 * _STEP["hour"])
        return day, max(-1, min((rest - self._opens) // self._step, self._window))

    def generate(self, rows: Rows) -> Column:
        """One instant per row."""
        assert self.capacity is not None
        return self.nth(below(rows.bits(), self.capacity), rows)

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """The value at each share of the interval."""
        assert self.capacity is not None
        return self.nth(nth_share(u, self.capacity), rows)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The instant at a position."""
        steps = index.astype(np.int64)
        if self.params.hours is None:
            values = steps * np.int64(self._step) + np.int64(self._day)
        else:
            day, within = np.divmod(steps + self._skipped, self._window)
            values = (day + self._day) * (24 * _STEP["hour"]) + self._opens + within * self._step
        return Column.of(pl.Series(values).cast(pl.Datetime("us")))


class DateParams(Params):
    """`date: {from, to}`."""

    date: Interval = Field(description='write date: {from: "2023-01-01", to: clock}')


class Date(BaseGenerator[DateParams]):
    """A day between two, ends included. Example: `issued_on: {date: {from: "2025-01-01", to: clock}}`."""

    Params = DateParams
    drivable = True
    dtype = pl.Date()

    def __init__(self, params: DateParams, build: Build) -> None:
        super().__init__(params, build)
        first, last = ends(params.date, build, "date")
        self._first = (first - _EPOCH).days
        self.capacity = (last.date() - first.date()).days + 1

    def generate(self, rows: Rows) -> Column:
        """One day per row."""
        assert self.capacity is not None
        return self.nth(below(rows.bits(), self.capacity), rows)

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """The value at each share of the interval."""
        assert self.capacity is not None
        return self.nth(nth_share(u, self.capacity), rows)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The first day plus rank days."""
        return Column.of(pl.Series((index.astype(np.int64) + self._first).astype(np.int32)).cast(pl.Date))


class Hours(BaseModel):
    """`from` and `to`: times of day."""

    model_config = Params.model_config

    from_: str = Field(default="00:00", alias="from")
    to: str = "23:59:59"

    @field_validator("from_", "to", mode="before")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        time_of_day(value)
        return str(value)


class TimeParams(Params):
    """`time: {from, to}`."""

    time: Hours = Field(description='write time: {from: "09:00", to: "17:30"}')


class Time(BaseGenerator[TimeParams]):
    """A time of day between two, to the second. Example: `opens_at: {time: {from: "08:00", to: "10:00"}}`."""

    Params = TimeParams
    drivable = True
    dtype = pl.Time()

    def __init__(self, params: TimeParams, build: Build) -> None:
        super().__init__(params, build)
        first, last = time_of_day(params.time.from_), time_of_day(params.time.to)
        if first > last:
            message = f"the interval is reversed: {params.time.from_} is after {params.time.to}"
            raise build.fail("impossible-range", message, "swap 'from' and 'to'", "time")
        self._first = first
        self.capacity = (last - first) // 1_000_000 + 1

    def generate(self, rows: Rows) -> Column:
        """One time per row."""
        assert self.capacity is not None
        return self.nth(below(rows.bits(), self.capacity), rows)

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """The value at each share of the interval."""
        assert self.capacity is not None
        return self.nth(nth_share(u, self.capacity), rows)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The first time plus rank seconds."""
        nanoseconds = (index.astype(np.int64) * 1_000_000 + self._first) * 1_000
        return Column.of(pl.Series(nanoseconds).cast(pl.Time))
