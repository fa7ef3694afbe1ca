"""How a series is written in a recipe."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from synthgen.generator import Params
from synthgen.generators.drawn import Amount
from synthgen.generators.moments import DAY_US, Written, written
from synthgen.generators.quantity import Interval
from synthgen.units import duration_us, is_duration, time_of_day

YEAR_US = 31_556_952_000_000  # the mean year of the Gregorian calendar, 365.2425 days
_NAMED = {"day": DAY_US, "week": 7 * DAY_US, "year": YEAR_US}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH_DAYS = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
Kinds = Literal["spike", "drop", "level_shift", "drift", "stuck", "noise"]
KINDS: tuple[Kinds, ...] = ("spike", "drop", "level_shift", "drift", "stuck", "noise")


def period(text: str) -> int:
    """Microseconds of a season's length: a duration, `day`, `week` or `year`; raises ValueError."""
    found = _NAMED.get(text) or duration_us(text)
    if found <= 0:
        raise ValueError("a season is longer than 0s")
    return found


def month_day(text: str) -> tuple[int, int] | None:
    """(month, day) of `MM-DD`; None if it is not written so; raises ValueError where there is no such day."""
    match = re.fullmatch(r"(\d\d)-(\d\d)", text)
    if match is None:
        return None
    month, day = int(match[1]), int(match[2])
    if not 1 <= month <= 12 or not 1 <= day <= (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31):
        raise ValueError(f"'{text}' is not a day of the year; write MM-DD, such as 12-25")
    return month, day


def offset(text: str) -> int:
    """Microseconds from the start of a season: `15:00`, `sat`, `sat 15:00`, `07-15` or a duration such as `15h`."""
    if is_duration(text):
        return duration_us(text)
    if (found := month_day(text)) is not None:
        return (_MONTH_DAYS[found[0] - 1] + found[1] - 1) * DAY_US
    day, _, time = text.lower().partition(" ")
    if day[:3] in _DAYS:
        return _DAYS.index(day[:3]) * DAY_US + (time_of_day(time) if time else 0)
    try:
        return time_of_day(text)
    except ValueError:
        message = f"'{text}' is not a place in a season; write 15:00, sat, sat 15:00, 07-15 or a duration"
        raise ValueError(message) from None


class Season(Params):
    """`{every: 1d, amplitude: 5, peak: "15:00"}`, or `{every: 7d, shape: [...]}`."""

    every: str = Field(description="write every: 1d, 7d, day, week or year")
    amplitude: Amount | None = None
    peak: str = "0s"
    shape: list[float] | None = Field(default=None, min_length=1, max_length=10_000)

    @model_validator(mode="after")
    def _whole(self) -> Season:
        if (self.amplitude is None) == (self.shape is None):
            raise ValueError("a season has either an amplitude (a wave) or a shape (a list of numbers)")
        if self.shape is not None and "peak" in self.model_fields_set:
            raise ValueError("a shape says itself where its peak is: remove 'peak'")
        if offset(self.peak) >= period(self.every):
            raise ValueError(f"the peak {self.peak} lies outside a season of {self.every}")
        return self


class Noise(Params):
    """`{sd: 0.4, memory: 0.8}`."""

    sd: Amount
    memory: float = Field(default=0.0, ge=-0.999, le=0.999)


class Holidays(Params):
    """`{factor: 0.6, dates: ["12-25", "2026-05-01"]}`, or `{factor: 0.6, country: DE}`."""

    factor: float = Field(ge=0, le=1e6)
    dates: list[str] = Field(default=[], max_length=10_000, description='write dates: ["12-25", "2026-05-01"]')
    country: str | None = None
    subdivision: str | None = None

    @model_validator(mode="after")
    def _some(self) -> Holidays:
        if not self.dates and self.country is None:
            raise ValueError("which days are holidays? write country: DE, or dates: [...]")
        if self.subdivision is not None and self.country is None:
            raise ValueError("a subdivision needs its country")
        return self

    @field_validator("dates", mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        return [written(v) for v in value] if isinstance(value, list) else value

    @field_validator("dates")
    @classmethod
    def _days(cls, value: list[str]) -> list[str]:
        for text in value:
            if month_day(text) is None and not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                raise ValueError(f"'{text}' is not a day; write 2026-12-25, or 12-25 for every year")
        return value


class SeriesShape(Params):
    """Level, trend, seasons, holidays and noise."""

    level: Amount = 0.0
    trend: Amount = 0.0
    seasons: tuple[Season, ...] = Field(default=(), max_length=100)
    holidays: Holidays | None = None
    noise: Noise | None = None
    multiplicative: bool = False

    @field_validator("noise", mode="before", json_schema_input_type=Noise | float | None)
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"sd": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


class Regime(Params):
    """From a date on: another `trend`, a `shift` of the level, the noise times `noise`."""

    from_: Written = Field(alias="from", description='write from: "2026-03-01"')
    shift: float = Field(default=0.0, ge=-1e12, le=1e12)
    trend: float | None = Field(default=None, ge=-1e12, le=1e12)
    noise: float = Field(default=1.0, ge=0, le=1e6)


def _stretch(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        value = [value, value]
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(v, int) for v in value):
        raise ValueError("a stretch is a number of rows, or [least, most]")
    if not 1 <= value[0] <= value[1] <= 1_000_000:
        raise ValueError("a stretch has 1 to 1,000,000 rows, the least first")
    return tuple(value)


class Missing(Params):
    """`{rate: 0.02, stretch: [3, 20]}`."""

    rate: float = Field(ge=0, le=1)
    stretch: tuple[int, int] = (1, 1)

    _rows = field_validator("stretch", mode="before", json_schema_input_type=int | tuple[int, int])(_stretch)


class Anomalies(Params):
    """`{rate: 0.01, kinds: {spike: 2, drift: 1}, size: [4, 8], stretch: [5, 30]}`."""

    rate: float = Field(ge=0, le=1)
    kinds: dict[Kinds, float] = Field(
        default={"spike": 1.0, "drop": 1.0}, min_length=1, description=f"kinds are {', '.join(KINDS)}, with weights"
    )
    size: tuple[float, float] = Field(default=(4.0, 8.0), description="write size: [4, 8]")
    stretch: tuple[int, int] = (5, 30)

    _rows = field_validator("stretch", mode="before", json_schema_input_type=int | tuple[int, int])(_stretch)

    @field_validator("kinds", mode="before", json_schema_input_type=list[Kinds] | dict[Kinds, float])
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return dict.fromkeys(value, 1.0) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _usable(self) -> Anomalies:
        if any(not 0 <= w < 1e300 for w in self.kinds.values()) or not sum(self.kinds.values()) > 0:
            raise ValueError("weights of kinds are numbers of at least 0, not all 0")
        if not 0 < self.size[0] <= self.size[1] < 1e9:
            raise ValueError("a size is [least, most] in standard deviations of the noise, above 0")
        return self


class SeriesParams(Params):
    """`series: {level, trend, seasons, holidays, noise}`, and what stands beside it."""

    series: SeriesShape = Field(description="write series: {level: 20, seasons: [{every: 1d, amplitude: 5}]}")
    over: str = "at"
    since: Written | None = None
    timezone: str | None = Field(default=None, description="write timezone: Europe/Berlin, or a column of zones")
    regimes: tuple[Regime, ...] = Field(default=(), max_length=1000)
    missing: Missing | None = None
    anomalies: Anomalies | None = None
    range: Interval | None = Field(default=None, description="write range: [low, high]")
    decimals: int | None = Field(default=None, ge=0, le=12)
    whole: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> SeriesParams:
        if self.whole and self.decimals is not None:
            raise ValueError("'whole' and 'decimals' contradict each other")
        return self
