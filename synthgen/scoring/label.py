"""Scores one label out of a closed set. Stand-alone: exports carry a copy of this file beside their cases."""

from __future__ import annotations

import re
from typing import Any


def score(case: dict[str, Any], answer: str, folder: str = "") -> dict[str, float]:
    """1 for the label itself, in any case and with or without quotes, brackets and a final stop; else 0.

    A case whose ambiguity is labelled names further labels that count in `metadata.accepted`. A multi-label target is a
    list: the answer is a JSON list or labels with commas between, and `f1` is reported beside the exact match.
    """
    target = case["target"]
    if isinstance(target, list):
        return _many({_plain(t) for t in target}, {_plain(a) for a in re.split(r"[,;\n\[\]]", answer)} - {""})
    accepted = {_plain(target), *(_plain(a) for a in case.get("metadata", {}).get("accepted", []))}
    return {"score": float(_plain(answer) in accepted)}


def _many(gold: set[str], found: set[str]) -> dict[str, float]:
    hits = len(gold & found)
    f1 = 2 * hits / (len(gold) + len(found)) if gold or found else 1.0
    return {"score": float(gold == found), "f1": f1}


def _plain(text: str) -> str:
    bare = re.sub(r"^[\s\"'`*(\[{]+|[\s\"'`*)\]}.!]+$", "", str(text)).casefold()
    return re.sub(r"[\s_-]+", "_", bare)
