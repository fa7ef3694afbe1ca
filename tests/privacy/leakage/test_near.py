"""Near copies against a distance computed letter by letter."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.privacy.leakage.hashing import Keys, Members
from synthgen.privacy.leakage.near import LONGEST, SHORTEST, Editor, eligible

EDITOR = Editor(Keys(b"a salt of the tests, long enough"))
TEXT = st.text(st.sampled_from("abcé中\U0001f600@1"), min_size=SHORTEST, max_size=9)


def distance(a: str, b: str) -> int:
    """Levenshtein's distance by dynamic programming."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def near(source: list[str], texts: list[str]) -> list[bool]:
    found = EDITOR.near(texts, Members.of(EDITOR.values(source)), Members.of(EDITOR.patterns(source)))
    return [bool(x) for x in found]


@settings(max_examples=200)
@given(st.lists(TEXT, min_size=1, max_size=6, unique=True), st.lists(TEXT, min_size=1, max_size=12))
def test_one_edit_is_found_and_nothing_else(source: list[str], texts: list[str]) -> None:
    expected = [any(distance(t, s) <= 1 for s in source) for t in texts]  # equal values are told elsewhere
    assert near(source, texts) == expected


@given(TEXT, st.data())
def test_every_edit_is_found(source: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(source) - 1))
    letter = data.draw(st.sampled_from("xyz文"))
    edits = [source[:place] + letter + source[place + 1 :], source[:place] + letter + source[place:]]
    if len(source) > SHORTEST:
        edits.append(source[:place] + source[place + 1 :])
    assert all(near([source], edits))


def test_the_longest_and_the_shortest_values() -> None:
    longest, shortest = "ab" * (LONGEST // 2), "abcdef"
    assert near([longest], [longest[:-1] + "x", longest[:-1], "x" + longest[1:]]) == [True, True, True]
    assert near([shortest], ["abcdex", "abcdefg", "xbcdex"]) == [True, True, False]
    assert near([longest + "a"], [longest + "a"]) == [False]  # too long to be looked at
    assert near([], ["abcdef"]) == [False]


def test_swapped_neighbours_are_two_edits() -> None:
    assert near(["anna@realmail.com"], ["anan@realmail.com"]) == [False]


def test_numbers_have_no_near_copies() -> None:
    values = pl.Series(["4155550100", "anna@realmail.com", "ab@cd", "12ab34", "a" * (LONGEST + 1)])
    assert eligible(values).to_list() == ["anna@realmail.com"]


def test_hashes_look_random() -> None:
    """Values that differ in one letter give hashes that differ in about half of the bits."""
    values = [f"anna{i:04d}@realmail.com" for i in range(2000)]
    made = EDITOR.values(values)
    bits = np.unpackbits((made[:-1] ^ made[1:]).view(np.uint8)).mean()
    assert 0.49 < bits < 0.51
    assert len(set(made.tolist())) == 2000
