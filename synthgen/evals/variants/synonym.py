"""Other words of the same meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar

from synthgen.evalcase import EvalCase, Relation
from synthgen.evals.base import Family
from synthgen.evals.draw import Draw
from synthgen.evals.variant import changed, data, english, meaningful, reworded


@lru_cache(maxsize=1)
def synonyms() -> tuple[Mapping[str, str], re.Pattern[str]]:
    """For each word or phrase of the data file its other one, and a pattern that finds them, longest first."""
    found = {}
    for one, other in data()["synonyms"]:
        found[one], found[other] = other, one
    for one, other in data()["one_way"]:
        found[one] = other
    words = "|".join(re.escape(w) for w in sorted(found, key=len, reverse=True))
    return found, re.compile(rf"(?<![\w'\u2019-])(?<!\ba )(?<!\ban )({words})(?![\w'\u2019-])", re.IGNORECASE)


def like(word: str, model: str) -> str:
    """The word with the capitals of another: none, the first, or all."""
    if model.isupper() and len(model) > 1:
        return word.upper()
    return word[0].upper() + word[1:] if model[:1].isupper() else word


class Synonym:
    """Replaces words of the wording by their synonyms in a list that is safe in all contexts.

    `Perhaps you can fix it right away` becomes `Maybe you can fix it immediately`.
    """

    name: ClassVar[str] = "synonym"
    relation: ClassVar[Relation] = "INV"
    rule: ClassVar[str] = "The gold stays: words of the wording are replaced by others of the same meaning."

    def apply(self, case: EvalCase, draw: Draw, family: Family) -> EvalCase | None:
        """The case in other words; None if it holds none of the list, or all are words of the gold."""
        if not english(case):
            return None
        other, pattern = synonyms()
        kept = meaningful(case)

        def one(match: re.Match[str]) -> str:
            word = match.group(1).lower()
            if kept & {*word.split(), *other[word].split()}:
                return match.group()
            return like(other[word], match.group(1))

        return changed(case, reworded(case.pieces, lambda text: pattern.sub(one, text)), self.name, family)
