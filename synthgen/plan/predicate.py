"""Conditions of a recipe: parsed, resolved from their table, and tried on no rows."""

from __future__ import annotations

import polars as pl

from synthgen.plan.build import ColumnBuild
from synthgen.sql import Sql, SqlError, is_true, parse


def predicate(text: str, place: ColumnBuild, *path: str | int) -> Sql:
    """Parse a condition and try it on no rows, so that unknown columns and wrong types show now; raises BuildError."""
    try:
        sql = parse(text)
        for name in sql.references:
            place.resolve(name, *path)
        is_true(sql, {n: _empty(place, n) for n in sql.references}, 0)
    except SqlError as error:
        raise place.fail("bad-sql", str(error), error.remedy, *path) from None
    return sql


def _empty(place: ColumnBuild, name: str) -> pl.Series:
    return pl.Series(name, [], dtype=place.dtype_of(name))
