"""What dates and datetimes share: days and hours that are likelier than others."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, WithJsonSchema, field_validator

from synthgen.calendars import MONTHS, THURSDAY, WEEKDAYS, UnknownCalendarError, check_country, cyclic, holidays_of
from synthgen.distributions import Counts, ImpossibleRangeError
from synthgen.generator import Build, Params
from synthgen.seeds import U64

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Holidays(BaseModel):
    """Public holidays of a country (ISO code) and one of its subdivisions, with the weight that their days have."""

    model_config = Params.model_config

    country: str
    subdivision: str | None = None
    weight: float = Field(default=0.0, ge=0, lt=1e100)


_HOLIDAYS = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "required": ["country"],
            "additionalProperties": False,
            "properties": {
                "country": {"type": "string"},
                "subdivision": {"type": "string"},
                "weight": {"type": "number", "minimum": 0},
            },
        },
    ]
}


class Calendared(Params):
    """Modifiers of dates and datetimes: `weekdays`, `months`, and `holidays`, left out or at a weight."""

    weekdays: Any = Field(default=None, description="write weekdays: business, [mon, tue], or {mon-fri: 1, sat: 0.2}")
    months: Any = Field(default=None, description="write months: [jun, jul], or {jan-nov: 1, dec: 3}")
    holidays: Annotated[Holidays, WithJsonSchema(_HOLIDAYS)] | None = Field(
        default=None, description="write holidays: US, or {country: US, weight: 0.2}"
    )

    @field_validator("weekdays")
    @classmethod
    def _days(cls, value: Any) -> Any:
        return None if value is None else cyclic(value, WEEKDAYS, "weekdays")

    @field_validator("months")
    @classmethod
    def _year(cls, value: Any) -> Any:
        return None if value is None else cyclic(value, MONTHS, "months")

    @field_validator("holidays", mode="before", json_schema_input_type=str | Holidays | None)
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"country": value} if isinstance(value, str) else value

    @property
    def calendared(self) -> bool:
        """Whether some days are likelier than others."""
        return self.weekdays is not None or self.months is not None or self.holidays is not None


def day_weights(params: Calendared, first: int, last: int, build: Build) -> Floats:
    """The weight of each day from `first` to `last` (days since 1970), both included."""
    days = np.arange(first, last + 1)
    weights = np.ones(len(days))
    if params.weekdays is not None:
        weights *= np.array(params.weekdays)[(days + THURSDAY) % 7]
    if params.months is not None:
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
        weights *= np.array(params.months)[months]
    if params.holidays is not None:
        wanted = params.holidays
        try:
            check_country(wanted.country, wanted.subdivision)
        except UnknownCalendarError as error:
            raise build.fail("unknown-country", str(error), error.remedy, "holidays") from None
        closed = np.isin(days, holidays_of(wanted.country, wanted.subdivision, first, last))
        weights *= np.where(closed, wanted.weight, 1.0)
    return weights


class Day:
    """One day's steps: the weight of each hour, cut to the steps from `low` to `high` of the day, both included."""

    def __init__(self, hours: list[float], steps: int, low: int, high: int) -> None:
        start = np.maximum(np.arange(24, dtype=np.int64) * steps, low)
        end = np.minimum(np.arange(1, 25, dtype=np.int64) * steps - 1, high)
        counts = np.where(np.array(hours) > 0, np.maximum(end - start + 1, 0), 0)
        total = np.cumsum(np.array(hours) * counts / steps)
        self.weight = float(total[-1])
        self.size = int(counts.sum())
        self._start, self._counts, self._weights = start, counts, np.array(hours) * counts / steps
        self._hours = Counts(0, self._weights) if self.weight > 0 else None
        self._last = int(np.flatnonzero(counts)[-1]) if self.size else 0
        self._total, self._ranks = total, np.cumsum(counts)

    def at(self, u: Floats) -> Ints:
        """The step at each share of the day's weight."""
        wanted = u * self.weight
        assert self._hours is not None  # a day without weight is never asked
        hour = np.minimum(self._hours(u), self._last)
        width = self._weights.take(hour)
        past = (wanted - (self._total.take(hour) - width)) / width
        within = (np.clip(past, 0.0, 1.0) * self._counts.take(hour)).astype(np.int64)
        found: Ints = self._start.take(hour) + np.minimum(within, self._counts.take(hour) - 1)
        return found

    def nth(self, rank: Ints) -> Ints:
        """The step with that number among those of some weight."""
        hour = np.searchsorted(self._ranks, rank, side="right")
        found: Ints = self._start.take(hour) + rank - (self._ranks.take(hour) - self._counts.take(hour))
        return found


class Profile:
    """Instants between two, by the weights of their days and hours, on steps of a lattice.

    `hours` are those of each weekday, `low` and `high` steps since 1970 (both included), `steps` how many an hour has.
    The weight of every instant is that of its day times that of its hour. Raises ImpossibleRangeError where all are 0.
    """

    def __init__(self, weights: Floats, hours: list[list[float]], steps: int, low: int, high: int) -> None:
        a_day = 24 * steps
        self._day, self._steps = low // a_day, a_day
        first, last = low - self._day * a_day, high - (high // a_day) * a_day
        count = len(weights)
        weekday = (np.arange(count) + self._day + THURSDAY) % 7
        week = list(dict.fromkeys(tuple(h) for h in hours))
        self._kinds = [Day(list(h), steps, 0, a_day - 1) for h in week]
        self._kind = np.array([week.index(tuple(h)) for h in hours])[weekday]
        self._kinds.append(Day(hours[weekday[0]], steps, first, last if count == 1 else a_day - 1))
        self._kind[0] = len(week)
        if count > 1:
            self._kinds.append(Day(hours[weekday[-1]], steps, 0, last))
            self._kind[-1] = len(week) + 1
        share = np.array([k.weight for k in self._kinds])[self._kind]
        self._weights = weights * share
        self._total = np.cumsum(self._weights)
        sizes = np.where(self._weights > 0, np.array([k.size for k in self._kinds])[self._kind], 0)
        self._ranks = np.cumsum(sizes)
        self._sizes = sizes
        self.capacity = int(self._ranks[-1])
        if not self._total[-1] > 0:
            raise ImpossibleRangeError("no day and hour of some weight lies in the interval")
        self._last = int(np.flatnonzero(self._weights)[-1])
        self._days = Counts(0, self._weights)

    def at(self, u: Floats) -> Ints:
        """The step at each share of all weight; rises with it."""
        wanted = u * self._total[-1]
        day = np.minimum(self._days(u), self._last)
        width = self._weights.take(day)
        within = np.clip((wanted - (self._total.take(day) - width)) / width, 0.0, 1.0)
        return self._of_days(day, lambda kind, mine: kind.at(within[mine]))

    def nth(self, index: U64) -> Ints:
        """The step with that number among those of some weight."""
        rank = index.astype(np.int64)
        day = np.searchsorted(self._ranks, rank, side="right")
        rest = rank - (self._ranks.take(day) - self._sizes.take(day))
        return self._of_days(day, lambda kind, mine: kind.nth(rest[mine]))

    def _of_days(self, day: Ints, make: Any) -> Ints:
        kinds = self._kind.take(day)
        out = (day + self._day) * self._steps
        for i, kind in enumerate(self._kinds):
            mine = np.flatnonzero(kinds == i)
            if len(mine):
                out[mine] += make(kind, mine)
        return out
