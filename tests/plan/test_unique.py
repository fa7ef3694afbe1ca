"""Keys and unique groups hold by construction, or are refused before a row is made."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.plan.worlds import at, frames, make, orphans, pointed, problems, the_problem, world

A = "a: {rows: 12, key: id, columns: {id: {id: int}}}\n"
B = "b: {rows: 10, key: id, columns: {id: {id: 'B{n}'}}}\n"


def pairs(rows: int) -> str:
    return (
        A + B + f"m: {{rows: {rows}, key: [a, b], columns: {{a: {{ref: a}}, b: {{ref: b}}, n: {{integer: [1, 9]}}}}}}"
    )


@pytest.mark.parametrize("rows", [0, 1, 7, 60, 119, 120])
def test_pairs_of_two_references_are_distinct(rows: int, tmp_path: Path) -> None:
    made = make(tmp_path, pairs(rows))
    m = made["m"]
    assert m.height == rows
    assert m.select("a", "b").is_unique().all()
    assert orphans(m, ["a"], made["a"], ["id"]) == orphans(m, ["b"], made["b"], ["id"]) == 0
    if rows == 60:  # spread over both, in random order
        assert m["a"].n_unique() >= 11 and m["b"].n_unique() == 10
        assert m["a"].to_list() != sorted(m["a"].to_list())


def test_one_pair_more_than_there_are_is_refused(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, pairs(121))
    assert problem.code == "impossible-unique"
    assert "121" in problem.message and "120" in problem.message
    assert problem.remedy and "lower the rows to 120" in problem.remedy
    assert pointed(tmp_path, problem).startswith("[a, b]")


def test_one_to_one_references(tmp_path: Path) -> None:
    tables = A + "p: {rows: 12, key: a, columns: {a: {ref: a}}}\nq: {rows: 5, columns: {a: {ref: a, unique: true}}}\n"
    made = make(tmp_path, tables + "r: {rows: 40, columns: {a: {ref: q.a}}}")
    assert sorted(made["p"]["a"].to_list()) == list(range(1, 13))
    assert made["p"]["a"].to_list() != list(range(1, 13))
    assert made["q"]["a"].n_unique() == 5
    problem = the_problem(tmp_path, A + "p: {rows: 13, key: a, columns: {a: {ref: a}}}")
    assert problem.code == "impossible-unique" and problem.remedy and "12" in problem.remedy


def test_one_to_one_references_to_children(tmp_path: Path) -> None:
    """The size of the target is not written anywhere: it follows from the counts."""
    tables = A + "c: {per: a, count: {integer: [0, 4]}, key: id, columns: {id: {id: uuid}, a: {ref: a}}}\n"
    size = world(tmp_path, tables).size("c")
    made = make(tmp_path, tables + f"d: {{rows: {size}, columns: {{c: {{ref: c, unique: true}}}}}}")
    assert sorted(made["d"]["c"].to_list()) == sorted(made["c"]["id"].to_list())
    problem = the_problem(tmp_path, tables + f"d: {{rows: {size + 1}, columns: {{c: {{ref: c, unique: true}}}}}}")
    assert problem.code == "impossible-unique" and f"{size:,}" in problem.message


@pytest.mark.parametrize(
    ("columns", "room"),
    [
        ("x: {choice: [p, q, r]}, y: {integer: [1, 7]}", 21),
        ("x: {date: {from: 2024-01-01, to: 2024-01-10}}, y: {bernoulli: 0.9}", 20),
        ("x: {pattern: '[ab][0-9]'}, y: {choice: {p: 0.9, q: 0.1}}", 40),
        ("x: {choice: {p: 0.999, q: 0.001}}, y: {integer: [-2, 2]}", 10),
    ],
)
def test_groups_of_values(columns: str, room: int, tmp_path: Path) -> None:
    tables = f"t: {{rows: {room}, unique: [[x, y]], columns: {{z: {{choice: [u, v]}}, {columns}}}}}"
    made = make(tmp_path, tables)["t"]
    assert made.height == room and made.select("x", "y").is_unique().all()
    assert made["z"].n_unique() == 2
    problem = the_problem(tmp_path, tables.replace(f"rows: {room}", f"rows: {room + 1}"))
    assert problem.code == "impossible-unique" and f"{room}" in problem.message
    assert pointed(tmp_path, problem).startswith("[[x, y]]")


@pytest.mark.parametrize(
    ("column", "room"),
    [
        ("{integer: [5, 104]}", 100),
        ("{date: {from: 2024-01-01, to: 2024-04-09}}", 100),
        ("{choice: [a, b, c, d, e]}", 5),
        ("{pattern: '[A-D]{2}-[0-9]'}", 160),
    ],
)
def test_single_columns(column: str, room: int, tmp_path: Path) -> None:
    options = column[1:-1]
    made = make(tmp_path, f"t: {{rows: {room}, columns: {{x: {{{options}, unique: true}}}}}}")["t"]
    free = make(tmp_path, f"t: {{rows: 4000, columns: {{x: {{{options}}}}}}}")["t"]
    assert made["x"].n_unique() == room and set(made["x"]) == set(free["x"])
    problem = the_problem(tmp_path, f"t: {{rows: {room + 1}, columns: {{x: {{{options}, unique: true}}}}}}")
    assert problem.code == "impossible-unique"


def test_unique_values_may_be_null(tmp_path: Path) -> None:
    made = make(tmp_path, "t: {rows: 90, columns: {x: {integer: [1, 100], unique: true, null: 0.3}}}")["t"]
    given = made["x"].drop_nulls()
    assert 15 < made["x"].null_count() < 45 and given.n_unique() == len(given)


def test_several_groups_in_one_table(tmp_path: Path) -> None:
    tables = """
    t:
      rows: 100
      key: [x, y]
      unique: [code, [x, z], [y, code]]
      columns:
        x: {integer: [1, 20]}
        y: {choice: [a, b, c, d, e, f]}
        z: {integer: [1, 500]}
        code: {pattern: "[A-Z]{4}"}
    """
    made = make(tmp_path, tables)["t"]
    for group in (["x", "y"], ["code"], ["x", "z"], ["y", "code"]):
        assert made.select(group).is_unique().all(), group


def test_a_column_that_one_group_drives_is_not_driven_by_another(tmp_path: Path) -> None:
    tables = """
    t:
      rows: 100
      key: [x, y]
      unique: [[x, w]]
      columns: {x: {integer: [1, 20]}, y: {choice: [a, b, c, d, e, f]}, w: {choice: [p, q, r, s, t, u]}}
    """
    problem = the_problem(tmp_path, tables)
    assert problem.code == "impossible-unique" and "(x, w)" in problem.message
    made = make(tmp_path, tables.replace("[p, q, r, s, t, u]", f"[{', '.join(f'w{i}' for i in range(100))}]"))["t"]
    assert made.select("x", "y").is_unique().all() and made.select("x", "w").is_unique().all()


def test_values_that_no_generator_can_enumerate(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, 't: {rows: 9, unique: [x], columns: {x: {expr: "1 + 1"}}}')
    assert problem.code == "impossible-unique" and "cannot promise" in problem.message
    assert problem.remedy and "id" in problem.remedy
    assert problems(tmp_path, 't: {rows: 1, unique: [x], columns: {x: {expr: "1 + 1"}}}') == []


@pytest.mark.parametrize("more", ["null: 0.1", "if: 'n > 3'"])
def test_a_key_is_never_null(more: str, tmp_path: Path) -> None:
    tables = f"t: {{rows: 9, key: [n, x], columns: {{n: {{id: int}}, x: {{integer: [1, 100], {more}}}}}}}"
    problem = the_problem(tmp_path, tables)
    assert problem.code == "nullable-key" and pointed(tmp_path, problem).startswith("{integer")
    assert problems(tmp_path, tables.replace("key: [n, x]", "unique: [[n, x]]")) == []


def test_unique_children_over_the_whole_table(tmp_path: Path) -> None:
    tables = (
        A
        + """
c:
  per: a
  count: {integer: [3, 8]}
  key: code
  unique: [[day, slot]]
  columns: {code: {integer: [1, 100]}, day: {date: {from: 2024-01-01, to: 2024-01-31}}, slot: {choice: [m, n, e]}}
"""
    )
    made = world(tmp_path, tables)
    c = frames(made)["c"]
    assert c["code"].is_unique().all() and c.select("day", "slot").is_unique().all() and c.height > 40
    some = [7, 3, 30, 12]
    assert at(made, "c", some).equals(c[some])


def test_entities_are_unique_or_refused(tmp_path: Path) -> None:
    made = make(tmp_path, "t: {rows: 3000, unique: [email], entities: {person: [first_name, email]}}")["t"]
    assert made["email"].n_unique() == 3000
    problem = the_problem(tmp_path, "t: {rows: 3000, unique: [first_name], entities: {person: [first_name, email]}}")
    assert problem.code == "impossible-unique"


# -- distinct within each parent


def test_pairs_within_parents_are_distinct(tmp_path: Path) -> None:
    for pick in ("", ", pick: {zipf: 0.3}", ", pick: {zipf: 4}"):
        tables = (
            B
            + f"""
p: {{rows: 400, key: id, columns: {{id: {{id: int}}}}}}
m: {{per: p, count: {{integer: [0, 10]}}, key: [p, b], columns: {{p: {{ref: p}}, b: {{ref: b{pick}}}}}}}
"""
        )
        made = make(tmp_path, tables)
        m = made["m"]
        assert m.select("p", "b").is_unique().all()
        assert orphans(m, ["b"], made["b"], ["id"]) == orphans(m, ["p"], made["p"], ["id"]) == 0
        sizes = m.group_by("p").len()["len"]
        assert sizes.max() == 10 and sizes.n_unique() == 10  # a parent may have them all
        full = m.filter(pl.len().over("p") == 10)
        assert (full.group_by("p").agg(pl.col("b").n_unique())["b"] == 10).all()
        first = m.group_by("p", maintain_order=True).first()["b"].value_counts(sort=True)["count"]
        assert (first[0] > 2 * first[1]) == (pick == ", pick: {zipf: 4}")


def test_popular_rows_stay_popular_within_parents(tmp_path: Path) -> None:
    tables = """
    b: {rows: 300, key: id, columns: {id: {id: int}}}
    p: {rows: 3000, key: id, columns: {id: {id: int}}}
    m: {per: p, count: {constant: 3}, key: [p, b], columns: {p: {ref: p}, b: {ref: b, pick: {zipf: 1}}}}
    """
    m = make(tmp_path, tables)["m"]
    shares = m.group_by("p", maintain_order=True).first()["b"].value_counts(sort=True)["count"] / 3000
    total = sum(1 / k for k in range(1, 301))
    assert abs(shares[0] - 1 / total) < 0.03 and abs(shares[1] - 0.5 / total) < 0.02


def test_the_key_bounds_the_children_where_nothing_else_does(tmp_path: Path) -> None:
    tables = """
    b: {rows: 4, key: id, columns: {id: {id: int}}}
    p: {rows: 100, key: id, columns: {id: {id: int}, n: {count: m}}}
    m: {per: p, count: {poisson: 6}, key: [p, b], columns: {p: {ref: p}, b: {ref: b}}}
    lines: {per: m, count: {constant: 1}, columns: {m: {ref: m.b}}}
    one: {rows: 300, columns: {m: {ref: lines.m, null: 0.5}}}
    """
    made = world(tmp_path, tables)
    all_rows = frames(made)
    sizes = all_rows["m"].group_by("p").len()["len"]
    assert all_rows["m"].select("p", "b").is_unique().all()
    assert sizes.max() == 4 and (sizes == 4).sum() > 50  # most parents would have more
    assert all_rows["p"]["n"].sum() == all_rows["m"].height == made.size("m") == all_rows["lines"].height


def test_sizes_behind_a_bounded_table_are_the_bounded_ones(tmp_path: Path) -> None:
    """A unique reference into children of children whose number the key bounds."""
    tables = """
    b: {rows: 3, key: id, columns: {id: {id: int}}}
    p: {rows: 50, key: id, columns: {id: {id: int}}}
    m: {per: p, count: {poisson: 5}, key: [p, b], columns: {p: {ref: p}, b: {ref: b}}}
    lines: {per: m, count: {constant: 2}, key: id, columns: {id: {id: int}}}
    """
    size = world(tmp_path, tables).size("lines")
    assert size <= 300
    made = make(tmp_path, tables + f"one: {{rows: {size}, columns: {{line: {{ref: lines, unique: true}}}}}}")
    assert sorted(made["one"]["line"].to_list()) == list(range(1, size + 1))
    more = tables + f"one: {{rows: {size + 1}, columns: {{line: {{ref: lines, unique: true}}}}}}"
    assert the_problem(tmp_path, more).code == "impossible-unique"


def test_more_children_than_keys_are_refused(tmp_path: Path) -> None:
    tables = B + A + "m: {per: a, count: {integer: [0, 11]}, key: [a, b], columns: {a: {ref: a}, b: {ref: b}}}"
    problem = the_problem(tmp_path, tables)
    assert problem.code == "impossible-unique" and "11" in problem.message and "10" in problem.message
    assert problem.remedy == "cap the count with range: [0, 10]"
    alone = A + 'm: {per: a, count: {integer: [0, 3]}, key: [a, v], columns: {a: {ref: a}, v: {expr: "1 + 1"}}}'
    problem = the_problem(tmp_path, alone)
    assert problem.code == "impossible-unique" and "tells the rows of one parent apart" in problem.message
    assert problems(tmp_path, alone.replace("[0, 3]", "[0, 1]")) == []  # one child needs nothing to tell it apart


def test_lines_are_numbered_within_parents(tmp_path: Path) -> None:
    tables = (
        A
        + """
m:
  per: a
  count: {integer: [1, 9]}
  key: [a, line]
  unique: [[a, day, part]]
  columns:
    a: {ref: a}
    line: {integer: [1, 9]}
    day: {date: {from: 2024-01-01, to: 2024-01-03}}
    part: {choice: {x: 0.9, y: 0.05, z: 0.05}}
"""
    )
    m = make(tmp_path, tables)["m"]
    assert m.select("a", "line").is_unique().all() and m.select("a", "day", "part").is_unique().all()
    assert m["line"].min() == 1 and m["line"].max() == 9


def test_composite_parents_tell_children_apart(tmp_path: Path) -> None:
    tables = """
    sites: {rows: 20, key: [x, y], columns: {x: {integer: [1, 5]}, y: {integer: [1, 9]}}}
    m:
      per: sites
      count: {integer: [0, 6]}
      key: [x, y, n]
      columns: {x: {ref: sites.x}, y: {ref: sites.y, with: x}, n: {integer: [1, 6]}}
    """
    made = make(tmp_path, tables)
    assert made["m"].select("x", "y", "n").is_unique().all() and made["m"].height > 30
    assert orphans(made["m"], ["x", "y"], made["sites"], ["x", "y"]) == 0


def test_a_pick_that_cannot_be_skewed_is_a_contradiction(tmp_path: Path) -> None:
    table = A + B + "m: {rows: 60, key: [a, b], columns: {a: {ref: a, pick: {zipf: 1}}, b: {ref: b}}}"
    problem = the_problem(tmp_path, table)
    assert problem.code == "contradiction" and pointed(tmp_path, problem).startswith("{ref: a, pick")
    parent = """
    b: {rows: 5, key: id, columns: {id: {id: int}}}
    p: {rows: 50, key: id, columns: {id: {id: int}}}
    m:
      per: p
      count: {integer: [0, 8]}
      key: [p, b, kind]
      columns: {p: {ref: p}, b: {ref: b, pick: {zipf: 1}}, kind: {choice: [x, y]}}
    """
    problem = the_problem(tmp_path, parent)
    assert problem.code == "contradiction" and problem.remedy and "range: [0, 5]" in problem.remedy
    assert problems(tmp_path, parent.replace("[0, 8]", "[0, 5]")) == []


def test_a_skewed_pick_stays_skewed_where_nothing_bounds_the_count(tmp_path: Path) -> None:
    tables = """
    b: {rows: 100, key: id, columns: {id: {id: int}}}
    p: {rows: 1000, key: id, columns: {id: {id: int}}}
    m:
      per: p
      count: {poisson: 3}
      key: [p, b, kind]
      columns: {p: {ref: p}, b: {ref: b, pick: {zipf: 1.5}}, kind: {choice: {x: 0.9, y: 0.1}}}
    """
    m = make(tmp_path, tables)["m"]
    assert m.select("p", "b", "kind").is_unique().all()
    popular = m["b"].value_counts(sort=True)["count"]
    assert popular[0] > 1.2 * popular[1] > 1.4 * popular[3]
    assert 0.87 < (m["kind"] == "x").mean() < 0.93  # type: ignore[operator]  # not empty


def test_references_to_the_own_table_within_parents(tmp_path: Path) -> None:
    """Only one that is unique over the whole table can promise never to pick its own row."""
    tables = (
        A
        + """
m:
  per: a
  count: {integer: [0, 3]}
  key: [a, other]
  columns: {a: {ref: a}, id: {id: int}, other: {ref: m.id}}
"""
    )
    problem = the_problem(tmp_path, tables)
    assert problem.code == "impossible-unique"
