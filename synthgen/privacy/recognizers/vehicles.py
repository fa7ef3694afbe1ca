"""Vehicles and devices: number plates (with context, except where the form is unlike anything else), VIN, IMEI."""

from __future__ import annotations

import re
from collections.abc import Callable

from synthgen.privacy.checksums import checked_or_reserved, formed
from synthgen.privacy.patterns import LIKELY, STRONG, WEAK, PatternRecognizer
from synthgen.privacy.recognizers import words
from synthgen.privacy.reserved import explain


def _written(text: str) -> float:
    """Small letters between spaces are words (`15 to 30`), however near a word for plates stands."""
    return 0.0 if " " in text and text != text.upper() else formed(text)


def _plate(
    entity: str, form: str, context: tuple[str, ...], validate: Callable[[str], float] = formed
) -> PatternRecognizer:
    return PatternRecognizer(
        entity=entity,
        expression=None,
        strong_prefilter=None,
        validate=validate,
        context=(*words.PLATE, *context),
        weak=rf"(?<![\w-])(?:{form})(?![\w-])",
        weak_prefilter=rf"\b(?:{form})\b",
        others=words.OTHERS,
    )


_GB_FORM = (
    r"(?i:[A-HJ-PR-Y]{2}(?:0[2-9]|[12]\d|5[1-9]|[67]\d)[- ]?[A-HJ-PR-Z]{3}|[A-HJ-NPR-TV-Y]\d{1,3}[- ]?[A-HJ-PR-Y]"
    r"[A-HJ-PR-Z]{2}|[A-HJ-PR-Z]{3}[- ]?\d{1,3}[- ]?[A-HJ-NPR-TV-Y])"
)
UK_PLATE = _plate("UK_VEHICLE_REGISTRATION", _GB_FORM, words.words("car reg, reg, vrn, dvla, v5c"))
DE_PLATE = _plate(
    "DE_KFZ",
    r"(?i:[A-ZÄÖÜ]{1,3} [A-Z]{1,2} ?\d{1,4}[EH]?|[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}[- ]?\d{1,4}[EH]?)",
    words.words("fahrzeug, pkw, lkw, zulassung, fahrzeugschein, amtliches kennzeichen"),
    _written,
)
IN_PLATE = _plate(
    "IN_VEHICLE_REGISTRATION",
    r"[A-Z]{2}[- ]?\d{1,2}[- ]?[A-Z]{1,3}[- ]?\d{4}|[2-9][1-9]BH\d{4}[A-HJ-NP-Z]{2}|[A-Z]{1,3}\d{4}|I\d{5}"
    r"|\d{1,3}(?:CD|CC|UN)[1-9]\d{1,3}|\d{2}[ABCDEFHKPRX]\d{6}[A-Z]",
    words.words("rto, registration"),
)
TR_PLATE = _plate(
    "TR_LICENSE_PLATE",
    r"(?i:(?:0[1-9]|[1-7]\d|8[01])(?: ?[A-PR-VYZ]{1,3} ?|-[A-PR-VYZ]{1,3}-)\d{2,4})",
    words.words("plaka, plakas\u0131, araç plakas\u0131, plaka numaras\u0131"),
    _written,
)
NG_PLATE = _plate("NG_VEHICLE_REGISTRATION", r"(?i:[A-Z]{3}[- ]?\d{3}[A-Z]{2})", ())


_IMEI = checked_or_reserved("IMEI", "imei")

IMEI = PatternRecognizer(
    entity="IMEI",
    expression=r"(?<![\w-])\d{2}-\d{6}-\d{6}-\d(?![\w-])",
    strong_prefilter=r"\b\d{2}-\d{6}-\d{6}-\d\b",
    validate=_IMEI,
    context=words.DEVICE,
    weak=r"(?<![\w-])\d{2}[- ]?\d{6}[- ]?\d{6}[- ]?\d{1,2}(?![\w-])",
    weak_prefilter=r"\b\d{2}[- ]?\d{6}[- ]?\d{6}[- ]?\d{1,2}\b",
)

_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10), *range(10)],
                   strict=True))  # fmt: skip
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def _checked_vin(text: str) -> bool:
    """Check digit at position 9 (49 CFR 565.15): obliged in North America, chance elsewhere."""
    total = sum(_VALUES[c] * w for c, w in zip(text, _WEIGHTS, strict=True))
    return text[8] == "0123456789X"[total % 11]


def _vin(text: str) -> float:
    """17 letters and digits without I, O, Q. A North American one (first digit 1 to 5) has a check digit."""
    if explain(text, "VIN") is not None:
        return LIKELY
    if not re.fullmatch(r"[A-HJ-NPR-Z0-9]{17}", text) or sum(c.isdigit() for c in text) < 4 or text.isdigit():
        return 0.0
    return STRONG if text[0] in "12345" and _checked_vin(text) else WEAK


VIN = PatternRecognizer(
    entity="VIN",
    expression=None,
    strong_prefilter=None,
    validate=_vin,
    context=words.VEHICLE,
    weak=r"(?<!\w)[A-Z0-9]{17}(?!\w)",
    weak_prefilter=r"\b[A-Z0-9]{17}\b",
)
