"""`synthgen scan`: find PII in files, without a recipe."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from synthgen.cli.options import Json, NoProgress, Quiet
from synthgen.cli.render import Output


class Pii(StrEnum):
    """Which PII a file may hold."""

    none = "none"
    reserved = "reserved"


class Format(StrEnum):
    """How the verdict is printed; the exit code does not depend on it."""

    text = "text"
    json = "json"


def scan(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            help="Files or folders: csv, parquet, arrow, jsonl, json, txt, xlsx, sqlite, duckdb.",
            show_default=False,
        ),
    ],
    pii: Annotated[
        Pii, typer.Option("--pii", help="reserved: values that are never assigned may stand. none: nothing may.")
    ] = Pii.reserved,
    format: Annotated[Format, typer.Option("--format", help="How to print the verdict.")] = Format.text,
    no_progress: NoProgress = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Search files for personal data. Findings name entity, table, column, row and score, never the value.

    Exit code 0: nothing found. 3: findings, or something that could not be scanned.

    \b
    Example:
      synthgen scan data/customers.csv exports/ --pii reserved
    """
    from synthgen import scanning

    output = Output(json=json or format is Format.json, quiet=quiet, no_progress=no_progress)
    with output.progress() as progress:
        result = scanning.scan(paths, pii=pii.value, progress=progress)
    output.scan(result)
    if not result.verdict.passed:
        raise typer.Exit(3)
