"""`synthgen preview`: the first rows of a recipe's tables, at once and without writing anything."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from synthgen.cli.options import AllowOutside, Json, Quiet, RecipeFile
from synthgen.cli.render import Output


def preview(
    recipe: RecipeFile,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[TABLE|EVAL]", help="One table or eval; all of them without it.", show_default=False),
    ] = None,
    rows: Annotated[
        int, typer.Option("-n", "--rows", min=1, max=1000, metavar="N", help="Rows of each table, cases of each eval.")
    ] = 5,
    allow_outside: AllowOutside = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Show what tables and evals will look like: the rows and cases that a run makes; nothing is written.

    \b
    Example:
      synthgen preview recipes/shop.yaml customers -n 3
    """
    from synthgen import pipeline

    started = time.perf_counter()
    found = pipeline.preview(recipe, name, rows, allow_outside=allow_outside)
    Output(json=json, quiet=quiet).preview(found.tables, found.evals, time.perf_counter() - started)
