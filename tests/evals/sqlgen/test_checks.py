"""Statements that pass and that do not: ties, rounding, engines that differ, mutants that stay alive."""

from __future__ import annotations

import pytest

from synthgen.evals.sqlgen.checks import Checks
from synthgen.evals.sqlgen.databases import Databases
from synthgen.evals.sqlgen.mutate import mutated
from synthgen.evals.sqlgen.schema import Schema
from synthgen.evals.sqlgen.statement import parsed

GOOD = [
    "SELECT no, amount FROM orders WHERE amount > 300",
    "SELECT no FROM orders WHERE amount >= 310 AND open = TRUE",
    "SELECT no, day FROM orders ORDER BY day DESC, no LIMIT 5",
    "SELECT plan, COUNT(*) AS n FROM customers WHERE id > 20 GROUP BY plan ORDER BY n DESC, plan",
    "SELECT c.name, o.fee FROM orders AS o JOIN customers AS c ON o.customer = c.id "
    "WHERE c.plan = 'pro' AND o.amount < 60",
    "SELECT name FROM customers AS p WHERE p.plan = 'team' AND NOT EXISTS "
    "(SELECT 1 FROM orders AS o WHERE o.customer = p.id)",
    "SELECT ROUND(AVG(fee), 2) AS f FROM orders WHERE day < '2025-06-01'",
]
BAD = {
    "DELETE FROM orders": "not one SELECT",
    "SELECT 1; SELECT 2": "not one SELECT",
    "WITH x AS (SELECT 1) DELETE FROM orders": "not one SELECT",
    "SELECT nope FROM orders": "does not run",
    "SELECT no FROM orders WHERE amount > 99999": "empty",
    "SELECT no FROM orders": "longer",
    "SELECT no, open FROM orders ORDER BY open LIMIT 4": "tie",
    "SELECT no, fee FROM orders WHERE amount < 60 ORDER BY fee": "tie",
    "SELECT no, amount FROM orders WHERE amount > 300 AND amount > 200": "same rows on every database",
    "SELECT DISTINCT no FROM orders WHERE amount > 300": "same rows on every database",
    "SELECT ROUND(AVG(x), 1) AS f FROM (SELECT 0.25 AS x FROM orders WHERE amount > 300) AS t": "edge",
    "SELECT no FROM orders WHERE no LIKE 'n00%' AND amount > 5 AND open = FALSE": "different rows",
}


@pytest.mark.parametrize("sql", GOOD)
def test_good_statements(shop: Databases, sql: str) -> None:
    assert Checks(shop).faults(sql) == ()


@pytest.mark.parametrize("sql", BAD)
def test_bad_statements(shop: Databases, sql: str) -> None:
    found = Checks(shop).faults(sql)
    assert found and BAD[sql] in found[0], found


def test_mutants_of_all_kinds_leave_the_tree_as_it_was(schema: Schema) -> None:
    sql = (
        "SELECT DISTINCT p.name, COUNT(DISTINCT o.day) AS n, MAX(o.amount) AS m FROM customers AS p "
        "LEFT JOIN orders AS o ON o.customer = p.id AND o.amount > 7 "
        "WHERE (p.plan = 'a' OR p.plan <> 'b') "
        "AND NOT EXISTS (SELECT 1 FROM orders AS x WHERE x.customer = p.id AND x.fee < 3) "
        "GROUP BY p.name HAVING COUNT(*) >= 2 ORDER BY n DESC, p.name LIMIT 3"
    )
    tree = parsed(sql)
    before = tree.sql("sqlite")
    made = list(mutated(tree, schema))
    assert tree.sql("sqlite") == before
    kinds = {kind for kind, _ in made}
    assert kinds == {
        "comparison", "boundary", "aggregate", "distinct", "join", "limit", "negation", "connective", "order", "filter",
        "column",
    }  # fmt: skip
    assert all(mutant != before for _, mutant in made) and len({m for _, m in made}) >= 15
    union = parsed("SELECT name FROM customers WHERE id > 3 UNION SELECT name FROM customers WHERE plan = 'a'")
    assert "set" in {kind for kind, _ in mutated(union, schema)}
