"""Regularly spaced times: the k-th row of a parent stands k steps after the first."""

from __future__ import annotations

import re
from typing import Annotated

import numpy as np
import polars as pl
from pydantic import AfterValidator, Field, field_validator

from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.moments import DAY_US, NEVER, Micros, Moment, Written, instants
from synthgen.seeds import below, draws_at
from synthgen.units import duration_us

_CALENDAR = re.compile(r"\s*(\d{1,4})?\s*(month|quarter|year)s?\s*")
_SECOND_US = 1_000_000
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def step(text: str) -> tuple[int, int]:
    """A step as (months, microseconds), one of them 0: `15m`, `1d`, `month`, `2 quarters`; raises ValueError."""
    if match := _CALENDAR.fullmatch(text):
        months = int(match[1] or 1) * _MONTHS[match[2]]
        if months < 1:
            raise ValueError("a step is above 0")
        return months, 0
    try:
        found = duration_us(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a step; write 15m, 1h, 1d, month, quarter or year") from None
    if found <= 0:
        raise ValueError("a step is above 0")
    return 0, found


def _checked(text: str) -> str:
    step(text)
    return text


Step = Annotated[str, AfterValidator(_checked)]
"""A parameter that is a step."""


class TickShape(Params):
    """`from`: a date, `clock-90d` or a column, and `every`: the step."""

    from_: Written = Field(alias="from", description='write from: "2026-01-01", or the column of a parent')
    every: Step = Field(description="write every: 15m, 1d, month, quarter or year")


class TickParams(Params):
    """`tick: {from, every}`, with `jitter` and `days: true`."""

    tick: TickShape = Field(description='write tick: {from: "2026-01-01", every: 15m}')
    jitter: str | None = None
    days: bool = False

    @field_validator("jitter")
    @classmethod
    def _short(cls, value: str | None) -> str | None:
        if value is not None and duration_us(value) < 0:
            raise ValueError("a jitter is a duration of at least 0s")
        return value


class Tick(BaseGenerator[TickParams]):
    """Regularly spaced times (UTC): a row's place among its siblings, times a step, after a start.

    In a table with `per` each parent's rows count from 0; in another table all rows do. `every` is a duration, or
    `month`, `quarter` or `year` (a day that a month lacks becomes its last). `jitter` makes each time later by
    less than that duration, evenly, in whole seconds if it is; the order stays. Distinct within a parent.

    Example: `at: {tick: {from: "2026-01-01", every: 15m}}`.
    """

    Params = TickParams

    def __init__(self, params: TickParams, build: Build) -> None:
        super().__init__(params, build)
        self.start = Moment(params.tick.from_, build, "tick", "from")
        self.needs = self.start.needs
        self.months, self.every = step(params.tick.every)
        self.jitter = duration_us(params.jitter) if params.jitter else 0
        least = self.every or self.months * 28 * DAY_US
        if self.jitter > least:
            message = f"a jitter of {params.jitter} is longer than the step of {params.tick.every}"
            raise build.fail("impossible-range", message, "shorten it, so that rows keep their order", "jitter")
        if params.days and (self.every % DAY_US or self.jitter):
            message = "dates need steps of whole days and no jitter"
            raise build.fail("contradiction", message, "write every: 1d or every: month, or drop days", "days")
        as_date = params.days or (self.start.dtype == pl.Date() and not self.every % DAY_US and not self.jitter)
        self.dtype = pl.Date() if as_date else pl.Datetime("us")
        alone = getattr(build, "per", None) is None
        self.distinct = alone and self.start.fixed is not None
        self.apart = True
        self.truth = {"from": params.tick.from_, "every": params.tick.every}

    def times(self, rows: Rows, ordinals: Micros) -> Micros:
        """Microseconds since 1970 of the siblings with these ordinals, one per row; NEVER without a start."""
        base = self.start.of(rows)
        found = months_later(base, ordinals * self.months) if self.months else base + ordinals * self.every
        if self.jitter:
            ids = rows.ids + (ordinals - rows.ordinals).astype(np.uint64)
            unit = 1 if self.jitter % _SECOND_US or self.every % _SECOND_US else _SECOND_US
            late = below(draws_at(rows.stream("jitter"), ids), self.jitter // unit)
            found = found + late.astype(np.int64) * unit
        return np.where(base == NEVER, NEVER, found) if self.start.column else found

    def generate(self, rows: Rows) -> Column:
        """One time per row."""
        found = self.times(rows, rows.ordinals)
        drop = found == NEVER if self.start.column else None
        return Column.of(instants(found if drop is None else np.where(drop, 0, found), self.dtype, drop))


def months_later(base: Micros, months: Micros) -> Micros:
    """Instants as many months later, at the same time of day; a day that a month lacks becomes its last."""
    base = np.where(base == NEVER, 0, base)
    day, rest = np.divmod(base, DAY_US)
    days = day.view("datetime64[D]")
    month = days.astype("datetime64[M]")
    within = (days - month.astype("datetime64[D]")).view(np.int64)
    target = month.view(np.int64) + months
    first = target.view("datetime64[M]").astype("datetime64[D]").view(np.int64)
    following = (target + 1).view("datetime64[M]").astype("datetime64[D]").view(np.int64)
    found: Micros = (first + np.minimum(within, following - first - 1)) * DAY_US + rest
    return found
