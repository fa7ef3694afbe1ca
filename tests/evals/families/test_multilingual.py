"""The same gold in eight languages: parallel blocks, amounts and dates that read back, errors that are caught."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from synthgen.errors import RecipeError
from synthgen.evalcase import Piece
from synthgen.evals.families.multilingual import data, read_date, read_money, written_date, written_money

Plan = Callable[..., Any]


@pytest.fixture
def every(line: Plan) -> Any:
    return line("family: multilingual")


def test_languages_hold_what_every_set_holds(every: Any) -> None:
    cases = every.holds(320, mutants=4)
    assert {c.slices["language"] for c in cases} == set(data())
    assert len({c.slices["intent"] for c in cases}) == 6


def test_a_block_says_the_same_in_every_language(every: Any) -> None:
    cases = every.cases(160)
    for start in range(0, 160, 8):
        block = cases[start : start + 8]
        assert all(c.target == block[0].target and c.split == block[0].split for c in block)
        assert len({c.slices["language"] for c in block}) == 8 == len({c.input for c in block})


@pytest.mark.parametrize("language", list(data()))
def test_what_is_written_reads_back(language: str) -> None:
    for day in (date(2026, 1, 1) + timedelta(days=i) for i in range(0, 366, 5)):
        assert all(read_date(written_date(day, s, language), language) == day for s in (0, 1))
    for cents in (100, 99_999, 100_000, 123_450, 1_234_567_89):
        assert read_money(written_money(cents, "GBP", language), language) == (cents / 100, "GBP")


@pytest.mark.parametrize("language", list(data()))
def test_every_language_has_all_wordings(language: str) -> None:
    way = data()[language]
    assert {i: len(w) for i, w in way["intents"].items()} == dict.fromkeys(data()["en"]["intents"], 4)
    assert len(way["months"]) == 12 and len(way["asides"]) == 8
    for wordings in way["intents"].values():
        assert all(w.count("{date}") >= 1 and w.count("{amount}") >= 1 for w in wordings)


def test_spellings_of_another_language_are_caught(every: Any) -> None:
    case = next(c for c in every.cases(80) if c.slices["language"] == "de" and c.target["amount"] > 1000)
    english = written_money(round(case.target["amount"] * 100), case.target["currency"], "en")
    pieces = tuple(Piece(english, p.label) if p.label == "amount" else p for p in case.pieces)
    assert any("cannot be read" in r for r in every.prove(replace(case, pieces=pieces)))
    other = next(
        c for c in every.cases(80) if c.slices["language"] == "de" and c.target["intent"] != case.target["intent"]
    )
    assert any("the text has intent" in r for r in every.prove(replace(case, pieces=other.pieces, target=case.target)))


def test_fewer_languages_and_wrong_words(line: Plan) -> None:
    two = line("family: multilingual, languages: [pl, fr], intents: [more_time, refund_wanted]").cases(60)
    assert {c.slices["language"] for c in two} == {"pl", "fr"}
    with pytest.raises(RecipeError, match=r"tlh|input should be"):
        line("family: multilingual, languages: [tlh]")
