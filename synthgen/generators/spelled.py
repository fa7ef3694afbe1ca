"""Generators whose strings can be listed: parts that follow each other, drawn by weight and enumerated by rank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import polars as pl

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
