"""Which reader reads a file: by its first bytes, by its suffix or, failing both, as text."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from synthgen.privacy.readers import archives, columnar, delimited
from synthgen.privacy.readers import text as texts
from synthgen.privacy.readers.archives import Budget, Member, TooLargeError
from synthgen.privacy.readers.base import Batch, Item, Piece, TextlessError, Unread, UnreadableError
from synthgen.privacy.readers.databases import duckdb, sqlite
from synthgen.privacy.readers.notebooks import notebook
from synthgen.privacy.readers.patches import patch
from synthgen.privacy.readers.records import json, jsonl
from synthgen.privacy.readers.signatures import HEAD, format_of, textless
from synthgen.privacy.readers.spreadsheets import excel

Cut = Callable[[Path, str], Iterator[Piece]]


@dataclass(frozen=True)
class Format:
    """How a format is read, and how a large file of it is cut for several workers, if it can be."""

    read: Callable[[Piece], Iterator[Item]]
    cut: Cut | None = None
    text: bool = False


FORMATS: dict[str, Format] = {
    "csv": Format(delimited.csv, delimited.pieces, text=True),
    "parquet": Format(columnar.parquet, columnar.pieces),
    "arrow": Format(columnar.arrow),
    "jsonl": Format(jsonl, texts.pieces, text=True),
    "json": Format(json, text=True),
    "notebook": Format(notebook, text=True),
    "patch": Format(patch, text=True),
    "text": Format(texts.text, texts.pieces, text=True),
    "excel": Format(excel),
    "sqlite": Format(sqlite),
    "duckdb": Format(duckdb),
}
ARCHIVES = frozenset({"zip", "tar", "gzip", "bzip2", "xz", "zstd"})

_SUFFIXES = {
    "csv": "csv tsv tab psv", "parquet": "parquet pq", "arrow": "arrow ipc feather", "jsonl": "jsonl ndjson",
    "json": "json geojson", "notebook": "ipynb", "patch": "diff patch", "excel": "xlsx xlsm xls xlsb ods",
    "sqlite": "sqlite sqlite3 db3", "duckdb": "duckdb ddb", "gzip": "gz tgz", "bzip2": "bz2 tbz tbz2",
    "xz": "xz txz lzma", "zstd": "zst tzst", "zip": "zip", "tar": "tar",
}  # fmt: skip
BY_SUFFIX = {f".{suffix}": name for name, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_OFFICE = frozenset({".docx", ".pptx", ".odt", ".odp", ".docm", ".pptm", ".dotx", ".epub", ".pages", ".key", ".vsdx"})


def batches(path: Path) -> Iterator[Batch]:
    """All content of a file. Raises UnreadableError for the first part that cannot be read."""
    for piece in pieces(path):
        for item in read(piece):
            if isinstance(item, Batch):
                yield item
            elif item.reason:
                raise UnreadableError(item.reason)


def pieces(path: Path) -> Iterator[Piece]:
    """What of a file can be read apart, in order. Raises UnreadableError, and TextlessError where no text can be."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    name = _format(path, head)
    format = FORMATS.get(name)
    if format is None or format.cut is None or (format.text and texts.encoding(head).startswith("utf-16")):
        yield Piece(path, name)
        return
    try:
        yield from format.cut(path, name)
    except Exception as error:
        raise UnreadableError(f"{name}: {type(error).__name__}") from error


def _format(path: Path, head: bytes) -> str:
    suffix = path.suffix.lower()
    named = BY_SUFFIX.get(suffix)
    proven = format_of(head)
    if proven == "zip":
        return _zipped(path, named)
    if proven is not None:
        return proven
    if named is not None and (named in ARCHIVES or not FORMATS[named].text):
        return named
    media = textless(head, suffix)
    if media is not None:
        raise TextlessError(media)
    if b"\0" in head and texts.encoding(head) == "utf-8":
        raise UnreadableError("a binary format that cannot be scanned")
    if head.startswith(b"%PDF-"):
        raise UnreadableError("a PDF, which cannot be scanned: export its text")
    return named or "text"


def _zipped(path: Path, named: str | None) -> str:
    """A zip archive, or a workbook that is one; other documents of this kind tear values apart by their mark-up."""
    if named == "excel":
        return named
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except archives.ERRORS:
        names = set()
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return "excel"
    if path.suffix.lower() in _OFFICE or "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise UnreadableError("an office document, which cannot be scanned: export its text")
    return "zip"


def read(piece: Piece) -> Iterator[Item]:
    """What stands in a piece, members of archives included. Raises UnreadableError."""
    yield from _read(piece, 0, 0, None)


def _read(piece: Piece, nested: int, layers: int, budget: Budget | None) -> Iterator[Item]:
    try:
        if piece.format in ARCHIVES:
            yield from _members(piece, nested, layers, budget or Budget(piece.path.stat().st_size))
            return
        format = FORMATS[piece.format]
        if format.text and piece.start == 0:
            with piece.path.open("rb") as file:
                encoding = texts.encoding(file.read(HEAD))
            if encoding != "utf-8":
                with tempfile.TemporaryDirectory() as folder:
                    yield from _cut(Piece(texts.recoded(piece.path, encoding, Path(folder)), piece.format))
                return
        yield from _cut(piece)
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError(f"{piece.format}: {type(error).__name__}") from error


def _cut(piece: Piece) -> Iterator[Item]:
    """A whole file piece by piece, so that a large one does not fill the memory; a piece as it is."""
    format = FORMATS[piece.format]
    whole = piece.start == 0 and piece.stop is None
    for part in format.cut(piece.path, piece.format) if format.cut and whole else (piece,):
        yield from format.read(part)


def _members(piece: Piece, nested: int, layers: int, budget: Budget) -> Iterator[Item]:
    """The content of every file in an archive; what cannot be read is told, and the others are read."""
    inside = nested + (piece.format in ("zip", "tar"))
    if inside > archives.NESTED + 1 or layers >= archives.LAYERS:
        raise UnreadableError("archives in archives, more than two deep: unpack it, then scan the files")
    with tempfile.TemporaryDirectory() as folder:
        for member in archives.members(piece.path, piece.format, Path(folder), budget):
            if isinstance(member, Unread):
                yield member
                continue
            for item in _member(member, inside, layers + 1, budget):
                yield replace(item, inner=member.inner + item.inner)


def _member(member: Member, nested: int, layers: int, budget: Budget) -> Iterator[Item]:
    try:
        for part in pieces(member.path):
            yield from _read(part, nested, layers, budget)
    except TooLargeError:
        raise
    except TextlessError as error:
        yield Unread(media=error.media)
    except UnreadableError as error:
        yield Unread(str(error))
