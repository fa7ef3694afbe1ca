"""`synthgen check`: all problems of recipes, with their lines."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from synthgen.cli.options import AllowOutside, Json, Quiet
from synthgen.cli.render import Output
from synthgen.errors import SynthgenError


def check(
    recipes: Annotated[list[Path], typer.Argument(metavar="RECIPE", help="Recipes, YAML files.", show_default=False)],
    allow_outside: AllowOutside = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Show every problem of each recipe: place, reason and remedy. Makes no data.

    Exit code 0: all can run. 2: at least one cannot.

    \b
    Example:
      synthgen check recipes/*.yaml
    """
    from synthgen import pipeline

    started = time.perf_counter()
    problems = {}
    for recipe in recipes:
        try:
            problems[recipe] = list(pipeline.check(recipe, allow_outside=allow_outside))
        except SynthgenError as error:
            problems[recipe] = list(error.problems)
    Output(json=json, quiet=quiet).check(problems, time.perf_counter() - started)
    if any(p.severity == "error" for found in problems.values() for p in found):
        raise typer.Exit(2)
