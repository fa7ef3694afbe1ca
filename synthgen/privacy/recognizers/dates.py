"""Dates and times in text. They are quasi identifiers: nobody looks for them but who asks.

ISO dates and timestamps reach the recognizers masked (`texts.without_safe`), so a run of masks as long as one is one.
"""

from __future__ import annotations

import re

from synthgen.privacy.patterns import LIKELY, WEAK, PatternRecognizer
from synthgen.privacy.texts import MASK

MONTHS = (
    "jan(?:uary|uar|vier|eiro|uari)?|feb(?:ruary|ruar|braio|ruari)?|f(?:é|e)v(?:rier|ereiro)?|mar(?:ch|s|zo|ço)?|m(?:ä|ae)rz"
    "|maart|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|may|mai|mayo|maggio|maio|mei|june?|juni|juin|junio|giugno|junho|july?|juli"
    "|juillet|julio|luglio|julho|aug(?:ust|ustus)?|ao(?:û|u)t|ago(?:sto)?|sept?(?:ember|embre|tembre)?|set(?:tembre|embro)?"
    "|o[ck]t(?:ober|obre|ubre)?|out(?:ubro)?|ottobre|nov(?:ember|embre|iembre|embro)?|de[cz](?:ember|embro)?"
    "|d(?:é|e)c(?:embre)?|dic(?:iembre|embre)?|ene(?:ro)?|gen(?:naio)?|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca"
    "|sierpnia|wrze(?:ś|s)nia|pa(?:ź|z)dziernika|listopada|grudnia"
)
"""Names of months in eight languages, lower case, as a regex."""
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_CLOCK = r"(?:[ T,]{1,2}(?:at )?[0-2]?\d:[0-5]\d(?::[0-5]\d)?(?: ?[ap]\.?m\.?)?)?"
DATE = (
    rf"{_DAY}[./-]{_DAY}[./-](?:(?:1[89]|20)\d\d|\d\d)|(?:1[89]|20)\d\d[./-]{_DAY}[./-]{_DAY}"
    rf"|{_DAY}(?:st|nd|rd|th|er|º)?\.?[ -](?:de |of )?(?:{MONTHS})\.?(?:(?:,? |-| de )(?:(?:1[89]|20)\d\d|'?\d\d))?"
    rf"|(?:{MONTHS})\.?[ -]{_DAY}(?:st|nd|rd|th)?(?:,? (?:1[89]|20)\d\d)?|(?:{MONTHS})[ -](?:1[89]|20)\d\d"
)
"""A date in figures or with a month's name, in any of the usual orders."""


def _score(text: str) -> float:
    return WEAK if len(text) < 6 else LIKELY


DATE_TIME = PatternRecognizer(
    entity="DATE_TIME",
    expression=rf"(?i)(?<![\w./-])(?:{DATE}){_CLOCK}(?![\w]|[./-]\d)"
    rf"|(?<!{MASK}){MASK}{{10,35}}(?!{MASK})"
    r"|(?<![\w:.+-])[0-2]?\d:[0-5]\d(?::[0-5]\d)?(?: ?[ap]\.?m\.?)?(?![\w:])"
    r"|(?<![\w/])(?:0?[1-9]|1[0-2])/(?:\d\d|(?:19|20)\d\d)(?![\w/])",
    strong_prefilter=rf"(?i)\d[./-]\d|\d:[0-5]\d|\x{{e000}}{{10}}|\d\.?[a-zº]{{0,2}}[ -](?:de |of )?(?:{MONTHS})"
    rf"|(?:{MONTHS})\.?[ -]\d",
    validate=_score,
    context=("date", "datum", "fecha", "data", "day", "timestamp"),
)

_YEARED = re.compile(r"(?:1[89]|20)\d\d|[./-]\d\d$")
"""What tells a date of birth from a birthday: it ends in a year, or has one."""


def has_year(text: str) -> bool:
    """Whether a date names a year."""
    return _YEARED.search(text) is not None
