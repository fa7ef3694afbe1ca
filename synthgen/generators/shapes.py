"""Further continuous distributions: triangular, Weibull, Student's t, and those that a histogram or quantiles give."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from pydantic import Field, field_validator, model_validator

from synthgen import curves
from synthgen import quantiles as q
from synthgen.distributions import Lines
from synthgen.generator import Params
from synthgen.generators.continuous import Continuous, Shaped
from synthgen.generators.quantity import Number, Positive, PositiveNumber, quantity

_MOST = 10_000  # bins of a histogram, or quantiles


class TriangularShape(Params):
    """The ends and the mode."""

    low: Number
    mode: Number
    high: Number

    @model_validator(mode="after")
    def _rising(self) -> TriangularShape:
        low, mode, high = quantity(self.low), quantity(self.mode), quantity(self.high)
        if not low <= mode <= high or not low < high:
            raise ValueError("low, mode and high must rise")
        return self


class TriangularParams(Shaped):
    """`triangular: {low, mode, high}`."""

    triangular: TriangularShape = Field(description="write triangular: {low: 0, mode: 3, high: 10}")


class Triangular(Continuous):
    """An estimate by least, most likely and greatest value.

    Example: `effort: {triangular: {low: 1, mode: 3, high: 9}}`.
    """

    Params = TriangularParams
    name = "triangular"

    def distribution(self, written: Any) -> q.Distribution:
        """By its corners."""
        return curves.Triangular(quantity(written.low), quantity(written.mode), quantity(written.high))


class WeibullShape(Params):
    """Shape, and scale or mean."""

    shape: Positive = Field(ge=0.05, le=1e3)
    scale: PositiveNumber | None = None
    mean: PositiveNumber | None = None

    @model_validator(mode="after")
    def _one(self) -> WeibullShape:
        if (self.scale is None) == (self.mean is None):
            raise ValueError("give either scale or mean")
        return self


class WeibullParams(Shaped):
    """`weibull: {shape, scale}` or `{shape, mean}`."""

    weibull: WeibullShape = Field(description="write weibull: {shape: 1.5, mean: 10}")


class Weibull(Continuous):
    """Life times: failures grow rarer (shape below 1) or more frequent (above 1) with age.

    Example: `lasts: {weibull: {shape: 1.5, mean: 400d}}`.
    """

    Params = WeibullParams
    name = "weibull"

    def scaled(self, written: Any) -> Any:
        """The shape has no unit."""
        return [written.scale, written.mean]

    def distribution(self, written: Any) -> q.Distribution:
        """By shape and scale."""
        if written.scale is not None:
            return curves.Weibull(written.shape, quantity(written.scale))
        return curves.Weibull(written.shape, curves.weibull_scale(written.shape, quantity(written.mean)))


class StudentShape(Params):
    """Degrees of freedom, mean (the centre) and scale."""

    df: Positive = Field(ge=0.5, le=1e4)
    mean: Number = 0.0
    scale: PositiveNumber = 1.0


class StudentParams(Shaped):
    """`student_t: {df, mean, scale}`."""

    student_t: StudentShape = Field(description="write student_t: {df: 4, mean: 0, scale: 1}")


class StudentT(Continuous):
    """A bell with heavy tails: daily returns, errors with outliers.

    Example: `return: {student_t: {df: 4, mean: 0, scale: 0.01}}`.
    """

    Params = StudentParams
    name = "student_t"

    def scaled(self, written: Any) -> Any:
        """Degrees of freedom have no unit."""
        return [written.mean, written.scale if "scale" in written.model_fields_set else None]

    def distribution(self, written: Any) -> q.Distribution:
        """By degrees of freedom, centre and scale."""
        return curves.StudentT(written.df, quantity(written.mean), quantity(written.scale))


class HistogramShape(Params):
    """Edges of the bins, and one weight for each bin."""

    edges: list[Number] = Field(min_length=2, max_length=_MOST)
    weights: list[float] = Field(min_length=1)

    @model_validator(mode="after")
    def _fitting(self) -> HistogramShape:
        if len(self.weights) != len(self.edges) - 1:
            raise ValueError(
                f"{len(self.edges)} edges make {len(self.edges) - 1} bins, but {len(self.weights)} weights"
            )
        if any(quantity(a) >= quantity(b) for a, b in pairwise(self.edges)):
            raise ValueError("the edges must rise")
        if any(not 0 <= w < 1e300 for w in self.weights) or not sum(self.weights) > 0:
            raise ValueError("weights are numbers of at least 0, not all 0")
        return self


class Drawn(Continuous):
    """A distribution given by points of its distribution function, straight lines between them."""

    def points(self) -> tuple[Any, Any]:
        """Probabilities from 0 to 1 and the values at them, both rising."""
        raise NotImplementedError

    def distribution(self, written: Any) -> q.Distribution:
        """Its ends, which is all that is asked of it."""
        _, x = self.points()
        return q.Uniform(float(x[0]), float(x[-1]))

    def table(self, distribution: q.Distribution, low: float, high: float) -> Lines | None:
        """The polyline itself: nothing is lost at its corners."""
        return Lines(*self.points(), low, high)


class HistogramParams(Shaped):
    """`histogram: {edges, weights}`."""

    histogram: HistogramShape = Field(description="write histogram: {edges: [0, 10, 20], weights: [3, 1]}")


class Histogram(Drawn):
    """Numbers as often as the bins of a histogram say, evenly within each bin.

    Example: `age: {histogram: {edges: [0, 18, 40, 65, 99], weights: [20, 30, 35, 15]}, whole: true}`.
    """

    Params = HistogramParams
    name = "histogram"

    def scaled(self, written: Any) -> Any:
        """The edges carry the unit."""
        return written.edges

    def points(self) -> tuple[Any, Any]:
        """Cumulative weights at the edges."""
        written = self.params.histogram
        total = np.cumsum([0.0, *written.weights])
        return total / total[-1], [quantity(e) for e in written.edges]


class QuantilesParams(Shaped):
    """`quantiles: {share: value, ...}` from 0 to 1."""

    quantiles: dict[str, Number] = Field(description="write quantiles: {0: 1, 0.5: 20, 0.9: 80, 1: 500}")

    @field_validator("quantiles", mode="before")
    @classmethod
    def _rising(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not 2 <= len(value) <= _MOST:
            raise ValueError("quantiles map shares of the rows to values, from 0 to 1")
        try:
            shares = sorted(float(str(k)) for k in value)
        except ValueError:
            raise ValueError("a share is a number from 0 to 1, such as 0.5") from None
        if shares[0] != 0 or shares[-1] != 1:
            raise ValueError("quantiles need the least value at 0 and the greatest at 1")
        if len(set(shares)) < len(shares):
            raise ValueError("a share appears twice")
        values = [quantity(v) for _, v in sorted(value.items(), key=lambda item: float(str(item[0])))]
        if any(a > b for a, b in pairwise(values)) or values[0] == values[-1]:
            raise ValueError("the values must rise with their shares")
        return {str(k): v for k, v in value.items()}


class QuantilesOf(Drawn):
    """Numbers by their quantiles, as a report states them: evenly between each two.

    Example: `spent: {quantiles: {0: 1, 0.5: 20, 0.9: 80, 1: 500}, decimals: 2}`.
    """

    Params = QuantilesParams
    name = "quantiles"

    def scaled(self, written: Any) -> Any:
        """The values carry the unit."""
        return list(written.values())

    def points(self) -> tuple[Any, Any]:
        """As written, in order."""
        found = sorted((float(k), quantity(v)) for k, v in self.params.quantiles.items())
        return [p for p, _ in found], [x for _, x in found]
