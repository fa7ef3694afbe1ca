"""All recognizers as one: a prefilter for columns, then each recognizer on what it could match.

A long text is cut into windows that overlap, so that one line of ten megabytes costs what its length costs, and only
the windows that a prefilter lets through are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import polars as pl

from synthgen.privacy.base import Match, Recognizer
from synthgen.privacy.entities import ENTITIES, looked_for
from synthgen.privacy.patterns import PatternRecognizer, spoken
from synthgen.privacy.texts import without_safe
from synthgen.registry import RECOGNIZERS

THRESHOLD = 0.4
FEW = 16
"""Texts up to which asking each recognizer costs less than asking the prefilters first."""
_GROUP = 12
"""Recognizers whose prefilters are asked together before each is asked alone."""
STEP, BACK, AHEAD = 16_384, 128, 4_096
"""Windows of a long text: characters that each answers for, and those it sees before and after them."""


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


def _any(regexes: Iterable[str]) -> str:
    return "|".join(f"(?:{ascii_only(r)})" for r in regexes)


class Matcher:
    """The registered recognizers, prepared once per scanner.

    `entities` are those to look for; None stands for all that are direct or indirect. Quasi entities (a URL, a
    postcode) are found only when they are named. Those that only a language model finds (PERSON) are left to it; raises
    PluginError for a name that nobody knows.
    """

    def __init__(self, entities: Collection[str] | None = None) -> None:
        asked = filter(looked_for, RECOGNIZERS.names()) if entities is None else sorted(entities)
        names = [n for n in asked if n in RECOGNIZERS or n not in ENTITIES]
        self.recognizers: dict[str, Recognizer] = {name: RECOGNIZERS.get(name) for name in names}
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
        return _any(parts) or r"$^"

    @cached_property
    def words(self) -> str:
        """Rust regex of the context words that let weak spellings count."""
        found = {w for r in self._patterns() if r.weak for w in r.told}
        return rf"(?i)(?:^|[^0-9a-z])(?:{spoken(tuple(found))})(?:$|[^0-9a-z])" if found else r"$^"

    @cached_property
    def weak(self) -> str:
        """Rust regex of every text that holds a weak spelling."""
        return _any(r.weak_prefilter for r in self._patterns() if r.weak_prefilter) or r"$^"

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
        told = self._spoken(values)
        if told.any():
            where = told.arg_true()
            told = told.scatter(where, values.gather(where).str.contains(self.weak))
        mask = values.str.contains(self.strong) | told
        weak = _any(r.weak_prefilter for r in self.named(column) if r.weak_prefilter)
        if weak:
            mask = mask | values.str.contains(weak)
        return values.filter(mask)

    def _spoken(self, texts: pl.Series) -> pl.Series:
        """Whether a text has a context word and a digit: without both no weak spelling counts in it."""
        likely = texts.str.contains("[0-9]").fill_null(False) & (texts.str.len_bytes() > 8)
        if likely.any():
            where = likely.arg_true()
            likely = likely.scatter(where, texts.gather(where).str.contains(self.words))
        return likely

    def matches(self, texts: Sequence[str], column: str) -> list[list[Match]]:
        """For each text, all matches of at least the threshold; UUIDs and ISO timestamps are masked first."""
        safe = [without_safe(t) for t in texts]
        long = [i for i, t in enumerate(safe) if len(t) > STEP + AHEAD]
        for i in long:
            safe[i] = ""
        found = self._short(safe, column)
        for i in long:
            found[i] = self._long(without_safe(texts[i]), column)
        return found

    def _long(self, text: str, column: str) -> list[Match]:
        """Window by window; a match belongs to the window in which it starts."""
        starts = range(0, len(text), STEP)
        windows = [text[max(0, s - BACK) : s + STEP + AHEAD] for s in starts]
        found = []
        for start, matches in zip(starts, self._short(windows, column), strict=True):
            shift = max(0, start - BACK)
            for match in matches:
                if start <= match.start + shift < start + STEP:
                    found.append(replace(match, start=match.start + shift, end=match.end + shift))
        return found

    def _short(self, texts: Sequence[str], column: str) -> list[list[Match]]:
        found: list[list[Match]] = [[] for _ in texts]
        for recognizer, indices in self._plan(texts, column):
            for i in indices:
                found[i] += [m for m in recognizer.find(texts[i], column) if m.score >= THRESHOLD]
        return found

    def _plan(self, texts: Sequence[str], column: str) -> Iterator[tuple[Recognizer, Iterable[int]]]:
        """Each recognizer with the texts that its prefilter lets through."""
        every = range(len(texts))
        if len(texts) <= FEW and sum(map(len, texts)) < STEP:
            yield from ((r, every) for r in self.recognizers.values())
            return
        series = pl.Series(texts, dtype=pl.String)
        told = self._spoken(series)
        for recognizer in self.recognizers.values():  # outside recognizers that cannot say what they match
            if not isinstance(recognizer, PatternRecognizer) and recognizer.prefilter is None:
                yield recognizer, every
        for name, indices in self._hits(series, told, column).items():
            yield self.recognizers[name], sorted(indices)

    def _hits(self, series: pl.Series, told: pl.Series, column: str) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for rows, filters in self._stages(series, told, column):
            part = series if rows is None else series.gather(rows)
            for group in (filters[i : i + _GROUP] for i in range(0, len(filters), _GROUP)):
                hit = part.str.contains(_any(f for _, f in group)).fill_null(False).arg_true()
                if hit.is_empty():
                    continue
                inside = part.gather(hit)
                for name, regex in group:
                    mine = hit.filter(inside.str.contains(ascii_only(regex)).fill_null(False))
                    found.setdefault(name, set()).update((mine if rows is None else rows.gather(mine)).to_list())
        return found

    def _stages(
        self, series: pl.Series, told: pl.Series, column: str
    ) -> Iterator[tuple[pl.Series | None, list[tuple[str, str]]]]:
        """Strong spellings and those that the column's name speaks of in all texts; weak ones where a word is near."""
        strong: list[tuple[str, str]] = []
        weak: list[tuple[str, str]] = []
        for name, recognizer in self.recognizers.items():
            if not isinstance(recognizer, PatternRecognizer):
                strong += [(name, recognizer.prefilter)] if recognizer.prefilter is not None else []
                continue
            if recognizer.strong_prefilter:
                strong.append((name, recognizer.strong_prefilter))
            if recognizer.weak_prefilter:
                (strong if recognizer.in_name(column) else weak).append((name, recognizer.weak_prefilter))
        yield None, strong
        if told.any():
            yield told.arg_true(), weak

    def describe(self) -> list[str]:
        """Names of the entities that are looked for, with the package of those from outside."""
        names = []
        for name in self.recognizers:
            source = RECOGNIZERS.source(name)
            names.append(name if source == "synthgen" else f"{name} ({source})")
        return names
