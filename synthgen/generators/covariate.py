"""A pre-period covariate: uniform numbers that agree with another column's values to a given correlation (a copula)."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from synthgen.columns import Rows
from synthgen.generator import Build, Params
from synthgen.quantiles import normal_quantile
from synthgen.seeds import unit

Floats = NDArray[np.float64]
_GRID = 1 << 16


class CovariateParams(Params):
    """`covariate: {column: spend_before, correlation: 0.7}`."""

    column: str
    correlation: float = Field(gt=-1, lt=1, description="write a correlation between -1 and 1, such as 0.7")


class Covariate:
    """Uniform numbers per row whose normal scores correlate with those of a column (Gaussian copula).

    The column's generator must have `quantile`. Its values are led back to their probability by a table of 65,536
    quantiles; where several probabilities share a value one is drawn, so that counts work as well.
    """

    def __init__(self, params: CovariateParams, build: Build) -> None:
        made: Any = build.generator_of(params.column)
        if not hasattr(made, "quantile"):
            message = f"'{params.column}' is made by a generator without quantiles"
            remedy = "name a column of a continuous distribution, such as {lognormal: {median: 20, sigma: 0.8}}"
            raise build.fail("wrong-type", message, remedy, "covariate")
        self.column, self.correlation = params.column, params.correlation
        grid = (np.arange(_GRID) + 0.5) / _GRID
        self._known = np.maximum.accumulate(_floats(made.quantile(grid)))

    def uniform(self, rows: Rows) -> Floats:
        """One number in (0, 1) per row, evenly distributed; independent of the covariate where that is null."""
        values = rows.values(self.column)
        own = unit(rows.bits("own")) + 2.0**-54
        jitter = unit(rows.bits("place"))
        x = _floats(values.fill_null(strategy="zero") if values.has_nulls() else values)
        low = np.searchsorted(self._known, x, side="left")
        high = np.searchsorted(self._known, x, side="right")
        share = np.where(high > low, low + jitter * (high - low), low - 0.5 + jitter) * (1.0 / _GRID)
        share = np.clip(share, 0.25 / _GRID, 1 - 0.25 / _GRID)
        z = self.correlation * normal_quantile(share, 1 - share)
        z = z + np.sqrt(1 - self.correlation * self.correlation) * normal_quantile(own, 1 - own)
        return np.where(values.is_null().to_numpy(), own, normal_share(z))


def normal_share(z: Floats) -> Floats:
    """The probability of standard normal values below z, to about 1e-5 of the smaller tail; bit-exact everywhere."""
    knots, shares = _knots()
    upper = z > 0
    t = np.clip(-np.abs(z), knots[0], 0.0)
    cell = np.minimum(np.searchsorted(knots, t, side="right") - 1, len(knots) - 2)
    slope = (shares[cell + 1] - shares[cell]) / (knots[cell + 1] - knots[cell])
    tail = shares[cell] + (t - knots[cell]) * slope
    return np.where(upper, 1 - tail, tail)


@cache
def _knots() -> tuple[Floats, Floats]:
    """Normal quantiles of shares from 2**-50 to a half, 128 to each halving."""
    octaves = 2.0 ** -np.arange(50.0, 1.0, -1.0)
    shares = np.append((octaves[:, None] * (1 + np.arange(128) / 128)).ravel(), 0.5)
    return normal_quantile(shares, 1 - shares), shares


def _floats(values: pl.Series) -> Floats:
    physical = values.to_physical() if values.dtype.is_temporal() else values
    return physical.cast(pl.Float64).to_numpy()
