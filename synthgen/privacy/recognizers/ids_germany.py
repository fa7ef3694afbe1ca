"""Numbers of German authorities and insurers: those with a public check digit are proven by it, others need context."""

from __future__ import annotations

import re

from stdnum.iso7064 import mod_11_10

from synthgen.privacy.checksums import formed
from synthgen.privacy.patterns import LIKELY, STRONG, WEAK, PatternRecognizer
from synthgen.privacy.recognizers.documents import ICAO, icao
from synthgen.privacy.recognizers.words import COMPANY, HEALTH, ID_CARD, LICENCE, SOCIAL, TAX, words


def _tax_id(text: str) -> float:
    """ISO 7064 Mod 11,10 over eleven digits, the first of which is not 0 (section 139b AO)."""
    digits = re.sub(r"\D", "", text)
    if len(digits) != 11 or digits[0] == "0" or len(set(digits[:10])) < 5:
        return 0.0
    return STRONG if mod_11_10.is_valid(digits) else 0.0


DE_TAX_ID = PatternRecognizer(
    entity="DE_TAX_ID",
    expression=r"(?<![\w.])[1-9]\d[ /]\d{3}[ /]\d{3}[ /]\d{3}(?![\w]|[ /]\d)",
    strong_prefilter=r"\b[1-9]\d[ /]\d{3}[ /]\d{3}[ /]\d{3}\b",
    validate=_tax_id,
    context=(
        *TAX, *words("idnr, steueridentifikationsnummer, steuer identifikationsnummer, tax, national id")
    ),
    weak=r"(?<![\w-])[1-9]\d{10}(?![\w-])",
    weak_prefilter=r"\b[1-9]\d{10}\b",
)  # fmt: skip


def _tax_number(text: str) -> float:
    """A number of one of the sixteen federal states: 13 digits begin with the state's, 01 to 16 or its tax office's."""
    digits = re.sub(r"\D", "", text)
    if len(digits) == 13:
        return LIKELY if 1 <= int(digits[:2]) <= 16 else 0.0
    return LIKELY if 9 <= len(digits) <= 11 else 0.0


DE_TAX_NUMBER = PatternRecognizer(
    entity="DE_TAX_NUMBER",
    expression=None,
    strong_prefilter=None,
    validate=_tax_number,
    context=(*TAX, *words("st nr, steuer nr, finanzamt, steuerbescheid, tax number, umsatzsteuer, einkommensteuer")),
    weak=r"(?<![\w/-])(?:\d{13}|\d{2,3}/\d{3,4}/\d{4,5})(?![\w/-])",
    weak_prefilter=r"\b\d{13}\b|\d{2,3}/\d{3,4}/\d{4,5}",
)

DE_ID_CARD = PatternRecognizer(
    entity="DE_ID_CARD",
    expression=None,
    strong_prefilter=None,
    validate=lambda text: WEAK if re.fullmatch(r"(?i)T\d{8}", text) else icao(text),
    context=(*ID_CARD, *words("ausweis nr, dokumentennummer, bundespersonalausweis, npa")),
    weak=rf"(?<![\w-])(?i:T\d{{8}}|{ICAO})(?![\w-])",
    weak_prefilter=rf"\b(?i:T\d{{8}}|{ICAO})\b",
)

DE_FUEHRERSCHEIN = PatternRecognizer(
    entity="DE_FUEHRERSCHEIN",
    expression=None,
    strong_prefilter=None,
    validate=formed,
    context=LICENCE,
    weak=r"(?<![\w-])(?i:[A-Z]{2}\d{8}[A-Z0-9]|[A-Z]\d{2}[A-Z0-9]{6}\d[A-Z0-9])(?![\w-])",
    weak_prefilter=r"\b(?i:[A-Z]{2}\d{8}[A-Z0-9]|[A-Z]\d{2}[A-Z0-9]{6}\d[A-Z0-9])\b",
)


def _weighted(text: str, weights: tuple[int, ...]) -> int:
    """Sum of the digits of the products."""
    products = (int(c) * w for c, w in zip(text, weights, strict=True))
    return sum(p // 10 + p % 10 for p in products)


def _pension(text: str) -> float:
    """Check digit of section 4 VKVV; a day (plus 50 for a second person) and a month in between."""
    upper = text.replace(" ", "").upper()
    day, month = int(upper[2:4]), int(upper[4:6])
    if not (1 <= day <= 31 or 51 <= day <= 81) or not 1 <= month <= 12:
        return 0.0
    spelled = f"{upper[:8]}{ord(upper[8]) - 64:02d}{upper[9:11]}"
    return STRONG if _weighted(spelled, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)) % 10 == int(upper[11]) else 0.0


DE_SOCIAL_SECURITY = PatternRecognizer(
    entity="DE_SOCIAL_SECURITY",
    expression=r"(?<![\w-])\d{2} \d{6} [A-Z] \d{3}(?![\w-])",
    strong_prefilter=r"\b\d{2} \d{6} [A-Z] \d{3}\b",
    validate=_pension,
    context=(*SOCIAL, *words("rvnr, svnr, sv nummer, sv nr, versicherungsnummer, rentenversicherung, rente")),
    weak=r"(?<![\w-])\d{8}[A-Za-z]\d{3}(?![\w-])",
    weak_prefilter=r"\b\d{8}[A-Za-z]\d{3}\b",
)


def _insured(text: str) -> float:
    """Check digit of section 290 SGB V: Luhn-like with the letter as two digits."""
    spelled = f"{ord(text[0].upper()) - 64:02d}{text[1:9]}"
    return STRONG if _weighted(spelled, (1, 2) * 5) % 10 == int(text[9]) else 0.0


DE_HEALTH_INSURANCE = PatternRecognizer(
    entity="DE_HEALTH_INSURANCE",
    expression=None,
    strong_prefilter=None,
    validate=_insured,
    context=(*HEALTH, *words("kvnr, egk, egk nummer, krankenversichertennummer, gesundheitskarte, versichertenkarte")),
    weak=r"(?<![\w-])[A-Za-z]\d{9}(?![\w-])",
    weak_prefilter=r"\b[A-Za-z]\d{9}\b",
)


def _physician(text: str) -> float:
    """Seventh digit: weights 4 9 over the first six (Arztnummern-Richtlinie, section 75 SGB V)."""
    total = sum(int(c) * w for c, w in zip(text[:6], (4, 9) * 3, strict=True))
    return STRONG if (10 - total % 10) % 10 == int(text[6]) else 0.0


DE_LANR = PatternRecognizer(
    entity="DE_LANR",
    expression=None,
    strong_prefilter=None,
    validate=_physician,
    context=words("lanr, arztnummer, lebenslange arztnummer, arzt nr, arzt nummer, physician number, vertragsarzt"),
    weak=r"(?<![\w-])\d{9}(?![\w-])",
    weak_prefilter=r"\b\d{9}\b",
)

DE_BSNR = PatternRecognizer(
    entity="DE_BSNR",
    expression=None,
    strong_prefilter=None,
    validate=lambda text: LIKELY if text.strip("0") else 0.0,
    context=words("bsnr, betriebsstättennummer, betriebsstätte, praxisnummer, practice number"),
    weak=r"(?<![\w-])\d{9}(?![\w-])",
    weak_prefilter=r"\b\d{9}\b",
)


def _vat(text: str) -> float:
    """ISO 7064 Mod 11,10 over nine digits: section 27a UStG."""
    digits = re.sub(r"\D", "", text)
    return STRONG if digits[0] != "0" and mod_11_10.is_valid(digits) else 0.0


DE_VAT_ID = PatternRecognizer(
    entity="DE_VAT_ID",
    expression=r"(?<![\w-])(?:DE|de)[ .-]?\d{3}[ .-]?\d{3}[ .-]?\d{3}(?!\w|[ .-]\d)",
    strong_prefilter=r"\b(?:DE|de)[ .-]?\d{3}[ .-]?\d{3}[ .-]?\d{3}\b",
    validate=_vat,
    context=(*COMPANY, *words("ust idnr, umsatzsteuer identifikationsnummer")),
)

DE_HANDELSREGISTER = PatternRecognizer(
    entity="DE_HANDELSREGISTER",
    expression=r"(?<![\w-])(?:HR[AB]|hr[ab]) ?\d{1,6}(?!\w)",
    strong_prefilter=r"\b(?:HR[AB]|hr[ab]) ?\d{1,6}\b",
    validate=formed,
    context=(*COMPANY, *words("handelsregisternummer, amtsgericht, registergericht")),
)
