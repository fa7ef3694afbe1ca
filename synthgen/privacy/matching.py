"""All recognizers as one: a prefilter for columns, then each recognizer on what it could match."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import polars as pl

from synthgen.privacy.base import Match, Recognizer
from synthgen.privacy.patterns import PatternRecognizer
from synthgen.privacy.personal_columns import weak_words
from synthgen.privacy.texts import without_safe
from synthgen.registry import RECOGNIZERS

THRESHOLD = 0.4
_FEW = 64


def ascii_only(regex: str) -> str:
    """The regex with its digit, word and boundary classes cut to ASCII: a superset for texts that are normalised, and
    many times faster, since Unicode classes overflow the engine's cache of states.
    """
    made = re.sub(r"\[\\w", "[0-9A-Za-z_", regex)
    return (
        made.replace(r"\d", "[0-9]")
        .replace(r"\w", "[0-9A-Za-z_]")
        .replace(r"\b", r"(?-u:\b)")
        .replace(r"\s", r"[ \t\r\n]")
    )


class Matcher:
    """The registered recognizers, prepared once per scanner."""

    def __init__(self) -> None:
        self.recognizers: dict[str, Recognizer] = {name: RECOGNIZERS.get(name) for name in RECOGNIZERS.names()}
        self._cheap = {n: r for n, r in self.recognizers.items() if n != "LOCATION"}

    @cached_property
    def strong(self) -> str | None:
        """Rust regex of every text that some recognizer matches without context; None if one cannot say."""
        parts: list[str] = []
        for recognizer in self._cheap.values():
            if isinstance(recognizer, PatternRecognizer):
                parts += [recognizer.strong_prefilter] if recognizer.strong_prefilter else []
            elif (prefilter := recognizer.prefilter) is None:
                return None
            else:
                parts.append(prefilter)
        return "|".join(f"(?:{ascii_only(p)})" for p in parts)

    @cached_property
    def words(self) -> str:
        """Rust regex of the context words that let weak spellings count, followed by digits somewhere near."""
        words = sorted(weak_words(self._patterns()))
        return rf"(?i)(?-u:\b)(?:{'|'.join(re.escape(w) for w in words)})(?-u:\b)[^\n]*[0-9]{{2}}[0-9 .-]{{4}}"

    def _patterns(self) -> Iterator[PatternRecognizer]:
        for recognizer in self.recognizers.values():
            if isinstance(recognizer, PatternRecognizer):
                yield recognizer

    def named(self, column: str) -> list[PatternRecognizer]:
        """Recognizers of weak spellings that the column's name speaks of."""
        return [r for r in self._patterns() if r.weak and r.in_name(column)]

    def candidates(self, values: pl.Series, column: str) -> pl.Series:
        """The values that some recognizer may match, by one or two regex passes."""
        if self.strong is None:
            return values
        mask = values.str.contains(self.strong) | values.str.contains(self.words)
        for recognizer in self.named(column):
            if recognizer.weak_prefilter:
                mask = mask | values.str.contains(ascii_only(recognizer.weak_prefilter))
        return values.filter(mask)

    def matches(self, texts: Sequence[str], column: str) -> list[list[Match]]:
        """For each text, all matches of at least the threshold; UUIDs and ISO timestamps are masked first."""
        safe = [without_safe(t) for t in texts]
        series = pl.Series(safe, dtype=pl.String)
        found: list[list[Match]] = [[] for _ in safe]
        spoken = series.str.contains(self.words) if len(safe) > _FEW else None
        for recognizer in self.recognizers.values():
            for i in self._indices(recognizer, series, spoken, column):
                found[i] += [m for m in recognizer.find(safe[i], column) if m.score >= THRESHOLD]
        return found

    def _indices(
        self, recognizer: Recognizer, texts: pl.Series, spoken: pl.Series | None, column: str
    ) -> Iterable[int]:
        if spoken is None:
            return range(len(texts))
        mask: Any = None
        if isinstance(recognizer, PatternRecognizer):
            weak = recognizer.weak_prefilter if recognizer.weak else None
            mask = spoken & texts.str.contains(ascii_only(weak)) if weak else None
            if weak and recognizer.in_name(column):
                mask = texts.str.contains(ascii_only(weak))
            if recognizer.strong_prefilter:
                strong = texts.str.contains(ascii_only(recognizer.strong_prefilter))
                mask = strong if mask is None else mask | strong
        elif recognizer.prefilter is not None:
            mask = texts.str.contains(ascii_only(recognizer.prefilter))
        if mask is None:
            return range(len(texts))
        indices: list[int] = mask.arg_true().to_list()
        return indices

    def describe(self) -> list[str]:
        """Names of the entities that are looked for, with the package of those from outside."""
        names = []
        for name in self.recognizers:
            source = RECOGNIZERS.source(name)
            names.append(name if source == "synthgen" else f"{name} ({source})")
        return names
