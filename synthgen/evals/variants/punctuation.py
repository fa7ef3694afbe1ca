"""Stops, commas and other marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from synthgen.evalcase import EvalCase, Piece, Relation
from synthgen.evals.base import Family
from synthgen.evals.draw import Draw
from synthgen.evals.variant import changed
from synthgen.evals.wording import merged

_INSIDE = re.compile(r"(?<=[^\s.,;:!?])[.,;:!?](?=\s)|(?<=\s)(?<![\n])[;!?](?=\s)|^[.,;:!?](?=\s)")
_LAST = re.compile(_INSIDE.pattern + r"|(?<=[^\s.,;:!?])[.,;:!?]$|^[.,;:!?]$")


def marked(pieces: Sequence[Piece], change: str, draw: Draw) -> list[Piece]:
    """The pieces with marks before white space, and at the end, dropped (half of them), doubled (half) or all gone."""

    def one(match: re.Match[str]) -> str:
        if change == "none":
            return ""
        if draw.chance(0.5) or (change == "doubled" and match.group() == ":"):  # `::` reads as an address
            return match.group()
        return "" if change == "dropped" else match.group() * 2

    found = []
    for i, piece in enumerate(pieces):
        pattern = _LAST if i == len(pieces) - 1 else _INSIDE
        found.append(piece if piece.label else Piece(pattern.sub(one, piece.text)))
    return merged(found)


class Punctuation:
    """Drops or doubles some marks of the wording, or takes all of them away.

    `Hello, where is it? Thanks.` becomes `Hello where is it Thanks`. Marks inside words and numbers stay.
    """

    name: ClassVar[str] = "punctuation"
    relation: ClassVar[Relation] = "INV"
    rule: ClassVar[str] = "The gold stays: only stops, commas, colons, question and exclamation marks change."

    def apply(self, case: EvalCase, draw: Draw, family: Family) -> EvalCase | None:
        """The case with other marks; None if it has none."""
        for change in draw.shuffled(("dropped", "doubled", "none")):
            made = changed(case, marked(case.pieces, change, draw), self.name, family, change=change)
            if made is not None:
                return made
        return None
