"""Dates, times and ages: what fixes a day or a year, and how old somebody is."""

from __future__ import annotations

import pytest

from synthgen.privacy.dates import ages, dates


def first(text: str) -> str | None:
    found = sorted(dates(text, ()), key=lambda m: (-m.score, m.start - m.end))
    return text[found[0].start : found[0].end] if found else None


@pytest.mark.parametrize(
    "date",
    [
        "2021-05-03",
        "1992-02-08 20:15:24",
        "2026-01-26T03:11:15Z",
        "8/14/1996",
        "14.08.1996",
        "3 May 2021",
        "May 3rd, 2021",
        "Thursday, 16 July 2026",
        "22 Apr 2026",
        "3 de mayo de 2021",
        "Thursday",
        "18:45",
        "6 pm",
        "January 2020",
    ],
)
def test_dates(date: str) -> None:
    assert first(f"we met there on {date}, I think") == date


@pytest.mark.parametrize(
    ("text", "year"), [("founded in 1997.", "1997"), ("In (2004) we", "2004"), ("a 2005 film", "2005")]
)
def test_years_that_a_word_makes_one(text: str, year: str) -> None:
    assert first(text) == year


@pytest.mark.parametrize(
    "text",
    [
        "last night",
        "a few weeks ago",
        "room 1997",
        "version 2.10.3",
        "it costs 1999",
        "1/2 cup",
        "in 2000.50",
        "10-12 of them",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert first(text) is None


def test_the_model_is_believed_where_it_fixes_a_day() -> None:
    text = "We met in the spring of 1962 and the 10th year after, when I was 34 years old in 1996"
    spans = [
        (text.index(t), text.index(t) + len(t), "DATE")
        for t in ("the spring of 1962", "the 10th year", "34 years old in 1996")
    ]
    said = [text[m.start : m.end] for m in dates(text, spans) if m.recognizer == "ner:date"]
    assert said == ["the spring of 1962"]


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("a 36 year old man", "36"),
        ("an 84-year-old patient", "84"),
        ("He just turned 64", "64"),
        ("and I'm 23 y/o.", "23"),
        ("retired at the age of 54", "54"),
        ("written when he was 65.", "65"),
        ("sie ist 42 Jahre alt", "42"),
        ("il a 35 ans", "35"),
        ("tiene 28 años", "28"),
    ],
)
def test_ages(text: str, age: str) -> None:
    assert [text[m.start : m.end] for m in ages(text)] == [age]


@pytest.mark.parametrize(
    "text", ["it costs 36 dollars", "36 years of experience", "aged 12.5 %", "when we are 3.", "route 66"]
)
def test_what_is_no_age(text: str) -> None:
    assert [text[m.start : m.end] for m in ages(text)] == ([] if "we are" not in text else ["3"])
