"""Aggregates over child rows: a parent's total is computed from the children that the same parent makes."""

from __future__ import annotations

from typing import Any, ClassVar, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BaseModel, Field, create_model

from synthgen.buffers import decimals
from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.relations.base import RelationBuild
from synthgen.sql import Sql, SqlError, is_true, parse


class Aggregate(BaseGenerator[Any]):
    """Over the rows of a table made per this one: `where` keeps some of them, `decimals` rounds the result."""

    verb: ClassVar[str]
    empty: ClassVar[int | None] = None

    def __init__(self, params: Any, build: Build) -> None:
        super().__init__(params, build)
        related = cast(RelationBuild, build)
        self.table, self.column = related.descendant(getattr(params, self.verb), self.verb)
        self.where: Sql | None = None
        if params.where is not None:
            try:
                self.where = parse(params.where)
            except SqlError as error:
                raise build.fail("bad-sql", str(error), error.remedy, "where") from None
            empty = {n: pl.Series(n, [], dtype=related.dtype_in(self.table, n)) for n in self.where.references}
            try:
                is_true(self.where, empty, 0)
            except SqlError as error:
                raise build.fail("bad-sql", str(error), error.remedy, "where") from None
        source = related.dtype_in(self.table, self.column) if self.column else pl.Int64()
        self.dtype = self._dtype(source, build)

    def _dtype(self, source: pl.DataType, build: Build) -> pl.DataType:
        decimals = self.params.decimals
        if self.verb == "count" and decimals is not None:
            raise build.fail("contradiction", "a count is a whole number", "remove 'decimals'", "decimals")
        if self.verb == "count":
            return pl.Int64()
        if self.verb in ("sum", "mean") and not (source.is_numeric() or isinstance(source, pl.Duration)):
            message = f"{self.table}.{self.column} is {source}, which cannot be added up"
            raise build.fail("wrong-type", message, "name a numeric column, or use count, min or max", self.verb)
        if source.is_nested():
            message = f"{self.table}.{self.column} is {source}, which has no order"
            raise build.fail("wrong-type", message, "name a column of numbers, times or text", self.verb)
        if decimals is not None and not source.is_numeric():
            message = f"{self.table}.{self.column} is {source}, so it cannot be rounded"
            raise build.fail("wrong-type", message, "remove 'decimals'", "decimals")
        if decimals is not None:
            return pl.Decimal(18, decimals)
        return pl.Float64() if self.verb == "mean" and source.is_numeric() else source

    @property
    def reads_below(self) -> tuple[tuple[str, str], ...]:
        """Columns of child rows that are read: edges of the plan's graph."""
        names = [self.column] if self.column else []
        return tuple((self.table, n) for n in [*names, *(self.where.references if self.where else ())])

    @property
    def tables_below(self) -> tuple[str, ...]:
        """The table whose rows are counted."""
        return (self.table,)

    def generate(self, rows: Rows) -> Column:
        """One value per row; `empty` where a row has no children."""
        values, owner = rows.children(self.table, self.column)
        frame = pl.DataFrame({"owner": owner, "value": values})
        if self.where is not None:
            others = {n: rows.children(self.table, n)[0] for n in self.where.references}
            frame = frame.filter(is_true(self.where, others, len(frame)))
        whole = _whole(frame["value"]) if self.verb == "sum" else None
        if whole is not None:
            found = self._exact(frame["owner"], frame["value"], whole, rows.count)
        elif self.verb in ("sum", "mean") and frame["value"].dtype.is_float():
            found = self._added(frame["owner"], frame["value"], rows.count)
        else:
            found = self._grouped(frame, rows.count)
        if isinstance(self.dtype, pl.Decimal) and found.dtype.is_float():
            found = found.round(self.dtype.scale)
        found = found.cast(self.dtype)
        return Column.of(found if self.empty is None else found.fill_null(self._zero()))

    def _added(self, owner: pl.Series, value: pl.Series, count: int) -> pl.Series:
        """Sum or mean of floats, added one by one in row order: the same bits whatever rows are asked for together."""
        given = value.is_not_null()
        where = owner.filter(given).to_numpy()
        sums = np.bincount(where, weights=value.filter(given).to_numpy(), minlength=count)
        number = np.bincount(where, minlength=count)
        result = sums if self.verb == "sum" else sums / np.maximum(number, 1)
        frame = pl.DataFrame({"result": result, "some": number > 0})
        return frame.select(pl.when("some").then("result")).to_series()

    def _exact(self, owner: pl.Series, value: pl.Series, whole: NDArray[np.int64], count: int) -> pl.Series:
        """Sums of whole numbers (of the last decimal place), row by row into their owners' totals; 0 for none."""
        totals = np.zeros(count, np.int64)
        np.add.at(totals, owner.to_numpy(), whole)
        scale = value.dtype.scale if isinstance(value.dtype, pl.Decimal) else None
        return pl.Series(totals) if scale is None else decimals(totals, scale)

    def _grouped(self, frame: pl.DataFrame, count: int) -> pl.Series:
        """Aggregates that are exact in any order: integers and decimals add up without rounding."""
        value = pl.col("value")
        exact = value.cast(pl.Int64) if frame["value"].dtype.is_integer() else value
        aggregate = {
            "sum": exact.sum(), "min": value.min(), "max": value.max(), "count": pl.len(),
            "mean": exact.sum() if frame["value"].dtype == pl.Duration else exact.sum().cast(pl.Float64),
        }[self.verb]  # fmt: skip
        totals = frame.group_by("owner").agg(aggregate.alias("total"), value.count().alias("number"))
        every = pl.DataFrame({"owner": pl.Series(range(count), dtype=pl.Int64)})
        found = every.join(totals, on="owner", how="left", maintain_order="left")
        if self.verb == "mean":
            found = found.with_columns(pl.when(pl.col("number") > 0).then(pl.col("total") / pl.col("number")))
        return found["total"]

    def _zero(self) -> pl.Series:
        return pl.Series([self.empty], dtype=pl.Int64).cast(self.dtype)


def _whole(values: pl.Series) -> NDArray[np.int64] | None:
    """Integers, or decimals in units of their last place; None where some are null or their sum may not fit."""
    decimal = isinstance(values.dtype, pl.Decimal)
    if not (values.dtype.is_integer() or decimal) or values.null_count() or not len(values):
        return None
    units = values.to_physical()
    least, most = int(str(units.min())), int(str(units.max()))
    if max(-least, most) * len(units) >= 10**18:  # beyond that Decimal(18) has no room either
        return None
    return units.cast(pl.Int64).to_numpy()


def _params(verb: str) -> type[BaseModel]:
    fields: dict[str, Any] = {
        verb: (str, ...),
        "where": (str | None, None),
        "decimals": (int | None, Field(default=None, ge=0, le=12)),
    }
    return create_model(f"{verb.title()}Params", __base__=Params, **fields)


class Sum(Aggregate):
    """The sum over child rows, exact for decimals and integers; 0 without children. `total: {sum: lines.amount}`."""

    Params = _params("sum")
    verb, empty = "sum", 0


class Min(Aggregate):
    """The least value among child rows; null without children. Example: `first_at: {min: events.at}`."""

    Params = _params("min")
    verb = "min"


class Max(Aggregate):
    """The greatest value among child rows; null without children. Example: `last_at: {max: events.at}`."""

    Params = _params("max")
    verb = "max"


class Mean(Aggregate):
    """The mean over child rows; null without children. Example: `rating: {mean: reviews.stars, decimals: 1}`."""

    Params = _params("mean")
    verb = "mean"


class Count(Aggregate):
    """The number of child rows. Example: `lines: {count: order_items}`, with `where` to count some of them."""

    Params = _params("count")
    verb, empty = "count", 0
