"""Copied passages: what a text shares with one text of the source, by hashes of runs of five words.

Of the runs (shingles) of a text only some are kept, by winnowing (Schleimer, Wilkerson and Aiken, 2003): in each window
of four consecutive shingles the smallest hash. Any passage of eight words or more that two texts share leaves a shingle
in common, and two fifths of the shingles are kept. A shingle that occurs in more than three texts of a source is a
phrase of the trade or of a template, and is dropped.

A text is a copy if it shares four kept shingles, over nine words or more, with one text of the source (a passage of 20
words always does, one of 14 mostly), or three, over five, that are half of its own (short texts), or if it is the same
text, of six words or more. One rare word between words of a template makes four shingles too, but all hold that word.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.privacy.leakage.hashing import NOTHING, U64, Keys, siphash, spread
from synthgen.privacy.leakage.normal import plain_words

WORDS = 5
WINDOW = 4
COMMON = 3
"""Texts of a source that may share a shingle."""
SHARED, SHARED_SHORT, SHARE_SHORT = 4, 3, 0.5
REACH, REACH_SHORT = 9, 5
STEEP = 4
WHOLE = 6
"""Words of a text from which on being equal counts."""
PHRASE = 10
"""Texts of an export that may share a shingle, or one in a hundred: beyond it is the export's own template."""


@dataclass(frozen=True)
class Runs:
    """The words of several texts: their hashes in order, and for each the text that it stands in."""

    words: U64
    owner: NDArray[np.int64]
    texts: int

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Words of each text."""
        return np.bincount(self.owner, minlength=self.texts).astype(np.int64)


class Shingler:
    """Hashes words and runs of words under one salt."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        made = np.frombuffer(b"".join(keys.derive(f"run {i}", 64) for i in range(4)), dtype="<u8")
        self._factors = made.astype(np.uint64) | np.uint64(1)
        self._final = keys.pair("run")

    @property
    def longest(self) -> int:
        """The longest run of words that can be hashed."""
        return len(self._factors)

    def runs(self, texts: pl.Series) -> Runs:
        """The words (runs of letters and digits, case and accents set aside) of texts without nulls."""
        found = plain_words(texts).str.extract_all(r"[\p{L}\p{N}]+")
        counts = found.list.len().to_numpy().astype(np.int64)
        owner = np.repeat(np.arange(len(texts), dtype=np.int64), counts)
        words = found.explode(empty_as_null=False) if len(texts) else pl.Series([], dtype=pl.String)
        once = words.unique(maintain_order=True)
        return Runs(spread(words, once, self._keys.texts(once.to_list())), owner, len(texts))

    def windows(self, runs: Runs, size: int) -> tuple[U64, NDArray[np.int64]]:
        """A hash of each run of `size` words within one text, before SipHash; and the text of each.

        A sum of word hashes times odd random factors, modulo 2^64: word hashes are random already, so two different
        runs collide with probability about 2^-64.
        """
        count = len(runs.words) - size + 1
        if count <= 0:
            return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
        made = np.zeros(count, dtype=np.uint64)
        for i in range(size):
            made += runs.words[i : i + count] * self._factors[i]
        inside = runs.owner[:count] == runs.owner[size - 1 :]
        return made[inside], runs.owner[:count][inside]

    def phrases(self, runs: Runs, size: int) -> tuple[U64, NDArray[np.int64]]:
        """The hash of each run of `size` words, and its text."""
        made, owner = self.windows(runs, size)
        return siphash(self._final, [made ^ np.uint64(size)]), owner

    def wholes(self, runs: Runs) -> U64:
        """One hash for each text over all its words; NOTHING for fewer than WHOLE words."""
        place = np.arange(len(runs.words), dtype=np.uint64) - _starts(runs)[runs.owner].astype(np.uint64)
        mixed = siphash(self._keys.pair("whole"), [runs.words, place])
        made = np.zeros(runs.texts, dtype=np.uint64)
        np.add.at(made, runs.owner, mixed)
        made = siphash(self._final, [made])
        made[runs.counts < WHOLE] = NOTHING
        return made

    def kept(self, runs: Runs) -> pl.DataFrame:
        """The shingles that winnowing keeps: hash `h`, text `o` and place `p` in it; distinct within each text."""
        made, owner = self.windows(runs, WORDS)
        chosen = winnowed(made, owner)
        counts = np.bincount(owner, minlength=runs.texts)
        place = np.arange(len(owner)) - (np.cumsum(counts) - counts)[owner]
        frame = {"h": siphash(self._final, [made[chosen]]), "o": owner[chosen], "p": place[chosen].astype(np.int32)}
        return pl.DataFrame(frame).unique(["h", "o"], keep="first", maintain_order=True)


def _starts(runs: Runs) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(runs.counts)[:-1]]).astype(np.int64) if runs.texts else runs.counts


def winnowed(hashes: U64, owner: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which hashes are the smallest of some window of WINDOW consecutive ones of a text; of equal ones, the last.

    A text with fewer hashes than a window has is one window.
    """
    size = len(hashes)
    chosen = np.zeros(size, dtype=np.bool_)
    if not size:
        return chosen
    best = np.arange(size)  # of the window that begins at each place; windows end with the text
    for step in range(1, WINDOW):
        ahead = np.arange(size - step)
        same = owner[ahead] == owner[ahead + step]
        better = same & (hashes[ahead + step] <= hashes[best[ahead]])
        best[ahead[better]] = ahead[better] + step
    first = np.concatenate([[True], owner[1:] != owner[:-1]])
    whole = np.zeros(size, dtype=np.bool_)
    if size >= WINDOW:
        whole[: size - WINDOW + 1] = owner[: size - WINDOW + 1] == owner[WINDOW - 1 :]
    chosen[best[whole | first]] = True
    return chosen


def uncommon(kept: pl.DataFrame, most: int) -> pl.DataFrame:
    """The shingles of at most `most` texts, sorted."""
    return kept.filter(pl.len().over("h") <= most).sort("h", maintain_order=True)


def copies(ours: pl.DataFrame, theirs: pl.DataFrame, sizes: NDArray[np.int64]) -> tuple[pl.DataFrame, float]:
    """Pairs (`o`, `s`) of texts of which one copies the other, and how many such pairs chance gives.

    `ours` and `theirs` hold shingles (`h`) and their texts (`o`); `sizes` counts the shingles of each of ours. What is
    shared must reach over more than one insertion of a template: from the first word of the first shingle to that of
    the last. Texts of few words share some shingles by chance, and then pairs that share two are far more than pairs
    that share three: at four times as many, the next step is taken to fall as steeply. Copies have no such slope.
    """
    shared = ours.join(theirs.select("h", s="o"), on="h").group_by("o", "s")
    found = shared.agg(n=pl.len(), reach=pl.col("p").max() - pl.col("p").min())
    found = found.filter((pl.col("n") >= 2) & (pl.col("reach") >= REACH_SHORT))
    own = pl.DataFrame({"o": np.arange(len(sizes)), "own": sizes})
    short = (pl.col("n") >= SHARED_SHORT) & (pl.col("n") >= SHARE_SHORT * pl.col("own"))
    long = (pl.col("n") >= SHARED) & (pl.col("reach") >= REACH)
    marked = found.join(own, on="o").with_columns(copy=long | short)
    twos, threes = (marked.filter(pl.col("n") == n).height for n in (SHARED - 2, SHARED - 1))
    chance = threes * threes / twos if twos and twos >= STEEP * threes else 0.0
    return marked.filter("copy"), chance


def self_pairs(kept: pl.DataFrame, wholes: U64, sizes: NDArray[np.int64]) -> int:
    """Pairs of texts of one set that are copies of each other by the same rule: what templates give."""
    found = copies(kept, kept, sizes)[0].filter(pl.col("o") < pl.col("s")).height
    counts = np.unique(wholes[wholes != NOTHING], return_counts=True)[1].astype(np.int64)
    return found + int((counts * (counts - 1) // 2).sum())
