"""What pattern recognizers share: a prefilter for whole columns, a validator for candidates, and context for weak ones.

A recognizer is superset first: its Rust `prefilter` runs over a column in one pass with those of all others, and Python
looks at nothing that it did not let through. `expression` must be linear in the text's length: every repeat bounded, or
started only where no shorter one could have started (`(?<!\\w)\\w+`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from synthgen.privacy.base import Match
from synthgen.privacy.texts import MASK

STRONG, CHANCE, LIKELY, WEAK = 1.0, 0.75, 0.7, 0.5
"""Scores: proven; a check digit that one number in ten has by chance; a form that says much; one that says little."""
RAISED = 0.25
"""What a context word adds to the score of a spelling that counts without it."""
NEAR = 60
"""Characters before a match in which a context word makes a weak match count."""
BEHIND = 40
"""Characters after a match in which `is my ... WORD` makes it count."""
_HAD = rf"[\W_]{{0,24}}{MASK}"
_FILLING = rf"(?:\s(?:is|was|no\.?|nr\.?|num|number|code))?(?:(?!{MASK})[\W_]){{0,24}}"
_COPULA = (
    r"[ ,\"')]{0,3}(?:\(|(?:is|was|are|as|ist|war|sind|als|est|sont|comme|es|son|como|è|sono|come|é|são|zijn|jest|to|on"
    r"|en|for|in|w|tillhör|är)\s)[^.\n\d]{0,30}?"
)


def named(column: str) -> str:
    """A column's name as lower-case words: `customerSSN_2` is ` customer ssn 2 `."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", column)
    return " " + re.sub(r"[^\w]+|_", " ", words).lower().strip() + " "


def mentions(words: tuple[str, ...], text: str) -> bool:
    """Whether any of the words stands in a text that `named` made."""
    return any(f" {w} " in text for w in words)


class Spans:
    """Spans that are taken already, asked by position: of ten thousand matches each costs no more than of ten."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = sorted(spans)
        self._starts = [s for s, _ in self._spans]

    def hold(self, start: int, end: int) -> bool:
        """Whether one of them holds the whole of this span; of nested ones, the inner ones are not looked for."""
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and self._spans[at][1] >= end

    def touch(self, start: int, end: int) -> bool:
        """Whether one of them, none of which overlap, overlaps this span."""
        at = bisect_right(self._starts, end - 1) - 1
        return at >= 0 and self._spans[at][1] > start


def spoken(words: tuple[str, ...]) -> str:
    """Regex of the context words in a text: a space may be a hyphen, an underscore or an apostrophe (`driver's`)."""
    return "|".join(re.escape(w).replace(r"\ ", r"[\s_.'\u2019-]{1,2}") for w in sorted(words, key=len, reverse=True))


@dataclass(frozen=True)
class PatternRecognizer:
    """Finds one entity by a regular expression and a validator.

    `validate` gives the score of a matched text, 0 to reject it. `spans` cuts a match into candidates. `weak` is an
    expression for spellings that mean nothing by themselves (nine digits): they count only where a context word stands
    in the column's name, shortly before, or just behind (`... is my tax number`); `validate_weak` judges them, or else
    `validate`. `near` are words that count in texts only, `after` those that count right behind a number (`... fax`).
    A number right after one of `others` (`ticket: `) is what that word says, whatever stands nearby. A context word
    whose own value is masked has had it, and `near` words reach no further than the line.
    A group called `value` in `expression` or `weak` is the match; what stands around it is only looked at.
    """

    entity: str
    expression: str | None
    strong_prefilter: str | None
    validate: Callable[[str], float]
    context: tuple[str, ...] = ()
    weak: str | None = None
    weak_prefilter: str | None = None
    spans: Callable[[str], list[tuple[int, int]]] | None = field(default=None)
    validate_weak: Callable[[str], float] | None = field(default=None)
    near: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @cached_property
    def _known(self) -> dict[str, bool]:
        """Column names that were asked for."""
        return {}

    @cached_property
    def _strong(self) -> re.Pattern[str] | None:
        return re.compile(self.expression) if self.expression else None

    @cached_property
    def _weak(self) -> re.Pattern[str] | None:
        return re.compile(self.weak) if self.weak else None

    @cached_property
    def _before(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![^\W_])(?:{spoken(self.context)})(?![^\W_])(?!{_HAD})", re.IGNORECASE)

    @cached_property
    def _in_line(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![^\W_])(?:{spoken(self.near)})(?![^\W_])(?!{_HAD})", re.IGNORECASE)

    @cached_property
    def _other(self) -> re.Pattern[str]:
        return re.compile(rf"(?:(?<![^\W_])(?:{spoken(self.others)})(?![^\W_])|#){_FILLING}$", re.IGNORECASE)

    @cached_property
    def _behind(self) -> re.Pattern[str]:
        told = rf"{_COPULA}(?<![^\W_])(?:{spoken(self.context)})(?![^\W_])"
        label = rf"|[ \t,;:(/\\-]{{1,3}}(?:{spoken(self.after)})(?![^\W_])" if self.after else ""
        return re.compile(told + label, re.IGNORECASE)

    @property
    def prefilter(self) -> str:
        """Rust regex of every text that `find` could match: the strong spellings, or the weak ones."""
        return "|".join(f"(?:{p})" for p in (self.strong_prefilter, self.weak_prefilter) if p)

    def in_name(self, column: str) -> bool:
        """Whether the column's name says that it holds this entity."""
        if column not in self._known:
            if len(self._known) > 10_000:
                self._known.clear()
            self._known[column] = bool(self.context) and mentions(self.context, named(column))
        return self._known[column]

    def find(self, text: str, context: str = "") -> list[Match]:
        """All matches in `text`; `context` is the column's name."""
        found = []
        if self._strong is not None:
            for start, end in self._candidates(self._strong, text):
                score = self.validate(text[start:end])
                if 0 < score < STRONG and self.context and (self.in_name(context) or self._told(text, start, end)):
                    score = min(STRONG, score + RAISED)
                if score > 0:
                    found.append(Match(self.entity, start, end, score, self.name))
        if self._weak is not None:
            strong = Spans((m.start, m.end) for m in found)
            always, judge = self.in_name(context), self.validate_weak or self.validate
            for start, end in self._candidates(self._weak, text):
                if not strong.hold(start, end) and (always or self._told(text, start, end)):
                    score = judge(text[start:end])
                    if score > 0:
                        found.append(Match(self.entity, start, end, max(score, WEAK), self.name))
        return found

    def _told(self, text: str, start: int, end: int) -> bool:
        """Whether a context word stands shortly before the span, or a sentence about it behind."""
        begin = max(0, start - NEAR)
        if self.others and self._other.search(text[begin:start]):
            return False
        if self.context and self._before.search(text, begin, start):
            return True
        if self.near and self._in_line.search(text, max(begin, text.rfind("\n", begin, start) + 1), start):
            return True
        return self._behind.match(text, end, min(len(text), end + BEHIND)) is not None

    def _candidates(self, pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
        group = "value" if "value" in pattern.groupindex else 0
        for match in pattern.finditer(text):
            if self.spans is None:
                yield match.span(group)
            else:
                for start, end in self.spans(match.group()):
                    yield match.start() + start, match.start() + end

    @property
    def told(self) -> tuple[str, ...]:
        """All words that let a weak spelling count in a text."""
        return self.context + self.near + self.after

    @property
    def name(self) -> str:
        """How findings call this recognizer."""
        return f"synthgen:{self.entity.lower()}"
