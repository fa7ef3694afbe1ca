"""Distributions as tables that a row can be addressed by: uniform numbers in [0, 1) in, values out.

A continuous distribution is a table of exact quantiles, read by direct index and linear interpolation: 4,096 even
cells, the outermost 1/32 on each side replaced by cells that halve 48 times, 32 to each halving. At every knot the
distribution is exact; inside a cell it is uniform. A truncated distribution gets a table of its own, so that truncation
is constructive and keeps full resolution however small the interval. Tables are made by `synthgen.elementary`, hence
bit-exact on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from synthgen.elementary import Floats, exp, expm1, log, log1p
from synthgen.quantiles import Distribution

Ints = NDArray[np.int64]

_CELLS = 4096
_TAIL = 5  # the tails begin at 2**-5
_OCTAVES, _PER_OCTAVE = 48, 32
_EDGE = _CELLS >> _TAIL
_LEAST = 2.0**-54
_POSSIBLE = 1e-12  # an interval of less probability is refused
_COUNT_LIMIT = 1 << 21  # distinct whole numbers that a table may hold
_NEGLIGIBLE = 1e-18


class ImpossibleRangeError(ValueError):
    """Practically no value of the distribution lies in the range that was asked for."""


class Quantiles:
    """A distribution truncated to [low, high] (None: not truncated), as a table.

    Raises ImpossibleRangeError where the interval has a probability below 1e-12.
    """

    def __init__(self, distribution: Distribution, low: float | None = None, high: float | None = None) -> None:
        self.low = distribution.lower if low is None else max(low, distribution.lower)
        self.high = distribution.upper if high is None else min(high, distribution.upper)
        if not self.low < self.high:
            raise ImpossibleRangeError("the distribution has no values in this range")
        (p0, q0), (p1, q1) = (self._ends(distribution, x) for x in (self.low, self.high))
        self.mass = q0 - q1 if p0 > 0.5 else p1 - p0
        if self.mass < _POSSIBLE:
            raise ImpossibleRangeError("less than one value in a trillion lies in this range")

        def ppf(u: Floats, v: Floats) -> Floats:
            found = distribution.quantile(p0 + u * self.mass, q1 + v * self.mass)
            return np.clip(found, self.low, self.high)

        middle = np.arange(_EDGE, _CELLS - _EDGE + 1) / _CELLS
        tail = 2.0 ** -np.arange(_OCTAVES + _TAIL, _TAIL - 1, -1.0)
        steps = 1.0 + np.arange(_PER_OCTAVE) / _PER_OCTAVE
        tail = np.concatenate([(tail[:-1, None] * steps).ravel(), tail[-1:]])
        x = np.maximum.accumulate(
            np.concatenate([ppf(tail, 1 - tail), ppf(middle, 1 - middle), ppf(1 - tail, tail)[::-1]])
        )
        n = len(tail)
        self._bottom, self._start = _cells(tail, x[:n])
        self._top, self._fall = _cells(tail, x[-n:][::-1])
        inner, slopes = _cells(middle, x[n:-n])
        outside = np.zeros(_EDGE)
        self._x = np.concatenate([outside, inner[:-1], outside])
        self._slope = np.concatenate([outside, slopes[:-1], outside])
        self.largest = float(np.abs(x).max())
        least = ppf(np.array([_LEAST]), np.array([1.0]))
        self._least = self.low if np.isfinite(self.low) else float(least[0])

    @staticmethod
    def _ends(distribution: Distribution, x: float) -> tuple[float, float]:
        if x == distribution.lower:
            return 0.0, 1.0
        if x == distribution.upper:
            return 1.0, 0.0
        return distribution.split(x)

    @property
    def least_slope(self) -> float:
        """The least distance between the values of two uniform numbers, divided by the distance of these."""
        inner = self._slope[_EDGE : _CELLS - _EDGE]
        return float(min(inner.min(), self._start[:-1].min(), np.abs(self._fall[:-1]).min()))

    def __call__(self, u: Floats) -> Floats:
        """Values for uniform numbers in [0, 1), within [low, high]."""
        cell = (u * _CELLS).astype(np.int64)
        out = u - cell * (1.0 / _CELLS)
        out *= self._slope.take(cell)
        out += self._x.take(cell)
        outer = np.flatnonzero((cell < _EDGE) | (cell >= _CELLS - _EDGE))
        if len(outer):
            out[outer] = self._outer(u[outer])
        if np.isfinite(self.low) or np.isfinite(self.high):
            np.clip(out, self.low, self.high, out=out)
        return out

    def _outer(self, u: Floats) -> Floats:
        upper = u >= 0.5
        t = np.where(upper, 1.0 - u, u)
        mantissa, exponent = np.frexp(t)
        octave = exponent + (_OCTAVES + _TAIL - 1)
        part = ((mantissa - 0.5) * (2 * _PER_OCTAVE)).astype(np.int64)
        cell = np.where(t > 0, octave * _PER_OCTAVE + part, 0)
        past = t - np.ldexp(0.5 + part * (0.5 / _PER_OCTAVE), exponent)
        bottom = self._bottom.take(cell) + past * self._start.take(cell)
        top = self._top.take(cell) + past * self._fall.take(cell)
        return np.where(upper, top, np.where(t > 0, bottom, self._least))


def _cells(knots: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Value at every knot, and slope of the cell that begins there (none after the last)."""
    return x.copy(), np.append(np.diff(x) / np.diff(knots), 0.0)


@lru_cache(maxsize=64)
def quantiles(distribution: Distribution, low: float | None = None, high: float | None = None) -> Quantiles:
    """The table of a distribution; made once per process for each distribution and range."""
    return Quantiles(distribution, low, high)


class Lines:
    """A distribution whose quantile function is a polyline: `x` at the probabilities `p`, from 0 to 1, both rising.

    Equal neighbours in `p` are a gap without values, in `x` a value of its own weight. Truncated to [low, high]
    constructively; raises ImpossibleRangeError where no value lies in it. It is read like `Quantiles`.
    """

    def __init__(self, p: Sequence[float] | Floats, x: Sequence[float] | Floats, low: float, high: float) -> None:
        self._p, self._x = np.asarray(p, np.float64), np.asarray(x, np.float64)
        rise = np.diff(self._p)
        self._slope = np.append(np.diff(self._x) / np.where(rise > 0, rise, 1.0), 0.0)
        self.low, self.high = max(low, float(self._x[0])), min(high, float(self._x[-1]))
        first, last = self._below(self.low, "left"), self._below(self.high, "right")
        self.mass, self._from = last - first, first
        if not self.mass > 1e-12:
            raise ImpossibleRangeError("less than one value in a trillion lies in this range")
        self.largest = max(abs(self.low), abs(self.high))
        self.least_slope = float(self._slope[:-1][rise > 0].min()) * self.mass

    def _below(self, at: float, side: str) -> float:
        """Probability of values below `at`, those equal to it included on the right side."""
        if at <= self._x[0] and side == "left":
            return 0.0
        if at >= self._x[-1] and side == "right":
            return 1.0
        i = int(np.searchsorted(self._x, at, side="left" if side == "left" else "right"))
        i = min(max(i, 1), len(self._x) - 1)
        wide = float(self._x[i] - self._x[i - 1])
        share = (at - float(self._x[i - 1])) / wide if wide > 0 else 0.0
        return float(self._p[i - 1] + (self._p[i] - self._p[i - 1]) * min(max(share, 0.0), 1.0))

    def __call__(self, u: Floats) -> Floats:
        """Values for uniform numbers in [0, 1)."""
        wanted = self._from + u * self.mass
        cell = np.clip(np.searchsorted(self._p, wanted, side="right") - 1, 0, len(self._p) - 2)
        out: Floats = self._x.take(cell) + (wanted - self._p.take(cell)) * self._slope.take(cell)
        return np.clip(out, self.low, self.high)


class Counts:
    """A distribution over the whole numbers first, first + 1, ..., by their unnormalised weights.

    A guide table (Chen, Asau 1974) leads most draws straight to their number.
    """

    def __init__(self, first: int, weights: Floats) -> None:
        self.first = first
        self.weights = np.asarray(weights, np.float64)
        self.cumulative = np.cumsum(self.weights)
        if not len(self.weights) or not self.cumulative[-1] > 0:
            raise ImpossibleRangeError("no whole number in this range has any weight")
        buckets = 1 << max(10, min(16, (4 * len(self.weights)).bit_length()))
        total = self.cumulative[-1]
        edges = np.arange(buckets + 1) / buckets * total
        self._buckets, self._total, self._last = buckets, total, len(self.weights) - 1
        guide = np.searchsorted(self.cumulative, edges, side="right")
        self._guide = np.minimum(guide, self._last)

    @property
    def last(self) -> int:
        """The greatest number."""
        return self.first + self._last

    @property
    def mean(self) -> float:
        """The expected number."""
        shares = self.weights / self._total
        return float(self.first + np.cumsum(shares * np.arange(len(shares)))[-1])

    def __call__(self, u: Floats) -> Ints:
        """Whole numbers for uniform numbers in [0, 1)."""
        bucket = (u * self._buckets).astype(np.int64)
        found = self._guide.take(bucket)
        unsure = np.flatnonzero(found != self._guide.take(bucket + 1))
        if len(unsure):
            exact = np.searchsorted(self.cumulative, u[unsure] * self._total, side="right")
            found[unsure] = np.minimum(exact, self._last)
        found += self.first
        return found


def by_ratio(mode: int, up: Floats, down: Floats) -> tuple[int, Floats]:
    """Weights from the ratios of neighbours: `up[i]` is w(mode+i+1)/w(mode+i), `down[i]` is w(mode-i-1)/w(mode-i).

    Numbers whose weight is below 1e-18 of the mode's are left out at both ends. Returns the first number and weights.
    """
    above, below = np.cumprod(up), np.cumprod(down)
    above, below = above[above > _NEGLIGIBLE], below[below > _NEGLIGIBLE]
    return mode - len(below), np.concatenate([below[::-1], [1.0], above])


def poisson(mean: float, low: int = 0, high: int | None = None) -> Counts:
    """Poisson counts of [low, high]."""
    top = high if high is not None else int(mean + 12 * mean**0.5 + 50)
    mode = min(max(int(mean), low), top)
    return Counts(*by_ratio(mode, mean / (_upward(mode, top) + 1), _downward(mode, low) / max(mean, 1e-300)))


def negbin(mean: float, dispersion: float, low: int = 0, high: int | None = None) -> Counts:
    """Negative binomial counts of [low, high]: variance mean + mean**2 / dispersion (R's `size`)."""
    odds = mean / (mean + dispersion)
    spread = (mean + mean * mean / dispersion) ** 0.5
    top = high if high is not None else int(mean + 12 * spread + 45 * mean / dispersion + 50)
    mode = min(max(int((dispersion - 1) * mean / dispersion), low), top)
    up, down = _upward(mode, top), _downward(mode, low)
    return Counts(
        *by_ratio(mode, (up + dispersion) / (up + 1) * odds, down / ((down - 1 + dispersion) * max(odds, 1e-300)))
    )


def binomial(n: int, p: float, low: int = 0, high: int | None = None) -> Counts:
    """Binomial counts of [low, high]: successes among n trials."""
    top = n if high is None else min(n, high)
    if low > top:
        raise ImpossibleRangeError(f"a count of {n} trials cannot be in this range")
    if p in (0.0, 1.0):
        only = n if p == 1 else 0
        if not low <= only <= top:
            raise ImpossibleRangeError(f"every count is {only}")
        return Counts(only, np.ones(1))
    mode, odds = min(max(int((n + 1) * p), low), top), p / (1 - p)
    up, down = _upward(mode, top), _downward(mode, low)
    return Counts(*by_ratio(mode, (n - up) / (up + 1) * odds, down / ((n - down + 1) * odds)))


def geometric(p: float, low: int = 1, high: int | None = None) -> Counts:
    """Trials up to and including the first success, of [low, high]; at least 1."""
    low = max(low, 1)
    if p == 1 or low == high:
        if low > 1 and p == 1:
            raise ImpossibleRangeError("every count is 1")
        return Counts(low, np.ones(1))
    top = high if high is not None else low + int(42 / p) + 1
    return Counts(*by_ratio(low, np.full(_room(top - low), 1 - p), np.zeros(0)))


def zipf(s: float, low: int, high: int) -> Counts:
    """Whole numbers k of [low, high], each with a weight of k**-s."""
    low = max(low, 1)
    k = np.arange(low, low + _room(high - low) + 1, dtype=np.float64)
    return Counts(low, exp(-s * log(k / low)))


def _room(size: int) -> int:
    if size < 0:
        raise ImpossibleRangeError("no whole number lies in this range")
    if size >= _COUNT_LIMIT:
        raise ImpossibleRangeError(f"there would be more than {_COUNT_LIMIT:,} different numbers; narrow the range")
    return size


def _upward(mode: int, top: int) -> Floats:
    return np.arange(mode, mode + _room(top - mode), dtype=np.float64)


def _downward(mode: int, low: int) -> Floats:
    return np.arange(mode, mode - _room(mode - low), -1.0)


_ZIPF_TABLE = 4096


@lru_cache(maxsize=64)
def _zipf_sums(s: float) -> Floats:
    return np.cumsum(exp(-s * log(np.arange(1, _ZIPF_TABLE + 1, dtype=np.float64))))


def zipf_rank(u: Floats, s: float, n: int | Ints) -> Ints:
    """Ranks in [0, n), rank k with probability proportional to (k + 1)**-s; u in [0, 1), s >= 0.

    `n` (at least 1) may differ from element to element. The first 4,096 ranks are exact by table; past them sums are
    replaced by integrals (midpoint rule: the error of a total is below s / 100,000 of the 4,096th weight).
    """
    most = np.asarray(n, dtype=np.int64)
    if s == 0:
        return np.minimum((u * most).astype(np.int64), most - 1)
    table = _zipf_sums(s)
    total = table[np.minimum(most, _ZIPF_TABLE) - 1]
    if most.size and most.max() > _ZIPF_TABLE:
        total = total + _zipf_integral(s, np.maximum(most, _ZIPF_TABLE))
    wanted = u * total
    rank = np.searchsorted(table, wanted, side="right").astype(np.int64)
    beyond = np.flatnonzero(rank >= _ZIPF_TABLE)
    if len(beyond):
        rank[beyond] = _zipf_inverse(s, wanted[beyond] - table[-1], int(most.max()))
    return np.minimum(rank, most - 1)


def _zipf_integral(s: float, n: Ints) -> Floats:
    """Integral of x**-s from 4096.5 to n + 0.5."""
    a, t = np.array(_ZIPF_TABLE + 0.5), log(np.asarray((n + 0.5) / (_ZIPF_TABLE + 0.5), np.float64))
    if abs(1 - s) < 1e-9:
        return t
    result: Floats = exp((1 - s) * log(a)) * expm1((1 - s) * t) / (1 - s)
    return result


def _zipf_inverse(s: float, mass: Floats, most: int) -> Ints:
    """0-based rank at which the integral reaches `mass`."""
    a = np.array(_ZIPF_TABLE + 0.5)
    t = mass
    if abs(1 - s) >= 1e-9:
        t = log1p(np.maximum(mass * (1 - s) / exp((1 - s) * log(a)), -1 + 1e-15)) / (1 - s)
    x = a * exp(np.minimum(t, 44.0))
    return np.minimum(np.floor(x - 0.5), float(most)).astype(np.int64)
