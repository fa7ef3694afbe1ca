"""Scores entity resolution: one decision on two records, or the groups of several. Stand-alone for exports."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import Any

_FENCE = re.compile(r"```[a-zA-Z0-9]*\s*\n?(.*?)```", re.DOTALL)


def score(case: dict[str, Any], answer: str, folder: str = "") -> dict[str, float]:
    """1 for the right decision, or for exactly the right groups; else 0.

    A target that is text (`same`, `different`) is compared without regard to case, quotes and a final stop. A target
    that is a list of lists of ids is compared as a partition: `precision`, `recall` and `f1` count pairs of ids that
    stand together; ids in no group stand alone. An answer that names an id twice, or an id that is not in the case's
    `metadata.ids`, is not exact. The answer may be an object with one list in it, and may stand in a code fence.
    """
    target = case["target"]
    if isinstance(target, str):
        return {"score": float(_plain(answer) == _plain(target))}
    nothing = {"score": 0.0, "precision": 0.0, "recall": 0.0, "f1": 0.0}
    groups = parsed(answer)
    if groups is None:
        return nothing
    gold, found = together(target), together(groups)
    hits = len(gold & found)
    precision = hits / len(found) if found else float(not gold)
    recall = hits / len(gold) if gold else 1.0
    f1 = 2 * hits / (len(gold) + len(found)) if gold or found else 1.0
    named = [i for group in groups for i in group]
    ids = {_id(i) for i in case.get("metadata", {}).get("ids", named)}
    clean = len(named) == len(set(named)) and set(named) <= ids
    return {"score": float(gold == found and clean), "precision": precision, "recall": recall, "f1": f1}


def parsed(answer: str) -> list[list[str]] | None:
    """The groups of an answer, ids in plain spelling; None where it holds none."""
    fence = _FENCE.search(answer)
    try:
        value = json.loads(fence.group(1) if fence else answer)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        lists = [v for v in value.values() if isinstance(v, list)]
        value = lists[0] if len(lists) == 1 else None
    if not isinstance(value, list) or not all(isinstance(g, list) for g in value):
        return None
    if not all(isinstance(i, str | int) for g in value for i in g):
        return None
    return [[_id(i) for i in group] for group in value]


def together(groups: list[list[Any]]) -> set[frozenset[str]]:
    """All pairs of ids that stand in one group."""
    return {frozenset(p) for g in groups for p in combinations(sorted({_id(i) for i in g}), 2)}


def _id(value: Any) -> str:
    return str(value).strip().casefold()


def _plain(text: str) -> str:
    return re.sub(r"^[\s\"'`*(\[{]+|[\s\"'`*)\]}.!]+$", "", str(text)).casefold()
