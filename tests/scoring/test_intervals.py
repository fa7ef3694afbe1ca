"""Intervals: overlap with tolerance, kinds, each counted once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.scoring.intervals import overlap, score, seconds


def item(start: str, end: str, kind: str = "drift") -> dict[str, str]:
    return {"start": f"2026-03-01 {start}", "end": f"2026-03-01 {end}", "kind": kind}


def case(*target: dict[str, str], tolerance: float = 600) -> dict[str, Any]:
    return {"target": list(target), "metadata": {"tolerance": tolerance}}


def scored(found: Any, *target: dict[str, str], tolerance: float = 600) -> dict[str, float]:
    return score(case(*target, tolerance=tolerance), found if isinstance(found, str) else json.dumps(found))


def test_the_gold_itself_in_any_dress() -> None:
    gold = [item("08:00", "10:00"), item("12:00", "12:00", "level_shift")]
    perfect = {"score": 1.0, "precision": 1.0, "recall": 1.0, "f1": 1.0, "f1_any": 1.0}
    other = [item("12:00", "12:00", "Level shift"), {**item("08:00", "10:00"), "start": "2026-03-01T08:00:00Z"}]
    for answer in (gold, f"```json\n{json.dumps(gold)}\n```", {"anomalies": gold}, other, list(reversed(gold))):
        assert scored(answer, *gold) == perfect


def test_tolerance_and_overlap() -> None:
    gold = item("08:00", "10:00")
    assert scored([item("08:20", "10:10")], gold)["score"] == 1.0
    assert scored([item("09:30", "10:00")], gold)["score"] == 0.0
    assert scored([item("06:00", "12:30")], gold)["score"] == 0.0
    spike = item("08:00", "08:00", "spike")
    assert scored([item("08:05", "08:05", "spike")], spike)["score"] == 1.0
    assert scored([item("08:10", "08:10", "spike")], spike)["score"] == 0.0
    assert scored([item("08:05", "08:05", "spike")], spike, tolerance=0)["score"] == 0.0
    assert overlap((0, 100, ""), (50, 150, ""), 0) == pytest.approx(1 / 3) and overlap((5, 5, ""), (5, 5, ""), 0) == 1.0


def test_kinds_count_and_f1_any_does_not_care() -> None:
    found = scored([item("08:00", "10:00", "spike")], item("08:00", "10:00"))
    assert found == {"score": 0.0, "precision": 0.0, "recall": 0.0, "f1": 0.0, "f1_any": 1.0}


def test_each_interval_counts_once_and_points_do_not() -> None:
    gold = item("08:00", "10:00")
    twice = scored([gold, item("08:05", "10:00")], gold)
    assert twice["score"] == 0.0 and twice["precision"] == 0.5 and twice["recall"] == 1.0
    assert scored([item("09:00", "09:00")], gold)["f1"] == 0.0
    pieces = [item(f"{8 + i}:00".zfill(5), f"{8 + i}:59".zfill(5)) for i in range(2)]
    assert scored(pieces, item("08:00", "11:59"))["recall"] <= 1.0


def test_best_pairing() -> None:
    a, b = item("08:00", "10:00"), item("08:30", "10:30")
    assert scored([item("08:30", "10:30"), item("07:40", "09:40")], a, b)["score"] == 1.0


def test_nothing_wrong() -> None:
    assert scored("[]")["score"] == 1.0 and scored([item("08:00", "09:00")])["score"] == 0.0
    assert scored("[]", item("08:00", "09:00")) == {
        "score": 0.0,
        "precision": 0.0,
        "recall": 0.0,
        "f1": 0.0,
        "f1_any": 0.0,
    }


BACKWARDS = '[{"start":"2026-03-01 10:00","end":"2026-03-01 08:00","kind":"drift"}]'


@pytest.mark.parametrize(
    "answer",
    ["", "none", "{}", '{"a":[],"b":[]}', "[1]", '[["x"]]', '[{"start":"soon"}]', "[" * 90_000, BACKWARDS],
)
def test_garbage_scores_nothing(answer: str) -> None:
    assert score(case(item("08:00", "10:00")), answer)["score"] == 0.0
    assert score(case(), answer)["score"] == 0.0


@given(st.text(max_size=40))
def test_any_text_is_read_or_not(text: str) -> None:
    assert seconds(text) is None or isinstance(seconds(text), float)
    assert 0 <= score(case(item("08:00", "10:00")), text)["score"] <= 1
