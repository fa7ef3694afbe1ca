"""The line, and the Python API: check, preview, run, scan, verify, init."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from synthgen.errors import Problem, RecipeError, did_you_mean, usage
from synthgen.plan.compile import compile_recipe
from synthgen.plan.model import Plan
from synthgen.plan.world import World
from synthgen.produce import frame_of
from synthgen.recipe.load import collect

Progress = Callable[[str, int, int], None]


def check(recipe: Path, *, allow_outside: bool = False) -> list[Problem]:
    """Every problem of a recipe, of its reading and of its plan at once; no row is made."""
    found, problems = collect(recipe, allow_outside=allow_outside)
    if found is None:
        return problems
    try:
        compile_recipe(found, problems)
    except RecipeError as error:
        return [*(p for p in problems if p.severity == "warning"), *error.problems]
    return problems


def planned(recipe: Path, *, allow_outside: bool) -> Plan:
    """The plan of a recipe file; raises RecipeError with all problems."""
    found, problems = collect(recipe, allow_outside=allow_outside)
    if found is None:
        raise RecipeError(problems)
    return compile_recipe(found, problems)


def preview(
    recipe: Path, table: str | None = None, rows: int = 5, *, allow_outside: bool = False
) -> dict[str, pl.DataFrame]:
    """The first rows of one table, or of every table: the very rows that `run` would write."""
    plan = planned(recipe, allow_outside=allow_outside)
    if table is not None and table not in plan.tables:
        raise usage("unknown-table", f"there is no table '{table}' in {recipe}", did_you_mean(table, plan.tables))
    world = World(plan)
    names = [table] if table is not None else list(plan.tables)
    return {name: frame_of(world.rows(name, 0, min(rows, world.size(name))).frame()) for name in names}
