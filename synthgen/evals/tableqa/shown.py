"""A table as it is shown: columns, headings, cells, and what the cells are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import polars as pl

from synthgen.evals.base import Record
from synthgen.evals.draw import Draw
from synthgen.evals.tableqa.layouts import Cell

Sort = Literal["number", "date", "text"]
_LONGEST = 40


@dataclass(frozen=True)
class Column:
    """A column that can be shown: how it is compared, and what it is called."""

    name: str
    sort: Sort
    noun: str
    measure: bool = False

    @property
    def title(self) -> str:
        """The noun as a heading."""
        return self.noun[0].upper() + self.noun[1:]


@dataclass(frozen=True)
class Shown:
    """A table as it is shown: columns with headings, records, cells, and their worth; `others` are other rows' keys."""

    columns: Sequence[Column]
    heads: Sequence[str]
    records: Sequence[Record]
    cells: Sequence[Sequence[Cell]]
    frame: pl.DataFrame
    others: Sequence[Cell] = ()

    def head(self, column: Column) -> str:
        """A column's heading."""
        return self.heads[self.columns.index(column)]

    def full(self, column: Column) -> bool:
        """Whether no cell of a column is empty."""
        return self.frame[self.head(column)].null_count() == 0


class Style:
    """How one table spells its values."""

    def __init__(self, draw: Draw) -> None:
        self.titles = draw.chance(0.5)
        self.grouped = draw.chance(0.4)
        self.short_dates = draw.chance(0.3)

    def text(self, value: Any, measure: bool) -> str:
        """A value as a cell."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, date):
            return f"{value.day} {value:%b} {value.year}" if self.short_dates else value.isoformat()
        if isinstance(value, float | Decimal):
            text = f"{float(value):.2f}" if round(float(value), 2) == float(value) else f"{float(value):.6g}"
            return f"{float(text):,.2f}" if self.grouped and abs(float(value)) >= 1000 else text
        if isinstance(value, int) and measure and self.grouped:
            return f"{value:,}"
        return str(value)


def fits(text: str) -> bool:
    """Whether a cell can stand in every layout: short, on one line, without spaces around it."""
    return len(text) <= _LONGEST and text == text.strip() and text.isprintable() and "  " not in text


def worth(value: Any, text: str, column: Column) -> Any:
    """What a cell is worth to a computation: numbers and dates as such, rounded as shown; all else as its text."""
    if value is None:
        return None
    if column.measure:
        return float(text.replace(",", "")) if isinstance(value, float | Decimal) else value
    return value if column.sort == "date" else text


def stands_for(text: str, value: Any) -> bool:
    """Whether a cell spells a value."""
    if value is None or isinstance(value, bool):
        return text == ("" if value is None else "yes" if value else "no")
    if isinstance(value, date):
        return text in (value.isoformat(), f"{value.day} {value:%b} {value.year}")
    if isinstance(value, int | float | Decimal):
        bare = text.replace(",", "")
        try:
            return abs(float(bare) - float(value)) <= 1e-5 * max(1.0, abs(float(value)))
        except ValueError:
            return False
    return text == str(value)
