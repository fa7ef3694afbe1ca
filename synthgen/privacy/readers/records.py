"""JSON: one document, or one object a line; nested values become columns by path."""

from __future__ import annotations

import json as parser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from synthgen.privacy.readers import base
from synthgen.privacy.readers.base import Batch
from synthgen.privacy.readers.text import lines, text


def jsonl(path: Path) -> Iterator[Batch]:
    """One JSON value a line; a blank line is an empty row."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for piece in lines(file):
            yield records([parser.loads(line) if line.strip() else None for line in piece])


def json(path: Path) -> Iterator[Batch]:
    """One document, or failing that one value a line, or failing that text."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        try:
            content = parser.load(file)
        except parser.JSONDecodeError:
            content = None
    if content is None:  # one object a line, or no JSON at all: still text
        try:
            pieces = list(jsonl(path))
        except parser.JSONDecodeError:
            pieces = list(text(path))
        yield from pieces
        return
    found = content if isinstance(content, list) else [content]
    for start in range(0, len(found), base.LINES):
        yield records(found[start : start + base.LINES])


def records(content: list[Any]) -> Batch:
    """Columns by path (`address.street`, `tags[]`), each with as many values as there are, and their rows.

    A leaf that a row has several times makes a list column. Names of object members are values too: column `(keys)`.
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
    columns = {path: _series(path, values, len(content)) for path, values in leaves.items()}
    if keys:
        distinct = {row: [k for k in dict.fromkeys(found) if isinstance(k, str)] for row, found in keys.items()}
        columns["(keys)"] = _series("(keys)", distinct, len(content))
    return Batch(columns, len(content))


def _series(name: str, values: dict[int, list[Any]], rows: int) -> pl.Series:
    whole = all(isinstance(v, int) and abs(v) < 2**63 for found in values.values() for v in found)
    made = [None if i not in values else (values[i] if whole else [str(v) for v in values[i]]) for i in range(rows)]
    if all(len(v) == 1 for v in values.values()):
        return pl.Series(name, [v[0] if v else None for v in made], dtype=pl.Int64 if whole else pl.String)
    return pl.Series(name, made, dtype=pl.List(pl.Int64 if whole else pl.String))
