"""The scorer of records: canonical leaves, lists in the best pairing, and nothing that any answer could break."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from synthgen.evals.draw import Draw
from synthgen.scoring.fields import _paired, score

GOLD = {
    "invoice_no": "INV-0000007",
    "issued_on": "2026-03-03",
    "amount": 1234.5,
    "paid": True,
    "note": None,
    "client": {"name": "Zoë  O'Hara"},
    "lines": [{"item": "Bolt", "count": 2}, {"item": "Nut", "count": 40}],
}


def scored(answer: Any, target: Any = GOLD, **metadata: Any) -> dict[str, float]:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return score({"target": target, "metadata": metadata}, text)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"amount": "1,234.50"},
        {"amount": 1234.50},
        {"issued_on": "2026-03-03T00:00:00Z"},
        {"invoice_no": " inv-0000007 "},
        {"paid": "true"},
        {"note": ""},
        {"client": {"name": "Zoe\u0308 O'Hara", "title": None}},
        {"lines": [{"item": "Nut", "count": "40"}, {"count": 2, "item": "bolt"}]},
        {"further": []},
    ],
)
def test_equal_records_score_one(change: dict[str, Any]) -> None:
    assert scored(GOLD | change) == {"score": 1.0, "f1": 1.0, "valid": 1.0}


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 1234.51},
        {"amount": "1.234,50"},
        {"amount": True},
        {"issued_on": "2026-03-30"},
        {"issued_on": "03/03/2026"},
        {"issued_on": "2026-03-03T10:00:00"},
        {"invoice_no": "INV-0000008"},
        {"invoice_no": None},
        {"note": "none"},
        {"further": 1},
        {"client": "Zoë O'Hara"},
        {"lines": [{"item": "Bolt", "count": 40}, {"item": "Nut", "count": 2}]},
        {"lines": [{"item": "Bolt", "count": 2}]},
        {"lines": [{"item": "Bolt", "count": 2}] * 2},
        {"lines": {"item": "Bolt", "count": 2}},
        {"paid": 1},
    ],
)
def test_one_wrong_leaf_is_wrong(change: dict[str, Any]) -> None:
    found = scored(GOLD | change)
    assert found["score"] == 0.0
    assert 0.5 < found["f1"] < 1.0


def test_f1_counts_leaves() -> None:
    assert scored({"a": 1, "b": 2, "c": 9}, {"a": 1, "b": 2, "d": 3})["f1"] == pytest.approx(2 / 3)
    assert scored({}, {"a": None}) == {"score": 1.0, "f1": 1.0, "valid": 1.0}
    assert scored({"a": 1}, {"a": None})["score"] == 0.0


def test_order_counts_where_metadata_says() -> None:
    gold, turned = {"jobs": [1, 2], "tags": ["a", "b"]}, {"jobs": [2, 1], "tags": ["b", "a"]}
    assert scored(turned, gold)["score"] == 1.0
    assert scored(turned, gold, ordered=True)["f1"] == 0.0
    assert scored(turned, gold, ordered=["jobs"])["f1"] == 0.5
    assert scored(gold, gold, ordered=True)["score"] == 1.0


def test_fences_and_prose() -> None:
    text = json.dumps(GOLD, indent=1)
    assert scored(f"```json\n{text}\n```")["score"] == 1.0
    assert scored(f"Here it is:\n```\n{text}```\nDone.")["score"] == 1.0
    assert scored(f"\n {text} \n")["score"] == 1.0
    assert scored("Here it is: " + text) == {"score": 0.0, "f1": 0.0, "valid": 0.0}


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "{",
        "null",
        "[]",
        "3",
        '"x"',
        "NaN",
        "{}",
        "[" * 100_000,
        "9" * 10_000,
        '{"amount": 1e999}',
        "```",
        '{"a":' * 900 + "1" + "}" * 900,
    ],
)
def test_garbage_scores_zero(answer: str) -> None:
    assert scored(answer)["score"] == 0.0


def test_pairing_is_the_best_of_all() -> None:
    draw = Draw(3, "pairs")
    for _ in range(200):
        rows, columns = draw.integer(1, 5), draw.integer(1, 5)
        worth = [[draw.below(6) for _ in range(columns)] for _ in range(rows)]
        wide = worth if rows <= columns else [list(c) for c in zip(*worth, strict=True)]
        best = max(
            sum(wide[r][c] for r, c in enumerate(p)) for p in itertools.permutations(range(len(wide[0])), len(wide))
        )
        assert _paired(worth) == best
