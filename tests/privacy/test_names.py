"""Names by vocabulary: what counts as a person, and what only looks like one."""

from __future__ import annotations

import polars as pl
import pytest

from synthgen.privacy.corroborate import believable
from synthgen.privacy.names import every_name, names, persons, unknown_words

PEOPLE = [
    "John Smith",
    "JOHN SMITH",
    "Smith, John",
    "Mr. John Smith",
    "John Q. Smith",
    "Contact: John Smith",
    "José García",
    "Hans-Peter Müller",
    "Hans Müller-Schmidt",
    "Ludwig van der Berg",
    "Priya Sharma",
    "Marie Dupont, Paris",
]
NOBODY = [
    "Home Office",
    "New York",
    "Los Angeles",
    "Amber White",
    "Garden & Outdoor",
    "Software Engineer",
    "Blue Ocean",
    "12 Jordan Hill",
    "John Smith Street",
    "Miller Johnson Ltd",
    "Otto Heintze AG",
    "West James",
    "rue Charlotte Moreau",
    "Calle de Nerea Sáez",
    "Sierra Leone",
    "Smith",
    "John",
    "Anderson, Weaver and Cox",
    "Credit Card",
    "In Progress",
    "Sales Manager",
    "North America",
    "Customer Support",
    "Monday Morning",
    "Version Two",
]


@pytest.mark.parametrize("value", PEOPLE)
def test_full_names(value: str) -> None:
    assert persons(pl.Series([value, "x"])).to_list() == [True, False]


@pytest.mark.parametrize("value", NOBODY)
def test_no_names(value: str) -> None:
    assert persons(pl.Series([value])).to_list() == [False]


def test_the_vocabularies_are_public_and_large() -> None:
    known = names()
    assert {"john", "anna"} <= known.first
    assert {"smith", "müller"} <= known.last
    assert known.first | known.last <= every_name() | {w for w in known.first | known.last if " " in w or "-" in w}


def test_words_of_no_vocabulary() -> None:
    good = ["Anna", "Dr. Anna Smith", "O'Brien", "de la Cruz", "J. R. Smith", "", "Ann"]
    assert unknown_words(pl.Series([*good, "Xqzvwpk", "Anna Xqzvwpk"])).to_list() == [False] * len(good) + [True, True]


@pytest.mark.parametrize(
    ("sentence", "span", "expected"),
    [
        ("we met John Smith there", "John Smith", True),
        ("we met Krisztián Szöllösy there", "Krisztián Szöllösy", True),
        ("ask Mr. Garcia about it", "Garcia", True),
        ("the Garcia was red", "Garcia", False),
        ("model X200Pro was sold", "X200Pro", False),
        ("see Green Light there", "Green Light", False),
        ("see São Tomé there", "São Tomé", False),
        ("mail Anna@Example now", "Anna@Example", False),
    ],
)
def test_what_the_model_says_needs_corroboration(sentence: str, span: str, expected: bool) -> None:
    start = sentence.index(span)
    assert believable(sentence, start, start + len(span)) is expected
