"""Telephone numbers: international ones of every country, national ones in the spellings of the larger countries.

libphonenumber decides what a number is. It calls several drama ranges invalid, so a number that it finds possible in a
phone's spelling counts too. Bare digits count only where the column's name or a word nearby says phone.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from stdnum import ean

from synthgen.privacy.patterns import LIKELY, STRONG, PatternRecognizer
from synthgen.privacy.reserved import explain

_SEP = r"[ \t().\-/\u00a0\u2010\u2011\u2013]"
_EXT = r"(?:[ ,;]{0,2}(?:x|ext\.?|extension)[ ]?\d{1,6})?"
_REGIONS = ("US", "GB", "DE", "FR", "IT", "ES", "NL", "AU", "SE", "CH", "AT", "IN", "BR", "IL", "IE", "JP", "PL", "BE")
_HOME = r"\(?0\d{1,5}\)?[ \t.\-/\u00a0]{1,3}\d"
_TRUNK = rf"(?<![-/])(?<!\d )(?<!\d:){_HOME}"
_NANP = re.compile(r"(?:\+?1[-. ]?)?(?:\(\d{3}\) ?|\d{3}[-. /])\d{3}[-. ]\d{4}(?:\D.*)?")
_DATE = re.compile(
    r"(?:19|20)\d\d[-./ ][01]?\d[-./ ][0-3]?\d|[0-3]?\d[-./ ][0-3]?\d[-./ ](?:19|20)\d\d|0\d[-/.]\d\d[-/.]\d\d"
)
_SSN = re.compile(r"\d{3}([-. ])\d\d\1\d{4}")
"""Three, two and four digits: nobody writes a telephone number so, though 030-12-3456 would be Berlin's."""


@lru_cache(maxsize=65_536)
def _score(text: str) -> float:
    """Score of a candidate: 1 for valid, less for what only looks like a number in use."""
    digits = re.sub(r"\D", "", text)
    if not 7 <= len(digits) <= 21 or _DATE.fullmatch(text.strip()) or len(set(digits)) == 1:
        return 0.0
    if _SSN.fullmatch(text.strip()):
        return 0.0
    if explain(text, "PHONE_NUMBER") is not None:
        return STRONG
    if text.lstrip("( ").startswith(("+", "00")):
        written = "+" + text.lstrip("( ").lstrip("0+") if text.lstrip("( ").startswith("00") else text
        return _possible(written)
    if _NANP.fullmatch(text.strip()):
        return STRONG if not re.fullmatch(r"[\d ]+", text) and _valid(text, ("US",)) else LIKELY
    if ean.is_valid(digits) and digits == text:
        return 0.0
    return STRONG if len(digits) >= 9 and _valid(text, _REGIONS) else 0.0


def _possible(text: str) -> float:
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return 0.0
    if phonenumbers.is_valid_number(number):
        return STRONG
    return LIKELY if phonenumbers.is_possible_number(number) else 0.0


def _valid(text: str, regions: tuple[str, ...]) -> bool:
    for region in regions:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(text, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


PHONE = PatternRecognizer(
    entity="PHONE_NUMBER",
    expression=rf"(?<![\w.+])(?:\+{_SEP}?\d(?:{_SEP}{{0,3}}\d){{6,14}}"
    rf"|00[1-9]\d{{0,2}}{_SEP}(?:{_SEP}{{0,2}}\d){{6,14}}"
    rf"|(?<!\d-)(?:1[-. ])?\(?\d{{3}}\)?[ .\-/]{{1,2}}\d{{3}}[ .\-]\d{{4}}"
    rf"|\(\d{{2,5}}\)[ ]?\d(?:{_SEP}{{0,2}}\d){{5,9}}"
    rf"|555-01\d\d|{_TRUNK}(?:{_SEP}{{0,3}}\d){{5,9}}){_EXT}(?![\w@]|[.-]\d)",
    strong_prefilter=rf"\+{_SEP}?\d(?:{_SEP}{{0,3}}\d){{6}}|\b00[1-9](?:{_SEP}{{0,3}}\d){{7}}"
    rf"|\d{{3}}\)?[ .\-/]{{1,2}}\d{{3}}[ .\-]\d{{4}}|\(\d{{2,5}}\)[ ]?\d(?:{_SEP}{{0,2}}\d){{5}}"
    rf"|\b555-01\d\d|\b{_HOME}(?:{_SEP}{{0,3}}\d){{4}}",
    validate=_score,
    context=(
        "phone", "telephone", "tel", "mobile", "cell", "fax", "handy", "telefon", "cellphone", "msisdn", "whatsapp",
        "call",
    ),
    weak=rf"(?<![\w.+-])\(?\d(?:{_SEP}{{0,2}}\d){{6,14}}{_EXT}(?![\w@]|[.-]\d)",
    weak_prefilter=rf"\d(?:{_SEP}{{0,2}}\d){{6}}",
)  # fmt: skip
