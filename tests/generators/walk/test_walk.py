"""Walks keep to their chains: shares, dwell times, order, and the exact truth of each."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.generators.walk.chain import Chain
from tests.conformance.doubles import column
from tests.plan.worlds import Frames, frames, the_problem, world

MOVES: dict[str, dict[str, float]] = {
    "landing": {"search": 0.6, "exit": 0.4},
    "search": {"search": 0.3, "product": 0.5, "exit": 0.2},
    "product": {"search": 0.2, "cart": 0.3, "exit": 0.5},
    "cart": {"purchase": 0.4, "product": 0.2, "exit": 0.4},
    "purchase": {},
}
SHOP = """
sessions:
  rows: 30000
  key: id
  columns:
    id: {id: int}
    arm: {choice: [a, b]}
    started_at: {datetime: {from: "2026-01-01", to: clock}}
events:
  per: sessions
  count:
    walk:
      start: {landing: 0.8, search: 0.2}
      moves:
        landing: {search: 0.6, exit: 0.4}
        search: {search: 0.3, product: 0.5, exit: 0.2}
        product: {search: 0.2, cart: 0.3, exit: 0.5}
        cart: {purchase: 0.4, product: 0.2, exit: 0.4}
        purchase: {}
      dwell: {landing: {exponential: 20s}, else: {lognormal: {median: 40s, sigma: 0.8}}}
      when: {"arm = 'b'": {moves: {cart: {purchase: 0.6, product: 0.2, exit: 0.2}}}}
  key: [id, n]
  columns:
    id: {ref: sessions}
    n: {id: ordinal}
    state: {walk: state}
    at: {walk: time, from: sessions.started_at}
    previous: {walk: previous}
    next: {walk: next}
    stay: {walk: dwell}
"""
CLOCK = datetime(2026, 9, 1)
SMALL = """
p: {rows: 500, key: id, columns: {id: {id: int}, at: {datetime: {from: "2026-01-01", to: clock}}, x: {uniform: [0, 1]}}}
c:
  per: p
  count: {walk: %s}
  columns: {state: {walk: state}%s}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Frames, Any]:
    made = world(tmp_path_factory.mktemp("shop"), SHOP)
    return frames(made), made.plan.tables["events"].columns["state"].generator


@pytest.fixture(scope="module")
def events(shop: tuple[Frames, Any]) -> pl.DataFrame:
    return shop[0]["events"].join(shop[0]["sessions"], on="id", maintain_order="left")


def test_shares_are_those_of_the_exact_truth(shop: tuple[Frames, Any], events: pl.DataFrame) -> None:
    told = shop[1].truth
    for arm, truth in (("a", told["else"]), ("b", told["when"]["arm = 'b'"])):
        mine = events.filter(pl.col("arm") == arm)
        n = shop[0]["sessions"].filter(pl.col("arm") == arm).height
        assert mine.height / n == pytest.approx(truth["rows_per_parent"], rel=0.02)
        for state, share in truth["reach"].items():
            error = 4 * np.sqrt(share * (1 - share) / n)
            assert mine.filter(pl.col("state") == state)["id"].n_unique() / n == pytest.approx(share, abs=error)
        bought = mine.filter(pl.col("state") == "purchase").height / n
        assert bought == pytest.approx(truth["ends"]["purchase"], abs=4 * np.sqrt(bought / n))
        assert sum(truth["ends"].values()) == pytest.approx(1, abs=1e-8)


def test_truth_agrees_with_linear_algebra() -> None:
    """Expected visits are the rows of the fundamental matrix (Kemeny, Snell 1960)."""
    chain = Chain("landing", MOVES)
    inner = np.array([[row.get(t, 0.0) for t in MOVES] for row in MOVES.values()])
    fundamental = np.linalg.inv(np.eye(5) - inner)
    truth = chain.truth(1000)
    assert list(truth["visits"].values()) == pytest.approx(list(fundamental[0]), abs=1e-8)
    reach = fundamental[0] / np.diag(fundamental)
    assert list(truth["reach"].values()) == pytest.approx(list(reach), abs=1e-8)
    assert truth["rows_per_parent"] == pytest.approx(fundamental[0].sum(), abs=1e-8)
    assert truth["ends"]["purchase"] == pytest.approx(fundamental[0, 4], abs=1e-8)


def test_a_walk_that_is_cut_says_so_in_its_truth(tmp_path: Path) -> None:
    truth = Chain("a", {"a": {"a": 0.5, "exit": 0.5}}).truth(3)
    assert truth["rows_per_parent"] == 1.75
    assert truth["ends"] == {"exit": 0.875, "still going": 0.125}
    walk = "{start: a, moves: {a: {a: 0.5, exit: 0.5}}, most: 3}"
    made = frames(world(tmp_path, SMALL % (walk, "")))["c"]
    assert made.height / 500 == pytest.approx(1.75, abs=0.15)


def test_the_truth_of_a_machine_that_never_rests_is_bounded() -> None:
    ring = {f"s{i}": {f"s{(i + 1) % 200}": 1.0} for i in range(200)}
    chain = Chain("s0", ring)
    start = time.perf_counter()
    assert chain.truth(100_000) == {}
    assert time.perf_counter() - start < 10
    assert Chain("a", {"a": {"b": 1.0}, "b": {"a": 1.0}}).truth(7)["visits"] == {"a": 4.0, "b": 3.0}


SHARES = st.lists(st.floats(0, 1), min_size=5, max_size=5)


@settings(max_examples=25, deadline=None)
@given(st.lists(SHARES, min_size=1, max_size=4), st.integers(1, 12))
def test_any_machine_makes_walks_that_keep_to_it(rows: list[list[float]], most: int) -> None:
    """Each move has a probability above 0, only ends end, and the shares of first moves are the chain's."""
    names = "abcd"[: len(rows)]
    moves: dict[str, dict[str, float]] = {}
    for name, row in zip(names, rows, strict=True):
        chosen = {t: w for t, w in zip([*names, "exit"], [*row[: len(names)], row[-1]], strict=True) if w > 1e-3}
        moves[name] = {t: w / sum(chosen.values()) for t, w in chosen.items()}
    reached = Chain("a", moves).reached()
    moves = {s: row for s, row in moves.items() if s in reached}
    walk = {"start": "a", "moves": moves, "most": most}
    made = column({"walk": walk}).generator.walks
    paths = made.paths(column({"walk": walk}).rows(400))
    last = paths.starts + paths.lengths - 1
    for i in range(400):
        states = [made.names[s] for s in paths.states[paths.starts[i] : last[i] + 1]]
        assert states[0] == "a" and 1 <= len(states) <= most
        assert all(moves[one].get(other, 0) > 0 for one, other in pairwise(states))
        left = paths.last[i] == len(made.names)
        assert (moves[states[-1]].get("exit", 0) > 0) if left else (len(states) == most or not moves[states[-1]])


def test_moves_have_their_probabilities_and_follow_each_other(events: pl.DataFrame) -> None:
    a = events.filter(pl.col("arm") == "a")
    for state, row in MOVES.items():
        mine = a.filter(pl.col("state") == state)
        for target, share in row.items():
            error = 4 * np.sqrt(share * (1 - share) / mine.height)
            assert (mine["next"] == target).mean() == pytest.approx(share, abs=error), (state, target)
    bought = a.filter(pl.col("state") == "purchase")
    assert bought["next"].null_count() == bought.height > 100
    ordered = events.with_columns(
        before=pl.col("state").shift(1).over("id"), after=pl.col("state").shift(-1).over("id")
    )
    assert ordered["previous"].equals(ordered["before"], null_equal=True)
    inner = ordered.filter(pl.col("after").is_not_null())
    assert inner["next"].equals(inner["after"])


def test_times_are_sums_of_dwell_times(events: pl.DataFrame) -> None:
    gaps = events.with_columns(gap=pl.col("at").shift(-1).over("id") - pl.col("at"))
    inner = gaps.filter(pl.col("gap").is_not_null())
    assert (inner["gap"] == inner["stay"]).all()
    first = events.filter(pl.col("n") == 1)
    assert (first["at"] == first["started_at"]).all()
    landing = events.filter(pl.col("state") == "landing")["stay"].dt.total_seconds()
    assert float(landing.mean()) == pytest.approx(20, rel=0.03)  # type: ignore[arg-type]
    assert float(landing.median()) == pytest.approx(20 * np.log(2), abs=0.7)  # type: ignore[arg-type]
    other = events.filter(pl.col("state") == "search")["stay"].dt.total_seconds()
    assert float(other.median()) == pytest.approx(40, rel=0.04)  # type: ignore[arg-type]
    assert events.filter(pl.col("state") == "purchase")["stay"].null_count() > 100


def test_until_cuts_what_has_not_happened(tmp_path: Path) -> None:
    walk = "{start: a, moves: {a: {b: 1}, b: {a: 1}}, dwell: {else: {exponential: 30d}}, from: at, until: clock}"
    columns = ", p: {ref: p}, at: {walk: time}, stay: {walk: dwell}, n: {walk: next}"
    made = frames(world(tmp_path, SMALL % (walk, columns)))
    child, parent = made["c"], made["p"]
    last = child.group_by("p", maintain_order=True).last()
    assert last.height == 500
    assert last["stay"].null_count() == 500 and last["n"].null_count() == 500
    assert child.height - 500 == child["stay"].is_not_null().sum()
    assert child["at"].max() <= CLOCK  # type: ignore[operator]
    age = parent.select((pl.lit(CLOCK) - pl.col("at")).dt.total_seconds()).to_series()
    expected = 500 + (age / 86400 / 30).sum()
    assert child.height == pytest.approx(expected, rel=0.06)


def test_a_null_start_is_no_walk_with_until_and_no_time_without(tmp_path: Path) -> None:
    hole = SMALL.replace("to: clock}}", "to: clock}, null: 0.5}")
    walk = "{start: a, moves: {a: {}}, from: at, until: clock}"
    made = frames(world(tmp_path, hole % (walk, "")))
    assert made["c"].height == made["p"]["at"].is_not_null().sum()
    made = frames(world(tmp_path, hole % ("{start: a, moves: {a: {}}}", ", at: {walk: time, from: p.at}")))
    assert made["c"].height == 500 and made["c"]["at"].null_count() == made["p"]["at"].null_count()


def test_dwell_times_may_read_the_parent(tmp_path: Path) -> None:
    stay = "{when: {'x > 0.5': {constant: 1h}}, else: {constant: 2h}}"
    walk = f"{{start: a, moves: {{a: {{b: 1}}, b: {{}}}}, dwell: {{a: {stay}}}}}"
    problem = the_problem(tmp_path, SMALL % (walk, ""))
    assert problem.code == "wrong-type"  # a constant is text
    walk = walk.replace("constant: 1h", "uniform: [1h, 1h]").replace("constant: 2h", "uniform: [2h, 2h]")
    made = frames(world(tmp_path, SMALL % (walk, ", p: {ref: p}, stay: {walk: dwell}")))
    joined = made["c"].filter(pl.col("state") == "a").join(made["p"], left_on="p", right_on="id")
    long = joined["x"] <= 0.5
    assert set(joined.filter(long)["stay"]) == {timedelta(hours=2)}
    assert set(joined.filter(~long)["stay"]) == {timedelta(hours=1)}


def test_many_steps_stay_vectorised(tmp_path: Path) -> None:
    walk = "{start: a, moves: {a: {b: 0.9, exit: 0.1}, b: {a: 1}}, most: 5000}"
    made = frames(world(tmp_path, SMALL % (walk, ", p: {ref: p}")))["c"]
    lengths = made.group_by("p").len()["len"]
    assert float(lengths.mean()) == pytest.approx(19, rel=0.12)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("walk", "code", "words"),
    [
        ("{start: a, moves: {a: {serach: 1}, search: {}}}", "unknown-state", "did you mean 'search'"),
        ("{start: b, moves: {a: {}}}", "unknown-state", "no state 'b'"),
        ("{start: a, moves: {a: {b: 0.5, exit: 0.4}, b: {}}}", "bad-sum", "add up to 0.9, not 1"),
        ("{start: a, moves: {a: {b: 0.5, exit: 0.4}, b: {}}}", "bad-sum", "write exit: 0.5"),
        ("{start: a, moves: {a: {exit: 1}}, dwell: {a: 5}}", "bad-value", "write a duration such as 40s"),
        ("{start: a, moves: {a: {exit: 1}}, from: p.at, until: clock}", "unknown-column", "write at"),
        ("{start: {a: 0.5}, moves: {a: {}}}", "bad-sum", "the starts add up to 0.5"),
        ("{start: a, moves: {a: {exit: 1}, b: {exit: 1}}}", "unreachable-state", "no walk ever comes to 'b'"),
        ("{start: a, moves: {a: {b: 1}, b: {a: 1}}}", "endless-walk", "most: 50"),
        ("{start: a, moves: {a: {exit: 1}, exit: {}}}", "bad-value", "'exit' is no state"),
        ("{start: a, moves: {a: {exit: 1}}, dwell: {c: {exponential: 1s}}}", "unknown-state", "no state 'c'"),
        ("{start: a, moves: {a: {exit: 1}}, dwell: {a: {exponential: 5}}}", "wrong-type", "a duration"),
        ("{start: a, moves: {a: {exit: 1}}, until: clock}", "missing-key", "when a walk begins"),
        ("{start: a, moves: {a: {exit: 1}}, when: {'y > 1': {moves: {a: {exit: 1}}}}}", "unknown-column", "'y'"),
        ("{start: a, moves: {a: {exit: 1}}, when: {'x > 1': {moves: {z: {exit: 1}}}}}", "unknown-state", "'z'"),
        ("{start: a, moves: {a: {exit: 1.5}}}", "bad-value", "less than or equal to 1"),
    ],
)
def test_first_mistakes_in_a_walk(walk: str, code: str, words: str, tmp_path: Path) -> None:
    problem = the_problem(tmp_path, (SMALL % (walk, "")).replace("{state: {walk: state}}", "{k: {id: int}}"))
    assert problem.code == code and words in problem.format(), problem.format()


@pytest.mark.parametrize(
    ("count", "column", "code"),
    [
        ("{poisson: 2}", "{walk: state}", "no-walk"),
        ("{when: {'x > 1': {walk: {start: a, moves: {a: {}}}}}, else: {constant: 1}}", "{walk: state}", "no-walk"),
        ("{walk: {start: a, moves: {a: {}}}}", "{walk: time}", "missing-key"),
        ("{walk: {start: a, moves: {a: {}}, from: at}}", "{walk: time, from: p.at}", "contradiction"),
        ("{walk: {start: a, moves: {a: {}}}}", "{walk: state, from: p.at}", "contradiction"),
        ("{walk: {start: a, moves: {a: {}}}}", "{walk: time, from: p.x}", "wrong-type"),
        ("{walk: {start: a, moves: {a: {}}}}", "{walk: stat}", "wrong-type"),
    ],
)
def test_first_mistakes_in_its_columns(count: str, column: str, code: str, tmp_path: Path) -> None:
    tables = SMALL.replace("{walk: %s}", "%s").replace("{state: {walk: state}%s}", "{s: %s}") % (count, column)
    assert the_problem(tmp_path, tables).code == code


def test_a_count_that_needs_its_own_rows_is_a_cycle(tmp_path: Path) -> None:
    tables = SMALL.replace("x: {uniform: [0, 1]}", "x: {count: c}") % (
        "{start: a, moves: {a: {exit: 1}}, when: {'x > 1': {moves: {a: {a: 1}}}}, most: 9}",
        "",
    )
    assert the_problem(tmp_path, tables).code == "cycle"
    tables = SMALL.replace("x: {uniform: [0, 1]}", "x: {max: c.state}") % (
        "{start: a, moves: {a: {exit: 1}}, when: {\"x = 'a'\": {moves: {a: {a: 1}}}}, most: 9}",
        "",
    )
    assert the_problem(tmp_path, tables).code == "cycle"
