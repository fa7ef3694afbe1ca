"""Street addresses of many countries, inside sentences and line by line, and what only looks like one."""

from __future__ import annotations

import time

import pytest

from synthgen.privacy.addresses import address_matches, postcodes


def parts(text: str) -> list[tuple[str, str]]:
    return [(m.entity, text[m.start : m.end]) for m in sorted(address_matches(text), key=lambda m: m.start)]


@pytest.mark.parametrize(
    "address",
    [
        "486 Renee Courts, Riverside, CA 92503",
        "12 Maple Street, Springfield, IL 62704",
        "23 Anthony Fork, Colchester, ENG CO4 3SQ",
        "PSC 6293, Box 8158\nAPO AP 04336",
        "Unit 7194 Box 5854, DPO AE 73472",
        "USNV Miller\nFPO AE 12386",
        "11 Souterhead Road, Suite 4, Fort Worth, TX 76101",
        "22 Rue de la Gare Apt. 271\nLyon\nFrance 36523",
        "Kiannonkatu 98, Suite 464, Oulu, Finland",
        "Koskikatu 25 Apt. 864\nJoensuu\nFinland 64677",
    ],
)
def test_a_whole_address_in_a_sentence_is_one_span(address: str) -> None:
    assert parts(f"please send it to {address} before noon") == [("LOCATION", address)]


@pytest.mark.parametrize(
    "street",
    [
        "12 Maple Street",
        "1295 Jordan Radial",
        "Kastanienallee 12",
        "Lange Straße 7",
        "12 rue Victor Hugo",
        "Calle Mayor 14",
        "Via Roma 131",
        "Rua do Ouro 25",
        "Hoge Weg 32",
        "ul. Chrzanowska 61",
        "Slovenska cesta 51",
        "P.O. Box 149",
        "Stensås gata 38",
    ],
)
def test_a_street_alone(street: str) -> None:
    assert parts(f"we found it near {street}.") == [("LOCATION", street)]


def test_a_street_and_a_city_are_two() -> None:
    text = "He lives at Via Roma 131, Montafia"
    assert parts(text) == [("LOCATION", "Via Roma 131"), ("GPE", "Montafia")]


def test_lines_of_their_own_are_given_by_line() -> None:
    text = "Lara Pottinger\n\nRua Igreja 25\n Apt. 236\n Porto\n Portugal 30971\n"
    assert parts(text) == [
        ("LOCATION", "Rua Igreja 25"),
        ("LOCATION", "Apt. 236"),
        ("GPE", "Porto"),
        ("GPE", "Portugal"),
        ("LOCATION", "30971"),
    ]


def test_a_flat_without_a_street() -> None:
    assert parts("ring at Apt. 712 please") == [("LOCATION", "Apt. 712")]


@pytest.mark.parametrize(
    "text",
    [
        "I have 2 friends in the street",
        "On 3 May 2021 it rained",
        "the court of appeal decided",
        "Phone: 72 128 827\n",
        "During 2017, it grew",
        "chapter 12",
        "It took 45 minutes by road",
        "",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert parts(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("My zip code is 76400", "76400"),
        ("PLZ: 10115", "10115"),
        ("postcode SW1A 1AA", "SW1A 1AA"),
        ("ZIP: 394 13", "394 13"),
    ],
)
def test_postcodes_after_a_word_for_them(text: str, code: str) -> None:
    assert [text[m.start : m.end] for m in postcodes(text)] == [code]


@pytest.mark.parametrize("piece", ["12 Aa ", "Aa ", "1 ", "Apt. ", "Via ", "Aa-", "\n ", "the corner of ", "Aa, "])
def test_long_texts_take_time_by_their_length(piece: str) -> None:
    started = time.process_time()
    address_matches((piece * 20_000)[:60_000])
    assert time.process_time() - started < 5
