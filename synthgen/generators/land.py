"""Countries' land areas, and the cells of a lattice of degrees that lie wholly within one.

The outlines (`land.parquet`: thousandths of a degree, each ring as differences) are those of Natural Earth 1:10m
(public domain, naturalearthdata.com, by way of the npm package world-atlas 2.0.2), simplified to 0.01 degrees.
Countries are named by ISO 3166-1 codes, Kosovo by XK. Inside is what a ray meets the outline an odd number of times
from, so lakes that have a ring of their own are outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_KM_PER_DEGREE = 111.19492664455873  # of a great circle on a sphere of 6,371 km
_RADIANS = 0.017453292519943295
_SAMPLES = 8  # of an outline per cell's width: what lies between two of them is within a 16th of one


@dataclass(frozen=True, eq=False)
class Outline:
    """All sides of a country's rings, from (x0, y0) to (x1, y1), degrees east and north."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north end."""
        return float(self.x0.min()), float(self.y0.min()), float(self.x0.max()), float(self.y0.max())


@lru_cache(maxsize=1)
def _all() -> pl.DataFrame:
    file = resources.files("synthgen.generators").joinpath("land.parquet")
    with file.open("rb") as stream:
        return pl.read_parquet(stream)


@lru_cache(maxsize=1)
def countries_with_land() -> frozenset[str]:
    """Codes of the countries whose outline is known."""
    return frozenset(_all()["country"].unique().to_list())


@lru_cache(maxsize=1)
def all_bounds() -> dict[str, tuple[float, float, float, float]]:
    """West, south, east and north end of every country."""
    return {country: outline(country).bounds for country in sorted(countries_with_land())}


@lru_cache(maxsize=256)
def outline(country: str) -> Outline:
    """The outline of a country by its code."""
    rings = _all().filter(pl.col("country") == country)
    ring, x, y = (rings[name].cast(pl.Int64) for name in ("ring", "x", "y"))
    number = ring.to_numpy()
    same = number[1:] == number[:-1]
    ends = [(v[:-1][same] / 1000.0, v[1:][same] / 1000.0) for v in (_points(ring, x), _points(ring, y))]
    return Outline(ends[0][0], ends[1][0], ends[0][1], ends[1][1])


def _points(ring: pl.Series, steps: pl.Series) -> Ints:
    """Positions from differences; every ring begins with its first point."""
    frame = pl.DataFrame([ring.alias("ring"), steps.alias("step")])
    return frame.select(pl.col("step").cum_sum().over("ring"))["step"].to_numpy()


def cosine(degrees: Floats) -> Floats:
    """Cosine by its series, the same on every machine."""
    x = degrees * _RADIANS
    term, total = np.ones_like(x), np.ones_like(x)
    for n in range(1, 26, 2):
        term = -term * x * x / (n * (n + 1))
        total = total + term
    return total


def kilometres(latitude: Floats, longitude: Floats, latitude2: Floats, longitude2: Floats) -> Floats:
    """Distances, by the mean latitude's stretch of a degree: right to 1 % up to 500 km."""
    north = latitude2 - latitude
    east = (longitude2 - longitude) * cosine((latitude + latitude2) * 0.5)
    found: Floats = _KM_PER_DEGREE * np.sqrt(north * north + east * east)
    return found


def degrees_of(north_km: Floats, east_km: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """Degrees north and east of a way in kilometres at a latitude."""
    shrink = np.maximum(cosine(latitude), 0.01)
    return north_km / _KM_PER_DEGREE, east_km / (_KM_PER_DEGREE * shrink)


def land(country: str, per_degree: int, west: int, south: int, east: int, north: int) -> NDArray[np.bool_]:
    """Which cells of the lattice lie wholly within a country: rows from `south` to before `north`, columns likewise.

    Cell (j, i) reaches from j to j + 1 north and i to i + 1 east, in units of 1 / per_degree degrees.
    """
    sides = outline(country)
    low, high = np.minimum(sides.y0, sides.y1) * per_degree, np.maximum(sides.y0, sides.y1) * per_degree
    near = (high >= south - 1) & (low <= north + 1)
    x0, y0, x1, y1 = (v[near] * per_degree for v in (sides.x0, sides.y0, sides.x1, sides.y1))
    out = np.zeros((north - south, east - west), np.bool_)
    columns = np.arange(west, east) + 0.5
    for row in range(north - south):
        y = south + row + 0.5
        crossing = (y0 <= y) != (y1 <= y)
        if crossing.any():
            a, b, c, d = x0[crossing], y0[crossing], x1[crossing], y1[crossing]
            met = np.sort(a + (y - b) * (c - a) / (d - b))
            out[row] = np.searchsorted(met, columns) % 2 == 1
    _cut(out, (x0, y0, x1, y1), west, south)
    return out


def _cut(cells: NDArray[np.bool_], sides: tuple[Floats, Floats, Floats, Floats], west: int, south: int) -> None:
    """Takes every cell away that a side may touch."""
    rows, columns = cells.shape
    x0, y0, x1, y1 = sides
    near = (np.maximum(x0, x1) >= west - 1) & (np.minimum(x0, x1) <= west + columns + 1)
    x0, y0, x1, y1 = (v[near] for v in sides)
    counts = np.ceil(np.maximum(np.abs(x1 - x0), np.abs(y1 - y0)) * (2 * _SAMPLES)).astype(np.int64) + 1
    side = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(len(side)) - np.repeat(np.cumsum(counts) - counts, counts)
    t = step / np.maximum(counts - 1, 1)[side]
    x, y = x0[side] + t * (x1 - x0)[side], y0[side] + t * (y1 - y0)[side]
    reach = 1.0 / _SAMPLES
    for dx in (-reach, reach):
        for dy in (-reach, reach):
            column = np.floor(x + dx).astype(np.int64) - west
            row = np.floor(y + dy).astype(np.int64) - south
            inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
            cells[row[inside], column[inside]] = False


@lru_cache(maxsize=64)
def even(country: str) -> tuple[int, Ints, Ints]:
    """Cells all over a country: cells per degree, and their rows and columns; the finer the smaller it is."""
    windows = [outline(country).bounds]
    for per_degree in (8, 32, 128, 512):
        found = [_window(country, per_degree, *bounds) for bounds in windows]
        row, column = np.unique(np.concatenate(found, axis=1), axis=1)
        if len(row) >= 200 or per_degree == 512:
            break
        windows = _ring_bounds(country)  # islands on both sides of the date line are far apart
    return per_degree, row, column


def _window(country: str, per_degree: int, west: float, south: float, east: float, north: float) -> Ints:
    a, b, c, d = (int(np.floor(v * per_degree)) for v in (west, south, east, north))
    row, column = np.nonzero(land(country, per_degree, a, b, c + 1, d + 1))
    return np.stack([row + b, column + a])


def _ring_bounds(country: str) -> list[tuple[float, float, float, float]]:
    """West, south, east and north end of each ring."""
    rings = _all().filter(pl.col("country") == country)
    places = rings.select("ring", x=pl.col("x").cum_sum().over("ring"), y=pl.col("y").cum_sum().over("ring"))
    ends = places.group_by("ring", maintain_order=True).agg(
        pl.col("x").min().alias("w"),
        pl.col("y").min().alias("s"),
        pl.col("x").max().alias("e"),
        pl.col("y").max().alias("n"),
    )
    return [(w / 1000, s / 1000, e / 1000, n / 1000) for w, s, e, n in ends.select("w", "s", "e", "n").iter_rows()]
