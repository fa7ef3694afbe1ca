"""Holds recipes with growing tables to their promise: rows that were made stay as they are when days are added."""

from __future__ import annotations

from collections.abc import Iterator

from synthgen.errors import Problem
from synthgen.generator import BuildError
from synthgen.generators.growth import GrowthTime
from synthgen.plan.build import Builder
from synthgen.plan.references import ancestors
from synthgen.recipe.model import TableSpec
from synthgen.relations.copy import Copy
from synthgen.relations.foreign_key import ForeignKey


def unstable(builder: Builder) -> list[Problem]:
    """References whose candidates change as days are added, and defects whose number does."""
    growing = {name for name in builder.tables if _root(builder, name).days is not None}
    if not growing:
        return []
    found = [
        spec.dirty.problem("contradiction", f"{name} grows by day, so its defects would change", "remove 'dirty'")
        for name, spec in builder.tables.items()
        if name in growing and spec.dirty is not None
    ]
    return [*found, *_references(builder, growing)]


def _root(builder: Builder, name: str) -> TableSpec:
    chain = ancestors(builder.tables[name], builder.tables)
    return builder.tables[chain[-1] if chain else name]


def _references(builder: Builder, growing: set[str]) -> Iterator[Problem]:
    for (table, column), parts in builder.parts.items():
        for key in parts:
            if not isinstance(key, ForeignKey) or key.table not in growing or key.link or key.params.with_:
                continue
            node = builder.node(table, column) if column in builder.tables[table].order else builder.tables[table].node
            if table not in growing:
                message = f"{table} does not grow, but {table}.{column} refers to {key.table}, which does"
                remedy = f"its picks would change as days are added: give {table} 'growth:' too"
                yield node.problem("not-append-only", message, remedy)
            elif not _of_the_past(builder, table, key):
                message = f"{table}.{column} could pick rows of {key.table} that come on later days"
                remedy = 'add where: "parent.TIME <= TIME", both of them made by growth (or copied from such a column)'
                yield node.problem("not-append-only", message, remedy)


def _of_the_past(builder: Builder, table: str, key: ForeignKey) -> bool:
    """Whether a condition keeps the picked row's day to the own row's or before."""
    where = key.where
    if where is None or where.unequal is None or where.unequal[1] not in ("<", "<="):
        return False
    theirs, _, ours = where.unequal
    own = builder.references.get((table, ours))
    return own is not None and _tells_day(builder, key.table, theirs) and _tells_day(builder, own.table, own.column)


def _tells_day(builder: Builder, table: str, column: str) -> bool:
    try:
        made = builder.generator(table, column)
    except BuildError:
        return True  # reported already
    if isinstance(made, Copy):
        led = builder.references.get((table, made.source))
        return led is not None and _tells_day(builder, led.table, led.column)
    return isinstance(made, GrowthTime)
