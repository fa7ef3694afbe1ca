"""Capitals and small letters."""

from __future__ import annotations

from typing import ClassVar

from synthgen.evalcase import EvalCase, Piece, Relation
from synthgen.evals.base import Family
from synthgen.evals.draw import Draw
from synthgen.evals.variant import changed, reworded, sentences, together


def starts(pieces: tuple[Piece, ...], draw: Draw) -> list[Piece]:
    """Every second sentence, by chance, with its first letter in the other case."""
    parts = []
    for part in sentences(pieces):
        first = part.pieces[0] if part.pieces else None
        if first is not None and not first.label and draw.chance(0.5):
            text = first.text[0].swapcase() + first.text[1:]
            part = type(part)((Piece(text), *part.pieces[1:]), part.after)
        parts.append(part)
    return together(parts)


class Casing:
    """Writes all wording in small letters or in capitals, or some sentences with the other case first.

    `Where is my order INV-0012?` becomes `WHERE IS MY ORDER INV-0012?`: values stay as they are.
    """

    name: ClassVar[str] = "casing"
    relation: ClassVar[Relation] = "INV"
    rule: ClassVar[str] = "The gold stays: only capitals of the wording change."

    def apply(self, case: EvalCase, draw: Draw, family: Family) -> EvalCase | None:
        """The case in another case; None if its wording has no letters with case."""
        for change in draw.shuffled(("lower", "upper", "starts")):
            if change == "starts":
                pieces = starts(case.pieces, draw)
            else:
                pieces = reworded(case.pieces, str.lower if change == "lower" else str.upper)
            made = changed(case, pieces, self.name, family, change=change)
            if made is not None:
                return made
        return None
