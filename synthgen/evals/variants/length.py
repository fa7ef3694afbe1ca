"""More words around the matter, or fewer."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

from synthgen.evalcase import EvalCase, Piece, Relation
from synthgen.evals.base import Family
from synthgen.evals.draw import Draw
from synthgen.evals.phrasing import registers
from synthgen.evals.similarity import normal
from synthgen.evals.variant import Sentence, changed, data, english, sentences, together
from synthgen.evals.variants.distractor import added

GREETING = 40  # letters that a greeting has at most


@lru_cache(maxsize=1)
def filler() -> frozenset[str]:
    """Sentences that say nothing about a matter, in plain words: all registers' greetings, openers and closings."""
    lines = [line for style in registers().values() for kind in style.lines.values() for line in kind]
    return frozenset(normal(line) for line in [*lines, *data()["before"], *data()["after"]])


class Length:
    """Puts polite filler before and after the text, or cuts the filler that it has.

    `Where is my parcel?` becomes `I hope you are having a good week. Where is my parcel? Many thanks for your help.`
    """

    name: ClassVar[str] = "length"
    relation: ClassVar[Relation] = "INV"
    rule: ClassVar[str] = "The gold stays: only polite filler is added or cut."

    def apply(self, case: EvalCase, draw: Draw, family: Family) -> EvalCase | None:
        """The case longer or shorter; None if it is in another language than English, or empty."""
        if not english(case) or not case.input.strip():
            return None
        if draw.chance(0.5):
            made = self._cut(case, family)
            if made is not None:
                return made
        before = " ".join(draw.sample(data()["before"], draw.integer(1, 3)))
        after = " ".join(draw.sample(data()["after"], draw.integer(1, 3)))
        parts = sentences(case.pieces)
        if any("\n" in s.after for s in parts):  # a letter: after its greeting, and nothing below its signature
            at = int(len(parts[0].text) <= GREETING and "\n" in parts[0].after)
            pieces = together([*parts[:at], Sentence((Piece(before),), "\n\n"), *parts[at:]])
        else:
            pieces = [Piece(before + " "), *added(case.pieces, after)]
        return changed(case, pieces, self.name, family, change="longer")

    def _cut(self, case: EvalCase, family: Family) -> EvalCase | None:
        """The case without filler; None if it has none, or nothing else."""
        parts = sentences(case.pieces)
        rest = [s for s in parts if s.labelled or normal(s.text) not in filler()]
        if len(rest) == len(parts) or not "".join(s.text for s in rest).strip():
            return None
        rest[-1] = Sentence(rest[-1].pieces, "")
        return changed(case, together(rest), self.name, family, change="shorter")
