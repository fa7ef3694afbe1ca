"""Frames of every kind that a recipe can make, for the exporters' tests."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import strategies as st

TEXT = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["", " ", '"', ",", "a,b", 'say "hi"', "line\nbreak", "cr\rlf\r\n", "null", "NaN", "007", "\u2028", "=1+1", "é😀"]
)
SCALARS: list[tuple[pl.DataType, st.SearchStrategy[Any]]] = [
    (pl.Int64(), st.integers(-(2**63), 2**63 - 1)),
    (pl.UInt8(), st.integers(0, 255)),
    (pl.Int32(), st.integers(-(2**31), 2**31 - 1)),
    (pl.Float64(), st.floats()),
    (pl.Float32(), st.floats(width=32)),
    (pl.Boolean(), st.booleans()),
    (pl.String(), TEXT),
    (pl.Binary(), st.binary(max_size=9)),
    (pl.Date(), st.dates()),
    (pl.Time(), st.times()),
    (pl.Datetime("us"), st.datetimes()),
    (pl.Duration("us"), st.timedeltas(timedelta(-90000), timedelta(90000))),
    (pl.Decimal(18, 2), st.integers(-(10**18) + 1, 10**18 - 1).map(lambda n: Decimal(n).scaleb(-2))),
    (pl.Decimal(18, 0), st.integers(-(10**17), 10**17).map(Decimal)),
    (pl.Decimal(38, 10), st.integers(-(10**30), 10**30).map(lambda n: Decimal(n).scaleb(-10))),
    (pl.Enum(["red", "green", ""]), st.sampled_from(["red", "green", ""])),
]
NAMES = ["id", "Bad Name", 'quo"te', "comma,", "über", "a.b", "null"]


def _nested(inner: tuple[pl.DataType, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    dtype, values = inner
    some = st.none() | values
    return st.sampled_from(
        [
            (pl.List(dtype), st.lists(some, max_size=3)),
            (pl.Struct({"a": dtype, "b c": pl.String()}), st.fixed_dictionaries({"a": some, "b c": st.none() | TEXT})),
            (
                pl.List(pl.Struct({"x": dtype})),
                st.lists(st.none() | st.fixed_dictionaries({"x": some}), max_size=3),
            ),
            (pl.Struct({"l": pl.List(dtype)}), st.fixed_dictionaries({"l": st.none() | st.lists(some, max_size=2)})),
        ]
    )


@st.composite
def frames(draw: st.DrawFn, nested: bool = True) -> pl.DataFrame:
    """A frame of up to 30 rows and 5 columns, nulls everywhere."""
    rows = draw(st.integers(0, 30))
    columns = []
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True)):
        kind = draw(st.sampled_from(SCALARS))
        if nested and draw(st.booleans()):
            kind = draw(_nested(kind))
        dtype, values = kind
        cells = draw(st.lists(st.none() | values, min_size=rows, max_size=rows))
        columns.append(pl.Series(name, cells, dtype=dtype, strict=False))
    return pl.DataFrame(columns)


def example() -> pl.DataFrame:
    """Two rows, one of them null, of everything."""
    values: dict[str, tuple[Any, pl.DataType]] = {
        "id": (1, pl.Int64()),
        "price": (Decimal("12.50"), pl.Decimal(18, 2)),
        "share": (0.1, pl.Float64()),
        "name": ('O"Hara, Ann', pl.String()),
        "empty": ("", pl.String()),
        "at": (datetime(2026, 9, 1, 12, 30, 0, 5), pl.Datetime("us")),
        "day": (date(2026, 9, 1), pl.Date()),
        "hour": (time(12, 30), pl.Time()),
        "wait": (timedelta(days=1, hours=2, milliseconds=500), pl.Duration("us")),
        "flag": (True, pl.Boolean()),
        "raw": (b"\x00\xff", pl.Binary()),
        "tags": (["a", None], pl.List(pl.String())),
        "line": (
            {"sku": "x", "net": Decimal("1.10"), "on": date(2026, 9, 1)},
            pl.Struct({"sku": pl.String(), "net": pl.Decimal(18, 2), "on": pl.Date()}),
        ),
        "blobs": ([b"\x01", None], pl.List(pl.Binary())),
        "tier": ("vip", pl.Enum(["basic", "vip"])),
    }
    return pl.DataFrame({name: pl.Series([value, None], dtype=dtype) for name, (value, dtype) in values.items()})
