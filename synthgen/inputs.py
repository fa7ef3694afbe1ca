"""What a run read besides the recipe, kept inside the export, so that rows can be made again from the export alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from synthgen.artifacts import Finding
from synthgen.export.compare import compare_rows
from synthgen.export.layout import RECIPE
from synthgen.export.manifest import InputEntry, InputRole, Manifest, TableEntry
from synthgen.export.reading import preferred_files, read_cases, read_rows, scan_columns
from synthgen.plan.dirty import SIDE
from synthgen.plan.model import Plan
from synthgen.plan.planting import Planter
from synthgen.plan.sides import sides
from synthgen.plan.world import World
from synthgen.produce import frame_of
from synthgen.recipe.model import Recipe
from synthgen.recipe.paths import copy_name
from synthgen.seeds import draws, stream_key

FOLDER = "inputs"


@dataclass(frozen=True)
class Copy:
    """A file to copy into the export."""

    path: str
    content: bytes
    role: InputRole


def copies(recipe: Recipe, plan: Plan, answers: Mapping[str, bytes] | None = None) -> list[Copy]:
    """The recipe, its contracts, reference tables, lookup files and templates; `answers` of models by their file."""
    found = {RECIPE: Copy(RECIPE, recipe.data, "recipe")}
    for table in plan.tables.values():
        written = table.spec.node.value.get("schema")
        if table.spec.contract is not None and isinstance(written, str):
            file = written.partition("#")[0]
            path = f"{FOLDER}/{copy_name(file)}"
            found[path] = Copy(path, (recipe.source.resolve().parent / file).read_bytes(), "contract")
        reference = table.spec.reference
        if reference is not None and reference.file is not None:
            path = f"{FOLDER}/{copy_name(reference.file)}"
            found[path] = Copy(path, reference.kept, "reference")
        for file, role in _read(table.spec.node.value):
            path = f"{FOLDER}/{copy_name(file)}"
            found[path] = Copy(path, (recipe.root / file).read_bytes(), role)
    for file, content in (answers or {}).items():
        path = f"{FOLDER}/{copy_name(file)}"
        found[path] = Copy(path, content, "responses")
    for planned in plan.evals.values():
        for file in planned.files:
            path, source = f"{FOLDER}/{copy_name(file)}", recipe.source.resolve().parent / file
            if source.is_file():
                found[path] = Copy(path, source.read_bytes(), "eval")
    return list(found.values())


def cases(export: Path, manifest: Manifest, count: int) -> dict[str, list[dict[str, Any]]]:
    """`count` rows of each eval's case table, chosen by seed; all of them if there are fewer."""
    found = {}
    for name, entry in manifest.evals.items():
        frame = read_cases(export, entry)
        chosen = draws(stream_key(manifest.seed, name, "#verify"), 0, count) % np.uint64(max(1, frame.height))
        numbers = np.arange(frame.height) if count >= frame.height else np.unique(chosen)
        found[name] = frame[numbers.astype(np.int64)].to_dicts()
    return found


def _read(value: Any) -> Iterator[tuple[str, InputRole]]:
    """The files that generators read, wherever they are nested."""
    if isinstance(value, dict):
        if "lookup" in value and isinstance(value.get("file"), str):
            yield value["file"], "lookup"
        if isinstance(value.get("hierarchy"), str):
            yield value["hierarchy"], "lookup"
        template = value.get("document")
        if isinstance(template, dict) and isinstance(template.get("file"), str):
            yield template["file"], "template"
        for inner in value.values():
            yield from _read(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _read(inner)


def scanned(staging: Path, entries: Sequence[InputEntry], plan: Plan) -> list[Finding]:
    """What stands in copies of lookup files and templates, which leave with the export as they are.

    The columns that generators read are in the tables too; here the others are looked at. What a column of free shape
    declares (`pii:` with `privacy: {pii: synthetic}`) is excused.
    """
    files = {str(staging / e.path): e.path for e in entries if e.role in ("lookup", "template")}
    if not files:
        return []
    from synthgen.privacy.files import scan_paths  # its readers are many: only recipes with such files pay for them

    privacy = plan.recipe.privacy
    columns = [c for table in plan.recipe.tables.values() for c in table.columns.values()]
    free = {c.pii for c in columns} if privacy.pii == "synthetic" else set()
    found = scan_paths(list(files), "none" if privacy.pii == "none" else "reserved", workers=1).findings
    return [replace(f, table=files.get(f.table, f.table)) for f in found if f.entity is None or f.entity not in free]


def chosen_rows(manifest: Manifest, count: int) -> int:
    """How many rows `regenerated` makes anew, over all tables: a row that is drawn twice is made once."""
    return sum(len(_chosen(manifest, name, count)) for name, table in manifest.tables.items() if table.rows)


def _chosen(manifest: Manifest, name: str, count: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """`count` numbers of rows of a table that has some, chosen by seed; all of them if there are fewer."""
    rows = manifest.tables[name].rows
    chosen = draws(stream_key(manifest.seed, name, "#verify"), 0, count) % np.uint64(rows)
    return np.arange(rows, dtype=np.uint64) if count >= rows else np.unique(chosen)


def regenerated(export: Path, manifest: Manifest, world: World, count: int) -> list[Finding]:
    """Findings where `count` rows of each table differ from what recipe and seed give; the rows are chosen by seed."""
    found: list[Finding] = []
    for name, table in manifest.tables.items():
        planter = Planter(world, name) if name in world.plan.tables and world.plan.tables[name].dirty else None
        if name not in world.plan.tables or _differs(world, table, name, planter):
            message = "the recipe in this export does not give this many rows"
            found.append(Finding("integrity", name, message=message))
            continue
        if not table.rows:
            continue
        numbers = _chosen(manifest, name, count)
        exported = read_rows(export, manifest, name, [int(n) for n in numbers])
        whole = numbers + np.uint64(table.first_row)
        planted = planter.at(numbers.astype(np.int64)) if planter else None
        made = frame_of(planted.columns if planted else world.rows_at(name, whole).frame())
        found += compare_rows(exported, made, name, [int(n) for n in numbers])
        if planted is not None:
            found += _side(export, table, name, SIDE, frame_of(planted.truth), numbers)
        numbers = whole[whole < np.uint64(world.size(name))]  # a dirty table has more rows than its clean one
        for side, lines in sides(world.rows_at(name, numbers)).items():
            found += _side(export, table, name, side, frame_of(lines), numbers)
    return found


def _differs(world: World, table: TableEntry, name: str, planter: Planter | None) -> bool:
    """Whether a table has other rows than the recipe gives it."""
    if planter is not None:
        return table.rows != planter.total
    return (table.first_row, table.first_row + table.rows) != (world.first(name), world.size(name))


def _side(
    export: Path, table: TableEntry, name: str, side: str, made: pl.DataFrame, numbers: np.ndarray[Any, Any]
) -> list[Finding]:
    """Findings where a truth file says something else about these rows than recipe and seed do."""
    label, entry = f"{name}.{side}", table.sides.get(side)
    if entry is None:
        return [
            Finding("integrity", label, message="the recipe in this export makes this truth file, and it is missing")
        ]
    lines = scan_columns(export, entry, made.columns)
    first = made.columns[0]
    about = pl.col(first).cast(pl.Int64).is_in(pl.Series(numbers.astype(np.int64)).implode())
    exported = lines.filter(about).collect()
    return compare_rows(exported.drop("#row"), made, label, exported["#row"].to_list())


def leaked(export: Path, manifest: Manifest, sources: Sequence[Path]) -> tuple[list[Finding], list[dict[str, Any]]]:
    """Findings where tables and cases of an export hold something of sources, and what the sources are."""
    from synthgen.privacy.leakage.sources import checked_files, open_source  # readers: only this check pays for them

    opened = [open_source(path) for path in sources]
    files: dict[str, list[Path]] = {
        n: [export / f.path for f in preferred_files(t)] for n, t in manifest.with_sides().items()
    }
    files |= {name: [export / file.path for file in entry.files[:1]] for name, entry in manifest.evals.items()}
    return checked_files(opened, files), [source.describe() for source in opened]
