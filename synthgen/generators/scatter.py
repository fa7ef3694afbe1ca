"""Values that were made for subsets of the rows, brought back into the order of the rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

Index = NDArray[np.int64]


def gathered(parts: Sequence[pl.Series], index: Sequence[Index], dtype: pl.DataType) -> pl.Series:
    """One series of all rows: `parts[i]` holds the rows at the positions `index[i]`, which together are all rows."""
    if not parts:
        return pl.Series([], dtype=dtype)
    if len(parts) == 1:
        return parts[0]
    return pl.concat(parts).gather(np.argsort(np.concatenate(index), kind="stable"))


def spread(values: pl.Series, index: Index, count: int) -> pl.Series:
    """A series of `count` rows that holds `values` at the positions `index` and null elsewhere."""
    if len(index) == count:
        return values
    codes = np.zeros(count, np.uint32)
    missing = np.ones(count, np.bool_)
    codes[index], missing[index] = np.arange(len(index), dtype=np.uint32), False
    return values.gather(pl.Series(codes).set(pl.Series(missing), None))
