"""Tables that grow by day: how many rows each day adds, so that a longer range only appends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from synthgen.calendars import WEEKDAYS, cyclic
from synthgen.distributions import poisson
from synthgen.elementary import exp
from synthgen.errors import Problem
from synthgen.plan.params import explain
from synthgen.quantiles import normal_quantile
from synthgen.recipe.model import Node, Recipe, TableSpec, Window
from synthgen.recipe.tables import MAX_ROWS
from synthgen.seeds import U64, draws_at, stream_key, unit
from synthgen.units import duration_us, instant, is_duration

_EPOCH = date(1970, 1, 1)
_LONGEST = 100_000  # days
_LARGE = 10_000  # mean above which a Poisson number is taken from the normal distribution
_DAY_US, _LN2 = 86_400_000_000, 0.6931471805599453
_THURSDAY = 3  # 1970-01-01


class Amount(BaseModel):
    """`{poisson: 100}`: rows of a day, a Poisson number with this mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    poisson: float = Field(ge=0, le=1e8, description="write per_day: {poisson: 100}")


class Growth(BaseModel):
    """`growth: {from: 2026-01-01, to: clock, per_day: 100}`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    from_: Any = Field(alias="from", description="write from: 2026-01-01, the first day")
    to: Any = Field(default="clock", description="write to: 2026-03-31, the last day, or clock")
    per_day: int | Amount = Field(description="write per_day: 100, or per_day: {poisson: 100}")
    weekdays: Any = Field(default=None, description="write weekdays: {mon-fri: 1, sat-sun: 0.4}")
    doubling: str | None = Field(default=None, description="write doubling: 90d")
    half_life: str | None = Field(default=None, description="write half_life: 90d")

    @field_validator("per_day")
    @classmethod
    def _possible(cls, value: int | Amount) -> int | Amount:
        if isinstance(value, int) and not 0 <= value <= 100_000_000:
            raise ValueError("rows of a day are at least 0, and at most 100 million")
        return value

    @field_validator("weekdays")
    @classmethod
    def _of_a_week(cls, value: Any) -> Any:
        return None if value is None else cyclic(value, WEEKDAYS, "weekdays")

    @model_validator(mode="after")
    def _one_pace(self) -> Growth:
        if self.doubling and self.half_life:
            raise ValueError("a table either grows faster (doubling) or slower (half_life)")
        for text in (self.doubling, self.half_life):
            if text is not None and (not is_duration(text) or duration_us(text) <= 0):
                raise ValueError("write a duration above 0, such as 90d")
        return self

    def rows(self, seed: int, table: str, first: int, count: int, scale: float) -> NDArray[np.int64]:
        """Rows of each of `count` days from day `first` (since 1970) on; a day's number depends on the day alone."""
        days = first + np.arange(count)
        weights = np.ones(7) if self.weekdays is None else np.array(self.weekdays)
        factor = (weights * (7 / weights.sum()))[(days + _THURSDAY) % 7] * scale
        span = self.doubling or self.half_life
        if span is not None:
            pace = _LN2 * _DAY_US / duration_us(span) * (1 if self.doubling else -1)
            factor = factor * exp(np.minimum(pace * (days - first), 60.0))
        if isinstance(self.per_day, int):
            return np.rint(self.per_day * factor).astype(np.int64)
        u = unit(draws_at(stream_key(seed, table, "#growth"), days.astype(np.int64).view(np.uint64)))
        means = self.per_day.poisson * factor
        spread = np.rint(means + np.sqrt(means) * normal_quantile(u + 2.0**-54, 1 - u - 2.0**-54))
        found = np.maximum(spread, 0).astype(np.int64)
        small, which = np.unique(means[means <= _LARGE], return_inverse=True)
        where = np.flatnonzero(means <= _LARGE)
        for number, mean in enumerate(small):
            mine = where[which == number]
            found[mine] = poisson(float(mean))(u[mine])
        return found


@dataclass(frozen=True, eq=False)
class Days:
    """The days of a table that grows: day `first + i` (since 1970) has the rows `starts[i] .. starts[i + 1] - 1`."""

    first: int
    starts: NDArray[np.int64]

    def place(self, numbers: U64) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """For each row number: its day (since 1970), its ordinal within the day, and how many rows the day has."""
        rows = numbers.astype(np.int64)
        last = max(len(self.starts) - 2, 0)
        day = np.minimum(np.searchsorted(self.starts, rows, side="right") - 1, last)
        ends = self.starts[np.minimum(day + 1, len(self.starts) - 1)]
        return self.first + day, rows - self.starts[day], np.maximum(ends - self.starts[day], 1)

    def row(self, day: date) -> int:
        """The number of the first row on that day or later."""
        index = min(max((day - _EPOCH).days - self.first, 0), len(self.starts) - 1)
        return int(self.starts[index])


def grown(recipe: Recipe) -> tuple[Recipe, list[Problem]]:
    """The recipe with the rows of tables that grow, and, for an increment, the first row of every table."""
    if all(spec.growth is None for spec in recipe.tables.values()):
        return recipe, []
    problems: list[Problem] = []
    tables = {name: _grown(recipe, spec, problems) for name, spec in recipe.tables.items()}
    return replace(recipe, tables=tables), problems


def _grown(recipe: Recipe, spec: TableSpec, problems: list[Problem]) -> TableSpec:
    window = recipe.window
    if spec.growth is None:
        return replace(spec, first=spec.rows or 0) if window.start is not None else spec
    try:
        growth = Growth.model_validate(spec.growth.value)
    except ValidationError as error:
        problems += explain(error, Growth, spec.growth)
        return replace(spec, rows=0)
    try:
        start = _day(growth.from_, recipe.clock, last=False)
        end = _day(growth.to, recipe.clock, last=True) if window.end is None else (window.end - _EPOCH).days
    except ValueError as error:
        problems.append(spec.growth.problem("bad-value", str(error), "write a day such as 2026-01-01, or clock"))
        return replace(spec, rows=0)
    problem = _too_long(spec.growth, growth, start, end, window)
    if problem is not None:
        problems.append(problem)
        return replace(spec, rows=0)
    counts = growth.rows(recipe.seed, spec.name, start, max(0, end - start + 1), window.scale)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    if starts[-1] > MAX_ROWS:
        message = f"the table would have {int(starts[-1]):,} rows, more than {MAX_ROWS:,}"
        problems.append(spec.growth.problem("too-large", message, "lower per_day, or shorten the range"))
        return replace(spec, rows=0)
    days = Days(start, starts)
    first = 0 if window.start is None else days.row(window.start)
    return replace(spec, rows=int(starts[-1]), first=first, days=days)


def _too_long(node: Node, growth: Growth, start: int, end: int, window: Window) -> Problem | None:
    if end - start >= _LONGEST:
        return node.problem("too-large", f"the range has more than {_LONGEST:,} days", "shorten it")
    if end < start and window.end is None:
        message = f"the last day, {growth.to}, comes before the first, {growth.from_}"
        return node.problem("bad-value", message, "write a later 'to'; clock is the last whole day before the clock")
    return None


def _day(value: Any, clock: datetime, *, last: bool) -> int:
    """Days since 1970; as the last day, an instant within a day or at its start by `clock` means the day before."""
    found = instant(value, clock)
    passed = (found.date() - _EPOCH).days
    return passed - 1 if last and str(value).strip().startswith(("clock", "-", "+")) else passed


def told(growth: Mapping[str, Any], days: Days) -> dict[str, Any]:
    """What the manifest says of a column that tells the day: the range, and what the recipe asks for."""
    span = len(days.starts) - 1
    begin = date.fromordinal(_EPOCH.toordinal() + days.first)
    end = date.fromordinal(begin.toordinal() + max(span - 1, 0))
    asked = {k: v for k, v in growth.items() if k not in ("from", "to")}
    return {"from": begin.isoformat(), "to": end.isoformat(), "days": span, **asked}
