"""Values computed from the row: a SQL expression, or one generator of several by condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Generator, Params, Spec, common_dtype
from synthgen.scatter import Index, scattered
from synthgen.sql import Sql, SqlError, evaluate, is_true, parse


def checked(text: str, build: Build, *path: str | int, condition: bool = False) -> Sql:
    """Parse an expression and make sure that every column it reads exists and that its types fit."""
    try:
        sql = parse(text)
    except SqlError as error:
        raise build.fail("bad-sql", str(error), error.remedy, *path) from None
    empty = {name: pl.Series(name, [], dtype=build.dtype_of(name)) for name in sql.references}
    try:
        (is_true if condition else evaluate)(sql, empty, 0)
    except SqlError as error:
        raise build.fail("bad-sql", str(error), error.remedy, *path) from None
    return sql


class ExpressionParams(Params):
    """`expr: SQL`, and `decimals` to round to a fixed number of places."""

    expr: str | int | float | bool
    decimals: int | None = Field(default=None, ge=0, le=12)


class Expression(BaseGenerator[ExpressionParams]):
    """A SQL expression over the columns of the row, its parents and the rows it refers to.

    Example: `line_total: {expr: "quantity * unit_price", decimals: 2}`.
    """

    Params = ExpressionParams

    def __init__(self, params: ExpressionParams, build: Build) -> None:
        super().__init__(params, build)
        self.sql = checked(str(params.expr), build, "expr")
        self.needs = self.sql.references
        empty = {name: pl.Series(name, [], dtype=build.dtype_of(name)) for name in self.needs}
        found = evaluate(self.sql, empty, 0).dtype
        if params.decimals is not None:
            if not found.is_numeric():
                message = f"'{self.sql.text}' is {found}, so it cannot be rounded"
                raise build.fail("wrong-type", message, "remove 'decimals'", "decimals")
            found = pl.Decimal(18, params.decimals)
        self.dtype = found

    def generate(self, rows: Rows) -> Column:
        """The expression, row by row."""
        values = evaluate(self.sql, {name: rows.values(name) for name in self.needs}, rows.count)
        if isinstance(self.dtype, pl.Decimal) and values.dtype.is_float():
            values = values.round(self.dtype.scale)
        return Column.of(values.cast(self.dtype))


class WhenParams(Params):
    """`when: {SQL condition: generator, ...}`, and `else`: the generator of all other rows."""

    when: dict[str, Spec] = Field(min_length=1)
    else_: Spec = Field(alias="else")


class When(BaseGenerator[WhenParams]):
    """The generator of the first condition that holds, or that of `else`.

    Example: `count: {when: {"tier = 'vip'": {poisson: 12}}, else: {poisson: 2}}`.
    """

    Params = WhenParams

    def __init__(self, params: WhenParams, build: Build) -> None:
        super().__init__(params, build)
        self.tests = [checked(text, build, "when", text, condition=True) for text in params.when]
        self.branches: list[Generator] = [build.nested(spec, "when", text) for text, spec in params.when.items()]
        self.branches.append(build.nested(params.else_, "else"))
        found = common_dtype(self.branches)
        if found is None:
            words = ", ".join(sorted({str(b.dtype) for b in self.branches if not getattr(b, "null", False)}))
            message = f"the branches make different types: {words}"
            raise build.fail("wrong-type", message, "let all branches make one type", "when")
        self.dtype = found
        self.drivable = all(getattr(b, "drivable", False) for b in self.branches)
        needs = [n for test in self.tests for n in test.references] + [n for b in self.branches for n in b.needs]
        self.needs = tuple(dict.fromkeys(needs))
        lows, highs = [b.bounds[0] for b in self.branches], [b.bounds[1] for b in self.branches]
        low = None if any(x is None for x in lows) else min(x for x in lows if x is not None)
        high = None if any(x is None for x in highs) else max(x for x in highs if x is not None)
        self.bounds = (low, high)

    def generate(self, rows: Rows) -> Column:
        """Each row from its own branch."""
        return self._each(rows, lambda branch, part, _: branch.generate(part))

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """The quantile within each row's own branch."""
        return self._each(rows, lambda branch, part, mine: branch.at(u[mine], part))

    def _each(self, rows: Rows, make: Callable[[Any, Rows, NDArray[np.int64]], Column]) -> Column:
        columns = {name: rows.values(name) for test in self.tests for name in test.references}
        left = np.ones(rows.count, np.bool_)
        made: list[Column] = []
        where: list[Index] = []
        for i, branch in enumerate(self.branches):
            mine = left
            if i < len(self.tests):
                mine = left & is_true(self.tests[i], columns, rows.count).to_numpy()
                left = left & ~mine
            index = np.flatnonzero(mine)
            if len(index):
                part = rows.scoped(f"when{i}")
                made.append(make(branch, part if len(index) == rows.count else part.take(index), index))
                where.append(index)
        return scattered(made, where, self.dtype, rows.count)
