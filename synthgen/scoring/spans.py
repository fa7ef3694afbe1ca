"""Scores the places of personal data in a text. Stand-alone: exports carry a copy of this file beside their cases."""

from __future__ import annotations

import json
import re
from typing import Any

_FENCE = re.compile(r"```[a-zA-Z0-9]*\s*\n?(.*?)```", re.DOTALL)
Place = tuple[int, int, str]


def score(case: dict[str, Any], answer: str, folder: str = "") -> dict[str, float]:
    """1 where exactly the gold's spans are named, else 0; `f1` over exact spans; `f1_relaxed` where an overlap counts.

    `case["target"]` and the answer are JSON lists of `{"entity", "start", "end"}` in characters of `case["input"]`, end
    exclusive. An item of an answer may give `text` instead: the next place where it stands is meant; with both, the
    place nearest to `start`. An object with the list under `spans` or `entities` is taken too. `leak_rate` is the share
    of the gold's characters that no span of the answer covers, whatever entity it names. An answer that cannot be read
    names no span, and scores 0 even where the gold has none.
    """
    text, gold = str(case.get("input", "")), {_place(s) for s in case["target"]}
    try:
        found = _read(answer, text)
    except (ValueError, TypeError, RecursionError):
        return {"score": 0.0, "f1": 0.0, "f1_relaxed": 0.0, "leak_rate": float(bool(gold))}
    return {
        "score": float(found == gold),
        "f1": _f1(len(gold & found), len(gold), len(found)),
        "f1_relaxed": _f1(_overlaps(gold, found), len(gold), len(found)),
        "leak_rate": _leak(gold, found),
    }


def _place(span: dict[str, Any]) -> Place:
    return int(span["start"]), int(span["end"]), _entity(span["entity"])


def _entity(name: Any) -> str:
    return re.sub(r"[\s-]+", "_", str(name).strip()).upper()


def _read(answer: str, text: str) -> set[Place]:
    """The spans of an answer; raises ValueError or TypeError for what is none."""
    fence = _FENCE.search(answer)
    given = json.loads(fence.group(1) if fence else answer)
    if isinstance(given, dict):
        given = given.get("spans", given.get("entities"))
    if not isinstance(given, list):
        raise ValueError("no list")
    found: set[Place] = set()
    after: dict[tuple[str, str], int] = {}
    for item in given:
        if not isinstance(item, dict) or not {"entity"} <= set(item):
            raise ValueError("no span")
        entity, start, end = _entity(item["entity"]), item.get("start"), item.get("end")
        whole = isinstance(start, int) and isinstance(end, int) and not isinstance(start, bool)
        words = item.get("text")
        if isinstance(words, str) and words and not (whole and text[max(0, start or 0) : end] == words):
            place = _nearest(text, words, start) if whole else text.find(words, after.get((entity, words), 0))
            start, end = (place, place + len(words)) if place >= 0 else (-1, -1)
            after[entity, words] = end
        elif not whole:
            raise ValueError("no place")
        found.add((int(start or 0), int(end or 0), entity))
    return found


def _nearest(text: str, words: str, start: Any) -> int:
    places = [m.start() for m in re.finditer(re.escape(words), text)]
    return min(places, key=lambda p: abs(p - int(start)), default=-1)


def _f1(hits: int, gold: int, found: int) -> float:
    return 2 * hits / (gold + found) if gold or found else 1.0


def _overlaps(gold: set[Place], found: set[Place]) -> int:
    """Pairs of spans of one entity that overlap, each used once, in reading order."""
    left, hits = sorted(found), 0
    for start, end, entity in sorted(gold):
        match = next((f for f in left if f[2] == entity and f[0] < end and start < f[1]), None)
        if match is not None:
            left.remove(match)
            hits += 1
    return hits


def _leak(gold: set[Place], found: set[Place]) -> float:
    """Share of the gold's characters outside all spans of an answer."""
    wanted = {i for start, end, _ in gold for i in range(start, end)}
    bare = {i for i in wanted if not any(start <= i < end for start, end, _ in found)}
    return len(bare) / len(wanted) if wanted else 0.0
