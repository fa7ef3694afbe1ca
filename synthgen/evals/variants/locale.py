"""British and American spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar

from synthgen.evalcase import EvalCase, Relation
from synthgen.evals.base import Family
from synthgen.evals.draw import Draw
from synthgen.evals.variant import changed, data, english, meaningful, reworded
from synthgen.evals.variants.synonym import like


@lru_cache(maxsize=2)
def spelling(to: str) -> tuple[Mapping[str, str], re.Pattern[str]]:
    """Words that are spelt otherwise in `british` or `american` English, and a pattern that finds them."""
    pairs = data()["spelling"] + (data()["to_american"] if to == "american" else data()["to_british"])
    found = {us: uk for uk, us in pairs} if to == "british" else dict(pairs)
    words = "|".join(re.escape(w) for w in sorted(found, key=len, reverse=True))
    return found, re.compile(rf"(?<![\w@./-])({words})(?![\w@/-]|\.\w)", re.IGNORECASE)


class Locale:
    """Writes British words as Americans do, or American ones as the British do, whichever the wording holds.

    `What colour is it?` becomes `What color is it?`
    """

    name: ClassVar[str] = "locale"
    relation: ClassVar[Relation] = "INV"
    rule: ClassVar[str] = "The gold stays: words of the wording are spelt as on the other side of the Atlantic."

    def apply(self, case: EvalCase, draw: Draw, family: Family) -> EvalCase | None:
        """The case in the other spelling; None if no word differs, or all are words of the gold."""
        if not english(case):
            return None
        kept = meaningful(case)
        for to in draw.shuffled(("british", "american")):
            other, pattern = spelling(to)

            def one(match: re.Match[str], other: Mapping[str, str] = other) -> str:
                word = match.group(1).lower()
                return match.group() if word in kept else like(other[word], match.group(1))

            pieces = reworded(case.pieces, lambda text, p=pattern, f=one: p.sub(f, text))  # type: ignore[misc]
            made = changed(case, pieces, self.name, family, change=to)
            if made is not None:
                return made
        return None
