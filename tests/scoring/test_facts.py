"""The scorer of summaries: facts in any spelling, contradictions, length."""

from __future__ import annotations

from typing import Any

import pytest

from synthgen.scoring.facts import normal, score

FACTS: dict[str, Any] = {
    "required": [
        {"id": "cost", "any": ["1,200"]},
        {"id": "due", "any": ["2026-03-31", "31 March"]},
        {"id": "owner", "any": ["Zoë O'Hara", "O'Hara"]},
        {"id": "time", "any": ["45 minutes"]},
    ],
    "forbidden": [{"id": "cost", "any": ["2100"]}, {"id": "owner", "any": ["Smith"]}],
    "max_words": 20,
}


def scored(answer: str) -> dict[str, float]:
    return score({"target": "", "metadata": FACTS}, answer)


@pytest.mark.parametrize(
    "answer",
    [
        "It cost $1,200 and took 45 minutes; Zoë O'Hara reports by 31 March 2026.",
        "1200.00 EUR, 45 min, O\u2019HARA's report is due on March 31st.",
        "45 minutes. 1,200. zoe o'hara. 2026-03-31",
        "O'Hara: 1200, 45 mins, 31st of March",
    ],
)
def test_right_summaries(answer: str) -> None:
    assert scored(answer) == {"score": 1.0, "recall": 1.0, "contradiction": 0.0, "within": 1.0}


@pytest.mark.parametrize(
    ("answer", "recall", "contradiction", "within"),
    [
        ("It cost $1,200 and took 45 minutes; O'Hara reports.", 0.75, 0.0, 1.0),
        ("It cost $1,200 (not 2,100), took 45 minutes; O'Hara reports by 31 March.", 1.0, 1.0, 1.0),
        ("It cost 11,200 and took 145 minutes; O'Haras report by 30 March.", 0.0, 0.0, 1.0),
        ("1200, 45 minutes, O'Hara, 31 March" + " and" * 20, 1.0, 0.0, 0.0),
        ("", 0.0, 0.0, 1.0),
        ("31 March 2027, 1200, 45 minutes, O'Hara", 0.75, 0.0, 1.0),
        ("\x00" * 50, 0.0, 0.0, 1.0),
    ],
)
def test_wrong_summaries(answer: str, recall: float, contradiction: float, within: float) -> None:
    expected = {"score": 0.0, "recall": recall, "contradiction": contradiction, "within": within}
    assert scored(answer) == expected


def test_dates_and_numbers_have_one_form() -> None:
    forms = ("3 March 2026", "March 3, 2026", "3rd of March 2026", "Mar 3 2026", "2026-03-03", "3 mar. 2026")
    assert {normal(f) for f in forms} == {" 2026-03-03 "}
    assert normal("you may 45 times") == " you may 45 times "
    assert normal("3 may") == " --05-03 "


def test_a_case_without_facts_scores_nothing() -> None:
    assert score({"target": "x"}, "x")["score"] == 0.0
