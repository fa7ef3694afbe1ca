"""What pattern recognizers share: a prefilter for whole columns, a validator for candidates, and context for weak ones.

A recognizer is superset first: its Rust `prefilter` runs over a column in one pass with those of all others, and Python
looks at nothing that it did not let through. `expression` must be linear in the text's length (no nested repeats).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from synthgen.privacy.base import Match

STRONG, LIKELY, WEAK = 1.0, 0.7, 0.5
NEAR = 60
"""Characters before a match in which a context word makes a weak match count."""


def named(column: str) -> str:
    """A column's name as lower-case words: `customerSSN_2` is ` customer ssn 2 `."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", column)
    return " " + re.sub(r"[^\w]+|_", " ", words).lower().strip() + " "


def mentions(words: tuple[str, ...], text: str) -> bool:
    """Whether any of the words stands in a text that `named` made."""
    return any(f" {w} " in text for w in words)


@dataclass(frozen=True)
class PatternRecognizer:
    """Finds one entity by a regular expression and a validator.

    `validate` gives the score of a matched text, 0 to reject it. `spans` cuts a match into candidates. `weak` is an
    expression for spellings that mean nothing by themselves (nine digits): they count only where a context word stands
    in the column's name or shortly before.
    """

    entity: str
    expression: str | None
    strong_prefilter: str | None
    validate: Callable[[str], float]
    context: tuple[str, ...] = ()
    weak: str | None = None
    weak_prefilter: str | None = None
    spans: Callable[[str], list[tuple[int, int]]] | None = field(default=None)

    @cached_property
    def _strong(self) -> re.Pattern[str] | None:
        return re.compile(self.expression) if self.expression else None

    @cached_property
    def _weak(self) -> re.Pattern[str] | None:
        return re.compile(self.weak) if self.weak else None

    @cached_property
    def _words(self) -> re.Pattern[str]:
        return re.compile(r"\b(?:" + "|".join(re.escape(w) for w in self.context) + r")\b", re.IGNORECASE)

    @property
    def prefilter(self) -> str:
        """Rust regex of every text that `find` could match: the strong spellings, or the weak ones."""
        return "|".join(f"(?:{p})" for p in (self.strong_prefilter, self.weak_prefilter) if p)

    def in_name(self, column: str) -> bool:
        """Whether the column's name says that it holds this entity."""
        return bool(self.context) and mentions(self.context, named(column))

    def find(self, text: str, context: str = "") -> list[Match]:
        """All matches in `text`; `context` is the column's name."""
        found = []
        if self._strong is not None:
            for start, end in self._candidates(self._strong, text):
                score = self.validate(text[start:end])
                if score > 0:
                    found.append(Match(self.entity, start, end, score, self.name))
        if self._weak is not None:
            always = self.in_name(context)
            for start, end in self._candidates(self._weak, text):
                if always or self._words.search(text, max(0, start - NEAR), start):
                    score = self.validate(text[start:end])
                    if score > 0 and not any(m.start <= start and end <= m.end for m in found):
                        found.append(Match(self.entity, start, end, max(score, WEAK), self.name))
        return found

    def _candidates(self, pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
        for match in pattern.finditer(text):
            if self.spans is None:
                yield match.span()
            else:
                for start, end in self.spans(match.group()):
                    yield match.start() + start, match.start() + end

    @property
    def name(self) -> str:
        """How findings call this recognizer."""
        return f"synthgen:{self.entity.lower()}"
