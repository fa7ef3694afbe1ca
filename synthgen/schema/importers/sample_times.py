"""Dates of a sample that always come after another date of the row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from synthgen.schema.table import FieldSchema

_FEW = 20  # rows below which an order may be an accident


def follow(field: FieldSchema, fields: Sequence[FieldSchema], values: Mapping[str, pl.Series]) -> FieldSchema:
    """The column with hints `after` and `delay` (the mean), if it never comes before another one and stays near it."""
    if field.type not in ("date", "timestamp") or not field.hints:
        return field
    best: tuple[float, str] | None = None
    for other in fields:
        if other.name == field.name or other.type != field.type:
            continue
        both = pl.DataFrame({"a": values[other.name], "b": values[field.name]}).drop_nulls()
        gaps = (both["b"] - both["a"]).dt.total_seconds()
        if len(gaps) < _FEW or gaps.min() < 0:  # type: ignore[operator]  # not empty
            continue
        mean = float(gaps.mean() or 0.0)  # type: ignore[arg-type]  # a number
        span = (both["a"].max() - both["a"].min()).total_seconds()  # type: ignore[operator, union-attr]  # dates
        if 0 < mean < 0.25 * span and (best is None or mean < best[0]):
            best = (mean, other.name)
    if best is None:
        return field
    seconds = best[0] if field.type == "timestamp" else max(best[0], 86_400.0)
    return replace(field, hints=dict(field.hints) | {"after": best[1], "delay": _written(seconds)})


def _written(seconds: float) -> str:
    """A duration in its largest whole unit, to two digits or so."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= 3 * size:
            return f"{round(seconds / size)}{unit}"
    return f"{max(1, round(seconds))}s"
