"""Points lie on their country's land by an algorithm of the test's own, as dense as people live."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from synthgen.generators.entities.places import inhabited
from synthgen.generators.land import cosine, countries_with_land, kilometres, land
from synthgen.generators.settled import on_land
from tests.conformance.doubles import RefusedError, column

LAND = pl.read_parquet(Path(__file__).parents[2] / "synthgen" / "generators" / "land.parquet")
OTHERS: dict[str, Any] = {
    "home": {"point": "DK"},
    "code": {"choice": ["NO", "JP", "CL", "ZZ"]},
    "spot": {"point": "JP", "part": "geohash"},
    "age": {"integer": [1, 9]},
}


def on(country: str, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether points lie in a country, by the winding number of each of its rings (an odd number of them)."""
    inside = np.zeros(len(longitude), np.int64)
    for _, ring in LAND.filter(pl.col("country") == country).group_by("ring"):
        x, y = (np.cumsum(ring[c].to_numpy().astype(np.int64)) / 1000 for c in ("x", "y"))
        near = (longitude >= x.min()) & (longitude <= x.max()) & (latitude >= y.min()) & (latitude <= y.max())
        if near.any():
            a, b = longitude[near, None], latitude[near, None]
            left = (x[1:] - x[:-1]) * (b - y[:-1]) - (a - x[:-1]) * (y[1:] - y[:-1])
            up, down = (y[:-1] <= b) & (y[1:] > b) & (left > 0), (y[:-1] > b) & (y[1:] <= b) & (left < 0)
            inside[near] += (up.sum(axis=1) - down.sum(axis=1)) % 2
    return inside % 2 == 1


def parts(values: pl.Series) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return values.struct.field("longitude").to_numpy(), values.struct.field("latitude").to_numpy()


@pytest.mark.parametrize(
    "country", ["DE", "NO", "JP", "US", "DK", "GB", "NZ", "IT", "CL", "MV", "SG", "FJ", "LI", "XK"]
)
def test_all_points_lie_on_the_land_of_their_country(country: str) -> None:
    x, y = parts(column({"point": country}).values(3000))
    assert on(country, x, y).all()


def test_every_country_has_points() -> None:
    for country in sorted(countries_with_land()):
        x, y = parts(column({"point": country}).values(20))
        assert on(country, x, y).all(), country


def test_points_are_as_dense_as_people_live() -> None:
    x, y = parts(column({"point": "DE"}).values(40_000))
    cities: dict[tuple[float, float], float] = {}
    for place in inhabited("DE"):
        at = (place.latitude, place.longitude)
        cities[at] = cities.get(at, 0) + place.weight
    nearest = np.full(len(x), np.inf)
    for latitude, longitude in cities:
        nearest = np.minimum(nearest, kilometres(y, x, np.full(len(x), latitude), np.full(len(x), longitude)))
    assert np.median(nearest) < 8 and nearest.max() < 50
    berlin = next(p for p in inhabited("DE") if p.city == "Berlin")
    near = kilometres(y, x, np.full(len(x), berlin.latitude), np.full(len(x), berlin.longitude)) < 40
    around = sum(w for (a, b), w in cities.items() if math.dist((a, b), (berlin.latitude, berlin.longitude)) < 0.35)
    assert near.mean() == pytest.approx(around / sum(cities.values()), rel=0.15)


def test_parts_are_of_one_point() -> None:
    names = ("struct", "lat", "lon", "wkt", "geojson", "geohash")
    made = {p: column({"point": "home", "part": p}, others=OTHERS).values(500) for p in names}
    x, y = parts(column({"point": "home"}, others=OTHERS).rows(500).values("home"))
    assert made["lat"].to_list() == y.tolist() and made["lon"].to_list() == x.tolist()
    for i in range(500):
        assert [float(v) for v in made["wkt"][i][7:-1].split()] == [x[i], y[i]]
        assert json.loads(made["geojson"][i]) == {"type": "Point", "coordinates": [x[i], y[i]]}
        assert decoded(made["geohash"][i]) == pytest.approx((y[i], x[i]), abs=2e-4)


def decoded(text: str) -> tuple[float, float]:
    """The middle of a geohash's cell."""
    ends = [[-180.0, 180.0], [-90.0, 90.0]]
    for k, bit in enumerate("".join(f"{'0123456789bcdefghjkmnpqrstuvwxyz'.index(c):05b}" for c in text)):
        low, high = ends[k % 2]
        ends[k % 2] = [(low + high) / 2, high] if bit == "1" else [low, (low + high) / 2]
    return sum(ends[1]) / 2, sum(ends[0]) / 2


def test_a_column_of_countries() -> None:
    made = column({"point": "code"}, others=OTHERS)
    rows = made.rows(2000)
    values, codes = made.generator.generate(rows).values, rows.values("code")
    assert (values.is_null() == (codes == "ZZ")).all()
    for country in ("NO", "JP", "CL"):
        assert on(country, *parts(values.filter(codes == country))).all()


@pytest.mark.parametrize("near", ["home", "spot"])
def test_near_another_point_on_land(near: str) -> None:
    country = {"home": "DK", "spot": "JP"}[near]
    snippet = {"point": country, "near": near, "distance": {"uniform": [2, 20]}}
    x, y = parts(column(snippet, others=OTHERS).values(4000))
    base = column({"point": near}, others=OTHERS) if near == "home" else column(OTHERS[near] | {"part": "struct"})
    x0, y0 = parts(column({"point": near}, others=OTHERS).values(4000))
    away = kilometres(y0, x0, y, x)
    assert base is not None and on(country, x, y).all()
    assert away.max() <= 20.1
    assert (away >= 1.99).mean() > 0.97  # the rest found land at half the distance only
    assert np.mean(away) == pytest.approx(11, abs=0.5)


def test_all_directions_are_alike_inland() -> None:
    others = {"home": {"point": "CZ"}}
    x, y = parts(column({"point": "CZ", "near": "home"}, others=others).values(4000))
    x0, y0 = parts(column({"point": "home"}, others=others).values(4000))
    assert np.mean(y > y0) == pytest.approx(0.5, abs=0.04)
    assert np.mean(x > x0) == pytest.approx(0.5, abs=0.04)
    assert kilometres(y0, x0, y, x).mean() == pytest.approx(5, abs=0.3)


def test_points_abroad_have_none_near_them_and_land_is_anywhere() -> None:
    others = {"home": {"point": "CZ"}}
    assert column({"point": "DK", "near": "home"}, others=others).values(500).null_count() == 500
    snippet = {"point": "land", "near": "home", "distance": {"uniform": [150, 250]}}
    x, y = parts(column(snippet, others=others).values(500))
    found = np.sum([on(c, x, y) for c in ("CZ", "DE", "PL", "SK", "AT", "HU", "SI")], axis=0)
    assert (found == 1).all()
    assert 0 < on("CZ", x, y).mean() < 0.9


def test_cells_are_wholly_inside() -> None:
    cells = land("DK", 64, 8 * 64, int(54.5 * 64), 13 * 64, 58 * 64)
    row, col = np.nonzero(cells)
    pick = np.random.default_rng(3).integers(0, len(row), 3000)
    for dy, dx in ((0.001, 0.001), (0.999, 0.001), (0.5, 0.5), (0.001, 0.999), (0.999, 0.999)):
        assert on("DK", (col[pick] + dx) / 64 + 8, (row[pick] + dy) / 64 + 54.5).all()
    known = np.array([[55.676, 12.568], [56.0, 11.0], [52.52, 13.405]])  # Copenhagen, the Kattegat, Berlin
    assert on_land("DK", *(np.rint(known.T * 1000).astype(np.int64)), 1000).tolist()[1:] == [False, False]


def test_cosine() -> None:
    x = np.linspace(-180, 180, 721)
    assert cosine(x) == pytest.approx(np.cos(np.radians(x)), abs=1e-12)


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"point": "ZZ"}, "no outline of a country 'ZZ'"),
        ({"point": "age"}, "neither a point of this table nor a text"),
        ({"point": "DE", "near": "age"}, "not a column of points"),
        ({"point": "DE", "near": "home", "distance": {"normal": {"sd": 1}}}, "never negative"),
        ({"point": "DE", "near": "home", "distance": {"exponential": "1d"}}, "number of kilometres"),
        ({"point": "DE", "distance": {"exponential": 1}}, "needs near"),
        ({"point": "land"}, "where nobody lives"),
        ({"point": "home", "near": "home"}, "is a point already"),
        ({"point": "DE", "part": "latitude"}, "'lat'"),
        ({"point": "nowhere"}, "no column 'nowhere'"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet, others=OTHERS)
    assert words in str(caught.value)
