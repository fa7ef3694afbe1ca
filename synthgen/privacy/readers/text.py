"""Text by lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import polars as pl

from synthgen.privacy.readers import base
from synthgen.privacy.readers.base import Batch


def lines(file: IO[str]) -> Iterator[list[str]]:
    """The lines without their ends, `base.LINES` at a time."""
    piece: list[str] = []
    for line in file:
        piece.append(line.rstrip("\r\n"))
        if len(piece) == base.LINES:
            yield piece
            piece = []
    if piece:
        yield piece


def text(path: Path) -> Iterator[Batch]:
    """One column, `line`; a row is a line, counted from 0."""
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        for piece in lines(file):
            yield Batch({"line": pl.Series(piece, dtype=pl.String)}, len(piece))
