"""What relations may ask beyond what other generators may: other tables' keys and sizes, siblings, whole columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Rows
from synthgen.generator import Build
from synthgen.seeds import U64

T = TypeVar("T")


class RelationBuild(Build, Protocol):
    """The plan's side, as relations see it."""

    @property
    def is_link(self) -> bool:
        """Whether this reference is the link from a `per` table to its parent row."""

    @property
    def per(self) -> str | None:
        """The table that this one is made per, if any."""

    def target(self, reference: str, *path: str | int) -> tuple[str, str]:
        """(table, column) that `table` or `table.column` names; the column defaults to the table's single key."""

    def descendant(self, reference: str, *path: str | int) -> tuple[str, str]:
        """(table, column) of a table made per this one, at any depth."""

    def dtype_in(self, table: str, column: str) -> pl.DataType:
        """dtype of a column of any table, whether or not a row here leads to it."""

    def table_size(self, table: str) -> int:
        """Rows of a table in all."""


class RelationRows(Rows, Protocol):
    """The rows, as relations see them."""

    def parent_ids(self) -> U64:
        """Row ids of each row's parent."""

    def child_ids(self, parent_ids: U64, ordinals: NDArray[np.int64]) -> U64:
        """Row ids of this table's rows by parent id and ordinal."""

    def whole(self, table: str, column: str) -> pl.Series:
        """A column of every row of a table."""

    def cached(self, name: Any, make: Callable[[], T]) -> T:
        """`make()` once per process, for this column."""
