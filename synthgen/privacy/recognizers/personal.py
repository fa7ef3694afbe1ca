"""Facts about a person in free text: a date of birth that says so, a street address in a sentence."""

from __future__ import annotations

import re

from synthgen.privacy.base import Match
from synthgen.privacy.patterns import LIKELY, WEAK

_DATE = r"(?:\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d)|\d{1,2}(?:st|nd|rd|th)?\.? [A-Z][a-zä]{2,9}\.?,? \d{4}|[A-Z][a-z]{2,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})"  # noqa: E501
_BORN = r"(?i:\bdob\b|\bd\.o\.b\.?|\bdate of birth\b|\bbirth ?date\b|\bborn(?: on)?\b|\bgeboren(?: am)?\b|\bn[ée]e? le\b|\bbirthday(?: is)?\b)"  # noqa: E501
BIRTH_NAMES = ("birth", "dob", "birthdate", "birthday", "born", "date of birth", "geburtsdatum", "naissance")


class BirthDate:
    """Dates after a word for birth; in a column that is named for it, any date."""

    entity = "DATE_OF_BIRTH"
    prefilter = _BORN
    context = BIRTH_NAMES
    name = "synthgen:date_of_birth"

    _pattern = re.compile(rf"{_BORN}[\s:=,.-]{{0,6}}({_DATE})")

    def find(self, text: str, context: str = "") -> list[Match]:
        """The dates themselves, without the words before them."""
        return [Match(self.entity, *m.span(1), LIKELY, self.name) for m in self._pattern.finditer(text)]


BIRTH_DATE = BirthDate()

_KIND = (
    "Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Highway|Hwy"
    "|Parkway|Pkwy|Crescent|Close|Grove"
)
_WORD = r"[A-Z][\w'-]{1,24}"
_GERMAN = r"[A-ZÄÖÜ][a-zäöüß-]{2,30}(?:straße|strasse|str\.|weg|platz|allee|gasse) \d{1,4}[a-z]?"
_STREET = rf"\d{{1,5}}[A-Z]? (?:[NSEW]\.? )?(?:{_WORD} ){{1,3}}(?:{_KIND})\b|{_GERMAN}\b"


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
            around = text[: match.start()] + " " + text[match.end() :]
            if len(re.findall(r"(?<!\w)[a-z]{2,}(?!\w)", around)) >= 3:
                found.append(Match(self.entity, *match.span(), WEAK, self.name))
        return found


STREET_ADDRESS = StreetAddress()
