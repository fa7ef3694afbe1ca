from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.conformance.doubles import RefusedError, column


def test_a_map_is_a_function_of_the_other_column() -> None:
    made = column({"lookup": "country", "map": {"US": "USD", "DE": "EUR", "FR": "EUR"}})
    keys = made.rows(300).values("country").to_list()
    assert made.values(300).to_list() == [{"US": "USD", "DE": "EUR", "FR": "EUR"}[k] for k in keys]
    assert made.generator.needs == ("country",)


def test_what_the_map_leaves_out() -> None:
    keys = column({"lookup": "country", "map": {"US": 1}}).rows(100).values("country")
    values = column({"lookup": "country", "map": {"US": 1}}).values(100)
    assert values.dtype == pl.Int64
    assert (values.is_null() == (keys != "US")).all()
    filled = column({"lookup": "country", "map": {"US": 1}, "default": 0}).values(100)
    assert (filled == (keys == "US").cast(pl.Int64)).all()


def test_keys_take_the_type_of_the_column() -> None:
    made = column({"lookup": "quantity", "map": {str(i): i * 1.5 for i in range(1, 10)}})
    assert (made.values(100) == made.rows(100).values("quantity") * 1.5).all()


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text("country,currency\nUS,USD\nDE,EUR\nDE,DEM\n")
    made = column({"lookup": "country", "file": "rates.csv", "to": "currency"}, root=tmp_path)
    pairs = set(zip(made.rows(100).values("country"), made.values(100), strict=True))
    assert pairs == {("US", "USD"), ("DE", "EUR"), ("FR", None)}


@pytest.mark.parametrize(
    ("snippet", "code"),
    [
        ({"lookup": "country"}, "contradiction"),
        ({"lookup": "contry", "map": {"US": "x"}}, "unknown-column"),
        ({"lookup": "country", "map": {}}, "bad-value"),
        ({"lookup": "country", "map": {"US": [1]}}, "bad-value"),
        ({"lookup": "country", "map": {"US": 1, "DE": "x"}}, "wrong-type"),
        ({"lookup": "quantity", "map": {"one": 1}}, "wrong-type"),
        ({"lookup": "country", "file": "../rates.csv"}, "outside"),
        ({"lookup": "country", "file": "none.csv"}, "missing-file"),
        ({"lookup": "country", "file": "rates.csv", "to": "rate"}, "unknown-column"),
    ],
)
def test_problems(snippet: Any, code: str, tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text("country,currency\nUS,USD\n")
    with pytest.raises(RefusedError) as caught:
        column(snippet, root=tmp_path)
    assert caught.value.codes == [code]
