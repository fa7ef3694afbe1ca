"""What continuous distributions share: ranges that truncate them instead of clipping, rounding, durations, ranks."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, model_validator

from synthgen import quantiles as q
from synthgen.columns import Column, Rows
from synthgen.distributions import ImpossibleRangeError, Lines, Quantiles, quantiles
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.quantity import Interval, decimals, durations, interval, lattice
from synthgen.seeds import U64, unit

RANKS = 1 << 40  # ranks that a column of doubles is given


class Shaped(Params):
    """Modifiers of every continuous distribution: `range: [low, high]`, `decimals`, `whole: true`."""

    range: Interval | None = Field(default=None, description="write range: [low, high]")
    decimals: int | None = Field(default=None, ge=0, le=12)
    whole: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> Shaped:
        if self.whole and self.decimals is not None:
            raise ValueError("'whole' and 'decimals' contradict each other")
        return self


class Continuous(BaseGenerator[Any]):
    """A distribution over numbers (Float64, Decimal with `decimals`, Int64 with `whole`) or durations.

    Unique values are quantiles of evenly spaced ranks, so they keep the distribution; `capacity` is how many ranks stay
    distinct after rounding.
    """

    name: ClassVar[str]
    drivable = True

    def __init__(self, params: Any, build: Build) -> None:
        super().__init__(params, build)
        written = getattr(params, self.name)
        self.dtype, self._places = self._kind(written, build)
        low, high = interval(params.range) if params.range is not None else (-math.inf, math.inf)
        try:
            distribution = self.distribution(written)
            low, high = max(low, distribution.lower), min(high, distribution.upper)
            if self._places is not None:
                low, high = self._inner(low, high)
            self.curve = self.table(distribution, low, high)
        except ImpossibleRangeError as error:
            raise build.fail("impossible-range", str(error), "move or widen the range", "range") from None
        self.bounds = (_finite(low), _finite(high))
        self.capacity = self._ranks(low, high)

    def distribution(self, written: Any) -> q.Distribution:
        """The distribution that the parameters name."""
        raise NotImplementedError

    def table(self, distribution: q.Distribution, low: float, high: float) -> Quantiles | Lines | None:
        """Its quantiles within the range; None where a single value is left."""
        return None if low == high else quantiles(distribution, _finite(low), _finite(high))

    def _kind(self, written: Any, build: Build) -> tuple[pl.DataType, int | None]:
        """dtype, and the decimal places that values are rounded to (None: not rounded)."""
        params, kinds = self.params, durations(self.scaled(written)) | durations(self.params.range)
        if len(kinds) > 1:
            message = "durations and plain numbers are mixed"
            raise build.fail("wrong-type", message, "write all of them as durations, such as 90d", self.name)
        if True in kinds:
            if params.decimals is not None or params.whole:
                name = "whole" if params.whole else "decimals"
                raise build.fail("contradiction", f"a duration takes no '{name}'", f"remove '{name}'", name)
            return pl.Duration("us"), 0
        if params.whole:
            return pl.Int64(), 0
        return (pl.Float64(), None) if params.decimals is None else (pl.Decimal(18, params.decimals), params.decimals)

    def scaled(self, written: Any) -> Any:
        """The parameters that carry the unit of the values."""
        return written

    def _inner(self, low: float, high: float) -> tuple[float, float]:
        """The interval narrowed to whole steps of the last place, and to what the dtype holds."""
        assert self._places is not None
        least, most = lattice(low, high, self._places)
        if least is not None and most is not None and least > most:
            raise ImpossibleRangeError(f"no number with {self._places} decimals lies in this range")
        top = 10**18 - 1 if isinstance(self.dtype, pl.Decimal) else 2**62
        if (least is not None and abs(least) > top) or (most is not None and abs(most) > top):
            raise ImpossibleRangeError(f"{self._places} decimals do not fit 18 digits in this range")
        scale = 10**self._places
        self._least, self._most = -top if least is None else least, top if most is None else most
        return low if least is None else least / scale, high if most is None else most / scale

    def _ranks(self, low: float, high: float) -> int | None:
        if self.curve is None:
            return 1
        step = 10.0**-self._places if self._places is not None else 8 * math.ulp(max(self.curve.largest, 1e-300))
        ranks = int(min(self.curve.least_slope / step * 0.999, RANKS))
        return ranks if ranks > 1 else None

    def generate(self, rows: Rows) -> Column:
        """One value per row."""
        return Column.of(self._values(unit(rows.bits())))

    def nth(self, index: U64, rows: Rows) -> Column:
        """The quantile of each rank."""
        assert self.capacity is not None
        return Column.of(self._values((index.astype(np.float64) + 0.5) * (1.0 / self.capacity)))

    def quantile(self, share: NDArray[np.float64]) -> pl.Series:
        """The value that a share of all values, in [0, 1), lie below."""
        return self._values(share)

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """The quantile of each share."""
        return Column.of(self._values(u))

    @property
    def mass(self) -> float:
        """Probability that the distribution without a range gives to its range."""
        return 0.0 if self.curve is None else self.curve.mass

    def _values(self, u: NDArray[np.float64]) -> pl.Series:
        values = np.full(len(u), self.bounds[0]) if self.curve is None else self.curve(u)
        if self._places is None:
            return pl.Series(values)
        if self._places:
            values = values * 10.0**self._places
        return self._cast(np.clip(np.rint(values), self._least, self._most).astype(np.int64))

    def _cast(self, steps: NDArray[np.int64]) -> pl.Series:
        if isinstance(self.dtype, pl.Decimal):
            return decimals(steps, self.dtype.scale)
        return pl.Series(steps).cast(self.dtype)


def _finite(x: float) -> float | None:
    return x if math.isfinite(x) else None
