"""What to draw of a table: the distribution of each column, and lines where the rows of a parent follow each other.

Figures are numbers alone (bins, shares, points), so that a terminal and an image draw the same. A column whose values
nearly all differ (an identifier, a name) gets no figure: its distribution says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import polars as pl

_BARS = 12  # categories that get a bar; how many others there are, the note says
_BINS = 24
_LINES = 3  # parents whose rows are drawn as lines
_LEAST = 20  # rows of one parent that make a line
_TAIL = 0.5  # a last hundredth that would stretch the axis by more than this share of it is left out
_DISTINCT = 0.5  # text of which more values differ is no category


@dataclass(frozen=True)
class Line:
    """One line: `x` in seconds since 1970 (UTC), `y` with NaN for gaps, and the indexes of points to mark."""

    name: str
    x: list[float]
    y: list[float]
    marked: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Figure:
    """One picture. Bars have `labels` and `shares` (of the values, 0 to 1); a histogram has `edges` of bins.

    `time` tells that edges are seconds since 1970. `note` says what the picture leaves out, such as empty cells.
    """

    title: str
    kind: Literal["bars", "histogram", "lines"]
    labels: list[str] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    edges: list[float] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    time: bool = False
    note: str = ""


def figures(
    table: str,
    frame: pl.DataFrame,
    *,
    identifiers: Sequence[str] = (),
    parent: str | None = None,
    truths: Mapping[str, str] | None = None,
) -> list[Figure]:
    """The figures of a table's columns, in their order.

    `identifiers` are left out; `parent` is the column that holds the parent's key; `truths` maps a column to a boolean
    column that marks its anomalies.
    """
    clock = _clock(frame, parent)
    found = []
    for series in frame.iter_columns():
        if series.name in identifiers or not series.drop_nulls().len():
            continue
        title = f"{table}.{series.name}"
        if clock is not None and series.name != clock and series.dtype.is_numeric():
            found.append(_lines(title, frame, series.name, clock, parent, (truths or {}).get(series.name)))
        figure = _distribution(title, series)
        if figure is not None:
            found.append(figure)
    return found


def _distribution(title: str, series: pl.Series) -> Figure | None:
    note = f"{series.null_count() / len(series):.1%} empty" if series.null_count() else ""
    values = series.drop_nulls()
    if isinstance(values.dtype, pl.Boolean | pl.Categorical | pl.Enum):
        return _bars(title, values.cast(pl.String), note)
    if values.dtype == pl.String:
        return _bars(title, values, note) if values.n_unique() <= max(2, len(values) * _DISTINCT) else None
    if values.dtype.is_numeric():
        if values.n_unique() <= _BARS and (values.dtype.is_integer() or values.dtype.is_decimal()):
            return _bars(title, values.sort().cast(pl.String), note, by_size=False)
        return _histogram(title, values.cast(pl.Float64).to_numpy(), note)
    if isinstance(values.dtype, pl.Duration):
        return _histogram(f"{title} (days)", values.dt.total_seconds().to_numpy() / 86_400, note)
    if isinstance(values.dtype, pl.Datetime | pl.Date):
        return _histogram(title, _seconds(values), note, time=True)
    return None


def _bars(title: str, values: pl.Series, note: str, *, by_size: bool = True) -> Figure:
    counts = values.value_counts(sort=False).rename({values.name: "value"})
    first = pl.DataFrame({"value": values.unique(maintain_order=True)}).with_row_index("place")
    counts = counts.join(first, on="value")
    order = ["count", "place"] if by_size else ["place"]
    counts = counts.sort(order, descending=[True, False] if by_size else [False])
    labels, sizes = counts["value"].to_list(), counts["count"].to_list()
    if len(labels) > _BARS:
        others = f"{sum(sizes[_BARS:]) / len(values):.1%} are {len(labels) - _BARS:,} others"
        note, labels, sizes = "; ".join(filter(None, [note, others])), labels[:_BARS], sizes[:_BARS]
    return Figure(title, "bars", labels=labels, shares=[s / len(values) for s in sizes], note=note)


def _histogram(title: str, values: Any, note: str, *, time: bool = False) -> Figure | None:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return None
    low, most, high = np.quantile(finite, [0.0, 0.99, 1.0])
    if high == low:
        return None
    if not time and high - most > _TAIL * (most - low) > 0:
        high = most
    inside = finite[finite <= high]
    counts, edges = np.histogram(inside, bins=min(_BINS, max(5, int(np.sqrt(len(inside))))), range=(low, high))
    beyond = len(finite) - len(inside)
    notes = [note, f"{beyond / len(values):.1%} lie beyond {high:,.4g}" if beyond else ""]
    shares = [float(c) / len(values) for c in counts]
    return Figure(
        title,
        "histogram",
        shares=shares,
        edges=[float(e) for e in edges],
        time=time,
        note="; ".join(filter(None, notes)),
    )


def _seconds(values: pl.Series) -> Any:
    return values.cast(pl.Datetime("us")).dt.timestamp("us").cast(pl.Float64).to_numpy() / 1e6


def _clock(frame: pl.DataFrame, parent: str | None) -> str | None:
    """The first column of times that never go back within a parent's rows, if enough rows follow each other."""
    groups = frame.partition_by(parent, maintain_order=True) if parent in frame.columns else [frame]
    long = [g for g in groups if len(g) >= _LEAST]
    if not long or len(long) * 2 < len(groups):
        return None
    for series in frame.iter_columns():
        times = isinstance(series.dtype, pl.Datetime | pl.Date)
        if times and all(_rises(g[series.name]) for g in long):
            return series.name
    return None


def _rises(times: pl.Series) -> bool:
    return times.null_count() == 0 and times.is_sorted() and times[0] < times[-1]


def _lines(title: str, frame: pl.DataFrame, column: str, clock: str, parent: str | None, truth: str | None) -> Figure:
    groups = frame.partition_by(parent, maintain_order=True) if parent in frame.columns else [frame]
    long = [g for g in groups if len(g) >= _LEAST][:_LINES]
    lines = []
    for group in long:
        name = f"{parent} {group[parent][0]}" if parent in frame.columns else column
        marks = group[truth].fill_null(False).arg_true().to_list() if truth in frame.columns else []
        y = group[column].cast(pl.Float64).to_numpy().astype(float)
        lines.append(Line(name, _seconds(group[clock]).tolist(), y.tolist(), marks))
    shown = f"{len(lines)} of {len(groups)} drawn" if len(groups) > len(lines) else ""
    return Figure(f"{title} over {clock}", "lines", lines=lines, time=True, note=shown)


def moment(seconds: float, span: float) -> str:
    """An instant as short as `span` (seconds that the axis covers) lets it be."""
    form = "%Y-%m-%d" if span > 4 * 86_400 else "%m-%d %H:%M"
    return datetime.fromtimestamp(seconds, UTC).strftime(form)
