"""Toolsets from a recipe's tables, and records of the built-in toolsets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from synthgen.evalcase import Json
from synthgen.evals.base import EvalBuild, Record
from synthgen.evals.draw import Draw
from synthgen.evals.toolbox.tools import Column, Toolset, singular

_MONEY = re.compile(r"amount|price|total|cost|fee|balance|salary|payment|charge|deposit")
_SHORT = re.compile(r"[^|\n\r\[\]]{1,40}")


def toolset_of(build: EvalBuild, table: str) -> Toolset:
    """The toolset over a recipe's table; raises BuildError where the table has no single key or nothing to change."""
    key, dtypes = build.key(table), build.columns(table)
    if len(key) != 1:
        remedy = "give it a key of one column: its records are called by it"
        raise build.fail("no-key", f"table {table} has no key of one column", remedy, "from")
    references, declared = build.references(table), build.declares(table)
    columns: list[Column] = []
    for name, dtype in dtypes.items():
        if name in key or name in declared:
            continue
        column = _column(name, dtype, build.choices(table, name), name in references)
        if column is not None and column.words not in {c.words for c in columns}:
            columns.append(column)
    if not any(c.kind == "enum" for c in columns):
        remedy = "add a column such as status: {choice: [open, paid]}"
        raise build.fail("no-choice", f"{table} has no choice of 2 to 12 short texts that could be set", remedy, "from")
    money = any(c.kind == "number" and _MONEY.search(c.name.lower()) for c in columns)
    ops = ("refund", "send", "remind", "archive") if money else ("send", "remind", "archive")
    whole = dtypes[key[0]].is_integer()
    return Toolset(table, singular(table), Column(key[0], "key", whole=whole), tuple(columns), ops)


def _column(name: str, dtype: pl.DataType, choices: tuple[Any, ...], refers: bool) -> Column | None:
    """How a column is used; None for those that requests do not speak of."""
    if refers:
        return Column(name, "reference", whole=dtype.is_integer())
    texts = [c for c in choices if isinstance(c, str) and _SHORT.fullmatch(c) and c == c.strip()]
    plain = {t.replace("_", " ").casefold() for t in texts}
    if texts:
        usable = len(texts) == len(choices) == len(plain) and 2 <= len(texts) <= 12
        return Column(name, "enum", tuple(texts)) if usable else None
    if dtype == pl.Date:
        return Column(name, "date")
    if dtype.is_integer():
        return Column(name, "integer")
    return Column(name, "number") if dtype.is_float() or dtype.is_decimal() else None


def columns_of(of: Toolset) -> tuple[str, ...]:
    """What records of the toolset's table must hold."""
    return (of.key.name, *(c.name for c in of.columns))


def plain(record: Record, of: Toolset) -> dict[str, Json]:
    """A recipe's record as JSON values, without its key."""
    return {c.name: _json(record[c.name]) for c in of.columns}


def _json(value: Any) -> Json:
    if isinstance(value, date):
        return value.isoformat()
    return round(float(value), 2) if isinstance(value, float | Decimal) else value


def made(of: Toolset, today: date, draw: Draw, count: int = 8) -> Mapping[str, dict[str, Json]]:
    """Records of a built-in toolset by key."""
    found: dict[str, dict[str, Json]] = {}
    while len(found) < count:
        key = f"{of.prefix}{draw.integer(10_000, 99_999)}"
        record: dict[str, Json] = {}
        for c in of.columns:
            if c.kind == "enum":
                record[c.name] = draw.pick(c.values)
            elif c.kind == "date":
                record[c.name] = (today - timedelta(days=draw.integer(3, 400))).isoformat()
            elif c.kind == "integer":
                record[c.name] = draw.integer(2, 60)
            else:
                record[c.name] = round(8 + 900 * draw.unit() ** 2, 2)
        found[key] = record
    return found
