"""`synthgen scan`: find PII in files, for people and for programs."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from synthgen.cli.options import Json, NoProgress, Quiet
from synthgen.cli.render import Output
from synthgen.errors import usage

if TYPE_CHECKING:
    from synthgen.scanning import ScanResult


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


Targets = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH|URL",
        help="Files, folders, exports, archives, databases, object storage; whatever holds tables or text.",
        show_default=False,
    ),
]
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


def scan(
    paths: Targets,
    pii: PiiOption = None,
    format: Annotated[
        Format | None, typer.Option("--format", help="How to print the findings. [default: text]", show_default=False)
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Write the findings to this file.", show_default=False),
    ] = None,
    entities: Entities = None,
    min_score: MinScore = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="The level from which on a finding gives exit code 3.")
    ] = FailOn.warning,
    allow: Annotated[
        Path | None,
        typer.Option(
            "--allow",
            metavar="FILE",
            help="The allow-list. [default: .synthgen-allow.yaml if it exists]",
            show_default=False,
        ),
    ] = None,
    no_allow: Annotated[bool, typer.Option("--no-allow", help="Use no allow-list.")] = False,
    recipe: Recipe = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--source",
            metavar="FINGERPRINT",
            help="Nothing of this source may stand in the files (synthgen fingerprint).",
            show_default=False,
        ),
    ] = None,
    ner: Ner = "auto",
    workers: Workers = None,
    exclude: Exclude = None,
    today: Today = None,
    no_progress: NoProgress = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Search files for personal data. Findings name entity, place and score, never the value.

    Exit code 0: nothing found from the level of --fail-on upwards. 3: findings, or something that could not be scanned.

    \b
    Example:
      synthgen scan data/customers.csv exports/ --pii reserved
      synthgen scan . --format sarif --output findings.sarif
    """
    from synthgen import scanning

    if json and format not in (None, Format.json):
        raise usage("contradiction", f"--json and --format {format} ask for two formats", "leave one of them out")
    if allow is not None and no_allow:
        raise usage("contradiction", "--allow and --no-allow contradict each other", "leave one of them out")
    chosen = Format.json if json else format or Format.text
    output = Output(json=chosen is Format.json, quiet=quiet, no_progress=no_progress)
    exceptions: Path | Literal["auto"] | None = None if no_allow else allow or "auto"
    with output.progress() as progress:
        result = scanning.scan(
            paths, pii=pii and pii.value, ner=ner, entities=listed(entities), min_score=min_score,
            fail_on=fail_on.value, allow=exceptions, on=today, recipe=recipe, source=source, workers=workers,
            exclude=exclude or (), progress=progress,
        )  # fmt: skip
    show(output, result, chosen, to)
    if not result.verdict.passed:
        raise typer.Exit(3)


def listed(text: str | None) -> list[str] | None:
    """The words of a list with commas."""
    return None if text is None else [word.strip() for word in text.split(",") if word.strip()]


def show(output: Output, result: ScanResult, format: Format, to: Path | None) -> None:
    """Print a result, or write it to a file and print its last line."""
    from synthgen.cli.scan_text import print_report, text_of

    report = result.report()
    if format is not Format.json:
        output.problems(result.warnings)
        for note in result.notes:
            output.note(note)
    if to is None and format is Format.text:
        print_report(output.console(), report, result.verdict.passed, result.seconds, quiet=output.quiet)
        return
    if format is Format.text:
        text = text_of(report, result.verdict.passed, result.seconds)
    else:
        text = _formatted(result, format)
    if to is None:
        print(text, end="")
        return
    try:
        to.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise usage("unwritable", f"cannot write {to}: {error.strerror}", "choose another file: --output") from error
    if not output.json:
        print_report(output.console(), report, result.verdict.passed, result.seconds, quiet=output.quiet, brief=True)


def _formatted(result: ScanResult, format: Format) -> str:
    import json

    from synthgen import __version__
    from synthgen.reporting.github import github
    from synthgen.reporting.junit import junit
    from synthgen.reporting.sarif import sarif

    report = result.report()
    if format is Format.junit:
        return junit(report)
    if format is Format.github:
        return github(report)
    content: dict[str, Any] = sarif(report, __version__) if format is Format.sarif else scan_json(result)
    return json.dumps(content, indent=2 if format is Format.sarif else None) + "\n"


def scan_json(result: ScanResult) -> dict[str, Any]:
    """The JSON object of a scan: each finding with its level and fingerprint."""
    from synthgen.cli.document import document
    from synthgen.scanning import level

    found = [f.to_json() | {"level": level(f), "fingerprint": f.fingerprint} for f in result.findings]
    more = {"files": result.files, "rows": result.rows, "suppressed": result.suppressed, "scanned": result.scanned}
    more |= {"notes": result.notes} if result.notes else {}
    return document(result.verdict, {}, result.seconds, problems=result.warnings, **more) | {"findings": found}
