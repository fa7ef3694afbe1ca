"""Decimal and hexadecimal text from numbers, a column at a time: digits are written into one byte matrix."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from synthgen.seeds import U64

Bytes = NDArray[np.uint8]
_BLOCK = 8192
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_N4, _N16 = np.arange(10_000), np.arange(65_536)
_DECIMAL = np.stack([_N4 // 1000, _N4 // 100 % 10, _N4 // 10 % 10, _N4 % 10], 1).astype(np.uint8) + np.uint8(48)
_DECIMAL_WORDS = _DECIMAL.view(np.uint32).ravel()  # four digits as one word
_HEX_WORDS = np.stack([_HEX[(_N16 >> shift) & 15] for shift in (12, 8, 4, 0)], 1).view(np.uint32).ravel()
_UUID = np.dtype(
    {
        "names": ["a", "b", "c", "d", "e", "f", "g", "h", "dash1", "dash2", "dash3", "dash4"],
        "formats": ["u4"] * 8 + ["u1"] * 4,
        "offsets": [0, 4, 9, 14, 19, 24, 28, 32, 8, 13, 18, 23],
        "itemsize": 36,
    }
)


def decimal(numbers: U64, width: int) -> Bytes:
    """ASCII digits of each number, zero-padded on the left; shape (n, width). Numbers must fit."""
    groups = -(-width // 4)
    words = np.empty((len(numbers), groups), np.uint32)
    rest = numbers
    for i in range(groups - 1, -1, -1):
        above = rest // np.uint64(10_000)
        words[:, i] = _DECIMAL_WORDS.take((rest - above * np.uint64(10_000)).astype(np.int64))
        rest = above
    return words.view(np.uint8)[:, groups * 4 - width :]


def hexadecimal(numbers: U64, width: int) -> Bytes:
    """Lower-case hex digits, zero-padded; shape (n, width), width up to 16."""
    words = _HEX_WORDS.take(numbers.astype(">u8").view(">u2").reshape(len(numbers), 4))
    return words.view(np.uint8)[:, 16 - width :]


def uuids(high: U64, low: U64) -> pl.Series:
    """Canonical lower-case UUIDs from their two halves."""
    out = np.empty(len(high), _UUID)
    for name in ("dash1", "dash2", "dash3", "dash4"):
        out[name] = 45
    parts = [(half, np.uint64(shift)) for half in (high, low) for shift in (48, 32, 16, 0)]
    for i in range(0, len(high), _BLOCK):
        for name, (half, shift) in zip("abcdefgh", parts, strict=True):
            out[name][i : i + _BLOCK] = _HEX_WORDS.take((half[i : i + _BLOCK] >> shift).astype(np.uint16))
    return strings(out.view(np.uint8).reshape(len(high), 36))


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


def width_of(numbers: U64, base: int = 10) -> tuple[int, int]:
    """Digits of the least and of the greatest number (1 for none)."""
    ends = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
    return len(np.base_repr(ends[0], base)), len(np.base_repr(ends[1], base))
