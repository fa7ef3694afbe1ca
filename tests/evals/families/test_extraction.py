"""Extraction: documents whose record is proven, from a table and of the built-in kinds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from synthgen.errors import RecipeError
from synthgen.evalcase import EvalCase, Piece
from synthgen.evals.documents.kinds import kinds

TABLES = """\
customers:
  rows: 900
  key: customer_id
  entities: {person: [first_name, last_name, email, phone]}
  columns:
    customer_id: {id: int}
    joined_at: {datetime: {from: "2020-01-01", to: clock}}
    vip: {choice: [true, false]}
    nickname: {choice: ['the "Q"', "{braces}", "naïve <b>", "back\\\\slash", "it's, so", "日本"]}
invoices:
  per: customers
  count: {constant: 2}
  key: invoice_no
  columns:
    invoice_no: {id: "INV-{n:07d}"}
    customer_id: {ref: customers}
    issued_on: {date: {from: "2025-01-01", to: clock}}
    amount: {lognormal: {median: 800, sigma: 1.2}, range: [5, 50000], decimals: 2, null: 0.05}
    pages: {integer: [1, 90]}
    status: {choice: {paid: 0.75, open: 0.2, overdue: 0.05}}
"""
TARGET = "{family: extraction, from: invoices, target: [invoice_no, issued_on, amount, customers.last_name]}"
Plan = Callable[..., Any]


def leaf(case: EvalCase, path: str) -> Any:
    found = case.target
    for step in path.split("."):
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


def test_documents_of_a_table(line: Plan) -> None:
    made = line(TARGET, TABLES)
    cases = made.holds(400)
    assert len({c.slices["layout"] for c in cases}) == 9 and len({c.slices["dates"] for c in cases}) == 8
    for case in cases:
        jsonschema.validate(case.target, case.extra["schema"])
    dropped = sum(leaf(c, "customers.last_name") is None for c in cases)
    assert 20 <= dropped <= 64
    beside = [s for c in cases for s in c.spans if s.label.startswith("other.")]
    assert len(beside) > 400 and len({s.label.rstrip("0123456789") for s in beside}) > 5


def test_documents_of_all_kinds(line: Plan) -> None:
    cases = line("family: extraction").holds(600)
    assert {c.slices["document"] for c in cases} == set(kinds())
    for case in cases:
        jsonschema.validate(case.target, case.extra["schema"])
    invoices = [c.target for c in cases if c.slices["document"] == "invoice"]
    assert {len(i["line_items"]) for i in invoices} == set(range(1, 7))
    for target in invoices:
        assert round(sum(v["quantity"] * v["unit_price"] for v in target["line_items"]), 2) == target["subtotal"]
        assert round(target["subtotal"] + target["tax"], 2) == target["total"]
    assert any(j["end"] is None for c in cases if c.slices["document"] == "cv" for j in c.target["jobs"])


def test_every_type_and_hostile_text(line: Plan) -> None:
    target = "[issued_on, amount, pages, customers.joined_at, customers.vip, customers.nickname]"
    made = line(f"{{family: extraction, from: invoices, target: {target}, absent: 0, distractors: 8}}", TABLES)
    cases = made.holds(300)
    names = {leaf(c, "customers.nickname") for c in cases}
    assert {'the "Q"', "{braces}", "日本", "back\\slash"} <= names
    assert {leaf(c, "customers.vip") for c in cases} == {True, False}
    assert all(leaf(c, "customers.joined_at")[10] == "T" for c in cases)
    assert any(leaf(c, "amount") is None for c in cases)


def test_absent_leaves_are_named_nowhere(line: Plan) -> None:
    made = line(TARGET, TABLES)
    case = next(c for c in made.cases(300) if leaf(c, "amount") is None)
    assert made.prove(case) == []
    spoken = replace(case, pieces=(*case.pieces, Piece(" The amount due follows.")))
    assert any("announces amount" in r for r in made.prove(spoken))


def planted(case: EvalCase) -> list[EvalCase]:
    """Errors of kinds that the family's own mutants do not hold."""
    value = next(s for s in case.spans if not s.label.startswith("other."))
    pieces = [replace(p, text=p.text + "1") if p.label == value.label else p for p in case.pieces]
    unsaid = [replace(p, label="") if p.label == value.label else p for p in case.pieces]
    twice = [*case.pieces, Piece(value.value, value.label)]
    equal = [*case.pieces, Piece(value.value, "other.number")]
    extra = {**case.target, "further": 1}
    return [replace(case, pieces=tuple(p)) for p in (pieces, unsaid, twice, equal)] + [replace(case, target=extra)]


@pytest.mark.parametrize(("family", "tables"), [(TARGET, TABLES), ("family: extraction", "")])
def test_planted_errors_are_caught(line: Plan, family: str, tables: str) -> None:
    made = line(family, tables)
    wrong = [w for c in made.cases(60) for w in planted(c)]
    assert len(wrong) == 300
    assert [w for w in wrong if not made.prove(w)] == []


def test_a_gold_of_another_record_is_caught(line: Plan) -> None:
    made = line(TARGET, TABLES)
    a, b = made.cases(2)
    assert any("is not what record" in r for r in made.prove(replace(a, sources=b.sources)))


def test_one_kind_and_weights(line: Plan) -> None:
    assert {c.slices["document"] for c in line("{family: extraction, document: cv}").cases(20)} == {"cv"}
    mixed = line("{family: extraction, document: {invoice: 3, receipt: 1}}").cases(200)
    assert 120 <= sum(c.slices["document"] == "invoice" for c in mixed) <= 180


def test_null_scores_nothing_and_answers_in_fences_count(line: Plan) -> None:
    made = line(TARGET, TABLES)
    case = made.case(0)
    assert made.family.score(case, "{}") == 0.0
    assert made.family.score(case, f"```json\n{json.dumps(case.target, indent=2)}\n```") == 1.0
    assert json.dumps(case.extra["schema"], sort_keys=True, separators=(",", ":")) in made.family.instruction


@pytest.mark.parametrize(
    ("family", "code"),
    [
        ("{family: extraction, target: [a]}", "no-table"),
        ("{family: extraction, document: poem}", "unknown-document"),
        ("{family: extraction, document: {cv: -1, form: 2}}", "bad-weight"),
        ("{family: extraction, from: invoices, document: cv}", "two-sources"),
        ("{family: extraction, from: invoices, layouts: [form, poem]}", "unknown-layout"),
        ("{family: extraction, from: invoices, target: [amount, amont]}", "unknown-column"),
        ("{family: extraction, from: invoice}", "unknown-table"),
        ("{family: extraction, absent: 2}", "bad-value"),
    ],
)
def test_mistakes_are_placed(line: Plan, family: str, code: str) -> None:
    with pytest.raises(RecipeError) as caught:
        line(family, TABLES)
    assert code in {p.code for p in caught.value.problems}
    assert all(p.place is not None for p in caught.value.problems)
