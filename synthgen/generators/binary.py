"""Random bytes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
from pydantic import Field, field_validator

from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Params
from synthgen.seeds import below, draws_at


class BinaryParams(Params):
    """`binary: N`: N random bytes per row, or `binary: [least, most]`."""

    binary: int | list[int] = Field(description="write a number of bytes, or [least, most], up to 65536")

    @field_validator("binary")
    @classmethod
    def _sizes(cls, value: int | list[int]) -> int | list[int]:
        ends = [value, value] if isinstance(value, int) else value
        if len(ends) != 2 or not 0 <= ends[0] <= ends[1] <= 65_536:
            raise ValueError("write a number of bytes, or [least, most], from 0 to 65536")
        return value


class Binary(BaseGenerator[BinaryParams]):
    """Random bytes, of a fixed length or of one between two. Example: `digest: {binary: 32}`."""

    Params = BinaryParams
    dtype = pl.Binary()

    def generate(self, rows: Rows) -> Column:
        """N bytes per row."""
        low, size = [self.params.binary] * 2 if isinstance(self.params.binary, int) else self.params.binary
        words = -(-size // 8)
        base, key = rows.bits(), rows.stream("bytes")
        parts = [draws_at(key, base + np.uint64(i)) for i in range(words)]
        matrix = np.stack(parts, axis=1).astype("<u8").view(np.uint8) if parts else np.zeros((rows.count, 0), np.uint8)
        matrix = matrix.reshape(rows.count, words * 8)[:, :size]
        lengths = np.full(rows.count, size, np.int64)
        if low < size:
            lengths = below(rows.bits("length"), size - low + 1).astype(np.int64) + low
            matrix = matrix[np.arange(size) < lengths[:, None]]
        offsets = np.zeros(rows.count + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(matrix))]
        made = pl.from_arrow(pa.Array.from_buffers(pa.large_binary(), rows.count, buffers))
        return Column.of(pl.Series(made))
