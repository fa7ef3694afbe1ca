"""Passages: what winnowing keeps, and how much two texts may share."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from synthgen.privacy.leakage import shingles
from synthgen.privacy.leakage.hashing import Keys
from synthgen.privacy.leakage.shingles import WINDOW, WORDS, Shingler, winnowed

SHINGLER = Shingler(Keys(b"a salt of the tests, long enough"))


def kept(texts: list[str]) -> list[set[int]]:
    hashes, owner = SHINGLER.kept(SHINGLER.runs(pl.Series(texts, dtype=pl.String)))
    return [{int(h) for h, o in zip(hashes, owner, strict=True) if o == i} for i in range(len(texts))]


def words(start: int, count: int) -> str:
    return " ".join(f"word{i}" for i in range(start, start + count))


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40), st.lists(st.integers(1, 12), min_size=1, max_size=5))
def test_every_window_keeps_its_smallest_hash(hashes: list[int], lengths: list[int]) -> None:
    owner = np.repeat(np.arange(len(lengths)), lengths)[: len(hashes)].astype(np.int64)
    made = np.array(hashes[: len(owner)], dtype=np.uint64)
    chosen = winnowed(made, owner)
    for text in range(len(lengths)):
        inside = np.flatnonzero(owner == text)
        expected = set()
        for start in range(max(1, len(inside) - WINDOW + 1)) if len(inside) else ():
            window = inside[start : start + WINDOW]
            least = min(made[window])
            expected.add(max(i for i in window if made[i] == least))
        assert set(np.flatnonzero(chosen & (owner == text))) == expected


def test_a_shared_run_of_eight_words_leaves_a_shingle_in_common() -> None:
    for seed in range(50):
        a = words(1000 * seed, 7 + seed % 9) + " " + words(0, WORDS + WINDOW - 1) + " " + words(500 * seed + 99, 11)
        b = words(7000 + seed, 3 + seed % 5) + " " + words(0, WORDS + WINDOW - 1)
        one, other = kept([a, b])
        assert one & other


def test_texts_that_share_no_run_share_no_shingle() -> None:
    one, other = kept([words(0, 60), words(1000, 60)])
    assert one and other and not one & other


def test_case_accents_and_punctuation_do_not_count() -> None:
    one, other = kept(["The José parcel, which came LATE - again!", "the jose parcel which came late again"])
    assert one == other and one


def test_shingles_do_not_run_over_the_end_of_a_text() -> None:
    apart = kept([words(0, 4), words(4, 4)])
    assert apart == [set(), set()]


def test_whole_texts_and_phrases() -> None:
    runs = SHINGLER.runs(pl.Series(["a b c d e f", "A, b c d e f.", "b a c d e f", "a b c"]))
    wholes = SHINGLER.wholes(runs)
    assert wholes[0] == wholes[1] != wholes[2]
    assert wholes[3] == 0  # too short to mean anything
    made, owner = SHINGLER.phrases(runs, 3)
    assert made[owner == 3].tolist()[0] in made[owner == 0].tolist()


def test_phrases_of_many_texts_are_dropped() -> None:
    hashes = np.array([5, 5, 5, 5, 7, 9, 9], dtype=np.uint64)
    owner = np.arange(7)
    left, whose = shingles.uncommon(hashes, owner, 3)
    assert left.tolist() == [7, 9, 9] and whose.tolist() == [4, 5, 6]


def test_what_counts_as_a_copy() -> None:
    theirs = pl.DataFrame({"h": list(range(10)), "o": [0] * 10})
    ours = pl.DataFrame({"h": [0, 1, 2, 3, 0, 1, 2, 0, 1], "o": [0, 0, 0, 0, 1, 1, 1, 2, 2]})
    copies, _ = shingles.copies(ours, theirs, np.array([40, 40, 3]))
    assert sorted(copies["o"].to_list()) == [0, 2]  # four shared; two of three; not three of forty


def test_a_slope_of_small_overlaps_is_chance() -> None:
    ours = pl.DataFrame({"h": [h for o in range(40) for h in (0, 1, *([2] if o < 4 else []))],
                         "o": [o for o in range(40) for _ in range(3 if o < 4 else 2)]})  # fmt: skip
    theirs = pl.DataFrame({"h": [0, 1, 2, 3], "o": [0] * 4})
    _, chance = shingles.copies(ours, theirs, np.full(40, 30))
    assert 0.4 < chance < 0.5  # 36 pairs share two, 4 share three
