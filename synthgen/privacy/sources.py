"""What a scan reads: files and folders, each file in pieces that workers can read apart."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from synthgen.errors import usage
from synthgen.privacy.readers import Item, Piece, TextlessError, Unread, UnreadableError, pieces, read

_SKIPPED = frozenset({".git"})


class Source(Protocol):
    """Something that one worker reads by itself; it goes to another process, so it holds no open file."""

    @property
    def shown(self) -> str:
        """The place, as findings show it; never with a password."""

    def items(self) -> Iterator[Item]:
        """The content. Raises UnreadableError and OSError."""


class Input(Protocol):
    """One file, table or object that a scan counts as one; `size` in bytes, 0 if it is not known."""

    @property
    def shown(self) -> str:
        """The place, as progress and findings show it."""

    @property
    def size(self) -> int:
        """Bytes to read, as far as known: whether workers pay depends on it."""

    def sources(self) -> Iterator[Source]:
        """The pieces, in order."""


@dataclass(frozen=True)
class FilePiece:
    """A piece of a file."""

    shown: str
    piece: Piece

    def items(self) -> Iterator[Item]:
        """Its rows and lines."""
        yield from read(self.piece)


@dataclass(frozen=True)
class NotRead:
    """A source of which it is known before that it cannot be read, or holds no text."""

    shown: str
    unread: Unread

    def items(self) -> Iterator[Item]:
        """Nothing but the reason."""
        yield self.unread


@dataclass(frozen=True)
class FileInput:
    """A file. One that is `named` on the command line is a finding if it cannot be scanned, whatever it is."""

    shown: str
    path: Path
    named: bool = True

    @property
    def size(self) -> int:
        """Bytes on disk."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def sources(self) -> Iterator[Source]:
        """The pieces of the file, or why it has none."""
        try:
            if not self.path.is_file():
                raise UnreadableError("it is no file")  # a pipe or a device would be waited for without end
            for piece in pieces(self.path):
                yield FilePiece(self.shown, piece)
        except TextlessError as error:
            yield NotRead(self.shown, Unread(str(error)) if self.named else Unread(media=error.media))
        except UnreadableError as error:
            yield NotRead(self.shown, Unread(str(error)))
        except OSError as error:
            yield NotRead(self.shown, Unread(type(error).__name__))


def files(path: Path, exclude: Sequence[str] = ()) -> Iterator[FileInput]:
    """The file itself, or all files of a folder in order, hidden ones too, whatever `.gitignore` says.

    Not what git keeps in `.git`, no links to folders, and nothing that a glob of `exclude` matches. Raises UsageError
    for a path that does not exist.
    """
    if path.is_file():
        if not excluded(path.name, exclude):
            yield FileInput(str(path), path)
        return
    if not path.is_dir():
        raise usage("missing-file", f"there is no file or folder '{path}'", "check the path")
    for folder, inner, found in os.walk(path):
        below = Path(folder).relative_to(path)
        inner[:] = sorted(d for d in inner if d not in _SKIPPED and not excluded((below / d).as_posix(), exclude))
        for name in sorted(found):
            if not excluded((below / name).as_posix(), exclude):
                yield FileInput(str(Path(folder) / name), Path(folder) / name, named=False)


def excluded(path: str, exclude: Sequence[str]) -> bool:
    """Whether a glob matches the path below the folder that is scanned, or its last name; `*` crosses folders.

    >>> excluded("tests/data/a.csv", ["*.csv"]), excluded("tests/data", ["tests/data/"]), excluded("a.csv", ["b*"])
    (True, True, False)
    """
    last = path.rpartition("/")[2]
    return any(fnmatch.fnmatchcase(p, glob.rstrip("/")) for glob in exclude for p in (path, last))
