"""Times that follow others never come before them, nor past their limit, and keep the law of their delay."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import exp
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.plan.worlds import make, pointed, the_problem

NOW = datetime(2026, 9, 1)
BASE = "{datetime: {from: '2026-01-01', to: clock}}"
DAY = 86_400


def delays(frame: pl.DataFrame, later: str, base: str) -> pl.Series:
    """Delays in days."""
    return (frame[later].cast(pl.Datetime("us")) - frame[base].cast(pl.Datetime("us"))).dt.total_microseconds() / (
        DAY * 1e6
    )


@pytest.mark.parametrize(
    ("delay", "mean", "least", "most"),
    [
        ("{exponential: 9d}", 9, 0, None),
        ("{uniform: [1d, 7d]}", 4, 1, 7),
        ("{gamma: {shape: 2, mean: 6d}}", 6, 0, None),
        ("{constant: 36h}", 1.5, 1.5, 1.5),
        ("{lognormal: {median: 2d, sigma: 0.5}}", 2 * exp(0.125), 0, None),
        ("{exponential: 9d, range: [2d, 20d]}", None, 2, 20),
    ],
)
def test_delays_keep_their_law(
    delay: str, mean: float | None, least: float, most: float | None, tmp_path: Path
) -> None:
    made = make(tmp_path, f"t: {{rows: 6000, columns: {{a: {BASE}, b: {{after: a, delay: {delay}}}}}}}")["t"]
    found = delays(made, "b", "a")
    assert made.schema["b"] == pl.Datetime("us") and found.null_count() == 0
    assert found.min() >= least  # type: ignore[operator]  # not empty
    assert most is None or found.max() <= most  # type: ignore[operator]  # not empty
    if mean is not None:
        assert abs(float(found.mean()) - mean) < 5 * float(found.std()) / 6000**0.5 + 2e-5  # type: ignore[arg-type]
    assert (made["b"].dt.microsecond() == made["a"].dt.microsecond()).all()  # whole seconds are added


def test_dates_get_whole_days(tmp_path: Path) -> None:
    tables = """
    t:
      rows: 4000
      columns:
        a: {date: {from: 2026-01-01, to: 2026-08-31}}
        b: {after: a, delay: {exponential: 5d}}
        c: {after: a, delay: {uniform: [36h, 4d]}, before: clock}
        d: {after: a, delay: {constant: 0s}}
    """
    t = make(tmp_path, tables)["t"]
    assert t.schema["b"] == t.schema["c"] == pl.Date
    assert (t["b"] >= t["a"]).all() and 4 < delays(t, "b", "a").mean() < 5  # type: ignore[operator]  # rounded down
    early = t.filter(pl.col("a") < date(2026, 8, 25))
    assert set(delays(early, "c", "a")) == {2, 3}  # 1.5 days at least are 2 whole ones
    assert (t["c"] <= date(2026, 9, 1)).all() and t["c"].null_count() == 0
    assert t["d"].equals(t["a"].alias("d"))


@pytest.mark.parametrize("delay", ["{exponential: 30d}", "{uniform: [1d, 60d]}", "{constant: 9d}"])
def test_never_past_the_clock(delay: str, tmp_path: Path) -> None:
    tables = f"t: {{rows: 8000, columns: {{a: {BASE}, b: {{after: a, delay: {delay}, before: clock}}}}}}"
    t = make(tmp_path, tables)["t"]
    assert t["b"].null_count() == 0
    assert (t["b"] >= t["a"]).all() and (t["b"] <= NOW).all()
    least = {"e": 0, "u": 1, "c": 9}[delay[1]]
    roomy = t.filter(pl.col("a") <= NOW - timedelta(days=least))
    assert delays(roomy, "b", "a").min() >= least  # type: ignore[operator]  # not empty
    tight = t.filter(pl.col("a") > NOW - timedelta(days=least))
    assert ((NOW - tight["b"]).dt.total_seconds() < 1).all()  # the limit itself, in whole seconds
    assert tight.height > 10 or least == 0


def test_an_exponential_delay_is_truncated_to_its_room(tmp_path: Path) -> None:
    """Folding back is the truncated exponential: its median and mean in the room are known."""
    tables = """
    t:
      rows: 20000
      columns:
        a: {constant: "x", if: "1 = 1"}
        start: {datetime: {from: "2026-08-22", to: "2026-08-22T00:00:01"}}
        b: {after: start, delay: {exponential: 10d}, before: clock}
    """
    found = delays(make(tmp_path, tables)["t"], "b", "start")
    rate, room = 1 / 10, 10.0
    mean = 1 / rate - room * exp(-rate * room) / (1 - exp(-rate * room))
    assert abs(float(found.mean()) - mean) < 0.1  # type: ignore[arg-type]  # not empty
    for day in (2.5, 5.0, 7.5):
        share = (1 - exp(-rate * day)) / (1 - exp(-rate * room))
        assert abs(float((found <= day).mean()) - share) < 0.02  # type: ignore[arg-type]  # not empty


def test_limits_and_bases_that_are_columns(tmp_path: Path) -> None:
    tables = """
    p:
      rows: 300
      key: id
      columns:
        id: {id: int}
        opened: {date: {from: 2026-01-01, to: 2026-03-01}}
        closed: {after: opened, delay: {uniform: [1d, 90d]}, null: 0.3}
    c:
      per: p
      count: {integer: [1, 4]}
      columns:
        p: {ref: p}
        base: {datetime: {from: "2026-01-01", to: "2026-04-01"}, null: 0.1}
        a: {after: p.opened, delay: {exponential: 40d}, before: p.closed}
        b: {after: base, delay: {exponential: 40d}, before: p.closed}
        closed: {copy: p.closed}
        opened: {copy: p.opened}
    """
    c = make(tmp_path, tables)["c"]
    assert c["a"].null_count() == 0 and (c["a"] >= c["opened"]).all()
    assert (c["a"] <= c["closed"]).drop_nulls().all() and c["closed"].null_count() > 50
    unlimited = c.filter(pl.col("closed").is_null() & pl.col("base").is_not_null())
    assert unlimited["b"].null_count() == 0
    late = c["base"] > c["closed"].cast(pl.Datetime("us"))
    assert late.sum() > 20
    assert (c["b"].is_null() == (c["base"].is_null() | late.fill_null(False))).all()  # no value exists there
    given = c.filter(pl.col("b").is_not_null())
    assert (given["b"] >= given["base"]).all() and (
        given["b"] <= given["closed"].cast(pl.Datetime("us"))
    ).drop_nulls().all()


def test_a_chain_of_times(tmp_path: Path) -> None:
    tables = """
    t:
      rows: 2000
      columns:
        d: {after: c, delay: {exponential: 3h}, before: clock}
        c: {after: b, delay: {uniform: [1h, 2h]}, before: clock, null: 0.2}
        b: {after: a, delay: {exponential: 20d}, before: clock}
        a: {datetime: {from: "2026-06-01", to: clock}}
    """
    t = make(tmp_path, tables)["t"]
    assert (t["a"] <= t["b"]).all() and (t["b"] <= t["c"]).drop_nulls().all() and (t["c"] <= t["d"]).drop_nulls().all()
    assert (t["d"].is_null() == t["c"].is_null()).all() and t["d"].max() <= NOW  # type: ignore[operator]  # not empty


@pytest.mark.parametrize(
    ("column", "code", "at"),
    [
        ("{after: aa, delay: {exponential: 1d}}", "unknown-column", "{after"),
        ("{after: n, delay: {exponential: 1d}}", "wrong-type", "after"),
        ("{after: a, delay: {exponential: 1}}", "wrong-type", "delay"),
        ("{after: a, delay: {normal: {mean: 1d, sd: 1d}}}", "wrong-type", "delay"),
        ("{after: a, delay: {constant: soon}}", "wrong-type", "delay"),
        ("{after: a, delay: {exponential: 1d}, before: n}", "wrong-type", "before"),
        ("{after: a, delay: {exponential: 1d}, before: now}", "unknown-column", "{after"),
        ("{after: a, delay: {exponentail: 1d}}", "unknown-generator", "{exponentail"),
        ("{after: a, delay: 3d}", "wrong-type", "3d"),
        ("{after: a}", "missing-key", "{after"),
        ("{after: x, delay: {exponential: 1d}}", "cycle", "{after"),
    ],
)  # fmt: skip
def test_mistakes_are_told(column: str, code: str, at: str, tmp_path: Path) -> None:
    tables = f"t: {{rows: 5, columns: {{a: {BASE}, n: {{integer: [1, 9]}}, x: {column}}}}}"
    problem = the_problem(tmp_path, tables)
    assert problem.code == code, problem.format()
    assert pointed(tmp_path, problem).startswith(at), problem.format()


BUSINESS = """
orders:
  rows: 4000
  columns:
    at: {datetime: {from: "2024-11-01", to: "2025-01-15"}}
    day: {date: {from: 2024-11-01, to: 2025-01-15}, null: 0.1}
    sent: {after: at, delay: {uniform: [0d, 6d]}, business: US}
    due: {after: day, delay: {constant: 3d}, business: true}
    late: {after: at, delay: {uniform: [0d, 30d]}, business: true, before: day}
"""


def test_business_days_skip_weekends_and_holidays(tmp_path: Path) -> None:
    import holidays  # what a country's calendar says

    frame = make(tmp_path, BUSINESS)["orders"]
    closed = holidays.country_holidays("US", years=(2024, 2025))
    assert (frame["sent"] >= frame["at"]).all()
    for at, sent in frame.select("at", "sent").iter_rows():
        assert sent.weekday() < 5 and sent.date() not in closed
        between = [at.date() + timedelta(days=n) for n in range((sent.date() - at.date()).days + 1)]
        assert sum(d.weekday() < 5 and d not in closed for d in between) <= 7 + 1
    assert frame["due"].is_null().equals(frame["day"].is_null(), check_names=False)
    for day, due in frame.select("day", "due").drop_nulls().iter_rows():
        assert due == np.busday_offset(day, 3, roll="forward").astype(object)
    known = frame.drop_nulls(["late", "day"])
    assert len(known) and (known["late"] <= known["day"].cast(pl.Datetime("us"))).all()


def test_an_unknown_calendar(tmp_path: Path) -> None:
    found = the_problem(tmp_path, BUSINESS.replace("business: US", "business: XX"))
    assert found.code == "unknown-country"
