"""JSON Lines: one object per row, numbers as numbers, nested values as they are, the rest as the text of text.py."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from synthgen.export.base import plain
from synthgen.export.text import json_object

_DECODER = json.JSONDecoder()


class Jsonl:
    """Writes and reads one JSON Lines file."""

    suffix = ".jsonl"

    def write(self, frame: pl.DataFrame, path: Path) -> None:
        """Write the frame, one line per row."""
        frame = plain(frame)
        line = json_object({name: (pl.col(name), dtype) for name, dtype in frame.schema.items()})
        frame.select(line.alias("line")).write_csv(path, include_header=False, quote_style="never")

    def read(self, path: Path) -> pl.DataFrame:
        """Read a file that `write` made: every column as text, so that no digit of a number is lost."""
        with path.open("rb") as lines:
            return text_rows(lines)


def text_rows(lines: Iterable[bytes]) -> pl.DataFrame:
    """Lines as a frame of text: strings decoded, everything else as it is written, null as null."""
    rows = [_cells(line.decode()) for line in lines]
    names = list(rows[0]) if rows else []
    return pl.DataFrame({name: [row[name] for row in rows] for name in names}, schema=dict.fromkeys(names, pl.String))


def _cells(line: str) -> dict[str, str | None]:
    """The cells of one compact object as text; raises ValueError for anything else."""
    cells: dict[str, str | None] = {}
    position = 1
    while line[position : position + 1] not in ("}", ""):
        name, position = _DECODER.raw_decode(line, position)
        value: Any
        start = position + 1
        value, position = _DECODER.raw_decode(line, start)
        cells[name] = None if value is None else value if isinstance(value, str) else line[start:position]
        position += line[position : position + 1] == ","
    return cells
