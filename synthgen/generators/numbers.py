"""Continuous numbers by inverse distribution functions; a range truncates the distribution instead of clipping it."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BaseModel, Field, field_validator, model_validator

from synthgen import distributions as d
from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.seeds import U64, below, unit
from synthgen.units import duration_us, is_duration

Number = float | str  # a number, or a duration such as 90d
_LIMIT = 1e15  # beyond, doubles no longer hold cents


def quantity(value: Any) -> float:
    """A finite number, or the microseconds of a duration; raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("write a number, or a duration such as 90d")
    if isinstance(value, str):
        return float(duration_us(value))
    if not math.isfinite(value):
        raise ValueError("write a finite number")
    return float(value)


class Shaped(Params):
    """Modifiers of every continuous distribution: `range: [low, high]`, `decimals`, `integer`."""

    range: list[Number] | None = Field(default=None, description="write range: [low, high]")
    decimals: int | None = Field(default=None, ge=0, le=12)
    integer: bool = False

    @field_validator("range")
    @classmethod
    def _interval(cls, value: list[Number] | None) -> list[Number] | None:
        if value is not None:
            interval(value)
        return value

    @model_validator(mode="after")
    def _one_kind(self) -> Shaped:
        if self.integer and self.decimals:
            raise ValueError("'integer' and 'decimals' contradict each other")
        return self


def interval(value: Any) -> tuple[float, float]:
    """The two ends of `[low, high]`; raises ValueError."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("an interval is [low, high]")
    low, high = quantity(value[0]), quantity(value[1])
    if low > high:
        raise ValueError(f"the interval is reversed: {value[0]} is above {value[1]}")
    return low, high


def has_duration(value: Any) -> bool:
    """Whether any parameter is written as a duration."""
    if isinstance(value, dict):
        return any(has_duration(v) for v in value.values())
    if isinstance(value, list):
        return any(has_duration(v) for v in value)
    return is_duration(value)


class Continuous(BaseGenerator[Any]):
    """A distribution over numbers (Float64, Decimal with `decimals`, Int64 with `integer`) or durations."""

    name: ClassVar[str]

    def __init__(self, params: Any, build: Build) -> None:
        super().__init__(params, build)
        written = getattr(params, self.name)
        written = written.model_dump(exclude_unset=True) if isinstance(written, BaseModel) else written
        self.duration = has_duration(written) or has_duration(params.range)
        self.quantiles = self.table(getattr(params, self.name))
        support = (self.quantiles.lower, self.quantiles.upper)
        self.low, self.high = interval(params.range) if params.range is not None else (-math.inf, math.inf)
        self.low, self.high = max(self.low, support[0]), min(self.high, support[1])
        self.bounds = tuple(x if math.isfinite(x) else None for x in (self.low, self.high))  # type: ignore[assignment]
        if self.low > self.high or (params.range is not None and self.quantiles.mass(self.low, self.high) <= 0):
            message = f"the range holds none of the distribution, which lies in [{support[0]:g}, {support[1]:g}]"
            raise build.fail("impossible-range", message, "move the range", "range")
        self._kind(build)

    def _kind(self, build: Build) -> None:
        params = self.params
        if self.duration:
            if params.decimals is not None or params.integer:
                raise build.fail("contradiction", "a duration has no decimals", "remove 'decimals' and 'integer'")
            self.dtype: pl.DataType = pl.Duration("us")
            return
        if any(math.isfinite(x) and abs(x) > _LIMIT for x in (self.low, self.high)) and params.decimals:
            raise build.fail("bad-value", f"decimals need numbers below {_LIMIT:g}", "narrow the range", "range")
        self.dtype = pl.Float64()
        if params.decimals is not None or params.integer:
            places = params.decimals or 0
            self.dtype = pl.Int64() if params.integer else pl.Decimal(18, places)
            step = 10.0**-places
            low = -math.inf if not math.isfinite(self.low) else math.ceil(self.low / step - 1e-9)
            high = math.inf if not math.isfinite(self.high) else math.floor(self.high / step + 1e-9)
            if low > high:
                message = f"no number with {places} decimals lies in the range"
                raise build.fail("impossible-range", message, "widen the range", "range")
            top = 10**18 - 1 if not params.integer else 2**62
            self._steps = (max(low, -top), min(high, top))

    def table(self, written: Any) -> d.Quantiles:
        """The quantile table of the parameters."""
        raise NotImplementedError

    def quantile(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values for uniform numbers in [0, 1)."""
        low = self.low if self.low > self.quantiles.lower else None
        high = self.high if self.high < self.quantiles.upper else None
        return self.quantiles(u, low, high)

    def generate(self, rows: Rows) -> Column:
        """One value per row."""
        values = self.quantile(unit(rows.bits()))
        return Column.of(self._shaped(values))

    def _shaped(self, values: NDArray[np.float64]) -> pl.Series:
        if self.dtype == pl.Float64():
            return pl.Series(values)
        if self.duration:
            return pl.Series(np.rint(values).astype(np.int64)).cast(pl.Duration("us"))
        places = self.params.decimals or 0
        scaled = np.clip(np.rint(values * 10.0**places), *self._steps).astype(np.int64)
        return pl.Series(scaled) if self.dtype == pl.Int64() else cents(scaled, places)


def cents(scaled: NDArray[np.int64], places: int) -> pl.Series:
    """A Decimal(18, places) column from whole numbers of its last place, exactly."""
    whole = pl.Series(scaled).cast(pl.Decimal(18, 0))
    if not places:
        return whole
    unit_value = pl.Series([f"0.{'0' * (places - 1)}1"]).str.to_decimal(scale=places)
    return pl.select(whole * unit_value).to_series().cast(pl.Decimal(18, places))


class UniformParams(Shaped):
    """`uniform: [low, high]`."""

    uniform: list[Number] = Field(description="write uniform: [low, high]")

    @field_validator("uniform")
    @classmethod
    def _ends(cls, value: list[Number]) -> list[Number]:
        interval(value)
        return value


class Uniform(Continuous):
    """Any number between two, evenly. Example: `score: {uniform: [0, 10], decimals: 1}`."""

    Params = UniformParams
    name = "uniform"

    def table(self, written: Any) -> d.Quantiles:
        """A straight line."""
        low, high = interval(written)
        return d.Quantiles(lambda u: low + u * (high - low), low, high, middle=2)


class IntegerParams(Params):
    """`integer: [low, high]`, both ends included."""

    integer: list[int] = Field(min_length=2, max_length=2, description="write integer: [low, high]")
    bits: Literal[8, 16, 32, 64] = 64

    @field_validator("integer")
    @classmethod
    def _ends(cls, value: list[int]) -> list[int]:
        if len(value) == 2 and value[0] > value[1]:
            raise ValueError(f"the interval is reversed: {value[0]} is above {value[1]}")
        if any(not -(2**63) <= v < 2**63 for v in value):
            raise ValueError("the ends must fit 64 bits")
        return value


class Integer(BaseGenerator[IntegerParams]):
    """A whole number between two, ends included, evenly. Example: `age: {integer: [18, 90]}`."""

    Params = IntegerParams

    def __init__(self, params: IntegerParams, build: Build) -> None:
        super().__init__(params, build)
        low, high = params.integer
        if params.bits < 64 and not (-(2 ** (params.bits - 1)) <= low <= high < 2 ** (params.bits - 1)):
            raise build.fail("bad-value", f"the ends do not fit {params.bits} bits", "narrow the interval", "integer")
        kinds: dict[int, pl.DataType] = {8: pl.Int8(), 16: pl.Int16(), 32: pl.Int32(), 64: pl.Int64()}
        self.dtype = kinds[params.bits]
        self.bounds = (low, high)
        self.capacity = high - low + 1

    def generate(self, rows: Rows) -> Column:
        """One whole number per row."""
        return self.nth(below(rows.bits(), min(self.capacity or 1, 2**63)), rows)

    def nth(self, index: U64, rows: Rows) -> Column:
        """low + rank."""
        values = index.astype(np.int64) + np.int64(self.params.integer[0])
        return Column.of(pl.Series(values).cast(self.dtype))


class _Positive(BaseModel):
    model_config = Params.model_config


class NormalShape(_Positive):
    """Mean and standard deviation."""

    mean: Number = 0.0
    sd: Number


class NormalParams(Shaped):
    """`normal: {mean, sd}`."""

    normal: NormalShape = Field(description="write normal: {mean: 0, sd: 1}")

    @field_validator("normal")
    @classmethod
    def _usable(cls, value: NormalShape) -> NormalShape:
        if quantity(value.sd) <= 0:
            raise ValueError("sd must be above 0")
        quantity(value.mean)
        return value


class Normal(Continuous):
    """The bell curve. Example: `height_cm: {normal: {mean: 170, sd: 10}, range: [120, 220], decimals: 1}`."""

    Params = NormalParams
    name = "normal"

    def table(self, written: Any) -> d.Quantiles:
        """By mean and standard deviation."""
        return d.normal(quantity(written.mean), quantity(written.sd))


class LognormalShape(_Positive):
    """Median or mean, and sigma, the standard deviation of the logarithm."""

    median: Number | None = None
    mean: Number | None = None
    sigma: float = Field(gt=0, le=20)


class LognormalParams(Shaped):
    """`lognormal: {median, sigma}` or `{mean, sigma}`."""

    lognormal: LognormalShape = Field(description="write lognormal: {median: 25, sigma: 0.6}")

    @field_validator("lognormal")
    @classmethod
    def _usable(cls, value: LognormalShape) -> LognormalShape:
        if (value.median is None) == (value.mean is None):
            raise ValueError("give either median or mean")
        if quantity(value.median if value.median is not None else value.mean) <= 0:
            raise ValueError("the median or mean must be above 0")
        return value


class Lognormal(Continuous):
    """Positive numbers with a long tail. Example: `price: {lognormal: {median: 25, sigma: 0.6}, decimals: 2}`."""

    Params = LognormalParams
    name = "lognormal"

    def table(self, written: Any) -> d.Quantiles:
        """By median; a mean is turned into one."""
        if written.median is not None:
            return d.lognormal(quantity(written.median), written.sigma)
        return d.lognormal(quantity(written.mean) * math.exp(-(written.sigma**2) / 2), written.sigma)


class ExponentialParams(Shaped):
    """`exponential: mean`."""

    exponential: Number = Field(description="write exponential: MEAN, such as 90d")

    @field_validator("exponential")
    @classmethod
    def _usable(cls, value: Number) -> Number:
        if quantity(value) <= 0:
            raise ValueError("the mean must be above 0")
        return value


class Exponential(Continuous):
    """Waiting times with a mean. Example: `delay: {exponential: 90d}`."""

    Params = ExponentialParams
    name = "exponential"

    def table(self, written: Any) -> d.Quantiles:
        """By mean."""
        return d.exponential(quantity(written))


class GammaShape(_Positive):
    """Shape, and scale or mean."""

    shape: float = Field(gt=0, le=1e6)
    scale: Number | None = None
    mean: Number | None = None


class GammaParams(Shaped):
    """`gamma: {shape, scale}` or `{shape, mean}`."""

    gamma: GammaShape = Field(description="write gamma: {shape: 2, mean: 10}")

    @field_validator("gamma")
    @classmethod
    def _usable(cls, value: GammaShape) -> GammaShape:
        if (value.scale is None) == (value.mean is None):
            raise ValueError("give either scale or mean")
        if quantity(value.scale if value.scale is not None else value.mean) <= 0:
            raise ValueError("the scale or mean must be above 0")
        return value


class Gamma(Continuous):
    """Positive numbers of a given shape. Example: `minutes: {gamma: {shape: 2, mean: 10}}`."""

    Params = GammaParams
    name = "gamma"

    def table(self, written: Any) -> d.Quantiles:
        """By shape and scale."""
        scale = quantity(written.scale) if written.scale is not None else quantity(written.mean) / written.shape
        return d.gamma(written.shape, scale)


class BetaShape(_Positive):
    """The two shapes."""

    a: float = Field(gt=0, le=1e5)
    b: float = Field(gt=0, le=1e5)


class BetaParams(Shaped):
    """`beta: {a, b}`."""

    beta: BetaShape = Field(description="write beta: {a: 2, b: 5}")


class Beta(Continuous):
    """Shares between 0 and 1. Example: `conversion: {beta: {a: 2, b: 5}}`."""

    Params = BetaParams
    name = "beta"

    def table(self, written: Any) -> d.Quantiles:
        """By its shapes."""
        return d.beta(written.a, written.b)


class ParetoShape(_Positive):
    """Tail index alpha and the least value."""

    alpha: float = Field(gt=0, le=1e3)
    minimum: Number = 1.0


class ParetoParams(Shaped):
    """`pareto: {alpha, minimum}`."""

    pareto: ParetoShape = Field(description="write pareto: {alpha: 1.5, minimum: 1}")

    @field_validator("pareto")
    @classmethod
    def _usable(cls, value: ParetoShape) -> ParetoShape:
        if quantity(value.minimum) <= 0:
            raise ValueError("the minimum must be above 0")
        return value


class Pareto(Continuous):
    """Power-law numbers from a minimum on. Example: `followers: {pareto: {alpha: 1.5}, range: [1, 100000]}`."""

    Params = ParetoParams
    name = "pareto"

    def table(self, written: Any) -> d.Quantiles:
        """By minimum and tail index."""
        return d.pareto(quantity(written.minimum), written.alpha)
