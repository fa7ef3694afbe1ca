"""Arrivals: a Poisson process whose rate follows the hour of the week and fades or grows with age.

Times come from the process itself, in order: sums of exponential waits, stretched so that the wanted rate results
(the time-rescaling theorem: Cinlar 1975, "Introduction to stochastic processes", ch. 4.7). So a later end of the window
adds arrivals and changes none. Sums are kept in whole numbers, 2**-32 of an expected arrival each, hence exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, Tag, field_validator, model_validator

from synthgen.calendars import WEEKDAYS, cyclic, hourly
from synthgen.columns import Column, Rows
from synthgen.distributions import quantiles
from synthgen.elementary import Floats, expm1, log, log1p
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.counted import WORD_OR_SHAPE, counted_by
from synthgen.generators.drawn import Amount, Drawn
from synthgen.generators.moments import DAY_US, NEVER, Micros, Moment, Written, clock_us, instants
from synthgen.generators.wallclock import WallClock
from synthgen.quantiles import Exponential
from synthgen.seeds import U64, StreamKey, draws_at, unit
from synthgen.units import duration_us

_ONE = 2.0**32
_MONDAY_US, _WEEK_US, _HOUR_US = 4 * DAY_US, 7 * DAY_US, DAY_US // 24
_UNIT = {"us": 1, "ms": 1_000, "second": 1_000_000, "minute": 60_000_000}
_ROUND = 1 << 22  # draws made at a time, about


class ArrivalsShape(Params):
    """`rate` a day, `from`, `until`, the weights of `hours` and `weekdays`, `half_life` or `doubling`, `most`."""

    rate: Amount = Field(description="write rate: 3, the mean number of arrivals a day")
    from_: Written = Field(alias="from", description="write from: a date or a column of the parent")
    until: Written = "clock"
    hours: Any = Field(default=None, description="write hours: [9, 17], {8-12: 3, 12-18: 1}, or 24 weights")
    weekdays: Any = Field(default=None, description="write weekdays: business, [mon, tue], or {mon-fri: 1, sat: 0.2}")
    timezone: str | None = Field(default=None, description="write timezone: Europe/Berlin, or a column of zones")
    half_life: str | None = None
    doubling: str | None = None
    most: int = Field(default=100_000, ge=1, le=10_000_000)
    precision: Literal["us", "ms", "second", "minute"] = "second"

    @field_validator("half_life", "doubling")
    @classmethod
    def _long(cls, value: str | None) -> str | None:
        if value is not None and duration_us(value) <= 0:
            raise ValueError("write a duration above 0s, such as 60d")
        return value

    @field_validator("hours")
    @classmethod
    def _of_a_day(cls, value: Any) -> Any:
        if isinstance(value, list) and len(value) == 24:
            value = dict(enumerate(value))
        return None if value is None else hourly(value)

    @field_validator("weekdays")
    @classmethod
    def _of_a_week(cls, value: Any) -> Any:
        return None if value is None else cyclic(value, WEEKDAYS, "weekdays")

    @model_validator(mode="after")
    def _one_pace(self) -> ArrivalsShape:
        if self.half_life and self.doubling:
            raise ValueError("a rate either fades (half_life) or grows (doubling)")
        return self


Word = Annotated[Literal["time"], Tag("word")]
Shape = Annotated[ArrivalsShape, Tag("shape")]


class ArrivalsParams(Params):
    """`arrivals: {rate, from, until, ...}` as a count; `arrivals: time` as a column."""

    arrivals: Annotated[Word | Shape, WORD_OR_SHAPE] = Field(
        description="write arrivals: time; as a count arrivals: {rate: 3, from: COLUMN}"
    )


def profile(shape: ArrivalsShape) -> Floats:
    """Weights of the 168 hours of a week, from Monday midnight on."""
    days = np.ones(7) if shape.weekdays is None else np.array(shape.weekdays)
    hours = np.ones(24) if shape.hours is None else np.array(shape.hours)
    return np.outer(days, hours).ravel()


@dataclass(frozen=True, eq=False)
class Times:
    """All arrivals, parent by parent, in order."""

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    times: Micros


class Arrivals(BaseGenerator[ArrivalsParams]):
    """Points in time at a rate: a Poisson process with busy hours and days, fading or growing with age.

    As a `count` it draws the arrivals of each parent between `from` and `until`; as a column of that table it tells
    their `time`, in order. `rate` is a number, a column, or a generator drawn once per parent.

    Example: `visits: {arrivals: {rate: 0.1, from: signup_at, weekdays: {mon-fri: 1, sat-sun: 2}, half_life: 90d}}`.
    """

    Params = ArrivalsParams

    def __init__(self, params: ArrivalsParams, build: Build) -> None:
        super().__init__(params, build)
        self.source = self
        if not isinstance(params.arrivals, ArrivalsShape):
            self.source = counted_by(Arrivals, "arrivals", "{arrivals: {rate: 3, from: COLUMN}}", build)
            self.dtype: pl.DataType = pl.Datetime("us")
            self.truth = self.source.truth
            return
        shape = params.arrivals
        self.shape = shape
        self.start = Moment(shape.from_, build, "arrivals", "from")
        self.limit = Moment(shape.until, build, "arrivals", "until")
        self.clock = None if shape.timezone is None else WallClock(shape.timezone, build, "arrivals", "timezone")
        self.rate = Drawn(shape.rate, "rate", build, "arrivals", "rate")
        if self.rate.fixed is not None and not 0 <= self.rate.fixed <= 1e9:
            raise build.fail("bad-value", "a rate is not negative", "write rate: 3", "arrivals", "rate")
        weights = profile(shape)
        self._weight = weights * (168 / weights.sum())
        summed = np.cumsum(self._weight)
        self._before = np.append(0.0, summed / summed[-1])
        self._unit = _UNIT[shape.precision]
        span = shape.half_life or shape.doubling
        pace = float(log(np.array(2.0))) * DAY_US / duration_us(span) if span else 0.0
        self._pace = -pace if shape.half_life else pace  # growth of the rate per day, as a logarithm
        self.dtype, self.bounds = pl.Int64(), (0, shape.most)
        zones = () if self.clock is None else self.clock.needs
        self.needs = tuple(dict.fromkeys((*self.start.needs, *self.limit.needs, *self.rate.needs, *zones)))
        self._too_many(build)
        told = shape.model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude={"most", "precision", "hours", "weekdays"}
        )
        self.truth = {**told, "hours_of_week": [round(float(w), 6) for w in self._weight]}

    def _too_many(self, build: Build) -> None:
        if self.start.fixed is None or self.limit.fixed is None or self.rate.fixed is None:
            return
        begin, end = (self._profiled(np.array([m.fixed], np.int64)) for m in (self.start, self.limit))
        shape = self.shape
        expected = float(self._expected(np.array([self.rate.fixed]), begin, end)[0])
        if expected > 0.9 * shape.most:
            message = (
                f"about {expected:,.0f} arrivals are expected of each parent, but there are at most {self.shape.most:,}"
            )
            raise build.fail("impossible-range", message, "lower the rate, or raise most", "arrivals", "rate")

    # -- from real time to the time of the profile, in days, and back

    def _profiled(self, times: Micros) -> Floats:
        week, rest = np.divmod(times - _MONDAY_US, _WEEK_US)
        hour, past = np.divmod(rest, _HOUR_US)
        share = self._before.take(hour) + self._weight.take(hour) * (past / (168.0 * _HOUR_US))
        return 7.0 * (week + share)

    def _real(self, days: Floats) -> Micros:
        week = np.floor(days * (1 / 7.0))
        share = np.clip(days * (1 / 7.0) - week, 0.0, 1.0)
        hour = np.clip(np.searchsorted(self._before, share, side="right") - 1, 0, 167)
        past = (share - self._before[hour]) * 168.0 / np.maximum(self._weight[hour], 1e-300)
        within = (np.clip(past, 0.0, 1.0) * _HOUR_US).astype(np.int64)
        found: Micros = week.astype(np.int64) * _WEEK_US + hour * _HOUR_US + within + _MONDAY_US
        return found

    def _expected(self, rate: Floats, begin: Floats, end: Floats) -> Floats:
        """Expected arrivals between two instants of the profile's time."""
        age = np.maximum(end - begin, 0.0)
        if not self._pace:
            return rate * age
        return rate * expm1(np.minimum(self._pace * age, 700.0)) / self._pace

    def _age(self, rate: Floats, sums: NDArray[np.int64]) -> Floats:
        """Days of the profile's time after which so many arrivals (in 2**-32) are expected."""
        plain = sums / (_ONE * rate)
        if not self._pace:
            return plain
        return log1p(np.maximum(self._pace * plain, -1 + 1e-15)) / self._pace

    # -- rows

    def times(self, rows: Rows) -> Times:
        """All arrivals of these parent rows; kept for all columns."""
        return rows.memo("arrivals", lambda: self._draw(rows))

    def _draw(self, rows: Rows) -> Times:
        start, limit = self.start.of(rows), self.limit.of(rows, clock_us(rows.clock))
        rate = np.maximum(np.broadcast_to(self.rate.of(rows, rows.ids), rows.count), 0.0)
        open_ = (start != NEVER) & (start < limit) & (rate > 0)
        safe = np.where(open_, start, 0)
        final = np.where(open_, limit, 0)
        zones = None if self.clock is None else self.clock.zones(rows)
        if self.clock is not None:
            safe, final = self.clock.local(safe, zones), self.clock.local(final, zones)
        begin, end = self._profiled(safe), self._profiled(final)
        expected = np.where(open_, self._expected(rate, begin, end), 0.0)
        room = (np.minimum(expected, 2.0**30) * _ONE).astype(np.int64)
        base = draws_at(rows.stream("arrival"), rows.ids)
        lengths, sums = self._waits(rows.stream("wait"), base, room)
        owner = np.repeat(np.arange(rows.count, dtype=np.int64), lengths)
        real = self._real(begin[owner] + self._age(rate[owner], sums))
        if self.clock is not None:
            real = self.clock.utc(real, None if zones is None else zones.gather(owner))
            real = real[np.lexsort((real, owner))]  # an hour that a zone skips in spring stands for the one after it
        real = np.minimum(np.maximum(real // self._unit * self._unit, start[owner]), limit[owner])
        return Times(np.cumsum(lengths) - lengths, lengths, real)

    def _waits(self, key: StreamKey, base: U64, room: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many sums of waits fit each room, and those sums, parent by parent."""
        lengths, used, total = (np.zeros(len(room), np.int64) for _ in range(3))
        active = np.flatnonzero(room > 0)
        owners: list[NDArray[np.int64]] = []
        found: list[NDArray[np.int64]] = []
        while len(active):
            left = (room[active] - total[active]) / _ONE
            sizes = np.minimum((left + 2.0 * np.sqrt(left) + 2.0).astype(np.int64), self.shape.most - lengths[active])
            some = max(1, int(np.searchsorted(np.cumsum(sizes), _ROUND, side="right")))
            now, sizes = active[:some], sizes[:some]
            starts = np.cumsum(sizes) - sizes
            which = np.repeat(np.arange(len(now)), sizes)
            owner = now[which]
            number = np.arange(len(owner)) - np.repeat(starts, sizes) + used[owner]
            waits = quantiles(Exponential(1.0))(unit(draws_at(key, base[owner] + number.astype(np.uint64))))
            steps = np.cumsum((waits * _ONE).astype(np.int64) + 1)
            sums = steps - np.repeat(np.append(0, steps)[starts], sizes) + total[owner]
            fits = sums <= room[owner]
            owners.append(owner[fits])
            found.append(sums[fits])
            count = np.bincount(which[fits], minlength=len(now))
            used[now] += sizes
            lengths[now] += count
            total[now] = sums[starts + sizes - 1]
            more = (count == sizes) & (lengths[now] < self.shape.most)
            active = np.concatenate([now[more], active[some:]])
        if not owners:
            return lengths, np.zeros(0, np.int64)
        order = np.argsort(np.concatenate(owners), kind="stable")
        return lengths, np.concatenate(found)[order]

    def generate(self, rows: Rows) -> Column:
        """The number of arrivals of each parent, or the time of each."""
        if self.source is self:
            return Column.of(pl.Series(self.times(rows).lengths))
        parents, index = rows.parents()
        made = self.source.times(parents)
        return Column.of(instants(made.times[made.starts[index] + rows.ordinals], self.dtype))
