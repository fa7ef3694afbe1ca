"""Random bytes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
from pydantic import Field

from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Params
from synthgen.seeds import draws_at


class BinaryParams(Params):
    """`binary: N`: N random bytes per row."""

    binary: int = Field(ge=0, le=65_536, description="a number of bytes, up to 65536")


class Binary(BaseGenerator[BinaryParams]):
    """Random bytes of a fixed length. Example: `digest: {binary: 32}`."""

    Params = BinaryParams
    dtype = pl.Binary()

    def generate(self, rows: Rows) -> Column:
        """N bytes per row."""
        size = self.params.binary
        words = -(-size // 8)
        base, key = rows.bits(), rows.stream("bytes")
        parts = [draws_at(key, base + np.uint64(i)) for i in range(words)]
        matrix = np.stack(parts, axis=1).astype("<u8").view(np.uint8) if parts else np.zeros((rows.count, 0), np.uint8)
        data = np.ascontiguousarray(matrix.reshape(rows.count, words * 8)[:, :size])
        offsets = np.arange(rows.count + 1, dtype=np.int64) * size
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
        made = pl.from_arrow(pa.Array.from_buffers(pa.large_binary(), rows.count, buffers))
        return Column.of(pl.Series(made))
