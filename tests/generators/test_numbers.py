from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance.doubles import RefusedError, column


@pytest.mark.parametrize(
    ("snippet", "mean", "sd"),
    [
        ({"uniform": [10, 20]}, 15, 10 / 12**0.5),
        ({"normal": {"mean": 5, "sd": 2}}, 5, 2),
        ({"normal": {"sd": 1}}, 0, 1),
        ({"lognormal": {"mean": 30, "sigma": 0.5}}, 30, 30 * (np.exp(0.25) - 1) ** 0.5),
        ({"exponential": 4}, 4, 4),
        ({"gamma": {"shape": 4, "scale": 2}}, 8, 4),
        ({"gamma": {"shape": 4, "mean": 8}}, 8, 4),
        ({"beta": {"a": 2, "b": 6}}, 0.25, (12 / (64 * 9)) ** 0.5),
        ({"pareto": {"alpha": 5, "minimum": 8}}, 10, (5 * 64 / (16 * 3)) ** 0.5),
        ({"integer": [1, 6]}, 3.5, (35 / 12) ** 0.5),
    ],
)
def test_moments(snippet: Any, mean: float, sd: float) -> None:
    values = column(snippet).values(200_000).cast(pl.Float64)
    assert values.mean() == pytest.approx(mean, abs=6 * sd / 200_000**0.5)
    assert values.std() == pytest.approx(sd, rel=0.03)


def test_a_range_truncates_and_does_not_clip() -> None:
    made = column({"normal": {"mean": 0, "sd": 1}, "range": [0, 1]})
    values = made.values(20_000)
    assert made.generator.bounds == (0, 1)
    assert values.n_unique() == 20_000  # clipping would pile values up at the ends
    assert values.is_between(0, 1).all()


def test_decimals_stay_within_the_range_after_rounding() -> None:
    made = column({"lognormal": {"median": 2, "sigma": 1}, "range": [1.004, 2.996], "decimals": 2})
    values = made.values(20_000)
    assert made.generator.dtype == pl.Decimal(18, 2)
    assert made.generator.bounds == (1.01, 2.99)
    assert (values.min(), values.max()) == (Decimal("1.01"), Decimal("2.99"))


def test_uniform_decimals_are_even_ends_included() -> None:
    made = column({"uniform": [0, 0.3], "decimals": 1})
    shares = made.values(40_000).value_counts(normalize=True)["proportion"]
    assert made.generator.capacity == 4
    assert shares.to_list() == pytest.approx([0.25] * 4, abs=0.01)


def test_negative_decimals_are_exact() -> None:
    values = column({"uniform": [-3, -1], "decimals": 3}).values(1000)
    assert values.cast(pl.String).str.contains(r"^-[123]\.\d{3}$").all()


def test_whole_numbers() -> None:
    values = column({"normal": {"mean": 40, "sd": 12}, "range": [18, 67], "whole": True}).values(5000)
    assert values.dtype == pl.Int64
    assert (values.min(), values.max()) == (18, 67)


def test_durations() -> None:
    made = column({"normal": {"mean": "90d", "sd": "10d"}, "range": ["80d", "95d"]})
    values = made.values(5000)
    assert values.dtype == pl.Duration("us")
    assert timedelta(days=80) <= values.min()  # type: ignore[operator]  # polars types it loosely
    assert values.max() <= timedelta(days=95)  # type: ignore[operator]
    assert made.generator.bounds == (80 * 86_400_000_000, 95 * 86_400_000_000)
    assert column({"exponential": "90d"}).generator.bounds == (0, None)
    assert column({"uniform": ["1d", "7d"]}).generator.bounds[0] == 86_400_000_000
    assert column({"gamma": {"shape": 2, "mean": "3h"}}).generator.dtype == pl.Duration("us")
    assert column({"pareto": {"alpha": 2, "minimum": "1h"}}).generator.dtype == pl.Duration("us")
    assert column({"lognormal": {"median": "3h", "sigma": 1}}).generator.dtype == pl.Duration("us")


@settings(max_examples=40)
@given(
    st.sampled_from(["normal", "lognormal", "exponential", "gamma", "uniform"]),
    st.floats(0.5, 50),
    st.floats(0.1, 100),
    st.sampled_from([None, 0, 2]),
)
def test_ranks_give_distinct_values_within_bounds(name: str, low: float, width: float, places: int | None) -> None:
    shapes: dict[str, Any] = {
        "normal": {"mean": 20, "sd": 15},
        "lognormal": {"median": 20, "sigma": 1},
        "exponential": 20,
        "gamma": {"shape": 2, "scale": 10},
        "uniform": [0, 200],
    }
    snippet: dict[str, Any] = {name: shapes[name], "range": [low, low + width]}
    if places is not None:
        snippet["decimals"] = places
    try:
        made = column(snippet)
    except RefusedError as error:
        assert error.codes == ["impossible-range"]
        return
    capacity = made.generator.capacity
    if capacity is None:
        return
    ranks = sorted({int(x) for x in np.linspace(0, capacity - 1, 400)})
    values = made.nth(ranks)
    assert values.n_unique() == len(ranks)
    assert values.cast(pl.Float64).is_between(*made.generator.bounds).all()


def test_full_width_integers() -> None:
    made = column({"integer": [-(2**63), 2**63 - 1]})
    values = made.values(1000)
    assert made.generator.capacity == 2**64
    assert values.min() < -(2**60)  # type: ignore[operator]
    assert values.max() > 2**60  # type: ignore[operator]
    assert column({"integer": [-5, 5], "bits": 8}).values(10).dtype == pl.Int8


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"lognormal": {"median": 25, "sigma": -1}}, "sigma must be above 0"),
        ({"lognormal": {"sigma": 1}}, "give either median or mean"),
        ({"normal": {"mean": 0, "sd": 0}}, "sd must be above 0"),
        ({"normal": {"mean": "2024-01-01", "sd": "1d"}}, "neither a number nor a duration"),
        ({"uniform": [5, 1]}, "the interval is reversed"),
        ({"uniform": [5]}, "an interval is [low, high]"),
        ({"uniform": [1, "7d"]}, "both ends as durations"),
        ({"exponential": -3}, "exponential must be above 0"),
        ({"exponential": 3, "range": [-5, -1]}, "no values in this range"),
        ({"normal": {"sd": 1}, "range": [50, 60]}, "one value in a trillion"),
        ({"exponential": "9d", "decimals": 2}, "a duration takes no 'decimals'"),
        ({"exponential": "9d", "range": [1, 5]}, "durations and plain numbers are mixed"),
        ({"uniform": [0.001, 0.002], "decimals": 2}, "no number with 2 decimals"),
        ({"uniform": [0, 1e17], "decimals": 2}, "do not fit 18 digits"),
        ({"uniform": [0, 1], "whole": True, "decimals": 2}, "contradict"),
        ({"integer": [3, 1]}, "reversed"),
        ({"integer": [0, 300], "bits": 8}, "do not fit 8 bits"),
        ({"normal": {"sd": 1}, "rnage": [0, 1]}, "Extra inputs"),
    ],
)
def test_problems_are_sentences(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)
