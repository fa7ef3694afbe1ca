"""SQL conditions inside a generator's parameters, checked before a row is made."""

from __future__ import annotations

import polars as pl

from synthgen.generator import Build
from synthgen.sql import Sql, SqlError, is_true, parse


def condition(text: str, build: Build, *path: str | int) -> Sql:
    """A parsed condition whose columns exist and whose types fit; what is wrong with it is a problem at `path`."""
    try:
        sql = parse(text)
        is_true(sql, {name: pl.Series(name, [], dtype=build.dtype_of(name)) for name in sql.references}, 0)
    except SqlError as error:
        raise build.fail("bad-sql", str(error), error.remedy, *path) from None
    return sql
