"""Payment cards: 12 to 19 digits with a Luhn check digit and a first digit that a card scheme uses."""

from __future__ import annotations

import re

from stdnum import luhn

from synthgen.privacy.patterns import LIKELY, STRONG, PatternRecognizer
from synthgen.privacy.recognizers import words

_SCHEMES = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12})"  # Mastercard
    r"|3[47]\d{13}|3(?:0[0-59]|6\d|[89]\d)\d{11,16}"  # American Express; Diners Club
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12,15}"  # Discover
    r"|(?:35\d\d|3088|3096|3112|3158|3337)\d{12,15}|(?:2131|1800)\d{11}"  # JCB
    r"|(?:62|81)\d{14,17}"  # UnionPay
    r"|(?:50|5[6-9]|6[0-9])\d{10,17}"  # Maestro, RuPay, Elo, Troy
    r"|220[0-4]\d{12,15}|1(?:[0-9]\d{13})|9999\d{8,15}"  # Mir; UATP; country 999
)


_RARE = r"1\d{14}|(?:2131|1800)\d{11}|\d{12}"
"""Bare digits that are a card's (UATP, old JCB, the shortest Maestro) far less often than another number."""


def _article(digits: str) -> bool:
    """Whether digits carry the check digit of an article number: UPC-A, EAN-13, GTIN-14 (GS1)."""
    total = sum(int(c) * (1 if i % 2 == 0 else 3) for i, c in enumerate(reversed(digits)))
    return 12 <= len(digits) <= 14 and total % 10 == 0


def _is_card(digits: str) -> bool:
    if not 12 <= len(digits) <= 19 or not _SCHEMES.fullmatch(digits):
        return False
    return len(set(digits)) > 1 and luhn.is_valid(digits)


def told_score(text: str) -> float:
    """The score where a word says card: 1 for a Luhn-valid number of a scheme in card length."""
    digits = re.sub(r"[ -]", "", text)
    if not _is_card(digits):
        return 0.0
    return LIKELY if len(digits) == 12 or digits.startswith("1") else STRONG


def card_score(text: str) -> float:
    """The score without context: a bare article number is no card."""
    return 0.0 if text.isdigit() and _article(text) else told_score(text)


def _windows(run: str) -> list[tuple[int, int]]:
    """Runs of whole groups in `4111 1111 1111 1111 12` that have a card's length, longest first, none overlapping.

    A card is written in five groups of four digits or more, the last one of less, or in single digits or pairs with
    nothing before or after them. Other rows of numbers are lists.
    """
    groups = [m.span() for m in re.finditer(r"\d+", run)]
    digits = re.sub(r"[ -]", "", run)
    before = [0]
    for start, end in groups:
        before.append(before[-1] + end - start)
    if all(end - start <= 2 for start, end in groups):
        return [(groups[0][0], groups[-1][1])] if _is_card(digits) else []
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(groups):
        for last in range(min(len(groups), first + 5), first, -1):
            if any(end - start < 4 for start, end in groups[first : last - 1]):
                continue
            if _is_card(digits[before[first] : before[last]]):
                found.append((groups[first][0], groups[last - 1][1]))
                first = last - 1
                break
        first += 1
    return found


CARD = PatternRecognizer(
    entity="CREDIT_CARD",
    expression=rf"(?<![\w.])(?!(?:{_RARE})(?!\w))\d(?:[ -]?\d){{11,40}}(?!\w|\.\d)",
    strong_prefilter=r"\b\d(?:[ -]?\d){11}",
    validate=card_score,
    context=words.CARD,
    weak=r"(?<![\w.-])\d{12,15}(?![\w-]|\.\d)",
    weak_prefilter=r"\b\d{12,15}\b",
    spans=_windows,
    validate_weak=told_score,
)
