"""Noise that remembers, and yet is a function of the row: a finite moving average over counter-based draws.

The noise of a row is a weighted sum of independent normal draws, one for each of the last W siblings, the row's own
included, with weights 1, m, m**2, ... for a memory m. That is a first-order autoregression cut off after W terms, W
being the least power of two for which m**W is at most a thousandth. It is scaled to the standard deviation asked for,
and it is stationary from the first row on, because the draws of rows before the first one exist as well.

Its autocorrelation at lag h is (m**h - m**(2 W - h)) / (1 - m**(2 W)) for h < W, and 0 from W on; the difference to
m**h stays below 0.001.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from synthgen.distributions import quantiles
from synthgen.quantiles import Normal
from synthgen.seeds import U64, StreamKey, draws_at, unit

_FORGOTTEN = 1e-3
_CHUNK = 1 << 20  # draws held at a time, about


class Remembering:
    """Standard normal noise with a memory in (-1, 1)."""

    def __init__(self, memory: float) -> None:
        self.powers: list[float] = []  # m, m**2, m**4, ...: one doubling of the window each
        power = memory
        while abs(power) > _FORGOTTEN:
            self.powers.append(power)
            power = power * power
        self.window = 1 << len(self.powers)
        self._scale = math.sqrt((1.0 - memory * memory) / (1.0 - power * power))
        self._memory = memory

    def autocorrelation(self, lag: int) -> float:
        """Correlation of two rows that are `lag` siblings apart."""
        m, w = self._memory, self.window
        return 0.0 if lag >= w else float((m**lag - m ** (2 * w - lag)) / (1 - m ** (2 * w)))

    def of(self, key: StreamKey, ids: U64) -> NDArray[np.float64]:
        """One number per row id; ids of siblings are consecutive."""
        normal = quantiles(Normal(0.0, 1.0))
        if self.window == 1 or not len(ids):
            return normal(unit(draws_at(key, ids)))
        heads = np.append(0, np.flatnonzero(ids[1:] != ids[:-1] + np.uint64(1)) + 1)
        lengths = np.diff(np.append(heads, len(ids)))
        padded = np.cumsum(lengths + self.window - 1)
        cuts = np.unique(np.searchsorted(padded, np.arange(_CHUNK, padded[-1], _CHUNK), side="right"))
        parts = []
        for some, sizes in zip(np.split(heads, cuts), np.split(lengths, cuts), strict=True):
            if len(some):
                parts.append(self._runs(key, ids[some], sizes))
        return np.concatenate(parts)

    def _runs(self, key: StreamKey, firsts: U64, lengths: NDArray[np.int64]) -> NDArray[np.float64]:
        """The noise of runs of consecutive ids, by doubling the window: S(2n)[i] = S(n)[i] + m**n S(n)[i - n]."""
        before = self.window - 1
        sizes = lengths + before
        place = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        ids = np.repeat(firsts - np.uint64(before), sizes) + place.astype(np.uint64)
        total = quantiles(Normal(0.0, 1.0))(unit(draws_at(key, ids)))
        for i, power in enumerate(self.powers):
            earlier = total[: -(1 << i)] * power
            total[1 << i :] += earlier  # what runs over the edge of a run reaches its first `before` places only
        return total[place >= before] * self._scale
