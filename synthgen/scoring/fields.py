"""Scores a record given as JSON, leaf by leaf. Stand-alone: exports carry a copy of this file beside their cases."""

from __future__ import annotations

import json
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

_FENCE = re.compile(r"```[a-zA-Z0-9]*\s*\n?(.*?)```", re.DOTALL)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?)?")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")
ANYHOW = "*"


def score(case: dict[str, Any], answer: str, folder: str = "") -> dict[str, float]:
    """1 where every leaf of the answer equals the gold's; `f1` over leaves; `valid` where the answer is JSON.

    `case["target"]` is a JSON object or list of any depth. Numbers are compared by value (`12`, `12.0`, `"12.00"`),
    dates in ISO form with or without a midnight, text without regard to case, spacing and Unicode composition. A key
    that is missing equals one that is null, an empty text, list or object. Items of a list are paired off so that most
    leaves agree; where `case["metadata"]["ordered"]` is true, or names the list's key, they are compared in order. The
    answer may stand in a code fence. Any other answer scores 0.
    """
    try:
        return _scored(case, answer)
    except RecursionError:
        return {"score": 0.0, "f1": 0.0, "valid": 0.0}


def _scored(case: dict[str, Any], answer: str) -> dict[str, float]:
    target, ordered = case["target"], _ordered(case.get("metadata", {}).get("ordered", ()))
    try:
        found = parsed(answer)
    except ValueError:
        return {"score": 0.0, "f1": 0.0, "valid": 0.0}
    if type(found) is not type(target):
        return {"score": 0.0, "f1": 0.0, "valid": 1.0}
    hits, gold, given = agreement(target, found, ordered), leaves(target), leaves(found)
    f1 = 2 * hits / (gold + given) if gold or given else 1.0
    return {"score": float(hits == gold == given), "f1": f1, "valid": 1.0}


def parsed(answer: str) -> Any:
    """The JSON of an answer: the whole text, or its first code fence. Raises ValueError where there is none."""
    fence = _FENCE.search(answer)
    return json.loads(fence.group(1) if fence else answer)


def _ordered(value: Any) -> frozenset[str]:
    """Keys of the lists whose order counts; `*` where all of them do."""
    if isinstance(value, bool):
        return frozenset({ANYHOW} if value else ())
    return frozenset(str(v) for v in value)


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def leaves(value: Any) -> int:
    """How many values that are not empty a JSON tree holds."""
    if _empty(value):
        return 0
    if isinstance(value, dict):
        return sum(leaves(v) for v in value.values())
    if isinstance(value, list):
        return sum(leaves(v) for v in value)
    return 1


def agreement(gold: Any, given: Any, ordered: frozenset[str] = frozenset(), key: str = "") -> int:
    """How many leaves of two trees agree, with list items paired off in the best way."""
    if _empty(gold) or _empty(given):
        return 0
    if isinstance(gold, dict):
        if not isinstance(given, dict):
            return 0
        return sum(agreement(v, given.get(k), ordered, k) for k, v in gold.items())
    if isinstance(gold, list):
        if not isinstance(given, list):
            return 0
        if ordered & {ANYHOW, key}:
            return sum(agreement(a, b, ordered, key) for a, b in zip(gold, given, strict=False))
        return _paired([[agreement(a, b, ordered, key) for b in given] for a in gold])
    return int(same(gold, given))


def same(gold: Any, given: Any) -> bool:
    """Whether two leaves are the same value."""
    if isinstance(given, dict | list):
        return False
    if isinstance(gold, bool) or isinstance(given, bool):
        return str(gold).casefold() == str(given).casefold()
    if isinstance(gold, int | float):
        wanted, number = _number(gold), _number(given)
        return wanted is not None and wanted == number
    text = _plain(gold)
    if _DATE.fullmatch(text):
        midnight = _MIDNIGHT.fullmatch(str(given).strip())
        return midnight is not None and midnight.group(1) == text
    if isinstance(given, int | float):
        return _NUMBER.fullmatch(text) is not None and _number(text) == _number(given)
    return text == _plain(given)


def _number(value: Any) -> Decimal | None:
    text = str(value).strip()
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


def _plain(value: Any) -> str:
    return " ".join(unicodedata.normalize("NFC", str(value)).casefold().split())


def _paired(worth: list[list[int]]) -> int:
    """The most that pairs of rows and columns, each used once, are worth (Hungarian method, O(rows^2 columns))."""
    if not worth or not worth[0]:
        return 0
    if len(worth) > len(worth[0]):
        worth = [list(column) for column in zip(*worth, strict=True)]
    rows, columns = len(worth), len(worth[0])
    by_row, by_column = [0] * (rows + 1), [0] * (columns + 1)
    taken = [0] * (columns + 1)  # the row, from 1, that has each column, from 1
    for row in range(1, rows + 1):
        taken[0], column = row, 0
        least, seen, before = [1 << 60] * (columns + 1), [False] * (columns + 1), [0] * (columns + 1)
        while taken[column]:
            seen[column] = True
            here, delta, then = taken[column], 1 << 60, 0
            for c in range(1, columns + 1):
                if seen[c]:
                    continue
                cost = -worth[here - 1][c - 1] - by_row[here] - by_column[c]
                if cost < least[c]:
                    least[c], before[c] = cost, column
                if least[c] < delta:
                    delta, then = least[c], c
            for c in range(columns + 1):
                if seen[c]:
                    by_row[taken[c]] += delta
                    by_column[c] -= delta
                else:
                    least[c] -= delta
            column = then
        while column:
            taken[column], column = taken[before[column]], before[column]
    return sum(worth[taken[c] - 1][c - 1] for c in range(1, columns + 1) if taken[c])
