"""Decimal and hexadecimal text from numbers, a column at a time: digits are written into one byte matrix."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from synthgen.seeds import U64

Bytes = NDArray[np.uint8]
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_HEX_PAIRS = np.array([(_HEX[i >> 4], _HEX[i & 15]) for i in range(256)], np.uint8)


def decimal(numbers: U64, width: int) -> Bytes:
    """ASCII digits of each number, zero-padded on the left; shape (n, width). Numbers must fit."""
    out = np.empty((len(numbers), width), np.uint8)
    rest = numbers.astype(np.uint64, copy=True)
    for i in range(width - 1, -1, -1):
        quotient = rest // np.uint64(10)
        out[:, i] = (rest - quotient * np.uint64(10)).astype(np.uint8) + 48
        rest = quotient
    return out


def hexadecimal(numbers: U64, width: int) -> Bytes:
    """Lower-case hex digits, zero-padded; shape (n, width), width up to 16."""
    octets = numbers.astype(">u8").view(np.uint8).reshape(len(numbers), 8)
    return _HEX_PAIRS[octets].reshape(len(numbers), 16)[:, 16 - width :]


def literal(text: bytes, count: int) -> Bytes:
    """The same bytes for every row; shape (count, len(text))."""
    return np.broadcast_to(np.frombuffer(text, np.uint8), (count, len(text)))


def strings(matrix: Bytes) -> pl.Series:
    """A String column from an ASCII byte matrix, every row the full width."""
    count, width = matrix.shape
    if count == 0 or width == 0:
        return pl.Series([""] * count, dtype=pl.String)
    data = np.ascontiguousarray(matrix)
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int64)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    return pl.Series(pl.from_arrow(pa.Array.from_buffers(pa.large_string(), count, buffers)))


def ragged(matrix: Bytes, keep: NDArray[np.bool_]) -> pl.Series:
    """A String column from the kept bytes of each row of an ASCII byte matrix."""
    count = len(matrix)
    lengths = keep.sum(axis=1, dtype=np.int64)
    offsets = np.zeros(count + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(matrix[keep]))]
    return pl.Series(pl.from_arrow(pa.Array.from_buffers(pa.large_string(), count, buffers)))


def width_of(numbers: U64, base: int = 10) -> int:
    """Digits of the greatest number (1 for none)."""
    top = int(numbers.max()) if len(numbers) else 0
    return len(np.base_repr(top, base))
