"""Validates generated data against its target schema with dataframely: counts and first rows, never a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import polars as pl

from synthgen.schema.checks import expression
from synthgen.schema.table import FieldSchema, TableSchema
from synthgen.schema.types import integer_bounds

_ROW = "#row"  # the column that carries row numbers through dataframely
_TEXTS = (pl.String, pl.Categorical, pl.Enum)


@dataclass(frozen=True)
class Violation:
    """A broken rule of a schema: how many rows, and the first one (0-based). `column` is None for rules on rows."""

    column: str | None
    rule: str
    count: int
    row: int | None = None


def validate(schema: TableSchema, frame: pl.DataFrame, *, keys: bool = True) -> list[Violation]:
    """What a batch breaks: missing and extra columns, types, nulls, lengths, ranges, enums, patterns, CHECKs.

    With `keys`, the primary key and unique groups are checked within the batch. Types are compared by what they mean
    (any integer for `integer`; integers, decimals and floats for `number` and `decimal`). Raises nothing.
    """
    found = list(_columns(schema, frame))
    wrong = {v.column for v in found if v.rule in ("type", "missing")}
    rules = _rules(schema, frame, wrong, keys)
    if not rules or frame.is_empty():
        return found
    model = _model(tuple(frame.schema.items()), tuple(rules.items()))
    columns = frame.select(n for n in frame.columns if n in model.column_names())
    if model.is_valid(columns):
        return found
    numbered = _model((*frame.schema.items(), (_ROW, pl.UInt32())), tuple(rules.items()))
    _, failure = numbered.filter(frame.with_row_index(_ROW).select(numbered.column_names()))
    details = failure.details()
    for rule, count in failure.counts().items():
        number = int(rule.rpartition("_")[2])
        column, name = list(rules.values())[number][:2]
        first = details.filter(pl.col(rule) == "invalid")[_ROW].min()
        found.append(Violation(column, name, int(count), first))
    order = {f.name: i for i, f in enumerate(schema.fields)}
    return sorted(found, key=lambda v: (order.get(v.column or "", len(order)), v.rule))


Rule = tuple[str | None, str, pl.Expr]


def _columns(schema: TableSchema, frame: pl.DataFrame) -> Iterator[Violation]:
    """Columns that are missing, unknown, or of another type."""
    for field in schema.fields:
        if field.name not in frame.columns:
            yield Violation(field.name, "missing", len(frame))
            continue
        dtype = frame.schema[field.name]
        if not fits(field, dtype) and frame[field.name].null_count() < len(frame):
            yield Violation(field.name, "type", len(frame), 0)
    known = {f.name for f in schema.fields}
    for name in frame.columns:
        if name not in known:
            yield Violation(name, "not-in-schema", len(frame))


def fits(field: FieldSchema, dtype: pl.DataType) -> bool:
    """Whether a column's dtype can mean what the schema's logical type means."""
    kind = field.type
    if kind == "integer":
        return dtype.is_integer() or (isinstance(dtype, pl.Decimal) and dtype.scale == 0)
    if kind in ("number", "decimal"):
        return dtype.is_numeric()
    if kind in ("string", "uuid"):
        return isinstance(dtype, _TEXTS)
    if kind == "json":
        return isinstance(dtype, (*_TEXTS, pl.Struct, pl.List))
    if kind == "object":
        return isinstance(dtype, (*_TEXTS, pl.Struct)) and _struct_fits(field, dtype)
    if kind == "array":
        if isinstance(dtype, pl.List | pl.Array):
            inner = dtype.inner
            return field.items is None or fits(field.items, inner) or inner == pl.Null()  # type: ignore[arg-type]  # an instance
        return isinstance(dtype, _TEXTS)
    expected: dict[str, Any] = {
        "boolean": pl.Boolean, "date": pl.Date, "timestamp": pl.Datetime, "time": pl.Time, "duration": pl.Duration,
        "binary": pl.Binary,
    }  # fmt: skip
    return isinstance(dtype, expected[kind])


def _struct_fits(field: FieldSchema, dtype: pl.DataType) -> bool:
    if not isinstance(dtype, pl.Struct):
        return True
    inside = {f.name: f.dtype for f in dtype.fields}
    return all(f.name in inside and fits(f, inside[f.name]) for f in field.fields)  # type: ignore[arg-type]  # instances


def _rules(schema: TableSchema, frame: pl.DataFrame, wrong: set[str | None], keys: bool) -> dict[str, Rule]:
    """Every rule that the batch can be held to, by a name of its own."""
    rules: list[Rule] = []
    for field in schema.fields:
        if field.name in wrong or field.name not in frame.columns:
            continue
        if not field.nullable:
            rules.append((field.name, "not-null", pl.col(field.name).is_not_null()))
        if fits(field, frame.schema[field.name]):
            column = pl.col(field.name)
            rules += [(field.name, name, rule) for name, rule in _constraints(field, column, frame.schema[field.name])]
    present = set(frame.columns) - wrong
    for check in schema.checks:
        found = expression(check)
        if found is not None and _evaluates(found, frame):
            rules.append((None, f"check: {check}", found))
    if keys:
        groups = [schema.primary_key, *schema.uniques, *((f.name,) for f in schema.fields if f.unique)]
        for group in dict.fromkeys(groups):
            if group and set(group) <= present:
                name = "primary-key" if group == schema.primary_key else "unique"
                rules.append((group[0] if len(group) == 1 else None, _words(name, group), _unique(group)))
    prefix = "rule"
    while any(name.startswith(prefix) for name in frame.columns):  # dataframely keeps rules and columns apart by name
        prefix += "_"
    return {f"{prefix}_{i}": rule for i, rule in enumerate(rules)}


def _words(name: str, group: tuple[str, ...]) -> str:
    return name if len(group) == 1 else f"{name} ({', '.join(group)})"


def _evaluates(check: pl.Expr, frame: pl.DataFrame) -> bool:
    try:
        return frame.head(0).select(check).dtypes == [pl.Boolean]
    except pl.exceptions.PolarsError:
        return False


def _unique(group: tuple[str, ...]) -> pl.Expr:
    """Rows whose values of the group occur once; as in SQL, rows with a null are never equal to others."""
    column = pl.col(group[0]) if len(group) == 1 else pl.struct(*group)
    empty = pl.any_horizontal(pl.col(c).is_null() for c in group)
    return column.is_unique() | empty


def _constraints(field: FieldSchema, column: pl.Expr, dtype: pl.DataType) -> Iterator[tuple[str, pl.Expr]]:
    if dtype == pl.String():
        yield from _text(field, column)
    elif isinstance(dtype, pl.List):
        if field.min_length is not None:
            yield "min-length", column.list.len() >= field.min_length
        if field.max_length is not None:
            yield "max-length", column.list.len() <= field.max_length
    elif dtype == pl.Binary() and field.max_length is not None:
        yield "max-length", column.bin.size() <= field.max_length
    elif dtype.is_numeric():
        yield from _number(field, column, dtype)
    elif isinstance(dtype, pl.Date | pl.Datetime):
        yield from _time(field, column, dtype)
    if field.enum and (dtype == pl.String() or dtype.is_numeric()):
        values = _enum(field, dtype)
        if values is not None:
            yield "enum", column.is_in(values)


def _text(field: FieldSchema, column: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
    if field.max_length is not None:  # bytes bound characters from above, and are counted for free
        yield "max-length", (column.str.len_bytes() <= field.max_length) | (column.str.len_chars() <= field.max_length)
    if field.min_length:
        yield "min-length", column.str.len_chars() >= field.min_length
    if field.pattern is not None and _is_rust(field.pattern):
        yield "pattern", column.str.contains(field.pattern)


def _number(field: FieldSchema, column: pl.Expr, dtype: pl.DataType) -> Iterator[tuple[str, pl.Expr]]:
    low, high = field.minimum, field.maximum
    if field.type == "integer" and field.bits is not None and field.bits < 64:
        least, most = integer_bounds(field)
        low = least if not isinstance(low, int | float) else max(low, least)
        high = most if not isinstance(high, int | float) else min(high, most)
    if isinstance(low, int | float):
        yield "minimum", column >= _literal(low, dtype)
    if isinstance(high, int | float):
        yield "maximum", column <= _literal(high, dtype)
    if field.precision is not None and field.type == "decimal":
        edge = 10 ** (field.precision - max(0, field.scale or 0))
        yield "precision", (column < edge) & (column > -edge)


def _literal(value: float, dtype: pl.DataType) -> pl.Expr:
    """A bound as the column compares it: exactly for decimals."""
    if isinstance(dtype, pl.Decimal) and not float(value).is_integer():
        return pl.lit(str(value)).str.to_decimal(scale=max(dtype.scale, len(repr(value).partition(".")[2])))
    return pl.lit(int(value)) if float(value).is_integer() else pl.lit(value)


def _time(field: FieldSchema, column: pl.Expr, dtype: pl.DataType) -> Iterator[tuple[str, pl.Expr]]:
    for name, bound in (("minimum", field.minimum), ("maximum", field.maximum)):
        if not isinstance(bound, str):
            continue
        try:
            value: Any = datetime.fromisoformat(bound.replace("Z", "+00:00")).replace(tzinfo=None)
        except ValueError:
            continue
        whole_day = re.fullmatch(r"\d{4}-\d\d-\d\d", bound) is not None
        compared = column.dt.date() if whole_day and isinstance(dtype, pl.Datetime) else column
        value = value.date() if whole_day or isinstance(dtype, pl.Date) else value
        assert isinstance(value, date)
        yield name, compared >= value if name == "minimum" else compared <= value


def _enum(field: FieldSchema, dtype: pl.DataType) -> list[Any] | None:
    try:
        if dtype == pl.String():
            return [str(v) for v in field.enum]
        return [int(v) if dtype.is_integer() else float(v) for v in field.enum]
    except (TypeError, ValueError):
        return None


@lru_cache(maxsize=256)
def _is_rust(pattern: str) -> bool:
    """Whether the pattern is one of the linear-time engine; look-around and back-references are not."""
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError:
        return False
    return True


def _model(columns: tuple[tuple[str, pl.DataType], ...], rules: tuple[tuple[str, Rule], ...]) -> Any:
    """A dataframely schema: every column as it is, and one rule for each constraint."""
    import dataframely as dy  # the only file that does: it imports sqlalchemy and more

    body: dict[str, Any] = {}
    for i, (name, _) in enumerate(columns):
        body[f"c{i}"] = dy.Any(alias=name)
    for name, (_, _, rule) in rules:
        body[name] = dy.rule()(_constant(rule))
    return type("Contract", (dy.Schema,), body)


def _constant(rule: pl.Expr) -> Callable[[Any], pl.Expr]:
    return lambda cls: rule
