"""Scores a value read off or worked out: a number within a tolerance, or a short text. Stand-alone, for exports."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

TOLERANCE = 1e-6
_MINUS, _GAPS, _QUOTES = "\u2212", ",'\u202f\u00a0 ", "\"'`*\u201c\u201d\u2018\u2019"
_NUMBER = re.compile(
    rf"(?<![\w.,])(?<!\w-)[-+{_MINUS}]?(?:\d{{1,3}}(?:[{_GAPS}]\d{{3}})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d{{1,3}})?(?!\w*\d|-\d)"
)
_FENCE = re.compile(r"```\w*[ \t]*\n?(.*?)```", re.DOTALL)
_LEAD = re.compile(r"(?i)^.*\b(?:final answer|answer|result)\b\s*(?:is|:|=)\s*", re.DOTALL)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def score(case: dict[str, Any], answer: str, folder: str = "") -> dict[str, float]:
    """1 for the right value, else 0.

    A number counts within `metadata.tolerance` (absolute; without one, a relative 1e-6), with separators of thousands,
    a currency, a unit or a percent sign, and inside a sentence if no other number stands in it. A text is compared
    without case, quotes, spacing and a final stop; a date also in words; `metadata.accepted` are further right texts.
    What follows "Answer:" is the answer; a code fence is unwrapped.
    """
    target, metadata = case.get("target"), case.get("metadata", {})
    text = str(answer)[:10_000]
    fenced = _FENCE.search(text)
    text = (fenced.group(1) if fenced else text).strip()
    text = _LEAD.sub("", text) or text
    if isinstance(target, bool) or target is None:
        return {"score": 0.0}
    if isinstance(target, int | float):
        return {"score": float(_near(float(target), text, metadata.get("tolerance")))}
    accepted = {_plain(str(t)) for t in (target, *metadata.get("accepted", ()))}
    return {"score": float(_plain(text) in accepted or _same_day(str(target), text))}


def number(text: str) -> float | None:
    """The one number of a text; None where there is none, or several different ones."""
    found = set()
    for match in _NUMBER.finditer(text.replace("**", "").replace("$", " ").replace("€", " ").replace("£", " ")):
        found.add(float(re.sub(f"[{_GAPS}]", "", match.group()).replace(_MINUS, "-")))
    return found.pop() if len(found) == 1 else None


def _near(target: float, text: str, tolerance: float | None) -> bool:
    given = number(text)
    if given is None or given in (float("inf"), float("-inf")):
        return False
    return abs(given - target) <= (TOLERANCE * max(1.0, abs(target)) if tolerance is None else float(tolerance))


def _plain(text: str) -> str:
    bare = re.sub(rf"^[\s{_QUOTES}(\[]+|[\s{_QUOTES})\].!]+$", "", text)
    return re.sub(r"\s+", " ", bare).casefold()


def _same_day(target: str, text: str) -> bool:
    day = _day(target)
    return day is not None and day == _day(_plain(text))


def _day(text: str) -> date | None:
    """A date in ISO form, or with the month in words."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[t ]00:00(?::00)?)?", text)
    parts = match.groups() if match else None
    if parts is None:
        words = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]{3,9})\.?,? (\d{4})", text)
        other = re.fullmatch(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", text)
        day, month, year = words.groups() if words else (other.group(2, 1, 3) if other else ("", "", ""))
        if month[:3] not in _MONTHS:
            return None
        parts = (year, str(_MONTHS.index(month[:3]) + 1), day)
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
