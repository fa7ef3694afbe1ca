"""Facts about a person in free text: a date of birth that says so, a street address in a sentence."""

from __future__ import annotations

import re

from synthgen.privacy.base import Match
from synthgen.privacy.patterns import LIKELY, WEAK, spoken
from synthgen.privacy.recognizers.dates import DATE, has_year
from synthgen.privacy.recognizers.words import BIRTH
from synthgen.privacy.texts import MASK

BIRTH_NAMES = BIRTH
_BORN = rf"(?i)(?<![^\W_])(?:{spoken(BIRTH)})(?![^\W_])"
_STARTS = rf"(?i)(?:^|[^0-9a-z])(?:{spoken(BIRTH)})(?:$|[^0-9a-z])"


class BirthDate:
    """Dates after a word for birth; in a column that is named for it, any date."""

    entity = "DATE_OF_BIRTH"
    prefilter = _STARTS
    context = BIRTH_NAMES
    name = "synthgen:date_of_birth"

    _pattern = re.compile(
        rf"{_BORN}[\"'\])]{{0,2}}[\s:=,.(>-]{{0,6}}(?:(?:is|was|ist|war|on|am|est|es|le|el|il|em|op|dnia|è|é)\s){{0,2}}"
        rf"[\"']?(?P<value>{DATE}|{MASK}{{10,35}})(?![\w]|[./-]\d)"
    )

    def find(self, text: str, context: str = "") -> list[Match]:
        """The dates themselves, without the words before them; a day without a year is a birthday, and stays."""
        found = (m.span("value") for m in self._pattern.finditer(text))
        return [
            Match(self.entity, a, b, LIKELY, self.name) for a, b in found if MASK in text[a:b] or has_year(text[a:b])
        ]


BIRTH_DATE = BirthDate()

_KIND = (
    "Streets?|St|Avenues?|Ave|Roads?|Rd|Lanes?|Ln|Drives?|Dr|Boulevard|Blvd|Courts?|Ct|Way|Place|Pl|Squares?|Sq|Terraces?"
    "|Highway|Hwy|Parkway|Pkwy|Crescent|Close|Grove|Gardens|Alley|Circle|Cir|Trail|Mews|Plaza|Crossing|Turnpike|Bypass"
    "|Expressway|Freeway|Crossroads?|Throughway|Causeway"
)
_WORD = r"[A-ZÀ-ÖØ-Þ][A-Za-zÀ-ÿ0-9_'\u2019-]{1,24}"
_NUMBER = r"\d{1,5}[A-Z]? (?:[NSEW]\.? )?"
_UNIT = r"(?:(?:Apt|Apartment|Suite|Ste|Unit|Flat)\.? \w{1,6},? )?"
_POSTCODE = r"(?:[A-Z]{2,3},? )?(?:\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})\b"
_OF = r"(?:(?:de la|de|du|des|del|della|dei|da|do|dos|das|di|la|le|les|los|las) ){0,2}"
_ENDING = "straße|strasse|str\\.|weg|platz|allee|gasse|straat|laan|plein|gracht|kade"
_FRENCH = "(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]hemin|[Ii]mpasse|[Aa]llée|[Qq]uai)"
_SOUTHERN = (
    r"(?:[Cc]alle|[Aa]venida|[Aa]vda\.|[Pp]aseo|[Vv]ia(?:le)?|[Pp]iazza|[Cc]orso|[Rr]ua|[Tt]ravessa|[Uu]lica|[Uu]l\.)"
)
_STREET = "|".join(
    (
        rf"{_NUMBER}(?:{_WORD} ){{1,3}}(?:{_KIND})\b",
        rf"{_NUMBER}{_WORD}(?: {_WORD}){{0,3}},? {_UNIT}{_WORD}(?: {_WORD}){{0,2}},? {_POSTCODE}",
        rf"[A-ZÄÖÜ][a-zäöüß-]{{2,30}}(?:{_ENDING}) \d{{1,4}}[a-z]?\b",
        rf"\d{{1,4}}(?: bis| ter)?,? {_FRENCH} {_OF}{_WORD}",
        rf"\b{_SOUTHERN} {_OF}{_WORD}(?: {_WORD}){{0,2}},? (?:n[.º°] ?)?\d{{1,4}}\b",
    )
)
"""Streets with a house number as the USA and Britain, Germany and the Netherlands, France, and the countries write them
that put the kind first; or, whatever the street is called, a number, a street, a city and a postcode."""


_AROUND = 300
"""Characters before and after an address in which a sentence shows."""


class StreetAddress:
    """A house number with a street inside a sentence; a value that is nothing but an address is its column's matter."""

    entity = "LOCATION"
    prefilter = _STREET
    context = ()
    name = "synthgen:street_address"

    _pattern = re.compile(_STREET)

    def find(self, text: str, context: str = "") -> list[Match]:
        """Addresses with at least three lower-case words around them."""
        found = []
        for match in self._pattern.finditer(text):
            start, end = match.span()
            around = text[max(0, start - _AROUND) : start] + " " + text[end : end + _AROUND]
            if len(re.findall(r"(?<!\w)[a-z]{2,}(?!\w)", around)) >= 3:
                found.append(Match(self.entity, start, end, WEAK, self.name))
        return found


STREET_ADDRESS = StreetAddress()
