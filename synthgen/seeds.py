"""Counter-based random streams: a draw is a function of (seed, table, column, slot, row) and of nothing else.

The mixer is SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators") with a second key
added between its rounds, because streams whose first keys differ by a multiple of GAMMA would otherwise be shifted
copies of each other. Every function here is bit-exact on every machine: integer arithmetic only, and floats made from
the high 53 bits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
StreamKey = tuple[int, np.uint64]

GAMMA = 0x9E3779B97F4A7C15
MASK = 2**64 - 1
_MIX1, _MIX2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S32 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)
_LOW, _HIGH = np.uint64(0xFFFFFFFF), np.uint64(0xFFFFFFFF00000000)
_BLOCK = 8192  # 64 KiB of state stays in the L1/L2 cache
_STEP = np.arange(1, _BLOCK + 1, dtype=np.uint64) * np.uint64(GAMMA)


def stream_key(seed: int, table: str, column: str, slot: str = "") -> StreamKey:
    """Key of the stream that a column draws from; streams are named, never numbered."""
    name = f"{seed}\x1f{table}\x1f{column}\x1f{slot}".encode()
    digest = hashlib.blake2b(name, digest_size=16).digest()
    return int.from_bytes(digest[:8], "little"), np.uint64(int.from_bytes(digest[8:], "little"))


def draws(key: StreamKey, start: int, count: int) -> U64:
    """64 random bits for each of the rows `start .. start+count-1`; equal to `draws_at(key, arange(...))`."""
    first, second = key
    out = np.empty(count, np.uint64)
    scratch = np.empty(min(count, _BLOCK), np.uint64)
    for i in range(0, count, _BLOCK):
        block = out[i : i + _BLOCK]
        np.add(_STEP[: len(block)], np.uint64((first + (start + i) * GAMMA) & MASK), out=block)
        _mix(block, second, scratch[: len(block)])
    return out


def draws_at(key: StreamKey, ids: U64) -> U64:
    """64 random bits for each row id in `ids` (any order, repeats allowed)."""
    first, second = key
    out = np.empty(len(ids), np.uint64)
    scratch = np.empty(min(len(ids), _BLOCK), np.uint64)
    gamma, offset = np.uint64(GAMMA), np.uint64((first + GAMMA) & MASK)
    for i in range(0, len(ids), _BLOCK):
        block = out[i : i + _BLOCK]
        np.multiply(ids[i : i + _BLOCK], gamma, out=block)
        block += offset
        _mix(block, second, scratch[: len(block)])
    return out


def _mix(z: U64, second: np.uint64, t: U64) -> None:
    np.right_shift(z, _S30, out=t)
    z ^= t
    z *= _MIX1
    z ^= second
    np.right_shift(z, _S27, out=t)
    z ^= t
    z *= _MIX2
    np.right_shift(z, _S31, out=t)
    z ^= t


def unit(bits: U64) -> NDArray[np.float64]:
    """Floats in [0, 1) with 53 random bits each."""
    floats = (bits >> np.uint64(11)).astype(np.float64)
    floats *= 2.0**-53
    return floats


def nth_share(u: NDArray[np.float64], size: int) -> U64:
    """Ranks in [0, size) for shares in [0, 1): rank k for u in [k / size, (k + 1) / size)."""
    return np.minimum((u * size).astype(np.uint64), np.uint64(size - 1))


def below(bits: U64, bound: int | U64) -> U64:
    """Integers in [0, bound), from 64 random bits each; bias below bound / 2**64 (exact for bound < 2**32: 2**-32).

    `bound` may be an array of the same length (each at least 1).
    """
    if isinstance(bound, int) and bound <= 2**32:
        scaled = bits >> _S32
        scaled *= np.uint64(bound)
        scaled >>= _S32
        return scaled
    n = np.asarray(bound, dtype=np.uint64)
    # high 64 bits of the 128-bit product, by halves
    high, low = bits >> _S32, bits & np.uint64(0xFFFFFFFF)
    n_high, n_low = n >> _S32, n & np.uint64(0xFFFFFFFF)
    middle = high * n_low + ((low * n_low) >> _S32)
    result: U64 = high * n_high + (middle >> _S32) + ((low * n_high + (middle & np.uint64(0xFFFFFFFF))) >> _S32)
    return result


def cells(threshold: U64, alias: NDArray[np.uint32]) -> U64:
    """Alias cells as one word each, for `picked`: the coin's threshold above, the other index below.

    A cell that always keeps its own index (a threshold of 2**32) names itself as the other one.
    """
    own = np.arange(len(alias), dtype=np.uint32)
    other = np.where(threshold >= np.uint64(2**32), own, alias).astype(np.uint64)
    return (np.minimum(threshold, np.uint64(MASK >> 32)) << _S32) | other


def picked(
    bits: U64,
    table: U64,
    size: int | U64,
    start: int | U64 = 0,
    group: NDArray[np.integer[Any]] | None = None,
) -> NDArray[np.uint32]:
    """Indices into a table of `cells`: of the `size` cells from `start` on, by the coin of the cell that is met.

    The high 32 bits choose the cell, the low 32 toss its coin. `size` and `start` are one for all rows, or one a group
    where `group` gives each row's. Works in blocks that stay in the cache.
    """
    out = np.empty(len(bits), np.uint32)
    for i in range(0, len(bits), _BLOCK):
        drawn = bits[i : i + _BLOCK]
        mine = None if group is None else group[i : i + _BLOCK]
        cell = drawn >> _S32
        cell *= np.uint64(size) if mine is None else size.take(mine)  # type: ignore[union-attr]  # arrays with groups
        cell >>= _S32
        if mine is not None:
            cell += start.take(mine)  # type: ignore[union-attr]
        elif start:
            cell += np.uint64(start)
        found = table.take(cell.view(np.int64))
        keep = (drawn << _S32) < (found & _HIGH)
        out[i : i + _BLOCK] = np.where(keep, cell, found & _LOW)
    return out


class Alias:
    """Weighted pick in constant time (Walker 1977, tables after Vose 1991): 64 bits in, a uint32 index out."""

    def __init__(self, weights: Sequence[float] | NDArray[np.float64]) -> None:
        w = np.asarray(weights, dtype=np.float64)
        if len(w) == 0 or not np.all(np.isfinite(w)) or np.any(w < 0) or w.max() <= 0:
            raise ValueError("weights must be non-negative, finite and not all zero")
        if w.max() > 1e300 or w.max() < 1e-300:
            w = w / w.max()  # so that neither their sum nor its inverse overflows
        self.size = len(w)
        self.uniform = bool(np.all(w == w[0]))
        scaled = w * (self.size / w.sum())
        coin, alias = np.ones(self.size), np.arange(self.size, dtype=np.uint32)
        small = [i for i in range(self.size) if scaled[i] < 1.0]
        large = [i for i in range(self.size) if scaled[i] >= 1.0]
        while small and large:
            s, g = small.pop(), large[-1]
            coin[s], alias[s] = scaled[s], g
            scaled[g] -= 1.0 - scaled[s]
            if scaled[g] < 1.0:
                small.append(large.pop())
        for i in small:  # left over by rounding only; a weight of zero keeps its alias
            coin[i] = 1.0 if w[i] > 0 else 0.0
        self.threshold = np.minimum(coin * 2.0**32, 2.0**32).astype(np.uint64)
        self.alias = alias
        if np.any((w == 0) & (coin == 0) & (alias == np.arange(self.size))):
            alias[(w == 0) & (alias == np.arange(self.size))] = int(np.argmax(w))
        self.table = cells(self.threshold, alias)

    def pick(self, bits: U64) -> NDArray[np.uint32]:
        """Indices distributed by the weights; the high 32 bits choose the cell, the low 32 toss its coin."""
        if self.uniform:
            return (((bits >> _S32) * np.uint64(self.size)) >> _S32).astype(np.uint32)
        return picked(bits, self.table, self.size)


class Permutation:
    """A keyed bijection of [0, size): a balanced Feistel network with cycle walking (Black, Rogaway 2002).

    4 rounds mix large domains (Luby, Rackoff 1988); small ones need 10 before every place is equally likely.
    """

    def __init__(self, key: StreamKey, size: int) -> None:
        if size < 1:
            raise ValueError("a permutation needs at least one element")
        self.size = size
        self._half = max(1, ((size - 1).bit_length() + 1) // 2)
        first, second = key
        rng = draws((first, second), 0, 4 if self._half >= 10 else 10)
        self._keys = [(int(k), second) for k in rng]

    def __call__(self, index: U64, tweak: U64 | None = None) -> U64:
        """Image of each index (all must be below `size`); each distinct `tweak` is a permutation of its own."""
        index = index.astype(np.uint64)
        out = self._round(index, tweak)
        walking = np.flatnonzero(out >= np.uint64(self.size))
        while len(walking):
            out[walking] = self._round(out[walking], None if tweak is None else tweak[walking])
            walking = walking[out[walking] >= np.uint64(self.size)]
        return out

    def inverse(self, image: U64) -> U64:
        """The index whose image (without a tweak) is `image`: `inverse(p(i)) == i`."""
        out = self._unround(image.astype(np.uint64))
        walking = np.flatnonzero(out >= np.uint64(self.size))
        while len(walking):
            out[walking] = self._unround(out[walking])
            walking = walking[out[walking] >= np.uint64(self.size)]
        return out

    def _unround(self, x: U64) -> U64:
        half = np.uint64(self._half)
        mask = np.uint64((1 << self._half) - 1)
        left, right = x >> half, x & mask
        for key in reversed(self._keys):
            left, right = right ^ (draws_at(key, left) & mask), left
        return (left << half) | right

    def _round(self, x: U64, tweak: U64 | None) -> U64:
        half = np.uint64(self._half)
        mask = np.uint64((1 << self._half) - 1)
        left, right = x >> half, x & mask
        for key in self._keys:
            seen = right if tweak is None else right + tweak
            left, right = right, left ^ (draws_at(key, seen) & mask)
        return (left << half) | right
