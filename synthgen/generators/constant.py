"""One value for every row."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from pydantic import field_validator

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.units import duration_us, is_duration


class ConstantParams(Params):
    """`constant: value`: text, a number, true or false, null, or a duration such as `90d`."""

    constant: Any
    decimals: int | None = None

    @field_validator("constant")
    @classmethod
    def _scalar(cls, value: Any) -> Any:
        if isinstance(value, list | dict):
            raise ValueError("a constant is one value; for lists and structs use list or struct")
        return value


class Constant(BaseGenerator[ConstantParams]):
    """The same value in every row. Example: `currency: {constant: EUR}`."""

    Params = ConstantParams

    def __init__(self, params: ConstantParams, build: Build) -> None:
        super().__init__(params, build)
        value = params.constant
        if is_duration(value) and not build.column.startswith("#"):
            series = pl.Series([duration_us(value)]).cast(pl.Duration("us"))
        elif value is None:
            series = pl.Series([None], dtype=pl.String)
        else:
            series = pl.Series([value])
        if params.decimals is not None and series.dtype.is_numeric():
            series = series.cast(pl.Decimal(18, params.decimals))
        self.dtype, self.null = series.dtype, value is None
        self.vocabulary = Vocabulary(f"recipe:{build.table}.{build.column}", series)
        if isinstance(series.dtype, pl.Duration):
            self.bounds = (duration_us(value), duration_us(value))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self.bounds = (value, value)

    def generate(self, rows: Rows) -> Column:
        """The value, once per row."""
        if self.null:
            return Column.of(pl.Series([None], dtype=pl.String).new_from_index(0, rows.count))
        return Column.coded(self.vocabulary, np.zeros(rows.count, np.uint32))
