"""Periods follow their survival curve, as far as they can be observed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.conformance.doubles import RefusedError, column
from tests.plan.worlds import make

TABLES = """
customers: {rows: 4000, key: id, columns: {id: {id: int}, since: {date: {from: "2025-06-15", to: clock}}}}
months:
  per: customers
  count: {retention: {churn: 0.1, from: since%s}}
  key: [id, month]
  columns:
    id: {ref: customers}
    month: {tick: {from: customers.since, every: %s}}
    churned: {retention: churned}
"""


def left(shape: Any, n: int = 100_000) -> Any:
    periods = column({"retention": shape}).values(n).to_numpy()
    return [float((periods > k).mean()) for k in range(15)]


def test_a_curve_goes_through_its_points() -> None:
    shape = {"curve": {0: 1, 1: 0.6, 2: 0.5, 6: 0.3, 12: 0.2}}
    found = left(shape)
    assert [found[k] for k in (0, 1, 2, 6, 12)] == pytest.approx([1, 0.6, 0.5, 0.3, 0.2], abs=0.006)
    assert found[4] == pytest.approx((0.5 * 0.3) ** 0.5, abs=0.006)  # geometrically in between
    assert found[14] == pytest.approx(0.2 * (0.2 / 0.3) ** (2 / 6), abs=0.006)  # and on past the end
    truth = column({"retention": shape}).generator.truth
    assert [truth["survival"][str(k)] for k in (0, 1, 2, 6, 12)] == [1, 0.6, 0.5, 0.3, 0.2]
    assert column({"retention": shape}).values(100_000).mean() == pytest.approx(truth["mean_periods"], rel=0.02)


def test_weibull_and_constant_churn() -> None:
    k = np.arange(15)
    assert left({"weibull": {"shape": 0.6, "scale": 8}}) == pytest.approx(list(np.exp(-((k / 8) ** 0.6))), abs=0.006)
    assert left({"churn": 0.2}) == pytest.approx(list(0.8**k), abs=0.006)
    assert left({"churn": 1})[:2] == [1, 0]
    assert left({"curve": {1: 0.5, 2: 0}})[:4] == pytest.approx([1, 0.5, 0, 0], abs=0.006)


@pytest.mark.parametrize("every", ["month", "7d", "quarter"])
def test_only_periods_that_have_begun_are_there(every: str, tmp_path: Path) -> None:
    months = make(tmp_path, TABLES % (f", every: {every}", every))["months"]
    clock = date(2026, 9, 1)
    assert months["month"].max() <= clock  # type: ignore[operator]
    last = months.group_by("id", maintain_order=True).last()
    assert last.height == 4000
    assert months["churned"].sum() == last["churned"].sum()
    step = {"month": "1mo", "7d": "7d", "quarter": "3mo"}[every]
    following = last.filter(~pl.col("churned"))["month"].dt.offset_by(step)
    assert (following > clock).all()  # whoever stays is cut by the clock


def test_churn_is_seen_as_often_as_stated(tmp_path: Path) -> None:
    months = make(tmp_path, TABLES % ("", "month"))["months"]
    last = months.group_by("id", maintain_order=True).last()
    exposed = months.height - last.filter(~pl.col("churned")).height  # periods whose end has been seen
    assert last["churned"].sum() / exposed == pytest.approx(0.1, abs=0.006)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ({}, "give one of curve, weibull and churn"),
        ({"curve": {1: 0.5}, "churn": 0.1}, "give one of"),
        ({"curve": {1: 0.5, 2: 0.6}}, "never rises"),
        ({"curve": {0: 0.9, 1: 0.5}}, "everybody is there in period 0"),
        ({"curve": {1: 50}}, "between 0 and 1"),
        ({"curve": {}}, "a curve names periods"),
        ({"churn": 0}, "greater than 0"),
        ({"churn": 0.1, "until": "clock"}, "when the first period begins"),
        ({"churn": 0.1, "from": "signup_at", "every": "monthly"}, "not a step"),
    ],
)
def test_first_mistakes(shape: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column({"retention": shape})
    assert words in str(caught.value)
