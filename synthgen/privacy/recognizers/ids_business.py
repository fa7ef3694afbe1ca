"""Numbers of firms. A sole trader's number is a person's too, so some are indirect identifiers, the others quasi."""

from __future__ import annotations

import re

from stdnum import luhn
from stdnum.sg import uen

from synthgen.privacy.checksums import checked, formed
from synthgen.privacy.patterns import LIKELY, STRONG, PatternRecognizer
from synthgen.privacy.recognizers.words import COMPANY, TAX, words


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


AU_ABN = PatternRecognizer(
    entity="AU_ABN",
    expression=r"(?<![\w-])\d{2} \d{3} \d{3} \d{3}(?!\w| \d)",
    strong_prefilter=r"\b\d{2} \d{3} \d{3} \d{3}\b",
    validate=checked("au.abn"),
    context=(*COMPANY, "abn", "australian business number"),
    weak=r"(?<![\w-])\d{11}(?![\w-])",
    weak_prefilter=r"\b\d{11}\b",
)

AU_ACN = PatternRecognizer(
    entity="AU_ACN",
    expression=r"(?<![\w-])(?<!\d )\d{3} \d{3} \d{3}(?!\w| \d)",
    strong_prefilter=r"\b\d{3} \d{3} \d{3}\b",
    validate=lambda text: checked("au.acn")(text) if _digits(text).strip("0") else 0.0,
    context=(*COMPANY, "acn", "australian company number"),
    weak=r"(?<![\w-])\d{9}(?![\w-])",
    weak_prefilter=r"\b\d{9}\b",
)

SG_UEN = PatternRecognizer(
    entity="SG_UEN",
    expression=r"(?<![\w-])[TSR]\d{2}[A-Z]{2}\d{4}[A-Z](?![\w-])",
    strong_prefilter=r"\b[TSR]\d{2}[A-Z]{2}\d{4}[A-Z]\b",
    validate=lambda text: STRONG if uen.is_valid(text) else 0.0,
    context=(*COMPANY, "uen", "unique entity number", "acra"),
    weak=r"(?<![\w-])\d{8,9}[A-Z](?![\w-])",
    weak_prefilter=r"\b\d{8,9}[A-Z]\b",
)


def _brn(text: str) -> float:
    """Weights 1 3 7 1 3 7 1 3 5, the last product with its tens added (National Tax Service)."""
    d = [int(c) for c in _digits(text)]
    total = sum(a * b for a, b in zip(d, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=False)) + d[8] * 5 // 10
    return STRONG if (10 - total % 10) % 10 == d[9] else 0.0


KR_BRN = PatternRecognizer(
    entity="KR_BRN",
    expression=r"(?<![\w-])\d{3}-\d{2}-\d{5}(?![\w-])",
    strong_prefilter=r"\b\d{3}-\d{2}-\d{5}\b",
    validate=_brn,
    context=(*COMPANY, "brn", "사업자등록번호", "사업자번호"),
    weak=r"(?<![\w-])\d{10}(?![\w-])",
    weak_prefilter=r"\b\d{10}\b",
)


def _orgnr(text: str) -> float:
    """Luhn; the third digit is 2 or more, which tells firms from people."""
    digits = _digits(text)
    return STRONG if int(digits[2]) >= 2 and luhn.is_valid(digits) else 0.0


SE_ORGANISATIONSNUMMER = PatternRecognizer(
    entity="SE_ORGANISATIONSNUMMER",
    expression=r"(?<![\w-])[1-9]\d[2-9]\d{3}-\d{4}(?![\w-])",
    strong_prefilter=r"\b[1-9]\d[2-9]\d{3}-\d{4}\b",
    validate=_orgnr,
    context=(*COMPANY, *words("organisationsnummer, orgnr, orgnummer, org nr, företagsnummer")),
    weak=r"(?<![\w-])[1-9]\d[2-9]\d{7}(?![\w-])",
    weak_prefilter=r"\b[1-9]\d[2-9]\d{7}\b",
)

IT_VAT_CODE = PatternRecognizer(
    entity="IT_VAT_CODE",
    expression=r"(?<![\w-])IT ?\d{11}(?![\w-])",
    strong_prefilter=r"\bIT ?\d{11}\b",
    validate=lambda text: checked("it.iva")(_digits(text)) if _digits(text)[:7].strip("0") else 0.0,
    context=(*COMPANY, *words("p iva, piva, partita iva")),
    weak=r"(?<![\w-])(?:\d[ _]?){10}\d(?![\w-])",
    weak_prefilter=r"(?:\d[ _]?){10}\d",
)


def _gstin(text: str) -> float:
    """State 01 to 37, a taxpayer number (PAN) of ten, entity number, Z; the last is a check that few copies keep."""
    compact = re.sub(r"[ -]", "", text).upper()
    return LIKELY if re.fullmatch(r"(?:0[1-9]|[12]\d|3[0-7])[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]", compact) else 0.0


IN_GSTIN = PatternRecognizer(
    entity="IN_GSTIN",
    expression=r"(?<![\w-])\d{2}[ -]?[A-Za-z]{5}[ -]?\d{4}[ -]?[A-Za-z][1-9A-Za-z][ -]?[Zz][0-9A-Za-z](?![\w-])",
    strong_prefilter=r"\b\d{2}[ -]?[A-Za-z]{5}[ -]?\d{4}[ -]?[A-Za-z][1-9A-Za-z][ -]?[Zz][0-9A-Za-z]\b",
    validate=_gstin,
    context=(*COMPANY, *TAX, "gstin", "gst", "gst number", "gst registration"),
)

BR_CNPJ = PatternRecognizer(
    entity="BR_CNPJ",
    expression=r"(?<![\w.])\d\d\.\d{3}\.\d{3}/\d{4}-\d\d(?![\w-])",
    strong_prefilter=r"\d\d\.\d{3}\.\d{3}/\d{4}-\d\d",
    validate=checked("br.cnpj"),
    context=(*COMPANY, "cnpj"),
    weak=r"(?<![\w-])\d{14}(?![\w-])",
    weak_prefilter=r"\b\d{14}\b",
)

EIN = PatternRecognizer(
    entity="US_EIN",
    expression=None,
    strong_prefilter=None,
    validate=formed,
    context=("ein", "fein", "employer identification", "employer id", "federal tax id", "tax id", "employer number"),
    weak=r"(?<![\w-])\d\d-?\d{7}(?![\w-])",
    weak_prefilter=r"\b\d\d-?\d{7}\b",
)


def _npi(text: str) -> float:
    """Luhn with the prefix 80840 (CMS); ten digits of which all but the last are one are none."""
    digits = _digits(text)
    return STRONG if len(set(digits[:-1])) > 1 and luhn.is_valid("80840" + digits) else 0.0


US_NPI = PatternRecognizer(
    entity="US_NPI",
    expression=r"(?<![\w-])[12]\d{3}([ -])\d{3}\1\d{3}(?!\w|[ -]\d)",
    strong_prefilter=r"\b[12]\d{3}[ -]\d{3}[ -]\d{3}\b",
    validate=_npi,
    context=("npi", "national provider", "provider id", "provider identifier", "npi number", "provider number"),
    weak=r"(?<![\w-])[12]\d{9}(?![\w-])",
    weak_prefilter=r"\b[12]\d{9}\b",
)
