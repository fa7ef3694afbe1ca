"""Summaries: facts that the text states, and their contradictions that it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from synthgen.errors import RecipeError
from synthgen.evalcase import EvalCase, Piece
from synthgen.evals.families.summary import kinds
from synthgen.scoring.facts import score

Plan = Callable[..., Any]


def test_reports_of_all_kinds(line: Plan) -> None:
    made = line("family: summary")
    cases = made.holds(400)
    assert {c.slices["kind"] for c in cases} == set(kinds())
    lengths = [len(c.input.split()) for c in cases]
    assert min(lengths) >= 150 and max(lengths) <= 360 and max(lengths) - min(lengths) > 150
    assert {len(c.extra["required"]) for c in cases} == {7, 8}
    assert sum(any(s.label.startswith("other.") for s in c.spans) for c in cases) > 350


def test_the_text_itself_is_no_summary(line: Plan) -> None:
    for case in line("family: summary").cases(20):
        found = score(case.plain(), case.input)
        assert found == {"score": 0.0, "recall": 1.0, "contradiction": 0.0, "within": 0.0}


def test_a_wrong_number_is_a_contradiction(line: Plan) -> None:
    case = line("{family: summary, kinds: [incident]}").case(0)
    wrong = next(f["any"][0] for f in case.extra["forbidden"] if f["id"] == "customers")
    right = next(f["any"][0] for f in case.extra["required"] if f["id"] == "customers")
    found = score(case.plain(), case.target.replace(right, wrong))
    assert found["score"] == 0.0 and found["contradiction"] == 1.0 and found["recall"] == pytest.approx(7 / 8)


def planted(case: EvalCase) -> list[EvalCase]:
    """Errors beyond the family's own mutants."""
    forbidden = case.extra["forbidden"][0]["any"][0]
    said = replace(case, pieces=(*case.pieces, Piece(f" Or was it {forbidden}?")))
    label = next(s.label for s in case.spans if s.label.startswith("fact."))
    silent = tuple(Piece("something") if p.label == label else p for p in case.pieces)
    long = replace(case, target=f"{case.target} {'and so on ' * 60}")
    empty = [f | {"any": []} for f in case.extra["required"]]
    moved = [
        a | {"any": b["any"]}
        for a, b in zip(case.extra["required"], case.extra["required"][1:] + case.extra["required"][:1], strict=True)
    ]
    return [said, replace(case, pieces=silent), long] + [
        replace(case, extra={**case.extra, "required": r}) for r in (empty, moved)
    ]


def test_planted_errors_are_caught(line: Plan) -> None:
    made = line("family: summary")
    wrong = [w for c in made.cases(60) for w in planted(c)]
    assert len(wrong) == 300
    assert [w for w in wrong if not made.prove(w)] == []


def test_people_of_other_records_do_not_prove(line: Plan) -> None:
    made = line("{family: summary, kinds: [meeting]}")
    case = made.case(0)
    assert any("owner" in r for r in made.prove(replace(case, sources=("@people:0",))))


@pytest.mark.parametrize(
    ("family", "code"),
    [
        ("{family: summary, kinds: [poem]}", "unknown-kind"),
        ("{family: summary, words: [10, 20]}", "bad-words"),
        ("{family: summary, max_words: 5}", "bad-value"),
    ],
)
def test_mistakes_are_placed(line: Plan, family: str, code: str) -> None:
    with pytest.raises(RecipeError) as caught:
        line(family)
    assert {p.code for p in caught.value.problems} == {code}
