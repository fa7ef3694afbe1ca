"""Options of `synthgen scan` and `synthgen allow`."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Pii(StrEnum):
    """Which PII a file may hold."""

    none = "none"
    reserved = "reserved"


class Format(StrEnum):
    """How the findings are printed; the exit code does not depend on it."""

    text = "text"
    json = "json"
    sarif = "sarif"
    junit = "junit"
    github = "github"


class FailOn(StrEnum):
    """The level from which on findings fail the scan."""

    error = "error"
    warning = "warning"
    note = "note"
    never = "never"


def day(text: str) -> date:
    """A date as people write it on a command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write a date as YYYY-MM-DD") from None


TARGETS = typer.Argument(
    metavar="PATH|URL",
    help="Files, folders, exports, archives, databases, object storage; whatever holds tables or text.",
    show_default=False,
)
Targets = Annotated[list[str], TARGETS]
MaybeTargets = Annotated[list[str] | None, TARGETS]
PiiOption = Annotated[
    Pii | None,
    typer.Option(
        "--pii",
        help="reserved: values that are never assigned may stand. none: nothing may. [default: the recipe's rule]",
        show_default=False,
    ),
]
Entities = Annotated[
    str | None,
    typer.Option(
        "--entities",
        metavar="LIST",
        help="What to look for: classes (direct, indirect, quasi) or names, with commas. [default: direct,indirect]",
        show_default=False,
    ),
]
MinScore = Annotated[
    float | None,
    typer.Option("--min-score", metavar="X", help="Leave out findings below this score, 0 to 1.", show_default=False),
]
Recipe = Annotated[
    Path | None,
    typer.Option(
        "--recipe",
        metavar="RECIPE",
        help="The recipe that the files were made by; an export knows its own.",
        show_default=False,
    ),
]
Ner = Annotated[
    str,
    typer.Option(
        "--ner", metavar="ENGINE", help="What finds names in text: auto, off, spacy:MODEL, gliner:MODEL, presidio."
    ),
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, metavar="N", help="Processes. [default: by size]", show_default=False),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="GLOB", help="Leave this out of folders; may be repeated.", show_default=False),
]
Today = Annotated[
    date | None, typer.Option("--today", envvar="SYNTHGEN_TODAY", parser=day, metavar="DATE", hidden=True)
]
FormatOption = Annotated[
    Format | None, typer.Option("--format", help="How to print the findings. [default: text]", show_default=False)
]
To = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="Write the findings to this file.", show_default=False)
]
FailOnOption = Annotated[FailOn, typer.Option("--fail-on", help="The level from which on a finding gives exit code 3.")]
Allow = Annotated[
    Path | None,
    typer.Option(
        "--allow",
        metavar="FILE",
        help="The allow-list. [default: .synthgen-allow.yaml if it exists]",
        show_default=False,
    ),
]
NoAllow = Annotated[bool, typer.Option("--no-allow", help="Use no allow-list.")]
Source = Annotated[
    Path | None,
    typer.Option(
        "--source",
        metavar="FINGERPRINT",
        help="Nothing of this source may stand in the files (synthgen fingerprint).",
        show_default=False,
    ),
]
Diff = Annotated[
    str | None,
    typer.Option(
        "--diff",
        metavar="BASE",
        help="Only what was added since this git revision; without paths, anywhere.",
        show_default=False,
    ),
]


def listed(text: str | None) -> list[str] | None:
    """The words of a list with commas."""
    return None if text is None else [word.strip() for word in text.split(",") if word.strip()]
