"""`synthgen eval diff`: what changed between two exports' eval sets, and which version that asks for."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from synthgen.cli.options import Json, Quiet
from synthgen.cli.render import Output


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The older export.", show_default=False)],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The newer export.", show_default=False)],
    changelog: Annotated[
        Path | None,
        typer.Option("--changelog", metavar="FILE", help="Write the change as Markdown.", show_default=False),
    ] = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Show added, removed and changed cases. Exit code 3 if a set's version does not say what happened to it.

    \b
    Example:
      synthgen eval diff outputs/evals_v1 outputs/evals_v2 --changelog CHANGES.md
    """
    from synthgen import evaluation
    from synthgen.cli.eval_output import print_differences

    started = time.perf_counter()
    found = evaluation.diff(old, new)
    if changelog is not None:
        evaluation.write_text(changelog, "\n".join(d.markdown() for d in found))
    print_differences(Output(json=json, quiet=quiet), found, time.perf_counter() - started)
    if any(not d.enough for d in found):
        raise typer.Exit(3)
