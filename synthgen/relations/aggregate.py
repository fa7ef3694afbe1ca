"""Aggregates over child rows: a parent's total is computed from the children that the same parent makes."""

from __future__ import annotations

from typing import Any, ClassVar, cast

import polars as pl
from pydantic import BaseModel, create_model

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
            for name in self.where.references:
                related.dtype_in(self.table, name)
        source = related.dtype_in(self.table, self.column) if self.column else pl.Int64()
        self.dtype = self._dtype(source, build)

    def _dtype(self, source: pl.DataType, build: Build) -> pl.DataType:
        if self.verb == "count":
            return pl.Int64()
        if self.verb in ("sum", "mean") and not (source.is_numeric() or isinstance(source, pl.Duration)):
            message = f"{self.table}.{self.column} is {source}, which cannot be added up"
            raise build.fail("wrong-type", message, "name a numeric column, or use count, min or max", self.verb)
        if self.params.decimals is not None:
            return pl.Decimal(18, self.params.decimals)
        return pl.Float64() if self.verb == "mean" else source

    @property
    def reads_below(self) -> tuple[tuple[str, str], ...]:
        """Columns of child rows that are read: edges of the plan's graph."""
        names = [self.column] if self.column else []
        return tuple((self.table, n) for n in [*names, *(self.where.references if self.where else ())])

    def generate(self, rows: Rows) -> Column:
        """One value per row; `empty` where a row has no children."""
        values, owner = rows.children(self.table, self.column)
        frame = pl.DataFrame({"owner": owner, "value": values})
        if self.where is not None:
            others = {n: rows.children(self.table, n)[0] for n in self.where.references}
            frame = frame.filter(is_true(self.where, others, len(frame)))
        value = pl.col("value")
        aggregate = {
            "sum": value.sum(), "min": value.min(), "max": value.max(), "mean": value.mean(), "count": pl.len(),
        }[self.verb]  # fmt: skip
        totals = frame.group_by("owner").agg(aggregate.alias("total"))
        every = pl.DataFrame({"owner": pl.Series(range(rows.count), dtype=pl.Int64)})
        found = every.join(totals, on="owner", how="left", maintain_order="left")["total"]
        if isinstance(self.dtype, pl.Decimal) and found.dtype.is_float():
            found = found.round(self.dtype.scale)
        found = found.cast(self.dtype)
        return Column.of(found if self.empty is None else found.fill_null(self._zero()))

    def _zero(self) -> pl.Series:
        return pl.Series([self.empty], dtype=pl.Int64).cast(self.dtype)


def _params(verb: str) -> type[BaseModel]:
    fields: dict[str, Any] = {verb: (str, ...), "where": (str | None, None), "decimals": (int | None, None)}
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
