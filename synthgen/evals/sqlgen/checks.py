"""What must hold for a statement: one SELECT, the same rows on two engines, no ties that matter, no mutant alive."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from sqlglot import exp

from synthgen.evals.sqlgen.databases import Databases
from synthgen.evals.sqlgen.mutate import survivors
from synthgen.evals.sqlgen.statement import parsed
from synthgen.scoring.rows import same

MOST_ROWS = 60
Rows = Sequence[Sequence[Any]]


class Checks:
    """Checks of statements against one process's databases; what was found for a statement is kept."""

    def __init__(self, databases: Databases) -> None:
        self.databases = databases
        self._found: dict[str, tuple[str, ...]] = {}

    def faults(self, sql: str) -> tuple[str, ...]:
        """What is wrong with a statement, whatever the question."""
        if sql not in self._found:
            if len(self._found) > 20_000:
                self._found.clear()
            self._found[sql] = tuple(self._faults(sql))
        return self._found[sql]

    def _faults(self, sql: str) -> list[str]:
        tree = parsed(sql)
        if tree is None:
            return ["the SQL is not one SELECT"]
        rows = self.databases.ask(sql)
        if rows is None:
            return ["the SQL does not run on SQLite"]
        if not 1 <= len(rows) <= MOST_ROWS or any(all(v is None for v in row) for row in rows):
            return [f"the answer is empty, or longer than {MOST_ROWS} rows"]
        if len(rows) == 1 and not any(rows[0]):
            return ["the answer is nothing but 0"]
        ordered = tree.args.get("order") is not None
        if ordered and not self._total(tree, rows):
            return ["rows tie in the order that is asked for"]
        if not self._steady(tree, sql, rows, ordered):
            return ["a figure lies on the edge of its rounding"]
        alive = survivors(tree, sql, self.databases, same, ordered)
        if alive:
            return [f"another SQL gives the same rows on every database ({', '.join(sorted(set(alive)))})"]
        other = self.databases.ask_duckdb(sql)
        if other is None:
            return ["the SQL does not run on DuckDB"]
        return [] if same(rows, other, ordered) else ["SQLite and DuckDB give different rows"]

    def _total(self, tree: Any, rows: Rows) -> bool:
        """Whether no two rows are equal in all that they are ordered by, the row after the limit included."""
        if not isinstance(tree, exp.Select):
            return len({tuple(r) for r in rows}) == len(rows)
        copy = tree.copy()
        names = {e.alias_or_name.lower(): e for e in copy.expressions if isinstance(e, exp.Alias)}
        places = [o.this for o in copy.args["order"].expressions]
        named = [names.get(p.name.lower()) if isinstance(p, exp.Column) else None for p in places]
        shown = [place if alias is None else alias.this for place, alias in zip(places, named, strict=True)]
        if not copy.args.get("distinct"):
            copy.set("expressions", [*copy.expressions, *(s.copy() for s in shown)])
        elif len(copy.expressions) > len(shown):
            return False
        limit = copy.args.get("limit")
        if limit is not None:
            limit.expression.replace(exp.Literal.number(int(limit.expression.name) + 1))
        found = self.databases.ask(copy.sql("sqlite", copy=False))
        by = [tuple(r[-len(shown) :]) for r in found or ()]
        return bool(by) and all(a != b and None not in (*a, *b) for a, b in pairwise(by))

    def _steady(self, tree: Any, sql: str, rows: Rows, ordered: bool) -> bool:
        """Whether rounding gives the same where the figure is a little greater or less."""
        if "ROUND(" not in sql:
            return True
        for moved in (exp.Add, exp.Sub):
            copy = tree.copy()
            for node in list(copy.find_all(exp.Round)):
                step = exp.Literal.number("0.0000001")
                node.set("this", moved(this=exp.Paren(this=node.this.copy()), expression=step))
            if not same(rows, self.databases.ask(copy.sql("sqlite", copy=False)) or (), ordered):
                return False
        return True
