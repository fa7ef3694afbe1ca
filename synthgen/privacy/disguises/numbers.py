"""Numbers and words that are torn apart: spaced out characters, and separators that nobody writes in such a number."""

from __future__ import annotations

import re

from synthgen.privacy.disguises.base import Disguise
from synthgen.privacy.recognizers.card import card_score

_APART = re.compile(r"(?<![0-9A-Za-z])(?:[0-9][ ._/-]){8,}[0-9](?![0-9A-Za-z])")
_LETTERS = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Za-z@.+_-] ){8,}[0-9A-Za-z](?![0-9A-Za-z])")
_SEP = r"(?: ?[_/|\\~\u00b7\u2022] ?| [.-] )"
_SSN = re.compile(rf"(?<![\w/.-])\d{{3}}({_SEP})\d{{2}}\1\d{{4}}(?![\w/-]|\.\d)")
_EVEN = re.compile(rf"(?<![\w/.-])\d{{3,6}}({_SEP})\d{{3,6}}(?:\1\d{{3,6}}){{1,4}}(?![\w/-]|\.\d)")
_ANY = r"(?: ?[_/|\\~\u00b7\u2022.-] ?| {1,3})"
_CARD = re.compile(
    rf"(?<![\w/.-])\d{{4}}{_ANY}(?:\d{{4}}{_ANY}\d{{4}}{_ANY}\d{{4}}|\d{{6}}{_ANY}\d{{4,5}})(?![\w/-]|\.\d)"
)


def together(text: str) -> str:
    """Runs of nine single digits and more, joined.

    >>> together("SSN 5 3 6 2 2 8 1 4 5.")
    'SSN 536228145.'
    """
    return _APART.sub(lambda m: re.sub(r"\D", "", m.group()), text)


def spelled(text: str) -> str:
    """Runs of single letters, digits and signs with a space between, joined.

    >>> spelled("m a r a @ m a i l . t e s t")
    'mara@mail.test'
    """
    return _LETTERS.sub(lambda m: m.group().replace(" ", ""), text)


def _plain(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match.group())
    return digits if len(digits) <= 19 else match.group()


def regrouped(text: str) -> str:
    """Groups of digits between unusual separators: a card number as bare digits, an SSN's groups with hyphens.

    Other groups become bare digits, which count where a word nearby says what they are.

    >>> regrouped("536_22_8145, pin 046/454/286")
    '536-22-8145, pin 046454286'
    """
    made = _SSN.sub(lambda m: m.group().replace(m.group(1), "-"), text)
    made = _CARD.sub(lambda m: _plain(m) if card_score(re.sub(r"\D", "", m.group())) else m.group(), made)
    return _EVEN.sub(_plain, made)


_BETWEEN = r"[^0-9A-Za-z]{1,3}"
_UNUSUAL = r"(?:[^0-9A-Za-z -]|[^0-9A-Za-z]{2,3})"
_GROUPS = "|".join(
    f"[0-9]{{4}}{first}[0-9]{{{size}}}{second}[0-9]{{4}}"
    for size in (4, 6)
    for first, second in ((_UNUSUAL, _BETWEEN), (_BETWEEN, _UNUSUAL))
)
"""Three groups of a card number, of which two have something else between them than one space or hyphen."""

NUMBERS = (
    Disguise("spaced", r"(?:[0-9][ ._/-]){8}[0-9]", together),
    Disguise("spelled", r"(?:[0-9A-Za-z@.+_-] ){8}", spelled),
    Disguise(
        "separators",
        rf"[0-9]{{3}}{_SEP}(?:[0-9]{{2}}{_SEP}[0-9]{{4}}|[0-9]{{3,6}}{_SEP}[0-9]{{3,6}})"
        rf"|{_GROUPS}",
        regrouped,
    ),
)
