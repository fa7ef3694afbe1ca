"""One graph over the columns of all tables: who reads whom. A cycle is a problem that names its path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from synthgen.errors import Problem
from synthgen.generator import Generator, ReadsBelow
from synthgen.plan.model import COUNT, ColumnKey, PlannedTable, Reference
from synthgen.relations.foreign_key import ForeignKey


def order_columns(
    tables: Mapping[str, PlannedTable],
    references: Mapping[tuple[str, str], Reference],
    parts: Mapping[ColumnKey, Iterable[Generator]],
) -> tuple[tuple[ColumnKey, ...], list[Problem]]:
    """Columns (and `#count` nodes) in an order in which each comes after what it reads; or the problem of a cycle.

    `parts` are the generators of each column, those nested in it included.
    """
    graph: dict[ColumnKey, set[ColumnKey]] = {}
    for table in tables.values():
        for column in table.columns.values():
            key = (table.name, column.name)
            edges = {k for n in column.needs for k in _led(references, table.name, n)}
            graph[key] = edges | set(_counted(table.name, tables)) | set(_beyond(parts.get(key, ()), tables))
        if table.count is not None and table.spec.per is not None:
            edges = {k for n in table.count.needs for k in _led(references, table.spec.per, n)}
            nested = parts.get((table.spec.per, f"{COUNT}:{table.name}"), ())
            graph[(table.name, COUNT)] = edges | set(_counted(table.spec.per, tables)) | set(_beyond(nested, tables))
    try:
        return tuple(TopologicalSorter(graph).static_order()), []
    except CycleError as error:
        loop: list[ColumnKey] = list(reversed(error.args[1]))
        words = " -> ".join(f"{t}.{c}" for t, c in loop)
        at, name = next(((t, c) for t, c in loop if c != COUNT), loop[0])
        node = tables[at].columns[name].node if name != COUNT else tables[at].spec.node
        remedy = "compute one of them without the other"
        return (), [node.problem("cycle", f"columns need each other: {words}", remedy)]


def _beyond(parts: Iterable[Generator], tables: Mapping[str, PlannedTable]) -> Iterator[ColumnKey]:
    """What relations read at other rows: those of the target, or child rows."""
    for generator in parts:
        if isinstance(generator, ForeignKey):
            yield from generator.looks_up
            yield from _counted(generator.table, tables)
        if isinstance(generator, ReadsBelow):
            yield from generator.reads_below
            for table in generator.tables_below:
                yield from _counted(table, tables)


def _counted(table: str, tables: Mapping[str, PlannedTable]) -> Iterator[ColumnKey]:
    if tables[table].count is not None:
        yield (table, COUNT)


def _led(references: Mapping[tuple[str, str], Reference], table: str, name: str) -> Iterator[ColumnKey]:
    found = references[(table, name)]
    yield (found.table, found.column)
    if found.via is not None:
        yield (table, found.via)
