"""Databases: closed under references, alike on both engines, reseeded with the same schema, written byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from synthgen.evals.sqlgen.databases import RESEEDED, Databases, attempt


def test_rows_are_closed_under_references(shop: Databases, make: Callable[[int], Databases]) -> None:
    assert len(shop.rows["orders"]) == 100
    small = make(20)
    orphans = "SELECT COUNT(*) FROM orders WHERE customer NOT IN (SELECT id FROM customers)"
    assert small.ask(orphans) == [(0,)]
    assert len(small.rows["orders"]) == 20 < len(small.rows["customers"]) < 60


def test_both_engines_hold_the_same(shop: Databases) -> None:
    for sql in (
        "SELECT * FROM orders ORDER BY no",
        "SELECT no FROM orders WHERE open = TRUE AND day > '2025-03-01' ORDER BY no",
    ):
        assert shop.ask(sql) and shop.ask(sql) == shop.ask_duckdb(sql)
    assert shop.ask("SELECT nope FROM orders") is None and shop.ask_duckdb("SELECT nope FROM orders") is None


def test_reseeded_databases_differ_and_keep_the_schema(shop: Databases) -> None:
    assert len(shop.reseeded) == RESEEDED
    seen = set()
    for database in shop.reseeded:
        rows = attempt(database, "SELECT * FROM orders ORDER BY no")
        assert rows
        seen.add(str(rows))
        assert attempt(database, "SELECT COUNT(*) FROM orders WHERE customer NOT IN (SELECT id FROM customers)") == [
            (0,)
        ]
        childless = attempt(database, "SELECT COUNT(*) FROM customers WHERE id NOT IN (SELECT customer FROM orders)")
        assert childless and childless[0][0] > 0
        assert {r[2] for r in rows} <= {r[2] for r in shop.rows["orders"]}
    assert len(seen) == RESEEDED


def test_the_file_is_the_same_twice(shop: Databases, make: Callable[[int], Databases], tmp_path: Path) -> None:
    shop.write(tmp_path / "a.sqlite")
    make(100).write(tmp_path / "b.sqlite")
    assert (tmp_path / "a.sqlite").read_bytes() == (tmp_path / "b.sqlite").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.sqlite", "b.sqlite"]


def test_long_statements_are_given_up(shop: Databases) -> None:
    assert attempt(shop.main, "SELECT COUNT(*) FROM orders a, orders b, orders c, orders d, orders e") is None
    assert attempt(shop.main, "SELECT COUNT(*) FROM orders") == [(100,)]
