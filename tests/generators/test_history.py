"""Versions follow each other without gap or overlap, and attributes change or stay as stated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.conformance.doubles import RefusedError, column
from tests.plan.worlds import make, the_problem

TABLES = """
customers:
  rows: 3000
  key: id
  columns:
    id: {id: int}
    tier: {choice: [x, y]}
    signup_at: {%s: {from: "2022-01-01", to: clock}}
versions:
  per: customers
  count: {history: {from: signup_at, every: %s}}
  key: [id, valid_from]
  columns:
    id: {ref: customers}
    valid_from: {history: from}
    valid_to: {history: to}
    is_current: {history: current}
    version: {history: number}
    plan: {changing: {choice: {free: 0.6, pro: 0.3, team: 0.1}}, stay: 0.7}
    fixed: {changing: {uniform: [0, 1]}, stay: 1}
    fresh: {changing: {uniform: [0, 1]}, stay: 0}
"""
BROKEN = """
    WITH v AS (SELECT *, lead(valid_from) OVER w AS following, lag(version) OVER w AS before FROM versions
               WINDOW w AS (PARTITION BY id ORDER BY valid_from))
    SELECT count(*) FROM v WHERE valid_to IS DISTINCT FROM following OR valid_to <= valid_from
        OR is_current <> (following IS NULL) OR version <> coalesce(before, 0) + 1
"""


def broken(versions: pl.DataFrame) -> int:
    return int(duckdb.sql(BROKEN).fetchall()[0][0])


def test_intervals_are_contiguous(tmp_path: Path) -> None:
    made = make(tmp_path, TABLES % ("datetime", "{exponential: 200d}"))
    versions, customers = made["versions"], made["customers"]
    assert broken(versions) == 0
    assert broken(versions.with_columns(pl.col("valid_from") + pl.duration(seconds=1))) > 0  # the query can fail
    assert versions.filter("is_current")["id"].to_list() == customers["id"].to_list()
    first = versions.filter(pl.col("version") == 1).join(customers, on="id")
    assert (first["valid_from"] == first["signup_at"]).all() and first.height == 3000
    years = (pl.Series([customers["signup_at"].max()]) - customers["signup_at"]).dt.total_seconds() / 86400
    assert versions.height == pytest.approx(3000 + years.sum() / 200, rel=0.02)


def test_who_has_ended_has_no_current_version(tmp_path: Path) -> None:
    tables = (TABLES % ("datetime", "{exponential: 60d}")).replace("every:", "until: left_at, every:")
    left = "    left_at: {after: signup_at, delay: {exponential: 900d}, null: 0.2}\n    tier:"
    made = make(tmp_path, tables.replace("    tier:", left))
    clock = pl.lit("2026-09-01").str.to_datetime()
    joined = made["versions"].join(made["customers"], on="id").with_columns(gone=pl.col("left_at") <= clock)
    following = pl.col("valid_from").shift(-1).over("id")
    wanted = following.fill_null(pl.when("gone").then("left_at"))
    checked = joined.with_columns(wanted=wanted, last=following.is_null())
    assert checked["valid_to"].equals(checked["wanted"], null_equal=True, check_names=False)
    assert (checked["valid_to"] > checked["valid_from"]).drop_nulls().all()
    assert checked["is_current"].equals(checked["last"] & checked["valid_to"].is_null(), check_names=False)
    assert (
        500 < checked.filter("last", "gone").height < 2500
        and checked["valid_from"].max() <= checked.select(clock).item()
    )


def test_dates_have_whole_days(tmp_path: Path) -> None:
    made = make(tmp_path, TABLES % ("date", "{exponential: 20d}"))["versions"]
    assert made["valid_from"].dtype == pl.Date and made["valid_to"].dtype == pl.Date
    assert broken(made) == 0 and made.height > 50_000


def test_versions_may_last_alike(tmp_path: Path) -> None:
    made = make(tmp_path, TABLES % ("date", "30d"))["versions"].drop_nulls("valid_to")
    assert set((made["valid_to"] - made["valid_from"]).dt.total_days()) == {30}


def test_attributes_stay_and_change_with_their_probability(tmp_path: Path) -> None:
    made = make(tmp_path, TABLES % ("datetime", "{exponential: 30d}"))["versions"]
    pairs = made.with_columns(
        same=pl.col("plan") == pl.col("plan").shift(1).over("id"),
        fresh_same=pl.col("fresh") == pl.col("fresh").shift(1).over("id"),
    ).drop_nulls("same")
    again = 0.6**2 + 0.3**2 + 0.1**2  # a new draw may equal the old value
    assert pairs.height > 50_000
    assert float(pairs["same"].mean()) == pytest.approx(0.7 + 0.3 * again, abs=0.01)  # type: ignore[arg-type]
    assert not pairs["fresh_same"].any()
    assert (made.group_by("id").agg(pl.col("fixed").n_unique())["fixed"] == 1).all()
    assert made["fixed"].n_unique() == 3000
    shares = made["plan"].value_counts(normalize=True).sort("plan")["proportion"].to_list()
    assert shares == pytest.approx([0.6, 0.3, 0.1], abs=0.02)


def test_no_time_no_version(tmp_path: Path) -> None:
    tables = (TABLES % ("datetime", "{exponential: 200d}")).replace("to: clock}}", "to: clock}, null: 0.5}")
    made = make(tmp_path, tables)
    assert made["versions"]["id"].n_unique() == made["customers"]["signup_at"].is_not_null().sum()


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ({"from": "signup_at"}, "every"),
        ({"from": "signup_at", "every": {"exponential": 200}}, "a duration of at least 0s"),
        ({"from": "signup_at", "every": 200}, "write a duration such as"),
        ({"from": "signup_at", "every": {"normal": {"mean": "9d", "sd": "3d"}}}, "a duration of at least 0s"),
        ({"from": "total", "every": {"exponential": "9d"}}, "not a date or datetime"),
        ({"from": "signup_at", "every": {"exponential": "9d"}, "most": 0}, "greater than or equal to 1"),
    ],
)
def test_first_mistakes(shape: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column({"history": shape})
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        ("count: {history: {from: signup_at, every: {exponential: 9d}}}", "count: {poisson: 2}", "no-history"),
        ("{changing: {uniform: [0, 1]}, stay: 0}", "{changing: {expr: version}, stay: 0.5}", "contradiction"),
        ("{changing: {uniform: [0, 1]}, stay: 0}", "{changing: {id: uuid}, stay: 0.5}", "contradiction"),
        ("{changing: {uniform: [0, 1]}, stay: 0}", "{changing: {uniform: [0, 1]}, stay: 7}", "bad-value"),
    ],
)
def test_first_mistakes_in_columns(was: str, now: str, code: str, tmp_path: Path) -> None:
    tables = (TABLES % ("datetime", "{exponential: 9d}")).replace(was, now)
    if code == "no-history":
        keep = [line for line in tables.splitlines() if not any(w in line for w in ("valid_to", "is_curr", "version:"))]
        tables = "\n".join(keep)
    assert the_problem(tmp_path, tables).code == code
