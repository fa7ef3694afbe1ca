"""Draws a data frame so that it fits the terminal: as a table, or turned on its side when it is too wide for that."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich import box
from rich.table import Table
from rich.text import Text

from synthgen.cli.render import clean

CELL = 40  # characters of one cell, at most: a UUID fits
GAP = 2


def fitted(frame: pl.DataFrame, width: int) -> tuple[Table, int]:
    """A rich table no wider than `width` characters, and how many rows it shows.

    One line a row, or one line a column if that needs less room.
    """
    cells = [[_cell(v) for v in frame.get_column(name)] for name in frame.columns]
    widths = [
        max([len(_clean(name)), *(len(c) for c in column)]) for name, column in zip(frame.columns, cells, strict=True)
    ]
    if sum(widths) + GAP * len(widths) <= width:
        return _upright(frame, cells), frame.height
    return _turned(frame, cells, width)


def _upright(frame: pl.DataFrame, cells: list[list[str]]) -> Table:
    table = _table(show_header=True)
    for name, dtype in frame.schema.items():
        table.add_column(Text(_clean(name)), justify="right" if dtype.is_numeric() else "left", no_wrap=True)
    for row in zip(*cells, strict=True):
        table.add_row(*(Text(c) for c in row))
    return table


def _turned(frame: pl.DataFrame, cells: list[list[str]], width: int) -> tuple[Table, int]:
    """One line a column, and as many rows as fit side by side."""
    names = max(len(_clean(n)) for n in frame.columns) + GAP
    dtypes = max(len(_dtype(d)) for d in frame.dtypes) + GAP
    room, shown = width - names - dtypes, 0
    for i in range(frame.height):
        room -= max(len(column[i]) for column in cells) + GAP
        if room < 0:
            break
        shown += 1
    shown = min(max(1, shown), frame.height)
    table = _table(show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(no_wrap=True, style="dim")
    for _ in range(shown):
        table.add_column(no_wrap=True, overflow="ellipsis")
    for name, dtype, column in zip(frame.columns, frame.dtypes, cells, strict=True):
        table.add_row(Text(_clean(name)), _dtype(dtype), *(Text(c) for c in column[:shown]))
    return table, shown


def _table(*, show_header: bool) -> Table:
    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, GAP, 0, 0), show_header=show_header)


def _dtype(dtype: pl.DataType) -> str:
    return str(dtype.base_type()).lower()


def _cell(value: Any) -> str:
    text = "-" if value is None else _plain(value)
    text = _clean(text)
    return text if len(text) <= CELL else text[: CELL - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, pl.Series):
        return str(value.to_list())
    return str(value)


def _clean(text: str) -> str:
    return clean(text).replace("\n", "\N{MIDDLE DOT}")
