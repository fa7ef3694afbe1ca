"""Scores the state of a conversation: a JSON object of slots. Stand-alone: exports carry a copy of this file."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

_FENCE = re.compile(r"```[a-zA-Z0-9_]*\s*\n?(.*?)```", re.DOTALL)
_ZERO = {"score": 0.0, "f1": 0.0, "slot_accuracy": 0.0, "valid": 0.0}


def score(case: dict[str, Any], answer: str, folder: str = "") -> dict[str, float]:
    """1 where every slot has the gold's value (joint accuracy).

    A slot that is missing equals one that is null or empty; text is compared without case and outer space, numbers by
    value. A slot that the gold does not know is wrong, unless it is empty. `f1` counts slots with values,
    `slot_accuracy` the gold's slots that agree, `valid` says whether the answer holds a JSON object. The object may
    stand in a code fence, with words around, or below a key `state`.
    """
    try:
        found = parsed(str(answer))
    except (ValueError, RecursionError):
        found = None
    if found is None:
        return dict(_ZERO)
    gold = {str(k): _plain(v) for k, v in case["target"].items()}
    given = {str(k): _plain(v) for k, v in found.items()}
    values, said = {k: v for k, v in gold.items() if v is not None}, {k: v for k, v in given.items() if v is not None}
    hits = sum(said.get(k) == v for k, v in values.items())
    agree = sum(given.get(k) == v for k, v in gold.items())
    return {
        "score": float(values == said),
        "f1": 2 * hits / (len(values) + len(said)) if values or said else 1.0,
        "slot_accuracy": agree / len(gold) if gold else 1.0,
        "valid": 1.0,
    }


def parsed(answer: str) -> dict[str, Any] | None:
    """The first JSON object of an answer; None where there is none."""
    decoder = json.JSONDecoder()
    for text in [*_FENCE.findall(answer), answer]:
        at = text.find("{")
        for _ in range(20):
            if at < 0:
                break
            try:
                value, _ = decoder.raw_decode(text, at)
            except ValueError:
                at = text.find("{", at + 1)
                continue
            if not isinstance(value, dict):
                break
            inner = value.get("state", value.get("slots")) if len(value) == 1 else None
            return inner if isinstance(inner, dict) else value
    return None


def _plain(value: Any) -> Any:
    """A value as it is compared."""
    if value is None or value == "" or value == [] or value == {}:
        return None
    if isinstance(value, bool):
        return str(value).casefold()
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str):
        text = " ".join(unicodedata.normalize("NFC", value).casefold().split())
        number = text.replace(",", "")
        return float(number) if re.fullmatch(r"-?\d{1,15}(?:\.\d{1,9})?", number) else text or None
    return json.dumps(value, sort_keys=True)
