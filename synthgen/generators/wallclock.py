"""The wall clock of a time zone, or of each row's zone: what hours, days and seasons of a series or a rate go by."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from synthgen.columns import Rows
from synthgen.errors import did_you_mean
from synthgen.generator import Build
from synthgen.generators.entities.places import countries
from synthgen.generators.moments import Micros
from synthgen.generators.timezones import is_zone, to_local, to_utc


class WallClock:
    """Between UTC and the clock of a zone: an IANA name, or a column of them (where it is null, UTC)."""

    def __init__(self, zone: str, build: Build, *path: str | int) -> None:
        self.zone = zone
        self.needs: tuple[str, ...] = ()
        if is_zone(zone):
            return
        if "/" in zone or build.dtype_of(zone) != pl.String():
            message = f"'{zone}' is neither a time zone nor a column of time zones"
            remedy = did_you_mean(zone, [c.timezone for c in countries().values()]) or "write one such as Europe/Berlin"
            raise build.fail("unknown-timezone", message, remedy, *path)
        self.needs = (zone,)

    def zones(self, rows: Rows) -> pl.Series | None:
        """Each row's zone, where they are read from a column."""
        return rows.values(self.zone) if self.needs else None

    def local(self, times: Micros, zones: pl.Series | None) -> Micros:
        """What the clocks show at these instants."""
        return self._each(times, zones, to_local)

    def utc(self, times: Micros, zones: pl.Series | None) -> Micros:
        """The instants at which the clocks show these times."""
        return self._each(times, zones, to_utc)

    def _each(self, times: Micros, zones: pl.Series | None, shift: Callable[[pl.Series, str], pl.Series]) -> Micros:
        if zones is None:
            return _shifted(times, self.zone, shift)
        found = times.copy()
        codes = zones.rank("dense").fill_null(0).to_numpy()
        for code in np.unique(codes):
            mine = np.flatnonzero(codes == code)
            name = zones[int(mine[0])]
            if name is not None:
                found[mine] = _shifted(times[mine], name, shift)
        return found


def _shifted(times: Micros, zone: str, shift: Callable[[pl.Series, str], pl.Series]) -> Micros:
    found: Micros = shift(pl.Series(times).cast(pl.Datetime("us")), zone).to_physical().to_numpy()
    return found
