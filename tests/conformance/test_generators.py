"""What every generator promises, tried on every registered one through the example in its own documentation."""

from __future__ import annotations

import random
import re
import socket
import time
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.registry import GENERATORS
from tests.conformance.doubles import OTHERS, Made, column

RELATIONS = "synthgen.relations"
NAMES = [n for n in GENERATORS.names() if not GENERATORS._builtin.get(n, "").startswith(RELATIONS)]
MORE: dict[str, list[Any]] = {  # shapes that the examples leave out
    "id": [{"id": "int"}, {"id": "uuid"}, {"id": "x{n}y", "start": 95}, {"id": "{n:X}"}],
    "choice": [
        {"choice": [1, 2, 3]},
        {"choice": [True, False]},
        {"choice": [0.5, 2]},
        {"choice": ["a", "b", "c"], "zipf": 1.1},
        {"choice": 5000, "names": "c{n:04d}", "zipf": 0.8},
    ],
    "triangular": [{"triangular": {"low": "1h", "mode": "1h", "high": "9h"}}],
    "weibull": [{"weibull": {"shape": 0.7, "scale": 3}, "range": [1, 9], "decimals": 1}],
    "student_t": [{"student_t": {"df": 3}, "range": [-4, 4]}, {"student_t": {"df": 30, "mean": 5}, "whole": True}],
    "histogram": [{"histogram": {"edges": [0, 1, 5, 9], "weights": [1, 0, 2]}, "range": [0.5, 8]}],
    "quantiles": [{"quantiles": {0: "0s", 0.5: "1h", 1: "9h"}}],
    "uniform": [{"uniform": ["1d", "7d"]}, {"uniform": [-1, 1]}, {"uniform": [0, 1], "range": [0.5, 2]}],
    "normal": [{"normal": {"mean": 5, "sd": 2}}, {"normal": {"mean": "90d", "sd": "10d"}, "range": ["1d", "200d"]}],
    "exponential": [{"exponential": 3}, {"exponential": 3, "whole": True, "range": [2, 5]}],
    "lognormal": [{"lognormal": {"median": 25, "sigma": 0.6}, "range": [1, 900], "decimals": 2}],
    "datetime": [
        {"datetime": {"from": "-90d", "to": "clock"}, "precision": "ms"},
        {"datetime": {"from": "-900d"}, "weekdays": {"mon-fri": 1, "sat": 0.2}, "hours": {"8-12": 3, "12-18": 1}},
        {"datetime": {"from": "-900d"}, "weekdays": "business", "holidays": "US", "timezone": "America/New_York"},
        {"datetime": {"from": "-90d"}, "hours": [8, 18], "timezone": "zone", "stored": "text"},
        {"datetime": {"from": "-9d"}, "months": {"aug": 1, "sep": 9}, "precision": "hour"},
    ],
    "date": [
        {"date": {"from": "2024-01-01"}, "weekdays": ["mon", "fri"]},
        {"date": {"from": "2024-01-01"}, "holidays": {"country": "DE", "subdivision": "BY", "weight": 0.1}},
        {"date": {"from": "2024-01-01"}, "months": {"jan-nov": 1, "dec": 4}, "weekdays": "business"},
    ],
    "timezone": [{"timezone": "US"}, {"timezone": "country"}],
    "pattern": [
        {"pattern": "(a|bc)[0-9]{2,12}x?"},
        {"pattern": "[ab]"},
        {"pattern": "[a-z]{2,4}([a-z]|-){3,9}", "even": True},
        {"pattern": r"\p{Greek}{2,5}x?"},
        {"pattern": "[A-Z]{40}"},
    ],
    "binary": [{"binary": [0, 20]}],
    "lookup": [{"lookup": ["country", "tier"], "map": {"US": {"basic": 1, "vip": 2}, "DE": {"vip": 3}}}],
    "hierarchy": [
        {"hierarchy": {"a": {"x": ["1", "2"], "y": {"3": 2, "4": None}}, "b": ["5"]}, "weights": {"a > x": 9}}
    ],
    "level": [{"level": "product", "depth": 1}],
    "point": [
        {"point": "locale"},
        {"point": "country", "part": "geojson"},
        {"point": "NO", "near": "spot", "distance": {"uniform": [0, 50]}},
        {"point": "spot", "part": "geohash"},
        {"point": "FR", "part": "lat", "decimals": 3},
        {"point": "US", "part": "wkt"},
    ],
    "given": [
        {"given": "country", "of": {"US": {"normal": {"sd": 1}}, "DE": {"poisson": 9}}},
        {
            "given": "quantity",
            "of": {"<3": {"constant": "few"}, "3..5": {"choice": ["some", "more"]}, "7": {"template": "x{tier}"}},
        },
        {"given": "total", "of": {"..99.5": {"uniform": ["1h", "2h"]}, ">400": {"exponential": "3d"}}},
    ],
    "mixture": [
        {"mixture": [{"weight": 1, "of": {"choice": ["a"]}}, {"of": {"pattern": "[a-z]{9}"}}]},
        {"mixture": [{"normal": {"mean": 5, "sd": 2}}, {"weight": 2, "poisson": 40}], "range": [4, 38]},
        {"mixture": [{"poisson": 4}, {"poisson": 90}]},
    ],
    "blob": [
        {"blob": "zip"},
        {"blob": "pdf", "as": "file"},
        {"blob": "gif", "fill": "checks", "size": [40, 9]},
        {"blob": "wav"},
    ],
    "document": [
        {"document": "<p>{{ first_name|upper }} &amp; {{ total|money('EUR') }}</p>", "as": "html"},
        {"document": '{"name": {{ first_name }}, "at": {{ signup_at }}, "n": {{ quantity }}}', "as": "json"},
    ],
    "grammar": [
        {
            "grammar": {
                "start": ["{np:A} {how?0.3} for {first_name:upper}", "No {n:.1f}"],
                "np": ["{np} of {np}", "egg"],
                "how": ["now", "{first_name} way"],
            },
            "slots": {"n": {"uniform": [0, 9]}},
            "sentences": [1, 3],
        },
        {"grammar": {"start": "{a} {b}", "a": ["x", "y"], "b": {"1": 0.9, "2": 0.1}}, "sentences": 2},
        {"grammar": {"start": "{a} {first_name}", "a": ["x", "long word"]}, "sentences": [1, 4], "max_length": 20},
    ],
    "text": [{"text": "word"}, {"text": "sentence", "max_length": 30}, {"text": {"words": [2, 5]}}],
    "struct": [{"struct": {"a": {"id": "uuid"}, "b": {"list": {"poisson": 3}, "length": [0, 4]}}}],
    "list": [{"list": {"struct": {"x": {"uniform": [0, 1]}}}, "length": {"poisson": 1}}],
    "arm": [
        {"arm": ["a", "b", "c"], "block": 6},
        {"arm": {"a": 1, "b": 3}, "unit": "quantity", "lost": {"a": 0.5}},
        {"arm": {"a": 1, "b": 3}, "unit": "first_name", "block": 4},
        {"arm": {"a": 1, "b": 1}, "segments": {"country": {"US": {"a": 9, "b": 1}}}},
    ],
    "outcome": [
        {"outcome": {"poisson": 3}, "by": "tier", "lift": "50%"},
        {"outcome": {"lognormal": {"median": 9, "sigma": 1}, "decimals": 2}, "by": "tier", "lift": 2},
        {"outcome": 0.5, "by": "tier", "lift": 0.1, "covariate": {"column": "total", "correlation": -0.5}},
        {"outcome": {"exponential": 5}, "by": "tier", "covariate": {"column": "total", "correlation": 0.9}},
        {"outcome": 0.2, "by": "tier", "segments": {"country": {"US": {"baseline": 0.7, "lift": -0.1}}}},
        {
            "outcome": 0.2,
            "by": "tier",
            "lift": "300%",
            "decay": {"half_life": "90d", "at": "signup_at", "from": "2023-01-01", "keep": 0.1},
        },
    ],
    "json": [
        {"json": {"a": {"struct": {"when": {"datetime": {"from": "-9d", "to": "clock"}}}}, "b": {"faker": "name"}}},
        {"json": {"c": {"lookup": "country", "map": {"US": "x"}}, "d": {"list": {"poisson": 2}}}, "nulls": "drop"},
    ],
    "url": [{"url": "any"}, {"url": {"api": 1, "file": 2}, "domain": ["shop.acme.test", "acme.example"], "query": 0}],
    "path": [
        {"path": "windows", "depth": [0, 4]},
        {"path": "posix", "extension": ["csv"], "kind": {"data": 1, "log": 1}},
    ],
    "user_agent": [{"user_agent": "bot"}, {"user_agent": {"mobile": 1, "tool": 1}}],
    "version": [{"version": "calver", "releases": 90}, {"version": "semver", "pre": 0.3, "keep": 1}],
    "color": [{"color": "rgb"}, {"color": "hsl"}, {"color": "name"}],
    "cron": [{"cron": {"monthly": 1, "minutes": 1}, "step": 15}, {"cron": "any", "step": 1}],
    "duration": [
        {"duration": ["1m", "30h"], "as": "clock", "precision": "minute"},
        {"duration": {"exponential": "90s"}, "as": "seconds"},
        {"duration": {"lognormal": {"median": "30m", "sigma": 1}}},
    ],
    "money": [
        {"money": {"uniform": [-5, 50]}, "country": "country", "as": "symbol"},
        {"money": {"poisson": 900}, "currency": ["JPY", "KWD"], "as": "struct"},
        {"money": {"exponential": 20}, "as": "minor"},
        {"money": {"normal": {"mean": 0, "sd": 9}}, "currency": "CLF", "as": "amount"},
    ],
    "tick": [
        {"tick": {"from": "2026-01-01", "every": "15m"}, "jitter": "5m"},
        {"tick": {"from": "2026-01-31", "every": "month"}, "days": True},
        {"tick": {"from": "signup_at", "every": "6h"}},
    ],
    "series": [
        OTHERS["load"],
        {
            "series": {
                "level": {"uniform": [10, 20]},
                "trend": 0.01,
                "multiplicative": True,
                "noise": 0.05,
                "seasons": [{"every": "week", "shape": [0.1, 0, 0, 0, 0.2, -0.3, -0.3]}],
                "holidays": {"factor": 0.5, "dates": ["01-02", "2026-01-03"]},
            },
            "regimes": [{"from": "2026-01-02", "shift": 0.3, "trend": -0.01, "noise": 2}],
            "anomalies": {"rate": 0.05, "kinds": ["drift"]},
            "range": [0, 30],
            "decimals": 2,
        },
        {"series": {"level": "total", "noise": {"sd": {"uniform": [1, 2]}, "memory": -0.9}}, "over": "signup_at"},
    ],
    "walk": [
        {
            "walk": {
                "start": {"a": 0.5, "b": 0.5},
                "moves": {"a": {"b": 0.5, "a": 0.4, "exit": 0.1}, "b": {"a": 0.9, "exit": 0.1}},
                "dwell": {"else": {"exponential": "9d"}},
                "from": "signup_at",
                "until": "clock",
                "when": {"tier = 'vip'": {"moves": {"a": {"a": 1}}}},
            }
        },
    ],
    "arrivals": [
        {
            "arrivals": {
                "rate": {"uniform": [0.01, 0.1]},
                "from": "signup_at",
                "doubling": "200d",
                "hours": [0] * 9 + [1] * 15,
            }
        },
        {"arrivals": {"rate": 2, "from": "2026-08-01", "most": 70}},
    ],
    "retention": [
        {"retention": {"weibull": {"shape": 0.6, "scale": 8}, "from": "signup_at"}},
        {"retention": {"churn": 0.1, "from": "signup_at", "every": "7d", "most": 50}},
    ],
    "history": [
        {"history": {"from": "signup_at", "every": {"uniform": ["1d", "90d"]}, "until": "2026-01-01", "most": 9}}
    ],
    "changing": [{"changing": {"uniform": [0, 1]}, "stay": 0.99}, {"changing": {"choice": ["a", "b"]}, "stay": 1}],
    "truth": [{"truth": "load", "part": part} for part in ("flag", "window", "missing", "clean", "noise", "season")],
    "faker": [
        {"faker": "company"},
        {"faker": "bothify", "args": {"text": "??-##"}},
        {"faker": "ssn"},
        {"faker": "simple_profile", "pool": 40},
        {"faker": "catch_phrase", "distinct": True},
        {"faker": "date_this_decade"},
        {"faker": "words"},
        {"faker": "name", "unique": True, "pool": 900},
    ],
}


UNMOVED = {"constant", "lookup", "template", "tick", "truth", "llm"}  # by the seed


def example(name: str) -> Any:
    """The recipe snippet in a generator's docstring."""
    found = re.search(r"Example: `([^`]+)`", GENERATORS.get(name).__doc__ or "")
    assert found, f"{name} has no example in its documentation"
    parsed = yaml.safe_load(found[1])
    assert len(parsed) == 1
    return next(iter(parsed.values()))


def snippets() -> list[Any]:
    return [
        pytest.param(snippet, id=f"{name}-{i}")
        for name in NAMES
        for i, snippet in enumerate([example(name), *MORE.get(name, [])])
    ]


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No network, no shared random generator, no real clock while generating."""

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("a generator must not do this")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


every = pytest.mark.parametrize("snippet", snippets())


@every
def test_the_same_rows_are_the_same_cells(snippet: Any) -> None:
    whole = column(snippet).values(400)
    random.seed(99)
    np.random.seed(99)
    assert column(snippet).values(400).equals(whole)
    assert column(snippet, seed=7).values(400).equals(whole)


@every
def test_another_seed_gives_other_cells(snippet: Any) -> None:
    made = column(snippet)
    rng_free = UNMOVED & set(snippet) or (snippet.get("id") not in (None, "uuid"))
    still = {"constant", "lookup", "template", "tick", "truth", "llm"}
    rng_free = still & set(snippet) or (snippet.get("id") not in (None, "uuid"))
    if not rng_free:
        assert not column(snippet, seed=8).values(400).equals(made.values(400))


@every
@settings(max_examples=8, deadline=None)
@given(cuts=st.lists(st.integers(0, 300), max_size=4), order=st.randoms(use_true_random=False))
def test_any_partition_and_order_gives_the_same_cells(snippet: Any, cuts: list[int], order: random.Random) -> None:
    made = column(snippet)
    whole = made.values(300)
    edges = [0, *sorted(cuts), 300]
    parts = [made.values(np.arange(a, b)) for a, b in pairwise(edges)]
    assert pl.concat(parts).equals(whole)
    some = np.array(order.sample(range(300), 40))
    assert made.values(some).equals(whole.gather(some))


@every
def test_dtype_is_as_declared_even_for_no_rows(snippet: Any) -> None:
    made = column(snippet)
    assert made.values(50).dtype == made.generator.dtype
    assert made.values(0).dtype == made.generator.dtype
    assert len(made.values(0)) == 0
    assert len(made.values(1)) == 1


@every
def test_bounds_hold(snippet: Any) -> None:
    made = column(snippet)
    low, high = made.generator.bounds
    values = made.values(3000)
    if values.dtype.is_numeric() or isinstance(values.dtype, pl.Duration):
        numbers = values.to_physical().cast(pl.Float64) if values.dtype.is_temporal() else values.cast(pl.Float64)
        assert low is None or float(numbers.min()) >= low  # type: ignore[arg-type]
        assert high is None or float(numbers.max()) <= high  # type: ignore[arg-type]


@every
def test_ranks_are_distinct_and_stay_within_bounds(snippet: Any) -> None:
    made = column(snippet)
    capacity = made.generator.capacity
    if capacity is None or snippet.get("id") == "ordinal":
        return
    assert capacity >= 1
    ranks = sorted({*range(min(capacity, 500)), *range(max(0, capacity - 500), capacity), capacity // 2})
    values = made.nth(ranks)
    assert values.dtype == made.generator.dtype
    assert values.n_unique() == len(ranks)
    low, high = made.generator.bounds
    if values.dtype.is_numeric():
        assert low is None or float(values.min()) >= low  # type: ignore[arg-type]
        assert high is None or float(values.max()) <= high  # type: ignore[arg-type]


@every
def test_what_can_be_driven_rises_and_keeps_its_distribution(snippet: Any) -> None:
    """`at` is what correlated columns are made by: sorted shares give sorted values, as often as `generate` does."""
    made = column(snippet)
    if not getattr(made.generator, "drivable", False):
        return
    u = (np.arange(20_000) + 0.5) / 20_000
    edges = made.generator.at(np.array([0.0, 2.0**-53, 0.5, 1 - 2.0**-53]), made.rows(4)).values
    assert len(edges) == 4
    found, drawn = made.generator.at(u, made.rows(len(u))), made.values(len(u))
    assert found.values.dtype == edges.dtype == made.generator.dtype
    if made.generator.needs == ():
        codes = pl.Series(found.codes) if found.codes is not None else found.values
        assert codes.equals(codes.sort())
    if found.values.dtype in (pl.String, pl.Boolean):
        shares = [dict(v.value_counts().iter_rows()) for v in (found.values, drawn)]
        assert all(abs(shares[0].get(k, 0) - shares[1].get(k, 0)) < 600 for k in {*shares[0], *shares[1]})
        return
    plain = [(v.to_physical() if v.dtype.is_temporal() else v).drop_nulls() for v in (found.values, drawn)]
    mine, other = (v.cast(pl.Float64).sort().to_numpy() for v in plain)
    gaps = [np.searchsorted(v, mine, side="right") / len(v) for v in (mine, other)]
    assert np.abs(gaps[0] - gaps[1]).max() < 0.02  # Kolmogorov and Smirnov: 1.95 * sqrt(2 / 20,000) is 0.0195


@every
def test_distinct_generators_never_repeat(snippet: Any) -> None:
    made = column(snippet)
    if made.generator.distinct:
        beyond = 2**40 if "tick" not in snippet else 50_000  # the calendar ends before that many steps
        far = np.concatenate([np.arange(5000), np.arange(beyond, beyond + 500)])
        assert made.values(far).n_unique() == len(far)


@every
def test_nothing_reads_the_clock(snippet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = column(snippet)
    whole = made.values(50)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert column(snippet).values(50).equals(whole)


@every
def test_needs_are_what_is_read(snippet: Any) -> None:
    """A generator that reads a column it did not declare would break the plan's order."""
    made = column(snippet)
    read: set[str] = set()
    rows = made.rows(20)
    plain = type(rows).column

    class Watched(type(rows)):  # type: ignore[misc]
        def column(self, reference: str) -> Any:
            read.add(reference)
            return plain(self, reference)

    rows.__class__ = Watched
    made.generator.generate(rows)
    assert read <= set(made.generator.needs)


def test_every_generator_is_covered() -> None:
    assert len(NAMES) >= 25
    assert isinstance(column({"constant": 1}), Made)
