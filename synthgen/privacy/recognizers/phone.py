"""Telephone numbers: international ones of every country, national ones in the spellings of the larger countries.

libphonenumber decides what a number is. It calls several drama ranges invalid, so a number that it finds possible in a
phone's spelling counts too. Bare digits and short local numbers count only where the column's name or a word nearby
says phone.
"""

from __future__ import annotations

import re
from functools import lru_cache

from stdnum import ean

from synthgen.privacy.patterns import LIKELY, STRONG, PatternRecognizer
from synthgen.privacy.recognizers import words
from synthgen.privacy.recognizers.numbering import assigned, assigned_abroad
from synthgen.privacy.reserved import explain

_SEP = r"[ \t().\-/\u00a0\u2010\u2011\u2013]"
_EXT = r"(?:[ ,;]{0,2}(?:x|ext\.?|extension)[ ]?\d{1,6})?"
_REGIONS = ("US", "GB", "DE", "FR", "IT", "ES", "NL", "AU", "SE", "CH", "AT", "IN", "BR", "IL", "IE", "JP", "PL", "BE")
_OTHER_REGIONS = """
ZA TR MX PT DK NO FI CZ GR HU RO KR CN TW SG HK MY TH PH ID VN RU UA AR CO CL PE NG KE EG MA SA AE PK BD NZ
"""
_MORE = tuple(_OTHER_REGIONS.split())
_HOME = r"\(?0\d{1,5}\)?[ \t.\-/\u00a0]{1,3}\d"
_TRUNK = rf"(?<![-/])(?<!\d )(?<!\d:){_HOME}"
_NANP = re.compile(r"(?:\+?1[-. ]?|001[-. ])?(?:\(\d{3}\) ?|\d{3}[-. /])\d{3}[-. ]\d{4}(?:\D.*)?")
_NANP_FORM = re.compile(r"(?:\+?1|001)?[2-9]\d{2}[2-9]\d{6}")
"""An area code and an exchange begin with 2 to 9 (NANPA)."""
_DATE = re.compile(
    r"(?:19|20)\d\d[-./ ][01]?\d[-./ ][0-3]?\d|[0-3]?\d[-./ ][0-3]?\d[-./ ](?:19|20)\d\d|0\d[-/.]\d\d[-/.]\d\d"
)
_COMPACT = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_SSN = re.compile(r"\d{3}-\d\d-\d{4}")
_PAIRS = re.compile(r"\d\d \d\d \d\d")
_PAIRED_DATE = re.compile(r"(?:0[1-9]|[12]\d|3[01]) (?:0[1-9]|1[0-2]) \d\d")
"""Greenland, the Faroes and Andorra have six digits, written in pairs."""
TOLD = 0.8
"""A word says phone, and nothing else says what the number is."""
_VERSION = re.compile(r"(?<!\d)\d\.\d|\.\d(?!\d)")
_YEARS = re.compile(r"(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d|\d{1,4}/(?:19|20)\d\d|(?:19|20)\d\d[-/]\d{3,4}")
"""Two years, or the number of a document in its year."""


@lru_cache(maxsize=65_536)
def _score(text: str) -> float:
    """Score of a candidate: 1 for valid, less for what only looks like a number in use."""
    digits = re.sub(r"\D", "", text)
    if not 7 <= len(digits) <= 21 or _DATE.fullmatch(text.strip()) or len(set(digits)) == 1:
        return 0.0
    if explain(text, "PHONE_NUMBER") is not None:
        return STRONG
    if _SSN.fullmatch(text.strip()):
        return 0.0
    if text.lstrip("( ").startswith("+"):
        return _possible(text)
    if _NANP.fullmatch(text.strip()):
        if not re.fullmatch(r"[\d ]+", text) and assigned(text, ("US",)):
            return STRONG
        return LIKELY if _NANP_FORM.match(digits) else 0.0
    if text.lstrip("( ").startswith("00"):
        return _possible("+" + text.lstrip("( ").lstrip("0+"))
    if ean.is_valid(digits) and digits == text:
        return 0.0
    return STRONG if len(digits) >= 9 and assigned(text, _REGIONS) else 0.0


@lru_cache(maxsize=65_536)
def _told_score(text: str) -> float:
    """Where a word says phone, any number of 7 to 15 digits that is no date."""
    digits = re.sub(r"\D", "", re.split(r"x|ext", text)[0])
    if len(digits) == 6:
        return LIKELY if _PAIRS.fullmatch(text.strip()) and not _PAIRED_DATE.fullmatch(text.strip()) else 0.0
    if not 7 <= len(digits) <= 15 or _DATE.fullmatch(text.strip()) or _YEARS.fullmatch(text.strip()):
        return 0.0
    if len(set(digits)) == 1 or _VERSION.search(text) or _COMPACT.fullmatch(text):
        return 0.0
    return _score(text) or (STRONG if assigned(text, _MORE) else TOLD)


def _possible(text: str) -> float:
    known = assigned_abroad(text)
    return STRONG if known else LIKELY if known is None else 0.0


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
    context=words.PHONE,
    weak=rf"(?<![\w.+-])\(?\d(?:{_SEP}{{0,2}}\d){{5,14}}{_EXT}(?![\w@]|[.-]\d)",
    weak_prefilter=rf"\d(?:{_SEP}{{0,2}}\d){{5}}",
    validate_weak=_told_score,
    near=words.REACH,
    after=words.LINE,
    others=words.OTHERS,
)
