"""`synthgen preview`: the first rows of a recipe's tables, at once and without writing anything."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from synthgen.cli.options import AllowOutside, Json, Quiet, RecipeFile
from synthgen.cli.render import Output


def preview(
    recipe: RecipeFile,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[TABLE|EVAL]", help="One table or eval; all of them without it.", show_default=False),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(
            "-n",
            "--rows",
            min=1,
            max=1_000_000,
            metavar="N",
            show_default=False,
            help="Rows of each table, cases of each eval: 5 unless stated, 5,000 for pictures.",
        ),
    ] = None,
    plot: Annotated[bool, typer.Option("--plot", help="Draw distributions and series, not rows.")] = False,
    plot_to: Annotated[
        Path | None,
        typer.Option("--plot-to", metavar="FILE", help="Draw into a .png, .svg or .html file.", show_default=False),
    ] = None,
    allow_outside: AllowOutside = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Show what tables and evals will look like: the rows and cases that a run makes; nothing is written.

    \b
    Example:
      synthgen preview recipes/shop.yaml customers -n 3
      synthgen preview recipes/shop.yaml orders --plot
    """
    started = time.perf_counter()
    output = Output(json=json, quiet=quiet)
    if plot or plot_to is not None:
        _plot(recipe, name, rows, plot_to, allow_outside, output)
        return
    from synthgen import pipeline

    found = pipeline.preview(recipe, name, 5 if rows is None else rows, allow_outside=allow_outside)
    output.preview(found, time.perf_counter() - started)


def _plot(
    recipe: Path, name: str | None, rows: int | None, target: Path | None, allow_outside: bool, output: Output
) -> None:
    """Draw a recipe's figures into a file, or in the terminal."""
    from synthgen.plots import image, terminal
    from synthgen.plotting import recipe_figures

    started = time.perf_counter()
    if target is not None:
        image.check_file(target)
    found = recipe_figures(recipe, name, rows, allow_outside=allow_outside)
    drawn = [figure for figures in found.values() for figure in figures]
    if target is not None:
        image.save(drawn, target, recipe.stem if name is None else f"{recipe.stem}: {name}")
    if output.json:
        file = {} if target is None else {"file": str(target)}
        output.object(
            "pass",
            time.perf_counter() - started,
            figures={t: [asdict(f) for f in fs] for t, fs in found.items()},
            **file,
        )
    elif target is not None:
        output.word(str(target), True, f"{len(drawn)} pictures")
    elif drawn:
        console = output.console()
        console.print(Text(terminal.drawn(drawn, console.width)), soft_wrap=True)
    else:
        output.word("nothing to draw", True, "every column is an identifier or text that differs from row to row")
