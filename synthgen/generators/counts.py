"""Whole numbers from count distributions, by tables; a range truncates the table."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import polars as pl
from numpy.typing import NDArray
from pydantic import BaseModel, Field, field_validator

from synthgen import distributions as d
from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.seeds import unit

_LARGEST = 2_000_000  # entries of a table


class Ranged(Params):
    """Modifier of every count distribution: `range: [low, high]`, ends included."""

    range: list[int] | None = Field(default=None, min_length=2, max_length=2, description="write range: [low, high]")

    @field_validator("range")
    @classmethod
    def _interval(cls, value: list[int] | None) -> list[int] | None:
        if value is not None and len(value) == 2 and value[0] > value[1]:
            raise ValueError(f"the range is reversed: {value[0]} is above {value[1]}")
        return value


class Discrete(BaseGenerator[Any]):
    """A distribution over whole numbers (Int64)."""

    name: ClassVar[str]
    dtype = pl.Int64()

    def __init__(self, params: Any, build: Build) -> None:
        super().__init__(params, build)
        written = getattr(params, self.name)
        first, last, mean, sd = self.support(written)
        tail = math.ceil(mean + 40 * sd + 60)
        low, high = first, last if last is not None else tail
        if params.range is not None:
            low, high = max(low, params.range[0]), min(high, params.range[1])
        if low > high or high - low > _LARGEST:
            message = "the range holds none of the distribution" if low > high else "the distribution is too wide"
            raise build.fail("impossible-range", message, "move or narrow the range", "range")
        try:
            self.counts = d.Counts(low, self.weights(written, low, high))
        except ValueError:
            message = "the range holds none of the distribution"
            raise build.fail("impossible-range", message, "move the range", "range") from None
        known = params.range is not None or last is not None
        self.bounds = (low, high if known else None)

    def support(self, written: Any) -> tuple[int, int | None, float, float]:
        """Least value, greatest value (None: none), mean and standard deviation."""
        raise NotImplementedError

    def weights(self, written: Any, low: int, high: int) -> NDArray[Any]:
        """Weights of low..high."""
        raise NotImplementedError

    def generate(self, rows: Rows) -> Column:
        """One whole number per row."""
        return Column.of(pl.Series(self.counts(unit(rows.bits()))))


class _Mean(BaseModel):
    model_config = Params.model_config

    mean: float = Field(ge=0, le=1e6)


class PoissonParams(Ranged):
    """`poisson: mean` or `poisson: {mean}`."""

    poisson: float | _Mean = Field(description="write poisson: MEAN, such as 1.5")

    @field_validator("poisson")
    @classmethod
    def _usable(cls, value: float | _Mean) -> float | _Mean:
        if not isinstance(value, _Mean) and not 0 <= value <= 1e6:
            raise ValueError("the mean must lie between 0 and 1,000,000")
        return value


class Poisson(Discrete):
    """Independent events per row, by mean. Example: `count: {poisson: 1.5, range: [1, 20]}`."""

    Params = PoissonParams
    name = "poisson"

    def support(self, written: Any) -> tuple[int, int | None, float, float]:
        """0 and up."""
        mean = _value(written)
        return 0, None, mean, math.sqrt(mean)

    def weights(self, written: Any, low: int, high: int) -> NDArray[Any]:
        """By mean."""
        return d.poisson_weights(_value(written), low, high)


def _value(written: float | _Mean) -> float:
    return written.mean if isinstance(written, _Mean) else written


class NegbinShape(_Mean):
    """Mean, and dispersion: variance = mean + mean**2 / dispersion."""

    dispersion: float = Field(default=1.0, gt=0, le=1e6)


class NegbinParams(Ranged):
    """`negbin: {mean, dispersion}`."""

    negbin: NegbinShape = Field(description="write negbin: {mean: 12, dispersion: 1}")


class Negbin(Discrete):
    """Counts that vary more than Poisson's: few have many. Example: `count: {negbin: {mean: 12}}`."""

    Params = NegbinParams
    name = "negbin"

    def support(self, written: Any) -> tuple[int, int | None, float, float]:
        """0 and up."""
        return 0, None, written.mean, math.sqrt(written.mean + written.mean**2 / written.dispersion)

    def weights(self, written: Any, low: int, high: int) -> NDArray[Any]:
        """By mean and dispersion."""
        return d.negbin_weights(written.mean, written.dispersion, low, high)


class GeometricParams(Ranged):
    """`geometric: p`."""

    geometric: float = Field(gt=0, le=1, description="write geometric: P, a probability above 0")


class Geometric(Discrete):
    """Tries up to the first success: 1, 2, ... Example: `quantity: {geometric: 0.6, range: [1, 9]}`."""

    Params = GeometricParams
    name = "geometric"

    def support(self, written: Any) -> tuple[int, int | None, float, float]:
        """1 and up."""
        return 1, None, 1 / written, math.sqrt(1 - written) / written

    def weights(self, written: Any, low: int, high: int) -> NDArray[Any]:
        """By success probability."""
        return d.geometric_weights(written, low, high)


class BinomialShape(BaseModel):
    """Number of tries, and probability of success."""

    model_config = Params.model_config

    n: int = Field(ge=0, le=1_000_000)
    p: float = Field(ge=0, le=1)


class BinomialParams(Ranged):
    """`binomial: {n, p}`."""

    binomial: BinomialShape = Field(description="write binomial: {n: 10, p: 0.3}")


class Binomial(Discrete):
    """Successes in n tries. Example: `defects: {binomial: {n: 20, p: 0.02}}`."""

    Params = BinomialParams
    name = "binomial"

    def support(self, written: Any) -> tuple[int, int | None, float, float]:
        """0 to n."""
        return 0, written.n, written.n * written.p, math.sqrt(written.n * written.p * (1 - written.p))

    def weights(self, written: Any, low: int, high: int) -> NDArray[Any]:
        """By n and p."""
        return d.binomial_weights(written.n, written.p, low, high)


class ZipfParams(Ranged):
    """`zipf: s`, with a `range`."""

    zipf: float = Field(ge=0, le=10, description="write zipf: 1.1 beside range: [1, 1000]")


class Zipf(Discrete):
    """Ranks: k has weight 1 / k**s. Needs a range for its last rank. Example: `rank: {zipf: 1.1, range: [1, 1000]}`."""

    Params = ZipfParams
    name = "zipf"

    def __init__(self, params: Any, build: Build) -> None:
        if params.range is None:
            message = "a zipf distribution needs a last rank"
            raise build.fail("missing-key", message, "add range: [1, 1000]", "zipf")
        super().__init__(params, build)

    def support(self, written: Any) -> tuple[int, int | None, float, float]:
        """1 and up."""
        return 1, None, _LARGEST, 0.0

    def weights(self, written: Any, low: int, high: int) -> NDArray[Any]:
        """By exponent."""
        return d.zipf_weights(written, low, high)
