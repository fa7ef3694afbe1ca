"""Rows per parent: exact counts, chains of tables, parents without children, counts that depend on the parent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.plan.worlds import at, frames, make, orphans, pointed, the_problem, world

CHAIN = """
a: {rows: 300, key: id, columns: {id: {id: int}, tier: {choice: {x: 0.8, y: 0.2}}, n: {count: b}, deep: {count: d}}}
b:
  per: a
  count: {when: {"tier = 'y'": {constant: 5}}, else: {integer: [0, 2]}}
  key: id
  columns: {id: {id: uuid}, a: {ref: a}, size: {integer: [0, 3]}, tier: {copy: a.tier}}
c:
  per: b
  count: {when: {"size = 0": {constant: 0}, "a.tier = 'y'": {constant: 1}}, else: {poisson: 2}}
  key: id
  columns: {id: {id: int}, b: {ref: b}, a: {ref: b.a, with: b}, tier: {copy: a.tier}}
d:
  per: c
  count: {constant: 2}
  columns: {c: {ref: c}, size: {copy: b.size}, tier: {copy: a.tier}, own: {integer: [1, 9]}}
"""


def test_chains_of_four_tables(tmp_path: Path) -> None:
    made = make(tmp_path, CHAIN)
    a, b, c, d = (made[n] for n in "abcd")
    assert b.height > 300 and c.height > 300 and d.height == 2 * c.height
    assert orphans(b, ["a"], a, ["id"]) == orphans(c, ["b"], b, ["id"]) == orphans(d, ["c"], c, ["id"]) == 0
    per_a = a.join(b.group_by("a").len("rows"), left_on="id", right_on="a", how="left").fill_null(0)
    assert (per_a["n"] == per_a["rows"]).all()
    assert (per_a.filter(pl.col("tier") == "y")["rows"] == 5).all()
    assert set(per_a.filter(pl.col("tier") == "x")["rows"]) == {0, 1, 2}  # parents without children too
    per_b = b.join(c.group_by("b").len("rows"), left_on="id", right_on="b", how="left").with_columns(
        pl.col("rows").fill_null(0)
    )
    assert (per_b.filter(pl.col("size") == 0)["rows"] == 0).all()
    assert (per_b.filter((pl.col("size") > 0) & (pl.col("tier") == "y"))["rows"] == 1).all()
    whole = d.join(c, left_on="c", right_on="id").join(b, left_on="b", right_on="id", suffix="_b")
    whole = whole.join(a, left_on="a", right_on="id", suffix="_a")
    assert whole.height == d.height
    assert (whole["size"] == whole["size_b"]).all() and (whole["tier"] == whole["tier_a"]).all()
    deep = a.join(whole.group_by("a").len("rows"), left_on="id", right_on="a", how="left").fill_null(0)
    assert (deep["deep"] == deep["rows"]).all() and deep["deep"].max() >= 10  # type: ignore[operator]  # not empty


def test_rows_of_children_in_the_order_of_their_parents(tmp_path: Path) -> None:
    made = world(tmp_path, CHAIN)
    whole = frames(made)
    order = whole["b"].join(whole["a"].with_row_index("i"), left_on="a", right_on="id", maintain_order="left")["i"]
    assert order.is_sorted()
    ids = whole["c"]["id"]
    assert ids.to_list() == list(range(1, len(ids) + 1))
    sizes = {n: made.size(n) for n in "abcd"}
    assert sizes == {n: f.height for n, f in whole.items()}
    last = at(made, "d", [sizes["d"] - 1, 0])
    assert last.equals(whole["d"][[sizes["d"] - 1, 0]])


@pytest.mark.parametrize("rows", [0, 1])
def test_few_parents(rows: int, tmp_path: Path) -> None:
    made = make(tmp_path, CHAIN.replace("rows: 300", f"rows: {rows}"))
    assert made["a"].height == rows
    if rows == 0:
        assert {n: f.height for n, f in made.items()} == dict.fromkeys("abcd", 0)
        assert made["d"].schema["size"] == pl.Int64 and made["b"].schema["tier"] == pl.String


def test_no_parent_has_children(tmp_path: Path) -> None:
    tables = """
    a: {rows: 5, key: id, columns: {id: {id: int}, n: {count: b}, total: {sum: b.x}, last: {max: b.x}}}
    b: {per: a, count: {constant: 0}, columns: {a: {ref: a}, x: {integer: [1, 9]}}}
    c: {per: b, count: {poisson: 2}, columns: {y: {copy: b.x}}}
    """
    made = make(tmp_path, tables)
    assert made["b"].height == made["c"].height == 0
    assert made["a"].select("n", "total", "last").rows() == [(0, 0, None)] * 5


@pytest.mark.parametrize(
    ("count", "mean", "least", "most"),
    [
        ("{poisson: 4}", 4, 0, None),
        ("{negbin: {mean: 3}}", 3, 0, None),
        ("{geometric: 0.5}", 2, 1, None),
        ("{poisson: 1.5, range: [1, 3]}", None, 1, 3),
        ("{integer: [2, 6]}", 4, 2, 6),
        ("{constant: 3}", 3, 3, 3),
        ("{choice: [1, 7]}", 4, 1, 7),
        ("{mixture: [{weight: 0.5, constant: 1}, {weight: 0.5, integer: [5, 9]}]}", 4, 1, 9),
        ("{expr: 'id % 4'}", 1.5, 0, 3),
    ],
)
def test_counts_follow_their_distribution(
    count: str, mean: float | None, least: int, most: int | None, tmp_path: Path
) -> None:
    tables = f"""
    a: {{rows: 4000, key: id, columns: {{id: {{id: int}}}}}}
    b: {{per: a, count: {count}, columns: {{a: {{ref: a}}}}}}
    """
    made = make(tmp_path, tables)
    sizes = np.bincount(made["b"]["a"].to_numpy(), minlength=4001)[1:]
    assert sizes.min() == least
    assert most is None or sizes.max() == most
    assert mean is None or abs(sizes.mean() - mean) < 6 * sizes.std() / 4000**0.5 + 1e-9


def test_a_null_count_is_no_rows(tmp_path: Path) -> None:
    tables = """
    a: {rows: 200, key: id, columns: {id: {id: int}, n: {integer: [1, 3], null: 0.5}}}
    b: {per: a, count: {copy: a.n}, columns: {a: {ref: a}}}
    """
    problem = the_problem(tmp_path, tables)  # `a.n` is a column of the parent itself, not of another table
    assert problem.code == "unknown-column"
    made = make(tmp_path, tables.replace("{copy: a.n}", "{expr: n}"))
    sizes = made["a"].join(made["b"].group_by("a").len("rows"), left_on="id", right_on="a", how="left").fill_null(0)
    assert (sizes["n"] == sizes["rows"]).all()


def test_a_computed_count_below_zero_is_no_rows(tmp_path: Path) -> None:
    tables = """
    a: {rows: 6, key: id, columns: {id: {id: int}}}
    b: {per: a, count: {expr: "id - 4"}, columns: {a: {ref: a}}}
    """
    assert make(tmp_path, tables)["b"]["a"].to_list() == [5, 6, 6]


def test_counts_that_read_row_numbers_of_the_middle_table(tmp_path: Path) -> None:
    """A child's count may depend on what only the whole table decides: its parent's number."""
    tables = """
    a: {rows: 40, key: id, columns: {id: {id: int}}}
    b: {per: a, count: {poisson: 3}, key: id, unique: [code], columns: {id: {id: int}, code: {integer: [1, 400]}}}
    c: {per: b, count: {when: {"id % 2 = 0 AND code < 200": {constant: 1}}, else: {constant: 0}}, key: id,
        columns: {id: {id: int}, b: {ref: b}}}
    d: {per: c, count: {expr: "id % 3"}, columns: {c: {ref: c}}}
    """
    made = make(tmp_path, tables)
    wanted = made["b"].filter((pl.col("id") % 2 == 0) & (pl.col("code") < 200))["id"]
    assert made["c"]["b"].to_list() == wanted.to_list() and 10 < len(wanted) < 100
    assert made["d"].height == sum(i % 3 for i in made["c"]["id"])


def test_counts_that_read_totals_of_another_child_table(tmp_path: Path) -> None:
    tables = """
    a: {rows: 100, key: id, columns: {id: {id: int}, n: {count: b}, latest: {max: b.id}}}
    b: {per: a, count: {poisson: 2}, key: id, columns: {id: {id: int}, a: {ref: a}}}
    c: {per: a, count: {when: {"latest > 100": {expr: n}}, else: {constant: 1}}, columns: {a: {ref: a}}}
    """
    made = make(tmp_path, tables)
    sizes = made["a"].join(made["c"].group_by("a").len("rows"), left_on="id", right_on="a", how="left")
    expected = pl.when(pl.col("latest") > 100).then("n").otherwise(1)
    assert sizes.select(expected.fill_null(1) == pl.col("rows").fill_null(0)).to_series().all()
    assert sizes["rows"].max() > 3  # type: ignore[operator]  # not empty


@pytest.mark.parametrize(
    ("count", "code", "words"),
    [
        ("{uniform: [1, 3]}", "wrong-type", "Float64"),
        ("{choice: [a, b]}", "wrong-type", "String"),
        ("{integer: [-1, 3]}", "wrong-type", "negative"),
        ("{choice: [-1, 3]}", "wrong-type", "negative"),
        ("3", "wrong-type", "mapping"),
        ("{poison: 3}", "unknown-generator", "no generator"),
        ("{poisson: 3, integer: [1, 2]}", "unknown-generator", "two generators"),
        ("{when: {\"teir = 'x'\": {constant: 1}}, else: {constant: 2}}", "unknown-column", "teir"),
    ],
)
def test_mistakes_in_counts(count: str, code: str, words: str, tmp_path: Path) -> None:
    tables = "a: {rows: 5, key: id, columns: {id: {id: int}}}\n"
    tables += f"b: {{per: a, count: {count}, columns: {{x: {{id: int}}}}}}"
    problem = the_problem(tmp_path, tables)
    assert problem.code == code and words in problem.message
    assert pointed(tmp_path, problem).startswith(count.split(":")[0])
