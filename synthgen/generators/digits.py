"""Decimal and hexadecimal text from numbers, a column at a time: digits are written into one byte matrix."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from synthgen.buffers import HEX_WORDS
from synthgen.buffers import Bytes as Bytes
from synthgen.buffers import strings as strings
from synthgen.buffers import uuids as uuids
from synthgen.seeds import U64

_N4 = np.arange(10_000)
_DECIMAL = np.stack([_N4 // 1000, _N4 // 100 % 10, _N4 // 10 % 10, _N4 % 10], 1).astype(np.uint8) + np.uint8(48)
_DECIMAL_WORDS = _DECIMAL.view(np.uint32).ravel()  # four digits as one word


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
    words = HEX_WORDS.take(numbers.astype(">u8").view(">u2").reshape(len(numbers), 4))
    return words.view(np.uint8)[:, 16 - width :]


def literal(text: bytes, count: int) -> Bytes:
    """The same bytes for every row; shape (count, len(text))."""
    return np.broadcast_to(np.frombuffer(text, np.uint8), (count, len(text)))


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
