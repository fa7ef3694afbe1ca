from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.conformance.doubles import RefusedError, column

OTHERS: dict[str, Any] = {
    "age": {"integer": [0, 99]},
    "ratio": {"uniform": [0, 1]},
    "plan": {"choice": ["free", "pro", "team"]},
    "level": {"choice": [1, 2, 3]},
    "active": {"bernoulli": 0.5},
    "born": {"date": {"from": "1950-01-01", "to": "2010-12-31"}},
    "took": {"exponential": "1h"},
}


def made(snippet: Any, n: int = 3000) -> tuple[pl.Series, pl.Series]:
    build = column(snippet, others=OTHERS)
    rows = build.rows(n)
    return rows.values(snippet["given"]), build.generator.generate(rows).values


def test_every_row_draws_from_its_own_branch() -> None:
    plans, values = made(
        {
            "given": "plan",
            "of": {"free": {"constant": 0}, "pro": {"integer": [10, 19]}},
            "else": {"integer": [100, 199]},
        }
    )
    for plan, low, high in (("free", 0, 0), ("pro", 10, 19), ("team", 100, 199)):
        assert values.filter(plans == plan).is_between(low, high).all()
    assert values.n_unique() > 90


def test_intervals_include_their_ends_and_the_first_one_counts() -> None:
    of = {"<18": {"constant": "child"}, "18..64": {"constant": "adult"}, "60..": {"constant": "old"}}
    ages, values = made({"given": "age", "of": of})
    for age, word in zip(ages, values, strict=True):
        assert word == ("child" if age < 18 else "adult" if age <= 64 else "old")


def test_single_values_and_intervals_of_numbers_mix() -> None:
    of = {"5": {"constant": "five"}, ">= 90": {"constant": "top"}, "..10": {"constant": "low"}}
    ages, values = made({"given": "age", "of": of})
    for age, word in zip(ages, values, strict=True):
        assert word == ("five" if age == 5 else "top" if age >= 90 else "low" if age <= 10 else None)


@pytest.mark.parametrize(
    ("name", "of", "check"),
    [
        ("ratio", {"..0.25": {"constant": 1}, ">0.25": {"constant": 2}}, lambda x: 1 if x <= 0.25 else 2),
        ("level", {1: {"constant": 1}, "2..3": {"constant": 2}}, lambda x: min(x, 2)),
        ("active", {True: {"constant": 1}, False: {"constant": 2}}, lambda x: 1 if x else 2),
        (
            "born",
            {"..1979-12-31": {"constant": 1}, "1980-01-01..": {"constant": 2}},
            lambda x: 1 if x.year < 1980 else 2,
        ),
        ("took", {"<30m": {"constant": 1}, ">=30m": {"constant": 2}}, lambda x: 1 if x.total_seconds() < 1800 else 2),
    ],
)
def test_keys_of_every_type(name: str, of: Any, check: Any) -> None:
    keys, values = made({"given": name, "of": of})
    assert values.to_list() == [check(k) for k in keys]


def test_a_branch_keeps_its_values_when_another_is_added() -> None:
    one = {"given": "plan", "of": {"free": {"poisson": 5}}, "else": {"poisson": 50}}
    two = {"given": "plan", "of": {"pro": {"poisson": 9}, "free": {"poisson": 5}}, "else": {"poisson": 50}}
    plans, first = made(one)
    _, second = made(two)
    assert first.filter(plans == "free").equals(second.filter(plans == "free"))
    assert first.filter(plans == "team").equals(second.filter(plans == "team"))


def test_many_categories() -> None:
    others = {"shop": {"choice": 3000, "names": "s{n}", "zipf": 1}}
    snippet = {"given": "shop", "of": {f"s{n}": {"constant": n} for n in range(1, 3001)}}
    build = column(snippet, others=others)
    rows = build.rows(20_000)
    values = build.generator.generate(rows).values
    assert ("s" + values.cast(pl.String)).equals(rows.values("shop"), check_names=False)


def test_bounds_cover_all_branches() -> None:
    snippet = {"given": "plan", "of": {"free": {"integer": [5, 9]}}, "else": {"uniform": [-1, 2]}}
    build = column(snippet, others=OTHERS)
    assert build.generator.bounds == (-1, 9)
    assert build.generator.dtype == pl.Float64()


def test_it_is_driven_within_each_branch() -> None:
    snippet = {"given": "plan", "of": {"free": {"normal": {"sd": 1}}}, "else": {"normal": {"mean": 100, "sd": 5}}}
    build = column(snippet, others=OTHERS)
    rows = build.rows(2000)
    values = build.generator.at(np.linspace(0, 0.999, 2000), rows).values
    for part in ("free", "pro"):
        own = values.filter(rows.values("plan") == part)
        assert own.equals(own.sort())


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"given": "plann", "of": {"a": {"poisson": 1}}}, "no column 'plann'"),
        ({"given": "plan", "of": {"fre": {"poisson": 1}}}, "plan is never 'fre'"),
        ({"given": "plan", "of": {}}, "at least 1 item"),
        ({"given": "plan", "of": {"free": {"poisson": 1}, "pro": {"choice": ["a"]}}}, "different types"),
        ({"given": "age", "of": {"old": {"poisson": 1}}}, "values do not fit age"),
        ({"given": "age", "of": {"64..18": {"poisson": 1}}}, "reversed"),
        ({"given": "age", "of": {"<old": {"poisson": 1}}}, "could not convert"),
        ({"given": "plan", "of": {"free": {"frobnicate": 1}}}, "no generator"),
        ({"given": "plan", "map": {"free": 1}}, "Field required"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet, others=OTHERS)
    assert words in str(caught.value)
