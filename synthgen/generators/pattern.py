"""Text that matches a regular expression, made from the expression rather than tried against it."""

from __future__ import annotations

import numpy as np
import polars as pl
from pydantic import Field

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.expressions import PatternError
from synthgen.generators.regular import compile_pattern
from synthgen.seeds import U64, Alias

_TABLE = 65_536  # a pattern of no more strings is a vocabulary
_RANKS = 2**62


class PatternParams(Params):
    """`pattern: REGEX`."""

    pattern: str = Field(min_length=1, max_length=500, description="write a pattern such as '[A-Z]{3}-[0-9]{4}'")
    max_length: int | None = Field(default=None, ge=1)


class Pattern(BaseGenerator[PatternParams]):
    """Text that matches a regular expression: literals, sets, groups, alternatives and repeats.

    Alternatives and numbers of repeats are equally likely. `*` and `+` repeat at most 8 times more than they must; `.`
    is printable ASCII. Look-around and back-references cannot be generated. `capacity` is exact where no two ways
    through the pattern can spell one string, and for patterns of up to 65,536 strings.

    Example: `sku: {pattern: '[A-Z]{3}-[0-9]{4}'}`.
    """

    Params = PatternParams
    dtype = pl.String()

    def __init__(self, params: PatternParams, build: Build) -> None:
        super().__init__(params, build)
        try:
            self.tree = compile_pattern(params.pattern)
        except PatternError as error:
            raise build.fail("bad-pattern", str(error), "use literals, sets, groups, | and {m,n}", "pattern") from None
        if params.max_length is not None and self.tree.longest > params.max_length:
            message = f"the pattern can be {self.tree.longest} characters long, but max_length is {params.max_length}"
            raise build.fail("too-long", message, "shorten the pattern's repeats", "max_length")
        self.vocabulary: Vocabulary | None = None
        if self.tree.count <= _TABLE:
            self._tabulate()
        elif not self.tree.ambiguous:
            self.capacity = min(self.tree.count, _RANKS) if self.tree.count < 2**63 else None
        self._try(build)

    def _tabulate(self) -> None:
        words = self.tree.spell(np.arange(self.tree.count, dtype=np.uint64)).alias("word")
        frame = pl.DataFrame([words, pl.Series("share", self.tree.weights())])
        frame = frame.group_by("word", maintain_order=True).agg(pl.col("share").sum())
        self.vocabulary = Vocabulary(f"pattern:{self.params.pattern}", frame["word"])
        self.alias = Alias(frame["share"].to_numpy())
        self.capacity = len(frame)

    def _try(self, build: Build) -> None:
        """Anchors in the middle make patterns that nothing matches: try a few strings in a linear-time engine."""
        if self.tree.count >= 2**63:
            return
        ranks = np.linspace(0, self.tree.count - 1, 9).astype(np.uint64) % np.uint64(self.tree.count)
        try:
            matches = self.tree.spell(ranks).str.contains(f"^(?:{self.params.pattern})$")
        except pl.exceptions.PolarsError:
            return  # an expression that this engine does not read
        if not matches.all():
            message = f"nothing matches '{self.params.pattern}' as it stands"
            raise build.fail("bad-pattern", message, "put ^ and $ at the ends only", "pattern")

    def generate(self, rows: Rows) -> Column:
        """One string per row."""
        if self.vocabulary is not None:
            return Column.coded(self.vocabulary, self.alias.pick(rows.bits()))
        return Column.of(self.tree.draw(rows, "pattern"))

    def nth(self, index: U64, rows: Rows) -> Column:
        """The string of each rank."""
        if self.vocabulary is not None:
            return Column.coded(self.vocabulary, index.astype(np.uint32))
        return Column.of(self.tree.spell(index))
