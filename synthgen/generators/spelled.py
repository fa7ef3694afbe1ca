"""Generators whose strings can be listed: parts that follow each other, drawn by weight and enumerated by rank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Column, Declared, Rows, Vocabulary
from synthgen.generator import BaseGenerator, P
from synthgen.generators.expressions import Chain, Either, Node, Words
from synthgen.seeds import U64, Alias

_TABLE = 65_536  # a tree of no more strings is a vocabulary
_RANKS = 2**62


def words(values: Sequence[str] | Mapping[str, float]) -> Words:
    """A list of strings, evenly, or a mapping of strings to weights of any sum."""
    if not isinstance(values, Mapping):
        return Words(tuple(values))
    total = sum(values.values())
    return Words(tuple(values), tuple(w / total for w in values.values()))


def chain(*parts: Words) -> Node:
    """The parts one after the other; neighbours of few combinations are joined beforehand.

    No two combinations may spell the same string: let a separator stand between parts of open length.
    """
    joined: list[Words] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last is None or last.count * part.count > _TABLE:
            joined.append(part)
            continue
        shares = None
        if last.shares or part.shares:
            shares = tuple((last.weights()[:, None] * part.weights()).ravel().tolist())
        joined[-1] = Words(tuple(a + b for a in last.words for b in part.words), shares)
    return joined[0] if len(joined) == 1 else Chain(tuple(joined))


def either(parts: Iterable[tuple[float, Node]]) -> Node:
    """One of several trees by weight; no two of them may spell the same string."""
    known = [(weight, node) for weight, node in parts if weight > 0]
    if len(known) == 1:
        return known[0][1]
    total = sum(weight for weight, _ in known)
    return Either(tuple(n for _, n in known), tuple(w / total for w, _ in known))


@dataclass(frozen=True, eq=False)
class Framed(Node):
    """A tree between two texts that are drawn together, by weight: a folder and the extension of what lies there."""

    frames: Mapping[tuple[str, str], float]
    inner: Node

    def __post_init__(self) -> None:
        self.__dict__["count"] = len(self.frames) * self.inner.count

    @cached_property
    def _ends(self) -> tuple[pl.Series, pl.Series]:
        return pl.Series([a for a, _ in self.frames]), pl.Series([b for _, b in self.frames])

    @cached_property
    def _alias(self) -> Alias:
        return Alias(list(self.frames.values()))

    def _joined(self, which: NDArray[np.uint32], inner: pl.Series) -> pl.Series:
        before, after = (end.gather(pl.Series(which)).alias(n) for end, n in zip(self._ends, "ac", strict=True))
        return pl.DataFrame([before, inner.alias("b"), after]).select(pl.concat_str(pl.all())).to_series()

    def spell(self, rank: U64) -> pl.Series:
        """The strings of the first frame, then those of the next."""
        size = np.uint64(self.inner.count)
        return self._joined((rank // size).astype(np.uint32), self.inner.spell(rank % size))

    def draw(self, rows: Rows, slot: str) -> pl.Series:
        """A frame and what stands in it, independently."""
        return self._joined(self._alias.pick(rows.bits(slot)), self.inner.draw(rows, f"{slot}.in"))

    def weights(self) -> NDArray[np.float64]:
        """Products of both weights."""
        shares = np.array(list(self.frames.values()))
        return (shares[:, None] / shares.sum() * self.inner.weights()).ravel()


class Spelled(BaseGenerator[P]):
    """A generator over a tree of strings: call `spell` in the constructor."""

    dtype = pl.String()
    declared: Declared | None = None

    def spell(self, name: str, node: Node) -> None:
        """Draw from the strings of a tree, all of them distinct; `name` says what the list is."""
        self.node = node
        self.capacity = min(node.count, _RANKS)
        self.vocabulary: Vocabulary | None = None
        if node.count <= _TABLE:
            self.vocabulary = Vocabulary(name, node.spell(np.arange(node.count, dtype=np.uint64)).rename(""))
            self.alias = Alias(node.weights())

    def generate(self, rows: Rows) -> Column:
        """One string per row."""
        if self.vocabulary is not None:
            return Column.coded(self.vocabulary, self.alias.pick(rows.bits()), self.declared)
        return Column.of(self.node.draw(rows, "part"), self.declared)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The string of each rank."""
        if self.vocabulary is not None:
            return Column.coded(self.vocabulary, index.astype(np.uint32), self.declared)
        return Column.of(self.node.spell(index), self.declared)
