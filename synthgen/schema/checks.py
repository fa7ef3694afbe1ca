"""CHECK predicates on data: which of them polars can evaluate, and on what types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from synthgen.schema.table import FieldSchema

_DTYPES: dict[str, Any] = {
    "integer": pl.Int64, "number": pl.Float64, "decimal": pl.Decimal(38, 4), "boolean": pl.Boolean, "date": pl.Date,
    "timestamp": pl.Datetime("us"), "time": pl.Time, "duration": pl.Duration("us"), "binary": pl.Binary,
}  # fmt: skip


def expression(sql: str) -> pl.Expr | None:
    """The predicate as a polars expression; None if polars cannot parse it."""
    try:
        return pl.sql_expr(sql)
    except pl.exceptions.PolarsError:
        return None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # a syntax that polars gives up on
            return None
        raise


def readable(sql: str, columns: Iterable[FieldSchema]) -> bool:
    """Whether polars can evaluate the predicate on columns of these types."""
    found = expression(sql)
    if found is None:
        return False
    frame = pl.DataFrame(schema={f.name: _DTYPES.get(f.type, pl.String) for f in columns})
    try:
        return frame.select(found).dtypes == [pl.Boolean]
    except pl.exceptions.PolarsError:
        return False
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            return False
        raise
