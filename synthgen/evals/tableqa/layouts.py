"""Small tables as text: written in four layouts, and read back from the text alone."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from synthgen.columns import Declared
from synthgen.evalcase import Piece

Texts = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Cell:
    """A cell: its text, and what its column declares."""

    text: str
    declared: Declared | None = None

    def piece(self, text: str) -> Piece:
        """The cell as a piece, escaped as the layout needs it."""
        return Piece(text, "cell", self.declared)


def _mark(text: str) -> Piece:
    return Piece(text, "table")


def markdown(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[Piece]:
    """A Markdown table."""
    found = [_mark("| " + " | ".join(_piped(h) for h in heads) + " |\n|" + " --- |" * len(heads))]
    for row in rows:
        found.append(_mark("\n| "))
        for i, cell in enumerate(row):
            found += [_mark(" | ")] * (i > 0) + [cell.piece(_piped(cell.text))]
        found.append(_mark(" |"))
    return found


def comma_separated(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[Piece]:
    """CSV with a heading."""
    found = [_mark(",".join(_quoted(h) for h in heads))]
    for row in rows:
        found.append(_mark("\n"))
        for i, cell in enumerate(row):
            found += [_mark(",")] * (i > 0) + [cell.piece(_quoted(cell.text))]
    return found


def json_records(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[Piece]:
    """A JSON array with one object a line; every value is a text, as the other layouts have it."""
    found = [_mark("[")]
    for at, row in enumerate(rows):
        found.append(_mark(",\n {" if at else "\n {"))
        for i, (head, cell) in enumerate(zip(heads, row, strict=True)):
            inner = json.dumps(cell.text, ensure_ascii=False)[1:-1]
            lead = (", " if i else "") + json.dumps(head, ensure_ascii=False) + ': "'
            found += [_mark(lead), cell.piece(inner), _mark('"')]
        found.append(_mark("}"))
    return [*found, _mark("\n]")]


def aligned(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[Piece]:
    """Columns of equal width with at least two spaces between, as a terminal prints them."""
    texts = [[_spaced(c.text) for c in row] for row in rows]
    widths = [max(len(h), *(len(r[i]) for r in texts)) for i, h in enumerate(heads)]
    found = [_mark("  ".join(h.ljust(w) for h, w in zip(heads, widths, strict=True)).rstrip())]
    found.append(_mark("\n" + "  ".join("-" * w for w in widths)))
    for row, words in zip(rows, texts, strict=True):
        found.append(_mark("\n"))
        for i, (cell, word) in enumerate(zip(row, words, strict=True)):
            last = i == len(row) - 1
            found += [cell.piece(word), _mark("" if last else " " * (widths[i] - len(word) + 2))]
    return [p for p in found if p.text or p.label == "cell"]


def _piped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",\n]|^\s|\s$', text) else text


def _spaced(text: str) -> str:
    return text or "-"


Write = Callable[[Sequence[str], Sequence[Sequence[Cell]]], list[Piece]]
LAYOUTS: Mapping[str, Write] = {
    "markdown": markdown, "csv": comma_separated, "json": json_records, "text": aligned,
}  # fmt: skip


def read(layout: str, text: str) -> Texts:
    """Headings and rows of the table in a text; raises ValueError where there is none of that layout."""
    for block in text.split("\n\n"):
        try:
            found = _READERS[layout](block)
        except (ValueError, IndexError, csv.Error):
            continue
        if len(found) >= 2 and len({len(r) for r in found}) == 1 and len(found[0]) >= 2:
            return found
    raise ValueError(f"no table in {layout}")


def _markdown(block: str) -> Texts:
    lines = [line for line in block.splitlines() if line.startswith("|")]
    if len(lines) < 3 or set(lines[1]) - set("|- "):
        raise ValueError("no Markdown")
    rows = [lines[0], *lines[2:]]
    cells = [[c.strip() for c in re.split(r"(?<!\\)(?:\\\\)*\|", row)[1:-1]] for row in rows]
    return [[re.sub(r"\\(.)", r"\1", c) for c in row] for row in cells]


def _csv(block: str) -> Texts:
    return list(csv.reader(io.StringIO(block), strict=True))


def _json(block: str) -> Texts:
    records = json.loads(block)
    heads = list(records[0]) if isinstance(records, list) and records and isinstance(records[0], dict) else []
    if not heads or any(list(r) != heads for r in records):
        raise ValueError("no records")
    return [heads, *([str(r[h]) for h in heads] for r in records)]


def _aligned(block: str) -> Texts:
    lines = block.splitlines()
    if len(lines) < 3 or set(lines[1]) - set("- "):
        raise ValueError("no columns")
    starts = [m.span() for m in re.finditer(r"-+", lines[1])]
    ends = [start for start, _ in starts[1:]] + [None]
    rows = [[line[s:e].strip() for (s, _), e in zip(starts, ends, strict=True)] for line in (lines[0], *lines[2:])]
    return [rows[0], *(["" if c == "-" else c for c in row] for row in rows[1:])]


_READERS: Mapping[str, Callable[[str], Texts]] = {
    "markdown": _markdown, "csv": _csv, "json": _json, "text": _aligned,
}  # fmt: skip
