"""One partition of one table, written to staging in every format, with what the manifest says about each file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from synthgen.columns import Column
from synthgen.export.base import ColumnExporter, Exporter
from synthgen.export.layout import part_path
from synthgen.export.manifest import FileEntry, digest_file
from synthgen.export.storage import start_writing, storage


def write_partition(
    columns: Mapping[str, Column],
    exporters: Mapping[str, Exporter],
    staging: Path,
    stem: str,
    partition: int = 0,
    partitions: int = 1,
) -> list[FileEntry]:
    """Write the columns once per exporter (keyed by format) below `staging`, and hash what was written.

    Formats that take columns as generated never see their strings. Raises SynthgenError where the disk refuses.
    """
    entries = []
    rows = len(next(iter(columns.values()))) if columns else 0
    frame: pl.DataFrame | None = None
    for format_, exporter in exporters.items():
        relative = part_path(stem, exporter.suffix, partition, partitions)
        path = staging / relative
        with storage(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(exporter, ColumnExporter):
                exporter.write_columns(columns, path)
            else:
                if frame is None:
                    frame = pl.DataFrame({name: column.values for name, column in columns.items()})
                exporter.write(frame, path)
            digest, size = digest_file(path)
            start_writing(path)
        entries.append(FileEntry(path=relative, format=format_, rows=rows, bytes=size, sha256=digest))
    return entries
