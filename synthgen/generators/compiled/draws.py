"""Finite random choices, and the environment that looks them up for a set of rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Rows
from synthgen.seeds import U64, Alias, below, unit

SMALL = 4096  # draws of at most that many outcomes take half of a 64-bit word
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


class Draw:
    """One random choice among `size` outcomes, uniform or by `weights`; `order` is its place on the way."""

    def __init__(self, order: int, size: int, weights: Sequence[float] | None = None) -> None:
        self.order, self.size = order, size
        self.weights = None if weights is None else np.asarray(weights, dtype=np.float64)

    @cached_property
    def alias(self) -> Alias:
        """The draw's alias table."""
        return Alias(np.ones(self.size) if self.weights is None else self.weights)

    def spec(self) -> tuple[Any, ...]:
        """What makes two draws alike."""
        return self.size, None if self.weights is None else self.weights.tobytes()


class Continuous:
    """A uniform float in [0, 1) with 53 random bits."""

    def __init__(self, order: int) -> None:
        self.order = order


def pick_half(half: U64, alias: Alias) -> NDArray[np.uint32]:
    """An outcome from 32 random bits: the high product is the cell, the low product its coin."""
    product = half * np.uint64(alias.size)
    index = (product >> _HALF).astype(np.uint32)
    if alias.uniform:
        return index
    keep = (product & _LOW) < alias.threshold.take(index)
    return np.where(keep, index, alias.alias.take(index))


class Env:
    """The outcomes of draws for a set of rows, each computed once; `take` narrows it to a subset of the rows."""

    def __init__(self, rows: Rows, prefix: str) -> None:
        self.rows, self.prefix, self.count = rows, prefix, rows.count
        self._picks: dict[int, NDArray[Any]] = {}
        self._words: dict[int, U64] = {}
        self.made: dict[int, Any] = {}
        self.given: dict[int, Any] = {}  # what is drawn at a place, where that is known beforehand

    def outcome(self, draw: Draw) -> NDArray[Any]:
        """The index of the outcome, row by row."""
        found = self._picks.get(draw.order)
        if found is None:
            found = self.given.get(draw.order)
            found = self._picks[draw.order] = self._outcome(draw) if found is None else found
        return found

    def _outcome(self, draw: Draw) -> NDArray[Any]:
        if draw.size <= SMALL:
            pair = draw.order >> 1
            word = self._words.get(pair)
            if word is None:
                word = self._words[pair] = self.rows.bits(f"{self.prefix}{pair}")
            return pick_half(word & _LOW if draw.order & 1 else word >> _HALF, draw.alias)
        bits = self.rows.bits(f"{self.prefix}w{draw.order}")
        if draw.weights is None:
            return below(bits, draw.size).astype(np.int64)
        return draw.alias.pick(bits)

    def unit(self, draw: Continuous) -> NDArray[np.float64]:
        """The float, row by row."""
        found = self._picks.get(draw.order)
        if found is None:
            found = self.given.get(draw.order)
            if found is None:
                found = unit(self.rows.bits(f"{self.prefix}w{draw.order}"))
            self._picks[draw.order] = found
        return found

    def nested(self, order: int) -> Env:
        """An environment of the same rows for a method that is called at place `order`."""
        return Env(self.rows, f"{self.prefix}{order}.")

    def take(self, index: NDArray[np.int64]) -> Env:
        """The environment of a subset of the rows, with all that is known of them."""
        part = Env.__new__(Env)
        part.rows, part.prefix, part.count = self.rows.take(index), self.prefix, len(index)
        self._narrow(part, index)
        return part

    def _narrow(self, part: Env, index: NDArray[np.int64]) -> None:
        part._picks = {k: v[index] for k, v in self._picks.items()}
        part._words = {k: v[index] for k, v in self._words.items()}
        part.made = {k: v.gather(index) if isinstance(v, pl.Series) else v[index] for k, v in self.made.items()}
        part.given = {k: v.gather(index) if isinstance(v, pl.Series) else v[index] for k, v in self.given.items()}
