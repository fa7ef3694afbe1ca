"""Growth by day: a longer range only appends, and increments are the rest, row for row."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from synthgen import pipeline
from synthgen.cli.main import execute as cli
from synthgen.errors import UsageError
from synthgen.plan.growth import Growth
from synthgen.recipe.model import Window
from synthgen.scanning import scan

RECIPE = """
synthgen: 1
seed: 11
clock: "2026-06-01T00:00:00Z"
tables:
  products:
    rows: 40
    key: product_id
    columns: {product_id: {id: int}, price: {uniform: [1, 90], decimals: 2}}
  users:
    growth: {from: "2026-01-01", per_day: {poisson: 12}, weekdays: {mon-fri: 1, sat-sun: 0.3}, doubling: 60d}
    key: user_id
    entities: {person: [first_name, email]}
    unique: [email]
    columns:
      user_id: {id: int}
      signup_at: {growth: time, hours: {8-12: 1, 12-20: 2}}
      signup_day: {growth: date}
      invited_by: {ref: users.user_id, where: "parent.signup_at < signup_at", null: 0.3}
      orders: {count: orders}
      spent: {sum: orders.amount, decimals: 2}
  orders:
    per: users
    count: {poisson: 1.5}
    key: order_id
    columns:
      order_id: {id: int}
      user_id: {ref: users}
      product_id: {ref: products, pick: {zipf: 1.1}}
      amount: {copy: products.price}
      code: {pattern: "[A-Z]{4}[0-9]{4}", unique: true}
      note: {template: "Order {order_id} for {users.first_name}"}
  visits:
    growth: {from: "2026-01-03", per_day: 40}
    key: visit_id
    columns:
      visit_id: {id: int}
      seen_at: {growth: time}
      user_id: {ref: users, pick: {zipf: 0.8}, where: "parent.signup_at <= seen_at"}
      tier: {copy: users.first_name}
"""
Frames = dict[str, pl.DataFrame]


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE)
    return path


def made(recipe: Path, name: str, start: str | None = None, end: str | None = None, **more: Any) -> Frames:
    days = [None if d is None else date.fromisoformat(d) for d in (start, end)]
    result = pipeline.run(recipe, out=recipe.parent / name, window=Window(*days), **more)
    assert result.target is not None, result.verdict
    return {
        n: pl.concat([pl.read_parquet(result.target / f["path"]) for f in t["files"]]) for n, t in result.tables.items()
    }


def test_a_longer_range_only_appends(recipe: Path) -> None:
    short, long = made(recipe, "short", end="2026-01-20"), made(recipe, "long", end="2026-01-30", partition_rows=97)
    for name, frame in short.items():
        assert long[name].head(len(frame)).equals(frame), name
        assert name == "products" or len(long[name]) > len(frame) > 50


@pytest.mark.parametrize("workers", [1, 2])
def test_increments_are_the_rest(recipe: Path, workers: int) -> None:
    whole = made(recipe, "whole", end="2026-01-30")
    first = made(recipe, "first", end="2026-01-20")
    rest = made(recipe, "rest", "2026-01-21", "2026-01-30", workers=workers, partition_rows=111)
    for name, frame in whole.items():
        assert pl.concat([first[name], rest[name]]).equals(frame), name
    assert len(rest["products"]) == 0
    assert rest["users"]["signup_day"].min() >= date(2026, 1, 21)  # type: ignore[operator]  # a date
    for export in ("whole", "first", "rest"):
        checked = pipeline.verify(recipe.parent / export, regenerate=400)
        assert checked.verdict.passed, (export, checked.verdict)
        assert scan([str(recipe.parent / export)]).verdict.passed


def test_the_manifest_says_the_window(recipe: Path) -> None:
    first, rest = (made(recipe, n, s, e) for n, s, e in (("a", None, "2026-01-20"), ("b", "2026-01-21", "2026-01-25")))
    told = json.loads((recipe.parent / "b" / "manifest.json").read_text())
    assert told["overrides"] == {"rows": {}, "scale": None, "from_date": "2026-01-21", "to_date": "2026-01-25"}
    assert told["tables"]["users"]["first_row"] == len(first["users"]) and told["tables"]["users"]["rows"] == len(
        rest["users"]
    )
    assert (
        told["tables"]["orders"]["first_row"] == len(first["orders"]) and told["tables"]["products"]["first_row"] == 40
    )
    truth = {c["name"]: c.get("truth") for c in told["tables"]["users"]["columns"]}["signup_at"]
    assert truth["from"] == "2026-01-01" and truth["to"] == "2026-01-25" and truth["per_day"] == {"poisson": 12}
    plain = json.loads((recipe.parent / "a" / "manifest.json").read_text())
    assert "first_row" not in plain["tables"]["users"] and "from_date" not in plain["overrides"]


def test_times_follow_the_day_and_the_hours(recipe: Path) -> None:
    data = made(recipe, "out", end="2026-02-28")
    users, visits = data["users"], data["visits"]
    assert users["signup_at"].is_sorted() and (users["signup_at"].dt.date() == users["signup_day"]).all()
    hours = users["signup_at"].dt.hour()
    assert hours.min() == 8 and hours.max() == 19
    assert 0.6 < (hours >= 12).mean() < 0.95  # type: ignore[operator]  # a share
    assert set(visits["seen_at"].dt.date().value_counts()["count"]) == {40}
    joined = visits.drop_nulls("user_id").join(users, on="user_id")
    assert (joined["signup_at"] <= joined["seen_at"]).all() and len(joined) == visits["user_id"].is_not_null().sum()
    by_day = users.group_by(users["signup_day"].dt.weekday() > 5).len().sort("signup_day")["len"]
    assert by_day[1] / by_day[0] < 0.25


def test_daily_rows() -> None:
    fixed = Growth.model_validate({"from": "2026-01-01", "per_day": 100, "weekdays": {"mon-fri": 1, "sat-sun": 0.5}})
    counts = fixed.rows(1, "t", 20_454, 14, 1.0)  # a Thursday
    assert counts.tolist() == [117, 117, 58, 58, 117, 117, 117] * 2
    for mean in (3, 200, 50_000):
        poisson = Growth.model_validate({"from": "2026-01-01", "per_day": {"poisson": mean}})
        counts = poisson.rows(1, "t", 20_000, 4000, 1.0)
        assert abs(counts.mean() - mean) < 4 * (mean / 4000) ** 0.5 and 0.9 < counts.var() / mean < 1.1
        assert (poisson.rows(1, "t", 20_500, 100, 1.0) == counts[500:600]).all()
        assert not np.array_equal(poisson.rows(2, "t", 20_000, 4000, 1.0), counts)
    double = Growth.model_validate({"from": "2026-01-01", "per_day": 100, "doubling": "10d"})
    assert double.rows(1, "t", 0, 21, 1.0)[[0, 10, 20]].tolist() == [100, 200, 400]
    assert double.rows(1, "t", 0, 1, 0.5).tolist() == [50]


def problems(recipe: Path, old: str, new: str) -> list[str]:
    assert old in RECIPE
    recipe.write_text(RECIPE.replace(old, new))
    return [p.format() for p in pipeline.check(recipe)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (', where: "parent.signup_at <= seen_at"', "", "visits.user_id could pick rows of users that"),
        ("parent.signup_at <= seen_at", "parent.signup_at >= seen_at", "that come on later days"),
        ("growth: {from: \"2026-01-03\", per_day: 40}", "rows: 5", "does not grow by day, so its rows have none"),
        ("per_day: 40}", "per_day: 40}\n    rows: 7", "has both 'growth' and 'rows'"),
        ("per_day: 40}", "per_day: many}", "per_day"),
        ("per_day: 40}", "per_dy: 40}", "did you mean 'per_day'?"),
        ("per_day: 40}", "per_day: 40, to: \"2025-01-01\"}", "comes before the first"),
        ("per_day: 40}", "per_day: 100000000, to: \"2200-01-01\"}", "the table would have"),
        ("per_day: 40}", "per_day: 40, to: \"9999-01-01\", weekdays: never}", "never"),
        ('from: "2026-01-03"', "from: soon", "'soon' is not a date"),
        ("key: visit_id", "key: visit_id\n    dirty: {missing: {tier: 0.1}}", "its defects would change"),
        ("price: {uniform: [1, 90], decimals: 2}", "u: {ref: users}", "products does not grow"),
        ("{growth: date}", "{growth: date, hours: [8, 9]}", "a date has no hours"),
    ],
)  # fmt: skip
def test_mistakes_are_told(recipe: Path, old: str, new: str, message: str) -> None:
    found = problems(recipe, old, new)
    assert any(message in text for text in found), found


def test_flags_that_make_no_sense(recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", str(recipe), "--out", str(tmp_path / "out")]
    for flags, message in (
        (["--from-date", "soon"], "not a day"),
        (["--from-date", "2026-02-01", "--to-date", "2026-01-01"], "comes after --to-date"),
        (["--rows", "users=5"], "grows by day"),
    ):
        assert cli([*words, *flags]) == 2 and message in capsys.readouterr().err
    assert cli([*words, "--to-date", "2026-01-05"]) == 0
    plain = tmp_path / "plain.yaml"
    plain.write_text("synthgen: 1\ntables:\n  t: {rows: 3, columns: {a: {id: int}}}\n")
    with pytest.raises(UsageError, match="no table of the recipe grows by day"):
        pipeline.run(plain, out=tmp_path / "p", window=Window(end=date(2026, 1, 1)))


def test_the_last_day_of_the_clock_is_the_one_before(recipe: Path) -> None:
    data = made(recipe, "out", scale=0.2)
    assert data["visits"]["seen_at"].dt.date().max() == date(2026, 5, 31)
    assert set(data["visits"]["seen_at"].dt.date().value_counts()["count"]) == {8}
