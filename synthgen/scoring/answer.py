"""Scores short answers from passages, and whether a question without an answer is left alone. Stand-alone."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from typing import Any

ABSTAIN = (
    "unanswerable", "not answerable", "cannot be answered", "can not be answered", "not stated", "not in passages",
    "no answer", "none", "null", "unknown", "not enough information", "insufficient information", "i do not know",
    "i don't know",
)  # fmt: skip
"""Answers, after normalisation, that say that there is none. A longer answer abstains if it begins with one of the
first four, or is one sentence of up to 25 words that holds one of the first six."""
MOST_WORDS = 25  # an answer with more words must equal an accepted one
_FENCE = re.compile(r"```[a-zA-Z0-9_]*\s*\n?(.*?)```", re.DOTALL)
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:[.\-/:][^\W_]+)*|%")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_CURRENCY = {"dollars", "dollar", "usd", "euros", "euro", "eur"}


def score(case: dict[str, Any], answer: str, folder: str = "") -> dict[str, float]:
    """1 for an accepted answer, or for no answer where there is none.

    `case["target"]` is `{"answer", "accepted", "passages"}`; a null answer means that the question has none. An answer
    is plain text or JSON `{"answer", "passages"}`. It is right if it equals an accepted one without articles, case,
    currency and punctuation, with numbers and dates in one form. A sentence of up to 25 words is right if it holds an
    accepted one, no negation, no number that stands neither in that nor in the question, and nothing of
    `metadata.rivals` (wrong choices). `f1` compares words with the best accepted answer, `abstention` says whether the
    decision to answer or not is right, `recall_at_k` and `precision_at_k` compare the passages, if any are given, k
    being their number.
    """
    target, meta = case["target"], case.get("metadata", {})
    text, passages = parsed(str(answer))
    silent = abstains(text)
    found: dict[str, float] = {}
    if target["answer"] is None:
        found = {"score": float(silent), "f1": float(silent), "abstention": float(silent)}
    else:
        accepted = [words(a) for a in dict.fromkeys([target["answer"], *target.get("accepted", [])])]
        given = [] if silent else words(text)
        asked = set(words(str(case.get("input", ""))))
        right = any(a == given or _held(a, given, asked, meta.get("rivals", [])) for a in accepted if a)
        found = {
            "score": float(right),
            "f1": max((_f1(a, given) for a in accepted), default=0.0),
            "abstention": float(not silent and bool(given)),
        }
    gold = set(target.get("passages", []))
    if passages is not None:
        hits = len(gold & set(passages))
        found["recall_at_k"] = hits / len(gold) if gold else 1.0
        found["precision_at_k"] = hits / len(set(passages)) if passages else float(not gold)
    return found


def parsed(answer: str) -> tuple[str, list[str] | None]:
    """The answer as text (null is `unanswerable`) and the passages that it names, if it names some."""
    for text in [*_FENCE.findall(answer), answer]:
        at = text.find("{")
        if at < 0:
            continue
        try:
            value, _ = json.JSONDecoder().raw_decode(text, at)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and "answer" in value:
            said, named = value["answer"], value.get("passages")
            passages = [str(p) for p in named] if isinstance(named, list) else None
            return ("unanswerable" if said is None else said if isinstance(said, str) else json.dumps(said)), passages
    return answer.strip(), None


def abstains(text: str) -> bool:
    """Whether an answer says that there is none."""
    plain = " ".join(words(text))
    phrases = [" ".join(words(a)) for a in ABSTAIN]
    if plain in phrases:
        return True
    if any(plain.startswith(p) for p in phrases[:4]):
        return True
    one = len(re.findall(r"[.!?](?:\s|$)", text.strip())) <= 1 and len(plain.split()) <= MOST_WORDS
    return one and any(f" {p} " in f" {plain} " for p in phrases[:6])


def words(text: str) -> list[str]:
    """The words of a text as they are compared."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'").replace("$", " ").replace("'", "")
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = re.sub(r"(?<=\d)(?=%)", " ", text)
    found = [_number(w) for w in _WORD.findall(_dated(text))]
    return [w for w in found if w not in {"a", "an", "the"} | _CURRENCY]


def _dated(text: str) -> str:
    """Days with the month in letters as YYYY-MM-DD."""
    month = "(" + "|".join(f"{m[:3]}(?:{m[3:]})?" if len(m) > 3 else m for m in _MONTHS) + r")\.?"

    def iso(year: str, name: str, day: str) -> str:
        number = next(i for i, m in enumerate(_MONTHS, 1) if m.startswith(name[:3]))
        return f"{int(year):04d}-{number:02d}-{int(day):02d}"

    ordinal = r"(\d{1,2})(?:st|nd|rd|th)?"
    text = re.sub(rf"\b{ordinal} (?:of )?{month},? (\d{{4}})\b", lambda m: iso(m[3], m[2], m[1]), text)
    return re.sub(rf"\b{month} {ordinal},? (\d{{4}})\b", lambda m: iso(m[3], m[1], m[2]), text)


def _number(word: str) -> str:
    """A number without leading and trailing zeros; other words as they are."""
    if not re.fullmatch(r"\d+(?:\.\d+)?", word):
        return word
    whole, _, rest = word.partition(".")
    rest = rest.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{rest}" if rest else "")


def _held(accepted: list[str], given: list[str], asked: set[str], rivals: list[str]) -> bool:
    """Whether a short sentence holds an accepted answer and nothing that speaks against it."""
    if len(given) > MOST_WORDS:
        return False
    at = [i for i in range(len(given) - len(accepted) + 1) if given[i : i + len(accepted)] == accepted]
    if not at:
        return False
    rest = given[: at[0]] + given[at[0] + len(accepted) :]
    text = f" {' '.join(given)} "
    if any(f" {' '.join(words(r))} " in text for r in rivals):
        return False
    if {"not", "no", "never", "isnt", "nor"} & set(rest):
        return False
    return all(w in asked or w in accepted for w in rest if re.match(r"\d", w) and not _ISO.fullmatch(w))


def _f1(gold: list[str], given: list[str]) -> float:
    hits = sum((Counter(gold) & Counter(given)).values())
    return 2 * hits / (len(gold) + len(given)) if hits else 0.0
