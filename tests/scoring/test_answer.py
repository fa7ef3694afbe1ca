"""Scorer of answers: one form for numbers, days and currency, strict about what else is said, and abstention."""

from __future__ import annotations

import json
from typing import Any

import pytest

from synthgen.scoring.answer import abstains, score, words


def case(answer: str | None, *more: str, passages: tuple[str, ...] = (), **extra: Any) -> dict[str, Any]:
    accepted = [] if answer is None else [answer, *more]
    target = {"answer": answer, "accepted": accepted, "passages": list(passages)}
    return {"target": target, "input": "How long is it for the KT-310 in 2026?", "metadata": extra}


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("14 days", "14 days"),
        ("14 days", " 14 Days. "),
        ("14 days", "It is 14 days for the KT-310."),
        ("14 days", "In 2026 it is 14 days"),
        ("$1200", "$1,200.00"),
        ("$25", "25 dollars"),
        ("3 May 2025", "2025-05-03"),
        ("3 May 2025", "May 3rd, 2025"),
        ("25 percent", "25 percent"),
        ("Old Mill", "the Old Mill branch"),
    ],
)
def test_right_answers(gold: str, answer: str) -> None:
    found = score(case(gold), answer)
    assert found["score"] == 1 and found["abstention"] == 1


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "14",
        "15 days",
        "114 days",
        "14 or 15 days",
        "It is not 14 days.",
        "14 weeks",
        "unanswerable",
        "It was 30 days, now it is 14 days.",
        "word " * 30 + "14 days",
        '{"answer": null}',
    ],
)
def test_wrong_answers(answer: str) -> None:
    assert score(case("14 days"), answer)["score"] == 0


def test_accepted_forms_and_rivals() -> None:
    assert score(case("14 days", "14"), "14")["score"] == 1
    assert score(case("Harbour", rivals=["Old Mill"]), "Harbour")["score"] == 1
    assert score(case("Harbour", rivals=["Old Mill"]), "Harbour is ahead of Old Mill")["score"] == 0
    assert score(case("14 days"), "14 weeks")["f1"] == 0.5


def test_passages() -> None:
    gold = case("14 days", passages=("a", "b"))
    found = score(gold, json.dumps({"answer": "14 days", "passages": ["a", "c", "d"]}))
    assert found["score"] == 1 and found["recall_at_k"] == 0.5 and found["precision_at_k"] == 1 / 3
    assert "recall_at_k" not in score(gold, "14 days")
    fenced = "```json\n" + json.dumps({"answer": "14 days", "passages": ["b", "a"]}) + "\n```"
    assert score(gold, fenced)["recall_at_k"] == score(gold, fenced)["precision_at_k"] == 1
    assert score(gold, json.dumps(gold["target"]))["score"] == 1
    assert score(case(None), json.dumps({"answer": None, "passages": []})) == {
        "score": 1, "f1": 1, "abstention": 1, "recall_at_k": 1, "precision_at_k": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("unanswerable", True),
        ("Unanswerable: the page does not say.", True),
        ("The answer is not stated in the passages.", True),
        ("null", True),
        ("I don't know.", True),
        ("14 days", False),
        ("", False),
        (
            "None of the two is heavier, both weigh 900 grams, but the list price differs. It is not stated twice.",
            False,
        ),
        ("Customers have 14 days. The fee is not stated.", False),
    ],
)
def test_abstention(text: str, silent: bool) -> None:
    assert abstains(text) == silent
    assert score(case(None), text)["score"] == float(silent)


def test_words() -> None:
    assert words("The price: $1,250.50, on the 3rd of May 2025!") == ["price", "1250.5", "on", "2025-05-03"]
    assert words("25% of a 007 KT-310") == ["25", "%", "of", "7", "kt-310"]


@pytest.mark.parametrize(
    "answer", ["{", '{"answer": [1]}', '{"answer": {"a": 1}}', "[" * 5000, '{"answer":' * 3000, "\0"]
)
def test_garbage_scores_nothing(answer: str) -> None:
    assert score(case("14 days"), answer)["score"] == 0
