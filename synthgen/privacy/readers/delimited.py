"""Tables as text: values apart by commas, tabs, semicolons or bars."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from synthgen.privacy.readers import base
from synthgen.privacy.readers.base import Batch, frame_batch
from synthgen.privacy.readers.text import text


def csv(path: Path) -> Iterator[Batch]:
    """Values as text, whatever they look like; a file that is no table is read line by line."""
    with path.open("rb") as file:
        first = file.readline(1_000_000)
        if not first.strip():
            return
    separator = max((b"\t", b";", b"|", b","), key=first.count).decode() if path.suffix.lower() != ".tsv" else "\t"
    scan = pl.scan_csv(path, separator=separator, infer_schema=False, encoding="utf8-lossy")
    try:
        for frame in scan.collect_batches(chunk_size=base.ROWS):
            yield frame_batch(frame)
    except pl.exceptions.PolarsError:
        yield from text(path)
