"""The signal of a series: level, trend, seasons, holidays and regimes, as a function of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgen.calendars import UnknownCalendarError, check_country, holidays_of
from synthgen.columns import Rows
from synthgen.elementary import Floats, cos_turns, exp, log1p
from synthgen.generator import Build
from synthgen.generators.drawn import Drawn
from synthgen.generators.moments import DAY_US, EPOCH, Micros, Moment
from synthgen.generators.series.params import YEAR_US, Holidays, Season, SeriesParams, month_day, offset, period
from synthgen.generators.wallclock import WallClock

_MONDAY_US = 4 * DAY_US  # 1970-01-05
_MILLENNIUM_US = 10_957 * DAY_US  # 2000-01-01
_CENTURY = 40_000  # days that are looked up in one table


@dataclass(frozen=True, eq=False)
class Parts:
    """The signal taken apart. Additive: trend + season; multiplicative: trend * season; then times the holidays.

    `steady` is the factor of the noise's standard deviation, by regime.
    """

    trend: Floats
    season: Floats
    holiday: Floats | float
    steady: Floats | float
    signal: Floats


class Wave:
    """One season: a cosine with an amplitude and a peak, or a step for each equal part of the period."""

    def __init__(self, season: Season, index: int, multiplicative: bool, build: Build) -> None:
        path = ("series", "seasons", index)
        self.period, self.peak = period(season.every), offset(season.peak)
        self.start = _MILLENNIUM_US if self.period == YEAR_US else _MONDAY_US
        self.shape = None if season.shape is None else np.array(season.shape, np.float64)
        self.amplitude = Drawn(season.amplitude or 0.0, f"season{index}", build, *path, "amplitude")
        lowest = -abs(self.amplitude.fixed or 0.0) if self.shape is None else float(self.shape.min())
        if multiplicative and lowest <= -1:
            message = f"a factor of 1 + {lowest:g} is not above 0"
            remedy = "in a multiplicative series amplitudes and shapes are shares, such as 0.2; or drop multiplicative"
            raise build.fail("bad-value", message, remedy, *path)

    def of(self, times: Micros, rows: Rows) -> Floats:
        """The season at these times."""
        at = (times - (self.start + self.peak)) % self.period
        if self.shape is not None:
            return self.shape.take(at * len(self.shape) // self.period)
        found: Floats = cos_turns(at / float(self.period)) * self.amplitude.of(rows)
        return found


class Free:
    """The days of a year, or of every year, on which the series is multiplied by a factor."""

    def __init__(self, holidays: Holidays, build: Build) -> None:
        self.factor = holidays.factor
        self.country, self.subdivision = holidays.country, holidays.subdivision
        try:
            if self.country is not None:
                check_country(self.country, self.subdivision)
        except UnknownCalendarError as error:
            raise build.fail("unknown-country", str(error), error.remedy, "series", "holidays") from None
        self._yearly = {found for text in holidays.dates if (found := month_day(text)) is not None}
        try:
            self._days = {date.fromisoformat(text) for text in holidays.dates if month_day(text) is None}
        except ValueError as error:
            raise build.fail("bad-value", str(error), 'write "2026-12-25"', "series", "holidays", "dates") from None

    def of(self, times: Micros) -> Floats:
        """The factor at these times of the clock."""
        days = times // DAY_US
        first, last = (int(days.min()), int(days.max())) if len(days) else (0, 0)
        if last - first < _CENTURY:
            return self._factors(np.arange(first, last + 1)).take(days - first)
        known, inverse = np.unique(days, return_inverse=True)
        return self._factors(known)[inverse]

    def _factors(self, days: Micros) -> Floats:
        """The factor of each of these days (in order, counted from 1970)."""
        dates = [(EPOCH + timedelta(days=int(day))).date() for day in days]
        free = np.array([d in self._days or (d.month, d.day) in self._yearly for d in dates], np.bool_)
        if self.country is not None and len(days):
            free |= np.isin(days, holidays_of(self.country, self.subdivision, int(days[0]), int(days[-1])))
        return np.where(free, self.factor, 1.0)


class Signal:
    """What the series would be without noise, anomalies and gaps."""

    def __init__(self, params: SeriesParams, since: Moment, build: Build) -> None:
        shape = params.series
        self.multiplicative, self.since = shape.multiplicative, since
        self.level = Drawn(shape.level, "level", build, "series", "level")
        self.trend = Drawn(shape.trend, "trend", build, "series", "trend")
        self.waves = [Wave(s, i, self.multiplicative, build) for i, s in enumerate(shape.seasons)]
        self.free = None if shape.holidays is None else Free(shape.holidays, build)
        self.changes = [Moment(r.from_, build, "regimes", i, "from") for i, r in enumerate(params.regimes)]
        self.regimes = params.regimes
        self.clock = None if params.timezone is None else WallClock(params.timezone, build, "timezone")
        drawn = [self.level, self.trend, *(w.amplitude for w in self.waves)]
        self.needs = (*(n for d in drawn for n in d.needs), *since.needs, *(n for m in self.changes for n in m.needs))
        if self.clock is not None:
            self.needs = (*self.needs, *self.clock.needs)
        self.shared = all(build.is_shared(need) for need in self.needs)
        self._check(build)

    def _check(self, build: Build) -> None:
        if self.multiplicative and self.level.fixed == 0:
            message = "a multiplicative series is its level times factors, so a level of 0 stays 0"
            raise build.fail("bad-value", message, "write a level above 0, or drop multiplicative", "series", "level")
        trends = [self.trend.fixed, *(r.trend for r in self.regimes)]
        if self.multiplicative and any(t is not None and t <= -1 for t in trends):
            message = "a multiplicative trend is the share gained each day, which is above -1"
            raise build.fail("bad-value", message, "write 0.001 for 0.1 % a day", "series", "trend")
        fixed = [m.fixed for m in self.changes]
        if any(a is not None and b is not None and a >= b for a, b in pairwise(fixed)):
            raise build.fail("bad-value", "regimes are not in order of time", "sort them by 'from'", "regimes")

    def of(self, times: Micros, rows: Rows) -> Parts:
        """The parts of the signal at these times, one per row."""
        days = self._days(times, self.since.of(rows, np.int64(0)))
        slope = self.trend.of(rows)
        grown, shift, steady = days * self._rate(slope), np.zeros(len(times)), np.ones(len(times))
        before: Any = slope
        for change, regime in zip(self.changes, self.regimes, strict=True):
            start = change.of(rows)
            inside = times >= start
            after = slope if regime.trend is None else regime.trend
            grown = grown + np.where(inside, self._days(times, start), 0.0) * (self._rate(after) - self._rate(before))
            shift, steady = np.where(inside, regime.shift, shift), np.where(inside, regime.noise, steady)
            before = after
        level = self.level.of(rows)
        if self.clock is not None:
            times = self.clock.local(times, self.clock.zones(rows))
        waves = [wave.of(times, rows) for wave in self.waves]
        if self.multiplicative:
            trend, season = level * exp(grown) * (1.0 + shift), np.ones(len(times))
            for wave in waves:
                season = season * (1.0 + wave)
            signal = trend * season
        else:
            trend, season = level + grown + shift, np.zeros(len(times))
            for wave in waves:
                season = season + wave
            signal = trend + season
        holiday = 1.0 if self.free is None else self.free.of(times)
        return Parts(trend, season, holiday, steady, signal * holiday)

    def _rate(self, trend: Any) -> Any:
        """Growth per day: of the value, or of its logarithm."""
        return log1p(np.asarray(trend, np.float64)) if self.multiplicative else trend

    @staticmethod
    def _days(times: Micros, start: Micros) -> NDArray[np.float64]:
        return (times - start) / float(DAY_US)
