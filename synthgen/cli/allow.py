"""`synthgen allow`: answer for the findings of a scan, until a date."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from synthgen.cli.options import Json, NoProgress, Quiet
from synthgen.cli.render import Output
from synthgen.cli.scan_options import (
    Entities,
    Exclude,
    MinScore,
    Ner,
    PiiOption,
    Recipe,
    Targets,
    Today,
    Workers,
    day,
    listed,
)


def allow(
    paths: Targets,
    reason: Annotated[str, typer.Option("--reason", help="Why these values may stand.", show_default=False)],
    owner: Annotated[str, typer.Option("--owner", help="Who answers for them.", show_default=False)],
    expires: Annotated[
        date,
        typer.Option("--expires", parser=day, metavar="DATE", help="The last day, YYYY-MM-DD.", show_default=False),
    ],
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            metavar="FILE",
            help="The allow-list to write to. [default: .synthgen-allow.yaml]",
            show_default=False,
        ),
    ] = None,
    pii: PiiOption = None,
    entities: Entities = None,
    min_score: MinScore = None,
    recipe: Recipe = None,
    ner: Ner = "auto",
    workers: Workers = None,
    exclude: Exclude = None,
    today: Today = None,
    no_progress: NoProgress = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Scan files, and add an entry to the allow-list for each finding that none of its entries lets pass yet.

    Entries hold fingerprints and places, never values. After the day that it expires on an entry is a finding itself.

    \b
    Example:
      synthgen allow docs/contact.md --reason "public address" --owner "docs team" --expires 2027-06-30
    """
    from synthgen import scanning

    output = Output(json=json, quiet=quiet, no_progress=no_progress)
    with output.progress() as progress:
        result = scanning.allow(
            paths, file=file, reason=reason, owner=owner, expires=expires, on=today, pii=pii and pii.value,
            entities=listed(entities), min_score=min_score, recipe=recipe, ner=ner, workers=workers,
            exclude=exclude or (), progress=progress,
        )  # fmt: skip
    if json:
        output.object("pass", result.seconds, file=str(result.file), added=result.added, files=result.files)
        return
    entries = f"{result.added} {'entry' if result.added == 1 else 'entries'}"
    output.word("ALLOWED", True, f"{entries} added to {result.file}")
