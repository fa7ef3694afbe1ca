"""What every reader yields, and the limits that they keep."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

ROWS = 65_536
LINES = 20_000
PIECE = 8 * 2**20
"""Bytes after which a large file is cut, at the end of a line or record: what one worker reads at a time."""

WINDOW = 2**16
"""Longest line, in characters, that is looked at as a whole; longer ones are cut into windows that overlap."""

OVERLAP = 2**10
"""Characters that two windows of a long line share at least: nothing that is recognised is longer."""

LARGEST = 8 * 2**30
"""Most bytes that a compressed file or archive may unpack to."""

RATIO, RATIO_FROM = 250, 64 * 2**20
"""How many times its size an archive may unpack to, once it is past so many bytes."""


def label(shown: str, inner: str = "", part: str | None = None) -> str:
    """A place on one line: odd characters of a file's name could forge a line of a report, and are shown as `?`."""
    made = f"{shown}{inner}" + (f"#{part}" if part is not None else "")
    return made if made.isprintable() else "".join(c if c.isprintable() else "?" for c in made)


@dataclass(frozen=True)
class LineEnd:
    """What is known of a line in windows only when its end has come: its mark, and its `synthgen: allow`."""

    mark: str
    allowed: frozenset[str] | None


@dataclass(frozen=True)
class Batch:
    """Some rows of one table, or lines of one text, of a file.

    `part` names the table, sheet or cell where a file has several, `inner` the file inside an archive (`!a.csv`).
    In a text the only column is `line`, and `lines` holds the 1-based number of each. A line longer than `WINDOW` comes
    in batches of its own, in windows that have its number; `line_end` stands in the last one, `open` in the others.

    Rows of a table that do not follow each other have their numbers and lines in `at`. With `old_names`, the names of
    the columns are no part of what is scanned.
    """

    columns: dict[str, pl.Series]
    rows: int
    part: str | None = None
    inner: str = ""
    lines: pl.Series | None = None
    line_end: LineEnd | None = None
    open: bool = False
    at: tuple[pl.Series, pl.Series] | None = None
    old_names: bool = False

    def label(self, shown: str) -> str:
        """The place of the rows, where `shown` is how the file is shown: `a.zip!b.xlsx#Sheet1`."""
        return label(shown, self.inner, self.part)


@dataclass(frozen=True)
class Unread:
    """A part of a file that no reader reads: for a `reason`, or because its `media` type holds no text at all."""

    reason: str = ""
    media: str = ""
    part: str | None = None
    inner: str = ""

    def label(self, shown: str) -> str:
        """The place, as that of a batch."""
        return label(shown, self.inner, self.part)


Item = Batch | Unread


class UnreadableError(Exception):
    """The file cannot be read as what its name or content says; the reason holds no content."""


class TextlessError(UnreadableError):
    """The file is of a media type that holds no text: a picture, a sound, a font, machine code."""

    def __init__(self, media: str) -> None:
        super().__init__(f"{media}: a binary format that cannot be scanned")
        self.media = media


@dataclass(frozen=True)
class Piece:
    """What one worker reads of a file: all of it, or a range of bytes (lines) or row groups.

    `line` is the number of the line at `start`; `stop` None is the end.
    """

    path: Path
    format: str
    start: int = 0
    stop: int | None = None
    line: int = 1


def frame_batch(frame: pl.DataFrame, part: str | None = None) -> Batch:
    """A frame as a batch."""
    return Batch({c.name: c for c in frame.get_columns()}, len(frame), part)


def arrow_batch(piece: Any, part: str | None = None) -> Batch:
    """A record batch of Arrow as a batch."""
    frame = pl.from_arrow(piece)
    assert isinstance(frame, pl.DataFrame)
    return frame_batch(frame, part)
