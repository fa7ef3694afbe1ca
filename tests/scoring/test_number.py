"""The scorer of values: numbers as people write them, texts, dates, and garbage."""

from __future__ import annotations

from typing import Any

import pytest

from synthgen.scoring.number import number, score


def scored(target: Any, answer: str, **metadata: Any) -> float:
    return score({"target": target, "metadata": metadata}, answer)["score"]


@pytest.mark.parametrize(
    "answer",
    [
        "1234.5", "1,234.50", " 1234.50 ", "$1,234.50", "1 234.50 EUR", "The total is 1,234.5.", "**1,234.50**",
        "Answer: 1234.5", "I add 600 and 634.5. Final answer: 1,234.50", "```\n1234.5\n```", "1.2345e3",
        "+1234.5 euros",
        "1'234.50", "total = 1234.5 and again 1234.50",
    ],
)  # fmt: skip
def test_numbers(answer: str) -> None:
    assert scored(1234.5, answer) == 1.0


@pytest.mark.parametrize(
    "answer",
    [
        "1234.6", "-1234.5", "12345", "1234", "", "none", "600 + 634.5 = 1234.5", "INV-1234.5", "1.234,50", "nan",
        "1e999", "2025-01-01",
    ],
)  # fmt: skip
def test_wrong_numbers(answer: str) -> None:
    assert scored(1234.5, answer) == 0.0


def test_tolerance() -> None:
    assert scored(83.33, "83.33333", tolerance=0.0051) == 1.0 and scored(83.33, "83.34", tolerance=0.0051) == 0.0
    assert scored(83.33, "83.33333") == 0.0
    assert scored(83.3, "83.3 %", tolerance=0.051) == 1.0
    assert scored(-4, "\u22124") == 1.0 and scored(0, "0.0") == 1.0


def test_texts_and_dates() -> None:
    assert scored("INV-0007", '"inv-0007".') == 1.0 and scored("INV-0007", "INV-0008") == 0.0
    assert scored("paid", "Answer: Paid") == 1.0 and scored("paid", "unpaid") == 0.0
    for answer in ("2025-03-07", "7 March 2025", "March 7, 2025", "7th of March 2025", "Mar 7 2025"):
        assert scored("2025-03-07", answer) == 1.0, answer
    assert scored("2025-03-07", "7 April 2025") == 0.0 and scored("2025-03-07", "2025-13-41") == 0.0
    assert scored("not in the table", "Unanswerable", accepted=["unanswerable"]) == 1.0
    assert scored("not in the table", "4") == 0.0


def test_garbage_is_worth_nothing() -> None:
    for answer in ("\x00" * 50, "(" * 20_000, "9" * 9_999, "```", "\ud800", "[1, 2]", '{"a": 1}'):
        for target in (5, "x", None, True, [1]):
            assert scored(target, answer) in (0.0, 1.0)
    assert scored(None, "null") == 0.0 and scored(True, "true") == 0.0
    assert scored(2025, "2025-01-01") == 0.0
    assert number("no digits") is None and number("1 and 2") is None and number("5 or 5.0") == 5
