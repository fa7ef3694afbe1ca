"""Tables while a SQL file is read: columns, keys and references gather here and are resolved at the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlglot import exp

from synthgen.errors import Problem
from synthgen.schema.checks import readable
from synthgen.schema.importers.result import safe_names
from synthgen.schema.importers.sql_checks import apply_check
from synthgen.schema.table import FieldSchema, ForeignKey, TableSchema

Name = tuple[str, str]  # database schema ("" if none), table


@dataclass
class DraftKey:
    """A reference as written: the target may come later, and its columns may be left out."""

    columns: tuple[str, ...]
    table: Name
    references: tuple[str, ...]
    on_delete: str | None = None


@dataclass
class Draft:
    """One table as far as it is known. Column names are looked up in any case, as most databases do."""

    name: Name
    line: int
    fields: dict[str, FieldSchema] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    uniques: list[tuple[str, ...]] = field(default_factory=list)
    references: list[DraftKey] = field(default_factory=list)
    checks: list[exp.Expression] = field(default_factory=list)
    ranges: dict[str, list[tuple[str | None, str | None]]] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    partition_key: tuple[str, ...] = ()
    parts: list[Draft] = field(default_factory=list)  # partitions that are tables of their own
    description: str | None = None

    def column(self, name: str) -> str:
        """The column's own spelling; the name itself if there is no such column."""
        if name in self.fields:
            return name
        return next((n for n in self.fields if n.lower() == name.lower()), name)

    def columns(self, names: Iterable[str]) -> tuple[str, ...]:
        """Own spellings of several columns."""
        return tuple(self.column(n) for n in names)

    def change(self, column: str, **changes: object) -> bool:
        """Change attributes of a column, if it exists."""
        own = self.column(column)
        if own not in self.fields:
            return False
        self.fields[own] = replace(self.fields[own], **changes)  # type: ignore[arg-type]  # attributes by name
        return True


class Drafts:
    """All tables of a file. Later statements find a table with or without its database schema, in any case."""

    def __init__(self, warn: object) -> None:
        self.tables: dict[Name, Draft] = {}
        self._warn = warn

    def find(self, name: Name) -> Draft | None:
        """The table of that name: exactly, then ignoring case, then in any database schema if only one fits."""
        if name in self.tables:
            return self.tables[name]
        lower = [d for n, d in self.tables.items() if n[1].lower() == name[1].lower()]
        same = [d for d in lower if d.name[0].lower() == name[0].lower()]
        if same:
            return same[0]
        return lower[0] if len(lower) == 1 else next((d for d in lower if not name[0]), None)

    def public_names(self) -> dict[Name, str]:
        """What each table is called: its bare name if no other table has it, else `schema_table`."""
        bare = [n[1].lower() for n in self.tables]
        unique = {n: bare.count(n[1].lower()) == 1 for n in self.tables}
        words = [n[1] if unique[n] or not n[0] else f"{n[0]}_{n[1]}" for n in self.tables]
        return dict(zip(self.tables, safe_names(words), strict=True))


def finish(draft: Draft, drafts: Drafts, names: dict[Name, str]) -> tuple[TableSchema, list[Problem]]:
    """The table with its references resolved and its checks turned into constraints; and what was lost."""
    problems: list[Problem] = []
    fields = dict(draft.fields)
    _partitions(draft, fields)
    left: list[str] = []
    for check in draft.checks:
        left += apply_check(fields, check)
    checks = tuple(c for c in dict.fromkeys(left) if readable(c, fields.values()))
    for lost in dict.fromkeys(c for c in left if c not in checks):
        problems.append(_note(draft, "check-dropped", f"the CHECK ({lost}) of {draft.name[1]} is not carried over"))
    key = tuple(c for c in draft.columns(draft.key) if c in fields)
    for name in key:
        fields[name] = replace(fields[name], nullable=False)
    uniques: list[tuple[str, ...]] = []
    for group in dict.fromkeys(draft.columns(u) for u in draft.uniques):
        if not all(c in fields for c in group) or group == key:
            continue
        if len(group) == 1:
            fields[group[0]] = replace(fields[group[0]], unique=True)
        else:
            uniques.append(group)
    written = [*draft.references, *(r for part in draft.parts for r in part.references)]  # a row lies in a partition
    keys = [k for k in (_resolve(draft, fk, drafts, names, problems) for fk in written) if k is not None]
    table = TableSchema(
        name=names[draft.name],
        fields=tuple(fields.values()),
        primary_key=key,
        uniques=tuple(uniques),
        foreign_keys=in_order(keys, list(fields)),
        checks=checks,
        description=draft.description,
        namespace=draft.name[0] or None,
    )
    return table, problems


def in_order(keys: Iterable[ForeignKey], columns: list[str]) -> tuple[ForeignKey, ...]:
    """Single-column references in column order, then the wider ones; each once."""
    return tuple(sorted(dict.fromkeys(keys), key=lambda k: (len(k.columns) > 1, columns.index(k.columns[0]))))


def _note(draft: Draft, code: str, message: str, remedy: str | None = None) -> Problem:
    return Problem(code, message, remedy=remedy, severity="warning")


def _partitions(draft: Draft, fields: dict[str, FieldSchema]) -> None:
    """A row must fall into one of the partitions: the ranges' hull, or the listed values."""
    for name, ranges in draft.ranges.items():
        own = draft.column(name)
        lows, highs = [r[0] for r in ranges], [r[1] for r in ranges]
        if own not in fields or fields[own].type not in ("date", "timestamp"):
            continue
        if None not in lows:
            fields[own] = replace(fields[own], minimum=min(x for x in lows if x is not None))
        if None not in highs:
            fields[own] = replace(fields[own], maximum=max(x for x in highs if x is not None))
    for name, values in draft.lists.items():
        own = draft.column(name)
        if own in fields and fields[own].type == "string":
            fields[own] = replace(fields[own], enum=tuple(dict.fromkeys(values)))


def _resolve(
    draft: Draft, key: DraftKey, drafts: Drafts, names: dict[Name, str], problems: list[Problem]
) -> ForeignKey | None:
    target = drafts.find(key.table)
    words = f"{draft.name[1]} ({', '.join(key.columns)}) refers to {key.table[1]}"
    if target is None:
        problems.append(
            _note(draft, "unknown-table", f"{words}, which the file does not create; the reference is left out")
        )
        return None
    references = target.columns(key.references) or target.key
    columns = draft.columns(key.columns)
    if len(references) != len(columns) or any(c not in target.fields for c in references):
        problems.append(_note(draft, "unknown-column", f"{words}, but not to columns that exist; it is left out"))
        return None
    if any(c not in draft.fields for c in columns):
        problems.append(_note(draft, "unknown-column", f"{words} from columns that do not exist; it is left out"))
        return None
    return ForeignKey(columns, names[target.name], references, key.on_delete)
