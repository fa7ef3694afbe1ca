"""Damage to values of any type: nothing, a stand-in for nothing, another size, another unit, a later time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl

from synthgen.defects.spec import Cell, Disguised, Late, Outliers, Units
from synthgen.defects.text import more
from synthgen.seeds import U64, below, unit
from synthgen.units import duration_us

STAND_INS = ("N/A", "-", "", "null", "unknown", "none", "n/a", "NULL", "?", "NaN", "missing")
"""What people write where nothing is known; a scanner that meets one in a column of names takes it for no name."""
_TEXTS = STAND_INS[:5]
_DAY = 86_400_000_000

CONVERSIONS: dict[str, tuple[float, float]] = {
    "cents": (100.0, 0.0),
    "euros": (0.01, 0.0),
    "thousands": (0.001, 0.0),
    "fahrenheit": (1.8, 32.0),
    "celsius": (1 / 1.8, -32 / 1.8),
    "inches": (1 / 2.54, 0.0),
    "centimetres": (2.54, 0.0),
    "pounds": (1 / 0.45359237, 0.0),
    "kilograms": (0.45359237, 0.0),
}
"""What a number becomes, `factor * number + offset`, if it is written in the unit named (exact by definition)."""


def stand_ins(dtype: pl.DataType, options: Disguised) -> pl.Series:
    """The stand-ins of a column: typed where all fit the column's type, else text."""
    words: list[Any] = list(options.as_) if options.as_ is not None else _usual(dtype)
    if dtype == pl.String():
        return pl.Series([str(w) for w in words], dtype=pl.String)
    if (dtype == pl.Date() or isinstance(dtype, pl.Datetime)) and options.as_ is None:
        return pl.Series(words).cast(dtype)
    if dtype.is_numeric() and not any(isinstance(w, str) for w in words):
        try:
            return pl.Series(words).cast(dtype)
        except pl.exceptions.PolarsError:
            pass
    return pl.Series([str(w) for w in words], dtype=pl.String)


def _usual(dtype: pl.DataType) -> list[Any]:
    if dtype.is_numeric():
        return [-999] if not dtype.is_unsigned_integer() else [0]
    if dtype == pl.Date():
        return [date(1900, 1, 1)]
    if isinstance(dtype, pl.Datetime):
        return [datetime(1900, 1, 1)]  # naive, as the columns are
    return list(_TEXTS)


def disguised(values: pl.Series, bits: U64, options: Cell) -> pl.Series:
    """One of the stand-ins for each value."""
    assert isinstance(options, Disguised)
    words = stand_ins(values.dtype, options)
    return words.gather(pl.Series(below(bits, len(words)).astype(np.uint32)))


def missing(values: pl.Series, bits: U64, options: Cell) -> pl.Series:
    """Nothing."""
    return pl.Series([None], dtype=values.dtype).new_from_index(0, len(values))


def outliers(values: pl.Series, bits: U64, options: Cell) -> pl.Series:
    """The number times one of the factors; one that would not fit its type stays as it is."""
    assert isinstance(options, Outliers)
    factors = np.asarray(options.factor)[below(bits, len(options.factor)).astype(np.int64)]
    return _scaled(values, factors, 0.0)


def units(values: pl.Series, bits: U64, options: Cell) -> pl.Series:
    """The number in another unit."""
    assert isinstance(options, Units)
    factor, offset = CONVERSIONS[options.unit]
    return _scaled(values, np.full(len(values), factor), offset)


def _scaled(values: pl.Series, factors: np.ndarray[Any, Any], offset: float) -> pl.Series:
    dtype = values.dtype
    changed = pl.Series(values.cast(pl.Float64).to_numpy() * factors + offset)
    if isinstance(dtype, pl.Decimal):
        changed = changed.round(dtype.scale)
        limit = 10.0 ** min(15, dtype.precision - dtype.scale)
        changed = pl.select(pl.when(changed.abs() < limit).then(changed)).to_series()
    elif dtype.is_integer():
        changed = changed.round()
        changed = pl.select(pl.when(changed.abs() <= 2.0**53).then(changed)).to_series()
    fitting = changed.cast(dtype, strict=False)
    return pl.select(pl.coalesce(fitting, values)).to_series()


def late(values: pl.Series, bits: U64, options: Cell) -> pl.Series:
    """The time and a delay, evenly between the recipe's two; dates move on by whole days, one at least."""
    assert isinstance(options, Late)
    low, high = map(duration_us, options.delay)
    delay = (low + unit(bits) * (high - low)).astype(np.int64)
    if values.dtype == pl.Date():
        days = np.maximum(1, -(-delay // _DAY))
        return (values.cast(pl.Int32).cast(pl.Int64) + pl.Series(days)).cast(pl.Int32).cast(pl.Date)
    assert isinstance(values.dtype, pl.Datetime)
    return values + pl.Series(delay).cast(pl.Duration("us"))


def other_rows(numbers: U64, bits: U64, size: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """For each row the number of another row of its table, evenly; the row itself where there is no other."""
    if size < 2:
        return numbers.astype(np.int64)
    step = below(more(bits, 3), size - 1) + np.uint64(1)
    return ((numbers + step) % np.uint64(size)).astype(np.int64)
