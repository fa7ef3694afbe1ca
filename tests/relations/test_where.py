"""Conditions of references: each row picks one of the rows that satisfy it, whenever there is one, and no other."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen.relations.where import Where, WhereError
from tests.plan.worlds import make, pointed, problems, the_problem

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip
KINDS = {
    "integers": ("{integer: [1, 25], null: 0.1}", "{integer: [-2, 28], null: 0.1}"),
    "floats": ("{uniform: [0, 1]}", "{normal: {mean: 0.5, sd: 1}}"),
    "a decimal and an integer": ("{uniform: [0, 9], decimals: 1}", "{integer: [0, 9]}"),
    "decimals": ("{uniform: [0, 9], decimals: 1, null: 0.2}", "{uniform: [0, 9], decimals: 1}"),
    "dates": ("{date: {from: 2024-01-01, to: 2024-02-01}}", "{date: {from: 2024-01-01, to: 2024-02-01}, null: 0.2}"),
    "a date and a datetime": (
        "{date: {from: 2024-01-01, to: 2024-01-20}}",
        "{datetime: {from: 2024-01-01, to: 2024-01-20}}",
    ),
    "text": ("{choice: [a, b, c, 'd''e', é], null: 0.1}", "{choice: [a, b, z, é], null: 0.1}"),
    "times": ("{time: {from: '08:00', to: '09:00'}}", "{time: {from: '08:00', to: '09:00'}}"),
    "booleans": ("{bernoulli: 0.5}", "{bernoulli: 0.5}"),
}  # fmt: skip


def plain(value: Any) -> Any:
    return datetime.combine(value, time()) if isinstance(value, date) and not isinstance(value, datetime) else value


def allowed(mine: Any, theirs: pl.Series, op: str, skip: int | None = None) -> set[int]:
    """Rows of the target that satisfy `parent.v op mine`, by trying each."""
    if mine is None:
        return set()
    compare = COMPARE[op]
    return {
        i for i, v in enumerate(theirs) if v is not None and i != skip and compare(plain(v), plain(mine))
    }  # fmt: skip


@pytest.mark.parametrize("op", list(COMPARE))
@pytest.mark.parametrize("kind", list(KINDS))
def test_picks_of_another_table(kind: str, op: str, tmp_path: Path) -> None:
    parent, own = KINDS[kind]
    tables = f"""
    a: {{rows: 40, key: id, columns: {{id: {{id: int}}, v: {parent}}}}}
    b: {{rows: 150, columns: {{w: {own}, a: {{ref: a, where: "parent.v {op} w"}}}}}}
    """
    made = make(tmp_path, tables)
    some = 0
    for mine, pick in made["b"].iter_rows():
        candidates = allowed(mine, made["a"]["v"], op)
        assert (pick - 1 in candidates) if candidates else pick is None, (mine, pick)
        some += pick is not None
    assert some > 0 or (op == "=" and kind in ("floats", "a date and a datetime"))


@pytest.mark.parametrize("op", list(COMPARE))
def test_picks_of_the_own_table(op: str, tmp_path: Path) -> None:
    tables = f"""
    a:
      rows: 120
      key: id
      columns:
        id: {{id: int}}
        v: {{integer: [1, 30], null: 0.05}}
        near: {{ref: a, where: "parent.v {op} v"}}
        far: {{ref: a, where: "v {op} parent.v", pick: {{zipf: 1}}}}
    """
    a = make(tmp_path, tables)["a"]
    flipped = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}[op]
    for i, (_, mine, near, far) in enumerate(a.iter_rows()):
        for pick, way in ((near, op), (far, flipped)):
            candidates = allowed(mine, a["v"], way, skip=i)
            assert (pick - 1 in candidates) if candidates else pick is None, (i, mine, pick)
    assert a["near"].null_count() < 60 and a["near"].n_unique() > 10


def test_every_candidate_is_picked_about_equally(tmp_path: Path) -> None:
    tables = """
    a: {rows: 20, key: id, columns: {id: {id: int}, v: {expr: "id"}}}
    b: {rows: 20000, columns: {w: {constant: 11}, a: {ref: a, where: "parent.v < w"}}}
    c: {rows: 20000, columns: {w: {constant: 11}, a: {ref: a, where: "parent.v < w", pick: {zipf: 2}}}}
    """
    made = make(tmp_path, tables)
    even = made["b"]["a"].value_counts()
    assert sorted(even["a"].to_list()) == list(range(1, 11))
    assert even["count"].min() > 1800 and even["count"].max() < 2200  # type: ignore[operator]  # not empty
    skewed = made["c"]["a"].value_counts(sort=True)["count"]
    assert 3.5 < skewed[0] / skewed[1] < 4.5  # 1 / 2**2


def test_several_equalities_a_limit_and_filters(tmp_path: Path) -> None:
    tables = """
    a:
      rows: 300
      key: id
      columns:
        id: {id: int}
        region: {choice: [n, s, e, w], null: 0.1}
        kind: {choice: [x, y]}
        size: {integer: [1, 20]}
        closed: {date: {from: 2020-01-01, to: 2021-01-01}, null: 0.5}
    b:
      rows: 500
      columns:
        region: {choice: [n, s, e, nowhere], null: 0.1}
        kind: {choice: [x, y]}
        need: {integer: [1, 24]}
        a:
          ref: a
          where: >-
            parent.region = region AND kind = parent.kind and need <= parent.size
            AND parent.closed IS NULL AND parent.size BETWEEN 2 AND 19 AND parent.kind IN ('x', 'y')
        size: {copy: a.size}
    """
    made = make(tmp_path, tables)
    a = made["a"]
    found = 0
    for region, kind, need, pick, size in made["b"].iter_rows():
        mine = a.filter(
            (pl.col("region") == region) & (pl.col("kind") == kind) & (pl.col("size") >= need)
            & pl.col("closed").is_null() & pl.col("size").is_between(2, 19)
        )["id"].to_list() if region else []  # fmt: skip
        assert (pick in mine) if mine else pick is None
        assert size == (a["size"][pick - 1] if pick else None)
        found += pick is not None
    assert 200 < found < 450


@pytest.mark.parametrize(
    ("where", "keeps"),
    [
        ("parent.n > 3", lambda n, t: n is not None and n > 3),
        ("parent.n IS NULL", lambda n, t: n is None),
        ("parent.n > 3 OR parent.n IS NULL", lambda n, t: n is None or n > 3),
        ("parent.n = 1 OR parent.n = 2 AND parent.t = 'and'", lambda n, t: n == 1 or (n == 2 and t == "and")),
        ("(parent.n = 1 OR parent.n = 2) AND parent.t = 'and'", lambda n, t: n in (1, 2) and t == "and"),
        ("parent.t = 'between' AND parent.n < 5", lambda n, t: t == "between" and n is not None and n < 5),
        ("CASE WHEN parent.n > 3 AND parent.n < 6 THEN parent.t = 'and' ELSE FALSE END",
         lambda n, t: n in (4, 5) and t == "and"),
        ("NOT (parent.t = 'and')", lambda n, t: t != "and"),
        ("parent.\"t\" = 'parent.n'", lambda n, t: t == "parent.n"),
        ("parent.n > 100", lambda n, t: False),
    ],
)  # fmt: skip
def test_conditions_on_the_parent_alone(where: str, keeps: Callable[[Any, Any], bool], tmp_path: Path) -> None:
    quoted = where.replace('"', '\\"')
    tables = f"""
    a:
      rows: 80
      key: id
      columns: {{id: {{id: int}}, n: {{integer: [1, 9], null: 0.2}}, t: {{choice: [and, between, parent.n]}}}}
    b: {{rows: 1500, columns: {{a: {{ref: a, where: "{quoted}"}}}}}}
    """
    made = make(tmp_path, tables)
    wanted = {i for i, n, t in made["a"].iter_rows() if keeps(n, t)}
    picked = set(made["b"]["a"].drop_nulls())
    assert picked == wanted
    assert made["b"]["a"].null_count() == (0 if wanted else 1500)


def test_conditions_see_columns_of_parents(tmp_path: Path) -> None:
    tables = """
    agents: {rows: 30, key: id, columns: {id: {id: int}, region: {choice: [n, s]}}}
    customers: {rows: 50, key: id, columns: {id: {id: int}, region: {choice: [n, s]}}}
    tickets:
      per: customers
      count: {integer: [1, 3]}
      columns: {customer: {ref: customers}, agent: {ref: agents, where: "parent.region = customers.region"}}
    """
    made = make(tmp_path, tables)
    joined = made["tickets"].join(made["customers"], left_on="customer", right_on="id")
    joined = joined.join(made["agents"], left_on="agent", right_on="id", suffix="_agent")
    assert joined.height == made["tickets"].height > 50
    assert (joined["region"] == joined["region_agent"]).all()


def test_an_empty_target(tmp_path: Path) -> None:
    tables = """
    a: {rows: 1, key: id, columns: {id: {id: int}, v: {integer: [1, 9]}, r: {ref: a, where: "parent.v >= v"}}}
    """
    assert make(tmp_path, tables)["a"]["r"].to_list() == [None]  # only itself would do


def test_large_numbers_are_compared_exactly(tmp_path: Path) -> None:
    tables = """
    a: {rows: 3, key: id, columns: {id: {id: int}, v: {expr: "9007199254740992 + id", decimals: 2}}}
    b: {rows: 60, columns: {w: {expr: "9007199254740994", decimals: 2}, a: {ref: a, where: "parent.v < w"},
        c: {ref: a, where: "parent.v = w"}, d: {ref: a, where: "parent.v > w"}}}
    """
    made = make(tmp_path, tables)["b"]
    assert (set(made["a"]), set(made["c"]), set(made["d"])) == ({1}, {2}, {3})


@pytest.mark.parametrize(
    ("where", "equal", "unequal"),
    [
        ("parent.a=b", (("a", "b"),), None),
        ("b = parent.a", (("a", "b"),), None),
        ("b<parent.a", (), ("a", ">", "b")),
        ('parent."x y" >= "z w"', (), ("x y", ">=", "z w")),
        ("parent . a <= t . b", (), ("a", "<=", "t.b")),
        ("parent.a = b AND parent.c = d AND parent.e > f", (("a", "b"), ("c", "d")), ("e", ">", "f")),
    ],
)
def test_reading(where: str, equal: Any, unequal: Any) -> None:
    found = Where.parse(where)
    assert (found.filters, found.equal, found.unequal) == ((), equal, unequal)
    assert set(found.parent_columns) == {p for p, _ in equal} | ({unequal[0]} if unequal else set())
    assert set(found.own_columns) == {o for _, o in equal} | ({unequal[2]} if unequal else set())


@pytest.mark.parametrize(
    "where",
    [
        "n > 3", "parent.n <", "parent.n + n > 3", "parent.n < n AND parent.m < m", "parent.n < n OR parent.t = 'x'",
        "parent.n <> n", "parent.n < parent.m + n", "lower(parent.t) = t", "now() > parent.t", "", "parent.n = n = n",
    ],
)  # fmt: skip
def test_what_no_index_serves_is_refused(where: str) -> None:
    with pytest.raises(WhereError) as refused:
        Where.parse(where)
    assert refused.value.remedy


@pytest.mark.parametrize(
    "where",
    ["parent.t > 3", "parent.t = n", "parent.t < n", "parent.d < n", "parent.d = t", "parent.n", "parent.l = l"],
)
def test_types_that_do_not_fit(where: str, tmp_path: Path) -> None:
    tables = f"""
    a:
      rows: 5
      key: id
      columns:
        id: {{id: int}}
        n: {{integer: [1, 3]}}
        t: {{choice: [x]}}
        d: {{date: {{from: 2020-01-01, to: 2021-01-01}}}}
        l: {{list: {{constant: 1}}, length: 2}}
    b:
      rows: 5
      columns:
        n: {{integer: [1, 3]}}
        t: {{choice: [x]}}
        l: {{list: {{constant: 1}}, length: 2}}
        a: {{ref: a, where: "{where}"}}
    """
    problem = the_problem(tmp_path, tables)
    assert problem.code == "bad-where" and pointed(tmp_path, problem).startswith("where:")


def test_unknown_columns(tmp_path: Path) -> None:
    tables = """
    a: {rows: 5, key: id, columns: {id: {id: int}}}
    b: {rows: 5, columns: {n: {id: int}, a: {ref: a, where: "parent.idd = n"}, c: {ref: a, where: "parent.id = m"}}}
    """
    found = problems(tmp_path, tables)
    assert [(p.code, p.remedy) for p in found] == [
        ("unknown-column", "did you mean 'id'?"),
        ("unknown-column", "known: n, a, c, a.id"),
    ]
