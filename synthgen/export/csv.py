"""CSV after RFC 4180: a header, commas, CRLF, quotes where needed, UTF-8.

A null is an empty field and an empty string is `""`, so they differ. All other values are the text of text.py.
"""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from synthgen.export.base import plain
from synthgen.export.text import plain_text

_NATIVE = (pl.String, pl.Boolean, pl.Date)  # and numbers: what polars writes as we do, without a string in between


class Csv:
    """Writes and reads one CSV file."""

    suffix = ".csv"

    def write(self, frame: pl.DataFrame, path: Path) -> None:
        """Write the frame as text."""
        frame = plain(frame)
        texts = [
            plain_text(pl.col(name), dtype).alias(name)
            for name, dtype in frame.schema.items()
            if not (dtype.is_numeric() or isinstance(dtype, _NATIVE))
        ]
        frame.with_columns(texts).write_csv(path, line_terminator="\r\n", quote_style="necessary")

    def read(self, path: Path) -> pl.DataFrame:
        """Read a file that `write` made: every column as text."""
        return scan_text(path).collect()


def scan_text(path: Path) -> pl.LazyFrame:
    """The file as a lazy frame of text; the header is read by Python, because polars leaves its quotes doubled."""
    with path.open(newline="", encoding="utf-8") as lines:
        header = next(csv.reader(lines, strict=True), [])
    return pl.scan_csv(path, infer_schema=False, new_columns=header)
