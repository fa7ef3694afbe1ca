"""Cases as tables: flat cells, and values masked wherever they stand."""

from __future__ import annotations

import json

from synthgen.cases.tables import frame_of_cases, scan_cases
from synthgen.columns import Declared
from synthgen.evalcase import EvalCase, EvalSet, Message, Passage, Piece
from synthgen.privacy.scanner import Scanner

PERSON = Declared("PERSON", "vocabulary")
MAIL = Declared("EMAIL_ADDRESS", "reserved")


def made(*cases: EvalCase) -> EvalSet:
    return EvalSet("set", "toy", cases, "synthgen.scoring.label", canary="canary")


def case(number: int, *pieces: Piece, **more: object) -> EvalCase:
    return EvalCase(f"set-{number}", "set", "toy", pieces, "a", number=number, **more)  # type: ignore[arg-type]  # as given


def test_cells_are_flat_and_nested_ones_are_json() -> None:
    one = case(0, Piece("Hello "), Piece("é\n", "x"), context=(Passage("p", "text", "title"),), slices={"k": "v"})
    row = frame_of_cases([one], "canary").row(0, named=True)
    assert all(isinstance(v, str | bool | int) for v in row.values())
    assert row["input"] == "Hello é\n" and row["canary"] == "canary"
    assert json.loads(row["context"]) == [{"id": "p", "title": "title", "text": "text"}]
    assert json.loads(row["slices"]) == {"k": "v"}


def test_declared_values_are_masked_in_every_field_and_nothing_else_is() -> None:
    name, mail = Piece("Jessica Whitaker", "name", PERSON), Piece("jess@example.com", "mail", MAIL)
    turns = (
        Message("user", "Hello,\nJessica Whitaker here, jess@example.com."),
        Message("assistant", "Dear Jessica Whitaker"),
    )
    passages = (Passage("p", 'Said "Jessica Whitaker" on Monday.'),)
    fine = case(
        0, Piece("I am "), name, Piece(", write to "), mail, messages=turns, context=passages, extra={"who": name.text}
    )
    assert scan_cases(made(fine), Scanner("reserved")) == []
    other = case(1, Piece("Ask Margaret Holloway about it, she knows the matter well."))
    found = scan_cases(made(fine, other), Scanner("reserved"))
    assert [(f.table, f.column, f.row, f.entity) for f in found] == [("set", "input", 1, "PERSON")]


def test_a_value_without_its_proof_is_a_finding() -> None:
    wrong = case(3, Piece("Write to "), Piece("someone@company.de", "mail", MAIL))
    found = scan_cases(made(case(2, Piece("Nothing here.")), wrong), Scanner("reserved"))
    assert [(f.column, f.row, f.entity) for f in found] == [("input", 1, "EMAIL_ADDRESS")]


def test_other_languages_are_read_by_vocabulary() -> None:
    german = case(0, Piece("Die Lieferung der Ware kam am Dienstag, der Karton war offen."), slices={"language": "de"})
    named = case(1, Piece("Matthew Johnson"), slices={"language": "de"})
    assert scan_cases(made(german), Scanner("reserved")) == []
    assert [f.row for f in scan_cases(made(german, named), Scanner("reserved"))] == [1]
