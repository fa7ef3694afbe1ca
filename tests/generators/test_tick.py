from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen.errors import RecipeError
from tests.conformance.doubles import RefusedError, column
from tests.plan.worlds import make, problems, the_problem

TABLES = """
sensors: {rows: 12, key: id, columns: {id: {id: int}, since: {date: {from: 2024-01-31, to: 2024-01-31}}}}
readings:
  per: sensors
  count: {constant: 14}
  key: [sensor, at]
  columns: {sensor: {ref: sensors}, at: {tick: {from: sensors.since, every: %s}%s}}
"""


def times(folder: Path, every: str, more: str = "") -> list[Any]:
    return make(folder, TABLES % (every, more))["readings"].filter(pl.col("sensor") == 2)["at"].to_list()


def test_rows_of_a_parent_are_evenly_spaced(tmp_path: Path) -> None:
    found = times(tmp_path, "6h")
    assert found[0] == datetime(2024, 1, 31) and found[5] == datetime(2024, 2, 1, 6)


def test_months_keep_their_day_or_take_their_last(tmp_path: Path) -> None:
    found = times(tmp_path, "month")
    assert found[:4] == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)]
    assert found[13] == date(2025, 2, 28)
    assert times(tmp_path, "quarter")[:3] == [date(2024, 1, 31), date(2024, 4, 30), date(2024, 7, 31)]
    assert times(tmp_path, "2 years")[1] == date(2026, 1, 31)


def test_a_date_stays_a_date_with_whole_days(tmp_path: Path) -> None:
    assert times(tmp_path, "1d")[1] == date(2024, 2, 1)
    made = column({"tick": {"from": "2026-01-01", "every": "1d"}, "days": True})
    assert made.values(3).to_list() == [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)]


def test_jitter_comes_after_and_keeps_the_order() -> None:
    plain = column({"tick": {"from": "2026-01-01", "every": "15m"}}).values(5000)
    late = column({"tick": {"from": "2026-01-01", "every": "15m"}, "jitter": "15m"}).values(5000) - plain
    seconds = late.dt.total_seconds(fractional=True)
    assert seconds.min() == pytest.approx(0, abs=2) and seconds.max() == pytest.approx(899, abs=2)
    assert float(seconds.mean()) == pytest.approx(449.5, abs=15)  # type: ignore[arg-type]
    assert (seconds % 1 == 0).all() and ((plain + late).diff().drop_nulls().dt.total_seconds() > 0).all()


def test_times_beyond_the_calendar_are_an_error_with_a_place(tmp_path: Path) -> None:
    tables = "t: {rows: 5000, columns: {at: {tick: {from: 2026-01-01, every: 520w}}}}"
    with pytest.raises(RecipeError) as caught:
        make(tmp_path, tables)
    assert caught.value.problems[0].place is not None
    assert "t.at has a value that does not fit its type" in str(caught.value)


def test_a_missing_start_gives_no_time(tmp_path: Path) -> None:
    made = make(tmp_path, TABLES.replace("to: 2024-01-31}", "to: 2024-01-31}, null: 0.6") % ("1h", ""))
    joined = made["readings"].join(made["sensors"], left_on="sensor", right_on="id")
    assert joined["since"].null_count() > 0
    assert (joined["at"].is_null() == joined["since"].is_null()).all()


def test_times_are_keys(tmp_path: Path) -> None:
    assert problems(tmp_path, TABLES % ("1h", "")) == []
    root = "ticks: {rows: 9, key: at, columns: {at: {tick: {from: 2026-01-01, every: 1h}}}}"
    assert make(tmp_path, root)["ticks"]["at"].n_unique() == 9
    alone = TABLES.replace("key: [sensor, at]", "key: at") % ("1h", "")
    assert the_problem(tmp_path, alone).code == "impossible-unique"


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"from": "2026-01-01", "every": "fortnight"}, "'fortnight' is not a step"),
        ({"from": "2026-01-01", "every": "0s"}, "a step is above 0"),
        ({"from": "2026-13-01", "every": "1d"}, "'2026-13-01' is not a date"),
        ({"from": "started", "every": "1d"}, "there is no column 'started'"),
        ({"from": "total", "every": "1d"}, "'total' is Decimal"),
        ({"every": "1d"}, "from"),
    ],
)
def test_first_mistakes(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column({"tick": snippet})
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("more", "words"),
    [({"jitter": "2h"}, "longer than the step"), ({"days": True}, "whole days"), ({"jitter": "-1s"}, "at least 0s")],
)
def test_jitter_and_days_fit_the_step(more: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column({"tick": {"from": "2026-01-01", "every": "1h"}, **more})
    assert words in str(caught.value)
