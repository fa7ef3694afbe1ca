"""What the manifest says about tables: columns with generators and proofs, keys, references, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from synthgen.columns import Declared
from synthgen.export.layout import side_stem, stems
from synthgen.export.manifest import ColumnEntry, DirtyEntry, FileEntry, ProofEntry, ReferenceEntry, TableEntry
from synthgen.plan.model import ColumnKey, Plan, PlannedTable
from synthgen.plan.unique import groups
from synthgen.plan.world import World
from synthgen.produce import Produced, SideMade
from synthgen.relations.foreign_key import ForeignKey


def table_entries(
    plan: Plan, world: World, done: Sequence[Produced], llm: Mapping[ColumnKey, dict[str, Any]] | None = None
) -> dict[str, TableEntry]:
    """One entry per table; files by format, partitions in row order. `llm` is what columns of a model took."""
    names = stems(plan.tables)
    files: dict[str, list[FileEntry]] = {name: [] for name in plan.tables}
    sides: dict[str, dict[str, list[SideMade]]] = {name: {} for name in plan.tables}
    declared: dict[str, dict[str, Declared]] = {name: {} for name in plan.tables}
    for part in done:
        for name, entries in part.files.items():
            files[name] += entries
            declared[name] |= part.declared[name]
            for side, made in part.sides.get(name, {}).items():
                sides[name].setdefault(side, []).append(made)
    formats = plan.recipe.export.formats
    return {
        name: TableEntry(
            rows=sum(f.rows for f in files[name] if f.format == formats[0]),
            stem=names[name],
            first_row=world.first(name),
            columns=_columns(table, declared[name], llm or {}),
            key=table.spec.key if _held(table, table.spec.key) else (),
            unique=tuple(g for g in groups(table) if g != table.spec.key and _held(table, g)),
            references=tuple(r for r in _references(table) if _leads(table, r, plan) and _whole(world, table, r)),
            dirty=_dirty(table, world.size(name), [part.planted.get(name, Counter()) for part in done]),
            files=tuple(sorted(files[name], key=lambda f: formats.index(f.format))),
            sides={side: _side(side_stem(names[name], side), made, formats) for side, made in sides[name].items()},
        )
        for name, table in plan.tables.items()
    }


def _held(table: PlannedTable, group: tuple[str, ...]) -> bool:
    """Whether a group is as unique in what is written as it is in the clean rows."""
    dirty = table.dirty
    if dirty is None:
        return True
    if dirty.repeats and not (dirty.duplicates and dirty.duplicates.key == "new" and group == table.spec.key):
        return False
    return not set(group) & dirty.kinds.keys()


def _leads(table: PlannedTable, reference: ReferenceEntry, plan: Plan) -> bool:
    """Whether a reference leads to a row in what is written; nulls, and keys of other rows, do."""
    harmless = {"missing", "conflicts"} if len(reference.columns) == 1 else {"missing"}
    own = table.dirty.kinds if table.dirty else {}
    target = plan.tables[reference.table].dirty
    if target is not None and set(reference.references) & target.kinds.keys():
        return False
    return all(own.get(column, frozenset()) <= harmless for column in reference.columns)


def _dirty(table: PlannedTable, rows: int, planted: Sequence[Mapping[tuple[str, str], int]]) -> DirtyEntry | None:
    if table.dirty is None:
        return None
    defects: dict[str, dict[str, int]] = {}
    for counts in planted:
        for (kind, column), count in counts.items():
            by_column = defects.setdefault(kind, {})
            by_column[column or "*"] = by_column.get(column or "*", 0) + count
    return DirtyEntry(
        rows=rows,
        defects={kind: dict(sorted(defects[kind].items())) for kind in sorted(defects)},
        types={c: str(table.columns[c].dtype) for c in table.order if c in table.dirty.as_text},
        key=table.spec.key,
        unique=tuple(g for g in groups(table) if g != table.spec.key),
        references=_references(table),
    )


def _whole(world: World, table: PlannedTable, reference: ReferenceEntry) -> bool:
    """Whether all rows that a reference can lead to are in the export: of an increment, the parents of its rows are."""
    return world.first(reference.table) == 0 or reference.columns == (table.link,)


def _side(stem: str, made: Sequence[SideMade], formats: Sequence[str]) -> TableEntry:
    """A truth file beside a table, with the columns that all tasks agree on."""
    files = sorted((file for part in made for file in part.files), key=lambda f: formats.index(f.format))
    declared = {name: proof for part in made for name, proof in part.declared.items()}
    columns = [
        ColumnEntry(name=name, dtype=dtype, generator="truth", pii=_proof(declared.get(name)))
        for name, dtype in made[0].dtypes.items()
    ]
    rows = sum(file.rows for file in files if file.format == formats[0])
    return TableEntry(rows=rows, stem=stem, columns=tuple(columns), files=tuple(files), role="truth")


def _columns(
    table: PlannedTable, declared: Mapping[str, Declared], llm: Mapping[ColumnKey, dict[str, Any]]
) -> tuple[ColumnEntry, ...]:
    found = []
    for name in table.order:
        column = table.columns[name]
        proof = declared.get(name)
        found.append(
            ColumnEntry(
                name=name,
                dtype="String" if table.dirty and name in table.dirty.as_text else str(column.dtype),
                generator=column.spec.generator if column.spec else column.stream,
                pii=_proof(proof),
                truth=dict(getattr(column.generator, "truth", {})),
                llm=llm.get((table.name, name), {}),
            )
        )
    return tuple(found)


def _proof(declared: Declared | None) -> ProofEntry | None:
    return ProofEntry(entity=declared.entity, proof=declared.proof) if declared else None


def _references(table: PlannedTable) -> tuple[ReferenceEntry, ...]:
    """Foreign keys; columns that share a picked row make one composite reference."""
    found: dict[str, list[tuple[str, ForeignKey]]] = {}
    for name, column in table.columns.items():
        if isinstance(column.generator, ForeignKey):
            leader = column.generator.params.with_ or name
            found.setdefault(leader, []).append((name, column.generator))
    return tuple(
        ReferenceEntry(
            columns=tuple(name for name, _ in members),
            table=members[0][1].table,
            references=tuple(key.column for _, key in members),
        )
        for members in found.values()
    )
