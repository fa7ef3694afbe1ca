"""Identity numbers of Asia, Africa and Oceania."""

from __future__ import annotations

import re

from stdnum import luhn, verhoeff

from synthgen.privacy.checksums import by_chance, checked
from synthgen.privacy.patterns import LIKELY, STRONG, PatternRecognizer
from synthgen.privacy.recognizers.words import words


def _aadhaar(text: str) -> float:
    """Verhoeff's check digit holds; a first digit of 0 or 1 is never issued, and accounted for as reserved."""
    digits = re.sub(r"\D", "", text)
    return STRONG if verhoeff.is_valid(digits) and digits != digits[::-1] else 0.0


AADHAAR = PatternRecognizer(
    entity="IN_AADHAAR",
    expression=r"(?<![\w-])(?<!\d )\d{4}([- :])\d{4}\1\d{4}(?![\w]|[- :]\d)",
    strong_prefilter=r"\b\d{4}[- :]\d{4}[- :]\d{4}\b",
    validate=_aadhaar,
    context=("aadhaar", "aadhar", "uidai"),
    weak=r"(?<![\w-])\d{12}(?![\w-])",
    weak_prefilter=r"\b\d{12}\b",
)

IN_PAN = PatternRecognizer(
    entity="IN_PAN",
    expression=r"(?<!\w)(?:[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]|[a-z]{3}[abcfghjlpt][a-z]\d{4}[a-z])(?!\w)",
    strong_prefilter=r"\b(?:[A-Z]{5}\d{4}[A-Z]|[a-z]{5}\d{4}[a-z])\b",
    validate=lambda _: LIKELY,
    context=("pan", "pan number", "permanent account number", "income tax"),
    weak=r"(?<!\w)[A-Za-z]{5}\d{4}[A-Za-z](?!\w)",
    weak_prefilter=r"\b[A-Za-z]{5}\d{4}[A-Za-z]\b",
)

AU_TFN = PatternRecognizer(
    entity="AU_TFN",
    expression=r"(?<![\w-])(?<!\d )\d{3} \d{3} \d{2,3}(?![\w]| \d)",
    strong_prefilter=r"\b\d{3} \d{3} \d{2,3}\b",
    validate=by_chance("au.tfn"),
    validate_weak=checked("au.tfn"),
    context=("tfn", "tax file number"),
    weak=r"(?<![\w-])\d{8,9}(?![\w-])",
    weak_prefilter=r"\b\d{8,9}\b",
)


def _medicare(text: str) -> float:
    """Check digit of the first eight digits, weights 1 3 7 9 1 3 7 9 (Services Australia)."""
    d = [int(c) for c in re.sub(r"\D", "", text)]
    total = sum(a * b for a, b in zip(d[:8], (1, 3, 7, 9, 1, 3, 7, 9), strict=True))
    return STRONG if 2 <= d[0] <= 6 and total % 10 == d[8] else 0.0


AU_MEDICARE = PatternRecognizer(
    entity="AU_MEDICARE",
    expression=r"(?<![\w-])[2-6]\d{3} \d{5} \d(?![\w]| \d)",
    strong_prefilter=r"\b[2-6]\d{3} \d{5} \d\b",
    validate=_medicare,
    context=("medicare", "medicare number", "medicare card"),
    weak=r"(?<![\w-])[2-6]\d{9}(?![\w-])",
    weak_prefilter=r"\b[2-6]\d{9}\b",
)

SG_NRIC = PatternRecognizer(
    entity="SG_NRIC_FIN",
    expression=None,
    strong_prefilter=None,
    validate=lambda _: LIKELY,
    context=("nric", "fin", "nric fin"),
    weak=r"(?<!\w)[STFGM]\d{7}[A-Z](?!\w)",
    weak_prefilter=r"\b[STFGM]\d{7}[A-Z]\b",
)


def _rrn(text: str) -> float:
    """A date and a sex digit, 1 to 4 for citizens; since October 2020 there is no check digit."""
    digits = text.replace("-", "")
    dated = 1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:6]) <= 31 and digits[6] in "1234"
    return (STRONG if checked("kr.rrn")(digits) else LIKELY) if dated else 0.0


def _frn(text: str) -> float:
    """A date and a sex digit, 5 to 8 for foreigners."""
    digits = text.replace("-", "")
    return LIKELY if 1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:6]) <= 31 else 0.0


KR_RRN = PatternRecognizer(
    entity="KR_RRN",
    expression=r"(?<![\w-])\d\d[01]\d[0-3]\d-[0-9]\d{6}(?![\w-])",
    strong_prefilter=r"\b\d{6}-\d{7}\b",
    validate=_rrn,
    context=("rrn", "resident registration"),
    weak=r"(?<![\w-])\d{13}(?![\w-])",
    weak_prefilter=r"\b\d{13}\b",
)

CN_RIC = PatternRecognizer(
    entity="CN_RIC",
    expression=r"(?<![\w-])[1-9]\d{5}(?:18|19|20)\d\d[01]\d[0-3]\d{4}[\dXx](?![\w-])",
    strong_prefilter=r"\b[1-9]\d{16}[\dXx]\b",
    validate=checked("cn.ric"),
    context=("id card", "resident identity", "身份证"),
)


def _za_id(text: str) -> float:
    """A date, then Luhn's check digit; the digit for citizen, resident or refugee is 0, 1 or 2."""
    digits = text.replace(" ", "")
    dated = 1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:6]) <= 31 and digits[10] in "012"
    return STRONG if dated and luhn.is_valid(digits) else 0.0


ZA_ID = PatternRecognizer(
    entity="ZA_ID_NUMBER",
    expression=None,
    strong_prefilter=None,
    validate=_za_id,
    context=words("id number, identity number, rsa id, sa id, south african id, resident number, refugee id"),
    weak=r"(?<![\w-])\d{6} ?\d{4} ?\d{3}(?![\w-])",
    weak_prefilter=r"\b\d{6} ?\d{4} ?\d{3}\b",
)

TR_ID = PatternRecognizer(
    entity="TR_NATIONAL_ID",
    expression=None,
    strong_prefilter=None,
    validate=checked("tr.tckimlik"),
    context=words("tckn, tc kimlik, kimlik, tr national id, turkish national id, turkish id, kimlik numaras\u0131"),
    weak=r"(?<![\w-])[1-9]\d{10}(?![\w-])",
    weak_prefilter=r"\b[1-9]\d{10}\b",
)

TH_ID = PatternRecognizer(
    entity="TH_TNIN",
    expression=r"(?<![\w-])[1-8]-\d{4}-\d{5}-\d\d-\d(?![\w-])",
    strong_prefilter=r"\b[1-8]-\d{4}-\d{5}-\d\d-\d\b",
    validate=checked("th.pin"),
    context=("thai id", "tnin", "เลขประจำตัวประชาชน", "เลขบัตรประชาชน", "thai national id"),
    weak=r"(?<![\w-])[1-8]\d{12}(?![\w-])",
    weak_prefilter=r"\b[1-8]\d{12}\b",
)

KR_FRN = PatternRecognizer(
    entity="KR_FRN",
    expression=r"(?<![\w-])\d\d[01]\d[0-3]\d-[5-8]\d{6}(?![\w-])",
    strong_prefilter=r"\b\d{6}-[5-8]\d{6}\b",
    validate=_frn,
    context=("frn", "korean frn", "foreigner registration", "foreigner registration number", "외국인등록번호"),
    weak=r"(?<![\w-])\d{6}[5-8]\d{6}(?![\w-])",
    weak_prefilter=r"\b\d{6}[5-8]\d{6}\b",
)

NG_NIN = PatternRecognizer(
    entity="NG_NIN",
    expression=None,
    strong_prefilter=None,
    validate=lambda text: STRONG if verhoeff.is_valid(text) else 0.0,
    context=("nin", "nimc", "national identification number", "nigeria id", "nigerian id"),
    weak=r"(?<![\w-])\d{11}(?![\w-])",
    weak_prefilter=r"\b\d{11}\b",
)


def _ph_tin(text: str) -> float:
    """Ninth digit: weights 9 to 2 over the first eight, modulo 11 (Bureau of Internal Revenue)."""
    d = [int(c) for c in re.sub(r"\D", "", text)]
    return STRONG if sum(a * w for a, w in zip(d[:8], range(9, 1, -1), strict=True)) % 11 == d[8] else 0.0


PH_TIN = PatternRecognizer(
    entity="PH_TIN",
    expression=None,
    strong_prefilter=None,
    validate=_ph_tin,
    context=("tin", "bir", "bir tin", "taxpayer identification number", "taxpayer id", "tax id", "rdo"),
    weak=r"(?<![\w-])(?:\d{3}-\d{3}-\d{3}(?:-\d{3})?|\d{9}|\d{12})(?![\w-])",
    weak_prefilter=r"\b(?:\d{3}-\d{3}-\d{3}(?:-\d{3})?|\d{9}|\d{12})\b",
)

VOTER = PatternRecognizer(
    entity="IN_VOTER",
    expression=None,
    strong_prefilter=None,
    validate=lambda _: LIKELY,
    context=("voter", "voter id", "epic", "electoral", "vote", "elector photo identity card"),
    weak=r"(?<![\w-])[A-Za-z]{3}\d{7}(?![\w-])",
    weak_prefilter=r"\b[A-Za-z]{3}\d{7}\b",
)
