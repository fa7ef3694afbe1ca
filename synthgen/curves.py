"""More distributions by their quantile functions, and the normal distribution function that copulas read.

Everything is made by `synthgen.elementary` and exact arithmetic, hence bit-exact on every machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from synthgen.elementary import Floats, exp, expm1, lgamma, log
from synthgen.quantiles import Beta, Exponential, Gamma

_STEPS, _FAR = 512, 9  # knots per unit of the normal distribution function's table, and where it ends


@dataclass(frozen=True)
class Triangular:
    """Rises from low to the mode and falls to high, both in straight lines."""

    low: float
    mode: float
    high: float

    @property
    def lower(self) -> float:
        """The low end."""
        return self.low

    @property
    def upper(self) -> float:
        """The high end."""
        return self.high

    def quantile(self, p: Floats, q: Floats) -> Floats:
        """low + sqrt(p * width * left) below the mode, high - sqrt(q * width * right) above."""
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(p * (width * left))
        falling = self.high - np.sqrt(q * (width * right))
        return np.where(p * width < left, rising, falling)

    def split(self, x: float) -> tuple[float, float]:
        """Probabilities below and above x."""
        width = self.high - self.low
        if x < self.mode:
            below = (x - self.low) ** 2 / (width * (self.mode - self.low))
            return below, 1.0 - below
        if x >= self.high:
            return 1.0, 0.0
        above = (self.high - x) ** 2 / (width * (self.high - self.mode))
        return 1.0 - above, above


@dataclass(frozen=True)
class Weibull:
    """P(X > x) = exp(-(x / scale) ** shape): life times; shape 1 is the exponential."""

    shape: float
    scale: float

    @property
    def lower(self) -> float:
        """Zero."""
        return 0.0

    @property
    def upper(self) -> float:
        """Unbounded."""
        return math.inf

    def quantile(self, p: Floats, q: Floats) -> Floats:
        """scale * (-log q) ** (1 / shape)."""
        return self.scale * exp(log(Exponential(1.0).quantile(p, q)) / self.shape)

    def split(self, x: float) -> tuple[float, float]:
        """Probabilities below and above x."""
        hazard = exp(self.shape * log(np.array([x / self.scale])))
        return float(-expm1(-hazard)[0]), float(exp(-hazard)[0])


@dataclass(frozen=True)
class StudentT:
    """Student's t with `df` degrees of freedom, moved to `mean` and stretched by `scale`."""

    df: float
    mean: float
    scale: float

    @property
    def lower(self) -> float:
        """Unbounded."""
        return -math.inf

    @property
    def upper(self) -> float:
        """Unbounded."""
        return math.inf

    def quantile(self, p: Floats, q: Floats) -> Floats:
        """By the beta distribution: x = df / (df + t**2) is Beta(df / 2, 1 / 2)."""
        tail = np.minimum(np.maximum(np.minimum(p, q) * 2.0, 1e-300), 1.0)
        x = Beta(self.df / 2, 0.5).quantile(tail, 1.0 - tail)
        t = np.sqrt(self.df * np.maximum(1.0 - x, 0.0) / np.maximum(x, 1e-300))
        return self.mean + self.scale * np.where(p < q, -t, t)

    def split(self, x: float) -> tuple[float, float]:
        """Probabilities below and above x."""
        t = (x - self.mean) / self.scale
        if t == 0:
            return 0.5, 0.5
        tail = 0.5 * Beta(self.df / 2, 0.5).split(self.df / (self.df + t * t))[0]
        return (tail, 1.0 - tail) if t < 0 else (1.0 - tail, tail)


@lru_cache(maxsize=1)
def _normal_table() -> tuple[Floats, Floats]:
    """P(Z < -x) at every 1 / 512 from 0 to 9, and the slopes between: half of Q(1/2, x**2 / 2)."""
    x = np.arange(_STEPS * _FAR + 1) / _STEPS
    _, above, _ = Gamma(0.5, 1.0).logs(log(np.maximum(x * x / 2, 1e-12)))
    tail = 0.5 * exp(above)
    tail[0] = 0.5
    return tail, np.append(np.diff(tail), 0.0)


def normal_below(z: Floats) -> Floats:
    """P(Z < z) for a standard normal Z, in (0, 1): by table, absolute error below 2e-7."""
    tail, step = _normal_table()
    at = np.minimum(np.abs(z), _FAR - 1.0) * _STEPS
    cell = at.astype(np.int64)
    low = tail.take(cell) + (at - cell) * step.take(cell)
    return np.where(z < 0, low, 1.0 - low)


def sine(x: float) -> float:
    """Sine of a small angle (|x| at most 1) by its series."""
    term, total = x, x
    for n in range(2, 24, 2):
        term = -term * x * x / (n * (n + 1))
        total += term
    return total


def weibull_scale(shape: float, mean: float) -> float:
    """The scale of a Weibull distribution with that mean: mean / gamma(1 + 1 / shape)."""
    return mean / float(exp(np.array([lgamma(1.0 + 1.0 / shape)]))[0])
