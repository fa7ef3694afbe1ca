"""Dates, times and ages in a text: what fixes a day, a year or how old somebody is.

Only what can be looked up counts: "1 May 2021", "8/14/1996", "Thursday", "in 1997", "9:30". "Last night" or "a few
weeks" tells nothing about anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from synthgen.privacy.base import Match
from synthgen.privacy.ner import Span

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember|janvier|février|mars|avril"
    r"|mai|juin"
    r"|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre"
    r"|octubre|noviembre|diciembre|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|janeiro"
    r"|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro|januari|februari|maart|mei|augustus|stycznia"
    r"|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia)\.?"
)
_DAY = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag"
    r"|lundi|mardi"
    r"|mercredi|jeudi|vendredi|samedi|dimanche)s?"
)
_YEAR = r"(?:1[5-9]|20)\d\d"
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?: ?[aApP]\.?[mM]\b\.?)?"
_ZONE = r"(?:Z|[+-][0-2]\d:?[0-5]\d)?"
_DATE_TIME = re.compile(
    rf"(?<![\w./-])(?:{_YEAR}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?:[T ]{_CLOCK}{_ZONE})?"
    r"|(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:(?:1[5-9]|20)\d\d|\d\d)"
    rf"|(?:{_DAY},? )?(?i:(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|\.)?(?: (?:of|de"
    rf"|di))? {_MONTH}(?:,? (?:de )?{_YEAR})?)\b"
    rf"|(?:{_DAY},? )?{_MONTH} (?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?:,? {_YEAR})?\b"
    rf"|(?i:{_MONTH},? {_YEAR})|{_DAY}|{_CLOCK}|(?:1[0-2]|[1-9]) ?[aApP]\.?[mM]\b\.?)(?![\w/-])"
)
_YEAR_SAID = re.compile(
    rf"(?i)\b(?:in|since|during|of|from|until|till|by|after|before|year|circa|early|late|mid|around|founded|anno"
    rf"|seit|desde"
    rf"|depuis|dal|nel|en|em|w|od|sinds|jahr) ({_YEAR})(?![\w-]|[.,]\d)|[(]({_YEAR})[)]|\b(?:an?"
    rf"|the) ({_YEAR}) (?=[A-Za-z])"
)
_DECADE = re.compile(r"(?<![\w.])(?:the )?((?:19|20)?\d0['\u2019]?s)\b")
_FIXED = re.compile(rf"(?i)\b(?:{_YEAR}|{_DAY}|{_MONTH})(?:\b|$)|\d{{1,2}}[/.:-]\d{{1,2}}|\b\d0s\b")
_AGED = re.compile(r"(?i)\b(?:years? old|year-old|years-old|y/?o|yrs old|aged?)\b")

_NUMBER = r"(1[01]\d|\d{1,2})"
_AGE = tuple(
    re.compile(p)
    for p in (
        rf"(?i)(?<![\w.,$€£-]){_NUMBER}"
        r"(?=[ -](?:years?|yrs?)(?:[ -]old|[ -]of[ -]age)|[ -]?y[/.]?o\b|[ -](?:months?|weeks?)[ -]old)",
        r"(?i)\b(?:aged?|age is|age of|at the age of|age:|turn(?:ed|s|ing)?|just turned|years of age:) ?"
        rf"{_NUMBER}(?![\w%]|[.,:/-]\d)",
        r"(?i)\b(?:when|since|after|before|until|while) (?:i|you|he|she|they|we) (?:was|were|turned|am|is|are) "
        rf"(?:only |just |about )?{_NUMBER}(?=[.,;!?)\n]|$| (?:and|years|when)\b)",
        r"(?i)\b(?:i'?m|i am|he'?s|he is|she'?s|she is|they are|who is|who'?s) (?:only |just |already )?"
        rf"{_NUMBER}(?=[.,;!?)\n]|$| and\b)",
        rf"(?i)(?<![\w.,-]){_NUMBER}"
        r"(?= Jahre alt| ans\b(?! d)| años(?: de edad)?\b| anni\b| anos(?: de idade)?\b| jaar oud| lat\b)",
        rf"[A-Z][a-z]+, {_NUMBER}(?=, [a-z])",
    )
)


def dates(text: str, spans: Iterable[Span]) -> Iterator[Match]:
    """Dates and times by form, and those of the model that fix a day or a year."""
    for match in _DATE_TIME.finditer(text):
        yield Match("DATE_TIME", *match.span(), 0.7, "synthgen:date_time")
    for match in _YEAR_SAID.finditer(text):
        group = next(g for g in (1, 2, 3) if match.group(g))
        yield Match("DATE_TIME", *match.span(group), 0.6, "synthgen:date_time")
    for match in _DECADE.finditer(text):
        yield Match("DATE_TIME", *match.span(1), 0.5, "synthgen:date_time")
    for start, end, label in spans:
        inside = text[start:end]
        if label in ("DATE", "TIME") and _FIXED.search(inside) and not _AGED.search(inside) and "\n" not in inside:
            yield Match("DATE_TIME", start, end, 0.6, "ner:date")


def ages(text: str) -> Iterator[Match]:
    """Numbers that a phrase makes an age.

    >>> [text[m.start : m.end] for text in ("She is a 36 year old nurse.",) for m in ages(text)]
    ['36']
    """
    for pattern in _AGE:
        for match in pattern.finditer(text):
            yield Match("AGE", *match.span(1), 0.7, "synthgen:age")
