"""Retention: how many periods a customer stays, by a survival curve, as far as it can be observed."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, Tag, field_validator, model_validator

from synthgen.columns import Column, Rows
from synthgen.distributions import Counts
from synthgen.elementary import Floats, exp, log
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.counted import WORD_OR_SHAPE, counted_by
from synthgen.generators.moments import NEVER, Micros, Moment, Written, clock_us
from synthgen.generators.quantity import Positive
from synthgen.generators.tick import Step, months_later, step
from synthgen.seeds import unit

_TOLD = 24  # periods whose survival stands in the manifest


class Weibull(Params):
    """`shape` below 1: most leave early; `scale`: the periods after which a share of 1/e is left."""

    shape: Positive = Field(ge=0.05, le=20)
    scale: Positive = Field(ge=0.01, le=1e5)


class RetentionShape(Params):
    """`curve`, `weibull` or `churn`; `from`, `every` and `until` for what can be observed; `most`."""

    curve: dict[int, float] | None = None
    weibull: Weibull | None = None
    churn: float | None = Field(default=None, gt=0, le=1)
    from_: Written | None = Field(default=None, alias="from")
    every: Step = "month"
    until: Written = "clock"
    most: int = Field(default=120, ge=1, le=10_000)

    @field_validator("curve")
    @classmethod
    def _falls(cls, value: dict[int, float] | None) -> dict[int, float] | None:
        if value is None:
            return None
        points = {0: 1.0, **value}
        if points[0] != 1:
            raise ValueError("everybody is there in period 0: write 0: 1, or leave it out")
        if len(points) < 2 or min(points) < 0:
            raise ValueError("a curve names periods and the shares that are left: {1: 0.6, 6: 0.3}")
        shares = [points[k] for k in sorted(points)]
        if any(not 0 <= b <= a for a, b in pairwise(shares)):
            raise ValueError("a retention curve never rises, and its shares lie between 0 and 1")
        return points

    @model_validator(mode="after")
    def _one(self) -> RetentionShape:
        if sum(x is not None for x in (self.curve, self.weibull, self.churn)) != 1:
            raise ValueError("give one of curve, weibull and churn")
        return self


Word = Annotated[Literal["churned"], Tag("word")]
Shape = Annotated[RetentionShape, Tag("shape")]


class RetentionParams(Params):
    """`retention: {curve: {1: 0.6, ...}}` as a count; `retention: churned` as a column."""

    retention: Annotated[Word | Shape, WORD_OR_SHAPE] = Field(
        description="write retention: churned; as a count retention: {curve: {1: 0.6, 2: 0.5, 12: 0.2}}"
    )


class Retention(BaseGenerator[RetentionParams]):
    """Active periods of each parent, by a survival curve: subscriptions, monthly activity, churn.

    As a `count` it makes one row for each period, the first included. With `from`, only periods that have begun by
    `until` are there. As a column, `churned` is true in the last period of those who are seen to leave: the next one
    has begun without them.

    Example: `months: {retention: {curve: {1: 0.6, 2: 0.5, 6: 0.3, 12: 0.2}}}`.
    """

    Params = RetentionParams

    def __init__(self, params: RetentionParams, build: Build) -> None:
        super().__init__(params, build)
        self.source = self
        if not isinstance(params.retention, RetentionShape):
            example = "{retention: {curve: {1: 0.6, 6: 0.3}}}"
            self.source = counted_by(Retention, "retention", example, build)
            self.dtype: pl.DataType = pl.Boolean()
            self.truth = self.source.truth
            return
        shape = params.retention
        self.start = None if shape.from_ is None else Moment(shape.from_, build, "retention", "from")
        self.limit = Moment(shape.until, build, "retention", "until")
        if self.start is None and "until" in shape.model_fields_set:
            message = "'until' needs to know when the first period begins"
            raise build.fail("missing-key", message, "add from: COLUMN of the parent", "retention", "until")
        survival = survivors(shape)
        self.periods = Counts(1, survival[:-1] - np.append(survival[1:-1], 0.0))
        self.dtype = pl.Int64()
        self.bounds = (1 if self.start is None else 0, shape.most)
        self.needs = tuple(dict.fromkeys((*self.start.needs, *self.limit.needs))) if self.start is not None else ()
        told = {str(k): round(float(s), 9) for k, s in enumerate(survival[:_TOLD])}
        self.truth = {"survival": told, "mean_periods": round(float(survival[:-1].sum()), 9)}
        if self.start is not None:
            self.truth = {**self.truth, "until": f"{shape.until} cuts short what has not been observed"}

    def generate(self, rows: Rows) -> Column:
        """The number of periods of each parent, or whether a period is the last of one who left."""
        if self.source is self:
            return Column.of(pl.Series(self.periods_of(rows)[0]))
        parents, index = rows.parents()
        shown, left = self.source.periods_of(parents)
        last = rows.ordinals == shown[index] - 1
        return Column.of(pl.Series(last & left[index]))

    def periods_of(self, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Periods of each parent, and whether its leaving after them has been seen; kept for all columns."""
        return rows.memo("retention", lambda: self._observed(rows))

    def _observed(self, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        stayed = self.periods(unit(rows.bits()))
        assert isinstance(self.params.retention, RetentionShape)
        if self.start is None:
            return stayed, stayed < self.params.retention.most
        limit = self.limit.of(rows, clock_us(rows.clock))
        begun = _begun(self.start.of(rows), limit, *step(self.params.retention.every))
        return np.minimum(stayed, begun), stayed < np.minimum(begun, self.params.retention.most)


def survivors(shape: RetentionShape) -> Floats:
    """The share that is there in period 0, 1, ..., `most`; between the points of a curve it falls geometrically."""
    k = np.arange(shape.most + 1, dtype=np.float64)
    if shape.churn is not None:
        kept = 1.0 - shape.churn
        return exp(k * log(np.array(kept))) if kept > 0 else np.where(k == 0, 1.0, 0.0)
    if shape.weibull is not None:
        power = exp(shape.weibull.shape * log(np.maximum(k, 1e-300) / shape.weibull.scale))
        return np.where(k == 0, 1.0, exp(-power))
    assert shape.curve is not None
    at = np.array(sorted(shape.curve), np.float64)
    shares = np.array([shape.curve[int(x)] for x in at])
    logs = log(np.maximum(shares, 1e-300))
    left = np.clip(np.searchsorted(at, k, side="right") - 1, 0, len(at) - 2)  # past the end the last pace goes on
    slope = (logs[left + 1] - logs[left]) / (at[left + 1] - at[left])
    found = np.minimum(exp(logs[left] + slope * (k - at[left])), 1.0)
    exact = np.isin(k, at)
    found[exact] = shares[np.searchsorted(at, k[exact])]
    return np.minimum.accumulate(np.where(found < 1e-12, 0.0, found))


def _begun(start: Micros, limit: Micros, months: int, every: int) -> NDArray[np.int64]:
    """How many periods from `start` on have begun by `limit`."""
    gone = (start == NEVER) | (start > limit)
    start, limit = np.where(gone, 0, start), np.where(gone, 0, limit)
    if not months:
        return np.where(gone, 0, (limit - start) // every + 1)
    first, last = (x.view("datetime64[us]").astype("datetime64[M]").view(np.int64) for x in (start, limit))
    periods = (last - first) // months
    periods = periods - (months_later(start, periods * months) > limit)
    return np.where(gone, 0, periods + 1)
