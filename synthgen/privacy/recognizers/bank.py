"""Bank accounts: IBANs (also those invalid by design, to be accounted for), bank codes, US account numbers."""

from __future__ import annotations

import re

from stdnum import bic, iban

from synthgen.privacy.checksums import formed
from synthgen.privacy.patterns import LIKELY, STRONG, PatternRecognizer
from synthgen.privacy.recognizers import words
from synthgen.privacy.reserved import explain

_CODES = """
AD AE AL AT AZ BA BE BG BH BI BR BY CH CR CY CZ DE DJ DK DO EE EG ES FI FK FO FR GB GE GI GL GR GT HN HR HU IE IL IQ
IS IT JO KW KZ LB LC LI LT LU LV LY MC MD ME MK MN MR MT MU NI NL NO OM PK PL PS PT QA RO RS RU SA SC SD SE SI SK SM
SO ST SV TL TN TR UA VA VG XK YE DZ AO BJ BF CM CV CF TD KM CG CI GA GN GW IR MG ML MA MZ NE SN TG
"""
_NO_IBAN = "US CA AU NZ JP CN IN KR SG HK TW TH MY ID PH ZA NG KE MX AR CL CO PE VN"
_COUNTRIES = frozenset(_CODES.split())
_BIC_COUNTRIES = _COUNTRIES | frozenset(_NO_IBAN.split())


def iban_score(text: str) -> float:
    """1 for a checksum that holds; less for a form that is invalid by design."""
    compact = re.sub(r"[ -]", "", text).upper()
    if not 15 <= len(compact) <= 34:
        return 0.0
    if iban.is_valid(compact, check_country=False):  # checksum and the country's structure
        return STRONG if compact[:2] in _COUNTRIES else LIKELY
    if re.fullmatch(r"[0-9a-f]+", text):  # one hash in 97 adds up, and names a country by chance
        return 0.0
    if _mod97(compact) and compact[:2] in _COUNTRIES and _lettered(compact, 6):  # words add up to 1 by chance too
        return LIKELY
    known = compact[:2] in _COUNTRIES or compact[:1] in "XQAZ"
    return LIKELY if known and explain(compact, "IBAN_CODE") is not None and _lettered(compact) else 0.0


def _mod97(compact: str) -> bool:
    digits = "".join(str(int(c, 36)) for c in compact[4:] + compact[:4])
    return int(digits) % 97 == 1


def _lettered(compact: str, least: int = 8) -> bool:
    """An invalid form is told from a product code, or from words, by its digits: an account has many."""
    return sum(c.isdigit() for c in compact[4:]) >= least


def _ibans(run: str) -> list[tuple[int, int]]:
    """The longest prefix of whole groups that is an IBAN: text may follow it."""
    ends = sorted({m.end() for m in re.finditer(r"[A-Za-z0-9]+", run)}, reverse=True)
    for end in ends:
        if iban_score(run[:end]) > 0:
            return [(0, end)]
    return []


IBAN = PatternRecognizer(
    entity="IBAN_CODE",
    expression=r"(?<![\w])(?:[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]){11,48}|[a-z]{2}\d\d(?:[ -]?[a-z0-9]){11,48})(?!\w)",
    strong_prefilter=r"\b(?:[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]){11}|[a-z]{2}\d\d(?:[ -]?[a-z0-9]){11})",
    validate=iban_score,
    context=words.IBAN,
    spans=_ibans,
)

_BIC = r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?"


def _bic(text: str) -> float:
    """A code of ISO 9362 whose fifth and sixth letters are a country's."""
    return LIKELY if bic.is_valid(text) and text[4:6] in _BIC_COUNTRIES else 0.0


BIC = PatternRecognizer(
    entity="BIC",
    expression=rf"[A-Z]{{2}}\d\d(?: ?[A-Z0-9]){{11,30}}[ ,;/|]{{1,3}}(?:BIC:? ?)?(?P<value>{_BIC})(?!\w)",
    strong_prefilter=r"\b[A-Z]{2}\d\d[A-Z0-9 ]{11,45}[ ,;/|][^\n]*\b[A-Z]{6}[A-Z0-9]{2}",
    validate=_bic,
    context=words.BIC,
    weak=rf"(?<!\w){_BIC}(?!\w)",
    weak_prefilter=rf"\b{_BIC}\b",
)

US_BANK = PatternRecognizer(
    entity="US_BANK_NUMBER",
    expression=None,
    strong_prefilter=None,
    validate=formed,
    context=words.BANK,
    weak=r"(?<![\w.-])\d{8,17}(?![\w-]|\.\d)",
    weak_prefilter=r"\b\d{8,17}\b",
)


def _aba(text: str) -> float:
    """Weights 3 7 1 over nine digits; the first two are a Federal Reserve district's (ABA policy)."""
    d = [int(c) for c in text if c.isdigit()]
    district = d[0] * 10 + d[1]
    known = district <= 12 or 21 <= district <= 32 or 61 <= district <= 72 or district == 80
    total = sum(a * b for a, b in zip(d, (3, 7, 1, 3, 7, 1, 3, 7, 1), strict=True))
    return STRONG if known and any(d) and total % 10 == 0 else 0.0


ABA = PatternRecognizer(
    entity="ABA_ROUTING_NUMBER",
    expression=r"(?<![\w-])\d{4}-\d{4}-\d(?![\w-])",
    strong_prefilter=r"\b\d{4}-\d{4}-\d\b",
    validate=_aba,
    context=("aba", "routing", "routing number", "aba routing", "aba number", "rtn", "bankleitzahl", "transit number"),
    weak=r"(?<![\w-])\d{9}(?![\w-])",
    weak_prefilter=r"\b\d{9}\b",
)
