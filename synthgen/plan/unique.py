"""Unique groups: proves before a row is made that keys can be unique, and decides how columns take their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import prod

from synthgen.errors import Problem
from synthgen.plan.model import Enumerated, PlannedColumn, PlannedTable
from synthgen.recipe.model import Node
from synthgen.relations.foreign_key import DistinctWithinParent, ForeignKey
from synthgen.relations.kept import KeptColumn

Size = Callable[[str], int]
_HUGE = 2**60
_PLENTY = 1_000_000  # children of one parent that a key must tell apart where nothing bounds their count
_ROOM = 64  # rows of a target that is picked by popularity: with fewer, the count is to be bounded first


@dataclass
class _Group:
    """One group while it is decided."""

    table: PlannedTable
    names: tuple[str, ...]
    columns: dict[str, PlannedColumn]
    node: Node
    driven: set[str] = field(default_factory=set)


def groups(table: PlannedTable) -> Iterator[tuple[str, ...]]:
    """The key, every unique group and every unique column of a table, each once."""
    spec = table.spec
    single = [(c.name,) for c in spec.columns.values() if c.unique]
    seen: set[frozenset[str]] = set()
    for group in [spec.key, *spec.unique, *single]:
        if group and frozenset(group) not in seen:
            seen.add(frozenset(group))
            yield group


def make_unique(table: PlannedTable, size: Size) -> tuple[PlannedTable, list[Problem]]:
    """The table with its columns bound so that every group is unique by construction, and what is impossible."""
    columns, problems = dict(table.columns), []
    proven: list[frozenset[str]] = []
    driven: set[str] = set()
    limit = table.limit
    for names in groups(table):
        if any(name not in columns for name in names):
            continue  # reported by the loader or the builder
        group = _Group(table, names, columns, _where(table, names), driven)
        problems += _nullable(group)
        problems += _crowded(group, size)
        within = _within_parent(group)
        kept = all(isinstance(columns[n].generator, KeptColumn) for n in names)  # seen to hold when it was read
        if kept or any(_differs(columns[n], within) for n in names) or any(p <= set(names) for p in proven):
            proven.append(frozenset(names))
            continue
        found, cap = _per_parent(group, size, problems) if within else (_per_table(group, size, problems), None)
        columns.update(found)
        driven |= found.keys()
        proven.append(frozenset(names))
        if cap is not None:
            limit = cap if limit is None else min(limit, cap)
    return replace(table, columns=columns, limit=limit), problems


def _where(table: PlannedTable, names: tuple[str, ...]) -> Node:
    spec = table.spec
    if names == spec.key:
        return spec.node.at("key")
    if names in spec.unique:
        return spec.node.at("unique")
    return table.columns[names[0]].node if names[0] in table.columns else spec.node


def _nullable(group: _Group) -> list[Problem]:
    if group.names != group.table.spec.key:
        return []
    loose = [n for n in group.names if group.columns[n].null or group.columns[n].condition is not None]
    return [
        group.columns[n].node.problem(
            "nullable-key", f"{n} is part of the key, so it cannot be null", "remove null and if"
        )
        for n in loose
    ]


def _differs(column: PlannedColumn, within: bool) -> bool:
    """Whether a column alone tells rows apart: all of the table, or, beside the parent's key, those of one parent."""
    return column.generator.distinct or (within and bool(getattr(column.generator, "apart", False)))


def _crowded(group: _Group, size: Size) -> list[Problem]:
    """An attribute of an entity that must differ in more rows of a child table than it has values."""
    column = group.columns[group.names[0]]
    room = getattr(column.generator, "room", None)
    if room is None or len(group.names) > 1 or group.table.spec.per is None or size(group.table.name) <= room:
        return []
    rows = size(group.table.name)
    message = f"{column.name} must be unique in {rows:,} rows, but only {room:,} different values exist"
    return [group.node.problem("impossible-unique", message, f"make at most {room:,} rows, or drop unique")]


def _within_parent(group: _Group) -> bool:
    link = group.table.link
    if link is None:
        return False
    shared = {
        n for n, c in group.columns.items() if isinstance(c.generator, ForeignKey) and c.generator.params.with_ == link
    }
    return bool(({link} | shared) & set(group.names))


def _members(group: _Group, size: Size) -> list[tuple[str, int]]:
    """Columns of the group that can take their values by rank, references first, with their capacities."""
    found = []
    for name in group.names:
        generator = group.columns[name].generator
        if name in group.driven or name == group.table.link:
            continue
        if isinstance(generator, ForeignKey):
            capacity = size(generator.table) if _plain(generator) else None
        else:
            capacity = generator.capacity
        if capacity:
            found.append((name, capacity))
    return sorted(found, key=lambda m: (not isinstance(group.columns[m[0]].generator, ForeignKey), -m[1]))


def _plain(generator: ForeignKey) -> bool:
    return not (generator.where or generator.params.with_ is not None or generator.link)


def _skewed(column: PlannedColumn) -> bool:
    return isinstance(column.generator, ForeignKey) and not column.generator.is_uniform


def _refers_to_itself(column: PlannedColumn) -> bool:
    """Whether it is a reference into its own table: made distinct over the whole table, as one ring, or not at all."""
    return isinstance(column.generator, ForeignKey) and column.generator.table == column.table


def _per_parent(group: _Group, size: Size, problems: list[Problem]) -> tuple[dict[str, PlannedColumn], int | None]:
    table = group.table
    assert table.count is not None
    most = table.count.bounds[1]
    if most is not None and most <= 1:
        return {}, None
    members = [(n, c) for n, c in _members(group, size) if not _refers_to_itself(group.columns[n])]
    chosen = _enough(members, _PLENTY if most is None else int(most))
    if most is None and chosen and _skewed(group.columns[chosen[0][0]]) and chosen[0][1] >= _ROOM:
        chosen = chosen[:1]
    capacity = min(prod(c for _, c in chosen), _HUGE)
    words = ", ".join(group.names)
    if not chosen:
        message = f"({words}) cannot be made unique: no column besides {table.link} tells the rows of one parent apart"
        problems.append(group.node.problem("impossible-unique", message, "add a column with id, ref, choice or date"))
        return {}, None
    if most is not None and most > capacity:
        message = f"a {table.spec.per} row can have {int(most):,} {table.name}, but ({words}) allows {capacity:,}"
        problems.append(group.node.problem("impossible-unique", message, f"cap the count with range: [0, {capacity}]"))
        return {}, None
    only = group.columns[chosen[0][0]]
    if isinstance(only.generator, ForeignKey) and only.generator.weight is not None:
        message = f"{only.name} is picked without repeats among the rows of one parent, so weights cannot skew it"
        problems.append(only.node.problem("contradiction", message, "remove pick, or write pick: {zipf: 1}"))
        return {}, None
    if len(chosen) == 1 and isinstance(only.generator, ForeignKey) and _skewed(only):
        return {only.name: replace(only, generator=DistinctWithinParent.of(only.generator))}, capacity
    for name, rows in [(n, c) for n, c in chosen if _skewed(group.columns[n])]:
        message = f"several columns of ({words}) tell the rows of one parent apart, so 'pick' cannot skew {name}"
        remedy = f"cap the count with range: [0, {rows}], or remove pick"
        problems.append(group.columns[name].node.problem("contradiction", message, remedy))
    return _digits(group, chosen, "parent"), capacity


def _per_table(group: _Group, size: Size, problems: list[Problem]) -> dict[str, PlannedColumn]:
    rows = size(group.table.name)
    members = _members(group, size)
    chosen = _enough(members, rows)
    capacity = min(prod(c for _, c in chosen), _HUGE) if chosen else 0
    if rows <= 1:
        return {}
    words = group.names[0] if len(group.names) == 1 else f"({', '.join(group.names)})"
    if not chosen:
        message = f"{words} must be unique, but its generator cannot promise distinct values"
        remedy = "use id, a pattern, an integer or date range or a unique ref, or drop unique"
        problems.append(group.node.problem("impossible-unique", message, remedy))
        return {}
    if capacity < rows:
        message = f"{words} must be unique in {rows:,} rows, but only {capacity:,} different values exist"
        remedy = f"lower the rows to {capacity:,}, widen the generator, or drop unique"
        problems.append(group.node.problem("impossible-unique", message, remedy))
        return {}
    for name, _ in chosen:
        if _skewed(group.columns[name]):
            message = f"{name} is picked without repeats over the whole table, so 'pick' cannot skew it"
            remedy = "remove pick, or make the table per one of its parents"
            problems.append(group.columns[name].node.problem("contradiction", message, remedy))
    return _digits(group, chosen, "table")


def _enough(members: list[tuple[str, int]], wanted: int | None) -> list[tuple[str, int]]:
    """The first members whose capacities multiply to at least `wanted` (all of them, where nothing bounds it)."""
    chosen: list[tuple[str, int]] = []
    for name, capacity in members:
        total = prod(c for _, c in chosen)
        if chosen and wanted is not None and total >= wanted:
            break
        if total * capacity > _HUGE:
            chosen.append((name, max(1, _HUGE // total)))
            break
        chosen.append((name, capacity))
    return chosen


def _digits(group: _Group, chosen: list[tuple[str, int]], scope: str) -> dict[str, PlannedColumn]:
    modulus = prod(c for _, c in chosen)
    stream = "#unique:" + ",".join(group.names)
    found, divisor = {}, 1
    for name, capacity in chosen:
        how = Enumerated("parent" if scope == "parent" else "table", stream, modulus, divisor, capacity)
        found[name] = replace(group.columns[name], enumerated=how)
        divisor *= capacity
    return found
