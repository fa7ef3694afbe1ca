"""Spans of personal data: exact, complete, and none where there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from synthgen.errors import RecipeError
from synthgen.evalcase import EvalCase, Piece
from synthgen.evals.documents.mentions import checked, columns
from synthgen.evals.families.pii_spans import ENTITIES, texts

TABLES = """\
customers:
  rows: 1500
  key: customer_id
  entities: {person: [first_name, last_name, email, phone]}
  columns:
    customer_id: {id: int}
    plan: {choice: [free, pro]}
plans:
  rows: 10
  key: plan_id
  columns:
    plan_id: {id: int}
"""
FAMILY = "{family: pii_spans, from: customers}"
Plan = Callable[..., Any]
US = [e if e != "NATIONAL_ID" else "US_SSN" for e in ENTITIES]


def test_texts_about_a_table(line: Plan) -> None:
    made = line(FAMILY, TABLES)
    cases = made.holds(560)
    assert {c.slices["kind"] for c in cases} == set(texts())
    found = {s["entity"] for c in cases for s in c.target}
    assert found == set(US)
    empty = sum(not c.target for c in cases)
    assert 40 <= empty <= 95
    assert all(any(s.label.startswith("other.") for s in c.spans) for c in cases if not c.target)
    assert sum(c.sources[0].startswith("customers:") for c in cases) > 400
    repeated = [c for c in cases if len({s["text"] for s in c.target}) < len(c.target)]
    assert len(repeated) > 20
    phones = {s["text"] for c in cases for s in c.target if s["entity"] == "PHONE_NUMBER"}
    assert len({"".join("#" if x.isdigit() else x for x in p) for p in phones}) >= 6


def test_texts_about_the_cast_in_other_locales(line: Plan) -> None:
    head = "synthgen: 1\nname: families\nseed: 5\nlocale: {de_DE: 1, fr_FR: 1, ja_JP: 1, en_GB: 1}\n"
    head += "splits: {dev: 0.2, test: 0.8}\n"
    made = line("family: pii_spans", head=head)
    cases = made.cases(300)
    assert [r for c in cases for r in made.prove(c)] == []
    assert "NATIONAL_ID" in {s["entity"] for c in cases for s in c.target}
    assert any(not s["text"].isascii() for c in cases for s in c.target)


def test_entities_that_are_not_asked_for_stand_unlabelled(line: Plan) -> None:
    made = line("{family: pii_spans, from: customers, entities: [PERSON, PHONE_NUMBER]}", TABLES)
    cases = made.cases(200)
    assert [r for c in cases for r in made.prove(c)] == []
    assert {s["entity"] for c in cases for s in c.target} == {"PERSON", "PHONE_NUMBER"}
    assert any(s.label == "other.email_address" for c in cases for s in c.spans)


def planted(case: EvalCase) -> list[EvalCase]:
    """Errors beyond the family's own mutants: the text says it again, or a target's text or order is wrong."""
    first = case.target[0]
    again = replace(case, pieces=(*case.pieces, Piece(f" {first['text']}")))
    text = [first | {"text": first["text"] + " "}, *case.target[1:]]
    twice = [first, *case.target]
    wider = [first | {"start": first["start"], "end": first["end"] + 2}, *case.target[1:]]
    late = [s | {"start": s["start"] + 10**6, "end": s["end"] + 10**6} for s in case.target]
    return [again, *(replace(case, target=t) for t in (text, twice, wider, late))]


def test_planted_errors_are_caught(line: Plan) -> None:
    made = line(FAMILY, TABLES)
    cases = [c for c in made.cases(80) if c.target]
    wrong = [w for c in cases for w in planted(c)]
    assert len(wrong) > 300
    assert [w for w in wrong if not made.prove(w)] == []


def test_records_of_others_do_not_prove(line: Plan) -> None:
    made = line(FAMILY, TABLES)
    case = next(c for c in made.cases(50) if len(c.target) > 2)
    other = replace(case, sources=("customers:1",))
    assert any("no spelling" in r for r in made.prove(other))


def test_values_that_no_record_has_do_not_prove(line: Plan) -> None:
    made = line(FAMILY, TABLES)
    seen = set()
    for case in made.cases(120):
        for label in {s["entity"] for s in case.target}:
            pieces = tuple(replace(p, text=_other(p.text)) if p.label == label else p for p in case.pieces)
            wrong = replace(case, pieces=pieces)
            wrong = replace(wrong, target=made.family.retarget(wrong))
            assert any(f"a {label} span is no spelling" in r for r in made.prove(wrong)), (label, pieces)
            seen.add(label)
    assert seen == set(US)


def _other(text: str) -> str:
    """The text with its last letter or digit exchanged."""
    place = max(i for i, c in enumerate(text) if c.isalnum())
    new = str((int(text[place]) + 1) % 10) if text[place].isdigit() else "q"
    return f"{text[:place]}{new}{text[place + 1 :]}"


def test_changed_wording_moves_the_gold(line: Plan) -> None:
    made = line(FAMILY, TABLES)
    case = next(c for c in made.cases(50) if c.target)
    moved = replace(case, pieces=(Piece("By the way: "), *case.pieces))
    assert made.prove(moved)
    moved = replace(moved, target=made.family.retarget(moved))
    assert made.prove(moved) == [] and moved.target[0]["start"] == case.target[0]["start"] + 12


def test_null_is_right_where_there_is_nothing(line: Plan) -> None:
    made = line("{family: pii_spans, negatives: 0.5}")
    cases = made.cases(60)
    assert {bool(c.target) for c in cases} == {True, False}
    for case in cases:
        assert made.family.score(case, "[]") == made.family.chance(case) == float(not case.target)


@pytest.mark.parametrize(
    ("entity", "text", "right"),
    [
        ("CREDIT_CARD", "4242 4242 4242 4242", True),
        ("CREDIT_CARD", "4242 4242 4242 4243", False),
        ("IBAN_CODE", "GB82 WEST 1234 5698 7654 32", True),
        ("IBAN_CODE", "GB83 WEST 1234 5698 7654 32", False),
        ("IBAN_CODE", "XA00 0000 9625 9597 7238 46", True),
        ("IP_ADDRESS", "203.0.113.9", True),
        ("IP_ADDRESS", "203.0.113.900", False),
        ("CREDIT_CARD", "none", False),
        ("IBAN_CODE", "GB82", False),
    ],
)
def test_checksums(entity: str, text: str, right: bool) -> None:
    assert (checked(entity, text) == []) is right


def test_columns_are_understood_by_what_they_declare() -> None:
    declared = {"given": "PERSON", "surname": "PERSON", "mail": "EMAIL_ADDRESS", "ssn": "US_SSN", "zip": "LOCATION"}
    assert columns(declared) == {"first": "given", "last": "surname", "email": "mail", "national": "ssn"}


@pytest.mark.parametrize(
    ("family", "code"),
    [
        ("{family: pii_spans, from: plans}", "no-pii"),
        ("{family: pii_spans, entities: [PERSONS]}", "unknown-entity"),
        ("{family: pii_spans, kinds: [poem]}", "unknown-kind"),
        ("{family: pii_spans, from: custmers}", "unknown-table"),
    ],
)
def test_mistakes_are_placed(line: Plan, family: str, code: str) -> None:
    with pytest.raises(RecipeError) as caught:
        line(family, TABLES)
    assert {p.code for p in caught.value.problems} == {code}
    assert all(p.place is not None for p in caught.value.problems)
