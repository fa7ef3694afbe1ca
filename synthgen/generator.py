"""What a generator is: one file, a Params model, a dtype, and a function from rows to a column.

It stands below the generators and the relations so that both speak the same protocol and neither imports the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal, Protocol, TypeVar, runtime_checkable

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from synthgen.columns import Column, Rows
from synthgen.errors import Problem
from synthgen.seeds import U64

PiiMode = Literal["none", "reserved", "synthetic"]
Spec = Mapping[str, Any]  # a nested generator as written: one key names the generator, modifiers beside it


class Params(BaseModel):
    """Base of every plug-in's parameters: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Build(Protocol):
    """What a generator may ask while it is built: the plan's side of the conversation."""

    @property
    def table(self) -> str:
        """The table being planned."""

    @property
    def column(self) -> str:
        """The column being planned."""

    @property
    def key(self) -> tuple[str, ...]:
        """Columns of the table's key."""

    @property
    def unique(self) -> bool:
        """Whether this column alone must be unique."""

    @property
    def clock(self) -> datetime:
        """The recipe's clock, aware, UTC."""

    @property
    def pii(self) -> PiiMode:
        """The recipe's `privacy.pii`."""

    @property
    def locales(self) -> tuple[str, ...]:
        """The recipe's locales, in the order that `Rows.locales` indexes."""

    @property
    def root(self) -> Path:
        """The folder that relative paths start from and that no path may leave: the recipe's."""

    def nested(self, spec: Any, *path: str | int) -> Generator:
        """Build a generator that is written inside this one; `path` leads to it from this column's mapping."""

    def dtype_of(self, reference: str) -> pl.DataType:
        """The dtype of another column (`column`, `table.column`); reports an unknown reference as a problem."""

    def generator_of(self, reference: str) -> Generator:
        """The generator of another column (built on demand; a cycle is a problem)."""

    def is_shared(self, reference: str) -> bool:
        """Whether all rows of one parent read the same value there: a column of an ancestor."""

    def count_generator(self) -> Generator | None:
        """The generator of this table's rows per parent; None for a table without `per`."""

    def fail(self, code: str, message: str, remedy: str | None = None, *path: str | int) -> BuildError:
        """An error to raise, placed at `path` inside this column's mapping."""


class BuildError(Exception):
    """Raised by a generator that cannot be built; carries the Problem, or None where it was reported already."""

    def __init__(self, problem: Problem | None = None) -> None:
        super().__init__(problem.message if problem else "a column that this one needs cannot be built")
        self.problem = problem


@runtime_checkable
class ReadsBelow(Protocol):
    """A generator that reads the rows made per its own: the plan orders it after them."""

    @property
    def reads_below(self) -> tuple[tuple[str, str], ...]:
        """(table, column) of what it reads."""

    @property
    def tables_below(self) -> tuple[str, ...]:
        """The tables whose rows it reads, if only to count them."""


class CellError(ValueError):
    """Raised while rows are made, where the values of some row make a cell impossible; no value is told."""

    def __init__(self, code: str, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.code, self.remedy = code, remedy


class Generator(Protocol):
    """Fills one column. Stateless after construction; the same rows give the same cells, whatever else is asked."""

    Params: ClassVar[type[BaseModel]]

    dtype: pl.DataType
    """dtype of every column that `generate` returns."""
    needs: tuple[str, ...]
    """Columns whose values it reads through `Rows.values`: `column`, or `table.column`."""
    capacity: int | None
    """Number of distinct values that `nth` enumerates; None when it cannot enumerate."""
    bounds: tuple[float | None, float | None]
    """Least and greatest number it can make (None: unbounded or not a number)."""
    distinct: bool
    """Whether any two rows of a table get different values, whatever else is asked (identifiers)."""

    def generate(self, rows: Rows) -> Column:
        """The column for these rows."""

    def nth(self, index: U64, rows: Rows) -> Column:
        """Values by rank: distinct ranks in [0, capacity) give distinct values. Used where values must be unique."""


P = TypeVar("P", bound=BaseModel)


class BaseGenerator(Generic[P]):
    """Defaults for a generator: subclass it once, set `Params` and `dtype`, write `generate`.

    `apart` says that any two rows of one parent get different values, as they stand.
    `truth` is what a planted effect truly is, in what JSON can hold; the manifest writes it beside the column.
    """

    Params: ClassVar[type[BaseModel]] = Params
    dtype: pl.DataType
    needs: tuple[str, ...] = ()
    capacity: int | None = None
    bounds: tuple[float | None, float | None] = (None, None)
    distinct: bool = False
    apart: bool = False
    truth: Mapping[str, Any] = {}
    drivable: bool = False  # whether `at` works: then the column can be correlated with others

    def __init__(self, params: P, build: Build) -> None:
        self.params = params
        self.build = build

    def generate(self, rows: Rows) -> Column:
        """The column for these rows."""
        raise NotImplementedError

    def nth(self, index: U64, rows: Rows) -> Column:
        """Values by rank; only called when `capacity` is set."""
        raise NotImplementedError

    def truth_rows(self, rows: Rows) -> Mapping[str, Column] | None:
        """Rows of the truth file `truth/TABLE.COLUMN` that these rows give, in their order; None for no such file.

        The first column is `row` (Int64): the number of the row in the table that a line is about; a row may have any
        number of lines. The columns are the same for any rows. They are scanned and exported like a table.
        """
        return None

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """The value that a share `u` in [0, 1) of all values lie below, row by row; only called when `drivable`.

        It rises with u, and has the distribution of `generate` where u is uniform.
        """
        raise NotImplementedError


def common_dtype(generators: Sequence[Generator]) -> pl.DataType | None:
    """The dtype in which the values of several generators meet; None where they do not.

    Numbers of several types meet in the widest, dates in datetimes, and null fits any.
    """
    kinds = list(dict.fromkeys(g.dtype for g in generators if not getattr(g, "null", False)))
    if len(kinds) > 1 and not (
        all(k.is_numeric() for k in kinds) or all(isinstance(k, pl.Date | pl.Datetime) for k in kinds)
    ):
        return None
    frames = [pl.DataFrame({"v": pl.Series([], dtype=k)}) for k in kinds or [generators[0].dtype]]
    return pl.concat(frames, how="vertical_relaxed")["v"].dtype


class Attribute(Protocol):
    """One attribute of an entity: its dtype, and the PII entity it declares, if any."""

    dtype: pl.DataType
    entity: str | None


class Entity(Protocol):
    """A coherent group of columns (person, address, ...): attributes of one row agree with each other and its locale.

    Built once per instance in a table. All attributes of a row draw from the instance's streams, so asking for one
    attribute alone gives the value that asking for all of them gives.
    """

    Params: ClassVar[type[BaseModel]]

    @classmethod
    def attributes(cls) -> Mapping[str, Attribute]:
        """Every attribute by name."""

    def __init__(self, params: BaseModel, build: Build) -> None: ...

    def generate(self, attribute: str, rows: Rows, unique: bool) -> Column:
        """One attribute's column; with `unique`, no two rows of the table agree."""

    def capacity(self, attribute: str) -> int | None:
        """How many rows `unique` can hold for; None for no limit, 0 where it cannot be unique."""

    def shortest(self, attribute: str) -> int:
        """The least `max_length` that the attribute can keep to (1 for text that can be cut)."""
