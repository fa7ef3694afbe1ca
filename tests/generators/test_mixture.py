from typing import Any

import polars as pl
import pytest

from tests.conformance.doubles import RefusedError, column


def test_parts_have_their_weights_and_bounds() -> None:
    made = column({"mixture": [{"weight": 3, "uniform": [0, 1]}, {"weight": 1, "of": {"uniform": [10, 11]}}]})
    values = made.values(50_000)
    assert made.generator.bounds == (0, 11)
    assert (values > 5).mean() == pytest.approx(0.25, abs=0.01)
    assert (values.is_between(0, 1) | values.is_between(10, 11)).all()


def test_a_part_is_the_same_whatever_the_others_are() -> None:
    one = column({"mixture": [{"weight": 1, "poisson": 5}, {"weight": 1, "constant": 99}]}).values(500)
    two = column({"mixture": [{"weight": 1, "poisson": 5}, {"weight": 1, "constant": 77}]}).values(500)
    kept = one != 99
    assert one.filter(kept).equals(two.filter(kept))


def test_numbers_of_two_kinds_become_floats() -> None:
    assert column({"mixture": [{"poisson": 1}, {"normal": {"sd": 1}}]}).values(5).dtype == pl.Float64


def test_what_parts_insert_stays_row_by_row() -> None:
    made = column({"mixture": [{"template": "Hi {first_name}"}, {"constant": "none"}]}).make(200)
    inserted = made.inserted[0].values
    assert len(inserted) == 200
    assert (inserted.is_null() == (made.values == "none")).all()
    assert ("Hi " + inserted).drop_nulls().equals(made.values.filter(made.values != "none"), check_names=False)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([], "at least 1 item"),
        ([{"weight": -1, "poisson": 1}], "a weight is a number"),
        ([{"weight": 0, "poisson": 1}], "all weights are 0"),
        ([{"poisson": 1}, {"choice": ["a"]}], "different types"),
        ([{"of": {"poisson": 1}, "poisson": 1}], "not both"),
        ([{"weight": 1}], "no generator is named"),
    ],
)
def test_problems(parts: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column({"mixture": parts})
    assert words in str(caught.value)
