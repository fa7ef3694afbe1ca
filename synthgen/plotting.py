"""Pictures of what a recipe makes: the distributions of its columns, and series over time, from its first rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from synthgen import produce
from synthgen.errors import did_you_mean, usage
from synthgen.pipeline import planned
from synthgen.plan.model import PlannedTable
from synthgen.plan.planting import first_rows
from synthgen.plan.world import World
from synthgen.plots.figures import Figure, figures
from synthgen.relations.foreign_key import ForeignKey

ROWS = 5000
"""Rows of each table that figures are drawn from, unless stated."""


def recipe_figures(
    recipe: Path, name: str | None = None, rows: int | None = None, *, allow_outside: bool = False
) -> dict[str, list[Figure]]:
    """Figures per table, from its first `rows` rows: the very rows that `run` would write.

    Raises RecipeError for a recipe that cannot run, and UsageError for a table that is not in it.
    """
    plan = planned(recipe, allow_outside=allow_outside, show_missing=True)
    if name is not None and name not in plan.tables:
        message = f"there is no table '{name}' in {recipe}"
        raise usage("unknown-table", message, did_you_mean(name, plan.tables) or "pictures are of tables")
    world = World(plan)
    found = {}
    for table in [name] if name is not None else list(plan.tables):
        planned_table = plan.tables[table]
        frame = produce.frame_of(first_rows(world, table, rows or ROWS))
        found[table] = figures(
            table,
            frame,
            identifiers=_identifiers(planned_table),
            parent=planned_table.link,
            truths=_truths(planned_table),
        )
    return found


def _identifiers(table: PlannedTable) -> list[str]:
    """Keys and references: their distribution says nothing."""
    references = [name for name, column in table.columns.items() if isinstance(column.generator, ForeignKey)]
    numbers = [name for name, column in table.columns.items() if column.spec and column.spec.generator == "id"]
    return [*table.spec.key, *references, *numbers]


def _truths(table: PlannedTable) -> Mapping[str, str]:
    """For a column with planted anomalies, the boolean column that tells where they are."""
    return {
        str(column.spec.options["truth"]): name
        for name, column in table.columns.items()
        if column.spec and column.spec.generator == "truth" and str(column.dtype) == "Boolean"
    }
