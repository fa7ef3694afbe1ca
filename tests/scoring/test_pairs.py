"""Decisions on two records and groups of several."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import pair_confusion_matrix

from synthgen.scoring.pairs import score

GROUPS = {"target": [["R1", "R4"], ["R2", "R3", "R6"]], "metadata": {"ids": ["R1", "R2", "R3", "R4", "R5", "R6"]}}


@pytest.mark.parametrize("answer", ["same", "Same.", '"SAME"', " **same** ", "(same)"])
def test_one_word(answer: str) -> None:
    assert score({"target": "same"}, answer) == {"score": 1.0}
    assert score({"target": "different"}, answer) == {"score": 0.0}


@pytest.mark.parametrize(
    "answer",
    [
        '[["R1","R4"],["R2","R3","R6"]]', '[["r6","r3","R2"],["R4"," R1 "]]',
        '```json\n[["R1","R4"],["R2","R3","R6"]]\n```',
        '{"groups": [["R1","R4"],["R2","R3","R6"]]}', '[["R1","R4"],["R5"],["R2","R3","R6"]]',
    ],
)  # fmt: skip
def test_the_right_groups(answer: str) -> None:
    assert score(GROUPS, answer) == {"score": 1.0, "precision": 1.0, "recall": 1.0, "f1": 1.0}


def test_partly_right_groups() -> None:
    found = score(GROUPS, '[["R1","R4"],["R2","R3"]]')
    assert found == {"score": 0.0, "precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3)}
    every = score(GROUPS, json.dumps([GROUPS["metadata"]["ids"]]))  # type: ignore[index]
    assert every["recall"] == 1.0 and every["precision"] == pytest.approx(4 / 15) and every["score"] == 0.0
    assert score(GROUPS, "[]") == {"score": 0.0, "precision": 0.0, "recall": 0.0, "f1": 0.0}


def test_ids_twice_or_unknown_are_not_exact() -> None:
    for answer in ('[["R1","R4"],["R2","R3","R6"],["R1"]]', '[["R1","R4"],["R2","R3","R6"],["R9"]]'):
        assert score(GROUPS, answer)["score"] == 0.0


@given(st.lists(st.integers(0, 3), min_size=6, max_size=6), st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_pair_f1_is_that_of_scikit_learn(gold: list[int], found: list[int]) -> None:
    def groups(labels: list[int]) -> list[list[str]]:
        return [[f"R{i}" for i, x in enumerate(labels) if x == k] for k in sorted(set(labels))]

    (_, fp), (fn, tp) = pair_confusion_matrix(gold, found)
    made = score({"target": groups(gold)}, json.dumps(groups(found)))
    assert made["f1"] == pytest.approx(2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 1.0)
    assert (made["score"] == 1.0) == (fp == fn == 0)


@given(st.text(max_size=60) | st.recursive(st.integers() | st.text() | st.none(), st.lists).map(json.dumps))
def test_garbage_breaks_nothing(answer: str) -> None:
    target: Any
    for target in ("same", GROUPS["target"]):
        assert 0.0 <= score({"target": target}, answer)["score"] <= 1.0
    assert score(GROUPS, "[" * 100_000)["score"] == 0.0
