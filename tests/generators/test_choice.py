from typing import Any

import polars as pl
import pytest

from tests.conformance.doubles import RefusedError, column


def test_weights_are_kept() -> None:
    values = column({"choice": {"a": 6, "b": 3, "c": 1, "never": 0}}).values(100_000)
    counts = dict(values.value_counts().iter_rows())
    assert [counts.get(k, 0) / 100_000 for k in ("a", "b", "c", "never")] == pytest.approx(
        [0.6, 0.3, 0.1, 0], abs=0.006
    )


@pytest.mark.parametrize(
    ("values", "dtype"),
    [(["a", "b"], pl.String), ([1, 2], pl.Int64), ([1, 2.5], pl.Float64), ([True, False], pl.Boolean)],
)
def test_values_keep_their_type(values: list[Any], dtype: Any) -> None:
    made = column({"choice": values})
    assert made.generator.dtype == dtype
    assert sorted(made.values(200).unique()) == sorted(values)
    assert made.nth(range(len(values))).to_list() == values


def test_numbers_as_keys_of_a_mapping_stay_text() -> None:
    assert column({"choice": {"1": 0.5, "2": 0.5}}).generator.dtype == pl.String


def test_a_choice_is_coded_with_one_vocabulary() -> None:
    made = column({"choice": ["x", "y"]})
    assert made.make(10).vocabulary is made.make(20).vocabulary
    assert made.make(10).codes is not None


def test_weights_beside_a_list() -> None:
    values = column({"choice": [1, 2], "weights": [9, 1]}).values(20_000)
    assert (values == 1).mean() == pytest.approx(0.9, abs=0.01)


def test_bernoulli() -> None:
    values = column({"bernoulli": 0.35}).values(50_000)
    assert values.dtype == pl.Boolean
    assert values.mean() == pytest.approx(0.35, abs=0.01)
    assert column({"bernoulli": 0}).values(1000).sum() == 0
    assert column({"bernoulli": 1}).values(1000).sum() == 1000


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"choice": []}, "at least one value"),
        ({"choice": "basic"}, "a choice is a list of values"),
        ({"choice": {"a": -1, "b": 2}}, "weights are numbers of at least 0"),
        ({"choice": {"a": 0}}, "all weights are 0"),
        ({"choice": {"a": "x"}}, "weights are numbers"),
        ({"choice": ["a", None]}, "null: 0.1"),
        ({"choice": ["a", 1]}, "mix types"),
        ({"choice": ["a", "a"]}, "appears twice"),
        ({"choice": ["a", "b"], "weights": [1]}, "2 values, but 1 weights"),
        ({"choice": {"a": 1}, "weights": [1]}, "weights stand in the mapping already"),
        ({"bernoulli": 1.5}, "less than or equal to 1"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)
