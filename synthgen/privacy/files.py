"""Files without a recipe: only a reserved range excuses a direct identifier here.

Names have no reserved range, and a fake export is full of them, so they pass by their proof alone: a column passes if
every word of every value is in the public name vocabularies. A full name elsewhere (a category list, a note) is a
finding, and so is a name that no vocabulary has, in a column that is called a name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import polars as pl

from synthgen.artifacts import Finding
from synthgen.columns import Column
from synthgen.errors import usage
from synthgen.privacy import names
from synthgen.privacy.expected import Expected, Known
from synthgen.privacy.patterns import named
from synthgen.privacy.personal_columns import is_name
from synthgen.privacy.readers import Batch, UnreadableError, batches
from synthgen.privacy.scanner import Scanner

Progress = Callable[[Path, int, int], None]
_SKIPPED = frozenset({".git"})


@dataclass(frozen=True)
class ScanResult:
    """Findings over all files, how many files and rows were read, and what scanned them."""

    findings: tuple[Finding, ...]
    files: int
    rows: int
    described: dict[str, Any] = field(default_factory=dict)


def scan_paths(
    paths: Sequence[Path],
    mode: Literal["none", "reserved"] = "reserved",
    *,
    ner: Literal["auto", "off"] = "auto",
    expected: Expected | None = None,
    progress: Progress | None = None,
) -> ScanResult:
    """Scan files, and folders with all they hold. A file that cannot be read is an `unscanned` finding.

    `expected` knows what tables declare. `progress` is called before each file with its path, the number of files done
    and of all. Raises UsageError for a path that does not exist.
    """
    files = list(dict.fromkeys(f for path in paths for f in _files(path)))
    scanner = Scanner(mode, ner=ner)
    found: list[Finding] = []
    rows = 0
    for done, path in enumerate(files):
        if progress is not None:
            progress(path, done, len(files))
        findings, read = _scan_file(path, scanner, expected)
        found += findings
        rows += read
    if progress is not None and files:
        progress(files[-1], len(files), len(files))
    return ScanResult(tuple(found), len(files), rows, scanner.describe())


def _files(path: Path) -> Iterator[Path]:
    """The file itself, or all files of a folder in order, hidden ones too; not what git keeps, no links to folders."""
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise usage("missing-file", f"there is no file or folder '{path}'", "check the path")
    for folder, inner, found in os.walk(path):
        inner[:] = sorted(d for d in inner if d not in _SKIPPED)
        yield from (Path(folder) / name for name in sorted(found))


class _Table:
    """One table of a file while it is read: merged findings, and which columns hold nothing but known names."""

    def __init__(self, label: str, scanner: Scanner, expected: Expected | None = None) -> None:
        self.label, self.scanner, self.expected = label, scanner, expected
        self.rows = 0
        self.findings: dict[tuple[str, str | None, str | None, str | None], Finding] = {}
        self.pure: dict[str, bool] = {}
        self.shown: dict[str, str] = {}

    def add(self, batch: Batch) -> None:
        """Scan the next rows."""
        for position, name in enumerate(batch.columns):
            if name not in self.shown:
                self._header(name, position)
        known = None if self.expected is None else self.expected.known(self.label, self.rows, batch.columns)
        known = known or Known({n: Column.of(v) for n, v in batch.columns.items()})
        columns = {self.shown[n]: column for n, column in known.columns.items()}
        marked = {self.shown[n]: entity for n, entity in known.marked.items()}
        named = [replace(f, column=self.shown.get(f.column or "", f.column)) for f in known.findings]
        for finding in [*named, *self.scanner.scan(self.label, columns, self.rows, declared=marked)]:
            self._merge(finding)
        for name, column in columns.items():
            if column.declared is None and name not in marked:
                self._names(name, column.values)
        self.rows += batch.rows

    def _header(self, name: str, position: int) -> None:
        """A header that holds PII itself is a finding, and is never shown: the column goes by its number."""
        head = {"(header)": Column.of(pl.Series([name]))}
        wrong = self.scanner.scan(self.label, head)
        for finding in wrong:
            self._merge(replace(finding, row=None))
        self.shown[name] = f"#{position + 1}" if wrong else name

    def _merge(self, finding: Finding) -> None:
        key = (finding.code, finding.column, finding.entity, finding.recognizer)
        known = self.findings.get(key)
        if known is not None:
            finding = replace(
                known, count=known.count + finding.count, score=max(known.score or 0.0, finding.score or 0.0) or None
            )
        self.findings[key] = finding

    def _names(self, name: str, values: pl.Series) -> None:
        """Keep track of columns whose every word is a known name; judge those that are called a name."""
        if values.dtype != pl.String:
            return
        present = values.drop_nulls()
        if present.is_empty():
            return
        called = is_name(name)
        if not called and (not self.pure.get(name, True) or names.unknown_words(present.head(500).unique()).any()):
            self.pure[name] = False
            return
        unknown = names.unknown_words(values.fill_null(""))
        self.pure[name] = self.pure.get(name, True) and not unknown.any()
        if called and self.scanner.mode == "none":
            rows = (values.is_not_null() & (values != "")).arg_true()
        elif called:
            rows = unknown.arg_true()
        else:
            return
        if len(rows):
            row = self.rows + int(rows[0])
            recognizer = "synthgen:column_name"
            self._merge(Finding("pii", self.label, name, row, "PERSON", 0.6, len(rows), recognizer=recognizer))

    def result(self) -> list[Finding]:
        """The findings, less full names by vocabulary in columns that are nothing but known names."""
        named_only = {n for n, pure in self.pure.items() if pure and n != "line"}  # lines of a text are no column
        proven = named_only if self.scanner.mode != "none" else set()
        kept = [
            f for f in self.findings.values()
            if not (f.column in proven and f.recognizer == "synthgen:names" and (_called_name(f.column) or f.count > 1))
        ]  # fmt: skip
        return sorted(kept, key=lambda f: (f.table, f.column or "", f.row or 0, f.entity or ""))


def _called_name(column: str | None) -> bool:
    """Whether a column is called after people at all."""
    return " name " in named(column or "") or is_name(column or "")


def _scan_file(path: Path, scanner: Scanner, expected: Expected | None) -> tuple[list[Finding], int]:
    tables: dict[str | None, _Table] = {}
    trouble: list[Finding] = []
    try:
        for batch in batches(path):
            label = str(path) if batch.part is None else f"{path}#{batch.part}"
            tables.setdefault(batch.part, _Table(label, scanner, expected)).add(batch)
    except (UnreadableError, OSError) as error:
        reason = str(error) if isinstance(error, UnreadableError) else type(error).__name__
        trouble.append(Finding("unscanned", str(path), message=f"cannot be read: {reason}"))
    found = [f for table in tables.values() for f in table.result()]
    return found + trouble, sum(t.rows for t in tables.values())
