"""Validation errors point at what was written, and know the keys of the part that they are in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plan.worlds import pointed, problems, the_problem


def one(folder: Path, column: str) -> str:
    return f"t: {{rows: 3, columns: {{n: {{id: int}}, c: {column}}}}}"


@pytest.mark.parametrize(
    ("column", "key", "remedy"),
    [
        ("{integer: [1, 9], uniqe: true}", "uniqe", "did you mean 'unique'?"),
        ("{lognormal: {median: 3, sigma: 1, mena: 2}}", "mena", None),
        ("{lognormal: {median: 3, sigma: 1}, decimls: 2}", "decimls", "did you mean 'decimals'?"),
        ("{negbin: {mean: 3, disperson: 2}}", "disperson", "did you mean 'dispersion'?"),
        ("{negbin: {mean: 3, zzz: 2}}", "zzz", "known: mean, dispersion"),
        ("{ref: t, pick: {zpif: 2}}", "zpif", "did you mean 'zipf'?"),
        ("{datetime: {from: 2024-01-01, to: 2025-01-01, untill: x}}", "untill", None),
    ],
)
def test_unknown_keys(column: str, key: str, remedy: str | None, tmp_path: Path) -> None:
    table = one(tmp_path, column).replace("rows: 3", "rows: 3, key: n")
    found = [p for p in problems(tmp_path, table) if p.code == "unknown-key"]
    assert len(found) == 1 and f"'{key}'" in found[0].message
    assert pointed(tmp_path, found[0]).startswith(f"{key}:"), found[0].format()
    assert found[0].remedy and (remedy is None or found[0].remedy == remedy), found[0].format()


def test_the_keys_of_the_outer_part_are_not_offered_inside(tmp_path: Path) -> None:
    found = problems(tmp_path, one(tmp_path, "{lognormal: {median: 3, zzz: 1}}"))
    unknown = next(p for p in found if p.code == "unknown-key")
    assert unknown.remedy == "known: median, mean, sigma"
    missing = next(p for p in found if p.code == "missing-key")
    assert missing.message == "'sigma' is missing" and missing.remedy == "add 'sigma:'"


def test_nested_generators_point_into_themselves(tmp_path: Path) -> None:
    mixture = "{mixture: [{weight: 1, integer: [1, 9]}, {weight: 1, integer: [1, 9], wat: 1}]}"
    column = f"{{when: {{n > 3: {mixture}}}, else: {{id: int}}}}"
    problem = the_problem(tmp_path, one(tmp_path, column))
    assert problem.code == "unknown-key" and pointed(tmp_path, problem).startswith("wat: 1")


@pytest.mark.parametrize(
    ("column", "code", "at"),
    [
        ("{bernoulli: 1.5}", "bad-value", "1.5"),
        ("{bernoulli: often}", "wrong-type", "often"),
        ("{integer: [9, 1]}", "bad-value", "[9, 1]"),
        ("{poisson: -1}", "bad-value", "-1"),
        ("{negbin: {mean: many}}", "wrong-type", "many"),
        ("{expr: n, decimals: 99}", "bad-value", "99"),
        ("{expr: n, decimals: two}", "wrong-type", "two"),
        ("{copy: 3}", "wrong-type", "3"),
        ("{ref: [t]}", "wrong-type", "[t]"),
    ],
)
def test_wrong_values(column: str, code: str, at: str, tmp_path: Path) -> None:
    problem = the_problem(tmp_path, one(tmp_path, column))
    assert problem.code == code, problem.format()
    assert pointed(tmp_path, problem).startswith(at), problem.format()
    assert "pydantic" not in problem.format().lower()


def test_all_mistakes_are_told_at_once_in_order(tmp_path: Path) -> None:
    tables = """
    a:
      rows: 3
      columns:
        x: {bernoulli: 2}
        y: {integer: [1, 9], rnage: 3}
        z: {expr: "nope"}
    b:
      per: a
      count: {poisson: -2}
      columns:
        w: {ref: c}
        v: {sum: a.x}
    """
    found = problems(tmp_path, tables, 'checks:\n  - "a: y >"\n  - "b: w > 3"\n')
    codes = [p.code for p in found]
    assert codes[:6] == ["bad-value", "unknown-key", "unknown-column", "bad-value", "unknown-table", "not-a-child"]
    assert "bad-sql" in codes[6:]
    lines = [p.place.line for p in found if p.place]
    assert len(lines) == len(found) and lines == sorted(lines)
    assert all(p.remedy for p in found)
