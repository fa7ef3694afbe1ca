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


def test_several_columns_by_a_nested_map() -> None:
    fees = {"US": {"basic": 0, "vip": 9}, "DE": {"basic": 1, "vip": 7}}
    made = column({"lookup": ["country", "tier"], "map": fees, "default": -1})
    rows = made.rows(500)
    keys = zip(rows.values("country"), rows.values("tier"), strict=True)
    assert made.values(500).to_list() == [fees.get(c, {}).get(t, -1) for c, t in keys]


CITIES = pl.DataFrame(
    {
        "country": ["US", "US", "DE", "US", "DE", "FR"],
        "city": ["Springfield", "Shelbyville", "Entenhausen", "Ogdenville", "Duckstadt", "Ville"],
        "code": [1, 2, 3, 4, 5, 6],
        "people": [6, 3, 1, 1, 3, 0],
    }
)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json", ".jsonl"])
def test_files_of_every_format(tmp_path: Path, suffix: str) -> None:
    write = {".csv": CITIES.write_csv, ".parquet": CITIES.write_parquet, ".json": CITIES.write_json}
    write.get(suffix, CITIES.write_ndjson)(tmp_path / f"cities{suffix}")
    made = column({"lookup": "country", "file": f"cities{suffix}", "to": "city"}, root=tmp_path)
    assert set(made.values(200)) == {"Springfield", "Entenhausen", "Ville"}


def test_one_of_several_rows_by_weight_and_lookups_that_share_it(tmp_path: Path) -> None:
    CITIES.write_csv(tmp_path / "cities.csv")
    city = {"lookup": "country", "file": "cities.csv", "to": "city", "pick": "random", "weight": "people"}
    others = {"country": {"choice": ["US", "DE", "FR", "XX"]}, "city": city}
    code = column(
        {"lookup": "country", "file": "cities.csv", "to": "code", "with": "city"}, others=others, root=tmp_path
    )
    rows = code.rows(40_000)
    found = pl.DataFrame(
        {"country": rows.values("country"), "city": rows.values("city"), "code": code.generator.generate(rows).values}
    )
    known = {(c, n): k for c, n, k in CITIES.select("country", "city", "code").iter_rows()}
    for country, name, number in found.unique().iter_rows():
        assert number == known.get((country, name))  # one row of the file gives both
    assert found.filter(pl.col("country").is_in(["FR", "XX"]))["city"].null_count() == len(
        found.filter(pl.col("country").is_in(["FR", "XX"]))
    )
    american = found.filter(pl.col("country") == "US")["city"]
    assert (american == "Springfield").mean() == pytest.approx(0.6, abs=0.02)
    assert (american == "Ogdenville").mean() == pytest.approx(0.1, abs=0.02)


def test_several_columns_of_a_file(tmp_path: Path) -> None:
    pl.DataFrame({"land": ["US", "DE"], "plan": ["vip", "basic"], "fee": [9.5, 1.0]}).write_csv(tmp_path / "fees.csv")
    snippet = {"lookup": ["country", "tier"], "file": "fees.csv", "from": ["land", "plan"], "to": "fee"}
    made = column(snippet, root=tmp_path)
    rows = made.rows(300)
    for country, tier, fee in zip(rows.values("country"), rows.values("tier"), made.values(300), strict=True):
        assert fee == {("US", "vip"): 9.5, ("DE", "basic"): 1.0}.get((country, tier))


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"lookup": ["country", "tier"], "map": {"US": 1}}, "nested 2 deep"),
        ({"lookup": "country", "map": {"US": 1}, "pick": "random"}, "need a file"),
        ({"lookup": "country", "file": "cities.csv", "to": "city", "weight": "people"}, "needs pick: random"),
        ({"lookup": "country", "file": "cities.csv", "to": "city", "pick": "any"}, "first or random"),
        ({"lookup": "country", "file": "cities.csv", "to": "town"}, "no column 'town'"),
        ({"lookup": "country", "file": "cities.csv", "from": ["country", "city"]}, "one column of the file for each"),
        (
            {"lookup": "country", "file": "cities.csv", "to": "city", "pick": "random", "weight": "city"},
            "no column of weights",
        ),
        ({"lookup": "country", "file": "cities.csv", "to": "city", "with": "tier"}, "not a lookup"),
    ],
)
def test_problems_of_files(snippet: Any, words: str, tmp_path: Path) -> None:
    CITIES.write_csv(tmp_path / "cities.csv")
    with pytest.raises(RefusedError) as caught:
        column(snippet, root=tmp_path)
    assert words in str(caught.value)
