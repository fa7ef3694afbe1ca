"""Diffs and patches: the added lines, each with its file and its number on the new side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from synthgen.privacy.readers import base
from synthgen.privacy.readers.base import Batch, Item, Piece, Unread
from synthgen.privacy.readers.text import Lines, batch_of, blocks, decoder, text

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", '"': '"', "\\": "\\"}


@dataclass(frozen=True)
class Added:
    """Lines that one file of a diff gains: numbers on the new side, and texts. `unread`: why the diff has none."""

    path: str
    numbers: list[int] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    unread: str = ""


def patch(piece: Piece) -> Iterator[Item]:
    """The added lines by file (`inner` is `!path`); a text that is no diff, by lines."""
    source = decoder().decode(b"".join(blocks(piece)), final=True).split("\n")
    if not any(_HUNK.match(line) for line in source):
        yield from text(piece)
        return
    found = list(added(source))
    for file in found:
        if file.unread:
            yield Unread(file.unread, inner=f"!{file.path}")
        for batch in batches_of(file):
            yield replace(batch, inner=f"!{file.path}")


def batches_of(file: Added) -> Iterator[Batch]:
    """The lines as batches, long ones in windows."""
    short: list[tuple[int, str]] = []
    for number, line in zip(file.numbers, file.lines, strict=True):
        if len(line) > base.WINDOW:
            lines = Lines(number)
            yield from lines.feed(line)
            yield from lines.end()
        else:
            short.append((number, line))
    if short:
        yield batch_of([n for n, _ in short], [t for _, t in short])


def added(source: Iterable[str]) -> Iterator[Added]:
    """What each file gains by a unified diff, in order; words around the diffs are none of it.

    The counts of a hunk's header say how many lines belong to it, so a line that looks like a header is not taken
    for one. A remark that there is no newline at the end is no line of its own.
    """
    file: Added | None = None
    old = new = number = 0
    for line in source:
        if (old > 0 or new > 0) and line[:1] in ("+", "-", " ", "\\", "\r", ""):
            assert file is not None
            kind = line[:1]
            if kind == "+":
                file.numbers.append(number)
                file.lines.append(line[1:].removesuffix("\r"))
            number += kind not in ("-", "\\")
            new -= kind not in ("-", "\\")
            old -= kind not in ("+", "\\")
            continue
        old = new = 0
        hunk = _HUNK.match(line)
        if hunk and file is not None:
            old, number, new = int(hunk[1] or 1), int(hunk[2]), int(hunk[3] or 1)
        elif line.startswith(("diff --git ", "--- ")):
            if file is not None and (file.lines or file.unread):
                yield file
            file = Added(named(line.rpartition(" ")[2]) if line.startswith("diff") else "")
        elif line.startswith("+++ ") and file is not None:
            file = replace(file, path=named(line[4:]))
        elif line.startswith(("Binary files ", "GIT binary patch")) and file is not None:
            file = replace(file, unread="a binary file in a diff, which cannot be scanned")
        elif line.startswith("@@@ ") and file is not None:
            file = replace(file, unread="the diff of a merge, which cannot be scanned")
    if file is not None and (file.lines or file.unread):
        yield file


def named(written: str) -> str:
    """The path in a header: without the `b/`, a quoted one with its escapes read, without a time after a tab."""
    written = written.removesuffix("\r")
    path = _unquoted(written) if written.startswith('"') else written.partition("\t")[0]
    return re.sub(r"^[ab]/", "", path)


def _unquoted(written: str) -> str:
    """The C-style quoting that git uses for odd file names."""
    inner = written[1 : written.rfind('"')]
    made = re.sub(r"\\([0-7]{3}|.)", lambda m: chr(int(m[1], 8)) if len(m[1]) == 3 else _ESCAPES.get(m[1], m[1]), inner)
    try:
        return made.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return made
