"""Places whose city, state, postcode, position and time zone belong together, by country.

Countries without a list of real places (see `places.tsv`) get combinations of their locale's Faker words: a city, a
state and a postcode in the country's form, which do not lie in each other.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from synthgen.generators.entities.base import country_of
from synthgen.generators.entities.vocabulary import generator, sample

_COMPOSED = 400


@dataclass(frozen=True)
class Place:
    """One postcode of one city; `weight` is its share of the inhabitants."""

    city: str
    state: str
    state_code: str
    postcode: str
    latitude: float
    longitude: float
    timezone: str
    weight: float


@dataclass(frozen=True)
class Country:
    """A country by its ISO code."""

    code: str
    name: str
    currency: str
    latitude: float
    longitude: float
    timezone: str


def _lines(name: str) -> list[list[str]]:
    text = resources.files("synthgen.generators.entities").joinpath(name).read_text(encoding="utf-8")
    return [row for row in csv.reader(text.splitlines(), delimiter="\t") if row and not row[0].startswith("#")]


@lru_cache(maxsize=1)
def countries() -> dict[str, Country]:
    """Countries of Faker's locales by code."""
    return {r[0]: Country(r[0], r[1], r[2], float(r[3]), float(r[4]), r[5]) for r in _lines("countries.tsv")}


@lru_cache(maxsize=1)
def _real() -> dict[str, tuple[Place, ...]]:
    found: dict[str, list[Place]] = {}
    for code, state, state_code, city, latitude, longitude, zone, inhabitants, postcodes in _lines("places.tsv"):
        several = postcodes.split(";")
        for postcode in several:
            weight = float(inhabitants) / len(several)
            place = Place(city, state, state_code, postcode, float(latitude), float(longitude), zone, weight)
            found.setdefault(code, []).append(place)
    return {code: tuple(places) for code, places in found.items()}


def inhabited(country: str) -> tuple[Place, ...]:
    """Real places of a country by its code; none where no list is known."""
    return _real().get(country, ())


@lru_cache(maxsize=128)
def places(locale: str) -> tuple[Place, ...]:
    """Places of a locale's country."""
    code = country_of(locale)
    return _real().get(code) or _composed(locale, countries().get(code, countries()["US"]))


def _composed(locale: str, country: Country) -> tuple[Place, ...]:
    made = generator(locale)
    state_method = next((m for m in ("administrative_unit", "state", "province", "city") if hasattr(made, m)), "city")
    columns: Sequence[Sequence[str]] = [sample(locale, m, _COMPOSED)[0] for m in ("city", state_method, "postcode")]
    cities, states, postcodes = ([*c] * (_COMPOSED // len(c) + 1) for c in columns)
    return tuple(
        Place(cities[i], states[i], states[i][:3].upper(), postcodes[i], country.latitude, country.longitude,
              country.timezone, 1.0)
        for i in range(int(np.clip(len(columns[0]), 50, _COMPOSED)))
    )  # fmt: skip
