"""Exported rows against regenerated ones, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from synthgen.artifacts import Finding
from synthgen.export.base import plain
from synthgen.export.text import text_frame


def compare_rows(
    exported: pl.DataFrame, regenerated: pl.DataFrame, table: str, row_numbers: Sequence[int] | None = None
) -> list[Finding]:
    """One finding per column whose cells differ, at the first row that does; rows correspond by position.

    `row_numbers` are the rows' numbers in the table, where they are not 0, 1, 2. Where the exported types are not the
    regenerated ones, because the format has text alone, both are compared as that text.
    """
    if exported.columns != regenerated.columns:
        wrong = sorted(set(exported.columns) ^ set(regenerated.columns)) or exported.columns
        return [Finding("integrity", table, name, message="columns are not those of the recipe") for name in wrong]
    if exported.height != regenerated.height:
        return [Finding("integrity", table, message="rows are not those of the recipe")]
    findings = []
    ours, theirs = plain(exported), plain(regenerated)
    for name in exported.columns:
        differ = _differ(ours.select(name), theirs.select(name)).arg_true()
        if len(differ):
            row = differ[0] if row_numbers is None else int(row_numbers[differ[0]])
            message = "not what the recipe and the seed make"
            findings.append(Finding("integrity", table, name, row, count=len(differ), message=message))
    return findings


def _differ(exported: pl.DataFrame, regenerated: pl.DataFrame) -> pl.Series:
    """Where two columns differ; null equals null, NaN equals NaN."""
    made = regenerated.to_series()
    if exported.dtypes == regenerated.dtypes and not made.dtype.is_nested():
        return exported.to_series().ne_missing(made)
    differ = text_frame(exported).to_series().ne_missing(text_frame(regenerated).to_series())
    if made.dtype.is_float():  # JSON has no NaN and no infinity: they were written as null
        differ &= ~(exported.to_series().is_null() & made.is_not_null() & ~made.is_finite())
    return differ
