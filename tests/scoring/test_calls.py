"""Scorer of tool calls: shapes of answers, values allowed, order, questions, and the state."""

from __future__ import annotations

import json
from typing import Any

import pytest

from synthgen.scoring.calls import replay, score, state_hash

STORE = {"invoices": {"INV-1": {"status": "open", "amount": 5.0}, "INV-2": {"status": "paid", "amount": 7.5}}}
EFFECTS = {
    "update": {"op": "set", "table": "invoices", "key": "invoice_no", "column": "status", "value": "status"},
    "refund": {"op": "add", "to": "refunds", "table": "invoices", "key": "invoice_no"},
    "archive": {"op": "delete", "table": "invoices", "key": "invoice_no"},
    "get": {"op": "read", "table": "invoices", "key": "invoice_no"},
}
UPDATE = {"name": "update", "arguments": {"invoice_no": "INV-1", "status": "paid"}}
OPENAI = {"name": "update", "arguments": json.dumps(UPDATE["arguments"])}
REFUND = {"name": "refund", "arguments": {"invoice_no": "INV-2", "amount": 3.5}}


def case(*calls: dict[str, Any], ordered: bool = False, ask: str | None = None, **extra: Any) -> dict[str, Any]:
    gold = [{"name": c["name"], "arguments": {a: [v] for a, v in c["arguments"].items()}} for c in calls]
    state = state_hash(replay(STORE, EFFECTS, list(calls)) or {})
    target = {"calls": gold, "ordered": ordered, "state": state, "ask": ask}
    return {"target": target, "metadata": {"store": STORE, "effects": EFFECTS, **extra}}


@pytest.mark.parametrize(
    "answer",
    [
        json.dumps([UPDATE]),
        json.dumps(UPDATE),
        f"Here you are:\n```json\n{json.dumps([UPDATE])}\n```\nDone.",
        f"Of course [as you like]. {json.dumps([UPDATE])}",
        json.dumps({"calls": [UPDATE]}),
        json.dumps([{"update": UPDATE["arguments"]}]),
        json.dumps({"tool_calls": [{"type": "function", "function": OPENAI}]}),
        json.dumps([{"name": "update", "arguments": {"invoice_no": " inv-1", "status": "Paid"}}]),
        json.dumps([{"name": "update", "parameters": UPDATE["arguments"]}]),
    ],
)  # fmt: skip
def test_shapes_of_a_right_answer(answer: str) -> None:
    assert score(case(UPDATE), answer) == {"score": 1, "name_match": 1, "argument_match": 1, "state_match": 1}


@pytest.mark.parametrize(
    ("given", "names", "arguments", "state"),
    [
        ([{**UPDATE, "arguments": {"invoice_no": "INV-2", "status": "paid"}}], 1, 0.5, 0),
        ([{**UPDATE, "arguments": {"invoice_no": "INV-1"}}], 1, 0.5, 0),
        ([{**UPDATE, "arguments": {**UPDATE["arguments"], "note": "x"}}], 1, 1, 1),
        ([{**UPDATE, "name": "get"}], 0, 0, 0),
        ([UPDATE, UPDATE], 0, 1, 1),
        ([UPDATE, REFUND], 0, 1, 0),
        ([{"name": "unknown", "arguments": {}}], 0, 0, 0),
    ],
)
def test_wrong_calls(given: list[dict[str, Any]], names: float, arguments: float, state: float) -> None:
    found = score(case(UPDATE), json.dumps(given))
    assert found == {"score": 0, "name_match": names, "argument_match": arguments, "state_match": state}


def test_types_and_alternatives() -> None:
    gold = case(REFUND)
    assert score(gold, json.dumps([{**REFUND, "arguments": {"invoice_no": "INV-2", "amount": "3.5"}}]))["score"] == 0
    assert score(gold, json.dumps([{**REFUND, "arguments": {"invoice_no": "INV-2", "amount": 3.50000}}]))["score"] == 1
    gold["target"]["calls"][0]["arguments"]["reason"] = ["", "late"]
    assert score(gold, json.dumps([REFUND]))["score"] == 1
    assert score(gold, json.dumps([{**REFUND, "arguments": {**REFUND["arguments"], "reason": "late"}}]))["score"] == 1
    assert score(gold, json.dumps([{**REFUND, "arguments": {**REFUND["arguments"], "reason": "no"}}]))["score"] == 0
    assert score(gold, json.dumps(gold["target"]))["score"] == 1


def test_order_counts_where_it_is_asked_for() -> None:
    assert score(case(UPDATE, REFUND), json.dumps([REFUND, UPDATE]))["score"] == 1
    swapped = score(case(UPDATE, REFUND, ordered=True), json.dumps([REFUND, UPDATE]))
    assert swapped == {"score": 0, "name_match": 0, "argument_match": 0, "state_match": 1}
    assert score(case(UPDATE, REFUND, ordered=True), json.dumps([UPDATE, REFUND]))["score"] == 1


def test_no_call_and_questions() -> None:
    assert score(case(), "You are welcome {really}.")["score"] == score(case(), "[]")["score"] == 1
    assert score(case(), json.dumps([UPDATE])) == {"score": 0, "name_match": 0, "argument_match": 0, "state_match": 0}
    asked = case(ask="invoice_no", ask_words=["invoice number", "which invoice"])
    for answer in (
        '{"ask": "invoice_no"}',
        '{"ask": ["invoice_no"]}',
        "Which invoice do you mean?",
        "Invoice-number, please.",
    ):
        assert score(asked, answer)["score"] == 1
    for answer in ("[]", "Done.", '{"ask": "status"}', json.dumps([UPDATE]), "Which?", ""):
        assert score(asked, answer)["score"] == 0


@pytest.mark.parametrize(
    "answer", ["", " ", "{", "[[[", "nonsense", "null", '{"name": 3}', "[1, 2]", "[" * 5000, '{"a":' * 3000]
)
def test_garbage_scores_nothing(answer: str) -> None:
    assert score(case(UPDATE), answer)["score"] == 0


def test_replay_refuses_what_cannot_be_done() -> None:
    gone = {"name": "archive", "arguments": {"invoice_no": "INV-1"}}
    assert replay(STORE, EFFECTS, [gone, UPDATE]) is None
    assert replay(STORE, EFFECTS, [UPDATE, gone]) == {"invoices": {"INV-2": STORE["invoices"]["INV-2"]}}
    assert replay(STORE, EFFECTS, [{"name": "update", "arguments": {"invoice_no": "INV-9", "status": "x"}}]) is None
    assert STORE["invoices"]["INV-1"]["status"] == "open"
    assert state_hash({"a": [{"x": 1.0}, {"x": "B "}]}) == state_hash({"a": [{"x": "b"}, {"x": 1}]})
