"""What an experiment measures: a rate or a metric with a planted lift, which the manifest tells."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, field_validator

from synthgen.columns import Column, Rows
from synthgen.errors import did_you_mean
from synthgen.generator import BaseGenerator, Build, Params, Spec
from synthgen.generators.arm import Exposure, shares_of
from synthgen.generators.covariate import Covariate, CovariateParams
from synthgen.generators.lift import Amounts, Decay, Effects, Lift, Segment
from synthgen.generators.quantity import decimals
from synthgen.seeds import unit
from synthgen.units import instant

Floats = NDArray[np.float64]


class OutcomeParams(Params):
    """`outcome: 0.10` (a rate) or `outcome: {lognormal: ...}` (a metric), with the `lift` of each arm."""

    outcome: float | Spec = Field(description="write outcome: 0.10, or outcome: {lognormal: {median: 20, sigma: 0.8}}")
    by: str = Field(default="arm", description="name the column that holds the arm")
    lift: Amounts = Field(default=0.0, description="write lift: 0.02, lift: 20%, or lift: {treatment: 20%}")
    control: str | None = None
    segments: dict[str, dict[str, Segment]] | None = Field(
        default=None, description="write segments: {device: {mobile: {baseline: 0.05, lift: 0.01}}}"
    )
    exposed: str | None = Field(default=None, description="name the column that says who was exposed")
    decay: Decay | None = Field(default=None, description="write decay: {half_life: 7d, at: seen_at, from: 2026-01-01}")
    covariate: CovariateParams | None = Field(
        default=None, description="write covariate: {column: spend_before, correlation: 0.7}"
    )

    @field_validator("outcome", mode="before")
    @classmethod
    def _rate(cls, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float | dict):
            raise ValueError("an outcome is a rate such as 0.10, or a generator such as {lognormal: ...}")
        if isinstance(value, int | float) and not 0 <= value <= 1:
            raise ValueError("a rate lies between 0 and 1; for a metric write its distribution")
        return value

    @field_validator("segments")
    @classmethod
    def _one_column(cls, value: Any) -> Any:
        if value is not None and (len(value) != 1 or not next(iter(value.values()))):
            raise ValueError("segments name one column, and for some of its values a baseline or a lift")
        return value


class Outcome(BaseGenerator[OutcomeParams]):
    """The outcome of an experiment with a planted effect; rates, lifts and segments stand in the manifest as the truth.

    A rate makes booleans, a generator of numbers or durations a metric of its own type. One draw decides a row in every
    arm, so another lift changes only the rows that it must, and a lift of 0 is an A/A test. Rows without an arm are
    like the control. What a lift leaves of a whole number or of decimals is rounded at random, which keeps the mean.

    Example: `converted: {outcome: 0.10, lift: {vip: 20%}, by: tier}`.
    """

    Params = OutcomeParams

    def __init__(self, params: OutcomeParams, build: Build) -> None:
        super().__init__(params, build)
        self.metric = build.nested(params.outcome, "outcome") if not isinstance(params.outcome, float | int) else None
        self.dtype = pl.Boolean() if self.metric is None else self._kind(self.metric.dtype, build)
        self.effects = self._effects(build)
        wrong = self.effects.impossible()
        if wrong is not None:
            raise build.fail("impossible-rate", wrong, "rates lie between 0 and 1; lower the lift", "lift")
        self.covariate = None if params.covariate is None else self._covariate(params.covariate, build)
        if params.exposed is not None and build.dtype_of(params.exposed) != pl.Boolean():
            message = f"'{params.exposed}' is {build.dtype_of(params.exposed)}, not true or false"
            raise build.fail("wrong-type", message, "name a column made by exposure or bernoulli", "exposed")
        self._start = self._began(build) if params.decay is not None else None
        named = (params.by, self.effects.column, params.exposed, params.decay and params.decay.at)
        covariate = (params.covariate.column,) if params.covariate else ()
        inner = self.metric.needs if self.metric is not None else ()
        self.needs = tuple(dict.fromkeys([*(n for n in named if n), *covariate, *inner]))
        self.truth = self._truth(build)

    def _kind(self, kind: pl.DataType, build: Build) -> pl.DataType:
        if not (kind.is_float() or kind.is_integer() or isinstance(kind, pl.Decimal | pl.Duration)):
            message = f"a metric is a number or a duration, but this makes {kind}"
            raise build.fail("wrong-type", message, "for true or false write a rate: outcome: 0.10", "outcome")
        return kind

    def _effects(self, build: Build) -> Effects:
        params = self.params
        build.dtype_of(params.by)
        known = shares_of(build, params.by)
        if known is None and params.control is None:
            message = f"the arms of '{params.by}' are not known before it is made"
            raise build.fail("missing-key", message, "write control: NAME, and a lift for each arm", "by")
        control = params.control or next(iter(known or {}))
        arms = tuple(a for a in known or () if a != control)
        if known is not None and control not in known:
            message = f"'{params.by}' has no arm '{control}'"
            raise build.fail("unknown-arm", message, did_you_mean(control, known), "control")
        if known is None:
            arms = tuple(params.lift) if isinstance(params.lift, dict) else ()
            if not arms:
                raise build.fail("missing-key", "no arm is named", "write lift: {treatment: 20%}", "lift")
        base = None if self.metric is not None else float(params.outcome)  # type: ignore[arg-type]  # a rate then
        column, segments = None, {"": Segment()}
        if params.segments is not None:
            ((column, written),) = params.segments.items()
            segments |= written
            self._checked_segments(column, written, build)
        baselines = {s: base if own.baseline is None else own.baseline for s, own in segments.items()}
        lifts = {
            s: _lifts(params.lift if own.lift is None else own.lift, control, arms, build)
            for s, own in segments.items()
        }
        return Effects(control, arms, column, baselines, lifts)

    def _checked_segments(self, column: str, written: dict[str, Segment], build: Build) -> None:
        build.dtype_of(column)
        known = shares_of(build, column)
        for value, own in written.items():
            if known is not None and value not in known:
                message = f"'{column}' never holds '{value}'"
                raise build.fail("unknown-value", message, did_you_mean(value, known), "segments")
            if own.baseline is not None and self.metric is not None:
                message = "a metric has a distribution, not a baseline rate"
                remedy = "give segments their own with outcome: {when: {...}, else: ...}"
                raise build.fail("contradiction", message, remedy, "segments")

    def _covariate(self, params: CovariateParams, build: Build) -> Covariate:
        if self.metric is not None and not hasattr(self.metric, "quantile"):
            message = "this metric is made by a generator without quantiles, so it cannot follow a covariate"
            raise build.fail("wrong-type", message, "take a continuous distribution, such as lognormal", "covariate")
        return Covariate(params, build)

    def _began(self, build: Build) -> datetime:
        decay = self.params.decay
        assert decay is not None
        kind = build.dtype_of(decay.at)
        if not isinstance(kind, pl.Date | pl.Datetime):
            message = f"'{decay.at}' is {kind}, not a date or datetime"
            raise build.fail("wrong-type", message, "name the column that says when", "decay")
        try:
            return instant(decay.from_, build.clock)
        except ValueError as error:
            raise build.fail("bad-value", str(error), "write from: 2026-01-01", "decay") from None

    def _truth(self, build: Build) -> dict[str, Any]:
        params, effects = self.params, self.effects
        mean = None if self.metric is None else mean_of(self.metric)
        weights = shares_of(build, effects.column) if effects.column else None
        truth = {"kind": "rate" if self.metric is None else "metric", "by": params.by, **effects.truth(mean, weights)}
        if params.exposed is not None:
            made = build.generator_of(params.exposed)
            truth["exposed"] = {"column": params.exposed}
            if isinstance(made, Exposure):
                truth["exposed"]["shares"] = {a: made.params.exposure.get(a, 0.0) for a in effects.arms}
        if params.decay is not None:
            decay = params.decay
            assert self._start is not None
            truth["decay"] = {
                "half_life": decay.half_life, "at": decay.at, "from": self._start.isoformat(), "keep": decay.keep
            }  # fmt: skip
        if params.covariate is not None:
            truth["covariate"] = {"column": params.covariate.column, "correlation": params.covariate.correlation}
        return truth

    def generate(self, rows: Rows) -> Column:
        """One outcome per row."""
        segments = rows.values(self.effects.column) if self.effects.column else None
        base, plus, times = self.effects.per_row(rows.values(self.params.by), segments)
        left = np.ones(rows.count)
        if self.params.exposed is not None:
            left = rows.values(self.params.exposed).fill_null(False).to_numpy().astype(np.float64)
        if self.params.decay is not None:
            assert self._start is not None
            left = left * self.params.decay.left(rows, self._start)
        u = self.covariate.uniform(rows) if self.covariate is not None else None
        if self.metric is None:
            share = base + (plus + base * times) * left
            drawn = unit(rows.bits()) if u is None else 1 - u
            return Column.of(pl.Series(drawn < share))
        quantile: Any = getattr(self.metric, "quantile", None)
        made = self.metric.generate(rows.scoped("outcome")).values if u is None else quantile(u)
        return Column.of(self._lifted(made, plus * left, times * left, rows))

    def _lifted(self, values: pl.Series, plus: Floats, times: Floats, rows: Rows) -> pl.Series:
        """The metric with its lift; rows without one keep their value to the bit."""
        moved = np.flatnonzero((plus != 0) | (times != 0))
        if not len(moved):
            return values
        steps, scale = values, 1.0
        if isinstance(self.dtype, pl.Decimal):
            scale = 10.0**self.dtype.scale
            steps = (values * 10**self.dtype.scale).cast(pl.Int64)
        elif isinstance(self.dtype, pl.Duration):
            steps = values.to_physical()
        x = steps.fill_null(0).cast(pl.Float64).to_numpy()[moved]
        x = x + x * times[moved] + plus[moved] * scale
        if self.dtype.is_float():
            return _replaced(values, moved, pl.Series(x))
        whole = np.floor(x + unit(rows.bits("round"))[moved]).astype(np.int64)
        if isinstance(self.dtype, pl.Decimal):
            return _replaced(values, moved, decimals(whole, self.dtype.scale))
        return _replaced(values, moved, pl.Series(whole).cast(self.dtype))


def _replaced(values: pl.Series, where: NDArray[np.int64], new: pl.Series) -> pl.Series:
    """The values with new ones at some positions; nulls stay."""
    index = np.arange(len(values))
    index[where] = len(values) + np.arange(len(where))
    found = pl.concat([values, new.cast(values.dtype)]).gather(index)
    if not values.has_nulls():
        return found
    return pl.DataFrame([found.alias("v"), values.is_null().alias("n")]).select(pl.when(~pl.col("n")).then("v"))["v"]


def mean_of(metric: Any) -> float | None:
    """The mean of a generator with quantiles, from 65,536 of them; None without, and for durations."""
    if not hasattr(metric, "quantile") or isinstance(metric.dtype, pl.Duration):
        return None
    edges = np.concatenate([2.0 ** -np.arange(50.0, 5, -0.125), np.arange(2048, 63489) / 65536])
    edges = np.concatenate([[0.0], edges, (1 - 2.0 ** -np.arange(5, 50.0, 0.125)), [1.0]])
    edges = np.unique(edges)
    values = metric.quantile((edges[1:] + edges[:-1]) / 2).cast(pl.Float64).to_numpy()
    return float(f"{float(np.cumsum(values * np.diff(edges))[-1]):.6g}")


def _lifts(written: Any, control: str, arms: tuple[str, ...], build: Build) -> dict[str, Lift]:
    """The lift of every treatment: one for all, or those that are named and none for the others."""
    if not isinstance(written, dict):
        return dict.fromkeys(arms, Lift.read(written))
    for arm in written:
        if arm == control:
            message = f"'{arm}' is the control, which has no lift"
            raise build.fail("contradiction", message, "name the treatments, or write control: NAME", "lift")
        if arm not in arms:
            raise build.fail("unknown-arm", f"there is no arm '{arm}'", did_you_mean(arm, [*arms, control]), "lift")
    return {arm: Lift.read(written.get(arm, 0.0)) for arm in arms}
