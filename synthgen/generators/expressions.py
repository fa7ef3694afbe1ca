"""Regular expressions as trees whose strings can be counted, spelled by rank, and drawn."""

from __future__ import annotations

import re
from collections.abc import Sequence as Seq
from dataclasses import dataclass
from functools import cached_property
from math import prod
from re import _constants as c  # type: ignore[attr-defined]  # the standard parser's own tree; no public name
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Rows
from synthgen.generators.scatter import gathered
from synthgen.seeds import U64, Alias, below

STAR = 8  # repeats of an unbounded quantifier beyond its minimum
_LONGEST = 1000  # characters of a string
_DEEPEST = 40  # nested groups
_MERGED = 4096  # words that neighbouring parts are joined into
_PRINTABLE = "".join(chr(i) for i in range(32, 127))
_CLASSES = {
    c.CATEGORY_DIGIT: "0123456789",
    c.CATEGORY_WORD: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_",
    c.CATEGORY_SPACE: " ",
}
_NEGATED = {
    c.CATEGORY_NOT_DIGIT: c.CATEGORY_DIGIT,
    c.CATEGORY_NOT_WORD: c.CATEGORY_WORD,
    c.CATEGORY_NOT_SPACE: c.CATEGORY_SPACE,
}
_NAMES = {
    c.ASSERT: "look-around",
    c.ASSERT_NOT: "look-around",
    c.GROUPREF: "a back-reference",
    c.GROUPREF_EXISTS: "a conditional group",
    c.AT: "a word boundary",
}


class PatternError(ValueError):
    """The pattern uses something that cannot be generated."""


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
            if lengths.bit_length() > _LONGEST + 1:
                raise PatternError(f"its strings can be longer than {_LONGEST} characters")
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
    """One of several parts."""

    parts: tuple[Node, ...]

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
        """Every part is equally likely."""
        which = below(rows.bits(slot), len(self.parts)).astype(np.int64)
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
        """The parts' weights, shared out evenly."""
        return np.concatenate([p.weights() for p in self.parts]) / len(self.parts)


def compile_pattern(pattern: str) -> Node:
    """The tree of a pattern; raises PatternError for what has no countable strings.

    >>> compile_pattern("[A-C]{2}-[0-9]").count
    90
    """
    try:
        return _chain(parser.parse(pattern), 0)
    except re.error as error:
        raise PatternError(f"'{pattern}' is not a regular expression: {error.msg}") from None
    except (OverflowError, RecursionError):
        raise PatternError(f"'{pattern}' is too large") from None


def _chain(tree: Any, depth: int) -> Node:
    if depth > _DEEPEST:
        raise PatternError(f"groups are nested more than {_DEEPEST} deep")
    return _sequence([node for op, value in tree if (node := _node(op, value, depth)) is not None])


def _sequence(parts: Seq[Node]) -> Node:
    """Parts in a row; neighbours that have few strings of one length are joined."""
    joined: list[Node] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(last, Words) and isinstance(part, Words) and _joins(last, part):
            shares = None
            if last.shares or part.shares:
                shares = tuple((last.weights()[:, None] * part.weights()).ravel().tolist())
            joined[-1] = Words(tuple(a + b for a in last.words for b in part.words), shares)
        else:
            joined.append(part)
    return joined[0] if len(joined) == 1 else Chain(tuple(joined))


def _joins(a: Words, b: Words) -> bool:
    return a.lengths.bit_count() == 1 and b.lengths.bit_count() == 1 and a.count * b.count <= _MERGED


def _either(parts: Seq[Node]) -> Node:
    """One of the parts; branches of plain words become one weighted list of words."""
    if len(parts) == 1:
        return parts[0]
    if all(isinstance(p, Words) for p in parts) and sum(p.count for p in parts) <= _MERGED:
        found: dict[str, float] = {}
        for part in parts:
            assert isinstance(part, Words)
            for word, share in zip(part.words, part.weights().tolist(), strict=True):
                found[word] = found.get(word, 0.0) + share / len(parts)
        return Words(tuple(found), tuple(found.values()))
    return Either(tuple(parts))


def _node(op: Any, value: Any, depth: int) -> Node | None:
    if op is c.LITERAL:
        return _letters(chr(value))
    if op is c.NOT_LITERAL:
        return _letters(_PRINTABLE.replace(chr(value), ""))
    if op is c.ANY:
        return _letters(_PRINTABLE)
    if op is c.IN:
        return _letters(_set(value))
    if op is c.BRANCH:
        return _either([_chain(branch, depth + 1) for branch in value[1]])
    if op is c.SUBPATTERN:
        return _chain(value[3], depth + 1)
    if op in (c.MAX_REPEAT, c.MIN_REPEAT):
        low, high, body = value
        return _repeat(low, high, body, depth)
    if op is c.AT and value in (c.AT_BEGINNING, c.AT_END, c.AT_BEGINNING_STRING, c.AT_END_STRING):
        return None
    raise PatternError(f"{_NAMES.get(op, str(op).lower().replace('_', ' '))} cannot be generated")


def _repeat(low: int, high: Any, body: Any, depth: int) -> Node:
    high = low + STAR if high is c.MAXREPEAT else high
    inner = _chain(body, depth + 1)
    if max(high, 1) * max(inner.longest, 1) > _LONGEST:
        raise PatternError(f"its strings can be longer than {_LONGEST} characters")
    return _either([_sequence([inner] * n) for n in range(low, high + 1)])


def _letters(letters: str) -> Words:
    if any(0xD800 <= ord(x) <= 0xDFFF for x in letters):
        raise PatternError("half a surrogate pair is no character")
    return Words(tuple(dict.fromkeys(letters)))


def _set(items: Any) -> str:
    found: list[str] = []
    negate = False
    for op, value in items:
        if op is c.NEGATE:
            negate = True
        elif op is c.LITERAL:
            found.append(chr(value))
        elif op is c.RANGE:
            if value[1] - value[0] > 5000:
                raise PatternError("a character range of more than 5000 characters is too large")
            found += [chr(i) for i in range(value[0], value[1] + 1)]
        elif op is c.CATEGORY and value in _CLASSES:
            found += _CLASSES[value]
        elif op is c.CATEGORY and value in _NEGATED:
            found += [x for x in _PRINTABLE if x not in _CLASSES[_NEGATED[value]]]
        else:
            raise PatternError(f"{str(value).lower().replace('_', ' ')} cannot be generated")
    letters = "".join(x for x in _PRINTABLE if x not in found) if negate else "".join(found)
    if not letters:
        raise PatternError("a character set is empty")
    return letters


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
