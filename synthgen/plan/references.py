"""Where a name leads: this table's column, an ancestor's, or the row that a reference column picked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from synthgen.plan.model import Reference
from synthgen.recipe.model import TableSpec
from synthgen.registry import did_you_mean


class UnknownReferenceError(Exception):
    """A name that leads nowhere, or to two places; `remedy` says what to write."""

    def __init__(self, message: str, remedy: str | None) -> None:
        super().__init__(message)
        self.remedy = remedy


def splits(reference: str) -> Iterable[tuple[str, str]]:
    """Every way to read a dotted name as (left, right); names may hold dots themselves."""
    for i, letter in enumerate(reference):
        if letter == "." and 0 < i < len(reference) - 1:
            yield reference[:i], reference[i + 1 :]


def targets(spec: TableSpec, tables: Mapping[str, TableSpec]) -> dict[str, str]:
    """Reference columns of a table, with the table that each refers to (links and `with` companions included)."""
    found = {}
    for name, column in spec.columns.items():
        if column.generator == "ref" and isinstance(column.options.get("ref"), str):
            table = target_table(column.options["ref"], tables)
            if table is not None:
                found[name] = table
    return found


def target_table(reference: str, tables: Mapping[str, TableSpec]) -> str | None:
    """The table that `table` or `table.column` names."""
    if reference in tables:
        return reference
    return next((left for left, _ in splits(reference) if left in tables), None)


def link_of(spec: TableSpec, tables: Mapping[str, TableSpec]) -> str | None:
    """The column that holds the parent row's key in a table with `per`: its first plain reference to that table."""
    refs = targets(spec, tables)
    for name, table in refs.items():
        options = spec.columns[name].options
        if table == spec.per and not {"pick", "where", "with"} & options.keys() and not spec.columns[name].null:
            return name
    return None


def resolve(reference: str, spec: TableSpec, tables: Mapping[str, TableSpec]) -> Reference:
    """Where `reference` leads from a row of `spec`; raises UnknownReferenceError."""
    if reference in spec.order:
        return Reference("own", spec.name, reference)
    chain = ancestors(spec, tables)
    refs = targets(spec, tables)
    unknown: UnknownReferenceError | None = None
    for left, right in splits(reference):
        if left in refs and left not in tables:
            return _via(left, refs[left], right, tables)
        if left not in tables:
            continue
        if right not in tables[left].order:
            message = f"table {left} has no column '{right}'"
            unknown = UnknownReferenceError(message, did_you_mean(right, tables[left].order))
            continue
        if left in chain:
            return Reference("up", left, right, up=chain.index(left) + 1)
        via = [name for name, table in refs.items() if table == left]
        plain = [name for name in via if "with" not in spec.columns[name].options]
        if len(plain) == 1:
            return Reference("via", left, right, via=plain[0])
        if not via and left == spec.name:
            unknown = UnknownReferenceError(f"'{reference}' is a column of {left} itself", f"write {right}")
        elif not via:
            message = f"{spec.name} has no reference to {left}, so '{reference}' leads nowhere"
            unknown = UnknownReferenceError(message, f"add a column with 'ref: {left}' to {spec.name}")
        else:
            message = f"'{reference}' could go through {' or '.join(plain)}"
            unknown = UnknownReferenceError(message, f"write {plain[0]}.{right} or {plain[1]}.{right}")
    if unknown is not None:
        raise unknown
    known = [*spec.order, *(f"{t}.{c}" for t in dict.fromkeys((*chain, *refs.values())) for c in tables[t].order)]
    raise UnknownReferenceError(f"there is no column '{reference}' in {spec.name}", did_you_mean(reference, known))


def _via(column: str, table: str, wanted: str, tables: Mapping[str, TableSpec]) -> Reference:
    if wanted not in tables[table].order:
        raise UnknownReferenceError(
            f"table {table} has no column '{wanted}'", did_you_mean(wanted, tables[table].order)
        )
    return Reference("via", table, wanted, via=column)


def ancestors(spec: TableSpec, tables: Mapping[str, TableSpec]) -> list[str]:
    """The `per` chain upwards: parent first. Stops at a cycle or an unknown table."""
    found: list[str] = []
    above = spec.per
    while above is not None and above in tables and above not in found and above != spec.name:
        found.append(above)
        above = tables[above].per
    return found
