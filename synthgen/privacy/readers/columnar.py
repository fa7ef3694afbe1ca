"""Parquet and Arrow files, by record batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from synthgen.privacy.readers import base
from synthgen.privacy.readers.base import Batch, Piece, arrow_batch


def pieces(path: Path, format: str) -> Iterator[Piece]:
    """Runs of row groups of about `base.PIECE` packed bytes; `start` and `stop` count row groups."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        metadata = file.metadata
        sizes = [
            sum(metadata.row_group(i).column(c).total_compressed_size for c in range(metadata.num_columns))
            for i in range(metadata.num_row_groups)
        ]
    start = packed = 0
    for i, size in enumerate(sizes):
        packed += size
        if packed >= base.PIECE and i + 1 < len(sizes):
            yield Piece(path, format, start, i + 1)
            start, packed = i + 1, 0
    yield Piece(path, format, start, len(sizes))


def parquet(piece: Piece) -> Iterator[Batch]:
    """Rows in pieces, whatever the size of the row groups; nested values keep their types."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(piece.path) as file:
        groups = list(range(piece.start, file.num_row_groups if piece.stop is None else piece.stop))
        for rows in file.iter_batches(batch_size=base.ROWS, row_groups=groups):
            yield arrow_batch(rows)


def arrow(piece: Piece) -> Iterator[Batch]:
    """Both forms: the file with a footer, and the stream."""
    import pyarrow as pa

    with pa.memory_map(str(piece.path)) as source:
        try:
            file = pa.ipc.open_file(source)
            for i in range(file.num_record_batches):
                yield arrow_batch(file.get_batch(i))
        except pa.ArrowInvalid:
            source.seek(0)
            for rows in pa.ipc.open_stream(source):
                yield arrow_batch(rows)
