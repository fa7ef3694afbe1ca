from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance.doubles import CLOCK, RefusedError, column


def test_both_ends_can_come_up() -> None:
    made = column({"datetime": {"from": "2026-08-31T23:59:58", "to": "clock"}})
    wanted = [datetime(2026, 8, 31, 23, 59, 58), datetime(2026, 8, 31, 23, 59, 59), datetime(2026, 9, 1)]
    assert made.values(200).unique().sort().to_list() == wanted
    assert made.generator.capacity == 3


def test_datetimes_are_even_whole_seconds_and_naive() -> None:
    made = column({"datetime": {"from": "2026-01-01", "to": "2026-01-11"}})
    values = made.values(50_000)
    assert values.dtype == pl.Datetime("us")
    assert (values.dt.microsecond() == 0).all()
    per_day = values.filter(values < datetime(2026, 1, 11)).dt.day().value_counts(sort=True)["count"]
    assert per_day.min() > 4600  # type: ignore[operator]  # polars types it loosely
    assert per_day.max() < 5400  # type: ignore[operator]


def test_shifts_from_the_clock() -> None:
    values = column({"datetime": {"from": "-2d", "to": "clock+1h"}}).values(5000)
    now = CLOCK.replace(tzinfo=None)
    assert values.min() >= now - timedelta(days=2)  # type: ignore[operator]
    assert values.max() <= now + timedelta(hours=1)  # type: ignore[operator]
    assert values.max() > now  # type: ignore[operator]


@settings(max_examples=50, deadline=None)
@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2020, 1, 6)),
    st.integers(0, 5 * 86_400),
    st.integers(0, 23),
    st.integers(1, 24),
    st.sampled_from(["second", "minute", "hour"]),
)
def test_hours_of_the_day(first: datetime, length: int, opens: int, hours: int, precision: str) -> None:
    last = first + timedelta(seconds=length)
    closes = min(24, opens + hours)
    step = {"second": 1, "minute": 60, "hour": 3600}[precision]
    epoch = datetime(2020, 1, 1)
    low, high = -(-(first - epoch) // timedelta(seconds=step)), (last - epoch) // timedelta(seconds=step)
    seconds = np.arange(low, high + 1) * step
    wanted = seconds[(seconds % 86_400 >= opens * 3600) & (seconds % 86_400 < closes * 3600)]
    snippet = {
        "datetime": {"from": first.isoformat(), "to": last.isoformat()},
        "hours": [opens, closes],
        "precision": precision,
    }
    if not len(wanted):
        with pytest.raises(RefusedError, match="impossible-range"):
            column(snippet)
        return
    made = column(snippet)
    assert made.generator.capacity == len(wanted)
    ranks = np.unique(np.linspace(0, len(wanted) - 1, 200).astype(np.int64))
    found = [int((v - epoch).total_seconds()) for v in made.nth(ranks).to_list()]
    assert found == wanted[ranks].tolist()


def test_precision() -> None:
    values = column({"datetime": {"from": "2026-01-01T00:00:30", "to": "2026-01-02"}, "precision": "minute"}).values(
        500
    )
    assert (values.dt.second() == 0).all()
    assert values.min() >= datetime(2026, 1, 1, 0, 1)  # type: ignore[operator]
    fine = column({"datetime": {"from": "2026-01-01", "to": "2026-01-02"}, "precision": "us"}).values(500)
    assert (fine.dt.microsecond() % 1000 != 0).any()


def test_dates_enumerate_their_days() -> None:
    made = column({"date": {"from": "2024-02-27", "to": "2024-03-02"}})
    assert made.generator.capacity == 5
    assert made.nth(range(5)).to_list() == [date(2024, 2, 27) + timedelta(days=i) for i in range(5)]
    assert set(made.values(300)) == set(made.nth(range(5)))


def test_times() -> None:
    made = column({"time": {"from": "08:00", "to": "08:00:02"}})
    assert set(made.values(100)) == {time(8), time(8, 0, 1), time(8, 0, 2)}
    assert column({"time": {}}).generator.capacity == 86_400


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"datetime": {"from": "2027-01-01", "to": "clock"}}, "the interval is reversed"),
        ({"datetime": {"from": "soon"}}, "is not a date"),
        ({"datetime": {"to": "clock"}}, "Field required"),
        ({"datetime": {"from": "clock-900000d"}}, "outside the years"),
        ({"datetime": {"from": "2026-01-01", "to": "2026-01-02"}, "hours": [17, 9]}, "hours are [first, end]"),
        ({"datetime": {"from": "2026-01-01", "til": "clock"}}, "Extra inputs"),
        (
            {"datetime": {"from": "2026-01-01T00:00:01", "to": "2026-01-01T00:00:02"}, "precision": "hour"},
            "no whole hour",
        ),
        ({"date": {"from": "2026-02-30"}}, "is not a date"),
        ({"time": {"from": "25:00"}}, "is not a time of day"),
        ({"time": {"from": "10:00", "to": "09:00"}}, "reversed"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)
