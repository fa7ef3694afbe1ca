"""Sentences in another order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from synthgen.evalcase import EvalCase, Relation
from synthgen.evals.base import Family
from synthgen.evals.draw import Draw
from synthgen.evals.variant import Sentence, changed, sentences, together

_STOPS = (".", "!", "?")


def blocks(parts: Sequence[Sentence]) -> list[list[Sentence]]:
    """Sentences that stay together: each with those after it that point back, or that no stop parts from it."""
    found: list[list[Sentence]] = []
    for part in parts:
        if found and (part.leans or not found[-1][-1].text.endswith(_STOPS)):
            found[-1].append(part)
        else:
            found.append([part])
    return found


def lines(parts: Sequence[Sentence]) -> list[list[Sentence]]:
    """The sentences of each line."""
    found: list[list[Sentence]] = [[]]
    for part in parts:
        found[-1].append(part)
        if "\n" in part.after:
            found.append([])
    return [line for line in found if line]


def moved(line: Sequence[Sentence], draw: Draw) -> list[Sentence] | None:
    """The line's sentences in another order, those with values in the order that they had; None if nothing can move."""
    units = blocks(line)
    order = draw.shuffled(range(len(units)))
    with_values = [i for i, unit in enumerate(units) if any(s.labelled for s in unit)]
    slots = sorted(order.index(i) for i in with_values)
    for slot, i in zip(slots, with_values, strict=True):
        order[slot] = i
    if order == list(range(len(units))) or not line[-1].text.endswith(_STOPS):
        return None
    found = [s for i in order for s in units[i]]
    return [replace(s, after=old.after) for s, old in zip(found, line, strict=True)]


class Reorder:
    """Moves sentences inside a paragraph, for families whose sentences do not lean on their order.

    `It rains. I want a refund.` becomes `I want a refund. It rains.` Sentences that begin with a word that points back
    (`It`, `But`) stay behind the one before them, and sentences with values keep their order.
    """

    name: ClassVar[str] = "reorder"
    relation: ClassVar[Relation] = "INV"
    rule: ClassVar[str] = "The gold stays: whole sentences change places, and no word changes."

    def apply(self, case: EvalCase, draw: Draw, family: Family) -> EvalCase | None:
        """The case in another order; None if the family's sentences lean on it, or there are too few."""
        if not family.reorderable:
            return None
        found = lines(sentences(case.pieces))
        for at in sorted(range(len(found)), key=lambda i: -len(found[i])):
            for again in range(4):
                line = moved(found[at], draw.child(at, again))
                if line is not None:
                    parts = [s for i, old in enumerate(found) for s in (line if i == at else old)]
                    return changed(case, together(parts), self.name, family)
        return None
