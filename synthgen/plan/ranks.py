"""Ranks that make groups of columns unique: a permutation of row numbers, or of ordinals within each parent."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from synthgen.plan.model import Enumerated
from synthgen.seeds import U64, Permutation, StreamKey, draws_at


class RankedRows(Protocol):
    """What ranks are computed from."""

    @property
    def numbers(self) -> U64:
        """Row numbers."""

    def parent_ids(self) -> U64:
        """Parents' row ids."""

    def parent_rows(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Parents' row numbers, and ordinals."""

    def table_stream(self, slot: str) -> StreamKey:
        """A stream of the table rather than of one column, so that the columns of a group agree."""


def ranks(rows: RankedRows, how: Enumerated) -> U64:
    """This column's digit of each row's rank, in [0, how.capacity)."""
    key = rows.table_stream(how.stream)
    permutation = Permutation(key, how.modulus)
    if how.scope == "table":
        rank = permutation(rows.numbers)
    else:
        tweak = draws_at(key, rows.parent_ids())
        rank = permutation(rows.parent_rows()[1].astype(np.uint64), tweak)
    return (rank // np.uint64(how.divisor)) % np.uint64(how.capacity)
