"""Workbooks, sheet by sheet."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from synthgen.privacy.readers.base import Batch, Piece, frame_batch


def excel(piece: Piece) -> Iterator[Batch]:
    """Every sheet with its first row as names; `part` is its name."""
    sheets = pl.read_excel(piece.path, sheet_id=0, infer_schema_length=0, raise_if_empty=False)
    for name, frame in sheets.items():
        yield frame_batch(frame, name)
