"""Tables as text: values apart by commas, tabs, semicolons or bars."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from synthgen.privacy.readers import base
from synthgen.privacy.readers.base import Batch, Piece, frame_batch
from synthgen.privacy.readers.text import Lines, blocks, decoder

_BLOCK = 2**20
_BOM = b"\xef\xbb\xbf"
_SEPARATORS = (b",", b"\t", b";", b"|")
_HEADER = 2**20
"""Most bytes that a header may have."""


def pieces(path: Path, format: str) -> Iterator[Piece]:
    """Ranges of about `base.PIECE` bytes that end where a record ends: at a newline outside of quotes.

    A quote that is never closed would make one record of the rest. A record of more than eight pieces is cut at
    the end of a line instead: it is read all the same, as a text if it is no table.
    """
    size = path.stat().st_size
    if size <= base.PIECE:
        yield Piece(path, format)
        return
    start, at, line, inside = 0, 0, 1, False
    with path.open("rb") as file:
        while start < size:
            first = line
            stop = None
            while stop is None and at < size:
                block = file.read(base.PIECE if at == start else _BLOCK)
                limit = at - start > 8 * base.PIECE
                end = _record_end(block, inside and not limit)
                if end is None:
                    at += len(block)
                    line += block.count(b"\n")
                    inside ^= block.count(b'"') % 2 == 1
                    continue
                stop = at = at + end
                line += block.count(b"\n", 0, end)
                inside = False
                file.seek(at)
            yield Piece(path, format, start, stop or size, first)
            start = at


def _record_end(block: bytes, inside: bool) -> int | None:
    """Where the last record of the block ends: after the last newline with an even number of quotes before it."""
    quotes = block.count(b'"') + inside
    end = len(block)
    while (newline := block.rfind(b"\n", 0, end)) >= 0:
        quotes -= block.count(b'"', newline, end)
        if quotes % 2 == 0:
            return newline + 1
        end = newline
    return None


def csv(piece: Piece) -> Iterator[Batch]:
    """Values as text, whatever they look like; a piece that is no table is read line by line."""
    header, separator = _header(piece.path)
    if not header.strip():
        return
    content = b"".join(blocks(piece))
    whole = content if piece.start == 0 else header + content
    try:
        frame = read(whole, separator)
    except pl.exceptions.PolarsError:
        lines = Lines(piece.line)
        yield from lines.feed(_text(content))
        yield from lines.end()
        return
    del content, whole
    for start in range(0, max(1, len(frame)), base.ROWS):
        yield frame_batch(frame[start : start + base.ROWS])


def read(content: bytes, separator: str) -> pl.DataFrame:
    """Records with a header, all columns as text. Raises PolarsError if it is no table."""
    try:
        return pl.read_csv(content, separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        if "utf" not in str(error).lower():
            raise
    return pl.read_csv(_text(content).encode("utf-8"), separator=separator, infer_schema=False)


def _text(content: bytes) -> str:
    return decoder().decode(content, final=True)


def _header(path: Path) -> tuple[bytes, str]:
    """The first record with its end, and the separator that stands in it most."""
    with path.open("rb") as file:
        head = file.read(_HEADER).removeprefix(_BOM).lstrip(b"\r\n")
    end = 0
    while True:
        newline = head.find(b"\n", end)
        end = len(head) if newline < 0 else newline + 1
        if newline < 0 or head.count(b'"', 0, end) % 2 == 0:
            break
    header = head[:end]
    return header, separator_of(header, path)


def separator_of(header: bytes, path: Path) -> str:
    """Tabs in `.tsv` and `.tab`, bars in `.psv`; else what stands most often in the header, outside of quotes."""
    fixed = {".tsv": "\t", ".tab": "\t", ".psv": "|"}.get(path.suffix.lower())
    bare = re.sub(rb'"[^"]*"', b"", header)
    return fixed or max(_SEPARATORS, key=bare.count).decode()


def added_rows(path: Path, numbers: set[int]) -> Iterator[Batch]:
    """The records of a table that these lines (from 1) belong to, with rows and lines; nothing if it is no table.

    A record with a line end inside of quotes is one of several lines, and is there if any of them is.
    """
    header, separator = _header(path)
    kept: list[bytes] = [header]
    rows: list[int] = []
    lines: list[int] = []
    record: list[bytes] = []
    row, first, inside, old_names = -1, 0, False, True
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not record:
                if row < 0 and not line.strip(b"\r\n\xef\xbb\xbf"):
                    continue
                first = number
            record.append(line)
            inside ^= line.count(b'"') % 2 == 1
            if inside:
                continue
            wanted = not numbers.isdisjoint(range(first, number + 1))
            if row < 0:
                old_names = not wanted
            elif wanted:
                kept += record if record[-1].endswith(b"\n") else [*record, b"\n"]
                rows.append(row)
                lines.append(first)
            row, record = row + 1, []
    try:
        frame = read(b"".join(kept), separator)
    except pl.exceptions.PolarsError:
        return
    if inside or len(frame) != len(rows) or not header.strip():
        return
    at = (pl.Series(rows, dtype=pl.Int64), pl.Series(lines, dtype=pl.Int64))
    yield replace(frame_batch(frame), at=at, old_names=old_names)
