"""Passports and driving licences. Their numbers have no public check digit: they count only where a word says passport.

Forms: the issuers' own descriptions as collected in ICAO's and the EU's document registers (PRADO), and the forms that
Presidio's recognizers accept.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from synthgen.privacy.checksums import formed
from synthgen.privacy.patterns import LIKELY, STRONG, WEAK, PatternRecognizer
from synthgen.privacy.recognizers.words import ID_CARD, LICENCE, OTHERS, PASSPORT, words


def _document(
    entity: str, form: str, context: tuple[str, ...], validate: Callable[[str], float] = lambda _: WEAK
) -> PatternRecognizer:
    """A recognizer of a form that counts only with context; `form` is read by both engines.

    Where several countries' forms fit, the one of the United States has the highest score: most texts are English.
    """
    return PatternRecognizer(
        entity=entity,
        expression=None,
        strong_prefilter=None,
        validate=validate,
        context=context,
        weak=rf"(?<![\w-])(?:{form})(?![\w-])",
        weak_prefilter=rf"\b(?:{form})\b",
        others=tuple(w for w in OTHERS if w not in ("id", "card")),
    )


ICAO = r"[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{7}\d"
"""A German serial number: no vowel and no letter that reads like a digit (ICAO Doc 9303)."""


def icao(text: str) -> float:
    """Check digit of ICAO Doc 9303 part 3: weights 7 3 1, letters count from 10."""
    total = sum(int(c, 36) * (7, 3, 1)[i % 3] for i, c in enumerate(text[:-1]))
    return STRONG if total % 10 == int(text[-1]) else 0.0


def _no_word(text: str) -> float:
    """Any form with digits; letters alone are no number."""
    return WEAK if any(c.isdigit() for c in text) else 0.0


US_PASSPORT = _document("US_PASSPORT", r"\d{9}|[A-Z]\d{8}", PASSPORT, formed)
UK_PASSPORT = _document("UK_PASSPORT", r"[A-Za-z]{2}\d{7}|\d{9}", (*PASSPORT, "hmpo", "british passport"))
DE_PASSPORT = _document("DE_PASSPORT", rf"(?i:{ICAO})", (*PASSPORT, "pass", "mrz"), icao)
FR_PASSPORT = _document("FR_PASSPORT", r"\d{2}[A-Z]{2}\d{5}", PASSPORT)
ES_PASSPORT = _document("ES_PASSPORT", r"[A-Za-z]{3}\d{6}", PASSPORT)
IT_PASSPORT = _document("IT_PASSPORT", r"[A-Za-z]{2}\d{7}", PASSPORT)
IT_IDENTITY_CARD = _document(
    "IT_IDENTITY_CARD",
    r"(?i:[A-Z]{2}\s?\d{7}|\d{7}[A-Z]{2}|[A-Z]{2}\d{5}[A-Z]{2})",
    (*ID_CARD, *words("carta identità elettronica, cie, documento di riconoscimento")),
)
PT_PASSPORT = _document("PT_PASSPORT", r"[A-Z]{1,2}\d{6}", PASSPORT)
PL_PASSPORT = _document("PL_PASSPORT", r"[A-Z]{2}\s?\d{7}", PASSPORT)
NL_PASSPORT = _document("NL_PASSPORT", r"[A-NP-Z]{2}[A-NP-Z0-9]{6}\d", (*PASSPORT, *words("documentnummer")), _no_word)
CH_PASSPORT = _document("CH_PASSPORT", r"[A-Z]\d{7}|[A-Z]\d[A-Z]\d{5}", PASSPORT)
AT_PASSPORT = _document("AT_PASSPORT", r"[A-Z]{1,2}\s?\d{7}", PASSPORT)
CA_PASSPORT = _document("CA_PASSPORT", r"[A-Z]{2}\d{6}|[A-Z]\d{6}[A-Z]{2}", PASSPORT)
AU_PASSPORT = _document("AU_PASSPORT", r"[A-Z]{1,2}\d{7}", PASSPORT)
IN_PASSPORT = _document("IN_PASSPORT", r"[A-Z][1-9]\d\s?\d{4}[1-9]", PASSPORT)
CN_PASSPORT = _document("CN_PASSPORT", r"[EGDSPH][A-Z]?\d{7,8}", (*PASSPORT, "护照"))
JP_PASSPORT = _document("JP_PASSPORT", r"[A-Z]{2}\d{7}", (*PASSPORT, "旅券"))
KR_PASSPORT = PatternRecognizer(
    entity="KR_PASSPORT",
    expression=r"여권[^\n]{0,20}?(?P<value>[MmSsRrOoDd](?:\d{3}[A-Za-z]\d{4}|\d{8}))(?!\d)",
    strong_prefilter=r"여권[^\n]*[MmSsRrOoDd]\d{3}",
    validate=formed,
    context=PASSPORT,
    weak=r"(?<![A-Za-z0-9])[MmSsRrOoDd](?:\d{3}[A-Za-z]\d{4}|\d{8})(?!\d)",
    weak_prefilter=r"[MmSsRrOoDd](?:\d{3}[A-Za-z]\d{4}|\d{8})",
)

_US = (
    r"[A-Za-z]{1,2}\d{3,14}[A-Za-z]{0,2}|\d{6,14}[A-Za-z]{0,2}|\d{16}|\d{2}[A-Za-z]{3}\d{5,6}|[A-Za-z]{3}\d{6}"
    r"|[A-Za-z]?\d{2,4}(?:[- ]\d{2,6}){1,3}|[A-Z]{5,7}[A-Z*\d]{3}\d{2,3}[A-Z\d]{2}"
)


def _us_licence(text: str) -> float:
    """At least four digits: what states issue is no short code."""
    digits = re.sub(r"\D", "", text)
    return LIKELY if 4 <= len(digits) <= 16 else 0.0


US_LICENCE = _document("US_DRIVER_LICENSE", _US, LICENCE, _us_licence)
CA_LICENCE = _document("CA_DRIVER_LICENSE", r"[A-Z]\d{4}-?\d{5}-?\d{5}|[A-Z]\d{12}|\d{6}-\d{3}", LICENCE)
AU_LICENCE = _document("AU_DRIVER_LICENSE", r"\d{7,9}|[A-Z]\d{5}|\d{4}[A-Z]{2}|[A-Z]{2}\d{4}", LICENCE)
FR_LICENCE = _document("FR_DRIVER_LICENSE", r"\d{2}[A-Z]{2}\d{5}|\d{12}", LICENCE)
ES_LICENCE = _document("ES_DRIVER_LICENSE", r"\d{8}-?[A-Z]|[XYZ]\d{7}[A-Z]", LICENCE)
IT_LICENCE = _document("IT_DRIVER_LICENSE", r"(?i:[A-Z]{2}\d{7}[A-Z]|U1[BCDEFGHLJKMNPRSTUWYXZ0-9]{7}[A-Z])", LICENCE)
PT_LICENCE = _document("PT_DRIVER_LICENSE", r"[A-Z]{1,2}-\d{5,8}(?: \d)?", LICENCE)
PL_LICENCE = _document("PL_DRIVER_LICENSE", r"\d{5}/\d{2}/\d{4}|[A-Z]\d{7,8}", LICENCE)
NL_LICENCE = _document("NL_DRIVER_LICENSE", r"\d{10}", LICENCE)
IN_LICENCE = _document("IN_DRIVER_LICENSE", r"[A-Z]{2}[- ]?\d{2}[- ]?(?:19|20)\d{2}[- ]?\d{7}", LICENCE)


def _dvla(text: str) -> float:
    """A surname padded with 9s at its end, not all of it."""
    return LIKELY if re.match(r"[A-Z]+9*$", text[:5].upper()) else 0.0


_DVLA = (
    r"[A-Z9]{5}\d(?:0[1-9]|1[0-2]|5[1-9]|6[0-2])(?:0[1-9]|[12]\d|3[01])\d[A-Z9]{2}[A-Z0-9][A-Z]{2}"
    r"|[a-z9]{5}\d(?:0[1-9]|1[0-2]|5[1-9]|6[0-2])(?:0[1-9]|[12]\d|3[01])\d[a-z9]{2}[a-z0-9][a-z]{2}"
)
UK_LICENCE = PatternRecognizer(
    entity="UK_DRIVING_LICENCE",
    expression=rf"(?<![\w-])(?:{_DVLA})(?![\w-])",
    strong_prefilter=rf"\b(?:{_DVLA})\b",
    validate=_dvla,
    context=LICENCE,
)
KR_REGIONS = frozenset([*range(11, 27), 28])


def _korean(text: str) -> float:
    """The first two digits are the region that issued it."""
    return LIKELY if int(text[:2]) in KR_REGIONS else 0.0


KR_LICENCE = PatternRecognizer(
    entity="KR_DRIVER_LICENSE",
    expression=r"(?<![\w-])\d\d-\d\d-\d{6}-\d\d(?![\w-])",
    strong_prefilter=r"\b\d\d-\d\d-\d{6}-\d\d\b",
    validate=_korean,
    context=(*LICENCE, "면허", "운전면허"),
    weak=r"(?<![\w-])\d\d[- ]?\d\d[- ]?\d{6}[- ]?\d\d(?![\w-])",
    weak_prefilter=r"\b\d\d[- ]?\d\d[- ]?\d{6}[- ]?\d\d\b",
)
