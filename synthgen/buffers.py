"""Columns from raw memory: text of one width, UUIDs and decimals, each a few nanoseconds a value."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
_BLOCK = 8192
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_N16 = np.arange(65_536)
HEX_WORDS = np.stack([_HEX[(_N16 >> shift) & 15] for shift in (12, 8, 4, 0)], 1).view(np.uint32).ravel()
"""Four lower-case hex digits as one word, for each number of 16 bits."""
_UUID = np.dtype(
    {
        "names": ["a", "b", "c", "d", "e", "f", "g", "h", "dash1", "dash2", "dash3", "dash4"],
        "formats": ["u4"] * 8 + ["u1"] * 4,
        "offsets": [0, 4, 9, 14, 19, 24, 28, 32, 8, 13, 18, 23],
        "itemsize": 36,
    }
)


def strings(matrix: Bytes) -> pl.Series:
    """A String column from an ASCII byte matrix, every row the full width."""
    count, width = matrix.shape
    if count == 0 or width == 0:
        return pl.Series([""] * count, dtype=pl.String)
    data = np.ascontiguousarray(matrix)
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int64)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    return pl.Series(pl.from_arrow(pa.Array.from_buffers(pa.large_string(), count, buffers)))


def uuids(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> pl.Series:
    """Canonical lower-case UUIDs from their two halves."""
    out = np.empty(len(high), _UUID)
    for name in ("dash1", "dash2", "dash3", "dash4"):
        out[name] = 45
    parts = [(half, np.uint64(shift)) for half in (high, low) for shift in (48, 32, 16, 0)]
    for i in range(0, len(high), _BLOCK):
        for name, (half, shift) in zip("abcdefgh", parts, strict=True):
            out[name][i : i + _BLOCK] = HEX_WORDS.take((half[i : i + _BLOCK] >> shift).astype(np.uint16))
    return strings(out.view(np.uint8).reshape(len(high), 36))


def decimals(scaled: NDArray[np.int64], places: int) -> pl.Series:
    """A Decimal(18, places) column from whole numbers of its last place, exactly."""
    words = np.empty((len(scaled), 2), np.int64)  # 128 bits, little-endian two's complement
    words[:, 0] = scaled
    np.right_shift(scaled, 63, out=words[:, 1])
    buffers = [None, pa.py_buffer(words)]
    return pl.Series(pl.from_arrow(pa.Array.from_buffers(pa.decimal128(18, places), len(scaled), buffers)))
