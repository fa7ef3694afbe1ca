"""What a scan found in one table or text so far: findings that are merged batch by batch, and piece by piece."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import polars as pl

from synthgen.artifacts import Finding
from synthgen.columns import Column
from synthgen.privacy import inline, names
from synthgen.privacy.examine import Flag
from synthgen.privacy.expected import Known
from synthgen.privacy.inference import Inferred, infer_column
from synthgen.privacy.patterns import named
from synthgen.privacy.personal_columns import is_name
from synthgen.privacy.readers import Batch, Item, Unread
from synthgen.privacy.scanner import Scanner

MOST = 1_000
"""Most findings that the lines of one text are told by; the last one counts the rest."""

_Key = tuple[str, str | None, str | None, str | None]


@dataclass
class TableTally:
    """One table: merged findings, and which columns hold nothing but known names."""

    label: str
    strict: bool
    rows: int = 0
    findings: dict[_Key, Finding] = field(default_factory=dict)
    pure: dict[str, bool] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, Inferred | None] = field(default_factory=dict)

    def add(self, batch: Batch, scanner: Scanner, infers: bool = True) -> None:
        """Scan the next rows; `infers` says whether to tell what columns are."""
        for position, name in enumerate(batch.columns):
            if name not in self.shown:
                self._header(name, position, scanner, batch.old_names)
        known = None if scanner.expected is None else scanner.expected.known(self.label, self.rows, batch.columns)
        known = known or Known({n: Column.of(v) for n, v in batch.columns.items()})
        columns = {self.shown[n]: column for n, column in known.columns.items()}
        marked = {self.shown[n]: entity for n, entity in known.marked.items()}
        told = [replace(f, column=self.shown.get(f.column or "", f.column)) for f in known.findings]
        for finding in told:
            self._merge(finding)
        for finding in scanner.scan(self.label, columns, declared=marked):
            self._merge(self._placed(finding, batch))
        for name, column in columns.items():
            if infers and name not in self.kinds:
                inferred = infer_column(name, column.values, scanner.examiner.matcher)
                self.kinds[name] = inferred[0] if inferred else None
            if column.declared is None and name not in marked:
                self._names(name, column.values, batch)
        self.rows += batch.rows

    def _placed(self, finding: Finding, batch: Batch) -> Finding:
        """A finding of a batch with its row, and line if that is known, in the whole table."""
        row = finding.row or 0
        if batch.at is None:
            return replace(finding, row=self.rows + row)
        numbers, lines = batch.at
        return replace(finding, row=int(numbers[row]), line=int(lines[row]))

    def merge(self, later: TableTally) -> None:
        """Take over what was found in the rows that follow."""
        for key, finding in later.findings.items():
            if finding.row is not None:
                self._merge(replace(finding, row=finding.row + self.rows))
            elif key not in self.findings:  # a header, which every piece has
                self.findings[key] = finding
        for name, kind in later.kinds.items():
            self.kinds[name] = self.kinds.get(name) or kind
        for name, pure in later.pure.items():
            self.pure[name] = self.pure.get(name, True) and pure
        self.rows += later.rows

    def _header(self, name: str, position: int, scanner: Scanner, old: bool) -> None:
        """A header that holds PII itself is a finding, and is never shown: the column goes by its number."""
        head = {"(header)": Column.of(pl.Series([name]))}
        wrong = scanner.scan(self.label, head)
        for finding in () if old else wrong:
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

    def _names(self, name: str, values: pl.Series, batch: Batch) -> None:
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
        if called and self.strict:
            rows = (values.is_not_null() & (values != "")).arg_true()
        elif called:
            rows = unknown.arg_true()
        else:
            return
        if len(rows):
            recognizer = "synthgen:column_name"
            found = Finding("pii", self.label, name, int(rows[0]), "PERSON", 0.6, len(rows), recognizer=recognizer)
            self._merge(self._placed(found, batch))

    def result(self) -> list[Finding]:
        """The findings, less full names by vocabulary in columns that are nothing but known names."""
        proven = {n for n, pure in self.pure.items() if pure} if not self.strict else set()
        kept = [
            f for f in self.findings.values()
            if not (f.column in proven and f.recognizer == "synthgen:names" and (_called_name(f.column) or f.count > 1))
        ]  # fmt: skip
        return sorted(kept, key=lambda f: (f.table, f.column or "", f.row or 0, f.entity or ""))


def _called_name(column: str | None) -> bool:
    """Whether a column is called after people at all."""
    return " name " in named(column or "") or is_name(column or "")


@dataclass
class TextTally:
    """One text: a finding for each line and entity, up to `MOST`, and how many a comment lets pass."""

    label: str
    rows: int = 0
    suppressed: int = 0
    findings: list[Finding] = field(default_factory=list)
    more: int = 0
    whole: dict[str, Finding] = field(default_factory=dict)
    _open: dict[str | None, Finding] = field(default_factory=dict)

    def add(self, batch: Batch, scanner: Scanner) -> None:
        """Scan the next lines; a long line, which comes in windows, is judged when its end has come."""
        values, numbers = batch.columns["line"], batch.lines
        assert numbers is not None
        found: dict[tuple[int, str | None], Finding] = {}
        for _, flag in scanner.flags(self.label, {"line": Column.of(values)}):
            if flag.unscanned:
                self._unscanned(flag, int(numbers[flag.row]))
                continue
            for row in flag.rows.to_list():
                key = (int(numbers[row]), flag.entity)
                if key not in found or (found[key].score or 0.0) < (flag.score or 0.0):
                    found[key] = self._finding(flag, key[0], values[row])
        if batch.open or batch.line_end is not None:
            self._long(found, batch)
        else:
            allowed = _allowances({numbers[i]: values[i] for i in _hinted(values)})
            self._keep(sorted(found.items(), key=lambda f: (f[0][0], f[0][1] or "")), allowed)
            self.rows += batch.rows

    def _finding(self, flag: Flag, line: int, text: str) -> Finding:
        return Finding(
            "pii", self.label, entity=flag.entity, score=flag.score, message=flag.message, recognizer=flag.recognizer,
            line=line, mark=inline.mark(text),
        )  # fmt: skip

    def _unscanned(self, flag: Flag, line: int) -> None:
        known = self.whole.get(flag.message)
        if known is None:
            known = Finding("unscanned", self.label, count=0, message=flag.message, line=line)
        self.whole[flag.message] = replace(known, count=known.count + flag.count)

    def _long(self, found: dict[tuple[int, str | None], Finding], batch: Batch) -> None:
        """Windows of one line: its findings wait until its mark and its comment are known."""
        for (_, entity), finding in found.items():
            known = self._open.setdefault(entity, finding)
            if (finding.score or 0.0) > (known.score or 0.0):
                self._open[entity] = finding
        end = batch.line_end
        if end is None:
            return
        waiting = [((f.line or 0, e), replace(f, mark=end.mark)) for e, f in self._open.items()]
        self._keep(sorted(waiting, key=lambda f: f[0][1] or ""), {w[0][0]: end.allowed for w in waiting})
        self._open = {}
        self.rows += 1

    def _keep(
        self, found: list[tuple[tuple[int, str | None], Finding]], allowed: dict[int, frozenset[str] | None]
    ) -> None:
        for (line, entity), finding in found:
            if inline.lets_pass(allowed.get(line), entity):
                self.suppressed += 1
            elif len(self.findings) < MOST:
                self.findings.append(finding)
            else:
                self.more += 1

    def merge(self, later: TextTally) -> None:
        """Take over what was found in the lines that follow."""
        free = MOST - len(self.findings)
        self.findings += later.findings[:free]
        self.more += later.more + len(later.findings[free:])
        self.rows += later.rows
        self.suppressed += later.suppressed
        for message, finding in later.whole.items():
            known = self.whole.get(message)
            self.whole[message] = finding if known is None else replace(known, count=known.count + finding.count)

    def result(self) -> list[Finding]:
        """The findings in the order of lines."""
        found = list(self.findings)
        if self.more:
            last = found[-1]
            message = f"and {self.more:,} more lines of this text: only the first {MOST:,} findings are told"
            found[-1] = replace(last, count=last.count + self.more, message=message)
        return found + list(self.whole.values())


def _hinted(values: pl.Series) -> list[int]:
    """Rows that may hold a comment for the scan."""
    return values.str.contains(inline.HINT, literal=True).fill_null(False).arg_true().to_list()


def _allowances(lines: dict[int, str]) -> dict[int, frozenset[str] | None]:
    return {number: inline.allowed(text) for number, text in lines.items()}


@dataclass
class Tally:
    """What was found in one piece of a source, or in all so far: tables and texts by place, and what was not read.

    Of a source in pieces the first one `infers` what columns are.
    """

    tables: dict[str, TableTally] = field(default_factory=dict)
    texts: dict[str, TextTally] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    infers: bool = True

    def add(self, item: Item, shown: str, scanner: Scanner) -> None:
        """Scan a batch, or note what cannot be read."""
        label = item.label(shown)
        if isinstance(item, Unread):
            self.note(item, label)
        elif item.lines is not None:
            self.texts.setdefault(label, TextTally(label)).add(item, scanner)
        else:
            self.tables.setdefault(label, TableTally(label, scanner.mode == "none")).add(item, scanner, self.infers)

    def note(self, item: Unread, label: str) -> None:
        """Remember what is not read: a finding, or a medium without text that is skipped and counted."""
        if item.media:
            self.skipped[item.media] += 1
        else:
            self.unread.setdefault(label, item.reason)

    def merge(self, later: Tally) -> None:
        """Take over what the next piece holds."""
        for label, table in later.tables.items():
            if label in self.tables:
                self.tables[label].merge(table)
            else:
                self.tables[label] = table
        for label, text in later.texts.items():
            if label in self.texts:
                self.texts[label].merge(text)
            else:
                self.texts[label] = text
        for label, reason in later.unread.items():
            self.unread.setdefault(label, reason)
        self.skipped += later.skipped

    @property
    def columns(self) -> dict[str, dict[str, str | float]]:
        """What columns of tables are taken for, by `table.column`: an entity or kind, and a confidence."""
        return {
            f"{label}.{column}": kind._asdict()
            for label, table in self.tables.items()
            for column, kind in table.kinds.items()
            if kind is not None
        }

    @property
    def rows(self) -> int:
        """Rows and lines read."""
        return sum(t.rows for t in self.tables.values()) + sum(t.rows for t in self.texts.values())

    @property
    def suppressed(self) -> int:
        """Findings that comments let pass."""
        return sum(t.suppressed for t in self.texts.values())

    def result(self) -> Iterator[Finding]:
        """Findings in the order of places, then what could not be read."""
        for table in self.tables.values():
            yield from table.result()
        for text in self.texts.values():
            yield from text.result()
        for label, reason in self.unread.items():
            yield Finding("unscanned", label, message=f"cannot be read: {reason}")
