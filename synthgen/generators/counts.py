"""Whole numbers from count distributions, by tables; a range truncates the table."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, WithJsonSchema, field_validator

from synthgen import distributions as d
from synthgen.columns import Column, Rows
from synthgen.elementary import exp, log
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.seeds import unit


class Ranged(Params):
    """Modifier of every count distribution: `range: [low, high]`, ends included."""

    range: list[int] | None = Field(default=None, min_length=2, max_length=2, description="write range: [low, high]")

    @field_validator("range")
    @classmethod
    def _interval(cls, value: list[int] | None) -> list[int] | None:
        if value is not None and value[0] > value[1]:
            raise ValueError(f"the range is reversed: {value[0]} is above {value[1]}")
        return value


class Discrete(BaseGenerator[Any]):
    """A distribution over whole numbers (Int64).

    `bounds` are the ends of its range and support; a distribution without an end has None there, though its table stops
    where less than one number in 10**18 lies beyond.
    """

    name: ClassVar[str]
    least: ClassVar[int] = 0
    dtype = pl.Int64()
    drivable = True

    def __init__(self, params: Any, build: Build) -> None:
        super().__init__(params, build)
        written = getattr(params, self.name)
        low, high = params.range if params.range is not None else (self.least, None)
        try:
            self.counts = self.table(written, max(low, self.least), high)
        except d.ImpossibleRangeError as error:
            raise build.fail("impossible-range", str(error), "move or narrow the range", "range") from None
        ended = high is not None or self.most(written) is not None
        self.bounds = (self.counts.first, self.counts.last if ended else None)

    def table(self, written: Any, low: int, high: int | None) -> d.Counts:
        """The distribution of the parameters, truncated to low..high."""
        raise NotImplementedError

    def most(self, written: Any) -> int | None:
        """The greatest number without a range (None: no end)."""
        return None

    def generate(self, rows: Rows) -> Column:
        """One whole number per row."""
        return Column.of(pl.Series(self.counts(unit(rows.bits()))))

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """The quantile of each share."""
        return Column.of(pl.Series(self.counts(u)))

    @cached_property
    def mass(self) -> float:
        """Probability that the distribution without a range gives to its range."""
        if self.params.range is None:
            return 1.0
        whole = self.table(getattr(self.params, self.name), self.least, None)
        first, last = self.counts.first - whole.first, self.counts.last - whole.first
        total = whole.cumulative
        last, first = min(last, len(total) - 1), max(first, 0)
        return float((total[last] - (total[first - 1] if first else 0.0)) / total[-1]) if first <= last else 0.0


class MeanShape(Params):
    """The mean."""

    mean: float = Field(ge=0, le=1e9)


class PoissonParams(Ranged):
    """`poisson: mean` or `poisson: {mean}`."""

    poisson: Annotated[
        MeanShape,
        WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "object", "properties": {"mean": {"type": "number"}}}]}),
    ] = Field(description="write poisson: MEAN, such as 1.5")

    @field_validator("poisson", mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            if not 0 <= value <= 1e9:
                raise ValueError("the mean must lie between 0 and 1,000,000,000")
            return {"mean": value}
        if not isinstance(value, dict | MeanShape):
            raise ValueError("a poisson distribution is written by its mean, a number")
        return value


class Poisson(Discrete):
    """Independent events per row, by mean. Example: `visits: {poisson: 1.5, range: [1, 20]}`."""

    Params = PoissonParams
    name = "poisson"

    def table(self, written: Any, low: int, high: int | None) -> d.Counts:
        """By mean."""
        return d.poisson(written.mean, low, high)


class NegbinShape(MeanShape):
    """Mean, and dispersion: the variance is mean + mean**2 / dispersion, so the smaller the wider (R's `size`)."""

    mean: float = Field(ge=0, le=1e6)
    dispersion: float = Field(default=1.0, ge=1e-3, le=1e9)


class NegbinParams(Ranged):
    """`negbin: {mean, dispersion}`."""

    negbin: NegbinShape = Field(description="write negbin: {mean: 12, dispersion: 1}")


class Negbin(Discrete):
    """Counts that vary more than Poisson's: many rows have few, few have many.

    Example: `visits: {negbin: {mean: 12, dispersion: 1}}`.
    """

    Params = NegbinParams
    name = "negbin"

    def table(self, written: Any, low: int, high: int | None) -> d.Counts:
        """By mean and dispersion."""
        return d.negbin(written.mean, written.dispersion, low, high)


class GeometricParams(Ranged):
    """`geometric: p`."""

    geometric: float = Field(ge=1e-4, le=1, description="write geometric: P, a probability above 0")


class Geometric(Discrete):
    """Tries up to and including the first success: 1, 2, ... Example: `quantity: {geometric: 0.6, range: [1, 9]}`."""

    Params = GeometricParams
    name = "geometric"
    least = 1

    def table(self, written: Any, low: int, high: int | None) -> d.Counts:
        """By success probability."""
        return d.geometric(written, low, high)


class BinomialShape(Params):
    """Number of tries, and probability of success."""

    n: int = Field(ge=0, le=1_000_000_000)
    p: float = Field(ge=0, le=1)


class BinomialParams(Ranged):
    """`binomial: {n, p}`."""

    binomial: BinomialShape = Field(description="write binomial: {n: 10, p: 0.3}")


class Binomial(Discrete):
    """Successes in n tries. Example: `defects: {binomial: {n: 20, p: 0.02}}`."""

    Params = BinomialParams
    name = "binomial"

    def table(self, written: Any, low: int, high: int | None) -> d.Counts:
        """By n and p."""
        return d.binomial(written.n, written.p, low, high)

    def most(self, written: Any) -> int:
        """n."""
        return int(written.n)


class ZipfParams(Ranged):
    """`zipf: s`, with a `range`."""

    zipf: float = Field(ge=0, le=10, description="write zipf: 1.1 beside range: [1, 1000]")


class Zipf(Discrete):
    """Ranks from 1 to the end of the range: k has a weight of 1 / k**s.

    Example: `shelf: {zipf: 1.1, range: [1, 1000]}`.
    """

    Params = ZipfParams
    name = "zipf"
    least = 1

    def __init__(self, params: Any, build: Build) -> None:
        if params.range is None:
            raise build.fail("missing-key", "a zipf distribution needs a last rank", "add range: [1, 1000]", "zipf")
        super().__init__(params, build)

    def table(self, written: Any, low: int, high: int | None) -> d.Counts:
        """By exponent."""
        assert high is not None
        return d.zipf(written, low, high)

    @cached_property
    def mass(self) -> float:
        """Sum of the weights within the range: a scale on which ranges of one exponent compare."""
        return float(
            self.counts.cumulative[-1] * exp(np.array([-self.params.zipf * log(np.array(float(self.counts.first)))]))[0]
        )
