"""Lengths of time as text or as a number of seconds."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import polars as pl
from pydantic import Field, field_validator

from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params, Spec
from synthgen.generators.quantity import interval
from synthgen.seeds import U64, below
from synthgen.units import is_duration

_SECOND = 1_000_000


class DurationParams(Params):
    """`duration: [1m, 2h]`, or a generator of durations."""

    duration: list[str] | Spec = Field(
        description="write duration: [1m, 2h], or {lognormal: {median: 30m, sigma: 0.5}}"
    )
    as_: Literal["iso", "clock", "seconds"] = Field(
        default="iso", alias="as", description="write iso, clock or seconds"
    )
    precision: Literal["second", "minute", "hour"] = Field(default="second", description="write second, minute or hour")

    @field_validator("duration")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        if isinstance(value, list):
            if len(value) != 2 or not all(is_duration(v) for v in value):
                raise ValueError("an interval of durations is [least, most], such as [1m, 2h]")
            if interval(value)[0] < 0:
                raise ValueError("a duration here is never negative")
        return value


class Duration(BaseGenerator[DurationParams]):
    """A length of time: ISO 8601 text such as `PT1H30M`, hours on a clock such as `01:30:00`, or seconds.

    From an interval, evenly, or from a generator of durations, whose values are cut down to whole units of `precision`.
    Example: `took: {duration: [1m, 2h]}`.
    """

    Params = DurationParams

    def __init__(self, params: DurationParams, build: Build) -> None:
        super().__init__(params, build)
        self.unit = {"second": 1, "minute": 60, "hour": 3600}[params.precision]
        self.dtype = pl.Int64() if params.as_ == "seconds" else pl.String()
        self.inner = None
        if isinstance(params.duration, list):
            low, high = (round(v / _SECOND) for v in interval(params.duration))
            self.low, high = -(-low // self.unit), high // self.unit
            if self.low > high:
                message = f"no whole {params.precision} lies between {params.duration[0]} and {params.duration[1]}"
                raise build.fail("bad-value", message, "widen the interval, or write precision: second", "duration")
            self.capacity = high - self.low + 1
            self.bounds = (self.low * self.unit, high * self.unit) if params.as_ == "seconds" else (None, None)
            return
        self.inner = build.nested(params.duration, "duration")
        if not isinstance(self.inner.dtype, pl.Duration):
            message = f"the generator makes {self.inner.dtype}, not durations"
            remedy = "give its parameters as durations, such as {exponential: 90s}"
            raise build.fail("wrong-type", message, remedy, "duration")
        if self.inner.bounds[0] is None or self.inner.bounds[0] < 0:
            raise build.fail("wrong-type", "the durations can be negative", "give it a range from 0", "duration")
        self.needs = self.inner.needs

    def generate(self, rows: Rows) -> Column:
        """One length of time per row."""
        if self.inner is None:
            return self.nth(below(rows.bits(), self.capacity or 1), rows)
        made = self.inner.generate(rows.scoped("of")).values.dt.total_seconds()
        return Column.of(self._written(made - made % self.unit))

    def nth(self, index: U64, rows: Rows) -> Column:
        """The lengths of the interval from the shortest on."""
        return Column.of(self._written(pl.Series((index.astype(np.int64) + self.low) * self.unit)))

    def _written(self, seconds: pl.Series) -> pl.Series:
        if self.params.as_ == "seconds":
            return seconds.rename("")
        s = pl.col("s")
        hours, minutes, rest = s // 3600, s // 60 % 60, s % 60
        if self.params.as_ == "clock":
            two = [pl.format("{}", part.cast(pl.String).str.zfill(2)) for part in (hours, minutes, rest)]
            text = pl.concat_str(two, separator=":")
        else:  # ISO 8601-1, 5.5.2: parts that are zero are left out, but not all of them
            parts = [(hours, "H"), (minutes, "M"), (rest, "S")]
            shown = [pl.when(part > 0).then(pl.concat_str([part.cast(pl.String), pl.lit(u)])) for part, u in parts]
            whole = pl.concat_str([pl.lit("PT"), *shown], ignore_nulls=True)
            text = pl.when(s == 0).then(pl.lit("PT0S")).when(s.is_not_null()).then(whole)
        return pl.DataFrame([seconds.rename("s")]).select(text.alias("")).to_series()
