"""What the data of a schema is like: which columns can be filtered, grouped, ordered and summed, with which values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from synthgen.evals.sqlgen.databases import Databases
from synthgen.evals.sqlgen.schema import Link, Schema, SqlColumn, SqlTable

MOST_GROUPS, LONGEST = 25, 60


@dataclass(frozen=True, eq=False)
class Facts:
    """A column's values: `sorted` holds all that are not null, `common` how often each distinct one occurs."""

    table: str
    column: SqlColumn
    rows: int
    sorted: tuple[Any, ...]
    common: Mapping[Any, int]

    @classmethod
    def of(cls, table: str, column: SqlColumn, values: list[Any]) -> Facts:
        """The facts of a column."""
        known = sorted(v for v in values if v is not None)
        counted = Counter(known)
        return cls(table, column, len(values), tuple(known), dict(counted.most_common(200)) | {"#": len(counted)})

    @property
    def distinct(self) -> int:
        """How many different values there are."""
        return self.common["#"]

    @property
    def full(self) -> bool:
        """Whether no value is missing."""
        return len(self.sorted) == self.rows > 0

    @property
    def nullable(self) -> bool:
        """Whether some values are missing and some are not."""
        return 0 < len(self.sorted) < self.rows

    @cached_property
    def short(self) -> bool:
        """Whether the values fit into a line."""
        return self.column.kind != "text" or max((len(v) for v in self.common if v != "#"), default=0) <= LONGEST

    @cached_property
    def groups(self) -> bool:
        """Whether rows can be grouped by it: few values, several rows of each."""
        if self.column.role in ("key", "reference") or self.column.kind not in ("text", "integer", "boolean"):
            return False
        few = 2 <= self.distinct <= MOST_GROUPS and self.rows >= 3 * self.distinct
        return few and self.short and (self.column.kind != "integer" or self.distinct <= 12)

    @property
    def measure(self) -> bool:
        """Whether sums and means make sense."""
        return self.column.kind in ("number", "integer") and self.column.role == "plain" and self.distinct >= 4

    @property
    def dated(self) -> bool:
        """Whether it is a date with several values."""
        return self.column.kind in ("date", "datetime") and self.distinct >= 4

    @property
    def named(self) -> bool:
        """Whether it is a text that can be filtered by its first letter."""
        plain = self.column.kind == "text" and self.column.role == "plain" and self.short and not self.groups
        return plain and self.distinct >= 8 and self.full

    @property
    def filtered(self) -> bool:
        """Whether a condition can be put on it."""
        if self.column.kind == "boolean":
            return self.distinct == 2
        return self.groups or self.measure or self.dated or self.named

    @property
    def shown(self) -> bool:
        """Whether an answer may show it."""
        return self.short and len(self.sorted) > 0 and self.column.kind != "time"


class Known:
    """All facts of a database, and the shapes that patterns are looked up by."""

    def __init__(self, databases: Databases) -> None:
        self.databases = databases
        self.schema: Schema = databases.schema
        self.of: dict[str, dict[str, Facts]] = {}
        for name, table in self.schema.tables.items():
            rows = databases.rows[name]
            self.of[name] = {
                c.name: Facts.of(name, c, [row[i] for row in rows]) for i, c in enumerate(table.columns.values())
            }

    def table(self, name: str) -> SqlTable:
        """A table of the schema."""
        return self.schema.tables[name]

    def columns(self, table: str, which: Callable[[Facts], bool]) -> list[str]:
        """Names of a table's columns with some property."""
        return [name for name, facts in self.of[table].items() if which(facts)]

    def keyed(self, table: str) -> bool:
        """Whether rows can be told apart by a key of one column."""
        return len(self.table(table).key) == 1 and self.of[table][self.table(table).key[0]].rows > 3

    @property
    def filled(self) -> list[str]:
        """Tables with enough rows to ask about."""
        return [t for t in self.schema.tables if len(self.databases.rows[t]) >= 4]

    @cached_property
    def links(self) -> list[Link]:
        """Links between filled tables whose reference is never null and leads to the parent's key."""
        filled = set(self.filled)
        return [
            x
            for x in self.schema.links
            if {x.child, x.parent} <= filled
            and self.table(x.parent).key == (x.target,)
            and self.of[x.child][x.column].full
        ]
