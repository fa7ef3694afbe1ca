"""`synthgen scan`: find PII in files, for people and for programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer

from synthgen.cli.options import Json, NoProgress, Quiet
from synthgen.cli.render import Output
from synthgen.cli.scan_options import (
    Allow,
    Diff,
    Entities,
    Exclude,
    FailOn,
    FailOnOption,
    Format,
    FormatOption,
    MaybeTargets,
    MinScore,
    Ner,
    NoAllow,
    PiiOption,
    Recipe,
    Source,
    To,
    Today,
    Workers,
    listed,
)
from synthgen.errors import usage

if TYPE_CHECKING:
    from synthgen.scanning import ScanResult


def scan(
    paths: MaybeTargets = None,
    pii: PiiOption = None,
    format: FormatOption = None,
    to: To = None,
    entities: Entities = None,
    min_score: MinScore = None,
    fail_on: FailOnOption = FailOn.warning,
    allow: Allow = None,
    no_allow: NoAllow = False,
    recipe: Recipe = None,
    source: Source = None,
    diff: Diff = None,
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

    if not paths and diff is None:
        raise usage("usage", "no path is named", "name files or folders, or changes: --diff BASE")
    if json and format not in (None, Format.json):
        raise usage("contradiction", f"--json and --format {format} ask for two formats", "leave one of them out")
    if allow is not None and no_allow:
        raise usage("contradiction", "--allow and --no-allow contradict each other", "leave one of them out")
    chosen = Format.json if json else format or Format.text
    output = Output(json=chosen is Format.json, quiet=quiet, no_progress=no_progress)
    exceptions: Path | Literal["auto"] | None = None if no_allow else allow or "auto"
    with output.progress() as progress:
        result = scanning.scan(
            paths or [], pii=pii and pii.value, ner=ner, entities=listed(entities), min_score=min_score,
            fail_on=fail_on.value, allow=exceptions, on=today, recipe=recipe, source=source, workers=workers,
            exclude=exclude or (), diff=diff, progress=progress,
        )  # fmt: skip
    show(output, result, chosen, to)
    if not result.verdict.passed:
        raise typer.Exit(3)


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
