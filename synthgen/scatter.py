"""Values that were made for subsets of the rows, brought back into the order of the rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Column, Inserted

Index = NDArray[np.int64]


def gathered(parts: Sequence[pl.Series], index: Sequence[Index], dtype: pl.DataType) -> pl.Series:
    """One series of all rows: `parts[i]` holds the rows at the positions `index[i]`, which together are all rows."""
    if not parts:
        return pl.Series([], dtype=dtype)
    if len(parts) == 1:
        return parts[0]
    return pl.concat(parts).gather(np.argsort(np.concatenate(index), kind="stable"))


def scattered(made: Sequence[Column], index: Sequence[Index], dtype: pl.DataType, count: int) -> Column:
    """One column of `count` rows: `made[i]` holds the rows at the positions `index[i]`, with all that it inserted."""
    if len(made) == 1 and made[0].declared is None and made[0].values.dtype == dtype:
        return made[0]
    values = gathered([c.values.cast(dtype) for c in made], index, dtype)
    inserted: list[Inserted] = []
    for column, mine in zip(made, index, strict=True):
        own = [Inserted(column.values, column.declared)] if column.declared else []
        inserted += [Inserted(spread(x.values, mine, count), x.declared) for x in (*own, *column.inserted)]
    return Column.of(values, inserted=tuple(inserted))


def spread(values: pl.Series, index: Index, count: int, *, sort: bool = False) -> pl.Series:
    """A series of `count` rows that holds `values` at the positions `index` and null elsewhere.

    `sort` says that the positions may be out of order, so that as many as there are rows are not yet the rows.
    """
    if len(index) == count and not sort:
        return values
    codes = np.zeros(count, np.uint32)
    missing = np.ones(count, np.bool_)
    codes[index], missing[index] = np.arange(len(index), dtype=np.uint32), False
    return values.gather(pl.Series(codes).set(pl.Series(missing), None))
