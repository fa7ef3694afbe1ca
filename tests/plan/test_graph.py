"""Columns that need each other are found before a row is made, wherever the ring runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthgen.plan.compile import compile_recipe
from synthgen.plan.model import COUNT
from tests.plan.worlds import RICH, make, pointed, problems, read, the_problem, write

CYCLES = {
    "an expression of itself": (
        "t: {rows: 5, columns: {x: {expr: 'x + 1'}}}",
        ["t.x", "t.x"],
    ),
    "three expressions": (
        "t: {rows: 5, columns: {x: {expr: 'y'}, y: {expr: 'z'}, z: {expr: 'x'}}}",
        ["t.x", "t.y", "t.z", "t.x"],
    ),
    "times": (
        "t: {rows: 5, columns: {a: {after: b, delay: {exponential: 1d}}, b: {after: a, delay: {exponential: 1d}}}}",
        ["t.a", "t.b", "t.a"],
    ),
    "keys of two tables": (
        "a: {rows: 5, key: id, columns: {id: {ref: b}}}\nb: {rows: 5, key: id, columns: {id: {ref: a}}}",
        ["a.id", "b.id", "a.id"],
    ),
    "a copy and a total": (
        "a: {rows: 5, key: id, columns: {id: {id: int}, s: {sum: b.v}}}\n"
        "b: {per: a, count: {constant: 1}, columns: {v: {copy: a.s}}}",
        ["a.s", "b.v", "a.s"],
    ),
    "a condition on the own choice": (
        "a: {rows: 5, key: id, columns: {id: {id: int}, v: {copy: r.id}, r: {ref: a, where: 'parent.v < v'}}}",
        ["a.v", "a.r", "a.v"],
    ),
    "a condition by if": (
        "t: {rows: 5, columns: {x: {constant: 1, if: 'y > 0'}, y: {constant: 1, if: 'x > 0'}}}",
        ["t.x", "t.y", "t.x"],
    ),
    "a count of the counted": (
        "a: {rows: 5, key: id, columns: {id: {id: int}, n: {count: b}}}\n"
        "b: {per: a, count: {expr: n}, columns: {x: {id: int}}}",
        ["a.n", f"b.{COUNT}", "a.n"],
    ),
    "a count of the counted, nested": (
        "a: {rows: 5, key: id, columns: {id: {id: int}, n: {when: {'id > 3': {count: b}}, else: {constant: 1}}}}\n"
        "b: {per: a, count: {expr: n}, columns: {x: {id: int}}}",
        ["a.n", f"b.{COUNT}", "a.n"],
    ),
    "two counts": (
        "a: {rows: 5, key: id, columns: {id: {id: int}, n: {count: b}, m: {count: c}}}\n"
        "b: {per: a, count: {expr: m}, columns: {x: {id: int}}}\n"
        "c: {per: a, count: {expr: n}, columns: {x: {id: int}}}",
        ["a.n", f"b.{COUNT}", "a.m", f"c.{COUNT}", "a.n"],
    ),
    "a count that reads its own children": (
        "a: {rows: 5, key: id, columns: {id: {id: int}, first: {ref: b}, v: {copy: first.v}}}\n"
        "b: {per: a, count: {expr: v}, key: id, columns: {id: {id: int}, v: {integer: [0, 3]}}}",
        ["a.first", f"b.{COUNT}", "a.v", "a.first"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CYCLES))
def test_a_ring_is_told_with_its_path(name: str, tmp_path: Path) -> None:
    tables, ring = CYCLES[name]
    problem = the_problem(tmp_path, tables)
    assert problem.code == "cycle"
    told = problem.message.removeprefix("columns need each other: ").split(" -> ")
    assert told[0] == told[-1] and len(told) == len(ring)
    turned = [told[:-1][i:] + told[:-1][:i] for i in range(len(told) - 1)]
    assert ring[:-1] in turned, told
    assert pointed(tmp_path, problem).startswith("{")


def test_a_ring_stops_nothing_else_from_being_told(tmp_path: Path) -> None:
    tables = "t: {rows: 5, columns: {x: {expr: 'y'}, y: {expr: 'x'}, z: {expr: 'nope'}, w: {ref: nowhere}}}"
    assert sorted(p.code for p in problems(tmp_path, tables)) == ["cycle", "unknown-column", "unknown-table"]


def test_rings_of_tables(tmp_path: Path) -> None:
    tables = "\n".join(
        f"{a}: {{per: {b}, count: {{constant: 1}}, columns: {{x: {{id: int}}}}}}" for a, b in ("ab", "bc", "ca")
    )
    found = problems(tmp_path, tables)
    assert [p.code for p in found] == ["cycle"] * 3
    assert found[0].message == "tables are made per each other: a -> b -> c -> a"


def test_what_looks_like_a_ring_but_is_none(tmp_path: Path) -> None:
    tables = """
    a:
      rows: 30
      key: id
      columns:
        id: {id: int}
        at: {date: {from: 2024-01-01, to: 2024-06-01}}
        boss: {ref: a, where: "parent.at < at"}
        boss_at: {copy: boss.at}
        n: {count: b}
        share: {expr: "n * 2"}
    b: {per: a, count: {integer: [0, 3]}, key: id, columns: {id: {id: int}, n: {copy: a.n}, d: {expr: "a.share + n"}}}
    """
    made = make(tmp_path, tables)
    assert (made["a"]["boss_at"] < made["a"]["at"]).drop_nulls().all()
    assert made["b"].height > 10 and (made["b"]["d"] == 3 * made["b"]["n"]).all()


def test_each_column_comes_after_what_it_reads(tmp_path: Path) -> None:
    plan = compile_recipe(read(write(tmp_path, RICH)))
    place = {key: i for i, key in enumerate(plan.order)}
    assert {(t, c) for t, table in plan.tables.items() for c in table.columns} <= place.keys()
    for before, after in [
        (("customers", "signup_at"), ("customers", "referred_by")), (("regions", "tax"), ("customers", "tax")),
        (("orders", COUNT), ("customers", "spent")), (("order_items", "line_total"), ("orders", "total")),
        (("orders", "total"), ("customers", "spent")), (("customers", "spent"), ("customers", "loyal")),
        (("customers", "tier"), ("orders", COUNT)), (("order_items", "quantity"), ("parcels", COUNT)),
    ]:  # fmt: skip
        assert place[before] < place[after], (before, after)
