"""Null shares and conditions: what is masked, and that nothing else changes by it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from synthgen.columns import Column, Inserted, Vocabulary
from synthgen.plan.masks import masked
from tests.plan.worlds import make, pointed, the_problem, world

PLAIN = """
t:
  rows: 4000
  columns:
    n: {integer: [1, 9]}
    word: {choice: [a, b, c]}
    line: {template: "{word} {n}"}
"""


def test_a_share_of_nulls_leaves_the_other_cells_as_they_were(tmp_path: Path) -> None:
    plain = make(tmp_path, PLAIN)["t"]
    some = make(tmp_path, PLAIN.replace("b, c]", "b, c], null: 0.3").replace("[1, 9]}", "[1, 9], null: 0.05}"))["t"]
    for name, share in (("word", 0.3), ("n", 0.05)):
        null = some[name].is_null()
        assert abs(null.to_numpy().mean() - share) < 4 * (share * (1 - share) / 4000) ** 0.5
        assert some[name].filter(~null).equals(plain[name].filter(~null))
        assert plain[name].filter(null).n_unique() == plain[name].n_unique()  # whatever the value would have been
    both = (some["word"].is_null() & some["n"].is_null()).to_numpy().mean()
    assert abs(both - 0.015) < 0.01  # independent of each other


def test_none_and_all(tmp_path: Path) -> None:
    t = make(tmp_path, PLAIN.replace("b, c]", "b, c], null: 0").replace("[1, 9]}", "[1, 9], null: 1}"))["t"]
    assert t["word"].null_count() == 0 and t["n"].null_count() == 4000 and t.schema["n"] == pl.Int64


def test_a_condition_gives_values_exactly_where_it_holds(tmp_path: Path) -> None:
    tables = """
    a: {rows: 300, key: id, columns: {id: {id: int}, kind: {choice: [x, y], null: 0.2}}}
    b:
      per: a
      count: {constant: 2}
      columns:
        a: {ref: a}
        n: {integer: [1, 9], if: "a.kind = 'x'"}
        word: {choice: [p, q], if: "n > 5"}
        ref: {ref: a, if: "n > 5", null: 0.5}
        through: {copy: ref.id}
        kind: {copy: a.kind}
    """
    b = make(tmp_path, tables)["b"]
    assert (b["n"].is_not_null() == (b["kind"] == "x").fill_null(False)).all()  # unknown is not true
    assert (b["word"].is_not_null() == (b["n"] > 5).fill_null(False)).all()
    high = b.filter(pl.col("n") > 5)
    assert 0.3 < high["ref"].null_count() / high.height < 0.7
    assert b.filter(pl.col("n").is_null() | (pl.col("n") <= 5))["ref"].null_count() == b.height - high.height
    assert b["through"].equals(b["ref"].alias("through"), null_equal=True)


@pytest.mark.parametrize("condition", ["nn > 3", "n +", "n", "word > 3", "now() > n", "sum(n) > 3"])
def test_bad_conditions(condition: str, tmp_path: Path) -> None:
    problem = the_problem(tmp_path, PLAIN + f'    c: {{constant: 1, if: "{condition}"}}\n')
    assert problem.code == ("unknown-column" if condition == "nn > 3" else "bad-sql")
    assert pointed(tmp_path, problem).startswith("if:" if problem.code == "bad-sql" else ("if", "{constant"))


def test_masks_keep_all_that_a_column_knows() -> None:
    drop = np.array([False, True, False])
    words = Vocabulary("test", pl.Series(["x", "y"]))
    coded = masked(Column.coded(words, np.array([1, 1, 0], np.uint8)), drop)
    assert coded.vocabulary is words and coded.values.to_list() == ["y", None, "x"]
    text = pl.Series("t", ["a1", "b2", "c3"])
    inserted = Inserted(pl.Series(["1", "2", "3"]))
    plain = masked(Column(plain=text, inserted=(inserted,), picks=np.array([4, 5, 6])), drop)
    assert plain.values.to_list() == ["a1", None, "c3"]
    assert plain.inserted[0].values.to_list() == ["1", None, "3"]
    assert plain.picks is not None and plain.picks.tolist() == [4, -1, 6]
    struct = masked(Column.of(pl.Series([{"a": 1}, {"a": 2}, {"a": 3}])), drop)
    assert struct.values.to_list() == [{"a": 1}, None, {"a": 3}]


def test_coded_columns_stay_coded_where_some_are_null(tmp_path: Path) -> None:
    column = world(tmp_path, PLAIN.replace("b, c]", "b, c], null: 0.3")).rows("t", 0, 100).column("word")
    assert column.codes is not None and column.codes.null_count() > 10


def test_a_joined_column_is_null_as_a_whole() -> None:
    words = Vocabulary("w", pl.Series(["a", "b"]))
    made = Column.joined(Column.coded(words, np.array([0, 1, 0], np.uint32)), Column.of(pl.Series([7, 8, 9])))
    some = masked(made, np.array([False, True, False]))
    assert some.values.to_list() == ["a7", None, "a9"] and len(some) == 3 and some.parts
    assert made.values.to_list() == ["a7", "b8", "a9"]


def test_uuids_are_gathered_copied_and_masked() -> None:
    halves = np.array([1, 2, 3], np.uint64) << np.uint64(60), np.array([7, 8, 9], np.uint64)
    made = Column.uuids(*halves)
    assert made.gather(pl.Series([2, 0, 2])).values.to_list() == [made.values[i] for i in (2, 0, 2)] and len(made) == 3
    spelt = made.values  # and once more now that they are spelt
    assert made.gather(pl.Series([2, 0])).values.to_list() == [spelt[2], spelt[0]]
    assert made.copied(np.array([5, 6, 7])).values.to_list() == spelt.to_list()
    assert spelt[0] == "10000000-0000-0000-0000-000000000007"
    assert masked(made, np.array([False, True, False])).values.to_list() == [spelt[0], None, spelt[2]]
