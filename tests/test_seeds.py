"""Streams: the same draw however it is asked for, uniform, independent of every other; bijections are bijections."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.seeds import GAMMA, Alias, Permutation, below, draws, draws_at, stream_key, unit

seeds = st.integers(-(2**63), 2**63 - 1)
names = st.text(min_size=1, max_size=8)
words = st.integers(0, 2**64 - 1)
KEY = stream_key(42, "customers", "email")


def bits(n: int, slot: str = "") -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return draws(stream_key(1, "t", "c", slot), 0, n)


# -- streams


@given(seeds, names, names, st.integers(0, 2**40), st.integers(0, 300))
def test_contiguous_draws_equal_scattered_ones(seed: int, table: str, column: str, start: int, count: int) -> None:
    key = stream_key(seed, table, column)
    rows = np.arange(start, start + count, dtype=np.uint64)
    assert np.array_equal(draws(key, start, count), draws_at(key, rows))


@pytest.mark.parametrize("count", [8191, 8192, 8193, 30_000])
def test_blocks_leave_no_seam(count: int) -> None:
    whole = draws(KEY, 5, count)
    assert np.array_equal(whole, draws_at(KEY, np.arange(5, 5 + count, dtype=np.uint64)))
    for at in (0, 8190, count - 1):
        assert draws(KEY, 5 + at, 1)[0] == whole[at]
    turned = np.arange(5, 5 + count, dtype=np.uint64)[::-1]
    assert np.array_equal(draws_at(KEY, turned), whole[::-1])


def test_draws_never_change() -> None:
    """Exports are promised to come out the same for ever: these numbers may not change with numpy or the machine."""
    assert [int(x) for x in draws(KEY, 0, 3)] == [18194192909607524061, 13461341297503159453, 12277188588952278673]
    assert int(draws(KEY, 10**12, 1)[0]) == 17868950544050162930


@given(words, words, st.integers(0, 2**63))
def test_draws_are_splitmix_with_a_second_key(first: int, second: int, row: int) -> None:
    """The mixer written out in integers of any size."""
    mask = 2**64 - 1
    z = (first + (row + 1) * GAMMA) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & mask) ^ second
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & mask
    assert int(draws((first, np.uint64(second)), row, 1)[0]) == z ^ (z >> 31)


@given(st.lists(st.tuples(seeds, names, names, names), min_size=2, max_size=8, unique=True))
def test_every_name_has_its_own_stream(streams: list[tuple[int, str, str, str]]) -> None:
    keys = [stream_key(*s) for s in streams]
    assert len(set(keys)) == len(keys)
    assert len({int(draws(k, 0, 1)[0]) for k in keys}) == len(keys)


def test_parts_of_a_name_do_not_run_together() -> None:
    alike = [("ab", "c", ""), ("a", "bc", ""), ("a", "b", "c"), ("", "abc", ""), ("abc", "", "")]
    assert len({stream_key(1, *parts) for parts in alike}) == len(alike)
    assert stream_key(1, "a", "b") == stream_key(1, "a", "b", "")


def test_streams_are_not_shifted_copies_of_each_other() -> None:
    """First keys that differ by a multiple of GAMMA: without the second key, one stream would continue the other."""
    second = np.uint64(12345)
    one = draws((7, second), 0, 1000)
    other = draws(((7 + 10 * GAMMA) % 2**64, np.uint64(54321)), 0, 1000)
    assert not set(one.tolist()) & set(other.tolist())


def test_streams_are_independent() -> None:
    n = 100_000
    streams = [unit(bits(n, slot)) - 0.5 for slot in ("", "a", "b", "#null", "when0/")]
    for x, y in itertools.combinations(streams, 2):
        assert abs(float(np.mean(x * y)) * 12) < 5 / n**0.5  # correlation
    x = streams[0]
    for lag in (1, 2, 16):
        assert abs(float(np.mean(x[:-lag] * x[lag:])) * 12) < 5 / n**0.5


def test_every_bit_is_fair() -> None:
    n = 100_000
    drawn = bits(n)
    ones = [(int(((drawn >> np.uint64(i)) & np.uint64(1)).sum())) for i in range(64)]
    assert all(abs(count - n / 2) < 5 * (n / 4) ** 0.5 for count in ones)
    assert len(np.unique(drawn)) == n


def test_a_flipped_bit_of_the_row_flips_half_of_the_draw() -> None:
    rows = np.arange(2000, dtype=np.uint64)
    for bit in (0, 1, 17, 40, 63):
        changed = draws_at(KEY, rows) ^ draws_at(KEY, rows ^ np.uint64(1 << bit))
        flipped = np.unpackbits(changed.view(np.uint8)).mean() * 64
        assert 31.5 < flipped < 32.5


# -- numbers from bits


@given(st.lists(words, min_size=1, max_size=50))
def test_unit_is_below_one(values: list[int]) -> None:
    found = unit(np.array(values, np.uint64))
    assert ((found >= 0) & (found < 1)).all()
    assert np.array_equal(found, np.array([(v >> 11) / 2**53 for v in values]))


@given(words, st.one_of(st.integers(1, 2**32), st.integers(1, 2**63)))
def test_below_is_the_high_part_of_the_product(value: int, bound: int) -> None:
    drawn = np.array([value, 0, 2**64 - 1], np.uint64)
    found = below(drawn, bound)
    assert found.dtype == np.uint64 and (found < np.uint64(bound)).all()
    if bound <= 2**32:
        assert [int(x) for x in found] == [((int(v) >> 32) * bound) >> 32 for v in drawn]
    else:
        assert [int(x) for x in found] == [(int(v) * bound) >> 64 for v in drawn]


@given(st.lists(st.tuples(words, st.integers(1, 2**63)), min_size=1, max_size=30))
def test_below_takes_a_bound_per_row(pairs: list[tuple[int, int]]) -> None:
    drawn, bounds = (np.array(x, np.uint64) for x in zip(*pairs, strict=True))
    assert [int(x) for x in below(drawn, bounds)] == [(v * b) >> 64 for v, b in pairs]


def test_below_is_uniform() -> None:
    for bound in (7, np.full(70_000, 7, np.uint64)):
        counts = np.bincount(below(bits(70_000), bound).astype(np.int64), minlength=7)
        assert (abs(counts - 10_000) < 500).all() and len(counts) == 7


# -- weighted picks


@given(st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1e6)), min_size=1, max_size=40).filter(lambda w: max(w) > 0))
def test_alias_frequencies(weights: list[float]) -> None:
    """The exact probability of each index, from the table itself."""
    alias = Alias(weights)
    share = np.zeros(len(weights))
    if alias.uniform:
        share += 1 / len(weights)
    else:
        keep = alias.threshold.astype(np.float64) / 2**32
        np.add.at(share, np.arange(len(weights)), keep / len(weights))
        np.add.at(share, alias.alias, (1 - keep) / len(weights))
    wanted = np.array(weights) / sum(weights)
    assert np.allclose(share, wanted, atol=1e-8)
    assert (share[np.array(weights) == 0] == 0).all()


@pytest.mark.parametrize("weights", [[1, 2, 3, 4], [5, 5, 5], [0, 1], [0, 0, 3, 0, 1], [1], [1e-3, 1, 1000], [0, 2, 2]])
def test_picks_have_the_shares_of_the_table(weights: list[float]) -> None:
    picks = Alias(weights).pick(bits(200_000))
    assert picks.dtype == np.uint32
    counts = np.bincount(picks, minlength=len(weights))
    wanted = np.array(weights) / sum(weights)
    assert (abs(counts / 200_000 - wanted) <= 5 * np.sqrt(wanted * (1 - wanted) / 200_000) + 1e-9).all()
    assert (counts[np.array(weights) == 0] == 0).all()


@pytest.mark.parametrize("scale", [1e-320, 1e-300, 1e-10, 1e300, 8e307])
def test_weights_near_the_ends_of_doubles(scale: float) -> None:
    counts = np.bincount(Alias([scale, 2 * scale, 0.0]).pick(bits(30_000)), minlength=3)
    assert counts[2] == 0 and abs(counts[0] - 10_000) < 600


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [float("nan")], [float("inf"), 1]])
def test_weights_that_are_none(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Alias(weights)


# -- permutations


@given(seeds, st.integers(1, 700))
def test_a_permutation_is_one(seed: int, size: int) -> None:
    permutation = Permutation(stream_key(seed, "t", "c"), size)
    index = np.arange(size, dtype=np.uint64)
    image = permutation(index)
    assert np.array_equal(np.sort(image), index)
    assert np.array_equal(permutation.inverse(image), index)
    some = index[::-3]
    assert np.array_equal(permutation(some), image[some])  # row by row, in any order
    assert np.array_equal(index, np.arange(size, dtype=np.uint64))  # the argument is left alone


@given(seeds, st.integers(1, 300), st.lists(words, min_size=1, max_size=5))
def test_each_tweak_is_a_permutation(seed: int, size: int, tweaks: list[int]) -> None:
    permutation = Permutation(stream_key(seed, "t", "c"), size)
    index = np.tile(np.arange(size, dtype=np.uint64), len(tweaks))
    tweak = np.repeat(np.array(tweaks, np.uint64), size)
    image = permutation(index, tweak).reshape(len(tweaks), size)
    assert np.array_equal(np.sort(image, axis=1), np.sort(index.reshape(len(tweaks), size), axis=1))
    mixed = np.random.default_rng(0).permutation(len(index))
    assert np.array_equal(permutation(index[mixed], tweak[mixed]), image.ravel()[mixed])


@pytest.mark.parametrize("size", [2**20 - 1, 2**20, 2**20 + 1, 10**6])
def test_large_permutations(size: int) -> None:
    image = Permutation(KEY, size)(np.arange(size, dtype=np.uint64))
    seen = np.zeros(size, bool)
    seen[image.astype(np.int64)] = True
    assert seen.all()
    assert abs(float(np.corrcoef(np.arange(size), image.astype(np.float64))[0, 1])) < 0.01


@pytest.mark.parametrize("size", [2**31, 2**40 + 7, 2**60])
def test_huge_permutations_stay_inside(size: int) -> None:
    permutation = Permutation(KEY, size)
    index = np.array([0, 1, 2, size // 2, size - 1], np.uint64)
    image = permutation(index)
    assert (image < np.uint64(size)).all() and len(np.unique(image)) == 5
    assert np.array_equal(permutation.inverse(image), index)


@pytest.mark.parametrize("size", [2, 3, 4, 5, 9, 17, 33])
def test_small_permutations_reach_every_place_about_equally(size: int) -> None:
    tweaks = bits(20_000, "tweak")
    permutation = Permutation(KEY, size)
    for start in range(size):
        counts = np.bincount(permutation(np.full(20_000, start, np.uint64), tweaks).astype(np.int64), minlength=size)
        assert (abs(counts * size / 20_000 - 1) < 5 * ((size - 1) / 20_000) ** 0.5).all(), (start, counts)


def test_other_keys_are_other_permutations() -> None:
    images = Counter(tuple(Permutation(stream_key(s, "t", "c"), 50)(np.arange(50, dtype=np.uint64))) for s in range(50))
    assert len(images) == 50


def test_a_permutation_of_nothing() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Permutation(KEY, 0)
