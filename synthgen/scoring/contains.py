"""Scores an answer that must give one value. Stand-alone: exports carry a copy of this file beside their cases."""

from __future__ import annotations

import re
import unicodedata
from typing import Any


def score(case: dict[str, Any], answer: str, folder: str = "") -> dict[str, float]:
    """1 where the value stands in the answer and no decoy does; `exact` is 1 where the answer is nothing but the value.

    `case["target"]` is the value; `case["metadata"]["decoys"]` are values of the same kind that belong to something
    else. Case, spacing, quotes and a final stop do not matter. The value must stand alone: `1234` is not in `12345`.
    """
    text, value = _plain(str(answer)), _plain(str(case["target"]))
    decoys = [_plain(str(d)) for d in case.get("metadata", {}).get("decoys", [])]
    found = _stands(value, text) and not any(_stands(d, text) for d in decoys if d != value)
    return {"score": float(found), "exact": float(text == value)}


def _stands(value: str, text: str) -> bool:
    return bool(value) and re.search(rf"(?<![\w-]){re.escape(value)}(?![\w-])", text) is not None


def _plain(text: str) -> str:
    words = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return re.sub(r"^[\s\"'`*(\[{]+|[\s\"'`*)\]}.!]+$", "", words)
