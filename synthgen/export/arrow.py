"""Arrow IPC files (Feather version 2), zstd at level 1, every type as it is."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa

from synthgen.export.base import plain

BATCH_ROWS = 131_072
"""Rows per record batch. Fixed, so that bytes depend on the frame alone."""


class Arrow:
    """Writes and reads one Arrow IPC file."""

    suffix = ".arrow"

    def write(self, frame: pl.DataFrame, path: Path) -> None:
        """Write the frame; Enum and Categorical become strings, nothing else changes on the way back."""
        table = plain(frame).to_arrow()
        options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", 1))
        with pa.ipc.new_file(path, table.schema, options=options) as writer:
            writer.write_table(table, max_chunksize=BATCH_ROWS)

    def read(self, path: Path) -> pl.DataFrame:
        """Read a file that `write` made."""
        return pl.read_ipc(path)
