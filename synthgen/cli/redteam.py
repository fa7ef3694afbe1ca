"""`synthgen redteam`: plant values in what a recipe makes, and count what the gate catches."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synthgen.cli.options import AllowOutside, Json, Quiet, RecipeFile
from synthgen.cli.render import Output

if TYPE_CHECKING:
    from synthgen.redteam.report import Recall, Report

SHOWN = 20


def redteam(
    recipe: RecipeFile,
    rows: Annotated[
        int, typer.Option("--rows", metavar="N", help="Rows of each table, and cases of each eval, to plant in.")
    ] = 200,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="What the planted values are drawn from.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the whole report there, as JSON.")
    ] = None,
    allow_outside: AllowOutside = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Plant one made-up value of each entity in each column, plain and in disguise, and run the recipe's own gate.

    Nothing is written but the report. Exit code 3: a plain plant or more than 5 % of the others went through, or the
    rows without plants had findings.

    \b
    Example:
      synthgen redteam recipes/shop.yaml
    """
    from synthgen.evalcase import compact
    from synthgen.evaluation import write_text
    from synthgen.redteam.report import redteam as attack

    started = time.perf_counter()
    output = Output(json=json, quiet=quiet)
    report = attack(recipe, rows=rows, seed=seed, allow_outside=allow_outside)
    seconds = time.perf_counter() - started
    if out is not None:
        write_text(out, compact(report.to_json()) + "\n")
    if json:
        output.object("pass" if report.passed else "blocked", seconds, redteam=report.to_json())
    else:
        _print(output, recipe, report, seconds)
    if not report.passed:
        raise typer.Exit(3)


def _print(output: Output, recipe: Path, report: Report, seconds: float) -> None:
    output.grid([(form, _caught(recall)) for form, recall in report.forms.items() if recall.planted], "form", "caught")
    weak = {name: pair for name, pair in report.entities.items() if any(r.share < 1 for r in pair)}
    if weak:
        rows = [
            (name, f"plain {_caught(plain)}, mutated {_caught(mutated)}") for name, (plain, mutated) in weak.items()
        ]
        output.grid(rows, "entity that went through", "caught")
    output.grid([(reason, f"{count:,}") for reason, count in report.left_out.items()], "left out", "values")
    for plant in report.missed[:SHOWN]:
        output.error("missed", f"{plant.table}.{plant.column}: {plant.entity}, {plant.form}")
    if len(report.missed) > SHOWN:
        output.error("missed", f"{len(report.missed) - SHOWN:,} more: see --out FILE or --json")
    for finding in report.clean[:SHOWN]:
        place = f"{finding.table}.{finding.column} row {finding.row}"
        output.error("clean", f"{place}: {finding.entity} where nothing was planted")
    about = (
        f"{recipe}: plain recall {_share(report.plain)}, mutated {_share(report.mutated)}; "
        f"{len(report.clean)} findings in {report.rows:,} rows without plants; {seconds:.1f} s"
    )
    output.word("PASS" if report.passed else "MISSED", report.passed, about)


def _caught(recall: Recall) -> str:
    return f"{recall.caught:,} of {recall.planted:,}"


def _share(recall: Recall) -> str:
    low, high = recall.interval
    return f"{recall.share:.2%} (95 % interval {low:.2%} to {high:.2%}, {recall.planted:,} plants)"
