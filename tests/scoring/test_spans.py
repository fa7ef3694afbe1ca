"""The scorer of spans: exact and relaxed, by place or by text, and garbage."""

from __future__ import annotations

import json
from typing import Any

import pytest

from synthgen.scoring.spans import score

TEXT = "Ada rang. Ada is at ada@mail.example, or 555-0101."
GOLD = [
    {"entity": "PERSON", "start": 0, "end": 3, "text": "Ada"},
    {"entity": "PERSON", "start": 10, "end": 13, "text": "Ada"},
    {"entity": "EMAIL_ADDRESS", "start": 20, "end": 36, "text": "ada@mail.example"},
    {"entity": "PHONE_NUMBER", "start": 41, "end": 49, "text": "555-0101"},
]


def scored(answer: Any, target: list[dict[str, Any]] = GOLD) -> dict[str, float]:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return score({"input": TEXT, "target": target}, text)


def test_places_hold() -> None:
    assert all(TEXT[s["start"] : s["end"]] == s["text"] for s in GOLD)


@pytest.mark.parametrize(
    "answer",
    [
        GOLD,
        list(reversed(GOLD)),
        [*GOLD, GOLD[0]],
        {"spans": GOLD},
        {"entities": [{"entity": s["entity"].lower().replace("_", " "), "text": s["text"]} for s in GOLD]},
        [{k: v for k, v in s.items() if k != "text"} for s in GOLD],
        [s | {"start": s["start"] + 2, "end": s["end"] + 2} for s in GOLD],
        f"```json\n{json.dumps(GOLD)}\n```",
    ],
)
def test_right_answers(answer: Any) -> None:
    assert scored(answer) == {"score": 1.0, "f1": 1.0, "f1_relaxed": 1.0, "leak_rate": 0.0}


def test_missing_wrong_and_shifted_spans() -> None:
    found = scored(GOLD[:3])
    assert found["score"] == 0.0 and found["f1"] == pytest.approx(6 / 7)
    assert found["leak_rate"] == pytest.approx(8 / 30)
    wrong = scored([*GOLD[:3], GOLD[3] | {"entity": "PERSON"}])
    assert wrong["f1"] == wrong["f1_relaxed"] == 0.75 and wrong["leak_rate"] == 0.0
    short = [{"entity": "PERSON", "start": 0, "end": 2}, *GOLD[1:]]
    assert scored(short) == {"score": 0.0, "f1": 0.75, "f1_relaxed": 1.0, "leak_rate": pytest.approx(1 / 30)}
    assert scored([{"entity": "PERSON", "start": 0, "end": 60}])["f1_relaxed"] == pytest.approx(2 / 5)


def test_text_without_personal_data() -> None:
    assert scored("[]", []) == {"score": 1.0, "f1": 1.0, "f1_relaxed": 1.0, "leak_rate": 0.0}
    assert scored(GOLD, [])["score"] == 0.0
    assert scored("nothing", [])["score"] == 0.0


@pytest.mark.parametrize(
    "answer",
    ["", "[]", "{}", "3", "null", "[1]", "[[]]", '[{"entity": "PERSON"}]', '[{"start": 0, "end": 3}]', "[" * 100_000,
     '[{"entity": "PERSON", "start": "0", "end": "3"}]', '[{"entity": "PERSON", "start": null, "end": 3}]',
     '[{"entity": ["PERSON"], "start": 0, "end": 3}]', '[{"entity": "PERSON", "text": "nobody"}]', '{"spans": 4}',
     '[{"entity": "PERSON", "start": -9e99, "end": 3}]', '[{"entity": "PERSON", "start": true, "end": true}]'],
)  # fmt: skip
def test_garbage_scores_zero(answer: str) -> None:
    found = scored(answer)
    assert found["score"] == 0.0 and found["leak_rate"] > 0.85
