"""Partitions cut every tree of tables completely, once, and about as large as asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthgen.plan.partition import PARTITION_ROWS, partition
from tests.plan.worlds import world

TABLES = """
a: {rows: 1000, key: id, columns: {id: {id: int}}}
b: {per: a, count: {constant: 4}, columns: {a: {ref: a}}}
alone: {rows: 10, columns: {id: {id: int}}}
empty: {rows: 0, columns: {id: {id: int}}}
"""


@pytest.mark.parametrize("rows", [1, 3, 100, 401, 4000, 10**9, None])
def test_every_root_row_is_in_one_task(rows: int | None, tmp_path: Path) -> None:
    made = world(tmp_path, TABLES)
    tasks = partition(made, rows)
    for root, size in (("a", 1000), ("alone", 10), ("empty", 0)):
        own = [t for t in tasks if t.root == root]
        assert [t.part for t in own] == list(range(len(own))) and {t.parts for t in own} == {len(own)}
        covered = [i for t in own for i in range(t.start, t.start + t.count)]
        assert covered == list(range(size))
        assert all(t.count > 0 for t in own) or (len(own) == 1 and size == 0)
    largest = max(t.count for t in tasks if t.root == "a") * 4
    assert largest <= max(rows or PARTITION_ROWS, 4)
    assert rows is None or rows > 4000 or largest > rows // 2
