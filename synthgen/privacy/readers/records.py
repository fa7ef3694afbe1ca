"""JSON: one document, or one object a line; nested values become columns by path."""

from __future__ import annotations

import json as parser
from collections.abc import Iterator
from typing import Any

import polars as pl

from synthgen.privacy.readers import base
from synthgen.privacy.readers.base import Batch, Piece
from synthgen.privacy.readers.text import blocks, decoder, text

_WHOLE = 8
"""How many pieces a value may have that is read as a whole."""

_COLUMNS = 500
"""Most columns of a document; with more, its objects are look-up tables, and their keys are data."""


def jsonl(piece: Piece) -> Iterator[Batch]:
    """One JSON value a line; a blank line is an empty row, and a line that is no JSON is a text.

    A line of more than eight pieces is read as a text, in windows.
    """
    if _size(piece) > _WHOLE * base.PIECE:
        yield from text(piece)
        return
    lines = decoder().decode(b"".join(blocks(piece)), final=True).split("\n")
    if not lines[-1]:
        lines.pop()
    for start in range(0, len(lines), base.LINES):
        yield records([_value(line) for line in lines[start : start + base.LINES]])


def _size(piece: Piece) -> int:
    return (piece.stop if piece.stop is not None else piece.path.stat().st_size) - piece.start


def _value(line: str) -> Any:
    if not line.strip():
        return None
    try:
        return loads(line)
    except (ValueError, RecursionError):
        return line


def json(piece: Piece) -> Iterator[Batch]:
    """One document; failing that one value a line; failing that text. A large array is read element by element."""
    if _size(piece) > _WHOLE * base.PIECE:
        with piece.path.open(encoding="utf-8-sig", errors="synthgen-latin") as file:
            large = file.read(2**16).lstrip().startswith("[")
        if large:
            yield from _array(piece)
            return
    source = decoder().decode(b"".join(blocks(piece)), final=True)
    try:
        content = loads(source)
    except (ValueError, RecursionError):  # one object a line, or no JSON at all: still text
        first = source.lstrip().partition("\n")[0]
        yield from text(piece) if isinstance(_value(first), str) else jsonl(piece)
        return
    found = content if isinstance(content, list) else [content]
    for start in range(0, len(found), base.LINES):
        yield records(found[start : start + base.LINES])


def loads(source: str) -> Any:
    """The value, with all members of an object that has a name twice. Raises ValueError."""
    return _decoder.decode(source)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        made = {name: [v for n, v in pairs if n == name] for name in made}
    return made


_decoder = parser.JSONDecoder(object_pairs_hook=_members)


def _array(piece: Piece) -> Iterator[Batch]:
    """The elements of an array that is too large for the memory; what is no JSON is a text."""
    found: list[Any] = []
    with piece.path.open(encoding="utf-8-sig", errors="synthgen-latin") as file:
        buffer, more = "", 2**20
        while file.read(1) != "[":
            pass
        while block := file.read(more):
            buffer += block
            values, buffer = _elements(buffer)
            found += values
            more = 2**20 if values else min(2 * more, _WHOLE * base.PIECE)
            if not values and len(buffer) > _WHOLE * base.PIECE:
                found.append(buffer)
                buffer = ""
            while len(found) >= base.LINES:
                yield records(found[: base.LINES])
                del found[: base.LINES]
        if buffer.strip(" \t\r\n],"):
            found += [_value(line) for line in buffer.split("\n")]
    if found:
        yield records(found)


def _elements(buffer: str) -> tuple[list[Any], str]:
    """All elements that stand whole in the buffer, and what is left of it."""
    values: list[Any] = []
    at = 0
    while True:
        while at < len(buffer) and buffer[at] in " \t\r\n,":
            at += 1
        try:
            value, end = _decoder.raw_decode(buffer, at)
        except (ValueError, RecursionError):
            return values, buffer[at:]
        if end >= len(buffer):  # a number may go on
            return values, buffer[at:]
        values.append(value)
        at = end


def records(content: list[Any], part: str | None = None) -> Batch:
    """Columns by path (`address.street`, `tags[]`), each with as many values as there are, and their rows.

    A leaf that a row has several times makes a list column. Names of object members are values too: column `(keys)`.
    More paths than `_COLUMNS` are gathered by their last names (`*.street`).
    """
    leaves: dict[str, dict[int, list[Any]]] = {}
    keys: dict[int, list[Any]] = {}
    for row, record in enumerate(content):
        stack: list[tuple[str, Any]] = [("", record)]
        while stack:
            path, value = stack.pop()
            if isinstance(value, dict):
                keys.setdefault(row, []).extend(value)
                stack += [(f"{path}.{k}" if path else str(k), v) for k, v in value.items()]
            elif isinstance(value, list):
                stack += [(f"{path}[]", v) for v in value]
            elif value is not None and not isinstance(value, bool | float):
                leaves.setdefault(path or "value", {}).setdefault(row, []).append(value)
    for depth in (1, 0):
        if len(leaves) > _COLUMNS:
            leaves = _gathered(leaves, depth)
    columns = {path: _series(path, values, len(content)) for path, values in leaves.items()}
    if keys:
        distinct = {row: [k for k in dict.fromkeys(found) if isinstance(k, str)] for row, found in keys.items()}
        columns["(keys)"] = _series("(keys)", distinct, len(content))
    return Batch(columns, len(content), part)


def _gathered(leaves: dict[str, dict[int, list[Any]]], depth: int) -> dict[str, dict[int, list[Any]]]:
    """Columns of objects whose members are called after data: only the last names of their paths, or all in one."""
    made: dict[str, dict[int, list[Any]]] = {}
    for path, values in leaves.items():
        column = made.setdefault(f"*.{path.rpartition('.')[2]}" if depth else "*", {})
        for row, found in values.items():
            column.setdefault(row, []).extend(found)
    return made


def _series(name: str, values: dict[int, list[Any]], rows: int) -> pl.Series:
    whole = all(isinstance(v, int) and abs(v) < 2**63 for found in values.values() for v in found)
    made = [None if i not in values else (values[i] if whole else [str(v) for v in values[i]]) for i in range(rows)]
    if all(len(v) == 1 for v in values.values()):
        return pl.Series(name, [v[0] if v else None for v in made], dtype=pl.Int64 if whole else pl.String)
    return pl.Series(name, made, dtype=pl.List(pl.Int64 if whole else pl.String))
