"""`synthgen init`: a recipe and a contract from a schema or data that exist."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Annotated

import typer

from synthgen.cli.options import Json, Quiet
from synthgen.cli.render import Output


def init(
    source: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="SOURCE",
            help="SQL DDL, a SQLite or DuckDB file, CSV, Parquet or JSON samples, a folder, or a database URL.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="RECIPE", help="The recipe to write; without it, SOURCE's name + .yaml."),
    ] = None,
    dialect: Annotated[
        str | None, typer.Option("--dialect", metavar="D", help="SQL dialect of the DDL: postgres, mysql, tsql, ...")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")] = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write a ready recipe, and the contract of its tables in schemas/ beside it.

    \b
    Example:
      synthgen init --from schema.sql -o recipes/mine.yaml
    """
    from synthgen import pipeline

    started = time.perf_counter()
    result = pipeline.init(source, out or recipe_name(source), dialect=dialect, force=force)
    Output(json=json, quiet=quiet).init(result, time.perf_counter() - started)


def recipe_name(source: str) -> Path:
    """The recipe's default file name: what the source is called, in the current folder; no credentials, no host."""
    path = re.sub(r"^[\w+]+://[^/]*", "", source).partition("?")[0].rstrip("/\\")
    stem = re.split(r"[/\\]", path)[-1].partition(".")[0]
    word = re.sub(r"[^A-Za-z0-9_-]+", "_", stem).strip("_")
    return Path(f"{word or 'recipe'}.yaml")
