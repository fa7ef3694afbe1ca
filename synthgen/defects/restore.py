"""Cleans a table by its truth file: what comes out is the table that the same recipe makes without `dirty:`."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl


def cleaned(frame: pl.DataFrame, truth: pl.DataFrame, dtypes: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """The clean table: cells put back, copies taken out, rows in their order, columns in their types.

    `frame` is a written table as a whole, of any format (columns may be text), `truth` its truth file, and `dtypes` are
    the types of the clean columns.

    >>> dirty = pl.DataFrame({"n": ["1", "N/A"]})
    >>> truth = pl.DataFrame({"row": [1], "column": ["n"], "kind": ["disguised"], "clean": ["2"], "original": [None]})
    >>> cleaned(dirty, truth, {"n": pl.Int64()})["n"].to_list()
    [1, 2]
    """
    told = truth.select(pl.col("row").cast(pl.Int64), "column", "kind", "clean", pl.col("original").cast(pl.Int64))
    lines = frame.with_row_index("#row").with_columns(pl.col("#row").cast(pl.Int64))
    for name, dtype in dtypes.items():
        cells = told.filter(pl.col("column") == name).select(
            pl.col("row").alias("#row"), pl.col("clean").alias("#clean")
        )
        lines = lines.join(cells, on="#row", how="left", maintain_order="left")
        whole = frame.schema[name] == dtype
        put = parsed(pl.col("#clean"), dtype)
        own = pl.col(name) if whole else parsed(pl.when(pl.col("#clean").is_null()).then(pl.col(name)), dtype)
        hit = pl.col("#row").is_in(cells["#row"].implode())
        lines = lines.with_columns(pl.when(hit).then(put).otherwise(own).alias(name)).drop("#clean")
    moved = told.filter(pl.col("kind") == "shuffled").select(
        pl.col("row").alias("#row"), pl.col("original").alias("#at")
    )
    copies = told.filter(pl.col("kind") == "duplicate")["row"]
    ordered = lines.join(moved, on="#row", how="left").with_columns(pl.coalesce("#at", "#row").alias("#at"))
    kept = ordered.filter(~pl.col("#row").is_in(copies.implode())).sort("#at")
    return kept.select(*dtypes)


def parsed(text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Values out of the text that truth files hold them in."""
    if dtype == pl.Boolean():
        return text.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    if dtype == pl.Date():
        return text.str.to_date("%Y-%m-%d")
    if isinstance(dtype, pl.Datetime):
        return text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit=dtype.time_unit)
    if dtype == pl.Time():
        return text.str.to_time("%H:%M:%S%.f")
    if isinstance(dtype, pl.Decimal):
        return text.str.to_decimal(scale=dtype.scale).cast(dtype)
    return text.cast(dtype)
