"""Tool calls: requests whose calls are read back from the text, over a table and over the built-in toolsets."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from synthgen.errors import RecipeError
from synthgen.evalcase import EvalCase, Passage, Piece
from synthgen.evals.toolbox.reader import operations
from synthgen.evals.toolbox.tools import built_in
from synthgen.scoring.calls import replay, state_hash

TABLES = """\
customers:
  rows: 1500
  key: customer_id
  entities: {person: [first_name, last_name, email]}
  columns:
    customer_id: {id: int}
    plan: {choice: ['the "Q"', "{braces}", "naïve", "it's, so", "日本", "C:\\\\x"]}
    visits: {integer: [1, 900]}
invoices:
  per: customers
  count: {poisson: 2}
  key: invoice_no
  columns:
    invoice_no: {id: "INV-{n:07d}"}
    customer_id: {ref: customers}
    issued_on: {date: {from: "2025-01-01", to: clock}}
    amount: {lognormal: {median: 80, sigma: 0.7}, range: [5, 5000], decimals: 2, null: 0.05}
    status: {choice: {paid: 0.75, open: 0.2, overdue: 0.05}}
"""
KINDS = {"single", "parallel", "multi_step", "no_tool", "missing_argument"}
Plan = Callable[..., Any]


@pytest.mark.parametrize(
    ("family", "tables"), [("family: tool_call, from: invoices", TABLES), ("family: tool_call", "")]
)
def test_all_kinds_hold(line: Plan, family: str, tables: str) -> None:
    made = line(family, tables)
    cases = made.holds(300)
    assert all(made.family.score(c, c.target_text) == 1.0 for c in cases)  # what exports give an oracle to say
    counts = Counter(c.extra["kind"] for c in cases)
    assert set(counts) == KINDS and min(counts.values()) >= 55
    for case in cases:
        schemas = {t["function"]["name"]: t["function"]["parameters"] for t in case.tools}
        assert 1 <= len(schemas) == len(case.tools)
        for call in case.target["calls"]:
            jsonschema.validate({a: v[0] for a, v in call["arguments"].items()}, schemas[call["name"]])
        gold = [
            {"name": c["name"], "arguments": {a: v[0] for a, v in c["arguments"].items()}} for c in case.target["calls"]
        ]
        reached = replay(case.extra["store"], case.extra["effects"], gold)
        assert reached is not None and state_hash(reached) == case.target["state"]
        none = not case.target["calls"]
        assert none == (case.extra["kind"] in ("no_tool", "missing_argument"))
        assert (case.target["ask"] is not None) == (case.extra["kind"] == "missing_argument")
    ordered = [c for c in cases if c.target["ordered"]]
    assert len(ordered) > 20 and all(len(c.target["calls"]) > 1 for c in ordered)
    assert sum(bool(c.context) for c in cases) > 20


def test_hostile_values_and_integer_keys(line: Plan) -> None:
    made = line("family: tool_call, from: customers", TABLES)
    cases = made.holds(300)
    values = {v for c in cases for k in c.target["calls"] for v in k["arguments"].get("plan", [])}
    assert {'the "Q"', "{braces}", "日本"} <= values
    keys = [v for c in cases for k in c.target["calls"] for v in k["arguments"].get("customer_id", [])]
    assert keys and all(isinstance(k, int) for k in keys)


def planted(case: EvalCase) -> list[EvalCase]:
    """Errors of kinds that the family's own mutants do not hold."""
    target, found = case.target, []
    calls = target["calls"]
    if calls:
        call = calls[0]
        key = next(iter(call["arguments"]))
        doubled = {**call, "arguments": {**call["arguments"], key: [*call["arguments"][key], "something else"]}}
        found.append(replace(case, target={**target, "calls": [*calls, *calls[:1]]}))
        found.append(replace(case, target={**target, "calls": [doubled, *calls[1:]]}))
        tools = [t for t in case.tools if t["function"]["name"] != call["name"]]
        found.append(replace(case, tools=tuple(tools)))
    for span in case.spans:
        if span.label == "key" and not case.context and case.extra["kind"] != "no_tool":
            pieces = [replace(p, text=p.text + "7") if p.label == "key" else p for p in case.pieces]
            found.append(replace(case, pieces=tuple(pieces)))
            break
    if case.extra["kind"] == "missing_argument" and any(s.label == "key" for s in case.spans):
        other = "amount" if target["ask"] != "amount" else "date"
        found.append(replace(case, target={**target, "ask": other}))
    if case.context:
        lines = case.context[0].text.split("\n")
        lines[1], lines[2] = lines[2].split(" | ")[0] + " | " + lines[1].partition(" | ")[2], lines[2]
        found.append(replace(case, context=(Passage("view", "\n".join(lines)),)))
    return found


@pytest.mark.parametrize(
    ("family", "tables"), [("family: tool_call, from: invoices", TABLES), ("family: tool_call", "")]
)
def test_planted_errors_are_caught(line: Plan, family: str, tables: str) -> None:
    made = line(family, tables)
    wrong = [w for c in made.cases(150) for w in planted(c)]
    assert len(wrong) >= 200
    assert [w.id for w in wrong if not made.prove(w)] == []


def test_a_state_that_another_call_reaches_is_no_gold(line: Plan) -> None:
    made = line("{family: tool_call, toolset: billing, kinds: {single: 1}}")
    found = 0
    for case in made.cases(120):
        call = case.target["calls"][0]
        value = next((v[0] for a, v in call["arguments"].items() if a in ("status", "payment_term")), None)
        others = [t["function"]["name"] for t in case.tools if t["function"]["name"] != call["name"]]
        if call["name"].startswith("update") and any(o.startswith("update_invoice") for o in others):
            found += 1
            key, column = call["arguments"]["invoice_no"][0], call["name"].removeprefix("update_invoice_")
            record = {**case.extra["store"]["invoices"][key], column: value}
            store = {"invoices": {**case.extra["store"]["invoices"], key: record}}
            target = {**case.target, "state": state_hash(store)}
            same = replace(case, target=target, extra={**case.extra, "store": store})
            assert made.prove(same) == ["another call reaches the same state"]
    assert found > 3


def test_an_order_that_counts_is_told_by_the_text(line: Plan) -> None:
    made = line("{family: tool_call, kinds: {multi_step: 1}}")
    case = next(c for c in made.cases(60) if c.target["ordered"])
    plain = tuple(replace(p, label="") if p.label == "order" else p for p in case.pieces)
    assert made.prove(case) == [] and made.prove(replace(case, pieces=plain))


def test_a_request_that_is_taken_back_calls_nothing(line: Plan) -> None:
    made = line("{family: tool_call, kinds: {no_tool: 1}}")
    case = next(c for c in made.cases(60) if c.slices["detail"] == "hold")
    assert made.prove(case) == []
    assert made.prove(replace(case, pieces=tuple(p for p in case.pieces if p.label != "hold")))


def test_a_missing_key_stands_nowhere_and_cannot_be_searched(line: Plan) -> None:
    made = line("{family: tool_call, kinds: {missing_argument: 1}}")
    for case in made.cases(120):
        if case.slices["detail"].endswith("_key"):
            assert not any(t["function"]["name"].startswith("list_" + case.extra["toolset"]) for t in case.tools)
            key = next(iter(case.extra["store"][case.extra["toolset"]]))
            assert key not in case.input
            assert made.prove(replace(case, pieces=(*case.pieces, Piece(" "), Piece(key, "other"))))
            of = next(t for t in built_in().values() if t.table == case.extra["toolset"])
            search = next(t for t in of.tools if t.op == "list").schema()
            assert made.prove(replace(case, tools=(*case.tools, search))) == ["the missing key could be searched for"]


def test_variants_keep_the_proof(line: Plan) -> None:
    made = line("{family: tool_call, variants: {typos: 1, casing: 1, distractor: 1, punctuation: 1, synonym: 1}}")
    varied = [v for c in made.cases(60) for v in made.maker.variants("one", c)]
    assert len(varied) > 150
    assert [(v.input, made.prove(v)) for v in varied if made.prove(v)] == []


def test_questions_and_words_count(line: Plan) -> None:
    made = line("family: tool_call")
    cases = made.cases(100)
    missing = line("{family: tool_call, toolset: billing, kinds: {missing_argument: 1}}").cases(60)
    asked = next(c for c in missing if c.slices["detail"] == "send_channel")
    assert made.family.score(asked, "How should I send it, by post or by e-mail?") == 1.0
    assert made.family.score(asked, "Done!") == 0.0
    none = next(c for c in cases if c.extra["kind"] == "no_tool")
    assert made.family.score(none, "I am glad to hear it.") == 1.0
    call = next(c for c in cases if c.extra["kind"] == "single")
    assert made.family.score(call, f"Sure:\n```json\n{made.family.oracle(call)}\n```") == 1.0
    assert made.family.score(call, json.dumps(call.target)) == 1.0


def test_cues_tell_one_operation_each() -> None:
    assert len(operations()) > 40
    assert all(op in {t.op for s in built_in().values() for t in s.tools} for op in operations().values())


@pytest.mark.parametrize(
    ("family", "code"),
    [
        ("{family: tool_call, from: invoces}", "unknown-table"),
        ("{family: tool_call, toolset: bank}", "unknown-toolset"),
        ("{family: tool_call, from: invoices, toolset: billing}", "two-sources"),
        ("{family: tool_call, kinds: {singel: 1}}", "unknown-kind"),
        ("{family: tool_call, kinds: {single: 0}}", "bad-weight"),
        ("{family: tool_call, from: plain}", "no-choice"),
        ("{family: tool_call, from: keyless}", "no-key"),
    ],
)
def test_mistakes_are_placed(line: Plan, family: str, code: str) -> None:
    more = "plain:\n  rows: 9\n  key: n\n  columns: {n: {id: int}}\n"
    more += "keyless:\n  rows: 9\n  columns: {n: {integer: [1, 9]}}\n"
    with pytest.raises(RecipeError) as caught:
        line(family, TABLES + more)
    assert code in {p.code for p in caught.value.problems}
    assert all(p.place is not None for p in caught.value.problems)
