"""Text that matches a regular expression: the pattern is compiled to alternatives whose strings can be counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from re import _constants as c  # type: ignore[attr-defined]  # the standard parser's own tree; no public name
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import numpy as np
import polars as pl
from pydantic import Field

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.seeds import U64, below

_STAR = 8  # repeats of an unbounded quantifier beyond its minimum
_TABLE = 65_536
_MAX = 2**62
_CLASSES = {
    c.CATEGORY_DIGIT: "0123456789",
    c.CATEGORY_WORD: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_",
    c.CATEGORY_SPACE: " ",
}
_PRINTABLE = "".join(chr(i) for i in range(32, 127))


class PatternError(ValueError):
    """The pattern uses something that cannot be generated."""


@dataclass(frozen=True)
class Letters:
    """One character out of a set."""

    letters: tuple[str, ...]


@dataclass(frozen=True)
class Sequence:
    """Parts one after the other."""

    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Either:
    """One of several parts."""

    parts: tuple[Any, ...]


def compile_pattern(pattern: str) -> Any:
    """The tree of a pattern; raises PatternError for what has no countable strings."""
    try:
        return _sequence(parser.parse(pattern))
    except re.error as error:
        raise PatternError(f"'{pattern}' is not a regular expression: {error.msg}") from None
    except (OverflowError, RecursionError):
        raise PatternError(f"'{pattern}' is too large") from None


def _sequence(tree: Any) -> Sequence:
    return Sequence(tuple(part for op, value in tree for part in _parts(op, value)))


def _parts(op: Any, value: Any) -> list[Any]:
    if op is c.LITERAL:
        return [Letters((chr(value),))]
    if op is c.NOT_LITERAL:
        return [Letters(tuple(x for x in _PRINTABLE if x != chr(value)))]
    if op is c.ANY:
        return [Letters(tuple(_PRINTABLE))]
    if op is c.IN:
        return [Letters(_set(value))]
    if op is c.BRANCH:
        return [Either(tuple(_sequence(branch) for branch in value[1]))]
    if op is c.SUBPATTERN:
        return [_sequence(value[3])]
    if op in (c.MAX_REPEAT, c.MIN_REPEAT):
        low, high, body = value
        high = low + _STAR if high is c.MAXREPEAT else high
        if high > 1000:
            raise PatternError("a repeat of more than 1000 times is too large")
        inner = _sequence(body)
        counts = [Sequence((inner,) * n) for n in range(low, high + 1)]
        return [counts[0] if len(counts) == 1 else Either(tuple(counts))]
    if op is c.AT and value in (c.AT_BEGINNING, c.AT_END, c.AT_BEGINNING_STRING, c.AT_END_STRING):
        return []
    raise PatternError(f"{str(op).lower().replace('_', ' ')} cannot be generated")


def _set(items: Any) -> tuple[str, ...]:
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
        else:
            raise PatternError(f"{str(value).lower().replace('_', ' ')} cannot be generated")
    letters = tuple(x for x in _PRINTABLE if x not in found) if negate else tuple(dict.fromkeys(found))
    if not letters:
        raise PatternError("a character set is empty")
    return letters


def count(node: Any) -> int:
    """Number of strings that the tree spells, doubled ones counted twice; capped at 2**62."""
    if isinstance(node, Letters):
        return len(node.letters)
    if isinstance(node, Either):
        return min(_MAX, sum(count(p) for p in node.parts))
    total = 1
    for part in node.parts:
        total = min(_MAX, total * count(part))
    return total


def longest(node: Any) -> int:
    """Characters of the longest string."""
    if isinstance(node, Letters):
        return 1
    sizes = [longest(p) for p in node.parts]
    return max(sizes, default=0) if isinstance(node, Either) else sum(sizes)


def spell(node: Any, rank: U64) -> pl.Series:
    """The strings of the given ranks in [0, count(node)): mixed radix over the parts."""
    if isinstance(node, Letters):
        return pl.Series(node.letters, dtype=pl.String).gather(rank.astype(np.uint32))
    if isinstance(node, Either):
        return _spell_either(node, rank)
    pieces: list[pl.Series] = []
    rest = rank
    for part in reversed(node.parts):
        size = np.uint64(count(part))
        digit, rest = rest % size, rest // size
        pieces.append(spell(part, digit))
    if not pieces:
        return pl.Series([""], dtype=pl.String).new_from_index(0, len(rank))
    named = [p.alias(str(i)) for i, p in enumerate(reversed(pieces))]
    return pl.DataFrame(named).select(pl.concat_str(pl.all())).to_series()


def _spell_either(node: Either, rank: U64) -> pl.Series:
    exact = [0]
    for part in node.parts:
        exact.append(min(_MAX, exact[-1] + count(part)))
    which = np.searchsorted(np.array(exact, dtype=np.uint64), rank, side="right") - 1
    values, index = [], []
    for i, part in enumerate(node.parts):
        mine = np.flatnonzero(which == i)
        if len(mine):
            values.append(spell(part, rank[mine] - np.uint64(exact[i])))
            index.append(mine)
    if not values:
        return pl.Series([], dtype=pl.String)
    return pl.concat(values).gather(np.argsort(np.concatenate(index), kind="stable"))


def _ambiguous(node: Any) -> bool:
    """Whether two ranks could spell one string: variable-length parts that are not last, or overlapping branches."""
    if isinstance(node, Letters):
        return False
    if isinstance(node, Either):
        lengths = [_lengths(p) for p in node.parts]
        disjoint = all(not a & b for i, a in enumerate(lengths) for b in lengths[i + 1 :])
        return not disjoint or any(_ambiguous(p) for p in node.parts)
    variable = [len(_lengths(p)) > 1 for p in node.parts]
    return sum(variable) > 1 or any(_ambiguous(p) for p in node.parts)


def _lengths(node: Any) -> frozenset[int]:
    if isinstance(node, Letters):
        return frozenset({1})
    if isinstance(node, Either):
        return frozenset().union(*(_lengths(p) for p in node.parts))
    sums = frozenset({0})
    for part in node.parts:
        sums = frozenset(a + b for a in sums for b in _lengths(part))
        if len(sums) > 2000:
            return sums
    return sums


class PatternParams(Params):
    """`pattern: REGEX`."""

    pattern: str = Field(min_length=1, max_length=500, description='write a pattern such as "[A-Z]{3}-\\\\d{4}"')
    max_length: int | None = Field(default=None, ge=1)


class Pattern(BaseGenerator[PatternParams]):
    """Text that matches a regular expression: literals, sets, groups, alternatives and repeats.

    `*` and `+` repeat at most 8 times more than they must; `.` is printable ASCII. Look-around and back-references
    cannot be generated. Example: `sku: {pattern: "[A-Z]{3}-\\d{4}"}`.
    """

    Params = PatternParams
    dtype = pl.String()

    def __init__(self, params: PatternParams, build: Build) -> None:
        super().__init__(params, build)
        try:
            self.tree = compile_pattern(params.pattern)
        except PatternError as error:
            raise build.fail("bad-pattern", str(error), "use literals, sets, groups, | and {m,n}", "pattern") from None
        if params.max_length is not None and longest(self.tree) > params.max_length:
            message = f"the pattern can be {longest(self.tree)} characters long, but max_length is {params.max_length}"
            raise build.fail("too-long", message, "shorten the pattern's repeats", "max_length")
        self.size = count(self.tree)
        self.vocabulary: Vocabulary | None = None
        self.capacity = None if self.size >= _MAX or _ambiguous(self.tree) else self.size
        if self.size <= _TABLE:
            words = spell(self.tree, np.arange(self.size, dtype=np.uint64)).unique(maintain_order=True)
            self.vocabulary = Vocabulary(f"pattern:{params.pattern}", words)
            self.size = self.capacity = len(words)

    def generate(self, rows: Rows) -> Column:
        """One string per row."""
        return self.nth(below(rows.bits(), self.size), rows)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The string of each rank."""
        if self.vocabulary is not None:
            return Column.coded(self.vocabulary, index.astype(np.uint32))
        return Column.of(spell(self.tree, index))
