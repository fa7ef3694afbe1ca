"""What every reader yields, and the limits that they keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

ROWS = 65_536
LINES = 20_000
LARGEST = 8 * 2**30
"""Most bytes that a compressed file may unpack to."""


@dataclass(frozen=True)
class Batch:
    """Some rows of one table of a file. `part` names the table or sheet where a file has several."""

    columns: dict[str, pl.Series]
    rows: int
    part: str | None = None


class UnreadableError(Exception):
    """The file cannot be read as what its name or content says; the reason holds no content."""


def frame_batch(frame: pl.DataFrame, part: str | None = None) -> Batch:
    """A frame as a batch."""
    return Batch({c.name: c for c in frame.get_columns()}, len(frame), part)


def arrow_batch(piece: Any, part: str | None = None) -> Batch:
    """A record batch of Arrow as a batch."""
    frame = pl.from_arrow(piece)
    assert isinstance(frame, pl.DataFrame)
    return frame_batch(frame, part)
