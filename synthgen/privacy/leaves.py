"""The plain columns inside a nested one, each as text, with the row that every value belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

LARGE = 10**8
"""Integers below this cannot hold an identity number that is recognised without a telling column name."""


@dataclass(frozen=True)
class Leaf:
    """A flat series. `name` is `column`, `column.field` or `column[]`; `rows` each value's row (None: its index)."""

    name: str
    values: pl.Series
    rows: pl.Series | None = None

    def row_numbers(self, index: pl.Series) -> pl.Series:
        """Distinct rows of the values at these indices, in order."""
        return index if self.rows is None else self.rows.gather(index).unique(maintain_order=True)


def leaves(name: str, values: pl.Series, rows: pl.Series | None = None) -> Iterator[Leaf]:
    """All leaves of a series: structs by field, lists and arrays by element."""
    kind = values.dtype
    if isinstance(kind, pl.Struct):
        for part in kind.fields:
            yield from leaves(f"{name}.{part.name}", values.struct.field(part.name), rows)
    elif isinstance(kind, pl.Map):
        yield from leaves(name, values.map.entries(), rows)
    elif isinstance(kind, pl.Array):
        yield from leaves(name, values.arr.to_list(), rows)
    elif isinstance(kind, pl.List):
        lengths = values.list.len().fill_null(0).to_numpy()
        owners = pl.Series(np.repeat(np.arange(len(values), dtype=np.int64), lengths))
        if rows is not None:
            owners = rows.gather(owners)
        yield from leaves(f"{name}[]", values.filter(values.list.len().fill_null(0) > 0).explode(), owners)
    else:
        yield Leaf(name, values, rows)


def as_text(values: pl.Series, suspicious: bool) -> pl.Series | None:
    """The values as text; None where the type cannot hold PII.

    Integers are text only if they are large, or `suspicious` (the column's name says what they are). Booleans, floats,
    temporal values and decimals with a fraction never are. Raises TypeError for a type that cannot be read.
    """
    kind = values.dtype
    if kind == pl.String:
        return values
    if kind in (pl.Categorical, pl.Enum):
        return values.cast(pl.String)
    if kind.is_integer() or (isinstance(kind, pl.Decimal) and kind.scale == 0):
        top = values.max()
        return values.cast(pl.String) if top is not None and (suspicious or int(str(top)) >= LARGE) else None
    if kind == pl.Binary:
        return values.map_elements(_decoded, return_dtype=pl.String)
    if kind.is_numeric() or kind.is_temporal() or kind in (pl.Boolean, pl.Null):
        return None
    raise TypeError(f"values of type {kind} cannot be scanned")


def _decoded(value: bytes) -> str | None:
    """Bytes that are text; random bytes are not."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return None
