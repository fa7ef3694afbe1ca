"""Correlated columns: the stated number is met, marginals stay as they are, and no other column changes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from synthgen.plan.copula import (
    Pearson,
    complete,
    from_spearman,
    nearest,
    to_spearman,
    triangle,
)
from tests.plan.worlds import at, frames, make, the_problem, world

N = 40_000
COLUMNS = """
  id: {id: int}
  age: {normal: {mean: 40, sd: 12}, range: [18, 90]}
  income: {lognormal: {median: 30000, sigma: 0.7}, decimals: 2}
  spend: {gamma: {shape: 0.8, mean: 50}}
  visits: {negbin: {mean: 3}}
  grade: {choice: {a: 0.2, b: 0.5, c: 0.3}}
  member: {bernoulli: 0.3}
  joined: {date: {from: 2020-01-01, to: 2024-12-31}}
  wait: {mixture: [{weight: 3, exponential: 5}, {normal: {mean: 60, sd: 5}}]}
  other: {uniform: [0, 1]}
  name: {pattern: "[a-z]{8}"}
"""


def people(correlations: str, rows: int = N) -> str:
    head = f"people:\n  rows: {rows}\n  key: id\n"
    return f"{head}  correlations: {correlations}\n  columns:" + COLUMNS.replace("\n  ", "\n    ")


def ranks(frame: pl.DataFrame, *names: str) -> Any:
    codes = [frame[n].replace_strict(["a", "b", "c"], [0, 1, 2]) if n == "grade" else frame[n] for n in names]
    numbers = [c.to_physical().cast(pl.Float64) if c.dtype.is_temporal() else c.cast(pl.Float64) for c in codes]
    return stats.spearmanr(*(n.to_numpy() for n in numbers)).statistic if len(names) == 2 else numbers


def test_rank_correlations_are_met_within_sampling_error(tmp_path: Path) -> None:
    wanted = {("age", "income"): 0.6, ("age", "spend"): -0.4, ("income", "spend"): 0.1, ("age", "wait"): 0.5,
              ("income", "wait"): 0.3, ("spend", "wait"): -0.2, ("age", "joined"): 0.25, ("income", "joined"): 0.0,
              ("spend", "joined"): -0.7, ("wait", "joined"): 0.0}  # fmt: skip
    names = ["age", "income", "spend", "wait", "joined"]
    matrix = [[1.0 if a == b else wanted.get((a, b), wanted.get((b, a))) for b in names] for a in names]
    frame = make(tmp_path, people(f"[{{columns: {names}, matrix: {matrix}}}]".replace("'", "")))["people"]
    for (a, b), rho in wanted.items():
        assert ranks(frame, a, b) == pytest.approx(rho, abs=4.5 * (1 - rho * rho) / N**0.5), (a, b)


def test_every_kind_of_column_follows(tmp_path: Path) -> None:
    pairs = "{age ~ visits: 0.5, age ~ grade: 0.6, age ~ member: -0.5, age ~ joined: 0.8}"
    frame = make(tmp_path, people(pairs))["people"]
    assert ranks(frame, "age", "visits") == pytest.approx(0.5, abs=0.05)
    assert ranks(frame, "age", "grade") == pytest.approx(0.55, abs=0.06)  # ties take some of it away
    assert ranks(frame, "age", "member") == pytest.approx(-0.4, abs=0.06)
    assert ranks(frame, "age", "joined") == pytest.approx(0.8, abs=0.01)
    assert ranks(frame, "visits", "joined") == pytest.approx(0.4, abs=0.05)  # by the chain through age


def test_marginals_stay_and_the_first_column_and_all_others_do_not_change(tmp_path: Path) -> None:
    alone = make(tmp_path, people("{}").replace("  correlations: {}\n", ""))["people"]
    frame = make(tmp_path, people("{age ~ income: 0.6, age ~ spend: 0.6, age ~ wait: 0.3, age ~ grade: 0.1}"))["people"]
    changed = {"income", "spend", "wait", "grade"}
    for name in alone.columns:
        assert frame[name].equals(alone[name]) == (name not in changed), name
    for name in ("income", "spend", "wait"):
        a, b = (f[name].cast(pl.Float64).to_numpy() for f in (alone, frame))
        assert stats.ks_2samp(a, b).pvalue > 0.001, name
    shares = [dict(f["grade"].value_counts(normalize=True).iter_rows()) for f in (alone, frame)]
    assert shares[0] == pytest.approx(shares[1], abs=0.015)


def test_any_partition_and_order_gives_the_same_rows(tmp_path: Path) -> None:
    made = world(tmp_path, people("{age ~ income: 0.6, income ~ visits: -0.4}", rows=3000))
    whole = frames(made)["people"]
    assert frames(made, 700)["people"].equals(whole)
    some = np.random.default_rng(1).permutation(3000)[:200]
    assert at(made, "people", some).equals(whole[some.tolist()])


def test_the_bits_are_those_of_every_machine(tmp_path: Path) -> None:
    text = people("{age ~ income: 0.6, income ~ spend: -0.4, spend ~ wait: 0.3}", rows=2000)
    frame = make(tmp_path, text)["people"].select("age", "spend", "wait")
    digest = hashlib.sha256(frame.to_numpy().tobytes()).hexdigest()
    assert digest == "3733a14d734326c43943e2b4bc722c3892da0602729c831104ef62f7810e2a45"


def test_pearson_and_normal(tmp_path: Path) -> None:
    frame = make(tmp_path, people("{kind: pearson, age ~ income: 0.6, age ~ visits: 0.3}"))["people"]
    numbers = {n: frame[n].cast(pl.Float64).to_numpy() for n in ("age", "income", "visits")}
    assert np.corrcoef(numbers["age"], numbers["income"])[0, 1] == pytest.approx(0.6, abs=0.02)
    assert np.corrcoef(numbers["age"], numbers["visits"])[0, 1] == pytest.approx(0.3, abs=0.02)
    frame = make(tmp_path, people("{kind: normal, age ~ income: 0.6}"))["people"]
    assert ranks(frame, "age", "income") == pytest.approx(to_spearman(0.6), abs=0.015)


def test_conditional_columns_are_driven_within_their_branch(tmp_path: Path) -> None:
    tables = people("{age ~ bonus: 0.9}") + (
        "    bonus: {when: {\"grade = 'a'\": {normal: {mean: 900, sd: 10}}}, else: {uniform: [0, 1]}}\n"
    )
    frame = make(tmp_path, tables)["people"]
    for grade in "abc":
        assert ranks(frame.filter(pl.col("grade") == grade), "age", "bonus") == pytest.approx(0.9, abs=0.02)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 6), st.randoms(use_true_random=False))
def test_triangles_multiply_to_the_matrix_and_the_nearest_is_valid(size: int, random: Any) -> None:
    matrix = [[1.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i):
            matrix[i][j] = matrix[j][i] = round(random.uniform(-1, 1), 2)
    lower, broken = triangle(matrix)
    least = np.linalg.eigvalsh(np.array(matrix)).min()
    assert (broken is None) == (least >= -1e-9) or abs(least) < 1e-6
    if broken is None:
        assert np.array(lower) @ np.array(lower).T == pytest.approx(np.array(matrix), abs=1e-9)
    assert triangle(nearest(matrix))[1] is None


def test_conversions() -> None:
    for rho in (-1, -0.7, 0, 0.2, 1):
        assert to_spearman(from_spearman(rho)) == pytest.approx(rho, abs=1e-12)
    curve = Pearson(lambda u: u, lambda u: u)  # two uniforms: Pearson's is Spearman's
    assert curve(0.5) == pytest.approx(to_spearman(0.5), abs=1e-4)
    assert curve.inverse(curve(0.5)) == pytest.approx(0.5, abs=1e-6)


def test_unstated_pairs_follow_the_chain() -> None:
    matrix, missing = complete(4, {(0, 1): 0.5, (1, 2): 0.4})
    assert matrix[2][0] == pytest.approx(0.2) and matrix[3][0] == 0 and not missing
    assert complete(4, {(0, 1): 0.5, (1, 2): 0.4, (2, 0): 0.3, (2, 3): 0.1})[1]


@pytest.mark.parametrize(
    ("correlations", "code", "words"),
    [
        ("{age ~ incme: 0.6}", "unknown-column", "no column 'incme'"),
        ("{age: 0.6}", "bad-value", "'age' is not a pair"),
        ("{age ~ income: 1.6}", "bad-value", "from -1 to 1"),
        ("{age ~ name: 0.6}", "not-drivable", "pattern makes values without an order"),
        ("{age ~ id: 0.6}", "not-drivable", "id makes values without an order"),
        ("[{columns: [age, income], matrix: [[1, 0.5], [0.4, 1]]}]", "bad-value", "not symmetric"),
        ("[{columns: [age, income], matrix: [[1, 0.5], [0.5, 2]]}]", "bad-value", "from -1 to 1"),
        ("[{columns: [age, income], matrix: [[1, 0.5], [0.5, 0.9]]}]", "bad-value", "1 with itself"),
        ("[{columns: [age, income, spend], matrix: [[1, 0.5], [0.5, 1]]}]", "bad-value", "3 rows of 3"),
        ("[{age ~ income: 0.5}, {age ~ spend: 0.5}]", "duplicate", "in two groups"),
        ("{age ~ income: 0.5, income ~ age: 0.5}", "duplicate", "appears twice"),
        ("{kind: kendall, age ~ income: 0.5}", "bad-value", "'kind' cannot be"),
        ("{kind: pearson, age ~ grade: 0.5}", "wrong-type", "needs numbers"),
        ("{kind: pearson, spend ~ income: -0.9}", "impossible-correlation", "can be between"),
        (
            "{age ~ income: 0.9, income ~ spend: 0.9, age ~ spend: -0.9}",
            "impossible-correlation",
            "contradicts the others",
        ),
        ("{age ~ income: 0.5, income ~ spend: 0.5, age ~ spend: 0.5, spend ~ other: 0.4}", "missing-key", "is open"),
        ("0.5", "wrong-type", "is a mapping"),
    ],
)
def test_problems(tmp_path: Path, correlations: str, code: str, words: str) -> None:
    found = the_problem(tmp_path, people(correlations, rows=10))
    assert found.code == code and words in found.message, found.format()


def test_unique_is_refused(tmp_path: Path) -> None:
    found = the_problem(tmp_path, people("{age ~ other: 0.5}").replace("[0, 1]}", "[0, 1], unique: true}"))
    assert found.code == "contradiction" and "other is unique" in found.message


def test_the_nearest_valid_matrix_is_offered(tmp_path: Path) -> None:
    text = "{columns: [age, income, spend], matrix: [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]}"
    found = the_problem(tmp_path, people(text))
    assert found.remedy is not None and found.remedy.startswith("nearest for [age, income, spend]: [[1, ")
