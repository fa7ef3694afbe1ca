"""No text makes a recognizer slow: each runs over 1 MB of texts made against its own patterns, in linear time.

The texts for a pattern come from its parse tree: a run of each of its character classes, pairs of them in turn, and its
own matches cut short and repeated. Time is compared for a length and four times that length.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import polars as pl
import pytest

from synthgen.privacy.base import Recognizer
from synthgen.privacy.matching import Matcher, ascii_only
from synthgen.privacy.patterns import PatternRecognizer
from synthgen.registry import RECOGNIZERS

SHORT, FACTOR = 12_000, 4
GENEROUS = 3.0
"""A quadratic pattern takes 16 times as long on four times the text, a linear one 4 times."""
MEASURABLE = 0.15
SPELLINGS = (
    ".",
    "1",
    "a",
    "A",
    "-",
    "1 ",
    "1-",
    "1.",
    "a.",
    "@a.",
    "a@",
    "a-",
    "1/",
    ":1",
    "://",
    "(1",
    "+1 ",
    "0 ",
    "' ",
    "\n1",
)
PROBES = "0123456789abcdefxyzABCDEFXYZ@._-+:/ ()#='\",äé"


def patterns(recognizer: Recognizer) -> Iterator[re.Pattern[str]]:
    """All regexes of a recognizer: its own, and those of its module where it is a class of its own."""
    if isinstance(recognizer, PatternRecognizer):
        yield from (p for p in (recognizer._strong, recognizer._weak) if p is not None)
        if recognizer.context:
            yield from (recognizer._before, recognizer._behind)
        return
    module = __import__(type(recognizer).__module__, fromlist=["x"])
    for holder in (vars(module), vars(type(recognizer))):
        yield from (p for p in holder.values() if isinstance(p, re.Pattern))


def example(tree: Any, most: int) -> str:
    """A text that a parse tree matches, more or less: first branches, `most` repeats at most, one letter a class."""
    made = []
    for op, value in tree:
        if op is _constants.LITERAL:
            made.append(chr(value))
        elif op is _constants.IN:
            made.append(letter(value))
        elif op in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
            low, high, inner = value
            made.append(example(inner, most) * max(low, min(int(high), most)))
        elif op is _constants.SUBPATTERN:
            made.append(example(value[3], most))
        elif op is _constants.BRANCH:
            made.append(max((example(b, most) for b in value[1]), key=len))
    return "".join(made)


def letter(items: Any) -> str:
    """One character of a class."""
    negated = items[0][0] is _constants.NEGATE
    for char in PROBES:
        if any(_holds(item, char) for item in items if item[0] is not _constants.NEGATE) != negated:
            return char
    return "\ue000"


def _holds(item: Any, char: str) -> bool:
    op, value = item
    if op is _constants.LITERAL:
        return chr(value) == char
    if op is _constants.RANGE:
        return value[0] <= ord(char) <= value[1]
    kinds: dict[Any, Callable[[str], bool]] = {
        _constants.CATEGORY_DIGIT: str.isdigit,
        _constants.CATEGORY_NOT_DIGIT: lambda c: not c.isdigit(),
        _constants.CATEGORY_SPACE: str.isspace,
        _constants.CATEGORY_NOT_SPACE: lambda c: not c.isspace(),
        _constants.CATEGORY_WORD: lambda c: c.isalnum() or c == "_",
        _constants.CATEGORY_NOT_WORD: lambda c: not (c.isalnum() or c == "_"),
    }
    return op is _constants.CATEGORY and kinds[value](char)


def letters(tree: Any) -> Iterator[str]:
    """One character for each class in a parse tree."""
    for op, value in tree:
        if op is _constants.IN:
            yield letter(value)
        elif op in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
            yield from letters(value[2])
        elif op is _constants.SUBPATTERN:
            yield from letters(value[3])
        elif op is _constants.BRANCH:
            for branch in value[1]:
                yield from letters(branch)


def seeds(recognizer: Recognizer) -> list[str]:
    """What is repeated to make the adversarial texts of a recognizer."""
    found = dict.fromkeys(SPELLINGS)
    for pattern in patterns(recognizer):
        tree = _parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
        classes = list(dict.fromkeys(letters(tree)))[:6]
        found |= dict.fromkeys(classes)
        found |= dict.fromkeys(a + b for a, b in pairwise(classes))
        for most in (1, 40):
            text = example(tree, most)[:2000]
            found |= dict.fromkeys((text[:-1], text + " ", text[1:], text[: len(text) // 2]))
    return [s for s in found if s]


def fresh(recognizer: Recognizer, text: str) -> Callable[[], object]:
    """A search without what the last one remembered."""
    validate = getattr(recognizer, "validate", None)
    module = sys.modules[validate.__module__] if validate else sys.modules[type(recognizer).__module__]
    for holder in vars(module).values():
        if hasattr(holder, "cache_clear"):
            holder.cache_clear()
    return lambda: recognizer.find(text, "")


def seconds(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


@pytest.mark.parametrize("name", RECOGNIZERS.names())
def test_each_recognizer_is_linear(name: str) -> None:
    recognizer = RECOGNIZERS.get(name)
    for seed in seeds(recognizer):
        long = (seed * (SHORT * FACTOR // len(seed) + 1))[: SHORT * FACTOR]
        recognizer.find(long[:200], "")  # validators are loaded when they are needed
        took = seconds(fresh(recognizer, long))
        if took > MEASURABLE:
            took = min(took, *(seconds(fresh(recognizer, long)) for _ in range(2)))
            less = min(seconds(fresh(recognizer, long[:SHORT])) for _ in range(3))
            assert took < GENEROUS * FACTOR * max(less, 0.002), (seed[:40], took, less)
            assert took < 3, seed[:40]


@pytest.mark.parametrize("name", RECOGNIZERS.names())
def test_each_prefilter_is_fast(name: str) -> None:
    recognizer = RECOGNIZERS.get(name)
    text = "".join((seed * (20_000 // len(seed) + 1))[:20_000] + "\n" for seed in seeds(recognizer))
    text = (text * (1_000_000 // len(text) + 1))[:1_000_000]
    for regex in filter(None, (getattr(recognizer, "strong_prefilter", None), recognizer.prefilter)):
        assert seconds(lambda r=regex: pl.Series([text]).str.count_matches(ascii_only(r))) < 5


@pytest.mark.parametrize("seed", ["a", "1 ", "a.", "@a.", "x: 1-", "anna.keller@corp.internal, call 030 2092-0012; "])
def test_a_line_of_ten_megabytes(seed: str) -> None:
    matcher = Matcher()
    line = (seed * (10_000_000 // len(seed)))[:10_000_000]
    assert seconds(lambda: matcher.matches([line], "")) < 60


def test_what_stands_at_the_edge_of_a_window_is_found_once() -> None:
    matcher = Matcher({"EMAIL_ADDRESS"})
    for at in (16_370, 16_384, 32_760, 40_000):
        text = "x " * (at // 2) + "anna.keller@corp.internal" + " y" * 15_000
        assert [(m.start, m.end) for m in matcher.matches([text], "")[0]] == [(at // 2 * 2, at // 2 * 2 + 25)]
