"""A sentence that has nothing to do with the matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from synthgen.evalcase import EvalCase, Piece, Relation
from synthgen.evals.base import Family
from synthgen.evals.draw import Draw
from synthgen.evals.variant import Sentence, changed, data, english, places, sentences, together


def added(pieces: Sequence[Piece], text: str) -> list[Piece]:
    """The text with a sentence at its end: as a postscript below several lines, below a value, or on the same line."""
    before = pieces[-1] if pieces else Piece("")
    if not pieces or before.text[-1:].isspace():
        return [*pieces, Piece(text)]
    if before.label or any("\n" in p.text for p in pieces):
        return [*pieces, Piece(f"\n\nP.S. {text}")]
    return [*pieces, Piece(f"{'' if before.text.endswith(('.', '!', '?', ':')) else '.'} {text}")]


class Distractor:
    """Adds a sentence about the weather, a neighbour's cat or a tune, between two sentences or at the end.

    `Where is my parcel?` becomes `Where is my parcel? The tram was late again this morning.`
    """

    name: ClassVar[str] = "distractor"
    relation: ClassVar[Relation] = "INV"
    rule: ClassVar[str] = "The gold stays: the added sentence says nothing about the matter."

    def apply(self, case: EvalCase, draw: Draw, family: Family) -> EvalCase | None:
        """The case with a sentence more; None if it is in another language than English, or empty."""
        if not english(case) or not case.input.strip():
            return None
        text = draw.pick(data()["distractors"])
        parts = sentences(case.pieces)
        free = list(places(parts))
        if free and draw.chance(0.5):
            at = draw.pick(free)
            pieces = together([*parts[:at], Sentence((Piece(text),), " "), *parts[at:]])
            return changed(case, pieces, self.name, family, change="between")
        return changed(case, added(case.pieces, text), self.name, family, change="end")
