"""All that the command line prints: results on stdout, problems and progress on stderr, or one JSON object on stdout.

Names and messages may come from recipes and data of strangers, so nothing is read as markup and control characters are
shown as a dot. rich is imported when something is printed.
"""

from __future__ import annotations

import sys
import traceback
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthgen.cli.advice import ADVICE
from synthgen.cli.document import document, preview_json
from synthgen.cli.provenance import print_chain, said, signed_by, trust_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from synthgen.artifacts import Finding, Verdict
    from synthgen.errors import Problem
    from synthgen.pipeline import InitResult, Preview, RunResult, VerifyResult

Progress = Callable[[Any, int, int], None]  # (table or file, done, total)

SHOWN = 20  # findings in human form; --json has them all
WIDTH = 120  # columns where there is no terminal


class Output:
    """Renders one verb's result, as text for people or as JSON for programs."""

    def __init__(self, *, json: bool = False, quiet: bool = False, no_progress: bool = False) -> None:
        self.json = json
        self.quiet = quiet
        self.no_progress = no_progress or quiet

    # Verbs.

    def run(self, result: RunResult, recipe: Path) -> None:
        """The result of `run`: the tables, the verdict, where it was written, what to do next."""
        if self.json:
            more: dict[str, Any] = {"evals": result.evals} if result.evals else {}
            more |= {"signed_by": result.signed_by} if result.signed_by else {}
            more |= {"signature_lost": True} if result.signature_lost else {}
            more |= {"notes": list(result.notes)} if result.notes else {}
            self._json(document(result.verdict, result.tables, result.seconds, target=_path(result.target), **more))
            return
        if result.signature_lost:
            self.error("warning", f"the export that was replaced was signed; {result.target} is not: synthgen sign")
        if result.verdict.passed and result.target is not None:
            self._tables(result.tables)
            self._evals(result.evals)
            for note in result.notes:
                self.note(f"note: {note}")
            self._verdict(
                result.verdict, f"written to {result.target} in {_seconds(result.seconds)}{signed_by(result)}"
            )
            target, source = _quoted(result.target), _quoted(recipe)
            last = f"synthgen eval audit {source}" if result.evals else f"synthgen scan {target}"
            self._next(f"synthgen verify {target} --regenerate 100", f"synthgen preview {source}", last)
            return
        self._verdict(result.verdict, "nothing was written; an older export is as it was")
        self._findings(result.verdict.findings)

    def verify(self, result: VerifyResult, export: Path) -> None:
        """The result of `verify`."""
        if self.json:
            more: dict[str, Any] = {"evals": result.evals} if result.evals else {}
            more |= trust_json(result)
            self._json(document(result.verdict, result.tables, result.seconds, **more))
            return
        if result.verdict.passed:
            self._tables(result.tables)
            self._evals(result.evals)
            if not self.quiet:
                print_chain(_out(), result.trust)
            self._verdict(result.verdict, f"{export} is what its manifest says, in {_seconds(result.seconds)}")
        else:
            self._verdict(result.verdict, f"{export} is not what its manifest says")
            self._findings(result.verdict.findings)
        trust = said(result)
        if trust and not (self.quiet and result.verdict.passed):
            self._line(_out() if result.verdict.passed else _err(), trust)

    def check(self, problems: Mapping[Path, Sequence[Problem]], seconds: float) -> None:
        """The problems of each recipe; a recipe without errors is said to be fine."""
        found = [p for several in problems.values() for p in several]
        fine = not any(p.severity == "error" for p in found)
        if self.json:
            self._json(document("pass" if fine else "error", {}, seconds, problems=found))
            return
        self.problems(p for p in found if not (self.quiet and p.severity == "note"))
        for recipe, several in problems.items():
            if not self.quiet and not any(p.severity == "error" for p in several):
                self._line(_out(), (str(recipe), "bold"), ": can run", style="green")
        if not fine:
            errors = sum(p.severity == "error" for p in found)
            self._line(_err(), f"{_count(errors, 'problem')} in {_count(len(problems), 'recipe')}", style="red")

    def preview(self, found: Preview, seconds: float) -> None:
        """The first rows of each table, fitted to the terminal, the first cases of each eval, and the plan's notes."""
        frames, evals = found.tables, found.evals
        if self.json:
            tables = {name: preview_json(frame) for name, frame in frames.items()}
            cases = {name: [e.case.plain() for e in several] for name, several in evals.items()}
            more: dict[str, Any] = {"evals": cases} if cases else {}
            more |= {"notes": list(found.notes)} if found.notes else {}
            self._json(document("pass", tables, seconds, **more))
            return
        from synthgen.cli.frames import fitted

        console = _out()
        for i, (name, frame) in enumerate(frames.items()):
            table, shown = fitted(frame, console.width)
            rows = _count(frame.height, "row") if shown == frame.height else f"{shown} of {frame.height} rows fit here"
            self._line(console, "\n" if i else "", (name, "bold"), f"  {_count(frame.width, 'column')}, {rows}")
            console.print(table)
        for note in found.notes:
            self.note(f"note: {note}")
        if evals:
            from synthgen.cli.cases import print_cases

            for name, several in evals.items():
                print_cases(console, name, several)

    def init(self, result: InitResult, seconds: float) -> None:
        """What `init` wrote, and what it had to leave out."""
        if self.json:
            tables: dict[str, Any] = {name: {"rows": None, "files": []} for name in result.tables}
            more = {"recipe": str(result.recipe), "contract": str(result.contract)}
            self._json(document("pass", tables, seconds, problems=result.warnings, **more))
            return
        self.problems(result.warnings)
        if self.quiet:
            return
        console = _out()
        self._line(console, (str(result.recipe), "bold"), f"    recipe with {_count(len(result.tables), 'table')}")
        self._line(console, (str(result.contract), "bold"), "    contract of the tables")
        recipe = _quoted(result.recipe)
        self._next(f"synthgen preview {recipe}", f"synthgen check {recipe}", f"synthgen run {recipe}")

    def plugins(self, kinds: Mapping[str, Sequence[Mapping[str, Any]]], seconds: float) -> None:
        """The plug-ins of each kind."""
        if self.json:
            self._json({**document("pass", {}, seconds), **kinds})
            return
        console = _out()
        for kind, plugins in kinds.items():
            table = grid_of(kind, "package", "what it does")
            for plugin in plugins:
                about = plugin.get("broken") or plugin["summary"]
                if "attributes" in plugin:
                    about += " Attributes: " + ", ".join(plugin["attributes"])
                style = "red" if "broken" in plugin else ""
                table.add_row(text_of(plugin["name"], "bold"), text_of(plugin["package"]), text_of(about, style))
            console.print(table)

    # What the eval verbs are made of.

    def object(self, verdict: str, seconds: float, **more: Any) -> None:
        """The JSON object of a verb that has no tables."""
        self._json(document(verdict, {}, seconds, **more))

    def grid(self, rows: Iterable[tuple[str, str]], title: str, heading: str) -> None:
        """Two columns of words and figures."""
        if self.quiet:
            return
        grid = grid_of(title, f">{heading}")
        for words, figure in rows:
            grid.add_row(text_of(words), text_of(figure))
        _out().print(grid)
        _out().print()

    def error(self, code: str, message: str) -> None:
        """One line about what is wrong, on stderr."""
        self._line(_err(), (f"{code}: ", "red"), message)

    def word(self, word: str, good: bool, about: str) -> None:
        """The verdict in one word, and what it is about."""
        if not (self.quiet and good):
            self._line(_out() if good else _err(), (word, "bold green" if good else "bold red"), f"  {about}")

    def console(self) -> Console:
        """Where results go, for verbs that print more than words."""
        return _out()

    # What goes wrong.

    def failure(self, problems: Sequence[Problem], exit_code: int, seconds: float) -> None:
        """Errors that ended the verb: on stderr for people, and as the JSON object if one was asked for."""
        if self.json:
            self._json(document("blocked" if exit_code == 3 else "error", {}, seconds, problems=problems))
        else:
            self.problems(problems)

    def problems(self, problems: Iterable[Problem]) -> None:
        """Each problem as `file:line:col: code: message`, a caret line and a remedy, on stderr."""
        console = _err()
        for problem in problems:
            place = f"{problem.place}: " if problem.place else ""
            colour = {"warning": "yellow", "note": "cyan"}.get(problem.severity, "red")
            kind = "" if problem.severity == "error" else f"{problem.severity}: "
            self._line(console, (place, "bold"), (f"{kind}{problem.code}: ", colour), problem.message)
            if problem.place and problem.excerpt is not None:
                self._line(console, f"    {clean(problem.excerpt)}")
                self._line(console, (" " * (problem.place.column + 3) + "^", colour))
            if problem.remedy:
                self._line(console, (f"    {problem.remedy}", "green"))

    def note(self, text: str) -> None:
        """One line on stderr."""
        if not self.quiet:
            self._line(_err(), text)

    def traceback(self, error: BaseException) -> None:
        """The whole traceback, on stderr; only for `--debug`, since it may show values."""
        sys.stderr.write("".join(traceback.format_exception(error)))

    @contextmanager
    def progress(self) -> Iterator[Progress | None]:
        """A progress callback `(task, done, total)`: bars on stderr, or None where nobody watches."""
        if self.no_progress or not sys.stderr.isatty():
            yield None
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeRemainingColumn(), console=_err(), transient=True) as bars:
            tasks: dict[str, Any] = {}

            def advance(task: object, done: int, total: int) -> None:
                name = str(task)
                if name not in tasks:
                    tasks[name] = bars.add_task(clean(name), total=total)
                bars.update(tasks[name], completed=done, total=total)

            yield advance

    # Parts.

    def _tables(self, tables: Mapping[str, Mapping[str, Any]]) -> None:
        if self.quiet or not tables:
            return
        grid = grid_of("table", ">rows", ">files", ">size")
        total = [0, 0, 0]
        for name, table in tables.items():
            files = table.get("files") or []
            sizes = (table.get("rows") or 0, len(files), sum(int(f.get("bytes") or 0) for f in files))
            total = [a + b for a, b in zip(total, sizes, strict=True)]
            grid.add_row(text_of(name), f"{sizes[0]:,}", f"{sizes[1]:,}", _bytes(sizes[2]))
        if len(tables) > 1:
            grid.add_row("total", f"{total[0]:,}", f"{total[1]:,}", _bytes(total[2]), style="bold")
        console = _out()
        console.print(grid)
        console.print()

    def _evals(self, evals: Mapping[str, Mapping[str, Any]]) -> None:
        if evals and not self.quiet:
            from synthgen.cli.cases import print_sets

            print_sets(_out(), evals)

    def _verdict(self, verdict: Verdict, about: str) -> None:
        if self.quiet and verdict.passed:
            return
        word, style = ("PASS", "bold green") if verdict.passed else ("BLOCKED", "bold red")
        warned = "warning" if verdict.passed else "finding"
        found = _count(len(verdict.findings), warned) if verdict.findings else "0 findings"
        console = _out() if verdict.passed else _err()
        self._line(console, (word, style), f"  {found}; {about}")
        if verdict.passed and verdict.findings:
            self._findings(verdict.findings, advise=False)

    def _findings(self, findings: Sequence[Finding], *, advise: bool = True) -> None:
        if not findings:
            return
        console = _err()
        grid = grid_of("finding", "where", ">first row", ">rows", ">score", "message")
        for finding in findings[:SHOWN]:
            where = finding.table + (f".{finding.column}" if finding.column else "")
            score = "" if finding.score is None else f"{finding.score:.2f}"
            row = "" if finding.row is None else f"{finding.row:,}"
            what = finding.entity or finding.code
            cells = (text_of(what, "red"), text_of(where), row, f"{finding.count:,}", score, text_of(finding.message))
            grid.add_row(*cells)
        console.print(grid)
        if len(findings) > SHOWN:
            self._line(console, f"... and {len(findings) - SHOWN:,} more; --json has them all")
        if advise:
            for code in dict.fromkeys(f.code for f in findings):
                self._line(console, (f"{code}: ", "bold"), ADVICE[code])

    def _next(self, *commands: str) -> None:
        if self.quiet:
            return
        console = _out()
        self._line(console, "Next:")
        for command in commands:
            self._line(console, (f"  {command}", "cyan"))

    def _line(self, console: Console, *parts: str | tuple[str, str], style: str = "") -> None:
        """One logical line; long lines are left to the terminal, so that they can be copied and matched."""
        from rich.text import Text

        text = Text(style=style)
        for part in parts:
            words, part_style = part if isinstance(part, tuple) else (part, "")
            text.append(clean(words), part_style)
        console.print(text, soft_wrap=True)

    def _json(self, content: Mapping[str, Any]) -> None:
        import json

        print(json.dumps(content, ensure_ascii=False, default=str))


def clean(text: str) -> str:
    """The text with control characters shown as a dot: an escape sequence in a recipe must not reach the terminal."""
    shown = (
        c if c.isprintable() or c == "\n" else " " if unicodedata.category(c) == "Zs" else "\N{MIDDLE DOT}"
        for c in text
    )
    return "".join(shown)


def _out() -> Console:
    return _console(False)


def _err() -> Console:
    return _console(True)


def _console(stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def grid_of(*headings: str) -> Table:
    """An empty table; a heading that begins with `>` is aligned to the right."""
    from rich import box
    from rich.table import Table

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 3, 0, 0))
    for heading in headings:
        right = heading.startswith(">")
        grid.add_column(heading.removeprefix(">"), justify="right" if right else "left", no_wrap=right)
    return grid


def text_of(words: object, style: str = "") -> Text:
    """Words for a cell, without control characters."""
    from rich.text import Text

    return Text(clean(str(words)), style=style)


def _path(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.1f} min"


def _bytes(size: int) -> str:
    amount = float(size)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"
