"""Scores intervals found in a series or a log: by overlap and kind, each once. Stand-alone for exports."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

_FENCE = re.compile(r"```[a-zA-Z0-9]*\s*\n?(.*?)```", re.DOTALL)
OVERLAP = 0.5  # of the union of two intervals, each widened by the tolerance
Interval = tuple[float, float, str]


def score(case: dict[str, Any], answer: str, folder: str = "") -> dict[str, float]:
    """1 where every anomaly is found, with its kind, and nothing else; else 0.

    Target and answer are JSON lists of objects with `start`, `end` and `kind`. Two intervals match where, each widened
    by `metadata.tolerance` seconds at both ends, they share at least half of their union. Each interval counts once:
    `precision`, `recall` and `f1` count events, never points, and no hit on one point makes a whole interval right.
    `f1_any` leaves the kind out. The list may stand in a code fence, or be the only list of an object.
    """
    nothing = {"score": 0.0, "precision": 0.0, "recall": 0.0, "f1": 0.0, "f1_any": 0.0}
    found = parsed(answer)
    if found is None:
        return nothing
    gold = parsed(json.dumps(case["target"])) or []
    tolerance = float(case.get("metadata", {}).get("tolerance", 0.0))
    hits = _hits(gold, found, tolerance, kinds=True)
    any_hits = _hits(gold, found, tolerance, kinds=False)
    precision = hits / len(found) if found else float(not gold)
    recall = hits / len(gold) if gold else float(not found)
    return {
        "score": float(hits == len(gold) == len(found)),
        "precision": precision,
        "recall": recall,
        "f1": _f1(hits, len(gold), len(found)),
        "f1_any": _f1(any_hits, len(gold), len(found)),
    }


def parsed(answer: str) -> list[Interval] | None:
    """The intervals of an answer in seconds since 1970; None where it holds no list of them."""
    fence = _FENCE.search(answer)
    try:
        value = json.loads(fence.group(1) if fence else answer)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        lists = [v for v in value.values() if isinstance(v, list)]
        value = lists[0] if len(lists) == 1 else None
    if not isinstance(value, list):
        return None
    found = []
    for item in value:
        if not isinstance(item, dict):
            return None
        start, end = seconds(item.get("start")), seconds(item.get("end", item.get("start")))
        if start is None or end is None or end < start:
            return None
        found.append((start, end, re.sub(r"[\s_-]+", "_", str(item.get("kind", "")).strip().casefold())))
    return found


def seconds(value: Any) -> float | None:
    """A timestamp in ISO 8601 as seconds; one without a zone is taken for UTC. None for anything else."""
    try:
        moment = datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def overlap(a: Interval, b: Interval, tolerance: float) -> float:
    """Length that two widened intervals share, over that of their union; 1 for the same moment without tolerance."""
    start, end = max(a[0], b[0]) - tolerance, min(a[1], b[1]) + tolerance
    union = max(a[1], b[1]) - min(a[0], b[0]) + 2 * tolerance
    if union <= 0:
        return 1.0
    return max(0.0, end - start) / union


def _hits(gold: list[Interval], found: list[Interval], tolerance: float, *, kinds: bool) -> int:
    """The most pairs that match, each interval used once (augmenting paths)."""
    fits = [
        [i for i, f in enumerate(found) if (not kinds or g[2] == f[2]) and overlap(g, f, tolerance) >= OVERLAP]
        for g in gold
    ]
    owner: dict[int, int] = {}

    def placed(g: int, tried: set[int]) -> bool:
        for f in fits[g]:
            if f not in tried:
                tried.add(f)
                if f not in owner or placed(owner[f], tried):
                    owner[f] = g
                    return True
        return False

    return sum(placed(g, set()) for g in range(len(gold)))


def _f1(hits: int, gold: int, found: int) -> float:
    return 2 * hits / (gold + found) if gold or found else 1.0
