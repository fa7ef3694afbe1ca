"""Questions over passages: pages and questions are read back, and the answer stands on its passages alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from synthgen.errors import RecipeError
from synthgen.evalcase import EvalCase, Passage
from synthgen.evals.corpus.pages import attributes, corpus, data
from synthgen.evals.corpus.reader import Query, answer, query, stated
from synthgen.evals.cues import cues

KINDS = {"single_hop", "multi_hop", "comparison", "temporal", "unanswerable", "false_premise"}
PARTS = ("policies", "products", "tickets")
TODAY = date(2026, 9, 1)
Plan = Callable[..., Any]


def test_all_kinds_hold(line: Plan) -> None:
    made = line("family: rag_qa")
    cases = made.holds(300)
    assert all(made.family.score(c, c.target_text) == 1.0 for c in cases)  # what exports give an oracle to say
    counts = Counter(c.extra["kind"] for c in cases)
    assert set(counts) == KINDS and min(counts.values()) >= 48
    assert {c.slices["detail"] for c in cases} >= {
        "now",
        "on_a_day",
        "wrong_value",
        "class_of_ticket",
        "unknown_product",
    }
    for case in cases:
        ids = [p.id for p in case.context]
        assert len(ids) == len(set(ids)) == 8 and set(case.target["passages"]) <= set(ids)
        none = case.target["answer"] is None
        assert none == (case.extra["kind"] in ("unanswerable", "false_premise"))
        if case.extra["kind"] in ("multi_hop", "comparison"):
            assert len(case.target["passages"]) > 1
        if case.extra["kind"] in ("single_hop", "temporal"):
            gold = {p.id: p.text for p in case.context if p.id in case.target["passages"]}
            rest = [p.text for p in case.context if p.id not in gold]
            assert len(gold) == 1 and all(case.target["answer"] in t for t in gold.values())
            assert not any(f" {case.target['answer']} " in t for t in rest)
    splits = {s: {c.groups[0] for c in cases if c.split == s} for s in ("dev", "test")}
    assert splits["dev"] and not splits["dev"] & splits["test"]


def test_parts_and_size(line: Plan) -> None:
    cases = line("{family: rag_qa, corpus: [policies], passages: 12}").holds(100)
    assert {p.id[:3] for c in cases for p in c.context} == {"ABO", "POL"}
    assert {c.extra["kind"] for c in cases} == KINDS - {"multi_hop"}
    assert {len(c.context) for c in cases} == {12}
    cases = line("{family: rag_qa, corpus: [products], kinds: {multi_hop: 2, comparison: 1}, passages: 5}").holds(60)
    assert {c.extra["kind"] for c in cases} == {"multi_hop", "comparison"}


def planted(case: EvalCase) -> list[EvalCase]:
    """Errors of kinds that the family's own mutants do not hold."""
    target, found = case.target, []
    gold = [p for p in case.context if p.id in target["passages"]]
    rest = [p for p in case.context if p.id not in target["passages"]]
    for page in gold[:1]:
        found.append(replace(case, context=tuple(p for p in case.context if p != page)))
        changed = Passage(page.id, page.text.replace(".", " 1.", 1), page.title)
        found.append(replace(case, context=tuple(changed if p == page else p for p in case.context)))
        if case.extra["kind"] == "single_hop":
            copy = Passage(rest[1].id, page.text, page.title)
            found.append(replace(case, context=tuple(copy if p == rest[1] else p for p in case.context)))
    asked = [p for p in case.pieces if p.label == "entity"]
    if asked and target["answer"] is not None:
        pieces = [replace(p, text="Nowhere-100") if p == asked[0] else p for p in case.pieces]
        found.append(replace(case, pieces=tuple(pieces)))
        found.append(replace(case, target={**target, "accepted": target["accepted"][:0]}))
    if case.extra["kind"] == "temporal":
        pieces = [p for p in case.pieces if p.label != "cue"]
        found.append(replace(case, pieces=tuple(pieces)))
    return found


def test_planted_errors_are_caught(line: Plan) -> None:
    made = line("family: rag_qa")
    wrong = [w for c in made.cases(80) for w in planted(c)]
    assert len(wrong) >= 200
    assert [(w.id, w.extra["kind"]) for w in wrong if not made.prove(w)] == []


def test_a_value_may_stand_in_no_other_passage(line: Plan) -> None:
    made = line("family: rag_qa")
    found = 0
    for case in made.cases(600):
        if case.extra["kind"] not in ("single_hop", "temporal", "multi_hop"):
            continue
        firm = made.room.record("@firms", int(case.sources[0].rpartition(":")[2]))
        pages = corpus((firm.source, firm["company"], firm["city"]), TODAY, PARTS).pages
        shown = {p.id for p in case.context}
        same = [p for p in pages if f" {case.target['answer']} " in p.text and p.id not in shown]
        rest = [p for p in case.context if p.id not in case.target["passages"] and p.id[:3] in ("PRD", "SVC", "REC")]
        if same and rest:
            found += 1
            other = Passage(same[0].id, same[0].text, same[0].title)
            assert made.prove(replace(case, context=tuple(other if p == rest[0] else p for p in case.context)))
    assert found > 10


def test_versions_that_agree_do_not_tell_which_is_in_force(line: Plan) -> None:
    made = line("{family: rag_qa, kinds: {temporal: 1}}")
    found = 0
    for case in made.cases(60):
        firm = made.room.record("@firms", int(case.sources[0].rpartition(":")[2]))
        pages = corpus((firm.source, firm["company"], firm["city"]), TODAY, PARTS)
        for now in [p for p in pages.of("policy") if pages.in_force(p, TODAY) is p]:
            old = [v for v in pages.versions(now) if v.since and now.since and v.since < now.since]
            same = [n for n, v in now.facts.items() if old and old[-1].facts[n] == v]
            if not same or case.slices["detail"] != "now":
                continue
            found += 1
            a = attributes()[same[0]]
            words = {"entity": now.subject, "cue": a.words}
            pieces = tuple(replace(p, text=words.get(p.label, p.text)) for p in case.pieces)
            shown = (case.context[0], *(Passage(p.id, p.text, p.title) for p in (now, old[-1])))
            target = {
                "answer": a.text(now.facts[a.name]),
                "accepted": a.accepted(now.facts[a.name]),
                "passages": [now.id],
            }
            reasons = made.prove(replace(case, pieces=pieces, context=shown, target=target))
            assert "the answer can be given without one of its passages" in reasons
            break
    assert found > 5


def test_an_answer_that_is_only_hidden_is_no_missing_one(line: Plan) -> None:
    made = line("{family: rag_qa, kinds: {single_hop: 1}}")
    for case in made.cases(20):
        context = tuple(p for p in case.context if p.id not in case.target["passages"])
        nothing = {"answer": None, "accepted": [], "passages": []}
        reasons = made.prove(replace(case, context=context, target=nothing))
        assert reasons == ["another page of the firm states the answer"]
        assert made.prove(replace(case, context=tuple(p for p in case.context if p.id != "ABOUT")))


def test_a_premise_must_be_wrong(line: Plan) -> None:
    made = line("{family: rag_qa, kinds: {false_premise: 1}}")
    wrong = [c for c in made.cases(60) if c.slices["detail"] == "wrong_value"]
    assert len(wrong) > 15
    for case in wrong:
        asked = query(case.spans)
        page = next(s for p in case.context if p.id in case.target["passages"] for s in [stated(p)] if s)
        assert asked.attribute is not None
        true = asked.attribute.text(page.facts[asked.attribute.name])
        pieces = tuple(replace(p, text=true) if p.label == "claim" else p for p in case.pieces)
        assert made.prove(replace(case, pieces=pieces)) == ["the question assumes nothing that is not so"]


def test_variants_keep_the_proof(line: Plan) -> None:
    made = line("{family: rag_qa, variants: {typos: 1, casing: 1, distractor: 1, punctuation: 1, synonym: 1}}")
    varied = [v for c in made.cases(60) for v in made.maker.variants("one", c)]
    assert len(varied) > 150
    assert [(v.input, made.prove(v)) for v in varied if made.prove(v)] == []


def test_pages_read_back_to_their_facts() -> None:
    for n in range(12):
        pages = corpus(("@firms:1", str(n)), TODAY, PARTS).pages
        assert len({p.id for p in pages}) == len(pages) > 40
        for page in pages:
            read = stated(Passage(page.id, page.text, page.title))
            assert read is not None and dict(read.facts) == dict(page.facts)
            assert (read.kind, read.subject, read.topic, read.leads) == (
                page.kind,
                page.subject,
                page.topic,
                page.leads,
            )
            assert read.since == (page.since.isoformat() if page.since else "")


def policy(id_: str, day: str, days: int) -> Passage:
    text = f"This is the returns policy of the Harbour branch, in force from {day}."
    text += f" Goods may be sent back within {days} days of delivery."
    return Passage(id_, text)


@pytest.mark.parametrize(
    ("day", "days", "page"), [("", 30, "b"), ("2025-03-01", 14, "a"), ("2027-06-01", 60, "c"), ("2020-01-01", None, "")]
)
def test_the_version_in_force(day: str, days: int | None, page: str) -> None:
    passages = [
        policy("c", "January 5, 2027", 60),
        policy("a", "2024-02-01", 14),
        policy("b", "the 3rd of May 2026", 30),
    ]
    pages = [p for p in map(stated, passages) if p is not None]
    asked = Query(attributes()["return_window"], ["Harbour"], day)
    found = answer(asked, pages, TODAY)
    assert found.number == days and found.pages == frozenset({page} - {""})


def test_hops_and_comparisons_by_hand() -> None:
    texts = {
        "t": "Ticket TCK-10000 of 2026-01-02 is about the KT-310. The ticket is closed.",
        "p": "The KT-310 is an electric kettle from our range. It weighs 900 grams. It falls into service class Jade.",
        "q": "Product page KT-500: an electric kettle. On the scales it shows 1200 grams.",
        "c": "Service class Jade comes with the following promises. A repair takes 9 working days.",
    }
    pages = [p for p in (stated(Passage(i, t)) for i, t in texts.items()) if p is not None]
    assert len(pages) == 4
    weight, repair = attributes()["weight"], attributes()["repair_time"]
    hop = answer(Query(repair, ["TCK-10000"]), pages, TODAY)
    assert hop.number == 9 and hop.pages == frozenset("tpc")
    assert answer(Query(weight, ["KT-310", "KT-500"], wants="more"), pages, TODAY).subject == "KT-500"
    assert answer(Query(weight, ["KT-310", "KT-500"], wants="less"), pages, TODAY).subject == "KT-310"
    assert answer(Query(weight, ["KT-310", "KT-500"], wants="differ"), pages, TODAY).number == 300
    assert not answer(Query(repair, ["KT-500"]), pages, TODAY).known
    assert not answer(Query(weight, ["KT-900"]), pages, TODAY).known


def test_every_question_has_one_cue_and_one_place_for_its_subject() -> None:
    for a in attributes().values():
        for template in a.ask:
            assert len(cues(template)) == 1 and template.count("{entity}") == 1 and "{entity}" not in cues(template)[0]
        assert all(t.count("{value}") == 1 and t.endswith(".") and t[0].isupper() for t in a.say)
    assert all(not any(ch.isdigit() for ch in s) for group in data()["filler"].values() for s in group)


def test_answers(line: Plan) -> None:
    made = line("family: rag_qa")
    case = next(c for c in made.cases(20) if c.extra["kind"] == "single_hop")
    assert made.family.score(case, case.target["answer"]) == 1.0
    assert made.family.score(case, f"It is {case.target['answer']}.") == 1.0
    assert made.family.score(case, json.dumps(case.target)) == 1.0
    assert made.family.score(case, "unanswerable") == 0.0


@pytest.mark.parametrize(
    ("family", "code"),
    [
        ("{family: rag_qa, corpus: [policys]}", "unknown-part"),
        ("{family: rag_qa, corpus: []}", "no-pages"),
        ("{family: rag_qa, corpus: [policies, tickets]}", "no-products"),
        ("{family: rag_qa, corpus: [policies], kinds: {multi_hop: 1}}", "no-pages"),
        ("{family: rag_qa, kinds: {multihop: 1}}", "unknown-kind"),
        ("{family: rag_qa, kinds: {single_hop: -1}}", "bad-weight"),
        ("{family: rag_qa, passages: 2}", "bad-value"),
    ],
)
def test_mistakes_are_placed(line: Plan, family: str, code: str) -> None:
    with pytest.raises(RecipeError) as caught:
        line(family)
    assert code in {p.code for p in caught.value.problems}
    assert all(p.place is not None for p in caught.value.problems)
