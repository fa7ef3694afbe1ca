"""One graph over the columns of all tables: who reads whom. A cycle is a problem that names its path."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from synthgen.errors import Problem
from synthgen.plan.model import COUNT, ColumnKey, PlannedColumn, PlannedTable, Reference
from synthgen.relations.aggregate import Aggregate
from synthgen.relations.foreign_key import ForeignKey


def order_columns(
    tables: dict[str, PlannedTable], references: dict[tuple[str, str], Reference]
) -> tuple[tuple[ColumnKey, ...], list[Problem]]:
    """Columns (and `#count` nodes) in an order in which each comes after what it reads; or the problem of a cycle."""
    graph: dict[ColumnKey, set[ColumnKey]] = {}
    for table in tables.values():
        for column in table.columns.values():
            graph[(table.name, column.name)] = set(_reads(column, tables, references))
        if table.count is not None and table.spec.per is not None:
            edges = {k for n in table.count.needs for k in _led(references, table.spec.per, n)}
            graph[(table.name, COUNT)] = edges | set(_counted(table.spec.per, tables))
    try:
        return tuple(TopologicalSorter(graph).static_order()), []
    except CycleError as error:
        loop: list[ColumnKey] = list(reversed(error.args[1]))
        words = " -> ".join(f"{t}.{c}" for t, c in loop)
        at, name = next(((t, c) for t, c in loop if c != COUNT), loop[0])
        node = tables[at].columns[name].node if name != COUNT else tables[at].spec.node
        remedy = "compute one of them without the other"
        return (), [node.problem("cycle", f"columns need each other: {words}", remedy)]


def _reads(
    column: PlannedColumn, tables: dict[str, PlannedTable], references: dict[tuple[str, str], Reference]
) -> Iterator[ColumnKey]:
    yield from _counted(column.table, tables)
    for name in column.needs:
        yield from _led(references, column.table, name)
    generator = column.generator
    if isinstance(generator, ForeignKey):
        yield from generator.looks_up
        yield from _counted(generator.table, tables)
    if isinstance(generator, Aggregate):
        yield from generator.reads_below
        yield from _counted(generator.table, tables)


def _counted(table: str, tables: dict[str, PlannedTable]) -> Iterator[ColumnKey]:
    if tables[table].count is not None:
        yield (table, COUNT)


def _led(references: dict[tuple[str, str], Reference], table: str, name: str) -> Iterator[ColumnKey]:
    found = references[(table, name)]
    yield (found.table, found.column)
    if found.via is not None:
        yield (table, found.via)
