"""Copies and shuffles: where every row stands follows from its number, for any set of rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.defects.copies import BLOCK, Copies
from synthgen.defects.order import Order
from synthgen.seeds import stream_key

KEY = stream_key(1, "t", "#dirty")


@given(rate=st.floats(0, 1), seed=st.integers(0, 9), rows=st.integers(0, 5 * BLOCK))
def test_places_count_the_copies_before(rate: float, seed: int, rows: int) -> None:
    copies = Copies(rate, stream_key(seed, "t", "x"))
    numbers = np.arange(rows, dtype=np.uint64)
    copied = copies.copied(numbers).astype(np.int64)
    places = np.arange(rows) + np.cumsum(copied) - copied
    assert np.array_equal(copies.place(numbers), places)
    total = rows + int(copied.sum())
    assert np.array_equal(copies.number(np.arange(total)), np.repeat(np.arange(rows), 1 + copied))
    some = numbers[::-7].copy()
    assert np.array_equal(copies.place(some), places[::-7])


@pytest.mark.parametrize("rate", [0.001, 0.01, 1 / 3, 0.5, 1.0])
def test_the_rate_is_hit_exactly_in_whole_blocks(rate: float) -> None:
    copied = Copies(rate, KEY).copied(np.arange(50 * BLOCK, dtype=np.uint64))
    assert abs(int(copied.sum()) - 50 * BLOCK * rate) <= 1
    by_block = copied.reshape(50, BLOCK).sum(axis=1)
    assert by_block.max() - by_block.min() <= 1
    if rate < 1:
        assert len({tuple(np.flatnonzero(row)) for row in copied.reshape(50, BLOCK)}) > 40, (
            "not the same rows each time"
        )


def test_far_rows_are_found_too() -> None:
    copies = Copies(0.37, KEY)
    numbers = np.array([0, 10**9 + 7, 10**10 - 1], np.uint64)
    assert np.array_equal(copies.number(copies.place(numbers)), numbers)


@given(rate=st.floats(0, 1), within=st.integers(2, 60), size=st.integers(1, 700))
def test_a_shuffle_is_a_permutation_within_its_windows(rate: float, within: int, size: int) -> None:
    order = Order(rate, within, size, KEY)
    places = np.arange(size, dtype=np.int64)
    source = order.sources(places)
    assert np.array_equal(np.sort(source), places)
    assert np.array_equal(source // within, places // within) if rate else np.array_equal(source, places)
    some = order.windows(np.array([size // 2, size - 1], np.int64))
    assert np.array_equal(order.sources(some), source[some]), "windows alone give what the whole gives"
