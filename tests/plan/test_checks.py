"""Checks of a recipe: parsed and typed when it is planned, and true or told for the rows that were made."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthgen.artifacts import Finding
from synthgen.plan.partition import partition
from synthgen.produce import check, merged, slices
from tests.plan.worlds import pointed, problems, the_problem, world

TABLES = """
a: {rows: 50, key: id, columns: {id: {id: "A-{n:03d}"}, n: {integer: [1, 9], null: 0.2}, lines: {count: b}}}
b:
  per: a
  count: {integer: [1, 3]}
  key: [a, no]
  columns:
    a: {ref: a}
    no: {integer: [1, 3]}
    price: {uniform: [1, 5], decimals: 2}
    friend: {ref: a, null: 0.3}
"""


def found(folder: Path, *checks: str, partition_rows: int | None = None) -> list[Finding]:
    lines = "".join(f'  - "{text}"\n' for text in checks)
    made = world(folder, TABLES, f"checks:\n{lines}")
    findings: list[Finding] = []
    for task in partition(made, partition_rows):
        for name, part in slices(made, task).items():
            first = int(part.numbers[0]) if part.count else 0
            for sql in made.plan.checks.get(name, ()):
                findings += check(part, sql, first)
    return merged(findings)


def test_what_holds_is_silent(tmp_path: Path) -> None:
    checks = [
        "a: id LIKE 'A-0%' AND LENGTH(id) = 5",
        "a: n IS NULL OR n BETWEEN 1 AND 9",
        "a: n > 0",  # unknown is no violation, as in SQL
        "b: price >= 1.00 AND price <= 5",
        "b: a = a.id AND a.lines BETWEEN 1 AND 3",
        "b: friend IS NULL OR friend.id = friend",
    ]
    assert found(tmp_path, *checks) == []


@pytest.mark.parametrize("partition_rows", [None, 7])
def test_what_does_not_hold_is_one_finding_with_its_rows(partition_rows: int | None, tmp_path: Path) -> None:
    (finding,) = found(tmp_path, "a: id <> 'A-008' AND id <> 'A-031'", partition_rows=partition_rows)
    assert (finding.code, finding.table, finding.row, finding.count) == ("check", "a", 7, 2)
    assert "is false" in finding.message
    (finding,) = found(tmp_path, "b: a.id > 'A-020'", partition_rows=partition_rows)
    assert finding.row == 0 and 20 <= finding.count <= 60 and finding.table == "b"


def test_several_checks_of_one_table(tmp_path: Path) -> None:
    findings = found(tmp_path, "a: n < 5", "a: id = 'x'", "b: 1 = 1")
    assert len(findings) == 2 and {f.count for f in findings if "'x'" in f.message} == {50}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: idd > 3", "unknown-column"),
        ("a: n", "bad-sql"),
        ("a: n > 'x'", "bad-sql"),
        ("a: n >", "bad-sql"),
        ("a: count(n) > 3", "bad-sql"),
        ("a: now() > n", "bad-sql"),
        ("a: b.price > 3", "unknown-column"),
        ("aa: n > 3", "unknown-table"),
        ("n > 3", "bad-check"),
    ],
)
def test_bad_checks(text: str, code: str, tmp_path: Path) -> None:
    problem = the_problem(tmp_path, TABLES, f'checks:\n  - "{text}"\n')
    assert problem.code == code and pointed(tmp_path, problem).startswith(f'"{text[:3]}')


def test_all_bad_checks_are_told(tmp_path: Path) -> None:
    more = 'checks:\n  - "a: idd > 3"\n  - "a: n > 1"\n  - "b: n >"\n'
    assert [p.code for p in problems(tmp_path, TABLES, more)] == ["unknown-column", "bad-sql"]
