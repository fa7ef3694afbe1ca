"""A column of a reference table: each row has the value that stands in its row of the file."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import polars as pl
from pydantic import BaseModel

from synthgen.columns import Column, Rows
from synthgen.generator import Params
from synthgen.seeds import U64


class KeptColumn:
    """Values by row number. Nothing is declared of them: what looks like personal data in them is a finding."""

    Params: ClassVar[type[BaseModel]] = Params
    needs: tuple[str, ...] = ()
    capacity: int | None = None

    def __init__(self, values: pl.Series) -> None:
        self.values = values
        self.dtype = values.dtype
        self.distinct = values.null_count() == 0 and not values.dtype.is_nested() and values.n_unique() == len(values)
        self.bounds = _bounds(values)

    def generate(self, rows: Rows) -> Column:
        """The values of these rows."""
        return Column.of(self.values.gather(pl.Series(rows.numbers.astype(np.uint32))))

    def nth(self, index: U64, rows: Rows) -> Column:
        """Never called: the values of a file are not made, so they are not made unique either."""
        raise NotImplementedError


def _bounds(values: pl.Series) -> tuple[float | None, float | None]:
    """Least and greatest number."""
    numbers = values.drop_nulls()
    if not values.dtype.is_numeric() or not len(numbers):
        return None, None
    return float(str(numbers.min())), float(str(numbers.max()))
