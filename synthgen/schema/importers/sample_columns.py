"""What one column of a sample tells: type, nulls, range, shares. It never tells who is in the sample.

Nothing but a share of nulls is kept of a column that identifies people or devices, by its name or by the look of its
values. Of other columns, categories are kept only if there are few, each is repeated, and none looks like PII; ends of
ranges are rounded outwards, so that no extreme row shows.
"""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from typing import Any

import polars as pl

from synthgen.schema.names import about, meaning, singular, words
from synthgen.schema.table import FieldSchema, LogicalType, TableSchema

_MOST_CATEGORIES, _MOST_NUMBERS, _LONGEST = 40, 12, 60
_COVERED = {"words": 0.9, "numbers": 0.99}  # share of the rows that repeated values must cover to be categories
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d-%m-%Y", "%b %d %Y", "%B %d, %Y")
_TIMES = (
    "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%.fZ", "%m/%d/%Y %H:%M",
    "%m/%d/%y %H:%M", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S",
)  # fmt: skip
_BOOLEANS = ({"true", "false"}, {"t", "f"}, {"yes", "no"}, {"y", "n"})
_PII = re.compile(  # what no kept category may look like: mail, web, digit runs, network addresses, titles
    r"@|https?://|www\.|^\S+\.[a-z]{2,6}(?:/|$)|(?:\d[\s().-]?){7,}|\b\d{1,3}(?:\.\d{1,3}){3}\b|(?:[0-9a-f]{2}[:-]){5}"
    r"|\b(?:Mr|Mrs|Ms|Dr|Prof)\.?\s[A-Z]"
)
_NAMELIKE = re.compile(r"[A-ZÀ-Þ][\w'’-]+,?(?:\s[A-ZÀ-Þ]\.?)?\s[A-ZÀ-Þ][\w'’-]+")  # noqa: RUF001  # typographic apostrophes
_PERSONAL = frozenset(
    """owner agent manager author doctor clerk rep representative assignee reporter sender receiver recipient creator
    editor
    contact customer user employee patient student teacher person guest member driver nurse actor director name by cast
    artist player passenger host assigned signed salesperson cardholder holder""".split()  # noqa: SIM905
)


def profile(table: TableSchema, column: pl.Series) -> tuple[FieldSchema, pl.Series]:
    """The column's schema, with hints, and its values in the type that it was found to have."""
    typed = _typed(column)
    field = _field(column.name, typed.dtype, table)
    nulls = typed.null_count()
    hints: dict[str, Any] = {"null_share": round(nulls / len(typed), 4)} if nulls else {}
    values = typed.drop_nulls()
    changes: dict[str, Any] = {"nullable": nulls > 0}
    if len(values) and not _identifying(table, field, values):
        hints |= _hints(field, values)
    elif field.type == "string" and len(values) and meaning(table, field) is None:
        hints["mean_length"] = round(values.str.len_chars().mean() or 0)  # type: ignore[arg-type]  # a number
    return FieldSchema(**(vars(field) | changes | {"hints": hints})), typed


def _typed(column: pl.Series) -> pl.Series:
    """Text as what it spells, if every cell spells it: numbers, booleans, dates, times."""
    if column.dtype != pl.String():
        return column
    text = column.str.strip_chars().replace("", None)
    values = text.drop_nulls()
    if values.is_empty():
        return column
    packed = values.str.contains(r"^(19|20)\d\d(0[1-9]|1[0-2])[0-3]\d$").all() and "date" in words(column.name)
    if packed and _parsed(values, pl.Date, "%Y%m%d"):
        return text.str.strptime(pl.Date, "%Y%m%d", strict=False).alias(column.name)
    if values.str.contains(r"^[+-]?(0|[1-9]\d{0,17})$").all():
        return text.cast(pl.Int64).alias(column.name)
    if (
        values.str.contains(r"^[+-]?(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d+)?$").all()
        and not values.str.contains(r"^0\d").any()
    ):
        return text.cast(pl.Float64).alias(column.name)
    low = set(values.head(10_000).str.to_lowercase().unique().to_list())
    for pair in _BOOLEANS:
        if low <= pair and set(values.str.to_lowercase().unique()) <= pair and len(low) == 2:
            return (text.str.to_lowercase() == max(pair)).alias(column.name)
    if values.str.contains(r"\d").all() and values.str.len_chars().max() <= 32:  # type: ignore[operator]  # not empty
        for kind, formats in ((pl.Date, _DATES), (pl.Datetime("us"), _TIMES), (pl.Time, ("%H:%M:%S", "%H:%M"))):
            for form in formats:
                found = _parsed(values, kind, form)
                if found:
                    return text.str.strptime(kind, form, strict=False).alias(column.name)
    return text.alias(column.name)


def _parsed(values: pl.Series, kind: Any, form: str) -> bool:
    try:
        if values.head(50).str.strptime(kind, form, strict=False).has_nulls():
            return False
        found = values.str.strptime(kind, form, strict=False)
        return not found.has_nulls() and (kind == pl.Time or bool(found.dt.year().is_between(1000, 9999).all()))
    except pl.exceptions.PolarsError:
        return False


def _field(name: str, dtype: pl.DataType, table: TableSchema) -> FieldSchema:
    if isinstance(dtype, pl.List | pl.Array):
        return FieldSchema(name, "array", items=_field("item", dtype.inner, table))  # type: ignore[arg-type]  # an instance
    if isinstance(dtype, pl.Struct):
        inner = tuple(_field(f.name, f.dtype, table) for f in dtype.fields)  # type: ignore[arg-type]  # instances
        return FieldSchema(name, "object", fields=inner)
    if isinstance(dtype, pl.Decimal):
        return FieldSchema(name, "decimal", precision=dtype.precision, scale=dtype.scale)
    if dtype.is_integer():
        return FieldSchema(name, "integer", bits=64)
    kinds: dict[Any, LogicalType] = {
        pl.Float32: "number", pl.Float64: "number", pl.Boolean: "boolean", pl.Date: "date", pl.Time: "time",
        pl.Duration: "duration", pl.Binary: "binary",
    }  # fmt: skip
    if isinstance(dtype, pl.Datetime):
        return FieldSchema(name, "timestamp")
    return FieldSchema(name, kinds.get(dtype.base_type(), "string"))


def _identifying(table: TableSchema, field: FieldSchema, values: pl.Series) -> bool:
    """Whether the column's values may point at people or devices: by its name, or by what they look like."""
    found = meaning(table, field) or meaning(table, FieldSchema(field.name))
    if found is not None and found.identifying:
        return True
    name = {form for w in words(field.name) for form in (w, singular(w))}
    if field.type == "integer":  # phone, account and card numbers
        return bool(name & {"phone", "ssn", "account", "card", "iban", "tax", "passport", "fax", "mobile"}) or bool(
            (values.abs() >= 10**8).mean() > 0.5  # type: ignore[operator]  # not empty
            and values.n_unique() > 0.5 * len(values)
        )
    if field.type != "string":
        return field.type in ("date", "timestamp") and bool(name & {"birth", "birthday", "birthdate", "dob", "born"})
    some = values.unique().head(1000)
    if some.str.contains(_PII.pattern).any():
        return True
    personal = name & _PERSONAL or (about(table) == "person" and name & {"name"})
    return bool(personal) and bool(some.str.contains(rf"^{_NAMELIKE.pattern}").mean() > 0.3)  # type: ignore[operator]  # not empty


def _hints(field: FieldSchema, values: pl.Series) -> dict[str, Any]:
    if field.type == "boolean":
        return {"true_share": round(float(values.mean()), 3)}  # type: ignore[arg-type]  # not empty
    if field.type == "string":
        categories = _categories(values, _MOST_CATEGORIES)
        if categories:
            return {"categories": categories}
        return {"mean_length": round(values.str.len_chars().mean() or 0)}  # type: ignore[arg-type]  # not empty
    if field.type == "integer":
        if values.n_unique() == len(values) and len(values) > 20:
            return {}  # an identifier
        categories = _categories(values, _MOST_NUMBERS)
        return {"categories": categories} if categories else _range(values)
    if field.type in ("number", "decimal"):
        return _range(values.cast(pl.Float64))
    if field.type in ("date", "timestamp"):
        days = values.cast(pl.Date)
        return _months(days.min(), days.max())
    return {}


def _categories(values: pl.Series, most: int) -> dict[Any, float] | None:
    """Shares of the repeated values, if they are few, short, cover the column, and none looks like PII."""
    if values.n_unique() > 20 * most:
        return None
    counts = values.value_counts(sort=True)
    covered = _COVERED["words" if values.dtype == pl.String() else "numbers"]
    least = 5 if len(values) >= 100 else 3 if len(values) >= 20 else 2
    kept = counts.filter(pl.col("count") >= least)
    total = kept["count"].sum()
    if not 0 < len(kept) <= most or total < covered * len(values):
        return None
    found = dict(zip(kept[values.name].to_list(), kept["count"].to_list(), strict=True))
    if any(isinstance(v, str) and (len(v) > _LONGEST or _PII.search(v)) for v in found):
        return None
    return {v: round(n / total, 4) or 0.0001 for v, n in found.items()}


def _range(values: pl.Series) -> dict[str, Any]:
    """Ends, rounded outwards to two digits, with mean, spread and median, rounded to three."""
    finite = values.filter(values.cast(pl.Float64).is_finite())
    if finite.is_empty():
        return {}
    low, high = float(finite.min()), float(finite.max())  # type: ignore[arg-type]  # numbers
    found = {
        "minimum": _outward(low, math.floor), "maximum": _outward(high, math.ceil), "mean": _digits(finite.mean()),
        "sd": _digits(finite.std() or 0.0), "median": _digits(finite.median()),
    }  # fmt: skip
    if low > 0:
        found["log_sd"] = _digits(finite.cast(pl.Float64).log().std() or 0.0)
    return found


def _outward(value: float, direction: Any) -> float | int:
    if value == 0:
        return 0
    step = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    found = direction(value / step) * step
    return int(found) if step >= 1 else round(found, 12)


def _digits(value: Any) -> float:
    return float(f"{float(value or 0):.3g}")


def _months(first: Any, last: Any) -> dict[str, Any]:
    """Whole months around the dates."""
    if not isinstance(first, date) or not isinstance(last, date):
        return {}
    following = (last.replace(day=28) + timedelta(days=4)).replace(day=1)
    return {"minimum": first.replace(day=1).isoformat(), "maximum": (following - timedelta(days=1)).isoformat()}
