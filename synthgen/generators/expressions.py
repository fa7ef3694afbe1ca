"""Trees of text whose strings can be counted, spelled by rank, and drawn: what regular expressions become."""

from __future__ import annotations

from collections.abc import Sequence as Seq
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import prod
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from synthgen.columns import Rows
from synthgen.scatter import gathered
from synthgen.seeds import U64, Alias, below

LONGEST = 1000  # characters of a string


class PatternError(ValueError):
    """The pattern uses something that cannot be generated; `remedy` says what to write instead."""

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.remedy = remedy


class Node:
    """Part of a pattern. `count` strings, doubled ones counted twice; `lengths` is a bit set of their lengths."""

    count: int
    lengths: int
    first: frozenset[str] | None  # characters that its strings may begin with; None where a string may be empty
    ambiguous: bool  # whether two ranks may spell one string

    @property
    def longest(self) -> int:
        """Characters of the longest string."""
        return self.lengths.bit_length() - 1

    def spell(self, rank: U64) -> pl.Series:
        """The strings of ranks in [0, count); count below 2**63."""
        raise NotImplementedError

    def draw(self, rows: Rows, slot: str) -> pl.Series:
        """One string per row: alternatives and numbers of repeats are equally likely."""
        raise NotImplementedError

    def weights(self) -> NDArray[np.float64]:
        """The probability that `draw` gives each rank."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Words(Node):
    """One of a few distinct strings, by weight."""

    words: tuple[str, ...]
    shares: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        values = {
            "count": len(self.words),
            "lengths": _bits(len(w) for w in self.words),
            "first": None if "" in self.words else frozenset(w[0] for w in self.words),
            "ambiguous": False,
        }
        self.__dict__.update(values)

    @cached_property
    def _series(self) -> pl.Series:
        return pl.Series(self.words, dtype=pl.String)

    @cached_property
    def _alias(self) -> Alias:
        return Alias(self.shares or [1.0] * len(self.words))

    def spell(self, rank: U64) -> pl.Series:
        """By position."""
        return self._series.gather(rank.astype(np.uint32))

    def draw(self, rows: Rows, slot: str) -> pl.Series:
        """By weight."""
        return self._series.gather(self._alias.pick(rows.bits(slot)))

    def weights(self) -> NDArray[np.float64]:
        """The shares."""
        return np.array(self.shares) if self.shares else np.full(self.count, 1.0 / self.count)


@dataclass(frozen=True, eq=False)
class Chain(Node):
    """Parts one after the other."""

    parts: tuple[Node, ...]

    def __post_init__(self) -> None:
        lengths, variable = 1, 0
        for part in self.parts:
            lengths = _sums(lengths, part.lengths)
            variable += part.lengths.bit_count() > 1
            if lengths.bit_length() > LONGEST + 1:
                raise PatternError(f"its strings can be longer than {LONGEST} characters")
        values = {
            "count": prod(p.count for p in self.parts),
            "lengths": lengths,
            "first": _first(self.parts),
            "ambiguous": variable > 1 or any(p.ambiguous for p in self.parts),
        }
        self.__dict__.update(values)

    def spell(self, rank: U64) -> pl.Series:
        """Mixed radix, the last part turning fastest."""
        pieces, rest = [], rank
        for part in reversed(self.parts):
            size = np.uint64(part.count)
            pieces.append(part.spell(rest % size))
            rest = rest // size
        return _joined(pieces[::-1], len(rank))

    def draw(self, rows: Rows, slot: str) -> pl.Series:
        """Every part from a stream of its own."""
        return _joined([p.draw(rows, f"{slot}.{i}") for i, p in enumerate(self.parts)], rows.count)

    def weights(self) -> NDArray[np.float64]:
        """Products of the parts' weights."""
        out = np.ones(1)
        for part in self.parts:
            out = (out[:, None] * part.weights()).ravel()
        return out


@dataclass(frozen=True, eq=False)
class Either(Node):
    """One of several parts, equally likely or by `shares`, which add up to 1."""

    parts: tuple[Node, ...]
    shares: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        lengths, overlap = 0, False
        for part in self.parts:
            overlap |= bool(lengths & part.lengths)
            lengths |= part.lengths
        firsts = [p.first for p in self.parts]
        known = [f for f in firsts if f is not None]
        together = frozenset().union(*known)
        apart = len(known) == len(firsts) and len(together) == sum(len(f) for f in known)
        values = {
            "count": sum(p.count for p in self.parts),
            "lengths": lengths,
            "first": together if len(known) == len(firsts) else None,
            "ambiguous": (overlap and not apart) or any(p.ambiguous for p in self.parts),
        }
        self.__dict__.update(values)

    def spell(self, rank: U64) -> pl.Series:
        """The parts' ranks one after the other."""
        starts = np.cumsum([0, *(p.count for p in self.parts)], dtype=np.uint64)
        which = np.searchsorted(starts, rank, side="right") - 1
        return self._gather(which, lambda i, mine: self.parts[i].spell(rank[mine] - starts[i]))

    def draw(self, rows: Rows, slot: str) -> pl.Series:
        """One part per row."""
        bits = rows.bits(slot)
        which = (below(bits, len(self.parts)) if self.shares is None else Alias(self.shares).pick(bits)).astype(
            np.int64
        )
        return self._gather(which, lambda i, mine: self.parts[i].draw(rows.take(mine), f"{slot}.{i}"))

    def _gather(self, which: NDArray[np.int64], make: Any) -> pl.Series:
        values, index = [], []
        for i in range(len(self.parts)):
            mine = np.flatnonzero(which == i)
            if len(mine):
                values.append(make(i, mine))
                index.append(mine)
        return gathered(values, index, pl.String())

    def weights(self) -> NDArray[np.float64]:
        """The parts' weights, shared out."""
        shares = self.shares or [1.0 / len(self.parts)] * len(self.parts)
        return np.concatenate([p.weights() * s for p, s in zip(self.parts, shares, strict=True)])


@dataclass(frozen=True, eq=False)
class Repeat(Node):
    """A part, `low` to `high` times in a row."""

    body: Node
    low: int
    high: int

    def __post_init__(self) -> None:
        lengths, sums, overlap = 0, 1, False
        for n in range(self.high + 1):
            sums = _sums(sums, self.body.lengths) if n else 1
            if n >= self.low:
                overlap |= bool(lengths & sums)
                lengths |= sums
        variable = self.body.lengths.bit_count() > 1 and self.high > 1
        values = {
            "count": sum(self.body.count**n for n in range(self.low, self.high + 1)),
            "lengths": lengths,
            "first": None if self.low == 0 else self.body.first,
            "ambiguous": self.body.ambiguous or variable or overlap,
        }
        self.__dict__.update(values)

    def spell(self, rank: U64) -> pl.Series:
        """Fewer repeats first; among as many, mixed radix."""
        counts = range(self.low, self.high + 1)
        starts = np.array(list(accumulate((self.body.count**n for n in counts), initial=0)), np.uint64)
        which = np.searchsorted(starts, rank, side="right") - 1
        order = np.argsort(which, kind="stable")
        digits, size = [], np.uint64(self.body.count)
        for i in np.unique(which):
            rest = rank[order][which[order] == i] - starts[i]
            columns = np.empty((len(rest), self.low + int(i)), np.uint64)
            for k in range(columns.shape[1] - 1, -1, -1):
                columns[:, k], rest = rest % size, rest // size
            digits.append(columns.ravel())
        flat = self.body.spell(np.concatenate(digits) if digits else np.zeros(0, np.uint64))
        return _runs(flat, which[order] + self.low).gather(np.argsort(order))

    def draw(self, rows: Rows, slot: str) -> pl.Series:
        """Every number of repeats is equally likely."""
        counts = below(rows.bits(slot), self.high - self.low + 1).astype(np.int64) + self.low
        return _runs(self.body.draw(rows.scoped(slot).expand(counts), "repeated"), counts)

    def weights(self) -> NDArray[np.float64]:
        """Products of the part's weights, shared out evenly over the numbers of repeats."""
        chains = [Chain((self.body,) * n).weights() for n in range(self.low, self.high + 1)]
        return np.concatenate(chains) / len(chains)


def _runs(flat: pl.Series, counts: NDArray[np.int64]) -> pl.Series:
    """Neighbouring strings joined: `counts[i]` of them make string i."""
    offsets = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    lists = pa.LargeListArray.from_arrays(pa.array(offsets), flat.rechunk().to_arrow())
    return pl.Series(pl.from_arrow(lists), dtype=pl.List(pl.String)).list.join("")


def _bits(lengths: Any) -> int:
    out = 0
    for n in lengths:
        out |= 1 << n
    return out


def _sums(a: int, b: int) -> int:
    """All sums of a length of one set and a length of the other."""
    out, shift = 0, 0
    while b:
        if b & 1:
            out |= a << shift
        b >>= 1
        shift += 1
    return out


def _first(parts: Seq[Node]) -> frozenset[str] | None:
    found: frozenset[str] = frozenset()
    for part in parts:
        if part.first is not None:
            return found | part.first
        if isinstance(part, Words):
            found |= frozenset(w[0] for w in part.words if w)
            continue
        return None
    return None


def _joined(pieces: list[pl.Series], count: int) -> pl.Series:
    if not pieces:
        return pl.Series([""], dtype=pl.String).new_from_index(0, count)
    named = [p.alias(str(i)) for i, p in enumerate(pieces)]
    return pl.DataFrame(named).select(pl.concat_str(pl.all())).to_series()
