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
    made = SHINGLER.kept(SHINGLER.runs(pl.Series(texts, dtype=pl.String)))
    return [set(made.filter(pl.col("o") == i)["h"].to_list()) for i in range(len(texts))]


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


def test_places_count_from_the_beginning_of_a_text() -> None:
    made = SHINGLER.kept(SHINGLER.runs(pl.Series([words(0, 30), words(0, 3), words(0, 30)])))
    first, last = (made.filter(pl.col("o") == o).select("h", "p") for o in (0, 2))
    assert first.equals(last) and first["p"].max() <= 25 and first["p"].is_sorted()


def test_phrases_of_many_texts_are_dropped() -> None:
    made = pl.DataFrame({"h": [5, 9, 5, 5, 7, 5, 9], "o": range(7), "p": [0] * 7})
    left = shingles.uncommon(made, 3)
    assert left["h"].to_list() == [7, 9, 9] and left["o"].to_list() == [4, 1, 6]


THEIRS = pl.DataFrame({"h": range(20), "o": [0] * 20, "p": range(20)})


def ours(*texts: dict[int, int]) -> pl.DataFrame:
    """Texts as shingles by place."""
    rows = [(h, o, p) for o, text in enumerate(texts) for p, h in text.items()]
    return pl.DataFrame(rows, schema=["h", "o", "p"], orient="row")


def test_what_counts_as_a_copy() -> None:
    four = {0: 0, 3: 3, 6: 6, 9: 9}
    one_word = {0: 0, 1: 1, 3: 3, 4: 4, 5: 5}  # all of them may hold one and the same word
    three, two = {0: 0, 6: 6, 12: 12}, {0: 0, 5: 5}
    copies, _ = shingles.copies(ours(four, one_word, three, three, three, two), THEIRS, np.array([40, 40, 40, 6, 7, 2]))
    assert sorted(copies["o"].to_list()) == [0, 3]


def test_a_slope_of_small_overlaps_is_chance() -> None:
    made = ours(*[{0: 0, 6: 6, 12: 12} if o < 4 else {0: 0, 6: 6} for o in range(40)])
    _, chance = shingles.copies(made, THEIRS, np.full(40, 30))
    assert 0.4 < chance < 0.5  # 36 pairs share two, 4 share three
    made = ours(*[{0: 0, 6: 6, 12: 12} for _ in range(40)])
    assert shingles.copies(made, THEIRS, np.full(40, 30))[1] == 0
