"""Arrivals are a Poisson process with the stated rate, by hour, by day and by age."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.conformance.doubles import RefusedError, column
from tests.plan.worlds import make, the_problem

TABLES = """
p:
  rows: %d
  key: id
  columns: {id: {id: int}, at: {datetime: {from: "2026-02-02", to: "2026-02-20"}}, x: {choice: [1, 4]}}
c:
  per: p
  count: {arrivals: {%s}}
  columns: {p: {ref: p}, at: {arrivals: time}}
"""


def made(folder: Path, shape: str, rows: int = 300) -> tuple[pl.DataFrame, pl.DataFrame]:
    found = make(folder, TABLES % (rows, shape))
    return found["p"], found["c"]


def test_counts_are_poisson_and_waits_exponential(tmp_path: Path) -> None:
    parents, arrivals = made(tmp_path, 'rate: 2, from: "2026-02-02", until: "2026-02-12"', 3000)
    counts = arrivals["p"].value_counts()["count"]
    assert counts.len() == parents.height
    assert float(counts.mean()) == pytest.approx(20, rel=0.02)  # type: ignore[arg-type]
    assert float(counts.var()) == pytest.approx(20, rel=0.08)  # type: ignore[arg-type]
    waits = arrivals.with_columns(w=pl.col("at").diff().over("p"))["w"].drop_nulls().dt.total_seconds() / 86400
    assert waits.min() >= 0  # type: ignore[operator]
    assert float(waits.std()) / float(waits.mean()) == pytest.approx(1, abs=0.08)  # type: ignore[arg-type]
    hours = arrivals["at"].dt.hour().value_counts()["count"]
    assert hours.min() / hours.max() > 0.88  # type: ignore[operator]


def test_hours_and_days_have_their_weights(tmp_path: Path) -> None:
    hours = [0] * 8 + [1] * 8 + [3] * 8
    window = 'from: "2026-02-02", until: "2026-03-02"'
    _, arrivals = made(tmp_path, f"rate: 20, {window}, hours: {hours}, weekdays: {{mon-fri: 1, sat: 2}}")
    hour, day = arrivals["at"].dt.hour(), arrivals["at"].dt.weekday()
    share = [float(((hour >= a) & (hour < a + 8)).mean()) for a in (0, 8, 16)]  # type: ignore[arg-type]
    assert share == pytest.approx([0, 0.25, 0.75], abs=0.005)
    shares = [float((day == d).mean()) for d in range(1, 8)]  # type: ignore[arg-type]
    assert shares == pytest.approx([1 / 7] * 5 + [2 / 7, 0], abs=0.005)
    assert arrivals.height / 300 == pytest.approx(20 * 28, rel=0.01)  # whole weeks keep the mean rate


def test_hours_are_those_of_the_zone(tmp_path: Path) -> None:
    window = 'from: "2026-02-02", until: "2026-05-04", hours: [9, 12], weekdays: business'
    _, arrivals = made(tmp_path, f"rate: 3, {window}, timezone: Europe/Berlin")
    local = arrivals["at"].dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/Berlin")
    assert local.dt.hour().is_between(9, 11).all() and (local.dt.weekday() <= 5).all()
    assert arrivals["at"].dt.hour().min() == 7  # summer time
    assert arrivals.group_by("p").agg(pl.col("at").is_sorted().alias("s"))["s"].all()
    assert arrivals.height / 300 == pytest.approx(3 * 91, rel=0.02)
    tables = TABLES.replace("x: {choice: [1, 4]}", "x: {choice: [Asia/Tokyo, America/New_York]}")
    found = make(tmp_path, tables % (200, f"rate: 3, {window}, timezone: x"))
    both = found["c"].join(found["p"], left_on="p", right_on="id", suffix="_start")
    for zone in ("Asia/Tokyo", "America/New_York"):
        mine = both.filter(pl.col("x") == zone)["at"].dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
        assert len(mine) > 1000 and mine.dt.hour().is_between(9, 11).all()


def test_rates_fade_and_grow_with_age(tmp_path: Path) -> None:
    _, arrivals = made(tmp_path, 'rate: 8, from: "2026-02-02", until: "2026-04-13", half_life: 14d', 1000)
    age = (arrivals["at"] - datetime(2026, 2, 2)).dt.total_seconds() / 86400
    weeks = np.bincount((age // 14).to_numpy().astype(int), minlength=5)
    assert weeks[1:5] / weeks[:4] == pytest.approx([0.5] * 4, rel=0.04)
    assert weeks[0] / 1000 == pytest.approx(8 * 14 / np.log(2) / 2, rel=0.02)
    _, grown = made(tmp_path, 'rate: 1, from: "2026-02-02", until: "2026-03-30", doubling: 14d', 1000)
    assert grown.height / 1000 == pytest.approx(14 / np.log(2) * 15, rel=0.02)


def test_windows_are_kept_to_and_rates_differ_by_parent(tmp_path: Path) -> None:
    parents, arrivals = made(tmp_path, "rate: x, from: at, until: clock", 800)
    both = arrivals.join(parents, left_on="p", right_on="id", suffix="_start")
    assert (both["at"] >= both["at_start"]).all()
    days = (pl.datetime(2026, 9, 1) - pl.col("at")).dt.total_seconds() / 86400
    expected = parents.select("x", days=days).group_by("x").agg(pl.col("days").sum()).sort("x")
    counts = both.group_by("x").len().sort("x")["len"]
    assert (counts / (expected["days"] * expected["x"])).to_list() == pytest.approx([1, 1], rel=0.02)
    assert arrivals["at"].is_sorted() or both.group_by("p").agg(pl.col("at").is_sorted().alias("s"))["s"].all()


def test_nobody_arrives_without_a_window_or_a_rate(tmp_path: Path) -> None:
    tables = TABLES.replace('to: "2026-02-20"}}', 'to: "2026-02-20"}, null: 0.5}')
    found = make(tmp_path, tables % (200, "rate: 1, from: at, until: clock"))
    gone = found["p"].filter(pl.col("at").is_null())["id"]
    assert 60 < len(gone) < 140 and not found["c"]["p"].is_in(gone.implode()).any()
    assert made(tmp_path, 'rate: 0, from: "2026-02-02"')[1].height == 0
    assert made(tmp_path, 'rate: 1, from: "2027-02-02"')[1].height == 0


def test_many_arrivals_of_few_parents(tmp_path: Path) -> None:
    _, arrivals = made(tmp_path, 'rate: 20000, from: "2026-02-02", until: "2026-02-12", most: 1000000', 3)
    assert arrivals.height / 3 == pytest.approx(200_000, rel=0.01)
    assert arrivals.group_by("p").agg(pl.col("at").is_sorted().alias("s"))["s"].all()


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ({"rate": 3}, "from"),
        ({"rate": -1, "from": "signup_at"}, "a rate is not negative"),
        ({"rate": "tier", "from": "signup_at"}, "not a number"),
        ({"rate": 3, "from": "signup_at", "hours": [1, 2, 3]}, "hours are [first, end]"),
        ({"rate": 3, "from": "signup_at", "weekdays": {"someday": 1, "sun": 2}}, "none of the weekdays"),
        ({"rate": 3, "from": "signup_at", "half_life": "9d", "doubling": "9d"}, "either fades"),
        ({"rate": 3, "from": "signup_at", "hours": [0] * 24}, "all weights are 0"),
        ({"rate": 10_000, "from": "2026-01-01"}, "arrivals are expected of each parent"),
        ({"rate": 3, "from": "signup_at", "timezone": "Europe/Berlinn"}, "neither a time zone"),
        ({"rate": {"id": "int"}, "from": "signup_at"}, "identifiers differ"),
    ],
)
def test_first_mistakes(shape: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column({"arrivals": shape})
    assert words in str(caught.value)


def test_times_need_a_count_of_arrivals(tmp_path: Path) -> None:
    tables = (TABLES % (3, "rate: 1, from: at")).replace("{arrivals: {rate: 1, from: at}}", "{poisson: 2}")
    problem = the_problem(tmp_path, tables)
    assert problem.code == "no-arrivals" and "count: {arrivals: " in (problem.remedy or "")
