"""Windows of consecutive siblings at a stated rate (anomalies, missing stretches), found from any row alone.

Siblings are cut into blocks, at a random phase for each parent. A block holds a window with a certain chance, wholly
inside it, at an even place. So windows never overlap, any row finds the one it may lie in by its block's draws, and
the expected share of rows inside a window is the rate exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgen.columns import Rows
from synthgen.seeds import U64, Alias, below, draws_at, unit

_FILLED = 0.5  # share of blocks that hold a window, where the rate leaves the choice


class ImpossibleRateError(ValueError):
    """More rows should lie in windows than windows that never overlap can cover."""


@dataclass(frozen=True)
class Kind:
    """Windows of one kind: their weight among all windows, and their least and greatest length in rows."""

    weight: float
    least: int
    most: int


@dataclass(frozen=True, eq=False)
class Found:
    """For each row: the kind of its window (-1: none), its place in it from 0, the window's length, number and draws.

    `number` is distinct among the windows of one parent; `bits` are 64 random bits that the rows of a window share.
    """

    kind: NDArray[np.int64]
    place: NDArray[np.int64]
    length: NDArray[np.int64]
    number: NDArray[np.int64]
    bits: U64


class Windows:
    """Windows of several kinds that cover a share `rate` of all rows; raises ImpossibleRateError."""

    def __init__(self, rate: float, kinds: Sequence[Kind]) -> None:
        total = sum(k.weight for k in kinds)
        mean = sum(k.weight * (k.least + k.most) / 2 for k in kinds) / total
        longest = max(k.most for k in kinds if k.weight)
        if rate * longest > mean * (1 + 1e-9):
            raise ImpossibleRateError(f"windows of up to {longest} rows cover at most {mean / longest:.0%} of them")
        self.block = max(longest, math.ceil(_FILLED * mean / rate)) if rate else longest
        self.chance = rate * self.block / mean
        self._alias = Alias([k.weight for k in kinds])
        self._least = np.array([k.least for k in kinds], np.int64)
        self._span = np.array([k.most - k.least + 1 for k in kinds], np.uint64)

    def of(self, rows: Rows) -> Found:
        """The window of each row; draws from the rows' slots `phase`, `window`, `kind`, `length`, `start`, `shared`."""
        series = rows.ids - rows.ordinals.astype(np.uint64)
        shifted = rows.ordinals + below(draws_at(rows.stream("phase"), series), self.block).astype(np.int64)
        number, at = np.divmod(shifted, self.block)
        block = series + number.astype(np.uint64)
        heads = np.append(0, np.flatnonzero(block[1:] != block[:-1]) + 1) if len(block) else np.zeros(0, np.int64)
        ids = block[heads]
        kind = self._alias.pick(draws_at(rows.stream("kind"), ids)).astype(np.int64)
        length = self._least[kind] + below(draws_at(rows.stream("length"), ids), self._span[kind]).astype(np.int64)
        room = (self.block - length + 1).astype(np.uint64)
        start = below(draws_at(rows.stream("start"), ids), room).astype(np.int64)
        there = unit(draws_at(rows.stream("window"), ids)) < self.chance
        sizes = np.diff(np.append(heads, len(block)))
        kind, length, start = (np.repeat(x, sizes) for x in (np.where(there, kind, -1), length, start))
        place = at - start
        kind = np.where((place >= 0) & (place < length), kind, -1)
        return Found(kind, place, length, number, np.repeat(draws_at(rows.stream("shared"), ids), sizes))
