from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from synthgen.calendars import MONTHS, WEEKDAYS, cyclic, hourly
from tests.conformance.doubles import CLOCK, RefusedError, column

N = 60_000
YEARS = {"from": "2023-01-01", "to": "2025-12-31T23:59:59"}


def shares(keys: pl.Series) -> dict[Any, int]:
    return dict(keys.value_counts().iter_rows())


def fits(found: dict[Any, int], wanted: dict[Any, float]) -> bool:
    """Whether counts follow weights (chi-square), and what has none does not come up."""
    used = {k: w for k, w in wanted.items() if w > 0}
    assert set(found) <= set(used)
    total, rows = sum(used.values()), sum(found.values())
    return bool(
        stats.chisquare([found.get(k, 0) for k in used], [w / total * rows for w in used.values()]).pvalue > 1e-3
    )


@pytest.mark.parametrize("kind", ["date", "datetime"])
def test_weekdays_months_and_holidays_multiply(kind: str) -> None:
    us = holidays.country_holidays("US", years=range(2023, 2026))
    snippet = {
        kind: YEARS,
        "weekdays": {"mon-fri": 1, "sat": 0.3},
        "months": {"jan-nov": 1, "december": 3},
        "holidays": {"country": "US", "weight": 0.5},
    }
    values = column(snippet).values(N)
    days = values.dt.date()
    wanted = {}
    for n in range(3 * 365 + 1):
        day = date(2023, 1, 1) + timedelta(days=n)
        weight = (1 if day.weekday() < 5 else 0.3 if day.weekday() == 5 else 0) * (3 if day.month == 12 else 1)
        wanted[day] = weight * (0.5 if day in us else 1)
    assert fits(shares(days), wanted)


def test_opening_hours_by_weekday() -> None:
    hours = {"mon-thu": [8, 18], "fri": {"8-12": 2, "12-16": 1}, "sat": [10, 13]}
    made = column({"datetime": YEARS, "hours": hours})
    values = made.values(N)
    keys = pl.DataFrame({"d": values.dt.weekday(), "h": values.dt.hour()}).select(pl.struct("d", "h")).to_series()
    found = {(k["d"], k["h"]): n for k, n in keys.value_counts().iter_rows()}
    days = dict.fromkeys(range(1, 8), 0)
    for n in range(3 * 365 + 1):
        days[(date(2023, 1, 1) + timedelta(days=n)).isoweekday()] += 1
    wanted = {(d, h): float(days[d]) for d in range(1, 5) for h in range(8, 18)}
    wanted |= {(5, h): days[5] * (2.0 if h < 12 else 1.0) for h in range(8, 16)}
    wanted |= {(6, h): float(days[6]) for h in range(10, 13)}
    assert fits(found, wanted)
    ranks = np.unique(np.linspace(0, made.generator.capacity - 1, 500).astype(np.int64))
    some = made.nth(ranks)
    assert some.n_unique() == len(ranks) and set(some.dt.weekday().unique()) == set(range(1, 7))


def test_holidays_are_left_out_and_come_by_subdivision() -> None:
    bavaria = holidays.country_holidays("DE", subdiv="BY", years=range(2023, 2026))
    made = column({"date": YEARS, "holidays": {"country": "DE", "subdivision": "BY"}, "weekdays": "business"})
    values = made.values(N)
    assert not any(d in bavaria or d.weekday() > 4 for d in values.unique())
    assert made.generator.capacity == values.n_unique()
    assert sorted(made.nth(range(made.generator.capacity))) == sorted(values.unique())


def test_hours_have_weights() -> None:
    values = column({"datetime": YEARS, "hours": {"8-12": 3, 12: 1, "22-24": 2}}).values(N)
    assert fits(shares(values.dt.hour()), {8: 3, 9: 3, 10: 3, 11: 3, 12: 1, 22: 2, 23: 2})
    assert (
        stats.kstest(
            values.dt.minute().to_numpy() + np.random.default_rng(1).random(N), stats.uniform(0, 60).cdf
        ).pvalue
        > 1e-3
    )


@settings(max_examples=40, deadline=None)
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2024, 1, 10)),
    st.integers(1, 9 * 86_400),
    st.lists(st.sampled_from([0, 1, 2.5]), min_size=7, max_size=7).filter(lambda w: sum(w) > 0 and w.count(0) < 6),
    st.dictionaries(st.integers(0, 23), st.sampled_from([1, 3]), min_size=1, max_size=6),
    st.sampled_from(["second", "minute", "hour"]),
)
def test_ranks_enumerate_what_has_a_weight(
    first: datetime, length: int, week: list[float], hours: dict[int, int], precision: str
) -> None:
    last = first + timedelta(seconds=length)
    step = {"second": 1, "minute": 60, "hour": 3600}[precision]
    epoch = datetime(1970, 1, 1)
    low, high = -(-(first - epoch) // timedelta(seconds=step)), (last - epoch) // timedelta(seconds=step)
    seconds = np.arange(low, high + 1) * step
    allowed = [w > 0 for w in week]
    keep = np.isin(seconds // 3600 % 24, list(hours)) & np.array(allowed)[(seconds // 86_400 + 3) % 7]
    wanted = seconds[keep]
    snippet = {
        "datetime": {"from": first.isoformat(), "to": last.isoformat()},
        "weekdays": dict(zip(WEEKDAYS, week, strict=True)),
        "hours": hours,
        "precision": precision,
    }
    if not len(wanted):
        with pytest.raises(RefusedError, match="impossible-range"):
            column(snippet)
        return
    made = column(snippet)
    assert made.generator.capacity == len(wanted)
    ranks = np.unique(np.linspace(0, len(wanted) - 1, 100).astype(np.int64))
    assert [int((v - epoch).total_seconds()) for v in made.nth(ranks)] == wanted[ranks].tolist()
    assert set((made.values(500).to_physical() // 1_000_000).to_list()) <= set(wanted.tolist())


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
def test_hours_are_those_of_the_zone_and_ends_hold(zone: str) -> None:
    snippet = {
        "datetime": {"from": "2024-01-01", "to": "clock"},
        "hours": [8, 18],
        "weekdays": "business",
        "timezone": zone,
    }
    utc = column(snippet).values(20_000)
    assert utc.min() >= datetime(2024, 1, 1) and utc.max() <= CLOCK.replace(tzinfo=None)  # type: ignore[operator]
    local = [v.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) for v in utc[:3000]]
    assert all(8 <= t.hour < 18 and t.weekday() < 5 for t in local)
    wall = column({**snippet, "stored": "local"}).values(3000)
    assert wall.to_list() == [t.replace(tzinfo=None) for t in local]
    text = column({**snippet, "stored": "text"}).values(3000)
    assert [datetime.fromisoformat(t) for t in text] == local


def test_skipped_hours_stand_for_an_hour_later() -> None:
    snippet = {"datetime": {"from": "2026-03-29", "to": "2026-03-29T12:00"}, "timezone": "Europe/Berlin"}
    utc = column(snippet).values(5000)
    assert utc.is_between(datetime(2026, 3, 29), datetime(2026, 3, 29, 12)).all()
    assert utc.null_count() == 0


def test_of_an_hour_that_comes_twice_the_first_counts() -> None:
    snippet = {"datetime": {"from": "2026-10-25T00:00", "to": "2026-10-25T02:00"}, "timezone": "Europe/Berlin"}
    utc = column(snippet).values(2000)
    assert ((utc < datetime(2026, 10, 25, 1)) | (utc == datetime(2026, 10, 25, 2))).all()
    short = {"datetime": {"from": "2026-10-25T00:30", "to": "2026-10-25T01:10"}, "timezone": "Europe/Berlin"}
    assert column(short).values(50).is_between(datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 25, 1, 10)).all()


def test_each_row_has_its_own_zone() -> None:
    made = column({"datetime": YEARS, "hours": [9, 10], "timezone": "zone"})
    rows = made.rows(3000)
    values = made.generator.generate(rows).values
    for zone, instant in zip(rows.values("zone"), values, strict=True):
        assert instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).hour == 9


def test_zones_come_by_inhabitants() -> None:
    found = shares(column({"timezone": "US"}).values(N))
    assert found["America/New_York"] > found["America/Chicago"] > found["America/Denver"] > 0
    assert set(column({"timezone": "DE"}).values(50)) == {"Europe/Berlin"}
    made = column({"timezone": "country"})
    rows = made.rows(1000)
    for country, zone in zip(rows.values("country"), made.generator.generate(rows).values, strict=True):
        assert zone == {"DE": "Europe/Berlin", "FR": "Europe/Paris"}.get(country, zone)
        assert country != "US" or zone.startswith(("America/", "Pacific/"))


def test_words() -> None:
    assert cyclic("business", WEEKDAYS, "weekdays") == [1, 1, 1, 1, 1, 0, 0]
    assert cyclic({"sat-mon": 2, "Wednesday": 1}, WEEKDAYS, "weekdays") == [2, 0, 1, 0, 0, 2, 2]
    assert cyclic(["nov-feb"], MONTHS, "months") == [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]
    assert cyclic({1: 1, 12: 3}, MONTHS, "months") == [1, *[0] * 10, 3]
    assert hourly({9: 3, "12-14": 1})[8:15] == [0, 3, 0, 0, 1, 1, 0]


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"date": YEARS, "weekdays": {"sat": 0.2}}, "a single weight changes nothing"),
        ({"date": YEARS, "weekdays": ["someday"]}, "'someday' is none of the weekdays"),
        ({"date": YEARS, "months": {"jan": -1, "feb": 1}}, "at least 0"),
        ({"date": YEARS, "months": ["foo"]}, "none of the months"),
        ({"date": YEARS, "holidays": "XX"}, "no calendar of holidays is known for 'XX'"),
        ({"date": YEARS, "holidays": {"country": "DE", "subdivision": "XY"}}, "no subdivision 'XY'"),
        ({"date": {"from": "2026-08-01", "to": "2026-08-02"}, "weekdays": "business"}, "no day of some weight"),
        ({"datetime": {"from": "2026-08-01", "to": "2026-08-02"}, "weekdays": "business"}, "no day and hour"),
        ({"datetime": YEARS, "hours": {25: 1}}, "no hour of a day"),
        ({"datetime": YEARS, "hours": {"8:30": 1}}, "no hour; write 9"),
        ({"datetime": YEARS, "hours": {"mon": [8, 18], "foo": [1, 2]}}, "none of the weekdays"),
        ({"datetime": YEARS, "hours": [18, 8]}, "0 <= first < end"),
        ({"datetime": YEARS, "timezone": "Europe/Berln"}, "did you mean 'Europe/Berlin'"),
        ({"datetime": YEARS, "timezone": "quantity"}, "neither a time zone nor a column"),
        ({"datetime": YEARS, "stored": "text"}, "'stored' needs a timezone"),
        ({"timezone": "XX"}, "no time zones are known for 'XX'"),
        ({"timezone": "quantity"}, "not a text of country codes"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value) + str(caught.value.problems[0].remedy)
