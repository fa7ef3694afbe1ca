import math
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.generators.quantity import decimals, durations, interval, lattice, quantity


def test_quantities() -> None:
    assert quantity(3) == 3.0
    assert quantity("1h") == 3.6e9
    for bad in (True, None, [1], math.inf, "2024-01-01"):
        with pytest.raises(ValueError):
            quantity(bad)


def test_zero_has_any_unit() -> None:
    assert interval([0, "7d"]) == (0.0, 604_800_000_000.0)
    assert durations([0, "7d"]) == {True}
    assert durations({"mean": 1, "sd": "7d"}) == {True, False}
    assert durations(None) == set()


@given(st.integers(-(10**10), 10**10), st.integers(0, 10**6), st.integers(0, 6))
def test_lattice_keeps_ends_that_lie_on_it(low: int, width: int, places: int) -> None:
    step = 10**places
    assert lattice(low / step, (low + width) / step, places) == (low, low + width)


@pytest.mark.parametrize(
    ("low", "high", "places", "wanted"),
    [(0.29, 0.31, 2, (29, 31)), (1.001, 2.999, 2, (101, 299)), (-1.5, 1.5, 0, (-1, 1)), (-math.inf, 1, 1, (None, 10))],
)
def test_lattice(low: float, high: float, places: int, wanted: tuple[int | None, int | None]) -> None:
    assert lattice(low, high, places) == wanted


@given(st.lists(st.integers(-(10**18) + 1, 10**18 - 1)), st.integers(0, 12))
def test_decimals_are_exact(scaled: list[int], places: int) -> None:
    made = decimals(np.array(scaled, np.int64), places)
    assert made.dtype == pl.Decimal(18, places)
    assert made.to_list() == [Decimal(x).scaleb(-places) for x in scaled]
