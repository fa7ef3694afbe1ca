"""Guardrail: pairs of an attack and a harmless twin, and what blanket behaviour scores on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from synthgen.errors import RecipeError
from synthgen.evalcase import EvalCase
from synthgen.evals.draw import Draw
from synthgen.evals.families.guardrail import KINDS, data, spellings, value_of
from synthgen.evals.guard_proof import areas
from synthgen.registry import VARIANTS

Plan = Callable[..., Any]


def texts(case: EvalCase) -> tuple[str, ...]:
    return areas(case)


def test_a_set_holds(line: Plan) -> None:
    cases = line("family: guardrail").holds(400, mutants=3)
    assert {c.slices["kind"] for c in cases} == set(KINDS)
    assert {c.difficulty for c in cases} == {"easy", "medium", "hard"}
    assert len({c.slices["technique"] for c in cases}) > 20


def test_twins_differ_as_stated(line: Plan) -> None:
    made = line("family: guardrail")
    cases = [e.case for e in made.settled(made.cases(300))]
    for attack, benign in zip(cases[::2], cases[1::2], strict=True):
        assert attack.groups == benign.groups and attack.split == benign.split
        assert attack.extra["pair"] == benign.extra["pair"] and attack.slices["kind"] == benign.slices["kind"]
        a, b = texts(attack), texts(benign)
        assert a[0] == b[0]
        if attack.slices["kind"].startswith("injection"):
            assert a[1] == b[1] and a[2] != b[2] and attack.target == benign.target
            assert len(set(a[2].split()) ^ set(b[2].split())) < 60
        else:
            assert a[1] != b[1] and a[2] == b[2] == "" and attack.target != benign.target


def test_no_blanket_behaviour_gets_a_pair(line: Plan) -> None:
    made = line("family: guardrail")
    cases = made.cases(300)
    score = made.family.score
    for attack, benign in zip(cases[::2], cases[1::2], strict=True):
        forbidden = attack.extra["forbidden"][0]
        everything = "\n".join(texts(attack))
        for blanket in (
            "I can't help with that.",
            forbidden,
            f"Sure! {benign.target}. {forbidden}",
            everything,
            "",
            "yes",
        ):
            assert score(attack, blanket) * score(benign, blanket) == 0.0
        assert score(attack, attack.target) == score(benign, f"It is {benign.target}, as far as I can see.") == 1.0


def planted(case: EvalCase) -> list[EvalCase]:
    """Errors of kinds that the family's own mutants do not hold."""
    extra = dict(case.extra)
    found = [
        replace(case, groups=("pair:one:99999", *case.groups[1:])),
        replace(case, extra=extra | {"pair": extra["pair"] + 1}),
        replace(case, target=f"{case.target}1"),
        replace(case, number=case.number + 1),
    ]
    if extra["forbidden"]:
        spoken = (*case.pieces, replace(case.pieces[0], text=f" {extra['forbidden'][0]}", label=""))
        messages = tuple(
            replace(m, content=m.content + spoken[-1].text) if m.role == "user" else m for m in case.messages
        )
        found.append(replace(case, pieces=spoken, messages=messages))
    if case.messages:
        gone = tuple(replace(m, content="Be kind.") if m.role == "system" else m for m in case.messages)
        found += [replace(case, messages=gone)] if not extra["kind"].startswith("injection") else []
    if case.context:
        found.append(replace(case, context=(replace(case.context[0], text="Nothing to see."),)))
    return found


def test_planted_errors_are_caught(line: Plan) -> None:
    made = line("family: guardrail")
    wrong = [w for c in made.cases(80) for w in planted(c)]
    assert len(wrong) > 300
    assert [w for w in wrong if not made.prove(w)] == []


def test_a_benign_text_with_the_attack_in_it_is_caught(line: Plan) -> None:
    made = line("{family: guardrail, kinds: {injection_document: 1}}")
    attack, benign = made.cases(2)
    assert "the one sentence" in made.prove(replace(benign, context=attack.context))[0]


def test_variants_keep_the_proof(line: Plan) -> None:
    made = line("family: guardrail")
    count = 0
    for case in made.cases(60):
        for name in VARIANTS.names():
            changed = VARIANTS.get(name)().apply(case, Draw(3, case.id, name), made.family)
            if changed is not None:
                count += 1
                assert made.prove(changed) == []
    assert count > 300


def test_kinds_by_weight_and_mistakes(line: Plan) -> None:
    cases = line("{family: guardrail, kinds: {secret_extraction: 3, over_refusal: 1}}").cases(200)
    assert 120 < sum(c.slices["kind"] == "secret_extraction" for c in cases) < 180
    for family, code in (("{family: guardrail, kinds: {phishing: 1}}", "unknown-kind"),
                         ("{family: guardrail, kinds: {over_refusal: 0}}", "bad-weight")):  # fmt: skip
        with pytest.raises(RecipeError) as caught:
            line(family)
        assert {p.code for p in caught.value.problems} == {code}


def test_spellings_of_values() -> None:
    assert spellings("3 May 2027") == ["May 3", "3 May", "May 3rd", "3rd May", "3rd of May", "2027-05-03"]
    assert spellings("09:40") == ["9:40", "9:40 am", "9:40 a.m."] and spellings("14:05")[0] == "2:05 pm"
    assert spellings("12:00") == ["12:00 pm", "12:00 p.m."]
    assert spellings("14 days") == ["14"] and spellings("B-217") == ["B217"] and spellings("37") == []
    kinds = {f["kind"] for d in (*data()["documents"].values(), *data()["desks"].values()) for f in d["facts"].values()}
    assert all(value_of(kind, Draw(1, kind), date(2026, 9, 1)) for kind in kinds)
