"""Scores SQL by what it returns. Stand-alone: exports carry a copy of this file beside their cases and databases."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

STEPS = 1_000
"""Callbacks of 100,000 SQLite operations each before a statement is given up: about five seconds."""
MOST_ROWS = 10_000
TOLERANCE = 1e-6
_FENCE = re.compile(r"```[ \t]*(?:sql|sqlite)?[ \t]*\r?\n(.*?)```", re.DOTALL | re.IGNORECASE)
_NOTE = re.compile(r"\A(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)+", re.DOTALL)
_ALLOWED = {
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, getattr(sqlite3, "SQLITE_RECURSIVE", 33),
}  # fmt: skip


def score(case: dict[str, Any], answer: str, folder: str = "") -> dict[str, float]:
    """1 where the answer's SQL returns the gold rows, else 0; `executes` says whether it ran at all.

    The answer is one SELECT (or WITH ... SELECT), bare or in a code fence. It runs on a read-only copy of
    `metadata.database` in `folder`. Columns are compared by position, whatever they are called; rows as a multiset, or
    in order where the question asks for an order; numbers within 1e-6, whole or not.
    """
    target = case.get("target") or {}
    rows = run(statement(answer), Path(folder) / str(case.get("metadata", {}).get("database", "")))
    if rows is None:
        return {"score": 0.0, "executes": 0.0}
    right = same(target.get("rows", []), rows, bool(target.get("ordered")))
    return {"score": float(right), "executes": 1.0}


def statement(answer: str) -> str:
    """The SQL of an answer: the first code fence if there is one, without the last semicolon."""
    text = str(answer)
    fenced = _FENCE.search(text)
    return (fenced.group(1) if fenced else text).strip().rstrip(";").strip()


def run(sql: str, database: Path) -> list[tuple[Any, ...]] | None:
    """Rows of one SELECT on a read-only database; None for other statements, errors, and what takes too long."""
    first = _NOTE.sub("", sql)[:7].upper()
    if not re.match(r"(SELECT|WITH|\()\b|\(", first) or not database.is_file():
        return None
    left = [STEPS]

    def step() -> int:
        left[0] -= 1
        return left[0] < 0

    def allow(action: int, first: str | None, second: str | None, *_: Any) -> int:
        loads = action == sqlite3.SQLITE_FUNCTION and (second or "").lower() == "load_extension"
        return sqlite3.SQLITE_OK if action in _ALLOWED and not loads else sqlite3.SQLITE_DENY

    try:
        made = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return None
    try:
        made.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000_000)  # no string or blob may fill the memory
        made.set_authorizer(allow)
        made.set_progress_handler(step, 100_000)
        rows = made.execute(sql).fetchmany(MOST_ROWS + 1)
        return rows if len(rows) <= MOST_ROWS else None
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError):
        return None
    finally:
        made.close()


def same(gold: Sequence[Sequence[Any]], rows: Sequence[Sequence[Any]], ordered: bool = False) -> bool:
    """Whether rows are equal: in order, or as multisets; columns by position, numbers within a relative 1e-6."""
    if len(gold) != len(rows) or (gold and len(gold[0]) != len(rows[0])):
        return False
    a, b = [tuple(map(_plain, r)) for r in gold], [tuple(map(_plain, r)) for r in rows]
    if a == b or (not ordered and Counter(a) == Counter(b)):
        return True
    if ordered:
        return all(_alike(x, y) for x, y in zip(a, b, strict=True))
    a, b = sorted(a, key=_place), sorted(b, key=_place)
    return all(_alike(x, y) for x, y in zip(a, b, strict=True)) or _paired(a, b)


def _paired(gold: list[tuple[Any, ...]], rows: list[tuple[Any, ...]]) -> bool:
    """Greedy pairing, for rows that rounding has sorted apart."""
    if len(gold) > 500:
        return False
    left = list(rows)
    for row in gold:
        at = next((i for i, other in enumerate(left) if _alike(row, other)), None)
        if at is None:
            return False
        left.pop(at)
    return True


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def _alike(a: Sequence[Any], b: Sequence[Any]) -> bool:
    return all(
        x == y
        if not (isinstance(x, int | float) and isinstance(y, int | float))
        else abs(x - y) <= TOLERANCE * max(1.0, abs(x), abs(y))
        for x, y in zip(a, b, strict=True)
    )


def _place(row: Sequence[Any]) -> tuple[tuple[int, Any], ...]:
    return tuple((0, 0) if v is None else (1, round(v, 4)) if isinstance(v, int | float) else (2, str(v)) for v in row)
