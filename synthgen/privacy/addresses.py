"""Street addresses in a text, over one line or several, of the countries whose streets are called in a known way.

An address inside a sentence is one span from house number to postcode. An address that stands line by line, as in a
letter's head, is given part by part: street, unit, city, country, postcode.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from synthgen.privacy.base import Match
from synthgen.privacy.names import LOWER, UPPER, common_words
from synthgen.privacy.place_words import MONTHS, WEEKDAYS
from synthgen.privacy.places import countries

_NUM = r"(?<![\w.,/-])\d{1,5}[A-Za-z]?(?:-\d{1,4})?"
_KIND = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Ter"
    r"|Highway|Hwy"
    r"|Parkway|Pkwy|Crescent|Cres|Close|Grove|Alley|Circle|Cir|Loop|Trail|Path|Pass|Ridge|Hill|Hills|Row|Walk"
    r"|Mews|Plaza"
    r"|Run|View|Park|Gardens|Green|Rise|Vale|Union|Forges?|Valley|Extension|Crossing|Station|Bypass|Turnpike"
    r"|Meadows?|Manor)"
)
_BEFORE = (
    r"(?:rue|avenue|chemin|boulevard|place|impasse|allée|quai|route|cours|calle|c/|cl|plaza|paseo|camino|ronda"
    r"|rambla|avenida|avda"
    r"|av|glorieta|travesía|carretera|ctra|via|viale|piazza|corso|largo|vicolo|strada|contrada|rua|travessa|praça"
    r"|estrada"
    r"|rodovia|alameda|largo|ul|ulica|al|aleja|os|pl|str|strada|calea|bulevardul|trg|ulice|the corner of)"
)
_ENDING = (
    r"(?:stra(?:ß|ss)e|str|gasse|weg|platz|allee|ring|ufer|damm|steig|chaussee|straat|laan|plein|gracht|kade|dijk"
    r"|singel|steenweg"
    r"|baan|dreef|vej|gade|stræde|allé|torv|vænget|parken|väg|vägen|gatan|gata|gränd|stigen|torget|backen|vegen"
    r"|veien|veg|vei"
    r"|gaten|bakken|stien|katu|tie|kuja|polku|raitti|kaari|braut|gata|stígur|vegur|út|utca|útja|tér|köz|sor|ulica"
    r"|cesta|ova"
    r"|ná|ská|ého|maantee|puiestee|tänav|iela|gatvė)"
)
_SMALL = (
    r"(?:de|del|della|du|des|da|do|dos|das|di|la|le|les|el|los|las|van|der|den|de|het|op|zur|zum|am|an|im|in|i|y"
    r"|e|et|po|nad|pod"
    r"|von|of|the|dei|delle|degli|dalla|dal|sul|al|alla|aux|au|ao|na|no|u|fejedelem|imre|and|r)"
)
_UNIT = (
    r"(?i:(?:apt|apartment|suite|ste|unit|flat|floor|fl|room|rm|bldg|building|lgh|piso|étage|appartement|appt"
    r"|wohnung|interno"
    r"|lokal|m)\b\.? ?#? ?\d[\w-]{0,6})"
)
_BOX = (
    r"(?i:p\.? ?o\.? ?box|postbox|postboks|postfach|postbus|casella postale|apartado(?: de correos)?"
    r"|boîte postale|caixa postal"
    r"|skrytka pocztowa|pl) \d{1,6}"
)
_MILITARY = (
    r"(?i:(?:(?:PSC|CMR|Unit) \d{3,5},? Box \d{3,5}|(?:USS|USNS|USNV|USCGC) [A-Za-zÀ-ÿ'-]+)[,\s>?]*(?:APO|FPO|DPO),?"
    r" (?:AA|AE|AP) \d{5}(?:-\d{4})?)"
)
_POSTCODE = (
    r"(?:\d{5}-\d{3,4}|\d{4}-\d{3}|\d{3} \d{2}|\d{2}-\d{3}|\d{4,6}(?: [A-Z]{2})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
    r"|[A-Z]\d[A-Z] \d[A-Z]\d)"
    r"(?![\w-])"
)
_GAP = r"(?:[ ,]*\n[ \t>?*,|]*|, ?| )"
_LINE = re.compile(r"[ ,]*\n(?:[ \t>?*|]*\n)?[ \t>?*|,]*")


@dataclass(frozen=True)
class Address:
    """Where the parts of an address stand: the street, a unit, places (city, state, country) and a postcode."""

    street: tuple[int, int]
    unit: tuple[int, int] | None
    places: tuple[tuple[int, int], ...]
    postcode: tuple[int, int] | None

    @property
    def end(self) -> int:
        """Where the last part ends."""
        parts = [self.street, self.unit, self.postcode, *self.places]
        return max(p[1] for p in parts if p is not None)


_CAP = rf"(?:(?![{LOWER}])[^\W\d_])"
"""A letter that is no small one of the Latin alphabet: streets of Greece and Iceland count too."""


@lru_cache(maxsize=1)
def _kinds() -> frozenset[str]:
    """What streets of the USA are called: the suffixes of Faker's address provider, which are the postal service's."""
    provider = importlib.import_module("faker.providers.address.en_US").Provider
    return frozenset(provider.street_suffixes)


@lru_cache(maxsize=2)
def _grammar(caseless: bool) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Regexes of streets and of places; `caseless` for texts without any capitals."""
    letter = r"[^\W\d_]" if caseless else _CAP
    word = rf"(?!(?i:apt|suite|unit|flat)\b)(?:{letter}[\w'\u2019.]*|\d{{1,5}}[a-z]?\b)"
    words = rf"{word}(?:[ -](?:{_SMALL} ){{0,3}}{word})"
    numbers = rf"(?:{_NUM},? ){{0,2}}"
    kinds = rf"(?:{'|'.join(sorted(_kinds(), key=lambda k: (-len(k), k)))})"
    tail = rf"(?: {word}){{0,2}} (?i:{_KIND})\b"
    street = [
        _MILITARY,
        rf"{words}{{1,6}}(?={_GAP}{_UNIT})",
        rf"(?i:the corner of) [^\n,;?!]{{2,40}} and {words}{{0,3}}",
        rf"{numbers}{_BOX}(?: {word}){{0,3}}",
        rf"{numbers}(?:{word} ){{0,2}}(?i:\b{_BEFORE})[. ] ?(?:{_SMALL} ){{0,3}}{words}{{0,4}}"
        r"(?:,? \d{1,4}[a-z]?\b)?",
        rf"(?:{_NUM},? ){{1,2}}(?:{word} ){{1,4}}?(?i:{_KIND}|{kinds})\b(?: (?:North|South|East|West|N|S|E|W)\b)?",
        rf"(?:{_NUM},? ){{1,2}}{words}{{0,4}}"
        rf"(?=, ?{letter}[\w'\u2019.]*(?: {letter}[\w'\u2019.]*){{0,3}}, ?(?:[A-Z]{{2,3}},? )?{_POSTCODE})",
        rf"{numbers}(?:{word} (?:{_SMALL} )?){{0,3}}(?:[^\W\d_]{{2,}}{_ENDING}|(?i:{_ENDING})|(?:u|rkp|krt)(?=\.))\.? "
        rf"\d{{1,4}}[a-z]?\b\.?(?:{tail})?",
        rf"(?:{_NUM},? ){{1,2}}(?:{_SMALL} )?{words}{{0,4}}? \d{{1,4}}[a-z]?\b\.?"
        rf"(?=[ ,]*\n| {_UNIT}|, {word}|[ ]?[.?]|$)",
    ]
    named = rf"{letter}[\w'\u2019.]*"
    end = r"(?=[ ,]*(?:\n|$|,)| \d{4})" if caseless else r"(?![\w'])"
    place = rf"{named}(?:[ -](?:{_SMALL} ){{0,2}}{named}){{0,4}}(?: \([^\W\d_]+\))?{end}"
    return re.compile("|".join(street)), re.compile(place)


_UNIT_NEXT = re.compile(rf"{_GAP}({_UNIT})")
_STATE = re.compile(r"(?:[ ,]+|[ ,]*\n[ \t>?*|,]*)([A-Z]{2,3})(?!\w)|\n, ([A-Za-z]{2,3})(?=[ ,]*(?:\n|$))")
_POST_NEXT = re.compile(rf"(?:[ ,]*\n[ \t>?*|]*|[ ,]+)({_POSTCODE})")
_FIELD = re.compile(
    r"(?i)(?:phone|tel|fax|mobile|cell|desk|office|email|e-mail|web|website|url|date|name|attn|dob|ssn)\b"
)


def addresses(text: str) -> list[Address]:
    """The addresses in a text, in order."""
    caseless = not re.search(f"[{UPPER}]", text)
    street, _ = _grammar(caseless)
    found: list[Address] = []
    at = 0
    while match := street.search(text, at):
        at = match.end()
        if _is_street(match.group()):
            found.append(_whole(text, match, caseless))
            at = max(at, found[-1].end)
    return found


def _is_street(street: str) -> bool:
    """Whether a street has a number and a name (or two streets meet), and is no date or phrase."""
    words = [w.lower() for w in re.findall(r"[^\W\d_]+", street)]
    if not words or set(words) & _NO_STREET or (len(words) == 1 and words[0] in common_words()):
        return False
    return bool(re.search(r"\d", street)) or "corner" in words


_NO_STREET = (
    (MONTHS - {"mar", "may", "march", "august", "april", "june"}) | WEEKDAYS | {"during", "phone", "order", "invoice"}
)


def _whole(text: str, match: re.Match[str], caseless: bool) -> Address:
    """The address that begins with this street."""
    _, place = _grammar(caseless)
    end = match.end()
    unit = postcode = None
    places: list[tuple[int, int]] = []
    if re.search(r"(?i)\b[AFD]PO,? A[AEP] \d{5}", match.group()):
        return Address(match.span(), None, (), None)
    if found := _UNIT_NEXT.match(text, end):
        unit, end = found.span(1), found.end()
    for _ in range(3):
        if found := _POST_NEXT.match(text, end):
            postcode, end = found.span(1), found.end()
            break
        gap = _LINE.match(text, end) or re.compile(r", ?").match(text, end)
        gap = gap or (re.compile(" ").match(text, end) if unit and unit[1] == end else None)
        part = place.match(text, gap.end()) if gap else None
        if part is None or _FIELD.match(part.group()) or text[part.end() : part.end() + 1] == ":":
            break
        if not places and not unit and "\n" not in (gap.group() if gap else "") and not _short(part.group()):
            break
        places.append(part.span())
        end = part.end()
        if state := _STATE.match(text, end):
            end = state.end()
            places.append(state.span(1) if state.group(1) else state.span(2))
    start, stop = match.span()
    if text[stop - 1] == "." and not (unit or places or postcode):
        stop -= 1  # the sentence's
    return Address((start, stop), unit, tuple(places), postcode)


def _short(words: str) -> bool:
    return len(words.split()) <= 4


_OWN = re.compile(r"(?:^|\n[ \t]*\n|\n[>?*|]+[ \t]*)[ \t]*$")
_LABEL = re.compile(r":\s*$")
_TWO_NUMBERS = re.compile(rf"({_NUM}),? (?=.*\d)")
_FLAT = re.compile(r"(?<!\w)(?:(?:Apt|Apartment|Suite|Ste|Flat)\b\.? ?#?\d[\w-]{0,5}|(?:apt\.|suite) \d{1,5})(?![\w-])")


def address_matches(text: str) -> list[Match]:
    """Addresses as LOCATION.

    One span inside a sentence, as long as it is whole: with a unit, a postcode, a country or several lines. Part by
    part where it stands on lines of its own, or where it is a street with a city.
    """
    found: list[Match] = []
    for address in addresses(text):
        start = address.street[0]
        before = text[:start]
        lines = "\n" in text[start : address.end]
        own = lines and _OWN.search(before) is not None and not _LABEL.search(before)
        abroad = any(text[a:b].lower() in countries() for a, b in address.places)
        if (address.unit or address.postcode or lines or abroad) and not own:
            found.append(_location(start, address.end))
            continue
        found += [_location(a, b) for a, b in _numbered(text, *address.street)]
        found += [_location(*part) for part in (address.unit, address.postcode) if part]
        found += [Match("GPE", a, b, 0.75, "synthgen:address") for a, b in address.places]
    taken = [(m.start, m.end) for m in found]
    for match in _FLAT.finditer(text):
        if not any(a < match.end() and match.start() < b for a, b in taken):
            found.append(_location(*match.span()))
    return found


def _numbered(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A street; where a number stands before it and it has its own, that number is a part by itself (a building)."""
    two = _TWO_NUMBERS.match(text, start, end)
    return (
        [two.span(1), (two.end(), end)]
        if two and not re.match(r"(?i)p\.? ?o", text[two.end() : end])
        else [(start, end)]
    )


def _location(start: int, end: int) -> Match:
    return Match("LOCATION", start, end, 0.8, "synthgen:address")


_ZIP = re.compile(
    rf"(?i:\b(?:zip(?: ?code)?|post(?:al)? ?code|plz|cap|cep|código postal|code postal|kod pocztowy)(?: is"
    rf"|:)? )({_POSTCODE}|\d{{3,4}}\b)"
)


def postcodes(text: str) -> Iterator[Match]:
    """Postcodes after a word for them, and after a country's name."""
    for match in _ZIP.finditer(text):
        yield Match("ZIP_CODE", *match.span(1), 0.75, "synthgen:zip_code")
    for match in re.finditer(rf"(?<!\w)([{UPPER}][{UPPER}{LOWER}.-]+) ({_POSTCODE})", text):
        if match.group(1).lower() in countries():
            yield Match("ZIP_CODE", *match.span(2), 0.5, "synthgen:zip_code")
