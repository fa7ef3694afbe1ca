"""Registers: spelling changes, values stay, nothing that turns the meaning is lost."""

from __future__ import annotations

import re

import pytest

from synthgen.evalcase import Piece, spans_of, text_of
from synthgen.evals.draw import Draw
from synthgen.evals.phrasing import REGISTERS, dress, registers

CORE = (
    Piece("I was charged "),
    Piece('€ 30.00 {x} "O\'Neil"', "amount"),
    Piece(" twice. Please don't do it again, I can't pay and will not."),
)
NAME = (Piece("Zoë d'Ambrosio-Łuk", "name"),)


def texts(register: str, count: int = 200, **more: object) -> list[str]:
    return [text_of(dress(CORE, Draw("t", i), register, **more)) for i in range(count)]  # type: ignore[arg-type]


@pytest.mark.parametrize("register", REGISTERS)
def test_values_come_out_as_they_went_in(register: str) -> None:
    for i in range(100):
        pieces = dress(
            CORE, Draw(i), register, asides=["It rains.", [Piece("Ask "), Piece("Ann", "who"), Piece(".")]], name=NAME
        )
        spans = {s.label: s.value for s in spans_of(pieces)}
        assert spans["amount"] == CORE[1].text and spans["who"] == "Ann"
        assert spans.get("name", NAME[0].text) == NAME[0].text


@pytest.mark.parametrize("register", REGISTERS)
def test_negations_are_never_lost(register: str) -> None:
    for text in texts(register):
        assert re.search(r"do ?n.?t|do not", text, re.IGNORECASE) and re.search(r"can.?t|cannot", text, re.IGNORECASE)
        assert re.search(r"will not", text, re.IGNORECASE)


@pytest.mark.parametrize("register", REGISTERS)
def test_a_register_varies_and_is_a_function_of_the_draw(register: str) -> None:
    found = texts(register, name=NAME)
    assert len(set(found)) > 25
    assert found == texts(register, name=NAME)


def test_every_aside_is_said_once_even_if_two_are_alike() -> None:
    for i in range(50):
        assert text_of(dress(CORE, Draw(i), "plain", asides=["It rains.", "It rains."])).count("It rains") == 2


def test_registers_look_like_themselves() -> None:
    assert all("don't" not in t and "can't" not in t for t in texts("formal"))
    assert all(t.replace(CORE[1].text, "") == t.replace(CORE[1].text, "").lower() for t in texts("mobile"))
    assert sum("!" in t or "TWICE" in t or "AGAIN" in t for t in texts("angry")) > 100
    assert max(len(t) for t in texts("curt")) < max(len(t) for t in texts("formal"))
    assert set(registers()) == set(REGISTERS)


def test_without_a_letter_nothing_is_put_around() -> None:
    lines = [line for kind in registers()["plain"].lines.values() for line in kind if line]
    assert not [t for t in texts("plain", letter=False, name=NAME) for line in lines if line in t or NAME[0].text in t]
    with pytest.raises(KeyError):
        dress(CORE, Draw(1), "shouting")
