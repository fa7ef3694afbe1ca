"""Values as text, one form for all text formats: ISO 8601 for time, fixed places for decimals, base64 for binary.

| dtype | text |
|---|---|
| Date, Time, Datetime | `2026-09-01`, `12:30:00`, `2026-09-01T12:30:00.000000` (`+00:00` at the end with a time zone) |
| Duration | ISO 8601: `P1DT2H`, `PT0.5S` |
| Decimal(p, s) | exactly s places: `12.50` |
| Float | the shortest text that reads back as the same number; `NaN`, `inf` |
| Binary | base64 |
| Struct, List, Array | JSON |
"""

from __future__ import annotations

import json

import polars as pl

from synthgen.export.base import instance


def plain_text(expr: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """The text of a scalar, or the JSON of a nested value; null stays null."""
    if dtype.is_nested():
        return pl.when(expr.is_not_null()).then(json_text(expr, dtype))
    if isinstance(dtype, pl.Datetime):
        return expr.dt.to_string("iso:strict")
    if isinstance(dtype, pl.Date | pl.Time | pl.Duration):
        return expr.dt.to_string("iso")
    if isinstance(dtype, pl.Binary):
        return expr.bin.encode("base64")
    return expr.cast(pl.String)


def json_text(expr: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """The JSON of a value, `null` for null: numbers as numbers (decimals with all their places), the rest as strings.

    JSON has no NaN and no infinity: they become null.
    """
    if isinstance(dtype, pl.Struct):
        fields = {f.name: instance(f.dtype) for f in dtype.fields}
        body = json_object({name: (expr.struct.field(name), inner) for name, inner in fields.items()})
        return pl.when(expr.is_null()).then(pl.lit("null")).otherwise(body)
    if isinstance(dtype, pl.Array):
        return json_text(expr.arr.to_list(), pl.List(dtype.inner))
    if isinstance(dtype, pl.List):
        items = expr.list.eval(json_text(pl.element(), instance(dtype.inner))).list.join(",")
        return pl.concat_str(pl.lit("["), items, pl.lit("]")).fill_null("null")
    if isinstance(dtype, pl.Null):
        return expr.cast(pl.String).fill_null("null")
    if dtype.is_float():
        return pl.when(expr.is_finite()).then(expr.cast(pl.String)).otherwise(None).fill_null("null")
    if dtype.is_numeric() or isinstance(dtype, pl.Boolean):
        return expr.cast(pl.String).fill_null("null")
    quoted = pl.struct(plain_text(expr, dtype).alias("v")).struct.json_encode()
    return quoted.str.strip_prefix('{"v":').str.strip_suffix("}")


def json_object(values: dict[str, tuple[pl.Expr, pl.DataType]]) -> pl.Expr:
    """The JSON object of named values."""
    parts = []
    for i, (name, (expr, dtype)) in enumerate(values.items()):
        key = json.dumps(name, ensure_ascii=False)
        parts += [pl.lit(("{" if i == 0 else ",") + key + ":"), json_text(expr, dtype)]
    return pl.concat_str([*parts, pl.lit("}")]) if parts else pl.lit("{}")


def text_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column as its text: what a text format holds, and so what can be compared with it."""
    return frame.select(plain_text(pl.col(name), dtype).alias(name) for name, dtype in frame.schema.items())
