"""Calendars: the words for weekdays, months and hours with their weights, and the public holidays of countries.

Holidays come from the package `holidays`, whose version decides cells: it is pinned.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgen.errors import did_you_mean

Ints = NDArray[np.int64]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SHORT = {"business": {"mon-fri": 1.0}, "weekend": {"sat-sun": 1.0}}
_EPOCH = date(1970, 1, 1)
THURSDAY = 3  # 1970-01-01


def cyclic(value: Any, names: tuple[str, ...], what: str) -> list[float]:
    """One weight for each name, from a list of names or a mapping of names or runs (`mon-fri`) to weights.

    What is left out has a weight of 0, as in a choice. Raises ValueError.
    """
    if isinstance(value, str):
        value = _SHORT.get(value, [value]) if names is WEEKDAYS else [value]
    if isinstance(value, list) and value:
        value = {str(name): 1.0 for name in value}
    if not isinstance(value, dict) or not value:
        raise ValueError(f"{what} are a list such as [{names[0]}, {names[1]}], or a mapping to weights")
    if any(isinstance(w, bool) or not isinstance(w, int | float) or not 0 <= w < 1e100 for w in value.values()):
        raise ValueError("weights are numbers of at least 0")
    if len(value) == 1 and next(iter(value.values())) != 1:
        example = f"{{{names[0]}-{names[4]}: 1, {names[5]}: 0.2}}"
        raise ValueError(f"a single weight changes nothing, for what is left out never comes up; write {example}")
    out = [0.0] * len(names)
    for key, weight in value.items():
        for i in _run(str(key).lower(), names, what):
            out[i] = float(weight)
    if not sum(out) > 0:
        raise ValueError("all weights are 0")
    return out


def _run(key: str, names: tuple[str, ...], what: str) -> list[int]:
    """Positions of a name, a number, or a run of them, which may go round the end."""
    first, _, last = key.partition("-")
    found = []
    for word in (first, last or first):
        word = word.strip()
        known = word[:3] if word[:3] in names and len(word) >= 3 else word
        if names is MONTHS and word.isdigit() and 1 <= int(word) <= 12:
            known = MONTHS[int(word) - 1]
        if known not in names:
            raise ValueError(f"'{word}' is none of the {what}: {', '.join(names)}")
        found.append(names.index(known))
    start, end = found
    return [(start + k) % len(names) for k in range((end - start) % len(names) + 1)]


def hourly(value: Any) -> list[float]:
    """One weight for each hour of the day, from `[9, 17]`, or a mapping of hours or runs (`8-12`) to weights."""
    if isinstance(value, list):
        if len(value) != 2 or any(isinstance(v, bool) or not isinstance(v, int) for v in value):
            raise ValueError("hours are [first, end], or a mapping of hours to weights")
        if not 0 <= value[0] < value[1] <= 24:
            raise ValueError("hours are [first, end] with 0 <= first < end <= 24")
        return [float(value[0] <= h < value[1]) for h in range(24)]
    if not isinstance(value, dict) or not value:
        raise ValueError("hours are [first, end], or a mapping of hours to weights")
    out = [0.0] * 24
    for key, weight in value.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < 1e100:
            raise ValueError("weights are numbers of at least 0")
        first, dash, last = str(key).partition("-")
        if not first.strip().isdigit() or (dash and not last.strip().isdigit()):
            raise ValueError(f"'{key}' is no hour; write 9, or 8-12 for the hours from 8:00 until before 12:00")
        start = int(first)
        end = int(last) if dash else start + 1
        if not 0 <= start < end <= 24:
            raise ValueError(f"'{key}' is no hour of a day: 0 to 23, or runs such as 22-24")
        out[start:end] = [float(weight)] * (end - start)
    if not sum(out) > 0:
        raise ValueError("all weights are 0")
    return out


def weekly(value: Any) -> list[list[float]]:
    """The hours' weights of each weekday: of all days alike, or by days or runs of them (`mon-fri: [8, 18]`).

    Days that such a mapping leaves out are closed. Raises ValueError.
    """
    if not isinstance(value, dict) or not any(str(key)[:3].lower() in WEEKDAYS for key in value):
        return [hourly(value)] * 7
    out = [[0.0] * 24] * 7
    for key, hours in value.items():
        for i in _run(str(key).lower(), WEEKDAYS, "weekdays"):
            out[i] = hourly(hours)
    return out


class UnknownCalendarError(ValueError):
    """No holidays are known for a country or one of its parts; `remedy` says what is."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


def check_country(country: str, subdivision: str | None = None) -> None:
    """Raises UnknownCalendarError unless the country (ISO code) and the subdivision have a calendar."""
    from holidays import list_supported_countries

    known = list_supported_countries(include_aliases=False)
    if country not in known:
        remedy = did_you_mean(country.upper(), known) or "write an ISO code, such as US"
        raise UnknownCalendarError(f"no calendar of holidays is known for '{country}'", remedy)
    parts = known[country]
    if subdivision is not None and subdivision not in parts:
        remedy = did_you_mean(subdivision, parts) or f"known: {', '.join(parts)}"
        raise UnknownCalendarError(f"{country} has no subdivision '{subdivision}' with holidays of its own", remedy)


def holidays_of(country: str, subdivision: str | None, first: int, last: int) -> Ints:
    """Days since 1970 of the public holidays in the years from one day to another, in order."""
    years = [date.fromordinal(d + _EPOCH.toordinal()).year for d in (first, last)]
    return np.concatenate([_of_year(country, subdivision, year) for year in range(years[0], years[1] + 1)])


@lru_cache(maxsize=4096)
def _of_year(country: str, subdivision: str | None, year: int) -> Ints:
    from holidays import country_holidays

    found = country_holidays(country, subdiv=subdivision, years=year)
    return np.array(sorted(d.toordinal() - _EPOCH.toordinal() for d in found), np.int64)
