"""Reserved telephone numbers in the spellings of a country: international, national, and digits alone.

A national spelling is used only where it is as unmistakable as the international one (see `privacy.reserved_phone`).
Countries without a range of their own have North America's numbers in full form.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import polars as pl

from synthgen.generators.entities.base import country_of
from synthgen.generators.entities.id_forms import NationalId
from synthgen.generators.entities.phones import reserved_phones
from synthgen.seeds import U64

_AUTHORITY = "telephone numbers for fiction: NANPA, Ofcom, Bundesnetzagentur, ARCEP, ACMA, PTS, ComReg"
_MOBILE = {"GB": "+44 7700", "FR": "+33 6", "AU": "+61 491", "SE": "+46 70"}
_CODES = {"GB": "+44 ", "DE": "+49 ", "FR": "+33 "}


def _spellings(country: str, method: str, numbers: tuple[str, ...]) -> list[str]:
    if method == "msisdn":
        return ["".join(c for c in n if c.isdigit()) for n in numbers]
    if numbers[0].startswith("+1-"):
        bare = [n[3:] for n in numbers]
        if method == "basic_phone_number" and country in ("US", "CA"):
            return bare
        if country not in ("US", "CA"):
            return list(numbers)
        return [*numbers, *bare, *(f"({n[:3]}) {n[4:]}" for n in bare), *(f"001-{n}x{n[-2:]}7" for n in bare)]
    code = _CODES.get(country)
    national = [] if code is None else ["0" + n.removeprefix(code) for n in numbers]
    return [*numbers, *national]


@lru_cache(maxsize=1024)
def phone(method: str, locale: str) -> NationalId:
    """Reserved numbers for a method that makes telephone numbers."""
    country = country_of(locale)
    numbers = reserved_phones(country)
    if any(part in method for part in ("cell", "mobile")) and country in _MOBILE:
        numbers = tuple(n for n in numbers if n.startswith(_MOBILE[country])) or numbers
    series = pl.Series(list(dict.fromkeys(_spellings(country, method, numbers))))

    def spell(rank: U64) -> pl.Series:
        return series.gather(pl.Series((rank % np.uint64(len(series))).astype(np.uint32)))

    return NationalId("PHONE_NUMBER", len(series), spell, _AUTHORITY)
