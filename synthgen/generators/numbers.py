"""Continuous numbers and whole numbers between two ends, by inverse distribution functions."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, field_validator, model_validator

from synthgen import quantiles as q
from synthgen.columns import Column, Rows
from synthgen.distributions import ImpossibleRangeError
from synthgen.elementary import exp
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.continuous import RANKS, Continuous, Shaped
from synthgen.generators.quantity import Interval, Number, Positive, PositiveNumber, interval, quantity
from synthgen.seeds import U64, below, nth_share, unit


class UniformParams(Shaped):
    """`uniform: [low, high]`."""

    uniform: Interval = Field(description="write uniform: [low, high]")


class Uniform(Continuous):
    """Any number between two, evenly. Example: `score: {uniform: [0, 10], decimals: 1}`.

    With `decimals`, `whole` or durations every step of the last place is equally likely, ends included.
    """

    Params = UniformParams
    name = "uniform"

    def distribution(self, written: Any) -> q.Distribution:
        """A straight line."""
        return q.Uniform(*interval(written))

    def table(self, distribution: q.Distribution, low: float, high: float) -> None:
        """No table: the line itself is as short."""
        if low > high:
            raise ImpossibleRangeError("the range holds none of the interval")

    def _ranks(self, low: float, high: float) -> int:
        if self._places is not None:
            return self._most - self._least + 1
        step = 8 * math.ulp(max(abs(low), abs(high), 1e-300))
        return max(1, int(min((high - low) / step, RANKS)))

    def generate(self, rows: Rows) -> Column:
        """One number per row."""
        if self._places is not None:
            return self.nth(below(rows.bits(), self.capacity or 1), rows)
        return Column.of(self._values(unit(rows.bits())))

    def nth(self, index: U64, rows: Rows) -> Column:
        """The number at a rank."""
        assert self.capacity is not None
        if self._places is not None:
            return Column.of(self._cast(index.astype(np.int64) + self._least))
        return Column.of(self._values(index.astype(np.float64) * (1.0 / self.capacity)))

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """The point of the line at each share."""
        if self._places is not None:
            return self.nth(nth_share(u, self.capacity or 1), rows)
        return Column.of(self._values(u))

    @property
    def mass(self) -> float:
        """The range's part of the interval."""
        low, high = interval(self.params.uniform)
        first, last = self.bounds
        assert first is not None and last is not None
        return (last - first) / (high - low) if high > low else 1.0

    def _values(self, u: NDArray[np.float64]) -> pl.Series:
        low, high = self.bounds
        assert low is not None and high is not None
        return pl.Series(np.minimum(low + u * (high - low), high))


class IntegerParams(Params):
    """`integer: [low, high]`, both ends included; `bits` is the width of the column."""

    integer: list[int] = Field(min_length=2, max_length=2, description="write integer: [low, high]")
    bits: Literal[8, 16, 32, 64] = 64

    @field_validator("integer")
    @classmethod
    def _ends(cls, value: list[int]) -> list[int]:
        if value[0] > value[1]:
            raise ValueError(f"the interval is reversed: {value[0]} is above {value[1]}")
        if any(not -(2**63) <= v < 2**63 for v in value):
            raise ValueError("the ends must fit 64 bits")
        return value


class Integer(BaseGenerator[IntegerParams]):
    """A whole number between two, ends included, evenly. Example: `age: {integer: [18, 90]}`."""

    Params = IntegerParams
    drivable = True

    def __init__(self, params: IntegerParams, build: Build) -> None:
        super().__init__(params, build)
        low, high = params.integer
        if not -(2 ** (params.bits - 1)) <= low <= high < 2 ** (params.bits - 1):
            raise build.fail("bad-value", f"the ends do not fit {params.bits} bits", "narrow the interval", "integer")
        kinds: dict[int, pl.DataType] = {8: pl.Int8(), 16: pl.Int16(), 32: pl.Int32(), 64: pl.Int64()}
        self.dtype = kinds[params.bits]
        self.bounds = (low, high)
        self.capacity = high - low + 1

    def generate(self, rows: Rows) -> Column:
        """One whole number per row."""
        assert self.capacity is not None
        bits = rows.bits()
        return self.nth(below(bits, self.capacity) if self.capacity < 2**64 else bits, rows)

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """The number at each share of the interval."""
        return self.nth(nth_share(u, self.capacity or 1), rows)

    def nth(self, index: U64, rows: Rows) -> Column:
        """low + rank, modulo 2**64."""
        values = (index + np.uint64(self.params.integer[0] % 2**64)).view(np.int64)
        return Column.of(pl.Series(values).cast(self.dtype))


class NormalShape(Params):
    """Mean and standard deviation."""

    mean: Number = 0.0
    sd: PositiveNumber


class NormalParams(Shaped):
    """`normal: {mean, sd}`."""

    normal: NormalShape = Field(description="write normal: {mean: 0, sd: 1}")


class Normal(Continuous):
    """The bell curve. Example: `height_cm: {normal: {mean: 170, sd: 10}, range: [120, 220], decimals: 1}`."""

    Params = NormalParams
    name = "normal"

    def distribution(self, written: Any) -> q.Distribution:
        """By mean and standard deviation."""
        return q.Normal(quantity(written.mean), quantity(written.sd))


class LognormalShape(Params):
    """Median or mean, and sigma, the standard deviation of the logarithm."""

    median: PositiveNumber | None = None
    mean: PositiveNumber | None = None
    sigma: Positive = Field(le=20)

    @model_validator(mode="after")
    def _one(self) -> LognormalShape:
        if (self.median is None) == (self.mean is None):
            raise ValueError("give either median or mean")
        return self


class LognormalParams(Shaped):
    """`lognormal: {median, sigma}` or `{mean, sigma}`."""

    lognormal: LognormalShape = Field(description="write lognormal: {median: 25, sigma: 0.6}")


class Lognormal(Continuous):
    """Positive numbers with a long tail. Example: `price: {lognormal: {median: 25, sigma: 0.6}, decimals: 2}`."""

    Params = LognormalParams
    name = "lognormal"

    def scaled(self, written: Any) -> Any:
        """Sigma has no unit."""
        return [written.median, written.mean]

    def distribution(self, written: Any) -> q.Distribution:
        """By median; a mean is median * exp(sigma**2 / 2)."""
        if written.median is not None:
            return q.Lognormal(quantity(written.median), written.sigma)
        shrink = float(exp(np.array([-(written.sigma**2) / 2]))[0])
        return q.Lognormal(quantity(written.mean) * shrink, written.sigma)


class ExponentialParams(Shaped):
    """`exponential: mean`."""

    exponential: PositiveNumber = Field(description="write exponential: MEAN, such as 90d")


class Exponential(Continuous):
    """Waiting times with a mean. Example: `delay: {exponential: 90d}`."""

    Params = ExponentialParams
    name = "exponential"

    def distribution(self, written: Any) -> q.Distribution:
        """By mean."""
        return q.Exponential(quantity(written))


class GammaShape(Params):
    """Shape, and scale or mean."""

    shape: Positive = Field(ge=1e-3, le=1e5)
    scale: PositiveNumber | None = None
    mean: PositiveNumber | None = None

    @model_validator(mode="after")
    def _one(self) -> GammaShape:
        if (self.scale is None) == (self.mean is None):
            raise ValueError("give either scale or mean")
        return self


class GammaParams(Shaped):
    """`gamma: {shape, scale}` or `{shape, mean}`."""

    gamma: GammaShape = Field(description="write gamma: {shape: 2, mean: 10}")


class Gamma(Continuous):
    """Positive numbers of a given shape. Example: `minutes: {gamma: {shape: 2, mean: 10}}`."""

    Params = GammaParams
    name = "gamma"

    def scaled(self, written: Any) -> Any:
        """The shape has no unit."""
        return [written.scale, written.mean]

    def distribution(self, written: Any) -> q.Distribution:
        """By shape and scale."""
        scale = quantity(written.scale) if written.scale is not None else quantity(written.mean) / written.shape
        return q.Gamma(written.shape, scale)


class BetaShape(Params):
    """The two shapes."""

    a: Positive = Field(ge=1e-3, le=1e4)
    b: Positive = Field(ge=1e-3, le=1e4)


class BetaParams(Shaped):
    """`beta: {a, b}`."""

    beta: BetaShape = Field(description="write beta: {a: 2, b: 5}")


class Beta(Continuous):
    """Shares between 0 and 1. Example: `conversion: {beta: {a: 2, b: 5}}`."""

    Params = BetaParams
    name = "beta"

    def distribution(self, written: Any) -> q.Distribution:
        """By its shapes."""
        return q.Beta(written.a, written.b)


class ParetoShape(Params):
    """Tail index alpha and the least value."""

    alpha: Positive = Field(ge=0.05, le=1e3)
    minimum: PositiveNumber = 1.0


class ParetoParams(Shaped):
    """`pareto: {alpha, minimum}`."""

    pareto: ParetoShape = Field(description="write pareto: {alpha: 1.5, minimum: 1}")


class Pareto(Continuous):
    """Power-law numbers from a minimum on. Example: `followers: {pareto: {alpha: 1.5}, range: [1, 100000]}`."""

    Params = ParetoParams
    name = "pareto"

    def scaled(self, written: Any) -> Any:
        """The tail index has no unit."""
        return written.minimum if "minimum" in written.model_fields_set else None

    def distribution(self, written: Any) -> q.Distribution:
        """By tail index and minimum."""
        return q.Pareto(written.alpha, quantity(written.minimum))
