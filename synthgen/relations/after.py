"""Times that follow other times: base plus a delay, and never past a limit, by construction."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from synthgen.calendars import UnknownCalendarError, check_country, holidays_of
from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params, Spec

_DAY_US, _SECOND_US = 86_400_000_000, 1_000_000
_LAST_CALENDAR = 84_370  # 2200-12-31: no holidays are known of later years


class AfterParams(Params):
    """`after: column`, a `delay` distribution of durations, `before`: a column or `clock`, and `business` days."""

    after: str
    delay: Spec
    before: str | None = None
    business: bool | str | None = Field(default=None, description="write business: true, or a country such as US")


class After(BaseGenerator[AfterParams]):
    """A date or datetime after another, by a random delay of at least 0; null where the base is null.

    With `before`, a delay that would pass the limit is folded back into the room that is left, which for an exponential
    delay is the exponential truncated to that room (it has no memory). Where the room is less than the least delay, the
    limit itself is the value; where the base is past the limit, no value exists and the cell is null.

    With `business` the delay's days are business days: Saturdays, Sundays and a country's holidays do not count, and no
    value falls on them. The time of day stays, but for what the delay has beyond whole days. A value that would pass
    the limit is null, for it cannot be moved back.

    Example: `shipped_at: {after: ordered_at, delay: {uniform: [1d, 7d]}, before: clock}`.
    """

    Params = AfterParams

    def __init__(self, params: AfterParams, build: Build) -> None:
        super().__init__(params, build)
        self.delay = build.nested(params.delay, "delay")
        if not isinstance(self.delay.dtype, pl.Duration):
            message = "the delay is a number without a unit"
            raise build.fail("wrong-type", message, "write durations, such as {exponential: 90d}", "delay")
        least = self.delay.bounds[0]
        if least is None or least < 0:
            message = "the delay can be negative, so the value could come before its base"
            raise build.fail(
                "wrong-type", message, "give it a range that starts at 0s, or another distribution", "delay"
            )
        self._least = int(least)
        if isinstance(params.business, str):
            try:
                check_country(params.business)
            except UnknownCalendarError as error:
                raise build.fail("unknown-country", str(error), error.remedy, "business") from None
        self.drivable = params.before is None and getattr(self.delay, "drivable", False)
        self.dtype = build.dtype_of(params.after)
        if self.dtype not in (pl.Datetime("us"), pl.Date()):
            message = f"'{params.after}' is {self.dtype}, not a date or datetime"
            raise build.fail("wrong-type", message, "name a date or datetime column", "after")
        self.needs = (params.after, *self.delay.needs)
        if params.before not in (None, "clock"):
            assert params.before is not None
            limit = build.dtype_of(params.before)
            if limit not in (pl.Datetime("us"), pl.Date()):
                message = f"'{params.before}' is {limit}, not a date or datetime"
                raise build.fail("wrong-type", message, "name a date or datetime column, or clock", "before")
            self.needs = (*self.needs, params.before)

    def generate(self, rows: Rows) -> Column:
        """base + delay, whole seconds (datetimes) or whole days (dates)."""
        return self._later(self.delay.generate(rows.scoped("delay")).values, rows)

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """base + the delay's quantile."""
        inner: Any = self.delay
        return self._later(inner.at(u, rows.scoped("delay")).values, rows)

    def _later(self, delays: pl.Series, rows: Rows) -> Column:
        base = rows.values(self.params.after)
        unit = _DAY_US if self.dtype == pl.Date() else _SECOND_US
        start = _micros(base)
        delay = delays.cast(pl.Int64).fill_null(0).to_numpy()
        least = -(-self._least // unit) * unit
        delay = np.maximum(delay // unit * unit, least)
        drop: Any = base.is_null().to_numpy()
        if self.params.business:
            delay = self._working(start, delay, drop) - start
        if self.params.before is not None and self.params.business:
            drop = drop | (start + delay > self._limit(rows))
        elif self.params.before is not None:
            limit = self._limit(rows)
            room = (limit - start) // unit * unit
            span = np.maximum(room - least, 0) + unit
            delay = np.where(delay > room, np.where(room <= least, room, least + (delay - least) % span), delay)
            drop = drop | (room < 0)
        values = pl.Series(start + delay).cast(pl.Datetime("us")).cast(self.dtype)
        if drop.any():
            values = values.to_frame("v").select(pl.when(~pl.lit(pl.Series(drop))).then("v")).to_series()
        return Column.of(values)

    def _working(self, start: Any, delay: Any, drop: Any) -> Any:
        """Instants after so many business days, of which the first that counts is the day after the base's."""
        days, spill = delay // _DAY_US, start % _DAY_US + delay % _DAY_US
        first = start // _DAY_US
        closed = np.zeros(0, np.int64)
        known = first[~drop]
        if isinstance(self.params.business, str) and len(known):
            last = min(int(known.max() + 2 * days.max() + 40), _LAST_CALENDAR)
            closed = holidays_of(self.params.business, None, min(int(known.min()), last), last)
        moved = np.busday_offset(
            np.where(drop, 0, first).astype("datetime64[D]"),
            days + spill // _DAY_US,
            roll="forward",
            holidays=closed.astype("datetime64[D]"),
        )
        return moved.astype(np.int64) * _DAY_US + spill % _DAY_US

    def _limit(self, rows: Rows) -> Any:
        if self.params.before == "clock":
            return int(rows.clock.timestamp()) * _SECOND_US
        assert self.params.before is not None
        limit = rows.values(self.params.before)
        far = np.iinfo(np.int64).max // 4
        return np.where(limit.is_null().to_numpy(), far, _micros(limit))


def _micros(values: pl.Series) -> Any:
    return values.cast(pl.Datetime("us")).to_physical().fill_null(0).to_numpy()
