"""Text by lines: any encoding, any length of line, cut where a large file is cut."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import polars as pl

from synthgen.privacy import inline
from synthgen.privacy.readers import base
from synthgen.privacy.readers.base import Batch, LineEnd, Piece

_BLOCK = 2**20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


def _byte_by_byte(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8 are read as Windows-1252, the usual superset of Latin-1."""
    assert isinstance(error, UnicodeDecodeError)
    wrong = error.object[error.start : error.end]
    return "".join(bytes([b]).decode("cp1252", "replace") for b in wrong), error.end


codecs.register_error("synthgen-latin", _byte_by_byte)


def encoding(head: bytes) -> str:
    """The encoding that the first bytes tell: by a byte order mark, or by every other byte being zero; else UTF-8."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    pairs = head[: len(head) // 2 * 2]
    for name, high in (("utf-16-le", pairs[1::2]), ("utf-16-be", pairs[0::2])):
        if len(high) >= 2 and high.count(0) > 0.4 * len(high):
            text = pairs.decode(name, "replace").rstrip("\ufffd")
            if text and all(c.isprintable() or c in "\t\r\n\f" for c in text):
                return name
    return "utf-8"


def decoder(name: str = "utf-8") -> codecs.IncrementalDecoder:
    """Decodes a stream; in UTF-8, a byte that is none is read as Latin-1, so that no text is lost."""
    return codecs.getincrementaldecoder(name)("synthgen-latin" if name == "utf-8" else "replace")


def recoded(path: Path, name: str, folder: Path) -> Path:
    """A copy in UTF-8, written piece by piece."""
    target = folder / f"content{path.suffix}"
    reader = decoder(name)
    with path.open("rb") as source, target.open("wb") as sink:
        while block := source.read(_BLOCK):
            sink.write(reader.decode(block).encode("utf-8", "replace"))
        sink.write(reader.decode(b"", final=True).encode("utf-8", "replace"))
    return target


def pieces(path: Path, format: str) -> Iterator[Piece]:
    """Ranges of about `base.PIECE` bytes that end where a line ends."""
    size = path.stat().st_size
    if size <= base.PIECE:
        yield Piece(path, format)
        return
    start, line = 0, 1
    with path.open("rb") as file:
        while start < size:
            count, stop = _advance(file, start)
            yield Piece(path, format, start, stop, line)
            start, line = stop, line + count


def _advance(file: IO[bytes], start: int) -> tuple[int, int]:
    """How many lines the piece has that begins at `start`, and where it stops: after the first end of a line due."""
    file.seek(start)
    block = file.read(base.PIECE)
    count, stop = block.count(b"\n"), start + len(block)
    if block.endswith(b"\n"):
        return count, stop
    while block := file.read(_BLOCK):
        at = block.find(b"\n")
        if at >= 0:
            return count + 1, stop + at + 1
        stop += len(block)
    return count, stop


def blocks(piece: Piece) -> Iterator[bytes]:
    """The bytes of a piece, some at a time, without a byte order mark."""
    with piece.path.open("rb") as file:
        file.seek(piece.start)
        left = piece.stop - piece.start if piece.stop is not None else -1
        first = piece.start == 0
        while left and (block := file.read(_BLOCK if left < 0 else min(_BLOCK, left))):
            left -= len(block) if left > 0 else 0
            if first:
                block, first = block.removeprefix(codecs.BOM_UTF8), False
            yield block


def text(piece: Piece) -> Iterator[Batch]:
    """One column, `line`; a row is a line, or a window of a long one."""
    lines = Lines(piece.line)
    reader = decoder()
    for block in blocks(piece):
        yield from lines.feed(reader.decode(block))
    yield from lines.feed(reader.decode(b"", final=True))
    yield from lines.end()


def batch_of(numbers: list[int], lines: list[str]) -> Batch:
    """Lines with their numbers as a batch."""
    values = pl.Series("line", lines, dtype=pl.String)
    return Batch({"line": values}, len(lines), lines=pl.Series(numbers, dtype=pl.Int64))


@dataclass
class _Long:
    """A line in windows while it is read: what its mark and its comment need."""

    number: int
    digest: Any = field(default_factory=hashlib.sha256)
    allowed: frozenset[str] | None = None
    tail: str = ""

    def add(self, new: str) -> None:
        self.digest.update(new.encode("utf-8", "surrogatepass"))
        self.tail = self.tail[-200:] + new
        if self.allowed is None and inline.HINT in self.tail:
            self.allowed = inline.allowed(self.tail)


class Lines:
    """Text that comes in blocks, as batches of lines."""

    def __init__(self, number: int = 1) -> None:
        self.number = number
        self._carry = ""
        self._long: _Long | None = None
        self._numbers: list[int] = []
        self._lines: list[str] = []
        self._chars = 0

    def feed(self, block: str) -> Iterator[Batch]:
        """Batches that are full after this block."""
        *whole, rest = (self._carry + block).split("\n")
        for line in whole:
            if self._long is not None or len(line) > base.WINDOW:
                yield from self._windows(line.removesuffix("\r"), last=True)
            else:
                self._add(line.removesuffix("\r"))
            self.number += 1
            if len(self._lines) >= base.LINES or self._chars >= base.PIECE:
                yield self._flush()
        self._carry = rest
        if len(rest) > 4 * base.WINDOW:
            yield from self._windows(rest, last=False)

    def end(self) -> Iterator[Batch]:
        """The batches that are left when the text ends."""
        rest, self._carry = self._carry.removesuffix("\r"), ""
        if self._long is not None or len(rest) > base.WINDOW:
            yield from self._windows(rest, last=True)
        elif rest:
            self._add(rest)
        if self._lines:
            yield self._flush()

    def _add(self, line: str) -> None:
        self._numbers.append(self.number)
        self._lines.append(line)
        self._chars += len(line)

    def _flush(self) -> Batch:
        batch = batch_of(self._numbers, self._lines)
        self._numbers, self._lines, self._chars = [], [], 0
        return batch

    def _windows(self, line: str, last: bool) -> Iterator[Batch]:
        """Windows of a long line; unless it is the last part, the end is carried over to the next."""
        if self._lines:
            yield self._flush()
        long = self._long = self._long or _Long(self.number)
        found, start = [], 0
        while len(line) - start > base.WINDOW:
            stop = _cut(line, start)
            found.append(line[start:stop])
            start = max(start + 1, _begin(line, stop))
        if last:
            found.append(line[start:])
            long.add(line)
            self._carry, self._long = "", None
            end = LineEnd(inline.mark_of(long.digest), long.allowed)
        else:
            long.add(line[:start])
            self._carry, end = line[start:], None
        values = pl.Series("line", found, dtype=pl.String)
        numbers = pl.Series([long.number] * len(found), dtype=pl.Int64)
        yield Batch({"line": values}, len(found), lines=numbers, line_end=end, open=not last)


def _cut(line: str, start: int) -> int:
    """Where a window ends: at white space if there is any in its last part, so that no value is torn."""
    stop = start + base.WINDOW
    space = line.rfind(" ", stop - base.OVERLAP, stop)
    return space if space > start else stop


def _begin(line: str, stop: int) -> int:
    """Where the next window begins: `OVERLAP` before the end of the last, or at white space shortly before that."""
    begin = stop - base.OVERLAP
    space = line.rfind(" ", begin - base.OVERLAP, begin)
    return space + 1 if space >= 0 else begin


def lines_of(content: str, part: str | None = None) -> Iterator[Batch]:
    """The lines of a text that is in memory."""
    lines = Lines()
    for batch in (*lines.feed(content), *lines.end()):
        yield replace(batch, part=part)
