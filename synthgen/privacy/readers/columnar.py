"""Parquet and Arrow files, by record batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from synthgen.privacy.readers import base
from synthgen.privacy.readers.base import Batch, arrow_batch


def parquet(path: Path) -> Iterator[Batch]:
    """Rows in pieces, whatever the size of the row groups."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for piece in file.iter_batches(batch_size=base.ROWS):
            yield arrow_batch(piece)


def arrow(path: Path) -> Iterator[Batch]:
    """Both forms: the file with a footer, and the stream."""
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        try:
            file = pa.ipc.open_file(source)
            for i in range(file.num_record_batches):
                yield arrow_batch(file.get_batch(i))
        except pa.ArrowInvalid:
            source.seek(0)
            for piece in pa.ipc.open_stream(source):
                yield arrow_batch(piece)
