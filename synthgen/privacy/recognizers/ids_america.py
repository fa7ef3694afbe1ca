"""Identity numbers of the Americas."""

from __future__ import annotations

import re

from synthgen.privacy.checksums import checked, formed
from synthgen.privacy.patterns import LIKELY, PatternRecognizer

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
    expression=r"(?<!\w)\d{3}[- .]\d\d[- .]\d{4}(?!\w)",
    strong_prefilter=r"\b\d{3}[- .]\d\d[- .]\d{4}\b",
    validate=_ssn,
    context=("ssn", "ssns", "social security", "ss number"),
    weak=r"(?<![\w-])(?:\d{9}|\d{5}-\d{4}|\d{3}-\d{6})(?![\w-])",
    weak_prefilter=r"\b(?:\d{9}|\d{5}-\d{4}|\d{3}-\d{6})\b",
)

ITIN = PatternRecognizer(
    entity="US_ITIN",
    expression=rf"(?<!\w)9\d\d[- ]?{_ITIN_GROUPS}[- ]\d{{4}}(?!\w)|(?<!\w)9\d\d[- ]{_ITIN_GROUPS}\d{{4}}(?!\w)",
    strong_prefilter=r"\b9\d\d[- ]?\d\d[- ]?\d{4}\b",
    validate=lambda text: 0.0 if text.replace("-", "").startswith("98765432") else LIKELY,
    context=("itin", "individual taxpayer", "taxpayer", "tax id", "tin"),
    weak=rf"(?<![\w-])9\d\d{_ITIN_GROUPS}\d{{4}}(?![\w-])",
    weak_prefilter=r"\b9\d{8}\b",
)

EIN = PatternRecognizer(
    entity="US_EIN",
    expression=None,
    strong_prefilter=None,
    validate=formed,
    context=("ein", "fein", "employer identification", "employer id", "federal tax id", "tax id"),
    weak=r"(?<![\w-])\d\d-?\d{7}(?![\w-])",
    weak_prefilter=r"\b\d\d-?\d{7}\b",
)

CA_SIN = PatternRecognizer(
    entity="CA_SIN",
    expression=r"(?<![\w-])[1-79]\d\d([- ])\d{3}\1\d{3}(?![\w]|[- ]\d)",
    strong_prefilter=r"\b[1-79]\d\d[- ]\d{3}[- ]\d{3}\b",
    validate=checked("ca.sin"),
    context=("sin", "social insurance", "sin number", "nas"),
    weak=r"(?<![\w-])[1-79]\d{8}(?![\w-])",
    weak_prefilter=r"\b[1-79]\d{8}\b",
)

BR_CPF = PatternRecognizer(
    entity="BR_CPF",
    expression=r"(?<![\w.])\d{3}\.\d{3}\.\d{3}-\d\d(?![\w-])",
    strong_prefilter=r"\d{3}\.\d{3}\.\d{3}-\d\d",
    validate=checked("br.cpf"),
    context=("cpf",),
    weak=r"(?<![\w-])\d{11}(?![\w-])",
    weak_prefilter=r"\b\d{11}\b",
)

BR_CNPJ = PatternRecognizer(
    entity="BR_CNPJ",
    expression=r"(?<![\w.])\d\d\.\d{3}\.\d{3}/\d{4}-\d\d(?![\w-])",
    strong_prefilter=r"\d\d\.\d{3}\.\d{3}/\d{4}-\d\d",
    validate=checked("br.cnpj"),
    context=("cnpj",),
    weak=r"(?<![\w-])\d{14}(?![\w-])",
    weak_prefilter=r"\b\d{14}\b",
)

MX_CURP = PatternRecognizer(
    entity="MX_CURP",
    expression=r"(?<!\w)[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d(?!\w)",
    strong_prefilter=r"\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d\b",
    validate=checked("mx.curp"),
    context=("curp",),
)

CL_RUT = PatternRecognizer(
    entity="CL_RUT",
    expression=r"(?<![\w.])\d{1,2}\.\d{3}\.\d{3}-[\dKk](?!\w)",
    strong_prefilter=r"\d{1,2}\.\d{3}\.\d{3}-[\dKk]",
    validate=checked("cl.rut"),
    context=("rut",),
    weak=r"(?<![\w-])\d{7,8}-[\dKk](?![\w-])",
    weak_prefilter=r"\b\d{7,8}-[\dKk]\b",
)
