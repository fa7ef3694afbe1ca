"""Inverse distribution functions that a row can be addressed by: uniform numbers in, values out, tables in between.

Each distribution is a table of quantiles, made once with scalar functions and read with multiply and add alone, so
that values do not depend on a machine's vector `exp` or `log`. Knots are evenly spaced in the middle and geometrically
in both tails (ratio 2**(1/8), down to 2**-53); between knots the quantile is interpolated linearly. Table entries are
rounded to 13 significant digits, past which C libraries differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MIDDLE = 4096
_ZIPF_TABLE = 1 << 20


def _knots(middle: int) -> Floats:
    tail = 2.0 ** (-np.arange(53 * 8, 12 * 8, -1) / 8.0)
    centre = np.arange(1, middle) / middle
    return np.unique(np.concatenate([tail, centre, 1.0 - tail[tail > 2.0**-52]]))


class Quantiles:
    """A distribution as a table: `cdf` inverts `ppf` on the same table, so truncation is exact with respect to it.

    `ppf` maps a probability in (0, 1) to a value; `lower` and `upper` are the ends of the support (may be infinite).
    """

    def __init__(self, ppf: Callable[[Floats], Floats], lower: float, upper: float, middle: int = _MIDDLE) -> None:
        self.u = _knots(middle)
        values = np.maximum.accumulate(_significant(ppf(self.u)))
        ends = [v for v in (lower, upper) if math.isfinite(v)]
        if math.isfinite(lower):
            self.u, values = np.concatenate([[0.0], self.u]), np.concatenate([[lower], values])
        if math.isfinite(upper):
            self.u, values = np.concatenate([self.u, [1.0]]), np.concatenate([values, [upper]])
        self.x = np.clip(values, ends[0] if math.isfinite(lower) else None, ends[-1] if math.isfinite(upper) else None)
        self.lower, self.upper = lower, upper

    def cdf(self, x: float) -> float:
        """Probability of values up to x, by the table."""
        if x <= self.lower:
            return 0.0
        if x >= self.upper:
            return 1.0
        return float(np.interp(x, self.x, self.u, left=0.0, right=1.0))

    def __call__(self, u: Floats, low: float | None = None, high: float | None = None) -> Floats:
        """Values for uniform numbers in [0, 1), truncated to [low, high] by the inverse distribution function."""
        if low is None and high is None:
            return np.interp(u, self.u, self.x)
        first = 0.0 if low is None else self.cdf(low)
        last = 1.0 if high is None else self.cdf(high)
        values = np.interp(first + u * (last - first), self.u, self.x)
        return np.clip(values, low, high)

    def mass(self, low: float | None, high: float | None) -> float:
        """Probability of the interval."""
        return (1.0 if high is None else self.cdf(high)) - (0.0 if low is None else self.cdf(low))


def _significant(values: Floats, digits: int = 13) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(values == 0, 1.0, np.abs(values))
        scale = 10.0 ** (digits - 1 - np.floor(np.log10(size)))
        rounded = np.round(values * scale) / scale
    return np.where(np.isfinite(rounded), rounded, values)


def _each(function: Callable[[float], float]) -> Callable[[Floats], Floats]:
    return lambda u: np.array([function(float(p)) for p in u])


@lru_cache(maxsize=64)
def normal(mean: float, sd: float) -> Quantiles:
    """Normal; quantiles by Wichura's AS241, which the standard library uses."""
    standard = NormalDist()
    return Quantiles(_each(lambda p: mean + sd * standard.inv_cdf(p)), -math.inf, math.inf)


@lru_cache(maxsize=64)
def lognormal(median: float, sigma: float) -> Quantiles:
    """Lognormal: median * exp(sigma * Z)."""
    standard = NormalDist()
    return Quantiles(_each(lambda p: median * math.exp(sigma * standard.inv_cdf(p))), 0.0, math.inf)


@lru_cache(maxsize=64)
def exponential(mean: float) -> Quantiles:
    """Exponential with a mean."""
    return Quantiles(_each(lambda p: -mean * math.log1p(-p)), 0.0, math.inf)


@lru_cache(maxsize=64)
def pareto(minimum: float, alpha: float) -> Quantiles:
    """Pareto (type I): P(X > x) = (minimum / x)**alpha."""
    return Quantiles(_each(lambda p: minimum * (1.0 - p) ** (-1.0 / alpha)), minimum, math.inf)


@lru_cache(maxsize=64)
def gamma(shape: float, scale: float) -> Quantiles:
    """Gamma; quantiles by bisection of the regularised incomplete gamma function in log space."""
    high = shape + 40.0 * math.sqrt(shape) + 60.0
    return Quantiles(lambda u: scale * np.exp(_bisect(lambda t: _gamma_p(shape, np.exp(t)), u, -745.0 / min(shape, 1.0)
                     if shape < 1 else -60.0, math.log(high))), 0.0, math.inf, middle=1024)  # fmt: skip


@lru_cache(maxsize=64)
def beta(a: float, b: float) -> Quantiles:
    """Beta on [0, 1]; quantiles by bisection of the regularised incomplete beta function."""
    return Quantiles(lambda u: _bisect(lambda x: _beta_i(a, b, x), u, 0.0, 1.0), 0.0, 1.0, middle=1024)


def _bisect(cdf: Callable[[Floats], Floats], u: Floats, low: float, high: float) -> Floats:
    lows, highs = np.full(len(u), low), np.full(len(u), high)
    for _ in range(60):
        middle = 0.5 * (lows + highs)
        below = cdf(middle) < u
        lows, highs = np.where(below, middle, lows), np.where(below, highs, middle)
    return 0.5 * (lows + highs)


def _gamma_p(a: float, x: Floats) -> Floats:
    """Regularised lower incomplete gamma: series below a + 1, continued fraction above (Numerical Recipes 6.2)."""
    x = np.maximum(x, 1e-300)
    front = np.exp(np.clip(-x + a * np.log(x) - math.lgamma(a), -745.0, 700.0))
    out = np.empty_like(x)
    small = x < a + 1.0
    xs = x[small]
    term = total = np.full(len(xs), 1.0 / a)
    for n in range(1, 500):
        term = term * xs / (a + n)
        total = total + term
        if not len(term) or np.all(term < total * 1e-16):
            break
    out[small] = front[small] * total
    xl = x[~small]
    b = xl + 1.0 - a
    c, d = np.full(len(xl), 1e300), 1.0 / b
    h = d
    for n in range(1, 500):
        an = -n * (n - a)
        b = b + 2.0
        d = 1.0 / _away(an * d + b)
        c = _away(b + an / c)
        delta = d * c
        h = h * delta
        if not len(h) or np.all(np.abs(delta - 1.0) < 1e-15):
            break
    out[~small] = 1.0 - front[~small] * h
    return out


def _beta_i(a: float, b: float, x: Floats) -> Floats:
    """Regularised incomplete beta by its continued fraction (Numerical Recipes 6.4)."""
    x = np.clip(x, 1e-300, 1.0 - 1e-16)
    front = np.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * np.log(x) + b * np.log1p(-x))
    direct = x < (a + 1.0) / (a + b + 2.0)
    out: Floats = np.where(direct, front * _beta_cf(a, b, x) / a, 1.0 - front * _beta_cf(b, a, 1.0 - x) / b)
    return out


def _beta_cf(a: float, b: float, x: Floats) -> Floats:
    c, d = np.ones_like(x), 1.0 / _away(1.0 - (a + b) * x / (a + 1.0))
    h = d
    for m in range(1, 300):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1.0 / _away(1.0 + even * d), _away(1.0 + even / c)
        h = h * d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1.0 / _away(1.0 + odd * d), _away(1.0 + odd / c)
        delta = d * c
        h = h * delta
    return h


def _away(values: Floats) -> Floats:
    return np.where(np.abs(values) < 1e-300, 1e-300, values)


# -- whole numbers


class Counts:
    """A distribution over whole numbers from `first` on, as a table of cumulative weights.

    `weights[i]` is the (unnormalised) weight of `first + i`; truncation is a slice of the table.
    """

    def __init__(self, first: int, weights: Floats) -> None:
        self.first = first
        self.cumulative = np.cumsum(weights)
        if not len(weights) or self.cumulative[-1] <= 0:
            raise ValueError("no whole number has any weight here")

    def __call__(self, u: Floats) -> NDArray[np.int64]:
        """Whole numbers for uniform numbers in [0, 1)."""
        found = np.searchsorted(self.cumulative, u * self.cumulative[-1], side="right")
        return np.minimum(found, len(self.cumulative) - 1).astype(np.int64) + self.first


def poisson_weights(mean: float, low: int, high: int) -> Floats:
    """Poisson weights of low..high, from logarithms, scaled to a maximum of 1."""
    if mean == 0:
        return np.array([float(i == 0) for i in range(low, high + 1)])
    return _scaled([i * math.log(mean) - mean - math.lgamma(i + 1) for i in range(low, high + 1)])


def negbin_weights(mean: float, dispersion: float, low: int, high: int) -> Floats:
    """Negative binomial weights: mean `mean`, variance mean + mean**2 / dispersion."""
    if mean == 0:
        return np.array([1.0 if i == 0 else 0.0 for i in range(low, high + 1)])
    p = dispersion / (dispersion + mean)
    r = dispersion
    terms = [
        math.lgamma(i + r) - math.lgamma(r) - math.lgamma(i + 1) + r * math.log(p) + i * math.log1p(-p)
        for i in range(low, high + 1)
    ]
    return _scaled(terms)


def binomial_weights(n: int, p: float, low: int, high: int) -> Floats:
    """Binomial weights of low..high."""
    terms = []
    for i in range(low, high + 1):
        if not 0 <= i <= n or (p == 0 and i > 0) or (p == 1 and i < n):
            terms.append(-math.inf)
            continue
        log = math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1)
        terms.append(log + (i * math.log(p) if i else 0.0) + ((n - i) * math.log1p(-p) if i < n else 0.0))
    return _scaled(terms)


def geometric_weights(p: float, low: int, high: int) -> Floats:
    """Geometric weights: trials up to the first success, so support starts at 1."""
    if p == 1:
        return np.array([float(i == 1) for i in range(low, high + 1)])
    return np.array([0.0 if i < 1 else math.exp((i - low) * math.log1p(-p)) for i in range(low, high + 1)])


def zipf_weights(s: float, low: int, high: int) -> Floats:
    """Zipf weights: k**-s for k >= 1."""
    return np.array([0.0 if k < 1 else float(k) ** -s for k in range(low, high + 1)])


def _scaled(logarithms: list[float]) -> Floats:
    top = max(logarithms, default=-math.inf)
    if top == -math.inf:
        return np.zeros(len(logarithms))
    return _significant(np.array([math.exp(v - top) for v in logarithms]))


@lru_cache(maxsize=16)
def _zipf_table(s: float, size: int) -> Floats:
    return np.cumsum(np.arange(1, size + 1, dtype=np.float64) ** -s)


def zipf_rank(u: Floats, s: float, n: int | NDArray[np.int64]) -> NDArray[np.int64]:
    """Ranks in [0, n), rank k with probability proportional to (k + 1)**-s; `n` may differ from element to element.

    Exact by table below rank 2**20; beyond, sums are replaced by integrals (midpoint rule, relative error < 1e-12).
    """
    top = int(np.max(n)) if len(np.atleast_1d(n)) else 0
    if top == 0:
        return np.zeros(len(u), np.int64)
    table = _zipf_table(s, 1 << max(4, (min(top, _ZIPF_TABLE) - 1).bit_length()))
    size = len(table)
    count = np.asarray(n, dtype=np.int64)
    inside = table[np.minimum(count, size) - 1]
    total = np.where(count > size, inside + _zipf_tail(s, size, count), inside)
    wanted = u * total
    rank = np.searchsorted(table, wanted, side="right").astype(np.int64)
    beyond = rank >= size
    if beyond.any():
        rank = np.where(beyond, _zipf_inverse(s, size, wanted - table[-1]), rank)
    return np.minimum(rank, count - 1)


def _zipf_tail(s: float, size: int, count: NDArray[np.int64]) -> Floats:
    a, b = size + 0.5, np.maximum(count, size) + 0.5
    result: Floats = np.log(b / a) if s == 1 else (b ** (1 - s) - a ** (1 - s)) / (1 - s)
    return result


def _zipf_inverse(s: float, size: int, mass: Floats) -> NDArray[np.int64]:
    a, mass = size + 0.5, np.maximum(mass, 0.0)
    x = a * np.exp(mass) if s == 1 else np.maximum(a ** (1 - s) + mass * (1 - s), 1e-300) ** (1 / (1 - s))
    return np.floor(x - 0.5).astype(np.int64)
