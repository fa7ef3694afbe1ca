"""Rows out of order: some of the places in each window of places change what they hold among themselves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthgen.seeds import StreamKey, draws_at, unit

I64 = NDArray[np.int64]


class Order:
    """The order in which a table of `size` places is written. Windows begin at multiples of `within`."""

    def __init__(self, rate: float, within: int, size: int, key: StreamKey) -> None:
        self.rate, self.within, self.size = rate, max(1, within), size
        self._key, self._coins = key, (key[0] ^ 0x0D3F, key[1])

    def windows(self, places: I64) -> I64:
        """All places of the windows that these places lie in, ascending."""
        if not self.rate:
            return np.unique(places)
        windows = np.unique(places // self.within)
        found: I64 = (windows[:, None] * self.within + np.arange(self.within)).ravel()
        return found[found < self.size]

    def sources(self, places: I64) -> I64:
        """For each of these places (whole windows, ascending) the place whose row is written there."""
        source = places.copy()
        if not self.rate:
            return source
        moving = np.flatnonzero(unit(draws_at(self._coins, places.astype(np.uint64))) < self.rate)
        window = places[moving] // self.within
        shuffled = np.lexsort((draws_at(self._key, places[moving].astype(np.uint64)), window))
        source[moving] = places[moving][shuffled]
        return source
