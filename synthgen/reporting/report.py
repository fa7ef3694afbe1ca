"""What all reports are made of: findings with their rules, the files that were read, and what was let pass.

No part of a report holds a matched value. File and column names may come from strangers, so they are cleaned here of
what a terminal, an XML parser or a log would take for something else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from synthgen.artifacts import Finding

Level = Literal["error", "warning", "note"]
LEVELS: tuple[Level, ...] = ("error", "warning", "note")
"""From bad to harmless."""


@dataclass(frozen=True)
class Rule:
    """What one kind of finding means.

    `about` says it in a line, `remedy` says what to do. `precision` is SARIF's word for how often such a finding is
    right (`very-high`, `high`, `medium`, `low`), `tags` are words to filter by.
    """

    name: str
    about: str
    remedy: str
    level: Level = "error"
    precision: Literal["very-high", "high", "medium", "low"] = "high"
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """A finding with its rule, and whether it makes the scan fail."""

    finding: Finding
    rule: Rule
    fails: bool


@dataclass(frozen=True)
class Report:
    """A whole scan: `items` in order, `files` that were read, counts of rows and of findings that were let pass."""

    items: Sequence[Item]
    files: Sequence[str]
    rows: int = 0
    suppressed: int = 0

    @property
    def rules(self) -> list[Rule]:
        """The rules that occur, each once, by name."""
        found = {item.rule.name: item.rule for item in self.items}
        return [found[name] for name in sorted(found)]

    @property
    def levels(self) -> dict[Level, int]:
        """How many findings there are of each level that occurs."""
        counted = {level: sum(i.rule.level == level for i in self.items) for level in LEVELS}
        return {level: count for level, count in counted.items() if count}

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.files)

    def file(self, finding: Finding) -> str:
        """The file of a finding: its table without the part (`a.xlsx#Orders`, `a.zip!b.csv`), if that file was read."""
        table = finding.table
        if table in self._known:
            return table
        ends = (at for at, c in enumerate(table) if c in "#!" and table[:at] in self._known)
        return table[: next(ends, len(table))]

    def by_file(self) -> Mapping[str, list[Item]]:
        """Items of each file: files with findings in the order of these, then those without any."""
        found: dict[str, list[Item]] = {}
        for item in self.items:
            found.setdefault(self.file(item.finding), []).append(item)
        return found | {name: [] for name in sorted(self._known - found.keys())}

    def place(self, finding: Finding) -> str:
        """Where in its file a finding is: `line 12`, `Orders.email, row 3`; rows count from 0."""
        part = finding.table.removeprefix(self.file(finding))[1:]
        said = [".".join(p for p in (part, finding.column if finding.line is None else None) if p)]
        if finding.line is not None:
            said.append(f"line {finding.line}")
        elif finding.row is not None:
            said.append(f"row {finding.row}")
        return clean(", ".join(p for p in said if p))


def sentence(item: Item, place: str) -> str:
    """A finding in one line: what, where, how many, how sure, by which recognizer."""
    finding = item.finding
    said = [f"{finding.kind}: {item.rule.about}"]
    if finding.message:
        said.append(finding.message)
    where = f"first in {place}" if finding.count > 1 and place else f"in {place}" if place else ""
    if finding.count > 1:
        where += f"{', ' if where else ''}{finding.count:,} times"
    if where:
        said.append(where)
    sure = [] if finding.score is None else [f"score {finding.score:.2f}"]
    sure += [finding.recognizer] if finding.recognizer else []
    text = "; ".join(said) + (f" ({', '.join(sure)})" if sure else "")
    return clean(text)


def clean(text: str, keep: str = "") -> str:
    """The text with every character that is not shown (control, direction, half a surrogate) as a middle dot.

    Spaces stay spaces; the characters in `keep` stay as they are.
    """
    return "".join(
        c if c.isprintable() or c in keep else " " if unicodedata.category(c) == "Zs" else "\N{MIDDLE DOT}"
        for c in text
    )
