"""What a compiled Faker method is: a sampler that fills any set of rows, and why a method could not become one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import polars as pl

from synthgen.columns import Column, Rows

Kind = Literal["vocabulary", "grammar", "kernel"]


class Sampler(Protocol):
    """A Faker method as a vectorised function of rows, with the distribution of the method.

    Stateless: a row's value is a function of the row's streams alone, so any rows in any order give the same cells.
    """

    @property
    def dtype(self) -> pl.DataType:
        """dtype of what `sample` returns."""

    @property
    def kind(self) -> Kind:
        """`vocabulary` (one list), `grammar` (weighted productions of words and digits) or `kernel` (arithmetic)."""

    @property
    def capacity(self) -> int | None:
        """How many different values there are, where that is known and small (a vocabulary); else None."""

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """Least and greatest number (None: unbounded or not a number)."""

    def sample(self, rows: Rows, slot: str = "") -> Column:
        """One value per row, from the streams `rows.bits(slot + ...)`; coded where the sampler is a vocabulary."""


@dataclass(frozen=True)
class Refused:
    """Why a method cannot be compiled: `reason` is one plain sentence without a full stop."""

    reason: str


class UnsupportedError(Exception):
    """Raised while a method is compiled, where its code does what cannot be turned into array operations."""
