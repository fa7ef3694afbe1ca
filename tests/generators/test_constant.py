from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from tests.conformance.doubles import RefusedError, column


@pytest.mark.parametrize(
    ("value", "dtype"),
    [("EUR", pl.String), (3, pl.Int64), (2.5, pl.Float64), (True, pl.Boolean), (None, pl.String)],
)
def test_one_value_for_every_row(value: Any, dtype: Any) -> None:
    made = column({"constant": value})
    assert made.values(5).to_list() == [value] * 5
    assert made.values(5).dtype == dtype


def test_numbers_have_bounds_and_durations_too() -> None:
    assert column({"constant": 3}).generator.bounds == (3, 3)
    assert column({"constant": "2d"}).values(1).to_list() == [timedelta(days=2)]
    assert column({"constant": "2d"}).generator.bounds == (172_800_000_000,) * 2


def test_lists_are_refused() -> None:
    with pytest.raises(RefusedError, match="a constant is one value"):
        column({"constant": [1]})
