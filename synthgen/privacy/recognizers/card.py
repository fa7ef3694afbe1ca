"""Payment cards: 12 to 19 digits with a Luhn check digit and a first digit that a card scheme uses."""

from __future__ import annotations

import re

from stdnum import ean, luhn

from synthgen.privacy.patterns import LIKELY, STRONG, PatternRecognizer

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


_RARE = r"1\d{14}|(?:2131|1800)\d{11}"
"""Fifteen bare digits that are a card's (UATP, old JCB) far less often than another number."""


def card_score(text: str) -> float:
    """1 for a Luhn-valid number of a scheme in card length; a bare EAN-13 (article number) is no card."""
    digits = re.sub(r"[ -]", "", text)
    if not 12 <= len(digits) <= 19 or not _SCHEMES.fullmatch(digits) or not luhn.is_valid(digits):
        return 0.0
    if len(set(digits)) == 1 or (text == digits and len(digits) == 13 and ean.is_valid(digits)):
        return 0.0
    return LIKELY if len(digits) == 12 or digits.startswith("1") else STRONG


def _windows(run: str) -> list[tuple[int, int]]:
    """Runs of whole groups in `4111 1111 1111 1111 12` that have a card's length, longest first, none overlapping."""
    groups = [m.span() for m in re.finditer(r"\d+", run)]
    found: list[tuple[int, int]] = []
    for i in range(len(groups)):
        for j in range(len(groups), i, -1):
            start, end = groups[i][0], groups[j - 1][1]
            if any(start < e and s < end for s, e in found):
                continue
            if card_score(run[start:end]) > 0:
                found.append((start, end))
                break
    return found


CARD = PatternRecognizer(
    entity="CREDIT_CARD",
    expression=rf"(?<![\w.])(?!(?:{_RARE})(?!\w))\d(?:[ -]?\d){{11,40}}(?!\w|\.\d)",
    strong_prefilter=r"\b\d(?:[ -]?\d){11}",
    validate=card_score,
    context=("card", "credit card", "cc", "pan", "visa", "mastercard", "amex", "debit card", "card number", "ccnum"),
    weak=rf"(?<!\w)(?:{_RARE})(?!\w)",
    weak_prefilter=rf"\b(?:{_RARE})\b",
    spans=_windows,
)
