"""Where somebody is, written as a number: coordinates and postcodes. All of them are quasi identifiers."""

from __future__ import annotations

import re

from synthgen.privacy.checksums import formed
from synthgen.privacy.patterns import LIKELY, PatternRecognizer
from synthgen.privacy.recognizers import words

_LATITUDE = r"[+-]?(?:90\.0{4,12}|[1-8]?\d\.\d{4,12})"
_LONGITUDE = r"[+-]?(?:180\.0{4,12}|(?:1[0-7]\d|\d?\d)\.\d{4,12})"
_PAIR = (
    rf"{_LATITUDE}°?\s?[NS]?[\s,;/]{{1,3}}(?:[\"']?(?:lon|lng|long|longitude)[\"']?\s?[:=]\s?)?{_LONGITUDE}°?(?:\s?[EWO])?"
    r"|\d{1,2}°\s?[0-5]?\d['\u2032]\s?[0-5]?\d(?:\.\d+)?[\"\u2033]\s?[NS][\s,]{1,2}\d{1,3}°\s?[0-5]?\d['\u2032]\s?"
    r"[0-5]?\d(?:\.\d+)?[\"\u2033]\s?[EWO]"
)

COORDINATES = PatternRecognizer(
    entity="COORDINATES",
    expression=rf"(?i)\bgeo:(?P<value>{_LATITUDE},{_LONGITUDE})(?![\d.])",
    strong_prefilter=r"(?i)\bgeo:[+-]?\d",
    validate=formed,
    context=words.COORDINATES,
    weak=rf"(?<![\w.])(?:{_PAIR})(?![\w]|\.\d)",
    weak_prefilter=r"\d\.\d{4}|\d°",
)

_GB = (
    r"(?:GIR\s?0AA|[A-PR-UWYZ]\d[ABCDEFGHJKPSTUW]?\s?\d[ABD-HJLNP-UW-Z]{2}|[A-PR-UWYZ]\d\d\s?\d[ABD-HJLNP-UW-Z]{2}"
    r"|[A-PR-UWYZ][A-HK-Y]\d[ABEHMNPRVWXY]?\s?\d[ABD-HJLNP-UW-Z]{2}|[A-PR-UWYZ][A-HK-Y]\d\d\s?\d[ABD-HJLNP-UW-Z]{2})"
)
_AREAS = """
AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN
EX FK FY G GIR GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N
NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ
TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE
"""
_AREA = frozenset(_AREAS.split())


def _postcode(text: str) -> float:
    """A postcode of an area that Royal Mail has; written without a space it says less."""
    area = re.match("[A-Z]+", text)
    return LIKELY if area is not None and area.group() in _AREA else 0.0


UK_POSTCODE = PatternRecognizer(
    entity="UK_POSTCODE",
    expression=rf"(?<![\w-]){_GB.replace(chr(92) + 's?', ' ')}(?![\w-])",
    strong_prefilter=r"\b[A-Z]{1,3}\d?[0-9A-Z]? \d[A-Z]{2}\b",
    validate=_postcode,
    context=words.POSTCODE,
    weak=rf"(?<![\w-]){_GB}(?![\w-])",
    weak_prefilter=r"\b[A-Z]{1,3}\d?[0-9A-Z]?\s?\d[A-Z]{2}\b",
)


def _plz(text: str) -> float:
    """German postcodes run from 01001 to 99998."""
    return LIKELY if 1001 <= int(text) <= 99998 else 0.0


DE_PLZ = PatternRecognizer(
    entity="DE_PLZ",
    expression=None,
    strong_prefilter=None,
    validate=_plz,
    context=words.POSTCODE,
    weak=r"(?<![\w-])(?:D-)?(?P<value>\d{5})(?![\w-])",
    weak_prefilter=r"\b\d{5}\b",
)

ZIP_CODE = PatternRecognizer(
    entity="ZIP_CODE",
    expression=r"(?<![\w,.])(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]"
    r"|UT|V[AT]|W[AIVY]) (?P<value>\d{5}(?:-\d{4})?)(?![\w-])",
    strong_prefilter=r"\b[A-Z]{2} \d{5}\b",
    validate=formed,
    context=words.POSTCODE,
    weak=r"(?<![\w-])(?:\d{5}(?:-\d{4})?|\d{4} ?[A-Z]{2}|\d{2}-\d{3}|\d{3} \d{2}|\d{4}-\d{3}|\d{4}|\d{5}-\d{3}"
    r"|[A-CEGHJ-NPR-TVXY]\d[A-Z] ?\d[A-Z]\d)(?![\w-])",
    weak_prefilter=r"\b\d{2,5}[ -]?\d{0,4}|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b",
)
