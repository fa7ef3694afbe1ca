"""Slips of the keyboard."""

from __future__ import annotations

import re
from typing import ClassVar

from synthgen.evalcase import EvalCase, Relation
from synthgen.evals.base import Family
from synthgen.evals.draw import Draw
from synthgen.evals.variant import changed, meaningful, reworded

RATE = 0.12  # share of the words that may be misspelt which are
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD = re.compile(r"(?<![\w@./\\{}<>`'\u2019#$&-])[^\W\d_]{4,}(?![\w@/\\{}<>`'\u2019-]|[.:]\w)")


def _neighbours() -> dict[str, str]:
    """For each letter those that lie left and right of it, above and below, on an English keyboard."""
    found: dict[str, str] = {}
    for r, row in enumerate(_ROWS):
        for i, letter in enumerate(row):
            beside = row[max(0, i - 1) : i] + row[i + 1 : i + 2]
            above = _ROWS[r - 1][i : i + 2] if r else ""
            below = _ROWS[r + 1][max(0, i - 1) : i + 1] if r + 1 < len(_ROWS) else ""
            found[letter] = beside + above + below
    return found


NEIGHBOURS = _neighbours()


def slip(word: str, draw: Draw) -> str:
    """The word with one slip after its first letter: a neighbouring key, two letters swapped, one lost or doubled."""
    at = draw.integer(1, len(word) - 2)
    letter = word[at]
    near = NEIGHBOURS.get(letter.lower(), "")
    kind = draw.pick(("key", "swap", "drop", "double") if near else ("swap", "drop", "double"))
    if kind == "key":
        other = draw.pick(near)
        return word[:at] + (other.upper() if letter.isupper() else other) + word[at + 1 :]
    if kind == "swap" and letter != word[at + 1]:
        return word[:at] + word[at + 1] + letter + word[at + 2 :]
    return word[:at] + letter * 2 + word[at + 1 :] if kind == "double" else word[:at] + word[at + 1 :]


class Typos:
    """Misspells 12 % of the words of four letters and more, at least one.

    `Please cancel my order` becomes `Plesae cancel my order`. Values, negations, numbers and words of the gold stay.
    """

    name: ClassVar[str] = "typos"
    relation: ClassVar[Relation] = "INV"
    rule: ClassVar[str] = "The gold stays: the words are misspelt and can still be read."

    def apply(self, case: EvalCase, draw: Draw, family: Family) -> EvalCase | None:
        """The case with slips; None if no word may be misspelt."""
        kept = meaningful(case)
        free = [
            m
            for p in case.pieces
            for m in ([] if p.label else _WORD.finditer(p.text))
            if m.group().casefold() not in kept and not m.group().isupper()
        ]
        if not free:
            return None
        hit = {n for n in range(len(free)) if draw.chance(RATE)} or {draw.below(len(free))}
        count = -1

        def one(match: re.Match[str]) -> str:
            nonlocal count
            word = match.group()
            if word.casefold() in kept or word.isupper():
                return word
            count += 1
            return slip(word, draw.child(count)) if count in hit else word

        return changed(case, reworded(case.pieces, lambda text: _WORD.sub(one, text)), self.name, family)
