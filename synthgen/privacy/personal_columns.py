"""What a column's name says about its values."""

from __future__ import annotations

from synthgen.privacy.patterns import mentions, named
from synthgen.privacy.recognizers.personal import BIRTH_NAMES

_NAMES = (
    "first name", "last name", "full name", "firstname", "lastname", "fullname", "surname", "given name", "family name",
    "middle name", "maiden name", "fname", "lname", "forename", "customer name", "contact name", "employee name",
    "patient name", "person name", "vorname", "nachname", "nom de famille", "prenom", "prénom", "cardholder",
)  # fmt: skip
_PLACES = (
    "street", "address", "addr", "city", "town", "road", "street2", "state", "province", "county", "country",
    "location", "place", "region", "company", "employer", "organization", "organisation", "brand", "strasse", "straße",
    "ort", "stadt", "ville", "company name", "bank",
)  # fmt: skip


def is_birth(column: str) -> bool:
    """Whether a column's name speaks of birth."""
    return mentions(BIRTH_NAMES, named(column))


def is_name(column: str) -> bool:
    """Whether a column's name speaks of people's names."""
    return mentions(_NAMES, named(column))


def is_place(column: str) -> bool:
    """Whether a column's name speaks of addresses, places or organisations, which are often called after people."""
    return mentions(_PLACES, named(column)) and not is_name(column)
