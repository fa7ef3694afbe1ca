"""What the line does to a column after its generator: nulls and conditions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Column, Rows
from synthgen.sql import Sql, is_true


def masked(column: Column, drop: NDArray[np.bool_]) -> Column:
    """The column with null where `drop` is true."""
    mask = pl.Series(drop)
    picks = None if column.picks is None else np.where(drop, -1, column.picks)
    if column.codes is not None:
        return replace(column, codes=_blank(column.codes, mask), picks=picks)
    assert column.plain is not None
    inserted = tuple(replace(i, values=_blank(i.values, mask)) for i in column.inserted)
    return replace(column, plain=_blank(column.plain, mask), inserted=inserted, picks=picks)


def _blank(values: pl.Series, mask: pl.Series) -> pl.Series:
    frame = pl.DataFrame([values.alias("v"), mask.alias("m")])
    return frame.select(pl.when(~pl.col("m")).then(pl.col("v")).alias(values.name)).to_series()


def evaluate_condition(condition: Sql, rows: Rows) -> pl.Series:
    """Whether a predicate holds for each row; unknown counts as false."""
    return is_true(condition, {name: rows.values(name) for name in condition.references}, rows.count)
