"""`synthgen eval audit`: make the eval sets of a recipe, or of an export, and audit them without writing anything."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from synthgen.cli.options import AllowOutside, Json, NoProgress, Quiet
from synthgen.cli.render import Output


def audit(
    source: Annotated[Path, typer.Argument(metavar="RECIPE|EXPORT", help="A recipe or an export.", show_default=False)],
    name: Annotated[str | None, typer.Argument(metavar="EVAL", help="One eval.", show_default=False)] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, metavar="N", help="Processes.")] = 1,
    allow_outside: AllowOutside = False,
    quiet: Quiet = False,
    no_progress: NoProgress = False,
    json: Json = False,
) -> None:
    """Prove every gold, score oracle, null and baseline, and look for repeats and leaks. Exit code 3 for a fault.

    \b
    Example:
      synthgen eval audit recipes/support_bot.yaml
    """
    from synthgen import evaluation
    from synthgen.cli.eval_output import print_audits

    started = time.perf_counter()
    output = Output(json=json, quiet=quiet, no_progress=no_progress)
    with output.progress() as progress:
        reports = evaluation.audit(source, name, workers=workers, allow_outside=allow_outside, progress=progress)
    print_audits(output, reports, time.perf_counter() - started)
    if any(report.faults for report in reports.values()):
        raise typer.Exit(3)
