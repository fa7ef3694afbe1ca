"""Computed columns: SQL over the row and what it leads to, and one generator of several by condition."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen import pipeline
from synthgen.errors import RecipeError
from tests.plan.worlds import at, frames, make, pointed, the_problem, world

ROW = """
t:
  rows: 2000
  columns:
    n: {integer: [1, 9], null: 0.1}
    price: {uniform: [1, 90], decimals: 2}
    x: {uniform: [0, 1]}
    word: {choice: [ab, Cd, "e'f"]}
    at: {datetime: {from: 2024-01-01, to: 2025-01-01}}
"""


@pytest.mark.parametrize(
    ("expr", "dtype", "value"),
    [
        ("n + 1", pl.Int64(), lambda r: None if r["n"] is None else r["n"] + 1),
        ("COALESCE(n, 0) * 2", pl.Int64(), lambda r: (r["n"] or 0) * 2),
        ("word || '-' || n", pl.String(), lambda r: None if r["n"] is None else f"{r['word']}-{r['n']}"),
        ("UPPER(word)", pl.String(), lambda r: r["word"].upper()),
        ("CASE WHEN n > 5 THEN 'big' ELSE 'small' END", pl.String(), lambda r: "big" if (r["n"] or 0) > 5 else "small"),
        ("n > 5 AND word = 'ab'", pl.Boolean(),
         lambda r: False if r["word"] != "ab" else None if r["n"] is None else r["n"] > 5),
        ("word IN ('ab', 'e''f')", pl.Boolean(), lambda r: r["word"] in ("ab", "e'f")),
        ("x * 2", pl.Float64(), lambda r: r["x"] * 2),
        ("'same'", pl.String(), lambda r: "same"),
        ("7", pl.Int32(), lambda r: 7),
        ("EXTRACT(YEAR FROM at)", pl.Int32(), lambda r: r["at"].year),
    ],
)  # fmt: skip
def test_expressions(expr: str, dtype: pl.DataType, value: Any, tmp_path: Path) -> None:
    t = make(tmp_path, ROW + f'    c: {{expr: "{expr}"}}\n')["t"]
    assert t["c"].to_list() == [value(row) for row in t.iter_rows(named=True)]
    assert t.schema["c"] == dtype


def test_decimals_are_exact(tmp_path: Path) -> None:
    more = '    total: {expr: "n * price", decimals: 2}\n    taxed: {expr: "price * 0.19", decimals: 2}\n'
    more += '    share: {expr: "price / 3", decimals: 3}\n    rounded: {expr: "x * 100", decimals: 1}\n'
    t = make(tmp_path, ROW + more)["t"]
    assert t.schema["total"] == pl.Decimal(18, 2) and t.schema["share"] == pl.Decimal(18, 3)
    for n, price, total, taxed, share, x, rounded in t.select(
        "n", "price", "total", "taxed", "share", "x", "rounded"
    ).iter_rows():
        assert total == (None if n is None else n * price)
        assert abs(taxed - price * Decimal("0.19")) <= Decimal("0.005")
        assert abs(share - price / 3) <= Decimal("0.0005")
        assert abs(float(rounded) - x * 100) <= 0.05 + 1e-9


def test_expressions_of_a_row_alone_and_of_many_rows(tmp_path: Path) -> None:
    made = world(tmp_path, ROW + '    c: {expr: "n + 1"}\n    d: {expr: "1 + 1"}\n    e: {expr: "word || n"}\n')
    whole = frames(made)["t"]
    for i in (0, 7, 1999):
        assert at(made, "t", [i]).equals(whole[[i]], null_equal=True)
    assert at(made, "t", []).height == 0


def test_expressions_reach_parents_and_referenced_rows(tmp_path: Path) -> None:
    tables = """
    products: {rows: 9, key: id, columns: {id: {id: int}, price: {uniform: [1, 9], decimals: 2}}}
    a: {rows: 20, key: id, columns: {id: {id: int}, factor: {integer: [1, 5]}}}
    b: {per: a, count: {constant: 2}, key: id, columns: {id: {id: int}, a: {ref: a}}}
    c:
      per: b
      count: {constant: 2}
      columns:
        b: {ref: b}
        product: {ref: products, null: 0.3}
        cost: {expr: "a.factor * products.price", decimals: 2}
        "odd name": {integer: [1, 3]}
        twice: {expr: '"odd name" * 2 + b.id'}
    """
    made = make(tmp_path, tables)
    c = made["c"].join(made["b"], left_on="b", right_on="id").join(made["a"], left_on="a", right_on="id")
    c = c.join(made["products"], left_on="product", right_on="id", how="left")
    assert c.height == 80 and 10 < c["cost"].null_count() < 40
    for factor, price, cost, odd, twice, b in c.select("factor", "price", "cost", "odd name", "twice", "b").iter_rows():
        assert cost == (None if price is None else factor * price)
        assert twice == odd * 2 + b


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("{expr: 'CAST(word AS INTEGER)'}", "bad-sql"),
        ("{expr: 'n * 99999999999999', decimals: 6}", "bad-value"),
        ("{constant: 1, if: 'CAST(word AS INTEGER) > 3'}", "bad-sql"),
    ],
)
def test_values_that_do_not_fit_are_told_without_the_value(column: str, code: str, tmp_path: Path) -> None:
    made = world(tmp_path, ROW + f"    c: {column}\n")
    with pytest.raises(RecipeError) as refused:
        frames(made)
    (problem,) = refused.value.problems
    assert problem.code == code and problem.remedy and pointed(tmp_path, problem).startswith("{")
    told = problem.format().replace(column, "")
    assert not any(value in told for value in ("ab", "Cd", "e'f", "99999"))
    assert refused.value.__suppress_context__


# -- when


def test_the_first_condition_that_holds_decides(tmp_path: Path) -> None:
    more = """    c:
      when:
        "n > 7": {constant: high}
        "n > 3": {choice: [mid, middle]}
        "word = 'ab'": {template: "{word}!"}
      else: {constant: low}
"""
    t = make(tmp_path, ROW + more)["t"]
    for n, word, c in t.select("n", "word", "c").iter_rows():
        if n is not None and n > 7:
            assert c == "high"
        elif n is not None and n > 3:
            assert c in ("mid", "middle")
        else:
            assert c == ("ab!" if word == "ab" else "low")
    assert t["c"].n_unique() == 5


def test_branches_of_different_numbers_meet_in_one_type(tmp_path: Path) -> None:
    more = '    c: {when: {"n > 5": {integer: [1, 3]}}, else: {uniform: [0.25, 0.75]}}\n'
    more += '    d: {when: {"n > 5": {constant: null}}, else: {integer: [1, 3]}}\n'
    more += '    e: {when: {"n > 5": {integer: [1, 3]}}, else: {uniform: [5, 6], decimals: 2}}\n'
    t = make(tmp_path, ROW + more)["t"]
    assert t.schema["c"] == pl.Float64 and t.schema["d"] == pl.Int64
    assert isinstance(t.schema["e"], pl.Decimal) and (t["e"] >= 1).all()
    assert (t["d"].is_null() == (t["n"] > 5).fill_null(False)).all()
    high = (t["n"] > 5).fill_null(False)
    assert set(t["c"].filter(high)) == {1.0, 2.0, 3.0} and t["c"].filter(~high).is_between(0.25, 0.75).all()


def test_a_branch_draws_as_if_it_were_alone(tmp_path: Path) -> None:
    """Other branches and other rows change nothing."""
    more = '    c: {when: {"n > 5": {integer: [1, 1000]}}, else: {constant: 0}}\n'
    made = world(tmp_path, ROW + more)
    whole = frames(made)["t"]["c"]
    part = at(made, "t", range(500, 600))["c"]
    assert part.equals(whole[500:600])
    everywhere = make(tmp_path, ROW + '    c: {when: {"x >= 0": {integer: [1, 1000]}}, else: {constant: 0}}\n')["t"][
        "c"
    ]
    chosen = whole > 0
    assert whole.filter(chosen).equals(everywhere.filter(chosen)) and 500 < chosen.sum() < 1200


def test_references_by_condition(tmp_path: Path) -> None:
    tables = """
    a: {rows: 10, key: id, columns: {id: {id: int}}}
    b: {rows: 10, key: id, columns: {id: {id: int, start: 101}}}
    t: {rows: 300, columns: {kind: {choice: [a, b]}, to: {when: {"kind = 'a'": {ref: a}}, else: {ref: b}}}}
    """
    made = make(tmp_path, tables)
    t = made["t"]
    assert set(t.filter(pl.col("kind") == "a")["to"]) == set(made["a"]["id"])
    assert set(t.filter(pl.col("kind") == "b")["to"]) == set(made["b"]["id"])


@pytest.mark.parametrize(
    ("column", "code", "at"),
    [
        ("{expr: n +}", "bad-sql", "expr"),
        ("{expr: word + 1}", "bad-sql", "expr"),
        ("{expr: nn + 1}", "unknown-column", "{expr"),
        ("{expr: now()}", "bad-sql", "expr"),
        ("{expr: CURRENT_DATE}", "bad-sql", "expr"),
        ("{expr: sum(n)}", "bad-sql", "expr"),
        ("{expr: random()}", "bad-sql", "expr"),
        ("{expr: c + 1}", "cycle", "{expr"),
        ("{expr: word, decimals: 2}", "wrong-type", "decimals"),
        ("{expr: n, decimals: -1}", "bad-value", "-1"),
        ("{expr: [n]}", "wrong-type", "["),
        ("{when: {n > 3: {constant: 1}}}", "missing-key", "{when"),
        ("{when: {}, else: {constant: 1}}", "wrong-type", "{}"),
        ("{when: {n: {constant: 1}}, else: {constant: 2}}", "bad-sql", "{constant: 1}"),
        ("{when: {n > 3: {constant: 1}}, else: {constant: x}}", "wrong-type", "when"),
        ("{when: {n > 3: {constnat: 1}}, else: {constant: 2}}", "unknown-generator", "{constnat"),
    ],
)  # fmt: skip
def test_mistakes_are_told(column: str, code: str, at: str, tmp_path: Path) -> None:
    problem = the_problem(tmp_path, ROW + f"    c: {column}\n")
    assert problem.code == code, problem.format()
    assert pointed(tmp_path, problem).startswith(at), problem.format()


def test_what_a_branch_inserts_or_declares_stays_known(tmp_path: Path) -> None:
    """A name that a branch fills in is no finding, and one that a branch writes out by itself is."""
    recipe = """\
synthgen: 1
tables:
  people:
    rows: 400
    entities: {person: [first_name, last_name]}
    columns:
      n: {integer: [0, 1]}
      note:
        when: {"n = 1": {template: "Please call {first_name} {last_name} back about the invoice."}}
        else: {text: sentence}
      contact: {when: {"n = 1": {faker: email}}, else: {constant: none}}
"""
    path = tmp_path / "people.yaml"
    path.write_text(recipe, encoding="utf-8")
    assert pipeline.run(path, out=tmp_path / "out").verdict.findings == ()
    path.write_text(recipe.replace("{first_name} {last_name}", "Jonathan Whitfield"), encoding="utf-8")
    found = pipeline.run(path, out=tmp_path / "out").verdict.findings
    assert [(f.entity, f.column) for f in found] == [("PERSON", "note")]
