"""A scan for people: findings by file, what to do about them, and the verdict in one line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthgen.reporting.report import LEVELS, Item, Report, clean

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

SHOWN = 100
"""Findings that are printed; the other formats have them all."""
_STYLE = {"error": "red", "warning": "yellow", "note": "cyan"}


def print_report(
    console: Console, report: Report, passed: bool, seconds: float, *, quiet: bool = False, brief: bool = False
) -> None:
    """Print a report. Every finding is one line, which a terminal may wrap and a program can read.

    `quiet` prints nothing for a scan that passed, `brief` the last line alone.
    """
    if quiet and passed:
        return
    if brief:
        console.print(_verdict(report, passed, seconds), soft_wrap=True)
        return
    shown = list(report.items[:SHOWN])
    for line in _findings(Report(shown, report.files)):
        console.print(line, soft_wrap=True)
    left = len(report.items) - len(shown)
    if left:
        console.print(f"... and {left:,} more; --format json has them all\n", soft_wrap=True)
    for line in _remedies(report):
        console.print(line, soft_wrap=True)
    console.print(_verdict(report, passed, seconds), soft_wrap=True)


def text_of(report: Report, passed: bool, seconds: float) -> str:
    """The same as plain text, for a file."""
    import io

    from rich.console import Console

    buffer = io.StringIO()
    plain = Console(file=buffer, width=120, no_color=True, force_terminal=False, highlight=False, markup=False)
    print_report(plain, report, passed, seconds)
    return buffer.getvalue()


def _findings(report: Report) -> Iterator[Text]:
    from rich.text import Text

    cells = {id(i): _cells(report, i) for i in report.items}
    widths = [max((len(c[n]) for c in cells.values()), default=0) for n in range(4)]
    for name, items in report.by_file().items():
        if not items:
            continue
        yield Text(clean(name), "bold underline")
        for item in items:
            place, kind, score, times, recognizer = cells[id(item)]
            line = Text("  ")
            line.append(f"{item.rule.level:<7}  ", _STYLE[item.rule.level])
            line.append(f"{place:<{widths[0]}}  ")
            line.append(f"{kind:<{widths[1]}}  ", f"bold {_STYLE[item.rule.level]}")
            line.append(f"{score:>{widths[2]}}  {times:>{widths[3]}}  {recognizer}")
            line.rstrip()
            line.append(f"  {item.finding.fingerprint}", "dim")
            yield line
            if item.finding.message:
                yield Text(f"           {clean(item.finding.message)}", "italic")
        yield Text()


def _cells(report: Report, item: Item) -> tuple[str, str, str, str, str]:
    """Place (`docs/a.md:3` can be clicked), kind, score, how often, recognizer."""
    finding = item.finding
    place = f"{clean(report.file(finding))}:{finding.line}" if finding.line is not None else report.place(finding)
    score = "" if finding.score is None else f"{finding.score:.2f}"
    noun = "row" if finding.line is None and finding.row is not None else "time"
    times = (
        "" if noun == "time" and finding.count == 1 else f"{finding.count:,} {noun}{'' if finding.count == 1 else 's'}"
    )
    return place, finding.kind, score, times, finding.recognizer or ""


def _remedies(report: Report) -> Iterator[Text]:
    """What each kind of finding is, and what to do about it, once for all kinds with the same remedy."""
    from rich.text import Text

    rules = sorted(report.rules, key=lambda r: (LEVELS.index(r.level), r.name))
    for remedy in dict.fromkeys(r.remedy for r in rules):
        for rule in (r for r in rules if r.remedy == remedy):
            yield Text.assemble((rule.name, _STYLE[rule.level]), f": {rule.about}")
        yield Text(f"  {remedy}", "green")
    if rules:
        yield Text()


def _verdict(report: Report, passed: bool, seconds: float) -> Text:
    from rich.text import Text

    word, style = ("PASS", "bold green") if passed else ("BLOCKED", "bold red")
    text = Text.assemble((word, style), "  ")
    if not report.items:
        text.append("0 findings")
    for i, (level, count) in enumerate(report.levels.items()):
        text.append(", " if i else "")
        text.append(f"{count:,} {level}{'' if count == 1 else 's'}", _STYLE[level])
    text.append(f" in {_count(len(report.files), 'file')}, {_count(report.rows, 'row')}")
    if report.suppressed:
        text.append(f"; {report.suppressed:,} let pass", "dim")
    text.append(f"; {seconds:.1f} s", "dim")
    return text


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
