"""Dates, datetimes and times of day, evenly between two ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import numpy as np
import polars as pl
from pydantic import BaseModel, Field, field_validator

from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.seeds import U64, below
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
    first, last = instant(interval.from_, build.clock), instant(interval.to, build.clock)
    if first > last:
        message = f"the interval is reversed: {interval.from_} is after {interval.to}"
        raise build.fail("impossible-range", message, "swap 'from' and 'to', or move the clock", name)
    return first, last


class DateTimeParams(Params):
    """`datetime: {from, to}`, with a `precision`."""

    datetime: Interval = Field(description='write datetime: {from: "2023-01-01", to: clock}')
    precision: Literal["us", "ms", "second", "minute", "hour"] = "second"


class DateTime(BaseGenerator[DateTimeParams]):
    """An instant (UTC) between two, ends included. Example: `at: {datetime: {from: "2023-01-01", to: clock}}`."""

    Params = DateTimeParams
    dtype = pl.Datetime("us")

    def __init__(self, params: DateTimeParams, build: Build) -> None:
        super().__init__(params, build)
        first, last = ends(params.datetime, build, "datetime")
        self._first = (first - _EPOCH) // timedelta(microseconds=1)
        self._step = _STEP[params.precision]
        self.capacity = (last - first) // timedelta(microseconds=self._step) + 1

    def generate(self, rows: Rows) -> Column:
        """One instant per row."""
        assert self.capacity is not None
        return self.nth(below(rows.bits(), self.capacity), rows)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The first end plus rank steps."""
        values = index.astype(np.int64) * np.int64(self._step) + np.int64(self._first)
        return Column.of(pl.Series(values).cast(pl.Datetime("us")))


class DateParams(Params):
    """`date: {from, to}`."""

    date: Interval = Field(description='write date: {from: "2023-01-01", to: clock}')


class Date(BaseGenerator[DateParams]):
    """A day between two, ends included. Example: `issued_on: {date: {from: "2025-01-01", to: clock}}`."""

    Params = DateParams
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

    def nth(self, index: U64, rows: Rows) -> Column:
        """The first time plus rank seconds."""
        nanoseconds = (index.astype(np.int64) * 1_000_000 + self._first) * 1_000
        return Column.of(pl.Series(nanoseconds).cast(pl.Time))
