"""A parameter that may differ from parent to parent: a number, a column, or a generator drawn once per parent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BeforeValidator

from synthgen.columns import Rows
from synthgen.generator import Build, Generator
from synthgen.seeds import U64
from synthgen.units import is_duration


def _written(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Mapping):
        raise ValueError("write a number, a column, or a generator such as {normal: {mean: 20, sd: 2}}")
    if isinstance(value, float) and not np.isfinite(value):
        raise ValueError("write a finite number")
    return value


def _timed(value: Any) -> Any:
    if isinstance(value, str) and is_duration(value):
        return {"uniform": [value, value]}
    if not isinstance(value, Mapping):
        raise ValueError("write a duration such as 40s, or a generator of durations such as {exponential: 40s}")
    return value


Lasting = Annotated[dict[str, Any], BeforeValidator(_timed)]  # a duration, or a generator of durations
Amount = Annotated[float | str | dict[str, Any], BeforeValidator(_written)]  # as a recipe writes it


class Drawn:
    """A number for every row, the same for all rows of one parent where it is a number, an ancestor's column or drawn.

    `scope` names the streams that a generator draws from. `fixed` is the number, where one was written; `shared` is
    false where the rows of one parent may differ.
    """

    def __init__(self, value: Any, scope: str, build: Build, *path: str | int) -> None:
        self.scope = scope
        self.fixed: float | None = None
        self.column: str | None = None
        self.generator: Generator | None = None
        self.shared = True
        self.needs: tuple[str, ...] = ()
        if isinstance(value, int | float):
            self.fixed = float(value)
            return
        if isinstance(value, str):
            self.column, dtype, self.needs = value, build.dtype_of(value), (value,)
        else:
            self.generator = build.nested(value, *path)
            dtype, self.needs = self.generator.dtype, self.generator.needs
            if self.generator.distinct:
                message = "identifiers differ in every row, so rows cannot share one"
                raise build.fail("contradiction", message, "write a distribution, such as {uniform: [10, 30]}", *path)
        if not dtype.is_numeric():
            what = f"'{value}'" if isinstance(value, str) else "the generator's value"
            message = f"{what} is {dtype}, not a number"
            raise build.fail("wrong-type", message, "name a numeric column, or write a number", *path)
        self.shared = all(build.is_shared(need) for need in self.needs)

    def of(self, rows: Rows, ids: U64 | None = None) -> NDArray[np.float64] | float:
        """One number per row, or the one number of all; null counts as 0.

        A generator draws by `ids`, those of the parents unless stated, so that siblings share what it draws.
        """
        if self.fixed is not None:
            return self.fixed
        if self.column is not None:
            found = rows.values(self.column)
        else:
            assert self.generator is not None
            drawn_by = rows.ids - rows.ordinals.astype(np.uint64) if ids is None else ids
            found = self.generator.generate(rows.scoped(f"{self.scope}/").rekeyed(drawn_by)).values
        numbers: NDArray[np.float64] = found.cast(pl.Float64).fill_null(0.0).to_numpy()
        return numbers
