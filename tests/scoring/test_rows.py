"""The SQL scorer: what counts as the same rows, and that nothing but one SELECT is ever run."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from synthgen.scoring.rows import same, score, statement


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "one.sqlite") as made:
        made.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, amount REAL, day TEXT)")
        rows = [(1, "a", 10.0, "2025-01-01"), (2, "b", 20.5, None), (3, "a", 0.1 + 0.2, "2025-02-01")]
        made.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
    return tmp_path


def case(rows: list[list[Any]], ordered: bool = False) -> dict[str, Any]:
    target = {"sql": "", "columns": len(rows[0]), "rows": rows, "ordered": ordered}
    return {"target": target, "metadata": {"database": "one.sqlite"}}


@pytest.mark.parametrize(
    "answer",
    [
        "SELECT name, amount FROM t", "select name, amount from t;", "```sql\nSELECT name, amount FROM t;\n```",
        "Here it is:\n```\nSELECT name, amount\nFROM t\n```\nHope it helps",
        "WITH x AS (SELECT * FROM t) SELECT name, amount FROM x",
        "-- all rows\nSELECT name, amount FROM t ORDER BY id DESC", "SELECT name AS n, amount AS m FROM t",
    ],
)  # fmt: skip
def test_right_answers(folder: Path, answer: str) -> None:
    gold = case([["a", 10], ["b", 20.5], ["a", 0.3]])
    assert score(gold, answer, str(folder)) == {"score": 1.0, "executes": 1.0}


@pytest.mark.parametrize(
    ("answer", "executes"),
    [
        ("SELECT amount, name FROM t", 1.0), ("SELECT name, amount FROM t WHERE id < 3", 1.0),
        ("SELECT name, amount, id FROM t", 1.0), ("SELECT DISTINCT name, 1 FROM t", 1.0),
        ("SELECT name, amount + 1 FROM t", 1.0),
        ("", 0.0), ("I cannot tell.", 0.0), ("SELECT nope FROM t", 0.0), ("[[1]]", 0.0), ("\x00", 0.0),
        ("SELECT 1; SELECT 2", 0.0),
        ("DELETE FROM t", 0.0), ("DROP TABLE t", 0.0), ("PRAGMA user_version = 3", 0.0), ("SELECT '\ud800'", 0.0),
        ("ATTACH 'x.sqlite' AS x", 0.0), ("WITH x AS (SELECT 1) DELETE FROM t", 0.0),
        ("SELECT load_extension('x')", 0.0),
        ("SELECT randomblob(2000000000)", 0.0), ("SELECT * FROM pragma_table_info('t')", 0.0),
    ],
)  # fmt: skip
def test_wrong_answers(folder: Path, answer: str, executes: float) -> None:
    gold = case([["a", 10], ["b", 20.5], ["a", 0.3]])
    before = (folder / "one.sqlite").read_bytes()
    assert score(gold, answer, str(folder)) == {"score": 0.0, "executes": executes}
    assert (folder / "one.sqlite").read_bytes() == before and len(list(folder.iterdir())) == 1


def test_order_counts_where_it_is_asked_for(folder: Path) -> None:
    gold = case([[1], [2], [3]], ordered=True)
    assert score(gold, "SELECT id FROM t ORDER BY id", str(folder))["score"] == 1.0
    assert score(gold, "SELECT id FROM t ORDER BY id DESC", str(folder))["score"] == 0.0
    assert score(case([[1], [2], [3]]), "SELECT id FROM t ORDER BY id DESC", str(folder))["score"] == 1.0


def test_endless_statements_are_given_up(folder: Path) -> None:
    started = time.monotonic()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
    assert score(case([[1]]), endless, str(folder)) == {"score": 0.0, "executes": 0.0}
    assert time.monotonic() - started < 60
    long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) SELECT i FROM n"
    assert score(case([[1]]), long, str(folder))["executes"] == 0.0


def test_a_missing_database_scores_nothing(tmp_path: Path) -> None:
    assert score(case([[1]]), "SELECT 1", str(tmp_path)) == {"score": 0.0, "executes": 0.0}
    assert score({"target": None}, "SELECT 1", str(tmp_path))["score"] == 0.0
    assert not list(tmp_path.iterdir())


def test_same_rows() -> None:
    assert same([[1, None], [2, "x"]], [(2, "x"), (1.0, None)])
    assert not same([[1, None]], [(1, 0)])
    assert not same([[1], [1], [2]], [(1,), (2,), (2,)])
    assert same([[1e9 + 0.25]], [(1e9 + 0.2500001,)]) and not same([[1.0]], [(1.00001,)])
    assert same([[0.10005, "a"], [0.10005000001, "b"]], [(0.10004999999, "b"), (0.10005, "a")])
    assert not same([["1"]], [(1,)])
    assert statement("```sql\nSELECT 1;;\n```") == "SELECT 1"
