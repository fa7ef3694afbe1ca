from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.units import duration_us, instant, is_duration, time_of_day

CLOCK = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("90d", 90 * 86_400_000_000),
        ("1h30m", 5_400_000_000),
        ("2w", 14 * 86_400_000_000),
        ("45s", 45_000_000),
        ("500ms", 500_000),
        ("7us", 7),
        ("-500ms", -500_000),
        ("1.5 hours", 5_400_000_000),
        ("2 days 3 minutes", 2 * 86_400_000_000 + 180_000_000),
    ],
)
def test_durations(text: str, us: int) -> None:
    assert is_duration(text)
    assert duration_us(text) == us


@pytest.mark.parametrize("text", ["", "90", "d", "90x", "9 0d x", "1y", "five days", "999999999999w"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|longer"):
        duration_us(text)


@given(st.integers(0, 10**6), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_parts_add_up(days: int, hours: int, minutes: int, seconds: int) -> None:
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    assert duration_us(f"{days}d{hours}h{minutes}m{seconds}s") == total * 1_000_000


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("clock", datetime(2026, 9, 1, 12)),
        ("clock-90d", datetime(2026, 6, 3, 12)),
        ("-1h", datetime(2026, 9, 1, 11)),
        ("clock + 1h30m", datetime(2026, 9, 1, 13, 30)),
        ("2023-01-01", datetime(2023, 1, 1)),
        ("2023-01-01T02:00:00+02:00", datetime(2023, 1, 1)),
        (date(2023, 1, 1), datetime(2023, 1, 1)),
        (datetime(2023, 1, 1, 5, tzinfo=UTC), datetime(2023, 1, 1, 5)),
    ],
)
def test_instants(value: object, wanted: datetime) -> None:
    assert instant(value, CLOCK) == wanted


@pytest.mark.parametrize("value", ["yesterday", "2023-13-01", "now", "clock-", "clock-900000d", 12])
def test_what_is_no_instant_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        instant(value, CLOCK)


def test_times_of_day() -> None:
    assert time_of_day("09:30") == 34_200_000_000
    assert time_of_day("09:30:01") == 34_201_000_000
    with pytest.raises(ValueError, match="time of day"):
        time_of_day("25:00")
