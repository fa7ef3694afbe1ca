"""Spellings that are equal, and spellings that are not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from synthgen.privacy.leakage.normal import as_texts, column_name, normal


def form(text: str) -> str | None:
    return normal(pl.Series([text], dtype=pl.String)).to_list()[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada.Byron@Realmail.com", "ada.byron@realmail.com"),
        ("  José   NÚÑEZ ", "jose nunez"),
        ("Jose\u0301", "José"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("+1 (415) 221-7788", "1.415.221.7788"),
        ("0044 20 7946 0018", "+44 (20) 7946-0018"),
        ("4111 1111 1111 1111", "4111-1111-1111-1111"),
        ("DE89 3704 0044 0532 0130 00", "de89370400440532013000"),
        ("123-45-6789", "123 45 6789"),
        ("\uff11\uff12\uff13-45-6789", "123-45-6789"),
        ("12\u200b3-45-6789", "123-45-6789"),
        ("1.50", "1.5"),
        ("2.0", "2"),
        ("-0.0", "0"),
        ("2024-01-05T10:30:00Z", "2024-01-05 10:30:00"),
        ("2024-01-05T00:00:00.000", "2024-01-05"),
        ("2024-01-05 10:30", "2024-01-05 10:30:00"),
    ],
)
def test_one_value(one: str, other: str) -> None:
    assert form(one) == form(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada.byron@realmail.com", "adabyron@realmail.com"),
        ("1.5", "15"),
        ("12.345678", "1.2345678"),
        ("a-1", "a1"),
        ("2024-01-05", "2024-05-01"),
        ("10:30", "1030"),
        ("007", "7"),
    ],
)
def test_two_values(one: str, other: str) -> None:
    assert form(one) != form(other)


@pytest.mark.parametrize("empty", ["", "  ", "\t\n", "\u200b"])
def test_what_is_empty_is_nothing(empty: str) -> None:
    assert form(empty) is None


def test_types_agree_with_their_text() -> None:
    typed = [
        (pl.Series([1.50]), "1.5"), (pl.Series([7]), "7"), (pl.Series([True]), "true"),
        (pl.Series([date(2024, 1, 5)]), "2024-01-05"), (pl.Series([datetime(2024, 1, 5, 10, 30)]), "2024-01-05T10:30"),
        (pl.Series([datetime(2024, 1, 5, 10, tzinfo=UTC)]).dt.convert_time_zone("Europe/Berlin"), "2024-01-05 10:00"),
        (pl.Series([Decimal("1.50")]), "1.5"), (pl.Series(["x"], dtype=pl.Categorical), "X"),
        (pl.Series([timedelta(seconds=1)]), "1000000"),
    ]  # fmt: skip
    for values, text in typed:
        made = as_texts(values)
        assert made is not None
        assert normal(made).to_list() == [form(text)], values.dtype
    assert as_texts(pl.Series([b"x"])) is None
    assert as_texts(pl.Series([[1]])) is None


@pytest.mark.parametrize("name", ["E-Mail", "e_mail", "EMAIL", " e mail "])
def test_names_of_columns(name: str) -> None:
    assert column_name(name) == "email"


def test_a_name_without_letters_is_a_name_too() -> None:
    assert column_name("#") != column_name("$")
