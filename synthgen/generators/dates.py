"""Dates, datetimes and times of day, evenly between two ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BaseModel, Field, field_validator, model_validator

from synthgen.calendars import weekly
from synthgen.columns import Column, Rows
from synthgen.distributions import Counts, ImpossibleRangeError
from synthgen.errors import did_you_mean
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.calendar import Calendared, Profile, day_weights
from synthgen.generators.entities.places import countries
from synthgen.generators.timezones import is_zone, to_local, to_utc
from synthgen.scatter import gathered
from synthgen.seeds import U64, below, nth_share, unit
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


class DateTimeParams(Calendared):
    """`datetime: {from, to}`, with a `precision`, the `hours` of the day, and calendars, in a time zone."""

    datetime: Interval = Field(description='write datetime: {from: "2023-01-01", to: clock}')
    precision: Literal["us", "ms", "second", "minute", "hour"] = "second"
    hours: Any = Field(default=None, description="write hours: [9, 17], {8-12: 3, 12-18: 1}, or {mon-fri: [8, 18]}")
    timezone: str | None = Field(default=None, description="write timezone: Europe/Berlin, or a column of zones")
    stored: Literal["utc", "local", "text"] | None = None

    @field_validator("hours")
    @classmethod
    def _of_a_day(cls, value: Any) -> Any:
        weights = None if value is None else weekly(value)
        return value if isinstance(value, list) else weights

    @model_validator(mode="after")
    def _zoned(self) -> DateTimeParams:
        if self.stored is not None and self.timezone is None:
            raise ValueError("'stored' needs a timezone")
        return self

    @property
    def profiled(self) -> bool:
        """Whether more than a window of hours shapes the values."""
        return self.calendared or self.timezone is not None or len(self.hours or ()) == 7


class DateTime(BaseGenerator[DateTimeParams]):
    """An instant (UTC) between two, ends included, on whole steps of its precision (a second unless stated).

    `hours: [9, 17]` keeps to the hours from 9:00 until before 17:00 of every day; as a mapping it gives hours weights,
    or weekdays their hours.
    `weekdays`, `months` and `holidays` give days weights. With a `timezone` all of them are the zone's, and the values
    are stored as UTC, or as the zone's wall clock (`stored: local`), or as text with the offset (`stored: text`).

    Example: `signup_at: {datetime: {from: "2023-01-01", to: clock}}`.
    """

    Params = DateTimeParams
    drivable = True
    dtype: pl.DataType = pl.Datetime("us")

    def __init__(self, params: DateTimeParams, build: Build) -> None:
        super().__init__(params, build)
        first, last = ends(params.datetime, build, "datetime")
        self._step = step = _STEP[params.precision]
        low, high = ((x - _EPOCH) // timedelta(microseconds=1) for x in (first, last))
        self._ends = (low, high)
        low, high = -(-low // step) * step, high // step * step
        if low > high:
            message = f"no whole {params.precision} lies in the interval"
            raise build.fail("impossible-range", message, "widen the interval, or raise the precision", "datetime")
        self._profiles: dict[str, Profile] = {}
        if params.profiled:
            self._plan(build)
            return
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

    def _plan(self, build: Build) -> None:
        """What calendars and a zone need: the zone or its column is known, and some instant has a weight."""
        zone = self.params.timezone
        self.drivable = zone is None
        if zone is None:
            self.capacity = self._profile("UTC", build).capacity
            return
        self.capacity = None
        if self.params.stored == "text":
            self.dtype = pl.String()
        if is_zone(zone):
            self._profile(zone, build)
            return
        if "/" in zone or build.dtype_of(zone) != pl.String():
            message = f"'{zone}' is neither a time zone nor a column of time zones"
            remedy = did_you_mean(zone, [c.timezone for c in countries().values()]) or "write one such as Europe/Berlin"
            raise build.fail("unknown-timezone", message, remedy, "timezone")
        self.needs = (zone,)

    def _profile(self, zone: str, build: Build) -> Profile:
        """The instants of the interval by the clock of a zone."""
        if zone not in self._profiles:
            ends = to_local(pl.Series(self._ends).cast(pl.Datetime("us")), zone).to_physical().to_list()
            low, high = -(-ends[0] // self._step), max(ends) // self._step
            a_day = 24 * _STEP["hour"] // self._step
            hours = self.params.hours or [0, 24]
            try:
                weights = day_weights(self.params, low // a_day, high // a_day, build)
                found = Profile(weights, weekly(hours) if len(hours) == 2 else hours, a_day // 24, low, high)
            except ImpossibleRangeError as error:
                raise build.fail(
                    "impossible-range", str(error), "widen the interval or the weights", "datetime"
                ) from None
            self._profiles[zone] = found
        return self._profiles[zone]

    def _zoned(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """Wall clocks of each row's zone, as they are to be stored."""
        zone = self.params.timezone or "UTC"
        if not self.needs:
            return Column.of(self._in_zone(u, zone))
        zones = rows.values(zone)
        codes = zones.rank("dense").cast(pl.Int64).fill_null(0).to_numpy()
        order = np.argsort(codes, kind="stable")
        _, first = np.unique(codes[order], return_index=True)
        made: list[pl.Series] = []
        index = np.split(order, first[1:]) if len(order) else []
        for mine in index:
            name = zones[int(mine[0])]
            empty = pl.Series([None], dtype=self.dtype).new_from_index(0, len(mine))
            made.append(empty if name is None else self._in_zone(u[mine], name))
        return Column.of(gathered(made, index, self.dtype))

    def _in_zone(self, u: NDArray[np.float64], zone: str) -> pl.Series:
        steps = self._profile(zone, self.build).at(u)
        local = pl.Series(steps * self._step).cast(pl.Datetime("us"))
        if self.params.timezone is None:
            return local
        utc = to_utc(local, zone)
        utc = utc.clip(*pl.Series(self._ends).cast(pl.Datetime("us")))
        if self.params.stored == "local":
            return to_local(utc, zone)
        if self.params.stored == "text":
            return utc.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.strftime("%Y-%m-%dT%H:%M:%S%:z")
        return utc

    def _position(self, instant_us: int) -> tuple[int, int]:
        """Day number, and steps since opening time: -1 before it, at most the whole window after closing."""
        day, rest = divmod(instant_us, 24 * _STEP["hour"])
        return day, max(-1, min((rest - self._opens) // self._step, self._window))

    def generate(self, rows: Rows) -> Column:
        """One instant per row."""
        if self.params.profiled:
            return self.at(unit(rows.bits()), rows)
        assert self.capacity is not None
        return self.nth(below(rows.bits(), self.capacity), rows)

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """The value at each share of the interval, or of its weights."""
        if self.params.profiled:
            return self._zoned(u, rows)
        assert self.capacity is not None
        return self.nth(nth_share(u, self.capacity), rows)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The instant at a position."""
        if self.params.profiled:
            return Column.of(
                pl.Series(self._profile("UTC", self.build).nth(index) * self._step).cast(pl.Datetime("us"))
            )
        steps = index.astype(np.int64)
        if self.params.hours is None:
            values = steps * np.int64(self._step) + np.int64(self._day)
        else:
            day, within = np.divmod(steps + self._skipped, self._window)
            values = (day + self._day) * (24 * _STEP["hour"]) + self._opens + within * self._step
        return Column.of(pl.Series(values).cast(pl.Datetime("us")))


class DateParams(Calendared):
    """`date: {from, to}`, with calendars."""

    date: Interval = Field(description='write date: {from: "2023-01-01", to: clock}')


class Date(BaseGenerator[DateParams]):
    """A day between two, ends included, evenly, or by the weights of `weekdays`, `months` and `holidays`.

    Example: `issued_on: {date: {from: "2025-01-01", to: clock}}`.
    """

    Params = DateParams
    drivable = True
    dtype = pl.Date()

    def __init__(self, params: DateParams, build: Build) -> None:
        super().__init__(params, build)
        first, last = ends(params.date, build, "date")
        self._first = (first - _EPOCH).days
        self.capacity = (last.date() - first.date()).days + 1
        if params.calendared:
            weights = day_weights(params, self._first, self._first + self.capacity - 1, build)
            if not weights.sum() > 0:
                message = "no day of some weight lies in the interval"
                raise build.fail("impossible-range", message, "widen the interval or the weights", "date")
            self._days = np.flatnonzero(weights)
            self._ranks = Counts(0, weights[self._days])
            self.capacity = len(self._days)

    def generate(self, rows: Rows) -> Column:
        """One day per row."""
        if self.params.calendared:
            return self.at(unit(rows.bits()), rows)
        assert self.capacity is not None
        return self.nth(below(rows.bits(), self.capacity), rows)

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """The value at each share of the interval, or of its weights."""
        assert self.capacity is not None
        if self.params.calendared:
            return self.nth(self._ranks(u).astype(np.uint64), rows)
        return self.nth(nth_share(u, self.capacity), rows)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The first day plus rank days; with calendars, the day of that rank among those of some weight."""
        if self.params.calendared:
            index = self._days.take(index.astype(np.int64)).astype(np.uint64)
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
