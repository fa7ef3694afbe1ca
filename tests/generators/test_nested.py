from typing import Any

import polars as pl
import pytest

from tests.conformance.doubles import RefusedError, column


def test_structs() -> None:
    made = column({"struct": {"w": {"integer": [1, 9]}, "tag": {"choice": ["a", "b"]}}})
    values = made.values(100)
    assert values.dtype == pl.Struct({"w": pl.Int64, "tag": pl.String})
    assert values.struct.field("w").is_between(1, 9).all()


def test_fields_have_streams_of_their_own_and_ignore_each_other() -> None:
    one = column({"struct": {"a": {"uniform": [0, 1]}, "b": {"uniform": [0, 1]}}}).values(50)
    two = column({"struct": {"b": {"uniform": [0, 1]}, "c": {"constant": 1}}}).values(50)
    assert not one.struct.field("a").equals(one.struct.field("b"), check_names=False)
    assert one.struct.field("b").equals(two.struct.field("b"))


def test_declared_fields_stay_accounted_for() -> None:
    made = column({"struct": {"name": {"faker": "first_name"}, "n": {"constant": 1}}}).make(30)
    assert [i.declared.entity for i in made.inserted if i.declared] == ["PERSON"]
    assert made.inserted[0].values.equals(made.values.struct.field("name"), check_names=False)


@pytest.mark.parametrize(
    ("length", "wanted"), [(2, {2}), ([0, 3], {0, 1, 2, 3}), ({"binomial": {"n": 2, "p": 0.5}}, {0, 1, 2}), (0, {0})]
)
def test_list_lengths(length: Any, wanted: set[int]) -> None:
    made = column({"list": {"integer": [1, 9]}, "length": length})
    values = made.values(300)
    assert set(values.list.len()) == wanted
    assert values.null_count() == 0
    assert made.values(0).dtype == pl.List(pl.Int64)


def test_elements_differ_and_do_not_depend_on_the_length() -> None:
    long = column({"list": {"id": "uuid"}, "length": 4})
    short = column({"list": {"uniform": [0, 1]}, "length": 2}).values(200)
    longer = column({"list": {"uniform": [0, 1]}, "length": 5}).values(200)
    assert short.equals(longer.list.head(2))
    assert longer.explode().n_unique() == 1000
    assert long.values(10).list.len().to_list() == [4] * 10


def test_lists_in_structs_in_lists() -> None:
    inner = {"struct": {"k": {"list": {"choice": ["x"]}, "length": [0, 2]}}}
    values = column({"list": inner, "length": [0, 2]}).values(100)
    assert values.dtype == pl.List(pl.Struct({"k": pl.List(pl.String)}))


def test_lists_keep_the_declaration() -> None:
    declared = column({"list": {"faker": "last_name"}}).make(5).declared
    assert declared is not None
    assert declared.entity == "PERSON"


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"struct": {}}, "at least 1 item"),
        ({"struct": {"a": {"poison": 1}}}, "no generator is named"),
        ({"list": {"poisson": 1}, "length": -1}, "between 0 and 10,000"),
        ({"list": {"poisson": 1}, "length": "two"}, "a length is a number"),
        ({"list": {"poisson": 1}, "length": {"normal": {"sd": 1}}}, "a whole number"),
        ({"list": {"poisson": 1}, "length": {"integer": [-3, 3]}}, "can be negative"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)
