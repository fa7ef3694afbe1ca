"""Scorer of states: joint accuracy, slots, and answers in several dresses."""

from __future__ import annotations

import json

import pytest

from synthgen.scoring.state import score

CASE = {"target": {"date": "2026-09-04", "guests": 6, "name": "Ada  Null", "note": None}}


@pytest.mark.parametrize(
    "answer",
    [
        '{"date": "2026-09-04", "guests": 6, "name": "Ada Null", "note": null}',
        '{"date": "2026-09-04", "guests": "6", "name": "ADA NULL"}',
        '```json\n{"date": "2026-09-04", "guests": 6.0, "name": "Ada Null", "note": ""}\n```',
        'The state is {"date": "2026-09-04", "guests": 6, "name": "Ada Null"}.',
        '{"state": {"date": "2026-09-04", "guests": 6, "name": "Ada Null"}}',
    ],
)
def test_right_answers(answer: str) -> None:
    assert score(CASE, answer) == {"score": 1, "f1": 1, "slot_accuracy": 1, "valid": 1}


def test_partly_right() -> None:
    found = score(CASE, json.dumps({"date": "2026-09-05", "guests": 6, "name": "Ada Null"}))
    assert found == {"score": 0, "f1": 2 / 3, "slot_accuracy": 0.75, "valid": 1}
    more = score(CASE, json.dumps({**CASE["target"], "note": "high chair"}))
    assert more["score"] == 0 and more["f1"] == 6 / 7 and more["slot_accuracy"] == 0.75
    assert score(CASE, json.dumps({**CASE["target"], "unknown": 1}))["score"] == 0
    assert score(CASE, "{}") == {"score": 0, "f1": 0, "slot_accuracy": 0.25, "valid": 1}
    assert score({"target": {"a": None}}, "{}")["score"] == 1


@pytest.mark.parametrize("answer", ["", "{", "[]", "null", "six", '{"a":' * 4000, "{" * 4000, "[1]", '"{}'])
def test_garbage_scores_nothing(answer: str) -> None:
    assert score(CASE, answer)["score"] == 0
