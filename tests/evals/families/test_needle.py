"""Needles: one value in a long text, at its depth, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from synthgen.errors import RecipeError
from synthgen.evalcase import EvalCase, Piece

Plan = Callable[..., Any]


def test_the_grid_of_lengths_and_depths(line: Plan) -> None:
    made = line("{family: needle, lengths: [500, 2000], depths: [0, 0.25, 0.5, 0.75, 1]}")
    cases = made.holds(300, mutants=4)
    cells = {(c.slices["length"], c.slices["depth"]) for c in cases}
    assert len(cells) == 10
    for case in cases:
        text = case.input.rpartition("\n\nQuestion: ")[0]
        assert text.count(case.target) == 1
        assert 0.9 * int(case.slices["length"]) <= len(text) / 4 <= int(case.slices["length"])
        assert abs(text.index(case.target) / len(text) - float(case.slices["depth"])) < 0.12
    decoys = [len(c.extra["decoys"]) for c in cases]
    assert set(decoys) == {0, 1, 2, 3} and 70 <= decoys.count(0) <= 130
    assert len({c.target for c in cases}) > 290


def test_long_texts_differ_and_keep_their_length(line: Plan) -> None:
    made = line("{family: needle, lengths: [8000], depths: [0.5]}")
    cases = made.holds(30, mutants=4)
    assert all(28_800 <= len(c.input.rpartition("\n\nQuestion: ")[0]) <= 32_000 for c in cases)


def test_decoys_score_nothing(line: Plan) -> None:
    made = line("{family: needle, lengths: [500]}")
    case = next(c for c in made.cases(20) if c.extra["decoys"])
    assert made.family.score(case, f"It is {case.target}.") == 1.0
    assert made.family.score(case, case.extra["decoys"][0]) == 0.0
    assert made.family.score(case, f"{case.target} or {case.extra['decoys'][0]}") == 0.0


def planted(case: EvalCase) -> list[EvalCase]:
    """Errors beyond the family's own mutants."""
    again = Piece(f"Once more: {case.target}. ")
    key = Piece(f"Also, {case.extra['key']} is unknown. ")
    lost = tuple(replace(p, text="nothing") if p.text == case.target else p for p in case.pieces)
    front = [replace(case, pieces=(p, *case.pieces)) for p in (again, key)]
    padded = replace(case, pieces=(Piece("It rained. " * 400), *case.pieces))
    named = replace(case, pieces=(Piece(f"Somebody asked about {case.extra['key']}. "), *case.pieces))
    depth = 0.9 if case.extra["depth"] < 0.5 else 0.1
    extra, slices = {**case.extra, "depth": depth}, {**case.slices, "depth": f"{depth:g}"}
    moved = replace(case, extra=extra, slices=slices)
    return [
        *front,
        replace(case, pieces=lost),
        padded,
        named,
        moved,
        replace(case, slices={**case.slices, "depth": "0.33"}),
    ]


def test_planted_errors_are_caught(line: Plan) -> None:
    made = line("{family: needle, lengths: [500, 1000]}")
    wrong = [w for c in made.cases(60) for w in planted(c)]
    assert len(wrong) == 420
    assert [w for w in wrong if not made.prove(w)] == []


@pytest.mark.parametrize(
    ("family", "code"),
    [
        ("{family: needle, lengths: [10]}", "bad-length"),
        ("{family: needle, depths: [0, 2]}", "bad-depth"),
    ],
)
def test_mistakes_are_placed(line: Plan, family: str, code: str) -> None:
    with pytest.raises(RecipeError) as caught:
        line(family)
    assert [p.place is not None for p in caught.value.problems] == [True]
    assert {p.code for p in caught.value.problems} == {code}
