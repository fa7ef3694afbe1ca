"""Points on a country's land, as dense as people live, or near other points."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, model_validator

from synthgen.columns import Column, Declared, Rows
from synthgen.errors import did_you_mean
from synthgen.generator import BaseGenerator, Build, Params, Spec
from synthgen.generators.digits import strings
from synthgen.generators.entities.base import country_of
from synthgen.generators.land import cosine, countries_with_land, degrees_of
from synthgen.generators.quantity import decimals
from synthgen.generators.settled import ANY, beside_land, on_land, settled
from synthgen.seeds import unit

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_DIRECTIONS, _HALVINGS = 16, 8
_BASE32 = np.frombuffer(b"0123456789bcdefghjkmnpqrstuvwxyz", np.uint8)
_HASH = 8  # characters of a geohash: 38 m by 19 m; nine, ten or eleven would look like identity numbers of some country
_STRUCT = pl.Struct({"latitude": pl.Float64(), "longitude": pl.Float64()})


class PointParams(Params):
    """`point: locale`, a country, a column of country codes, or another point of the row, whose `part` is taken."""

    point: str = Field(description="write point: locale, point: DE, or a column of country codes or of points")
    part: Literal["struct", "lat", "lon", "wkt", "geojson", "geohash"] = "struct"
    decimals: int = Field(default=5, ge=3, le=7)
    near: str | None = Field(default=None, description="write near: COLUMN of points")
    distance: Spec | None = Field(default=None, description="write distance: {exponential: 5}, in kilometres")

    @model_validator(mode="after")
    def _fitting(self) -> PointParams:
        if self.distance is not None and self.near is None:
            raise ValueError("'distance' needs near: COLUMN")
        return self


class Point(BaseGenerator[PointParams]):
    """A point on the land of a country (of the row's locale, named, or in a column), as dense as its cities are.

    With `near` it lies at a `distance` from another point, on land. `point: COLUMN` of a column that is a point gives
    another `part` of the same point.

    Example: `position: {point: DE}`.
    """

    Params = PointParams

    def __init__(self, params: PointParams, build: Build) -> None:
        super().__init__(params, build)
        self.dtype = {"struct": _STRUCT, "lat": pl.Float64(), "lon": pl.Float64()}.get(params.part, pl.String())
        self.declared = Declared("COORDINATES", "regenerated") if params.part in ("wkt", "geojson") else None
        self.bounds = {"lat": (-90.0, 90.0), "lon": (-180.0, 180.0)}.get(params.part, (None, None))
        self.countries: list[str] = []
        self._kind: Literal["locale", "country", "column", "same"] = "country"
        self._same: Point | None = None
        self._source(build)
        self._near: Point | None = None
        self._distance: Any = None
        if params.near is not None:
            self._beside(params.near, build)
        self.needs = tuple(dict.fromkeys(self.needs))

    def _source(self, build: Build) -> None:
        """Which countries there are, or which point this one is a part of."""
        wanted, known = self.params.point, countries_with_land()
        if wanted == "locale":
            self._kind, self.countries = "locale", [country_of(name) for name in build.locales]
            unknown = [c for c in self.countries if c not in known]
            if unknown:
                message = f"no outline is known of {unknown[0]}, the country of a locale"
                raise build.fail("unknown-country", message, "name another country, such as point: DE", "point")
            return
        if wanted == ANY:
            if self.params.near is None:
                message = "anywhere on land is where nobody lives"
                raise build.fail("contradiction", message, "name a country, or write near: COLUMN", "point")
            self.countries = [ANY]
            return
        if wanted in known:
            self.countries = [wanted]
            return
        if wanted.isupper() and len(wanted) == 2:
            remedy = "write GB" if wanted == "UK" else did_you_mean(wanted, known) or "write an ISO code, such as DE"
            raise build.fail("unknown-country", f"no outline of a country '{wanted}' is known", remedy, "point")
        found: Any = build.generator_of(wanted)
        self.needs = (wanted,)
        if isinstance(found, Point) and "." not in wanted:
            if self.params.near is not None:
                message = f"'{wanted}' is a point already"
                raise build.fail("contradiction", message, "write near beside that one, or name a country", "near")
            self._kind, self._same = "same", found
            return
        if found.dtype != pl.String():
            message = f"'{wanted}' is neither a point of this table nor a text of country codes"
            raise build.fail(
                "wrong-type", message, "write locale, a country such as DE, or name such a column", "point"
            )
        self._kind, self.countries = "column", sorted(known)

    def _beside(self, name: str, build: Build) -> None:
        found: Any = build.generator_of(name)
        if isinstance(found, Point) and "." not in name:
            self._near = found
        elif found.dtype != _STRUCT:
            message = f"'{name}' is not a column of points"
            raise build.fail("wrong-type", message, "name one that is made by point: ...", "near")
        self.needs = (*self.needs, name)
        self._distance = build.nested(self.params.distance or {"exponential": 5}, "distance")
        least = self._distance.bounds[0]
        if not self._distance.dtype.is_numeric() or least is None or least < 0:
            message = "a distance is a number of kilometres, never negative"
            raise build.fail("wrong-type", message, "write distance: {exponential: 5}", "distance")
        self.needs = (*self.needs, *self._distance.needs)

    # -- where

    def positions(self, rows: Rows) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        """Latitudes and longitudes in steps of the last decimal, and which rows have none."""
        return rows.memo("#point", lambda: self._positions(rows))

    def _positions(self, rows: Rows) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        if self._same is not None:
            found = self._same.positions(rows.beside(self.params.point))
            shift = 10 ** abs(self.params.decimals - self._same.params.decimals)
            coarser = self.params.decimals < self._same.params.decimals
            latitude, longitude = (v // shift if coarser else v * shift for v in found[:2])
            return latitude, longitude, found[2] | rows.values(self.params.point).is_null().to_numpy()
        latitude, longitude = np.zeros(rows.count, np.int64), np.zeros(rows.count, np.int64)
        missing = np.ones(rows.count, np.bool_)
        if not rows.count:
            return latitude, longitude, missing
        base = self._bases(rows) if self.params.near is not None else None
        bits = [rows.bits(slot) for slot in ("cell", "north", "east")] if base is None else []
        for country, mine in self._groups(rows):
            if base is None:
                cell, north, east = (b[mine] for b in bits)
                made = settled(country).place(cell, north, east, 10**self.params.decimals)
                missing[mine] = False
            else:
                latitude[mine], longitude[mine], missing[mine] = self._around(country, rows, mine, base)
                continue
            latitude[mine], longitude[mine] = made
        return latitude, longitude, missing

    def _groups(self, rows: Rows) -> list[tuple[str, Ints]]:
        """Each country with the positions of its rows; those of unknown countries are left out."""
        if len(self.countries) == 1:
            return [(self.countries[0], np.arange(rows.count))]
        if self._kind == "locale":
            codes = rows.locales[1].astype(np.int64)
        else:
            number = pl.DataFrame({"code": self.countries, "at": np.arange(len(self.countries))})
            wanted = rows.values(self.params.point).alias("code").to_frame()
            joined = wanted.join(number, on="code", how="left", maintain_order="left")["at"]
            codes = joined.cast(pl.Int64).fill_null(-1).to_numpy()
        order = np.argsort(codes, kind="stable")
        present, first = np.unique(codes[order], return_index=True)
        parts = np.split(order, first[1:])
        return [(self.countries[int(c)], p) for c, p in zip(present, parts, strict=True) if c >= 0]

    def _bases(self, rows: Rows) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """The points that others lie near, in degrees."""
        name = self.params.near or ""
        values = rows.values(name)
        if self._near is not None:
            latitude, longitude, missing = self._near.positions(rows.beside(name))
            steps = 10.0**self._near.params.decimals
            return latitude / steps, longitude / steps, missing | values.is_null().to_numpy()
        found = [values.struct.field(f) for f in ("latitude", "longitude")]
        gone = (found[0].is_null() | found[1].is_null() | values.is_null()).to_numpy()
        return found[0].fill_null(0.0).to_numpy(), found[1].fill_null(0.0).to_numpy(), gone

    def _around(
        self, country: str, rows: Rows, mine: Ints, base: tuple[Floats, Floats, NDArray[np.bool_]]
    ) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        """Points at their distances from others: of 16 directions the first that leads to land counts.

        Where none does, the distance is halved, up to 8 times; where that is in vain too, the point is the other one.
        Where the other one lies abroad or at sea and its distance leads to no land, there is none.
        """
        steps = 10**self.params.decimals
        part = rows.take(mine)
        away = self._distance.generate(part.scoped("distance")).values.cast(pl.Float64).fill_null(0.0).to_numpy()
        turn = unit(part.bits("turn"))
        north0, east0 = base[0][mine], base[1][mine]
        latitude, longitude = (np.rint(v * steps).astype(np.int64) for v in (north0, east0))
        missing = base[2][mine].copy()
        left = np.flatnonzero(~missing)
        for attempt in range(_DIRECTIONS * _HALVINGS):
            if not len(left):
                break
            k, half = attempt % _DIRECTIONS, attempt // _DIRECTIONS
            if attempt == _DIRECTIONS:
                at_home = beside_land(country, latitude[left], longitude[left], steps)
                missing[left[~at_home]] = True
                left = left[at_home]
            angle = (turn[left] + k / _DIRECTIONS) % 1.0 * 360.0 - 180.0
            reach = np.minimum(away[left], 2000.0) * 0.5**half
            north, east = degrees_of(reach * cosine(angle), reach * cosine(90.0 - np.abs(angle)), north0[left])
            east = np.where(angle < 0, -east, east)
            there = np.rint(np.clip(north0[left] + north, -89.9, 89.9) * steps).astype(np.int64)
            across = np.rint(((east0[left] + east + 180.0) % 360.0 - 180.0) * steps).astype(np.int64)
            fine = on_land(country, there, across, steps)
            latitude[left[fine]], longitude[left[fine]] = there[fine], across[fine]
            left = left[~fine]
        return latitude, longitude, missing

    # -- how it is written

    def generate(self, rows: Rows) -> Column:
        """One point per row; null where a country is unknown, or the other point is null."""
        latitude, longitude, missing = self.positions(rows)
        made = self._written(latitude, longitude)
        if missing.any():
            made = made.to_frame("v").select(pl.when(~pl.lit(pl.Series(missing))).then("v")).to_series()
        return Column.of(made, self.declared)

    def _written(self, latitude: Ints, longitude: Ints) -> pl.Series:
        places, part = self.params.decimals, self.params.part
        if part == "geohash":
            return _geohash(latitude / 10**places, longitude / 10**places)
        if part in ("wkt", "geojson"):
            x, y = (decimals(v, places).cast(pl.String) for v in (longitude, latitude))
            before, between, after = (
                ("POINT (", " ", ")") if part == "wkt" else ('{"type":"Point","coordinates":[', ",", "]}")
            )
            pieces = [pl.lit(before), pl.lit(x), pl.lit(between), pl.lit(y), pl.lit(after)]
            return pl.select(pl.concat_str(pieces)).to_series() if len(x) else pl.Series([], dtype=pl.String)
        x, y = (pl.Series(v / 10**places) for v in (longitude, latitude))
        if part == "struct":
            return pl.DataFrame([y.alias("latitude"), x.alias("longitude")]).to_struct("point")
        return y if part == "lat" else x


def _geohash(latitude: Floats, longitude: Floats) -> pl.Series:
    """Geohashes: bits of longitude and latitude in turn, five to a character."""
    wide, high = -(-5 * _HASH // 2), 5 * _HASH // 2
    across = np.minimum(((longitude + 180.0) / 360.0 * 2**wide).astype(np.uint64), np.uint64(2**wide - 1))
    up = np.minimum(((latitude + 90.0) / 180.0 * 2**high).astype(np.uint64), np.uint64(2**high - 1))
    bits = np.zeros(len(latitude), np.uint64)
    for k in range(5 * _HASH):
        source, place = (across, wide - 1 - k // 2) if k % 2 == 0 else (up, high - 1 - k // 2)
        bits = (bits << np.uint64(1)) | ((source >> np.uint64(place)) & np.uint64(1))
    shifts = np.arange(5 * (_HASH - 1), -1, -5, dtype=np.uint64)
    return strings(_BASE32[((bits[:, None] >> shifts) & np.uint64(31)).astype(np.int64)])
