"""Where people live: cells of a country's land with their shares of the inhabitants, and whether a point is on land."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from synthgen.elementary import exp
from synthgen.generators.entities.places import countries, inhabited
from synthgen.generators.land import all_bounds, cosine, even, kilometres, land
from synthgen.seeds import U64, Alias, below

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNIT = 512  # cells are measured in 1 / 512 degrees
FINE = 64  # cells per degree around cities: 1.7 km from south to north
_KM_PER_CELL = 111.19492664455873 / FINE
ANY = "land"  # instead of a country: anywhere on land
_REACH, _WIDEST = 3.0, 40  # how far a city's scatter goes: scales, and at most so many cells
_CAPITAL, _CAPITAL_KM = 0.3, 6.0  # of a country whose capital alone is known


@dataclass(frozen=True, eq=False)
class Settled:
    """Cells on land: south-west corners and sizes in 1 / 512 degrees, and a table that picks one by its weight."""

    south: Ints
    west: Ints
    size: Ints
    alias: Alias

    def place(self, picked: U64, north: U64, east: U64, steps: int) -> tuple[Ints, Ints]:
        """Latitudes and longitudes in units of 1 / steps degrees, within cells, from 64 random bits three times."""
        cell = self.alias.pick(picked)
        size = self.size.take(cell)
        return (
            _within(self.south.take(cell), size, north, steps),
            _within(self.west.take(cell), size, east, steps),
        )


def _within(corner: Ints, size: Ints, bits: U64, steps: int) -> Ints:
    """A step of the finer lattice that lies in [corner, corner + size)."""
    first = -(-(corner * steps) // UNIT)
    count = -(-((corner + size) * steps) // UNIT) - first
    found: Ints = first + below(bits, count.astype(np.uint64)).astype(np.int64)
    return found


@lru_cache(maxsize=64)
def settled(country: str) -> Settled:
    """The cells of a country.

    Around each known city weights fall exponentially with the distance, on a scale that grows with the cube root of its
    inhabitants (2.5 km for 100,000). Of a country whose capital alone is known, three in ten points lie there, and the
    others anywhere on land; of any other, all do.
    """
    cities: dict[tuple[float, float], float] = {}
    for place in inhabited(country):
        at = (place.latitude, place.longitude)
        cities[at] = cities.get(at, 0.0) + place.weight
    parts: list[tuple[Ints, Ints, Ints, Floats]] = []
    for (latitude, longitude), people in cities.items():
        scale = 2.5 * _cube_root(people / 100.0)
        parts += _city(country, latitude, longitude, max(scale, 1.0), people)
    if not parts:
        known = countries().get(country)
        if known is not None:
            parts += _city(country, known.latitude, known.longitude, _CAPITAL_KM, _CAPITAL)
        parts.append(_anywhere(country, 1.0 - _CAPITAL if parts else 1.0))
    south, west, size, weight = (np.concatenate([part[i] for part in parts]) for i in range(4))
    return Settled(south.astype(np.int64), west.astype(np.int64), size.astype(np.int64), Alias(weight))


def _cube_root(x: float) -> float:
    """By Newton's method, the same on every machine."""
    root = 1.0
    for _ in range(60):
        root = root - (root * root * root - x) / (3.0 * root * root)
    return root


def _city(
    country: str, latitude: float, longitude: float, scale: float, weight: float
) -> list[tuple[Ints, Ints, Ints, Floats]]:
    """The cells on land around a city; none where there is no land near it."""
    row, column = int(np.floor(latitude * FINE)), int(np.floor(longitude * FINE))
    stretch = max(float(cosine(np.array([latitude]))[0]), 0.1)
    for wider in (1, 3):
        up = min(_WIDEST, int(_REACH * scale * wider / _KM_PER_CELL) + 1)
        across = int(up / stretch) + 1
        south, west = row - up, column - across
        cells = land(country, FINE, west, south, column + across + 1, row + up + 1)
        if cells.any():
            j, i = np.nonzero(cells)
            j, i = j + south, i + west
            centre = np.full(len(j), latitude), np.full(len(j), longitude)
            away = kilometres(*centre, (j + 0.5) / FINE, (i + 0.5) / FINE)
            share = exp(-away / scale)
            total = float(np.cumsum(share)[-1])
            if total > 0:
                times = UNIT // FINE
                return [(j * times, i * times, np.full(len(j), times), share / total * weight)]
    return []


def _anywhere(country: str, weight: float) -> tuple[Ints, Ints, Ints, Floats]:
    per_degree, row, column = even(country)
    times = UNIT // per_degree
    area = cosine((row + 0.5) / per_degree)
    return row * times, column * times, np.full(len(row), times), area / float(np.cumsum(area)[-1]) * weight


@lru_cache(maxsize=8192)
def _tile(country: str, south: int, west: int) -> NDArray[np.bool_]:
    """The fine cells of one square degree."""
    return land(country, FINE, west * FINE, south * FINE, (west + 1) * FINE, (south + 1) * FINE)


@lru_cache(maxsize=4096)
def _any_tile(south: int, west: int) -> NDArray[np.bool_]:
    """The fine cells of one square degree that lie wholly within some country."""
    cells = np.zeros((FINE, FINE), np.bool_)
    for country, (left, low, right, high) in all_bounds().items():
        if left < west + 1 and right > west and low < south + 1 and high > south:
            cells |= _tile(country, south, west)
    return cells


def on_land(country: str, latitude: Ints, longitude: Ints, steps: int) -> NDArray[np.bool_]:
    """Whether points (in 1 / steps degrees) lie in a cell that is wholly on a country's land (of any for `ANY`)."""
    row, column = latitude * FINE // steps, longitude * FINE // steps
    tile = (row // FINE + 90) * 1000 + column // FINE + 180
    found, inverse = np.unique(tile, return_inverse=True)
    if not len(found):
        return np.zeros(0, np.bool_)
    corners = [(int(t) // 1000 - 90, int(t) % 1000 - 180) for t in found]
    tiles = np.stack([_any_tile(*c) if country == ANY else _tile(country, *c) for c in corners])
    inside: NDArray[np.bool_] = tiles[inverse, row % FINE, column % FINE]
    return inside


def beside_land(country: str, latitude: Ints, longitude: Ints, steps: int) -> NDArray[np.bool_]:
    """Whether some cell on land is at most two cells (3 km) away: not so far out at sea or in another country."""
    found = np.zeros(len(latitude), np.bool_)
    cell = steps // FINE
    for north in range(-2, 3):
        for east in range(-2, 3):
            up = np.clip(latitude + north * cell, -89 * steps, 89 * steps)
            found |= on_land(country, up, (longitude + east * cell + 180 * steps) % (360 * steps) - 180 * steps, steps)
    return found
