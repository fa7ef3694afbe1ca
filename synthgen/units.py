"""Durations and instants as recipes write them: `90d`, `1h30m`, `2026-09-01`, `clock`, `clock-90d`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(weeks?|w|days?|d|hours?|h|minutes?|min|ms|us|m|seconds?|s)")
_WHOLE = re.compile(rf"-?\s*(?:{_PART.pattern}\s*)+")
_LONGEST = 2**61  # microseconds: 73,000 years
_UNIT = {"w": 604_800_000_000, "d": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000}


def is_duration(value: object) -> bool:
    """Whether a value is written as a duration."""
    return isinstance(value, str) and _WHOLE.fullmatch(value.strip()) is not None


def duration_us(text: str) -> int:
    """Microseconds of a duration such as `90d`, `1h30m`, `2w` or `-500ms`; raises ValueError.

    >>> duration_us("1h30m")
    5400000000
    """
    text = text.strip()
    if not is_duration(text):
        raise ValueError(f"'{text}' is not a duration; write 90d, 1h30m, 2w, 45s or 500ms")
    total = 0.0
    for amount, unit in _PART.findall(text):
        size = {"ms": 1_000, "us": 1}.get(unit) or _UNIT[unit[0]]
        total += float(amount) * size
    if total > _LONGEST:
        raise ValueError(f"'{text}' is longer than 70,000 years")
    return -round(total) if text.startswith("-") else round(total)


def instant(value: object, clock: datetime) -> datetime:
    """A naive UTC datetime from an ISO date or datetime, `clock`, `clock-90d` or `-90d`; raises ValueError."""
    base = clock.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return datetime.combine(value, time())
    text = str(value).strip()
    if text == "clock":
        return base
    shift = re.fullmatch(r"(?:clock)?\s*([+-])\s*(.+)", text)
    if shift and is_duration(shift[2]):
        sign = -1 if shift[1] == "-" else 1
        try:
            return base + sign * timedelta(microseconds=duration_us(shift[2]))
        except OverflowError:
            raise ValueError(f"'{text}' lies outside the years 1 to 9999") from None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a date; write 2026-09-01, 2026-09-01T12:00:00, clock or clock-90d") from None
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def time_of_day(value: object) -> int:
    """Microseconds since midnight of `HH:MM` or `HH:MM:SS`; raises ValueError."""
    try:
        found = time.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"'{value}' is not a time of day; write 09:30 or 09:30:00") from None
    return ((found.hour * 60 + found.minute) * 60 + found.second) * 1_000_000 + found.microsecond
