"""Values are written in many ways, and each way is read back to the same value, or refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from synthgen.evals.documents.values import CURRENCIES, DATES, NOTES, Kind, Style, gold, read, spell
from synthgen.evals.draw import Draw

DAY = date(2026, 3, 12)


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("iso", "2026-03-12"),
        ("day_month", "12 March 2026"),
        ("month_day", "March 12, 2026"),
        ("short", "12 Mar 2026"),
        ("weekday", "Thursday, 12 March 2026"),
        ("ordinal", "12th of March 2026"),
        ("dmy", "12/03/2026"),
        ("mdy", "03/12/2026"),
    ],
)
def test_dates_are_written(style: str, text: str) -> None:
    assert spell(DAY, "date", Style(date=style)) == text


@pytest.mark.parametrize("style", DATES)
def test_dates_are_read_back(style: str) -> None:
    for days in range(0, 800, 7):
        day = DAY + timedelta(days=days)
        assert read(spell(day, "date", Style(date=style)), "date", NOTES.get(style, "")) == day.isoformat()


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        (1234.5, Style(money="symbol"), "$1,234.50"),
        (-3.0, Style(money="symbol", currency="GBP"), "-£3.00"),
        (1234.5, Style(money="before"), "USD 1,234.50"),
        (1234.5, Style(money="after"), "1,234.50 USD"),
        (1234567.8, Style(money="bare"), "1,234,567.80"),
        (1234.5, Style(money="comma", currency="EUR"), "1.234,50 €"),
        (0.125, Style(money="symbol"), "0.125"),
    ],
)
def test_amounts_are_written(value: float, style: Style, text: str) -> None:
    assert spell(value, "money", style) == text and read(text, "money") == value


def test_amounts_are_read_back() -> None:
    draw = Draw(1, "amounts")
    for _ in range(500):
        value = draw.integer(-(10**6), 10**8) / 100
        style = Style.drawn(draw)
        assert style.currency in CURRENCIES
        assert read(spell(value, "money", style), "money") == value


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (True, "boolean", True),
        (12, "integer", 12),
        (0.5, "number", 0.5),
        (1e-7, "number", 1e-7),
        ("2024-05", "month", "2024-05"),
        (datetime(2026, 3, 12, 14, 5, 9), "datetime", "2026-03-12T14:05:09"),
        ("a, b", "string", "a, b"),
    ],
)
def test_other_kinds_are_read_back(value: Any, kind: Kind, expected: Any) -> None:
    for style in DATES:
        assert read(spell(value, kind, Style(date=style)), kind, NOTES.get(style, "")) == expected
    if kind != "month":
        assert gold(value) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("03/12/2026", "date"),
        ("31 February 2026", "date"),
        ("Friday, 12 March 2026", "date"),
        ("12 March", "date"),
        ("1.234,5", "money"),
        ("1,2", "money"),
        ("12,3456.00", "money"),
        ("$12 x", "money"),
        ("perhaps", "boolean"),
        ("2024-13", "month"),
        ("twelve", "integer"),
    ],
)
def test_what_is_no_value_is_refused(text: str, kind: Kind) -> None:
    with pytest.raises(ValueError):
        read(text, kind)
