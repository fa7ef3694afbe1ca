"""What an exporter is: one format, frames in, one staged file out, and what can be read back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import polars as pl

from synthgen.columns import Column

if TYPE_CHECKING:
    from polars._typing import PolarsDataType


class Exporter(Protocol):
    """Writes one batch to one file. Bytes depend on the frame alone: no clock, no path, no machine in the file."""

    suffix: str
    """File ending with its dot (`.parquet`)."""

    def write(self, frame: pl.DataFrame, path: Path) -> None:
        """Write the frame to a new file."""

    def read(self, path: Path) -> pl.DataFrame:
        """Read a file that `write` made, for `verify`; text formats give strings where the type is lost."""


@runtime_checkable
class ColumnExporter(Protocol):
    """An exporter that can also take columns as they were generated, so that codes need not become strings first."""

    def write_columns(self, columns: Mapping[str, Column], path: Path) -> None:
        """Write a file that reads back as the one that `write` makes of the columns' values."""


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame in one piece per column, with the types that all formats have: Enum and Categorical become strings."""
    changed = {name: t for name, dtype in frame.schema.items() if (t := _plain_type(dtype)) != dtype}
    return frame.with_columns(pl.col(name).cast(dtype) for name, dtype in changed.items()).rechunk()


def _plain_type(dtype: pl.DataType) -> pl.DataType:
    if isinstance(dtype, pl.Enum | pl.Categorical):
        return pl.String()
    if isinstance(dtype, pl.Int128 | pl.UInt128):  # Arrow has no integers of 128 bits
        return pl.Decimal(38, 0)
    if isinstance(dtype, pl.List):
        return pl.List(_plain_type(instance(dtype.inner)))
    if isinstance(dtype, pl.Array):
        return pl.Array(_plain_type(instance(dtype.inner)), dtype.size)
    if isinstance(dtype, pl.Struct):
        return pl.Struct([pl.Field(f.name, _plain_type(instance(f.dtype))) for f in dtype.fields])
    return dtype


def instance(dtype: PolarsDataType) -> pl.DataType:
    """A dtype as an object, where polars allows its class too."""
    return dtype() if isinstance(dtype, type) else dtype
