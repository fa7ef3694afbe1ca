"""What the line does to a column after its generator: nulls, conditions, other rows' cells, and errors with a place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Column, Rows
from synthgen.errors import RecipeError
from synthgen.generator import CellError, Generator
from synthgen.plan.model import PlannedColumn
from synthgen.recipe.model import Node
from synthgen.seeds import U64, unit
from synthgen.sql import Sql, SqlError, is_true


def masked(column: Column, drop: NDArray[np.bool_]) -> Column:
    """The column with null where `drop` is true."""
    mask = pl.Series(drop)
    picks = None if column.picks is None else np.where(drop, -1, column.picks)
    if column.parts:
        return replace(column, parts=(masked(column.parts[0], drop), *column.parts[1:]), picks=picks)
    if column.halves is not None:
        return replace(column, plain=_blank(column.values, mask), halves=None, picks=picks)
    if column.codes is not None:
        return replace(column, codes=_blank(column.codes, mask), picks=picks)
    assert column.plain is not None
    inserted = tuple(replace(i, values=_blank(i.values, mask)) for i in column.inserted)
    return replace(column, plain=_blank(column.plain, mask), inserted=inserted, picks=picks)


def spared(generator: Generator, rows: Rows, drop: NDArray[np.bool_]) -> Column:
    """The column of a generator that is asked for the kept rows alone; null elsewhere."""
    kept = np.flatnonzero(~drop)
    if not len(kept):
        return Column.of(pl.Series([None] * rows.count, dtype=generator.dtype))
    index = np.zeros(rows.count, np.int64)
    index[kept] = np.arange(len(kept))
    return gather(generator.generate(rows.take(kept)), index)


def _blank(values: pl.Series, mask: pl.Series) -> pl.Series:
    frame = pl.DataFrame([values.alias("v"), mask.alias("m")])
    return frame.select(pl.when(~pl.col("m")).then(pl.col("v")).alias(values.name)).to_series()


def evaluate_condition(condition: Sql, rows: Rows) -> pl.Series:
    """Whether a predicate holds for each row; unknown counts as false."""
    return is_true(condition, {name: rows.values(name) for name in condition.references}, rows.count)


def dropped(planned: PlannedColumn, rows: Rows, bits: Callable[[], U64]) -> NDArray[np.bool_] | None:
    """Rows whose cell is empty by `null` (which draws `bits`) or `if`; None for none."""
    drop: NDArray[np.bool_] | None = None
    if planned.null:
        mask = unit(bits()) < planned.null
        drop = mask if mask.any() else None
    if planned.condition is not None:
        off = ~evaluate_condition(planned.condition, rows).to_numpy()
        drop = off if drop is None else drop | off
    return drop


def gather(column: Column, index: NDArray[np.int64]) -> Column:
    """The column's cells at these positions."""
    made = column.gather(pl.Series(index.astype(np.uint32)))
    return made if column.picks is None else replace(made, picks=column.picks[index])


@contextmanager
def placed(what: str, node: Node) -> Iterator[None]:
    """What cannot be computed for some rows, though its types fit, as a problem at its place; no value is told."""
    try:
        yield
    except SqlError as error:
        raise RecipeError(node.problem("bad-sql", str(error), error.remedy)) from None
    except CellError as error:
        raise RecipeError(node.problem(error.code, f"{what}: {error}", error.remedy)) from None
    except pl.exceptions.PolarsError as error:
        message = f"{what} has a value that does not fit its type ({type(error).__name__})"
        raise RecipeError(node.problem("bad-value", message, "narrow its range, or allow more digits")) from None
