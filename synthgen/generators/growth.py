"""When a row of a growing table was added: its day, and a time within it."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, field_validator

from synthgen.calendars import hourly
from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.seeds import U64, unit

_DAY_S = 86_400


class Days(Protocol):
    """The days of a table that grows."""

    def place(self, numbers: U64) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """For each row number: its day (since 1970), its ordinal within the day, and how many rows the day has."""


class GrowingBuild(Build, Protocol):
    """The plan's side, as a column that tells the day sees it."""

    @property
    def days(self) -> Days | None:
        """The days of this table, if it grows."""

    @property
    def growth_truth(self) -> dict[str, Any]:
        """What the manifest says of them."""


class GrowthTimeParams(Params):
    """`growth: time` or `growth: date`, with the `hours` of the day."""

    growth: Literal["time", "date"]
    hours: Any = Field(default=None, description="write hours: [9, 17], or {8-12: 3, 12-18: 1}")

    @field_validator("hours")
    @classmethod
    def _of_a_day(cls, value: Any) -> Any:
        return None if value is None else hourly(value)


class GrowthTime(BaseGenerator[GrowthTimeParams]):
    """The time (whole seconds) or date at which a row of a growing table was added; it never falls with the row number.

    The rows of a day are spread over it in order, one in each of as many equal shares of the day's `hours`.

    Example: `signup_at: {growth: time, hours: {8-12: 2, 12-20: 3}}`.
    """

    Params = GrowthTimeParams

    def __init__(self, params: GrowthTimeParams, build: GrowingBuild) -> None:
        super().__init__(params, build)
        if build.days is None:
            message = f"{build.table} does not grow by day, so its rows have none"
            remedy = "give the table 'growth:' in place of 'rows', or name the column of the parent that grows"
            raise build.fail("contradiction", message, remedy, "growth")
        if params.hours is not None and params.growth == "date":
            raise build.fail("contradiction", "a date has no hours", "write growth: time", "hours")
        self.days = build.days
        self.dtype = pl.Datetime("us") if params.growth == "time" else pl.Date()
        weights = np.ones(24) if params.hours is None else np.array(params.hours)
        summed = np.cumsum(weights)
        self._before = np.append(0.0, summed / summed[-1])
        self.truth = build.growth_truth

    def generate(self, rows: Rows) -> Column:
        """One time or date per row."""
        day, ordinal, count = self.days.place(rows.numbers)
        if self.dtype == pl.Date():
            return Column.of(pl.Series(day.astype(np.int32)).cast(pl.Date))
        share = (ordinal + unit(rows.bits())) / count
        hour = np.clip(np.searchsorted(self._before, share, side="right") - 1, 0, 23)
        width = self._before[hour + 1] - self._before[hour]
        inside = np.where(width > 0, (share - self._before[hour]) / np.where(width > 0, width, 1.0), 0.0)
        seconds = np.minimum(hour * 3600 + np.minimum((inside * 3600).astype(np.int64), 3599), _DAY_S - 1)
        return Column.of(pl.Series((day * _DAY_S + seconds) * 1_000_000).cast(pl.Datetime("us")))
