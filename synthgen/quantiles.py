"""Exact quantile functions of the continuous distributions, precise in both tails, from `synthgen.elementary`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from synthgen.elementary import Floats, exp, expm1, lgamma, log, log1p

# Wichura (1988), algorithm AS 241: rational approximations of the normal quantile, relative error about 1e-16.
_CENTRE = (
    (2.50908092873012267e3, 3.34305755835881281e4, 6.72657709270087009e4, 4.59219539315498715e4,
     1.37316937655094611e4, 1.97159095030655144e3, 1.33141667891784377e2, 3.38713287279636661e0),
    (5.22649527885285456e3, 2.87290857357219427e4, 3.93078958000927106e4, 2.12137943015865959e4,
     5.39419602142475111e3, 6.87187007492057908e2, 4.23133307016009113e1, 1.0),
)  # fmt: skip
_NEAR = (
    (7.74545014278341408e-4, 2.27238449892691846e-2, 2.41780725177450612e-1, 1.27045825245236838e0,
     3.64784832476320461e0, 5.76949722146069141e0, 4.63033784615654530e0, 1.42343711074968358e0),
    (1.05075007164441684e-9, 5.47593808499534495e-4, 1.51986665636164572e-2, 1.48103976427480075e-1,
     6.89767334985100005e-1, 1.67638483018380385e0, 2.05319162663775882e0, 1.0),
)  # fmt: skip
_FAR = (
    (2.01033439929228813e-7, 2.71155556874348758e-5, 1.24266094738807844e-3, 2.65321895265761230e-2,
     2.96560571828504891e-1, 1.78482653991729133e0, 5.46378491116411437e0, 6.65790464350110378e0),
    (2.04426310338993979e-15, 1.42151175831644589e-7, 1.84631831751005468e-5, 7.86869131145613259e-4,
     1.48753612908506149e-2, 1.36929880922735805e-1, 5.99832206555887938e-1, 1.0),
)  # fmt: skip


class Distribution(Protocol):
    """A continuous distribution; hashable, so that tables can be kept."""

    def __hash__(self) -> int: ...

    @property
    def lower(self) -> float:
        """The least value (may be -inf)."""

    @property
    def upper(self) -> float:
        """The greatest value (may be inf)."""

    def quantile(self, p: Floats, q: Floats) -> Floats:
        """Value that a share p of all values lie below; q = 1 - p is given too, each precise where it is small."""

    def split(self, x: float) -> tuple[float, float]:
        """Probability of values up to x, and of values above."""


def _horner(r: Floats, terms: tuple[tuple[float, ...], tuple[float, ...]]) -> Floats:
    above, below = np.full_like(r, terms[0][0]), np.full_like(r, terms[1][0])
    for a, b in zip(terms[0][1:], terms[1][1:], strict=True):
        above, below = above * r + a, below * r + b
    return above / below


def normal_quantile(p: Floats, q: Floats) -> Floats:
    """Standard normal quantile."""
    centre = p - 0.5
    inner = centre * _horner(0.180625 - centre * centre, _CENTRE)
    r = np.sqrt(np.maximum(-log(np.maximum(np.minimum(p, q), 1e-300)), 0.0))
    outer = np.where(r <= 5.0, _horner(r - 1.6, _NEAR), _horner(r - 5.0, _FAR))
    return np.where(np.abs(centre) <= 0.425, inner, np.where(p < q, -outer, outer))


@lru_cache(maxsize=256)
def normal_split(z: float) -> tuple[float, float]:
    """Standard normal probabilities below and above z: the quantile function inverted by bisection on the log-odds."""
    low, high = -700.0, 700.0
    for _ in range(70):
        middle = 0.5 * (low + high)
        p, q = _odds(middle)
        if float(normal_quantile(np.array([p]), np.array([q]))[0]) < z:
            low = middle
        else:
            high = middle
    return _odds(0.5 * (low + high))


def _odds(t: float) -> tuple[float, float]:
    up = exp(np.array([-abs(t)]))[0]
    small, large = float(up / (1 + up)), float(1 / (1 + up))
    return (small, large) if t < 0 else (large, small)


@dataclass(frozen=True)
class Uniform:
    """Evenly between two numbers."""

    low: float
    high: float

    @property
    def lower(self) -> float:
        """The lower end."""
        return self.low

    @property
    def upper(self) -> float:
        """The upper end."""
        return self.high

    def quantile(self, p: Floats, q: Floats) -> Floats:
        """A straight line."""
        return self.low * q + self.high * p

    def split(self, x: float) -> tuple[float, float]:
        """Shares of the interval below and above x."""
        return (x - self.low) / (self.high - self.low), (self.high - x) / (self.high - self.low)


@dataclass(frozen=True)
class Normal:
    """Normal with mean and standard deviation."""

    mean: float
    sd: float

    @property
    def lower(self) -> float:
        """Unbounded."""
        return -math.inf

    @property
    def upper(self) -> float:
        """Unbounded."""
        return math.inf

    def quantile(self, p: Floats, q: Floats) -> Floats:
        """Quantile by AS 241."""
        return self.mean + self.sd * normal_quantile(p, q)

    def split(self, x: float) -> tuple[float, float]:
        """Probabilities below and above x."""
        return normal_split((x - self.mean) / self.sd)


@dataclass(frozen=True)
class Lognormal:
    """median * exp(sigma * Z) for a standard normal Z."""

    median: float
    sigma: float

    @property
    def lower(self) -> float:
        """Zero."""
        return 0.0

    @property
    def upper(self) -> float:
        """Unbounded."""
        return math.inf

    def quantile(self, p: Floats, q: Floats) -> Floats:
        """Quantile of the normal, exponentiated."""
        return self.median * exp(self.sigma * normal_quantile(p, q))

    def split(self, x: float) -> tuple[float, float]:
        """Probabilities below and above x."""
        return normal_split(float(log(np.array([x / self.median]))[0]) / self.sigma) if x > 0 else (0.0, 1.0)


@dataclass(frozen=True)
class Exponential:
    """Exponential with a mean."""

    mean: float

    @property
    def lower(self) -> float:
        """Zero."""
        return 0.0

    @property
    def upper(self) -> float:
        """Unbounded."""
        return math.inf

    def quantile(self, p: Floats, q: Floats) -> Floats:
        """-mean * log(q), by log1p(-p) where p is the smaller."""
        return -self.mean * np.where(p < q, log1p(-np.minimum(p, 0.9)), log(q))

    def split(self, x: float) -> tuple[float, float]:
        """Probabilities below and above x."""
        t = np.array([-x / self.mean])
        return float(-expm1(t)[0]), float(exp(t)[0])


@dataclass(frozen=True)
class Pareto:
    """Pareto of type I: P(X > x) = (minimum / x) ** alpha."""

    alpha: float
    minimum: float

    @property
    def lower(self) -> float:
        """The minimum."""
        return self.minimum

    @property
    def upper(self) -> float:
        """Unbounded."""
        return math.inf

    def quantile(self, p: Floats, q: Floats) -> Floats:
        """minimum * q ** (-1 / alpha)."""
        return self.minimum * exp(Exponential(1 / self.alpha).quantile(p, q))

    def split(self, x: float) -> tuple[float, float]:
        """Probabilities below and above x."""
        return Exponential(1 / self.alpha).split(float(log(np.array([x / self.minimum]))[0]))


@dataclass(frozen=True)
class Gamma:
    """Gamma with shape and scale; works on t = log(x), where its distribution is smooth."""

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

    def logs(self, t: Floats) -> tuple[Floats, Floats, Floats]:
        """log P, log Q and log of the density of t, for x = exp(t) (Numerical Recipes 6.2)."""
        a, x = self.shape, exp(t)
        density = a * t - x - lgamma(a)
        below = np.minimum(density + log(_gamma_series(a, np.minimum(x, a + 1))), 0.0)
        above = np.minimum(density + log(_gamma_fraction(a, np.maximum(x, a + 1))), 0.0)
        small = x < a + 1
        return (
            np.where(small, below, log1p(-exp(np.minimum(above, -1e-16)))),
            np.where(small, log1p(-exp(np.minimum(below, -1e-16))), above),
            density,
        )

    def quantile(self, p: Floats, q: Floats) -> Floats:
        """Quantile by interpolation on a grid and Newton's method on log-probabilities."""
        a = self.shape
        low = min((-76.0 + lgamma(a + 1)) / a, float(log(np.array([a]))[0]) - 1)
        grid = np.linspace(low, float(log(np.array([a + 14.0 * a**0.5 + 90.0]))[0]), 3000)
        return self.scale * exp(_invert(self.logs, p, q, grid))

    def split(self, x: float) -> tuple[float, float]:
        """Probabilities below and above x."""
        below, above, _ = self.logs(log(np.array([max(x / self.scale, 1e-300)])))
        return float(exp(below)[0]), float(exp(above)[0])


@dataclass(frozen=True)
class Beta:
    """Beta on [0, 1] with parameters a and b; works on the log-odds y of x."""

    a: float
    b: float

    @property
    def lower(self) -> float:
        """Zero."""
        return 0.0

    @property
    def upper(self) -> float:
        """One."""
        return 1.0

    def logs(self, y: Floats) -> tuple[Floats, Floats, Floats]:
        """log P, log Q and log of the density of y, for x = 1 / (1 + exp(-y)) (Numerical Recipes 6.4)."""
        a, b = self.a, self.b
        tail = log1p(exp(-np.abs(y)))
        log_x, log_rest = np.minimum(y, 0.0) - tail, np.minimum(-y, 0.0) - tail
        x, rest = exp(log_x), exp(log_rest)
        density = a * log_x + b * log_rest - (lgamma(a) + lgamma(b) - lgamma(a + b))
        turn = (a + 1) / (a + b + 2)
        left = x < turn
        below = np.minimum(density + log(_beta_fraction(a, b, np.minimum(x, turn)) / a), -1e-16)
        above = np.minimum(density + log(_beta_fraction(b, a, np.minimum(rest, 1 - turn)) / b), -1e-16)
        return np.where(left, below, log1p(-exp(above))), np.where(left, log1p(-exp(below)), above), density

    def quantile(self, p: Floats, q: Floats) -> Floats:
        """Quantile by interpolation on a grid and Newton's method on log-probabilities."""
        a, b = self.a, self.b
        whole = lgamma(a) + lgamma(b) - lgamma(a + b)
        centre = float(log(np.array([a / b]))[0])
        low = min((-76.0 + whole + float(log(np.array([a]))[0])) / a, centre) - 1
        high = max((76.0 - whole - float(log(np.array([b]))[0])) / b, centre) + 1
        found = _invert(self.logs, p, q, np.linspace(low, high, 3000))
        tail = exp(-np.abs(found))
        return np.where(found < 0, tail, 1.0) / (1.0 + tail)

    def split(self, x: float) -> tuple[float, float]:
        """Probabilities below and above x."""
        below, above, _ = self.logs(log(np.array([x])) - log1p(np.array([-x])))
        return float(exp(below)[0]), float(exp(above)[0])


_Logs = Callable[[Floats], tuple[Floats, Floats, Floats]]


def _invert(logs: _Logs, p: Floats, q: Floats, grid: Floats) -> Floats:
    """t such that P(t) = p: by log P in the lower half, by log Q in the upper."""
    below, above, _ = logs(grid)
    lower = p < q
    wanted = log(np.maximum(np.where(lower, p, q), 1e-320))
    t = np.where(lower, _lines(wanted, below, grid), _lines(wanted, above[::-1], grid[::-1]))
    for _ in range(5):
        now_below, now_above, density = logs(t)
        now = np.where(lower, now_below, now_above)
        slope = exp(np.clip(density - now, -600.0, 600.0))
        step = np.where(lower, wanted - now, now - wanted) / slope
        t = np.clip(t + np.clip(step, -1.0, 1.0), grid[0], grid[-1])
    return t


def _lines(at: Floats, x: Floats, y: Floats) -> Floats:
    """Linear interpolation without fused operations; x rises."""
    x = np.maximum.accumulate(x)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    width = x[i + 1] - x[i]
    return y[i] + (y[i + 1] - y[i]) * np.clip((at - x[i]) / np.where(width > 0, width, 1.0), 0.0, 1.0)


def _gamma_series(a: float, x: Floats) -> Floats:
    term = np.full_like(x, 1.0 / a)
    total = term.copy()
    for n in range(1, 100_000):
        term = term * x / (a + n)
        total = total + term
        if np.all(term <= total * 1e-17):
            break
    return total


def _gamma_fraction(a: float, x: Floats) -> Floats:
    b = x + 1.0 - a
    c, d = np.full_like(x, 1e300), 1.0 / b
    h = d
    for n in range(1, 100_000):
        weight = -n * (n - a)
        b = b + 2.0
        d = 1.0 / _away(weight * d + b)
        c = _away(b + weight / c)
        h = h * d * c
        if np.all(np.abs(d * c - 1.0) < 1e-15):
            break
    return h


def _beta_fraction(a: float, b: float, x: Floats) -> Floats:
    c, d = np.ones_like(x), 1.0 / _away(1.0 - (a + b) * x / (a + 1.0))
    h = d
    for m in range(1, 100_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1.0 / _away(1.0 + even * d), _away(1.0 + even / c)
        h = h * d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1.0 / _away(1.0 + odd * d), _away(1.0 + odd / c)
        h = h * d * c
        if np.all(np.abs(d * c - 1.0) < 1e-15):
            break
    return h


def _away(values: Floats) -> Floats:
    return np.where(np.abs(values) < 1e-300, 1e-300, values)
