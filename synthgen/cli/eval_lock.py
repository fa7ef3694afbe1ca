"""`synthgen eval lock`: record the hash of every prompt's version, and refuse texts that changed without a new one."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from synthgen.cli.options import Json, Quiet
from synthgen.cli.render import Output


def lock(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of the prompts.")] = Path("prompts"),
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write prompts.lock: the hash of each prompt's version. A text that changed under its version is an error.

    \b
    Example:
      synthgen eval lock prompts
    """
    from synthgen import evaluation
    from synthgen.cli.eval_output import print_locked

    started = time.perf_counter()
    versions = evaluation.lock(folder)
    print_locked(Output(json=json, quiet=quiet), versions, time.perf_counter() - started)
