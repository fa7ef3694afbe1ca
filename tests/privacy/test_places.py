"""Places, peoples and organisations, by the model, by vocabulary and after cues; titles; texts in one case."""

from __future__ import annotations

import pytest

from synthgen.privacy.casing import recased
from synthgen.privacy.place_words import is_demonym, is_group
from synthgen.privacy.places import Named, countries, groups, known_places, organizations, places
from synthgen.privacy.titles import occupations, titles

NOTHING = Named(())


def said(text: str, *spans: tuple[str, str]) -> Named:
    return Named(tuple((text.index(part), text.index(part) + len(part), label) for part, label in spans))


def cut(text: str, matches: object) -> set[str]:
    return {text[m.start : m.end] for m in matches}  # type: ignore[attr-defined]


def test_the_vocabularies_are_public_and_large() -> None:
    assert {"germany", "new york", "united kingdom"} <= countries() | known_places()
    assert {"deutschland", "españa", "hamburg"} <= known_places()
    assert len(known_places()) > 10_000


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Estonia was super fun to visit!", "Estonia"),
        ("My friend lives in Kalatsova now.", "Kalatsova"),
        ("I grew up in Loka pri Zidanem Mostu, long ago", "Loka pri Zidanem Mostu"),
        ("Ich wohne in Zwiesel.", "Zwiesel"),
        ("Town: Birmingham", "Birmingham"),
        ("She moved here from Saint Vincent and the Grenadines", "Saint Vincent and the Grenadines"),
    ],
)
def test_places_need_no_model(text: str, place: str) -> None:
    assert place in cut(text, places(text, NOTHING))


def test_the_model_is_believed_about_capitalised_words() -> None:
    text = "we saw Sisseb and the X200 in norway"
    named = said(text, ("Sisseb", "GPE"), ("X200", "FAC"), ("norway", "GPE"))
    assert cut(text, places(text, named)) == {"Sisseb"}


@pytest.mark.parametrize(
    "text", ["He works in Marketing", "I live in my house", "born on Monday", "the Will of the people", "Maria is here"]
)
def test_what_is_no_place(text: str) -> None:
    assert cut(text, places(text, NOTHING)) <= {"Marketing"} and "Maria" not in cut(text, places(text, NOTHING))


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("The Hdscores Inc office is closed", "Hdscores Inc"),
        ("billed by Turner & Sons today", "Turner & Sons"),
        ("Die Otto Heintze AG liefert", "Otto Heintze AG"),
        ("I work for Wolters Kluwer", "Wolters Kluwer"),
        ("The Clark, Romero and Hall Orchestra plays", "Clark, Romero and Hall"),
    ],
)
def test_organizations_need_no_model(text: str, firm: str) -> None:
    assert any(firm in found for found in cut(text, organizations(text, NOTHING)))


def test_groups() -> None:
    text = "A Cambodian, two saudis and a Catholic polish the polish Polish table of a liberal."
    assert cut(text, groups(text, NOTHING)) == {"Cambodian", "saudis", "Catholic", "Polish"}
    odd = "the Langejan people and PUNKA"
    assert cut(odd, groups(odd, said(odd, ("Langejan", "NORP"), ("PUNKA", "NORP")))) == {"Langejan"}
    assert is_demonym("norwegians")
    assert not is_demonym("thomas")
    assert is_group("French")
    assert not is_group("french")


def test_titles_and_occupations() -> None:
    text = "Mrs. Garcia met Ada Jones, the Railroad switch operator, said the clerk."
    assert cut(text, titles(text)) >= {"Mrs.", "Railroad switch operator"}
    card = "Karin Beike\nLeasing consultant\nAcme"
    assert cut(card, titles(card, [(0, 11)])) == {"Leasing consultant"}
    assert cut("she worked as a dairy scientist, then left", titles("she worked as a dairy scientist, then left")) == {
        "dairy scientist"
    }
    assert cut("the operator of the mill", titles("the operator of the mill")) == set()
    assert "actuary" in occupations()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("please call anna schmidt today", "please call Anna Schmidt today"),
        ("my name is kateryna melnyk", "my name is Kateryna Melnyk"),
        ("he moved to costa rica", "he moved to Costa Rica"),
        ("mrs. garcia called", "Mrs. Garcia called"),
        ("i can withdraw cash at the bank", "i can withdraw cash at the bank"),
        ("Already has capitals, anna", "Already has capitals, anna"),
        ("", ""),
    ],
)
def test_texts_in_small_letters_get_capitals(text: str, expected: str) -> None:
    assert recased(text) == expected
    assert len(recased(text)) == len(text)
