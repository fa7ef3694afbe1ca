"""Time zones: IANA names by country, and the way between a zone's wall clock and UTC, by polars' rules of zones."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import polars as pl
from pydantic import Field

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.errors import did_you_mean
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.entities.base import Segments, country_of, locale_group
from synthgen.generators.entities.places import countries, inhabited


@lru_cache(maxsize=1024)
def is_zone(name: str) -> bool:
    """Whether polars knows a time zone of that name."""
    try:
        pl.Series([0]).cast(pl.Datetime("us")).dt.replace_time_zone(name)
    except pl.exceptions.PolarsError:
        return False
    return True


def to_local(utc: pl.Series, zone: str) -> pl.Series:
    """The zone's wall clock at instants of UTC; both naive."""
    return utc.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)


def to_utc(local: pl.Series, zone: str) -> pl.Series:
    """Instants of UTC at which a zone's clock shows these times; both naive.

    Of a time that comes twice the first is taken; one that is skipped in spring stands for an hour later.
    """
    made = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    if made.null_count() > local.null_count():
        later = local.dt.offset_by("1h").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        made = made.zip_with(made.is_not_null(), later)
    return made.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def zones_of(country: str) -> tuple[list[str], list[float]]:
    """A country's time zones with their shares of the inhabitants; the capital's alone where no city is known."""
    found: dict[str, float] = {}
    for place in inhabited(country):
        found[place.timezone] = found.get(place.timezone, 0.0) + place.weight
    if not found:
        found = {countries()[country].timezone: 1.0}
    return list(found), list(found.values())


class TimezoneParams(Params):
    """`timezone: locale`, `timezone: DE`, or `timezone: column`."""

    timezone: str = Field(description="write timezone: locale, a country such as DE, or a column of country codes")


class Timezone(BaseGenerator[TimezoneParams]):
    """A time zone (IANA name) of the row's locale, of a country, or of the country whose code a column holds.

    Zones of a country come up as often as people live in them. Example: `zone: {timezone: locale}`.
    """

    Params = TimezoneParams
    dtype = pl.String()

    def __init__(self, params: TimezoneParams, build: Build) -> None:
        super().__init__(params, build)
        known = countries()
        wanted = params.timezone
        self._by_column = False
        if wanted == "locale":
            codes = [country_of(name) for name in build.locales]
            codes = [c if c in known else "US" for c in codes]
        elif wanted in known:
            codes = [wanted]
        elif wanted.isupper() and len(wanted) == 2:
            remedy = did_you_mean(wanted, known) or "name a column of country codes"
            raise build.fail("unknown-country", f"no time zones are known for '{wanted}'", remedy, "timezone")
        else:
            if build.dtype_of(wanted) != pl.String():
                message = f"'{wanted}' is {build.dtype_of(wanted)}, not a text of country codes"
                raise build.fail("wrong-type", message, "name a column of codes such as DE", "timezone")
            codes, self._by_column, self.needs = list(known), True, (wanted,)
        self._countries = pl.DataFrame({"code": codes, "at": np.arange(len(codes))}, schema_overrides={"at": pl.Int64})
        lists = [zones_of(code) for code in codes]
        self._segments = Segments(lists, range(len(lists)))
        words, inverse = np.unique(np.array(self._segments.words, dtype=object), return_inverse=True)
        self._codes = inverse.astype(np.uint32)
        self.vocabulary = Vocabulary("places:timezone", pl.Series(words.tolist(), dtype=pl.String))

    def generate(self, rows: Rows) -> Column:
        """One name per row; null where a column holds no known country."""
        bits = rows.bits()
        if not self._by_column:
            group = locale_group(rows) if self.params.timezone == "locale" else 0
            return Column.coded(self.vocabulary, self._codes[self._segments.pick(bits, group)])
        wanted = rows.values(self.needs[0]).alias("code").to_frame()
        at = wanted.join(self._countries, on="code", how="left", maintain_order="left")["at"]
        picked = self._codes[self._segments.pick(bits, at.fill_null(0).to_numpy())]
        codes = pl.Series(picked)
        return Column.coded(self.vocabulary, codes.set(at.is_null(), None) if at.null_count() else codes)
