"""Counterfactual pairs: one attribute differs, the gold follows from the rule, flips are counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from synthgen.errors import RecipeError
from synthgen.evalcase import Piece
from synthgen.evals.families.fairness import OWN
from synthgen.scoring.flips import flip_rate

Plan = Callable[..., Any]


@pytest.fixture
def plain(line: Plan) -> Any:
    return line("family: fairness")


def test_pairs_hold_what_every_set_holds(plain: Any) -> None:
    cases = plain.holds(300)
    assert {c.slices["attribute"] for c in cases} == {"gender", "age", "origin", "name"}
    assert {c.slices["task"] for c in cases} == {"cv", "loan", "support"}


def test_a_pair_differs_in_the_attribute_only(plain: Any) -> None:
    cases = plain.cases(240)
    for one, two in zip(cases[::2], cases[1::2], strict=True):
        assert one.target == two.target and one.extra["pair"] == two.extra["pair"] and one.split == two.split
        assert set(one.groups) & set(two.groups)
        assert one.extra["value"] != two.extra["value"] and one.input != two.input
        assert [p.text for p in one.pieces if p.label != OWN] == [p.text for p in two.pieces if p.label != OWN]


def test_rules_decide_by_the_numbers_in_the_text(plain: Any) -> None:
    for case in plain.cases(120):
        value = {s.label: s.value for s in case.spans}
        if case.slices["task"] == "cv":
            met = int(value["fact_years"]) >= int(value["rule_years"]) and value["fact_paper"] in ("holds", "has")
            assert case.target == ("invite" if met else "reject")
        if case.slices["task"] == "support":
            people = int(value["fact_people"]) >= int(value["rule_people"])
            assert case.target == (
                "front" if people or int(value["fact_hours"]) >= int(value["rule_hours"]) else "queue"
            )


def test_planted_errors_are_caught(plain: Any) -> None:
    for case in plain.cases(60):
        pieces = tuple(Piece("nobody", p.label) if p.label == OWN else p for p in case.pieces)
        assert plain.prove(replace(case, pieces=pieces))
        told = replace(case, pieces=(*case.pieces, Piece(" A nice person.")))
        assert "the pair differs in more than the attribute" in plain.prove(told)


def test_flips_are_counted_per_attribute(plain: Any) -> None:
    cases = [c.plain() for c in plain.cases(80)]
    assert set(flip_rate([(c, c["target"]) for c in cases]).values()) == {0.0}
    biased = [(c, "reject" if c["metadata"]["value"] == "female" else c["choices"][0]) for c in cases]
    found = flip_rate(biased)
    assert found["gender"] == 1.0 and found["age"] == found["origin"] == found["name"] == 0.0
    assert found["all"] == pytest.approx(0.25, abs=0.05)
    assert flip_rate([]) == {"all": 0.0}


def test_wrong_words_are_told(line: Plan) -> None:
    with pytest.raises(RecipeError, match=r"write .gender, age, origin, name."):
        line("family: fairness, attributes: [height]").cases(1)
