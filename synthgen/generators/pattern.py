"""Text that matches a regular expression, made from the expression rather than tried against it."""

from __future__ import annotations

import numpy as np
import polars as pl
from pydantic import Field

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generator import BaseGenerator, Build, BuildError, Params
from synthgen.generators.automata import RANKS, Automaton, TooLargeError
from synthgen.generators.expressions import Node, PatternError
from synthgen.generators.regular import STAR, compile_pattern, open_ended
from synthgen.seeds import U64, Alias, below

_TABLE = 65_536  # a pattern of no more strings is a vocabulary


class PatternParams(Params):
    """`pattern: REGEX`."""

    pattern: str = Field(min_length=1, max_length=500, description="write a pattern such as '[A-Z]{3}-[0-9]{4}'")
    even: bool = Field(default=False, description="write even: true to make every distinct string equally likely")
    max_length: int | None = Field(default=None, ge=1)


class Pattern(BaseGenerator[PatternParams]):
    r"""Text that matches a regular expression: literals, sets, groups, alternatives and repeats.

    Alternatives and numbers of repeats are equally likely; with `even`, every distinct string is. `*` and `+` repeat
    at most 8 times more than they must, fewer where `max_length` wants it; `.` is printable ASCII, `\p{Greek}` and the
    like are Unicode's. Look-around and back-references cannot be generated. Capacity counts distinct strings, exactly.

    Example: `sku: {pattern: '[A-Z]{3}-[0-9]{4}'}`.
    """

    Params = PatternParams
    dtype = pl.String()

    def __init__(self, params: PatternParams, build: Build) -> None:
        super().__init__(params, build)
        self.tree = self._compiled(build)
        self.vocabulary: Vocabulary | None = None
        self.automaton: Automaton | None = None
        if self.tree.count <= _TABLE:
            self._tabulate()
        else:
            self._count(build)
        self._try(build)

    def _compiled(self, build: Build) -> Node:
        """The tree; open repeats are shortened until the longest string fits."""
        params, limit = self.params, self.params.max_length
        try:
            tree = compile_pattern(params.pattern)
            star = STAR
            while limit is not None and tree.longest > limit and star > 0 and open_ended(params.pattern):
                star -= 1
                tree = compile_pattern(params.pattern, star)
        except PatternError as error:
            remedy = error.remedy or "use literals, sets, groups, | and {m,n}"
            raise build.fail("bad-pattern", str(error), remedy, "pattern") from None
        if limit is not None and tree.longest > limit:
            message = f"the pattern can be {tree.longest} characters long, but max_length is {limit}"
            raise build.fail("too-long", message, "shorten the pattern's repeats", "max_length")
        return tree

    def _tabulate(self) -> None:
        words = self.tree.spell(np.arange(self.tree.count, dtype=np.uint64)).alias("word")
        frame = pl.DataFrame([words, pl.Series("share", self.tree.weights())])
        frame = frame.group_by("word", maintain_order=True).agg(pl.col("share").sum())
        self.vocabulary = Vocabulary(f"pattern:{self.params.pattern}", frame["word"])
        self.alias = Alias([1.0] * len(frame) if self.params.even else frame["share"].to_numpy())
        self.capacity = len(frame)

    def _count(self, build: Build) -> None:
        """How many distinct strings there are: the ways of the tree, where no two of them spell one string."""
        if not self.tree.ambiguous and self.tree.count < 2 * RANKS:
            self.capacity = min(self.tree.count, RANKS)
            return
        try:
            self.automaton = Automaton(self.tree)
            self.capacity = min(self.automaton.count, RANKS)
        except TooLargeError:
            self.capacity = None
        if self.params.even and (self.capacity is None or self.capacity >= RANKS):
            raise self._uneven(build)

    def _uneven(self, build: Build) -> BuildError:
        message = "the pattern has too many strings to draw all of them evenly"
        return build.fail("too-large", message, "leave 'even' out, or shorten the pattern's repeats", "even")

    def _try(self, build: Build) -> None:
        """Anchors in the middle make patterns that nothing matches: try a few strings in a linear-time engine."""
        if self.automaton is None and self.tree.count >= 2 * RANKS:
            return
        count = self.tree.count if self.automaton is None else self.capacity or 1
        ranks = np.linspace(0, count - 1, 9).astype(np.uint64) % np.uint64(count)
        try:
            matches = self._spelled(ranks).str.contains(f"^(?:{self.params.pattern})$")
        except pl.exceptions.PolarsError:
            return  # an expression that this engine does not read
        if not matches.all():
            message = f"nothing matches '{self.params.pattern}' as it stands"
            raise build.fail("bad-pattern", message, "put ^ and $ at the ends only", "pattern")

    def _spelled(self, ranks: U64) -> pl.Series:
        return self.tree.spell(ranks) if self.automaton is None else self.automaton.spell(ranks)

    def generate(self, rows: Rows) -> Column:
        """One string per row."""
        if self.vocabulary is not None:
            return Column.coded(self.vocabulary, self.alias.pick(rows.bits()))
        if self.params.even and self.capacity is not None:
            return Column.of(self._spelled(below(rows.bits(), self.capacity)))
        return Column.of(self.tree.draw(rows, "pattern"))

    def nth(self, index: U64, rows: Rows) -> Column:
        """The string of each rank."""
        if self.vocabulary is not None:
            return Column.coded(self.vocabulary, index.astype(np.uint32))
        return Column.of(self._spelled(index))
