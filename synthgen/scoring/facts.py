"""Scores a summary by the facts that it must and must not hold. Stand-alone: exports carry a copy of this file."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_DATES = (
    (re.compile(rf"\b{_DAY}(?: of)? {_MONTH},? (\d{{4}})\b"), (0, 1, 2)),
    (re.compile(rf"\b{_MONTH} {_DAY},? (\d{{4}})\b"), (1, 0, 2)),
    (re.compile(rf"\b{_DAY}(?: of)? {_MONTH}(?!\w)"), (0, 1, None)),
    (re.compile(rf"\b{_MONTH} {_DAY}\b"), (1, 0, None)),
)
_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "min": "minutes", "mins": "minutes", "minute": "minutes",
    "hour": "hours", "hrs": "hours", "hr": "hours", "day": "days", "week": "weeks", "month": "months", "percent": "%",
}  # fmt: skip
_TOKEN = re.compile(r"\d{4}-\d\d-\d\d|--\d\d-\d\d|\d+(?:\.\d+)?|[^\W\d_]+(?:'[^\W\d_]+)?|%")


def score(case: dict[str, Any], answer: str, folder: str = "") -> dict[str, float]:
    """1 where the answer holds every required fact and no forbidden one, within `max_words`; else 0.

    `case["metadata"]` has `required` and `forbidden`: lists of `{"id", "any"}` with the wordings that state each fact.
    A wording stands in the answer if its words do, in a row; case, accents, punctuation, currency signs, thousands
    separators and the spelling of dates and small numbers do not matter. `recall` is the share of required facts,
    `contradiction` is 1 where a forbidden one is stated, `within` is 1 where the length is kept.
    """
    known = case.get("metadata", {})
    text = normal(str(answer))
    required = [any(stands(w, text) for w in fact["any"]) for fact in known.get("required", [])]
    wrong = any(stands(w, text) for fact in known.get("forbidden", []) for w in fact["any"])
    within = len(str(answer).split()) <= int(known.get("max_words", 10**9))
    recall = sum(required) / len(required) if required else 0.0
    good = bool(required) and all(required) and not wrong and within
    return {"score": float(good), "recall": recall, "contradiction": float(wrong), "within": float(within)}


def stands(wording: str, text: str) -> bool:
    """Whether a wording stands in a text that `normal` made."""
    words = normal(wording)
    return len(words) > 2 and words in text


def normal(text: str) -> str:
    """A text as words with one space around each: dates in ISO form (`--03-31` without a year), numbers plain.

    >>> normal("On 31st of March 2026, $1,200.00 (ten percent)!")
    ' on 2026-03-31 1200 10 % '
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("\u2019", "'")
    for pattern, order in _DATES:
        plain = pattern.sub(lambda m, order=order: _date(m, order), plain)  # type: ignore[misc]  # order is bound now
    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", plain)
    tokens = [_plain(t.removesuffix("'s")) for t in _TOKEN.findall(plain)]
    return f" {' '.join(tokens)} "


def _date(match: re.Match[str], order: tuple[int, int, int | None]) -> str:
    day, month = int(match.group(order[0] + 1)), MONTHS.index(match.group(order[1] + 1)[:3]) + 1
    year = match.group(order[2] + 1) if order[2] is not None else "-"
    return f" {year}-{month:02d}-{day:02d} " if day <= 31 else match.group()


def _plain(token: str) -> str:
    if re.fullmatch(r"\d+(\.\d+)?", token):
        whole, _, part = token.partition(".")
        part = part.rstrip("0")
        return (whole.lstrip("0") or "0") + (f".{part}" if part else "")
    return _WORDS.get(token, token)
