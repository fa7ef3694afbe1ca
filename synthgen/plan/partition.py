"""Cuts the rows of every tree of tables into partitions: root rows with all their descendants."""

from __future__ import annotations

from dataclasses import dataclass

from synthgen.plan.world import World

PARTITION_ROWS = 262_144  # rows of a partition's largest table, about; a multiple of the Parquet row group


@dataclass(frozen=True)
class Task:
    """Make rows `start .. start+count-1` of a root table, and all rows below them. `part` counts from 0 per root."""

    root: str
    part: int
    parts: int
    start: int
    count: int


def partition(world: World, rows: int | None = None) -> list[Task]:
    """Tasks in table order; `rows` bounds the rows of a partition's largest table (its expected size, for children)."""
    wanted = rows or PARTITION_ROWS
    tasks = []
    for root in world.plan.roots:
        total = world.size(root)
        largest = max(world.size(name) for name in world.plan.tree(root))
        step = max(1, min(wanted, wanted * total // largest)) if total and largest else max(1, total)
        first = world.first(root)
        starts = range(first, total, step) if total > first else range(first, first + 1)
        tasks += [Task(root, i, len(starts), s, min(step, total - s)) for i, s in enumerate(starts)]
    return tasks
