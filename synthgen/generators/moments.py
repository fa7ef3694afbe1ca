"""Where times start from: a fixed instant of the recipe, or a column that holds one."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BeforeValidator

from synthgen.columns import Rows
from synthgen.generator import Build
from synthgen.units import instant

EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
DAY_US = 86_400_000_000
_EARLIEST, _LATEST = -62_135_596_800_000_000, 253_402_300_799_999_999  # the years 1 to 9999
NEVER = np.int64(2**62)  # later than any instant
Micros = NDArray[np.int64]


def written(value: Any) -> Any:
    """What stands for an instant, as text: YAML may have read a date already."""
    return value.isoformat() if isinstance(value, date | datetime) else value


Written = Annotated[str, BeforeValidator(written)]
"""A parameter that stands for an instant, as text."""


class Moment:
    """An instant as a recipe writes it: an ISO date, `clock`, `clock-90d`, or the name of a date or datetime column.

    `fixed` is the instant in microseconds since 1970 (UTC), or None where it is read from the column `column`, whose
    dtype is `dtype`.
    """

    def __init__(self, text: str, build: Build, *path: str | int) -> None:
        self.text = text
        self.column: str | None = None
        self.fixed: int | None = None
        self.dtype: pl.DataType = pl.Datetime("us")
        try:
            self.fixed = (instant(text, build.clock) - EPOCH) // timedelta(microseconds=1)
            return
        except ValueError as error:
            if re.match(r"[\d+-]", text) or text.startswith("clock"):
                raise build.fail("bad-value", str(error), "write a date, clock, clock-90d or a column", *path) from None
        self.column = text
        self.dtype = build.dtype_of(text)
        if self.dtype not in (pl.Datetime("us"), pl.Date()):
            message = f"'{text}' is {self.dtype}, not a date or datetime"
            raise build.fail("wrong-type", message, "name a date or datetime column, or write a date", *path)

    @property
    def needs(self) -> tuple[str, ...]:
        """The column that is read, if any."""
        return () if self.column is None else (self.column,)

    def of(self, rows: Rows, missing: np.int64 = NEVER) -> Micros:
        """Microseconds since 1970, row by row; `missing` where the column is null."""
        if self.column is None:
            assert self.fixed is not None
            return np.full(rows.count, self.fixed, np.int64)
        return micros(rows.values(self.column), missing)


def clock_us(clock: datetime) -> np.int64:
    """The recipe's clock in microseconds since 1970: what a limit is that stands nowhere."""
    return np.int64((clock.astimezone(UTC).replace(tzinfo=None) - EPOCH) // timedelta(microseconds=1))


def micros(values: pl.Series, missing: np.int64 = NEVER) -> Micros:
    """Dates or datetimes as microseconds since 1970; `missing` where they are null."""
    found: Micros = values.cast(pl.Datetime("us")).to_physical().fill_null(int(missing)).to_numpy()
    return found


def instants(values: Micros, dtype: pl.DataType, drop: NDArray[np.bool_] | None = None) -> pl.Series:
    """Microseconds as datetimes or dates, null where `drop` is true.

    Raises OutOfBoundsError, which the line shows at the column, for years that other programs cannot read.
    """
    if len(values) and not (values.min() >= _EARLIEST and values.max() <= _LATEST):
        raise pl.exceptions.OutOfBoundsError("a time lies outside the years 1 to 9999")
    series = pl.Series(values).cast(pl.Datetime("us")).cast(dtype)
    if drop is None or not drop.any():
        return series
    return series.to_frame("v").select(pl.when(~pl.lit(pl.Series(drop))).then("v")).to_series()
