"""Is an export what its manifest says it is? Reads everything again; findings name file, table, column and row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import polars as pl

from synthgen.artifacts import Finding
from synthgen.errors import BlockedError, Problem, usage
from synthgen.export.layout import MANIFEST, SIGNATURE
from synthgen.export.manifest import FORMAT, Manifest, ReferenceEntry, TableEntry, canonical, digest_file, own_digest
from synthgen.export.reading import preferred_files, scan_columns
from synthgen.export.target import files


def read_manifest(export: Path) -> Manifest:
    """The manifest of an export.

    Raises UsageError where the folder is no export, or one of a newer form; BlockedError where the manifest is damaged.
    """
    if not export.is_dir():
        raise usage("not-an-export", f"{export} is not a folder", "name the folder that a run has written")
    path = export / MANIFEST
    if not path.is_file() or path.is_symlink():
        message = f"{export} has no {MANIFEST}"
        raise usage("not-an-export", message, "name the folder that a run has written")
    written = path.read_bytes()
    try:
        content = json.loads(written)
        intact = canonical(content) == written and own_digest(content) == content["sha256"]
        if intact and content["format"] != FORMAT:
            message = f"{path} has form {content['format']}; this version reads form {FORMAT}"
            raise usage("unknown-form", message, f"use synthgen {content['synthgen']}")
        if intact:
            return Manifest.model_validate_json(written)
        what = "was changed after it was written"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what = f"is not a manifest ({type(error).__name__})"
    raise BlockedError(Problem("integrity", f"{MANIFEST} {what}", remedy="write the export again"))


def verify_files(export: Path) -> list[Finding]:
    """Everything that is not as the manifest says; empty for an export that is as it was published.

    Checked are the manifest itself, every file's presence, size and sha256, files that nobody lists, and, in the best
    format that the export has, row counts, keys, unique groups and references. Raises UsageError for a folder that is
    no export. A table whose files have changed is not read any further.
    """
    try:
        manifest = read_manifest(export)
    except BlockedError as error:
        return [Finding("integrity", "", message=problem.message) for problem in error.problems]
    findings = [*_files(export, manifest)]
    damaged = {finding.table for finding in findings}
    for name, table in manifest.with_sides().items():
        if name in damaged:
            continue
        findings += _guarded(name, partial(_count, export, name, table))
        for columns in (table.key, *table.unique):
            if columns:
                findings += _guarded(name, partial(_keys, export, name, table, columns))
        for reference in table.references:
            parent = manifest.tables.get(reference.table)
            if parent is not None and reference.table not in damaged:
                findings += _guarded(name, partial(_orphans, export, name, table, reference, parent))
    return findings


def _files(export: Path, manifest: Manifest) -> Iterator[Finding]:
    """Listed files that are missing or changed, and files that are not listed."""
    listed = manifest.listed()
    for table, relative, size, digest in listed:
        path = export / relative
        if _linked(export, path) or not path.is_file():
            yield Finding("integrity", table, message=f"{relative} is missing")
            continue
        try:
            found = digest_file(path)
        except OSError as error:
            yield Finding("integrity", table, message=f"{relative} cannot be read ({type(error).__name__})")
            continue
        if found != (digest, size):
            yield Finding("integrity", table, message=f"{relative} was changed: its sha256 is another")
    expected = {relative for _, relative, _, _ in listed} | {MANIFEST, SIGNATURE}
    for relative in files(export):
        if relative not in expected or (relative == SIGNATURE and (export / relative).is_symlink()):
            yield Finding("integrity", "", message=f"{relative} is not part of the export")


def _linked(export: Path, path: Path) -> bool:
    """Whether a file, or a folder on the way to it, is a link: what it shows can change without the export."""
    return any(p.is_symlink() for p in (path, *path.parents) if p != export and export in p.parents)


def _guarded(table: str, check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """The findings of a check; that the data cannot be read is a finding too."""
    try:
        return list(check())
    except (Exception, pl.exceptions.PanicException) as error:  # what a broken file does to a reader is unbounded
        return [Finding("integrity", table, message=f"its files cannot be read ({type(error).__name__})")]


def _count(export: Path, name: str, table: TableEntry) -> Iterator[Finding]:
    rows = scan_columns(export, table, [table.columns[0].name]).select(pl.len()).collect(engine="streaming").item()
    listed = sum(file.rows for file in preferred_files(table))
    if not rows == listed == table.rows:
        yield Finding("integrity", name, message=f"has {rows:,} rows, its manifest says {table.rows:,}")


def _keys(export: Path, name: str, table: TableEntry, columns: tuple[str, ...]) -> Iterator[Finding]:
    """Nulls in the key, and rows that share a key or a unique group's values; as in SQL, nulls are never equal."""
    rows = scan_columns(export, table, columns)
    holes = rows.filter(pl.any_horizontal(pl.col(columns).is_null()))
    if columns == table.key:
        yield from _found(holes, name, columns, "a key is null")
    groups = rows.drop_nulls(columns).group_by(columns).agg(pl.col("#row").min(), pl.len().alias("#count"))
    yield from _found(groups.filter(pl.col("#count") > 1), name, columns, "rows share what must be unique")


def _orphans(
    export: Path, name: str, table: TableEntry, reference: ReferenceEntry, parent: TableEntry
) -> Iterator[Finding]:
    """Rows that refer to nothing; a reference with a null in it refers to nothing on purpose."""
    child = scan_columns(export, table, reference.columns).drop_nulls(reference.columns)
    keys = scan_columns(export, parent, reference.references).drop("#row")
    ours, theirs = child.collect_schema(), keys.collect_schema()
    if [ours[c] for c in reference.columns] != [theirs[c] for c in reference.references]:
        child = child.with_columns(pl.col(reference.columns).cast(pl.String))
        keys = keys.select(pl.all().cast(pl.String))
    orphans = child.join(keys, left_on=reference.columns, right_on=reference.references, how="anti")
    yield from _found(orphans, name, reference.columns, f"no such row in {reference.table}")


def _found(rows: pl.LazyFrame, table: str, columns: Sequence[str], what: str) -> Iterator[Finding]:
    """One finding for all the rows, if there are any, at the first of them."""
    counted = pl.col("#count").sum() if "#count" in rows.collect_schema() else pl.len()
    count, row = rows.select(counted.alias("n"), pl.col("#row").min()).collect(engine="streaming").row(0)
    if row is not None:
        yield Finding("integrity", table, ", ".join(columns), row, count=count, message=what)
