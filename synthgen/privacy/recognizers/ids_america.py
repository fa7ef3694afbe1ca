"""Identity numbers of the Americas."""

from __future__ import annotations

import re

from synthgen.privacy.checksums import by_chance, checked
from synthgen.privacy.patterns import LIKELY, STRONG, PatternRecognizer
from synthgen.privacy.recognizers.words import HEALTH, ID_CARD, TAX, words

_ITIN_GROUPS = r"(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])"


def _ssn(text: str) -> float:
    """Any number in the form but an ITIN; mixed separators and one digit repeated are not a number."""
    digits = re.sub(r"\D", "", text)
    if len(set(re.sub(r"\d", "", text))) > 1 or len(set(digits)) == 1:
        return 0.0
    if digits.startswith("9") and re.fullmatch(_ITIN_GROUPS, digits[3:5]) and not digits.startswith("98765432"):
        return 0.0
    return LIKELY


SSN = PatternRecognizer(
    entity="US_SSN",
    expression=r"(?<!\w)(?<!Suite )(?<!Apt )(?<!Apt\. )(?<!Unit )(?<!Box )\d{3}[- .]\d\d[- .]\d{4}(?!\w)",
    strong_prefilter=r"\b\d{3}[- .]\d\d[- .]\d{4}\b",
    validate=_ssn,
    context=words(
        "ssn, ssns, ss number, social security, social security number, seguridad social, segurança social, "
        "sicurezza sociale, sécurité sociale américaine, amerikanische sozialversicherungsnummer"
    ),
    weak=r"(?<![\w-])(?:\d{9}|\d{5}-\d{4}|\d{3}-\d{6})(?![\w-])",
    weak_prefilter=r"\b(?:\d{9}|\d{5}-\d{4}|\d{3}-\d{6})\b",
)

ITIN = PatternRecognizer(
    entity="US_ITIN",
    expression=rf"(?<!\w)9\d\d[- ]?{_ITIN_GROUPS}[- ]\d{{4}}(?!\w|-\d)|(?<!\w)9\d\d[- ]{_ITIN_GROUPS}\d{{4}}(?!\w|-\d)",
    strong_prefilter=r"\b9\d\d[- ]?\d\d[- ]?\d{4}\b",
    validate=lambda text: 0.0 if text.replace("-", "").startswith("98765432") else LIKELY,
    context=(*TAX, "itin", "individual taxpayer", "taxpayer"),
    weak=rf"(?<![\w-])9\d\d{_ITIN_GROUPS}\d{{4}}(?![\w-])",
    weak_prefilter=r"\b9\d{8}\b",
)

CA_SIN = PatternRecognizer(
    entity="CA_SIN",
    expression=r"(?<![\w-])(?<!\d )[1-79]\d\d([- ])\d{3}\1\d{3}(?![\w]|[- ]\d)",
    strong_prefilter=r"\b[1-79]\d\d[- ]\d{3}[- ]\d{3}\b",
    validate=by_chance("ca.sin"),
    validate_weak=checked("ca.sin"),
    context=words("sin, sin number, nas, social insurance, social insurance number, assurance sociale"),
    weak=r"(?<![\w-])[1-79]\d{8}(?![\w-])",
    weak_prefilter=r"\b[1-79]\d{8}\b",
)

BR_CPF = PatternRecognizer(
    entity="BR_CPF",
    expression=r"(?<![\w.])\d{3}\.\d{3}\.\d{3}-\d\d(?![\w-])",
    strong_prefilter=r"\d{3}\.\d{3}\.\d{3}-\d\d",
    validate=checked("br.cpf"),
    context=words("cpf, cadastro de pessoas físicas"),
    weak=r"(?<![\w-])\d{11}(?![\w-])",
    weak_prefilter=r"\b\d{11}\b",
)

MX_CURP = PatternRecognizer(
    entity="MX_CURP",
    expression=r"(?<!\w)[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d(?!\w)",
    strong_prefilter=r"\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d\b",
    validate=checked("mx.curp"),
    context=(*ID_CARD, "curp"),
)

CL_RUT = PatternRecognizer(
    entity="CL_RUT",
    expression=r"(?<![\w.])\d{1,2}\.\d{3}\.\d{3}-[\dKk](?!\w)",
    strong_prefilter=r"\d{1,2}\.\d{3}\.\d{3}-[\dKk]",
    validate=checked("cl.rut"),
    context=(*TAX, "rut", "run"),
    weak=r"(?<![\w-])\d{7,8}-?[\dKk](?![\w-])",
    weak_prefilter=r"\b\d{7,8}-?[\dKk]\b",
)

_LETTER = "[AC-HJKMNP-RT-Yac-hjkmnp-rt-y]"
_EITHER = "[AC-HJKMNP-RT-Yac-hjkmnp-rt-y0-9]"
_MBI = (
    rf"[1-9]{_LETTER}{_EITHER}\d-?{_LETTER}{_EITHER}\d-?{_LETTER}{_LETTER}\d\d"
)  # fmt: skip

US_MBI = PatternRecognizer(
    entity="US_MBI",
    expression=rf"(?<![\w-]){_MBI}(?![\w-])",
    strong_prefilter=rf"\b{_MBI}\b",
    validate=lambda text: LIKELY if text.count("-") in (0, 2) else 0.0,
    context=(*HEALTH, "medicare", "mbi", "beneficiary", "medicaid"),
)


def _dea(text: str) -> float:
    """First, third and fifth digit plus twice the others end in the seventh (DEA, 21 CFR 1301)."""
    d = [int(c) for c in text[-7:]]
    return STRONG if (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 == d[6] else 0.0


MEDICAL_LICENSE = PatternRecognizer(
    entity="MEDICAL_LICENSE",
    expression=None,
    strong_prefilter=None,
    validate=_dea,
    context=words("dea, dea number, medical license, medical licence, certificate, certificate number, prescriber"),
    weak=r"(?<![\w-])[A-HJ-MPR-UXa-hj-mpr-ux][A-Za-z9]\d{7}(?![\w-])",
    weak_prefilter=r"\b[A-HJ-MPR-UXa-hj-mpr-ux][A-Za-z9]\d{7}\b",
)
