"""People in sentences: what a model says is checked, and what it missed is found."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest

from synthgen.privacy.corroborate import SURE, announced, believable, named, people


def names_of(text: str, *spans: tuple[str, str]) -> list[str]:
    """What `people` finds in a text of whose words the model says this."""
    said = [(text.index(part), text.index(part) + len(part), label) for part, label in spans]
    return [text[p.start : p.end] for p in people(text, said)]


@pytest.mark.parametrize(
    ("sentence", "span", "expected"),
    [
        ("we met John Smith there", "John Smith", True),
        ("we sold Marshall Inc to them", "Marshall Inc", False),
        ("we sold Marshall Ltd to them", "Marshall", False),
        ("ask Dr. Garcia about it", "Garcia", True),
        ("the Garcia was red", "Garcia", False),
        ("see Green Light there", "Green Light", False),
    ],
)
def test_what_to_believe(sentence: str, span: str, expected: bool) -> None:
    start = sentence.index(span)
    assert believable(sentence, start, start + len(span)) is expected


def test_a_models_span_is_cut_to_the_name() -> None:
    assert names_of("then Colonel Clay Tice spoke", ("Colonel Clay Tice", "PERSON")) == ["Clay Tice"]
    assert names_of("Mary O'Brien's car is red", ("Mary O'Brien's", "PERSON")) == ["Mary O'Brien"]
    assert names_of("Anna Schmidt und ich warten", ("Anna Schmidt und ich warten", "PERSON")) == ["Anna Schmidt"]
    assert names_of("ask Jessica, Chloe now", ("Jessica, Chloe", "PERSON")) == ["Jessica", "Chloe"]


def test_a_models_span_is_extended_to_the_last_name() -> None:
    assert names_of("it was made for Thomas Bresh .", ("Thomas", "PERSON")) == ["Thomas Bresh"]


def test_a_part_of_a_known_name_counts_elsewhere() -> None:
    text = "We sing verses by Faina D. Yefremova. Is anyone as good as early Yefremova?"
    found = people(text, [])
    assert [text[p.start : p.end] for p in found] == ["Faina D. Yefremova", "Yefremova"]
    assert found[1].by == "known"


def test_an_enumeration_of_people_holds_people() -> None:
    text = "They had four: Jessica, Leonti, Pamela and Ashleigh."
    said = [(text.index(n), text.index(n) + len(n), "PERSON") for n in ("Jessica", "Pamela", "Ashleigh")]
    assert "Leonti" in [text[p.start : p.end] for p in people(text, said)]
    assert names_of("Words like Wisdom and Discipline are abstract.", ("Wisdom", "PERSON")) != ["Wisdom", "Discipline"]


def test_partners_of_a_firm_are_no_people() -> None:
    assert names_of("The Jones, Smith and Garcia Orchestra plays tonight.") == []


def test_a_firm_of_which_a_sentence_speaks_as_of_a_woman_is_a_person() -> None:
    assert names_of("In 1980 Citrone lost her appeal.", ("Citrone", "ORG")) == ["Citrone"]
    assert names_of("In 1980 Citrone lost its appeal.", ("Citrone", "ORG")) == []


def test_what_the_model_calls_something_else_is_less_sure() -> None:
    text = "The shares of Morgan Stanley fell."
    assert not named(text, [(14, 28, "ORG")])
    assert named("We called Maria Garcia today.", [])


@pytest.mark.parametrize(
    "sentence",
    [
        "Spoke with Dr. Edwards, who was calm.",
        "Huge thanks to V. Lewis at the shop!",
        "Surname: Bowman   Given name: Diane",
        'customer "Evans, Declan" updated his phone',
        '{"patient": "I. Cruz", "ward": 7}',
        "Regards,\nD. Fuentes",
    ],
)
def test_names_that_no_model_is_needed_for(sentence: str) -> None:
    assert named(sentence, [])
    assert announced(pl.Series([sentence, "nothing"])).to_list() == [True, False]


@pytest.mark.parametrize(
    "sentence",
    [
        "Please ask the garden shop.",
        "Name: Blue Widget",
        "Contact: Customer Support",
        "Dear Customer,",
        "Regards,\nRoom A154",
        "User: Admin",
        "Mr. Monday",
        "The U. S. Navy called.",
        "Hello World!",
    ],
)
def test_cues_before_other_words_announce_nobody(sentence: str) -> None:
    assert not named(sentence, [])
    assert not announced(pl.Series([sentence]))[0]


def test_nulls_announce_nothing() -> None:
    assert announced(pl.Series([None, "Name: Maria Garcia"])).to_list() == [False, True]


def test_people_stand_apart_with_scores() -> None:
    text = "Mrs. Maria Garcia met Dr. Weber and John Smith."
    found = people(text, [(5, 17, "PERSON"), (36, 46, "PERSON")])
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(p.score >= SURE for p in found)
    assert [text[p.start : p.end] for p in found] == ["Maria Garcia", "Weber", "John Smith"]


def test_a_title_before_what_is_no_name_announces_nobody() -> None:
    """Public lists of jobs hold `Professor Emeritus`: a column of jobs is no column of people."""
    jobs = pl.Series(["Professor Emeritus", "Professor Emerita", "Doctor, general practice", "Professor Okafor"])
    assert announced(jobs).to_list() == [False, False, False, True]
