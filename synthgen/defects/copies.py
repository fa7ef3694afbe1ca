"""Which rows of a table come twice, and where every row then stands, without a look at any other partition.

In every block of 1,024 rows a fixed number of rows is copied: the next of the multiples of the rate. Which ones is a
keyed permutation of the block. So the number of copies before any row follows from its number alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthgen.seeds import U64, Permutation, StreamKey, draws, draws_at, unit

BLOCK = 1024
I64 = NDArray[np.int64]


class Copies:
    """The copied rows of one table. `rate` is hit exactly in every run of whole blocks, but for one row.

    Row `n` and its copy stand at `place(n)` and the place after it; places count from 0 without gaps.
    """

    def __init__(self, rate: float, key: StreamKey) -> None:
        self.rate = rate
        self._key = key
        self._order = Permutation(key, BLOCK)
        self._offset = float(unit(draws((key[0] ^ 0xC0B1E5, key[1]), 0, 1))[0])

    def copied(self, numbers: U64) -> NDArray[np.bool_]:
        """Whether each row is copied."""
        if not self.rate:
            return np.zeros(len(numbers), np.bool_)
        block = numbers // np.uint64(BLOCK)
        rank = self._order(numbers % np.uint64(BLOCK), draws_at(self._key, block))
        return rank.astype(np.int64) < self._quota(block.astype(np.int64))

    def place(self, numbers: U64) -> I64:
        """Where each row stands: its number, and the copies of the rows before it."""
        if not self.rate or not len(numbers):
            return numbers.astype(np.int64)
        block = numbers.astype(np.int64) // BLOCK
        blocks, which = np.unique(block, return_inverse=True)
        return (
            numbers.astype(np.int64)
            + self._first(block)
            + self._before(blocks)[which, numbers.astype(np.int64) % BLOCK]
        )

    def number(self, places: I64) -> U64:
        """The row that stands at each place, itself or as a copy."""
        if not self.rate or not len(places):
            return places.astype(np.uint64)
        block = np.maximum(0, ((places - 2) / (BLOCK * (1 + self.rate))).astype(np.int64))
        while (after := self._start(block + 1) <= places).any():
            block += after
        while (early := self._start(block) > places).any():
            block -= early
        blocks, which = np.unique(block, return_inverse=True)
        starts = np.arange(BLOCK) + self._before(blocks)  # of each row within its block
        inside = places - self._start(block)
        found = np.empty(len(places), np.int64)
        for i in range(len(blocks)):
            mine = which == i
            found[mine] = np.searchsorted(starts[i], inside[mine], side="right") - 1
        return (block * BLOCK + found).astype(np.uint64)

    def _first(self, block: I64) -> I64:
        """Copies in all the blocks before each block."""
        return np.floor(block * BLOCK * self.rate + self._offset).astype(np.int64)

    def _quota(self, block: I64) -> I64:
        return self._first(block + 1) - self._first(block)

    def _start(self, block: I64) -> I64:
        return block * BLOCK + self._first(block)

    def _before(self, blocks: I64) -> I64:
        """Copies before each row of each block, within the block; shape (blocks, rows)."""
        numbers = (blocks[:, None] * BLOCK + np.arange(BLOCK)).astype(np.uint64)
        copied = self.copied(numbers.ravel()).reshape(numbers.shape).astype(np.int64)
        before: I64 = np.cumsum(copied, axis=1) - copied
        return before
