"""CHECK predicates as constraints of columns, where they are simple; the rest stays SQL (in DuckDB's dialect)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlglot import exp

from synthgen.schema.table import FieldSchema

_FLIP: dict[Any, Any] = {
    exp.GT: exp.LT,
    exp.LT: exp.GT,
    exp.GTE: exp.LTE,
    exp.LTE: exp.GTE,
    exp.EQ: exp.EQ,
}
_STRING_KINDS = ("string", "uuid")


def apply_check(fields: dict[str, FieldSchema], check: Any) -> list[str]:
    """Narrow `fields` (by column name) in place; returns as SQL the conjuncts that attributes cannot express."""
    left = []
    for part in _conjuncts(check):
        if not _narrow(fields, _plain(part)):
            left.append(_sql(part, fields))
    return left


def _plain(node: Any) -> Any:
    """Without parentheses and casts, which database dumps put around everything."""

    def bare(inner: Any) -> Any:
        found = inner
        while isinstance(found, exp.Paren | exp.Cast | exp.TryCast):
            found = found.this
        return inner if found is inner else _plain(found)  # what a replaced node holds is not visited

    return node.copy().transform(bare)


def _conjuncts(node: Any) -> Iterator[Any]:
    node = node.unnest()
    if isinstance(node, exp.And):
        yield from _conjuncts(node.this)
        yield from _conjuncts(node.expression)
    else:
        yield node


def _sql(node: Any, fields: dict[str, FieldSchema]) -> str:
    copied = node.copy()
    for column in copied.find_all(exp.Column):
        name = _field(column, fields)
        if name is not None:
            safe = re.fullmatch(r"[a-z_][a-z0-9_]*", name) is not None
            column.replace(exp.column(exp.to_identifier(name, quoted=not safe)))
    return copied.sql(dialect="duckdb")


def _field(node: Any, fields: dict[str, FieldSchema]) -> str | None:
    if not isinstance(node, exp.Column):
        return None
    if node.name in fields:
        return node.name
    return next((n for n in fields if n.lower() == node.name.lower()), None)


def _literal(node: Any) -> Any:
    """The Python value of a literal; None if it is none."""
    if isinstance(node, exp.Neg):
        value = _literal(node.this)
        return -value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if not isinstance(node, exp.Literal):
        return None
    if node.is_string:
        return node.this
    return int(node.this) if re.fullmatch(r"\d+", node.this) else float(node.this)


def _narrow(fields: dict[str, FieldSchema], node: Any) -> bool:
    if isinstance(node, exp.Between):
        low, high = node.args["low"], node.args["high"]
        return _narrow(fields, exp.GTE(this=node.this, expression=low)) and _narrow(
            fields, exp.LTE(this=node.this, expression=high)
        )
    if isinstance(node, exp.Not) and isinstance(node.this, exp.Is) and isinstance(node.this.expression, exp.Null):
        return _set(fields, node.this.this, nullable=False)
    values = _values(node)
    if values is not None:
        return _enum(fields, *values)
    if isinstance(node, exp.RegexpLike | exp.RegexpILike):
        return _pattern(fields, node)
    if isinstance(node, exp.GT | exp.GTE | exp.LT | exp.LTE | exp.EQ):
        return _compare(fields, node)
    return False


def _set(fields: dict[str, FieldSchema], column: Any, **changes: Any) -> bool:
    name = _field(column, fields)
    if name is None:
        return False
    fields[name] = replace(fields[name], **changes)
    return True


def _values(node: Any) -> tuple[Any, list[Any]] | None:
    """(column, values) of `c IN (...)`, `c = ANY (ARRAY[...])` and `c = 1 OR c = 2`."""
    if isinstance(node, exp.In) and node.expressions:
        return node.this, [_literal(e) for e in node.expressions]
    if isinstance(node, exp.EQ) and isinstance(node.expression, exp.Any):
        inner = node.expression.this
        inner = inner.this if isinstance(inner, exp.Paren) else inner
        if isinstance(inner, exp.Array | exp.Tuple):
            return node.this, [_literal(e) for e in inner.expressions]
    if isinstance(node, exp.Or):
        left, right = _values(_one(node.this)), _values(_one(node.expression))
        if left and right and left[0] == right[0]:
            return left[0], [*left[1], *right[1]]
    return None


def _one(node: Any) -> Any:
    if isinstance(node, exp.EQ) and _literal(node.expression) is not None:
        return exp.In(this=node.this, expressions=[node.expression])
    return node


def _enum(fields: dict[str, FieldSchema], column: Any, values: list[Any]) -> bool:
    name = _field(column, fields)
    if name is None or any(v is None for v in values):
        return False
    before = fields[name].enum
    kept = tuple(v for v in dict.fromkeys(values) if not before or v in before)
    return bool(kept) and _set(fields, column, enum=kept)


def _pattern(fields: dict[str, FieldSchema], node: Any) -> bool:
    text = _literal(node.expression)
    name = _field(node.this, fields)
    if name is None or not isinstance(text, str) or fields[name].pattern is not None:
        return False
    ignore = isinstance(node, exp.RegexpILike) or "i" in str(node.args.get("flag") or "")
    return _set(fields, node.this, pattern=f"(?i){text}" if ignore else text)


def _compare(fields: dict[str, FieldSchema], node: Any) -> bool:
    left, right, op = node.this, node.expression, type(node)
    if _literal(left) is not None:
        left, right, op = right, left, _FLIP[op]
    value = _literal(right)
    if value is None or isinstance(value, bool):
        return False
    if isinstance(left, exp.Length) and isinstance(value, int):
        return _length(fields, left.this, op, value)
    name = _field(left, fields)
    if name is None:
        return False
    if op is exp.EQ:
        return _enum(fields, left, [value])
    field = fields[name]
    if field.type in _STRING_KINDS or (field.type in ("date", "timestamp")) != isinstance(value, str):
        return False
    exact = True
    if op in (exp.GT, exp.LT):
        inside = _beyond(field, value, 1 if op is exp.GT else -1)
        exact = inside is not None
        value = inside if exact else value
    low, high = field.minimum, field.maximum
    try:
        if op in (exp.GT, exp.GTE):
            done = _set(fields, left, minimum=value if low is None else max(low, value))
        else:
            done = _set(fields, left, maximum=value if high is None else min(high, value))
        return done and exact  # an open end stays a check beside the closed bound
    except TypeError:
        return False


def _length(fields: dict[str, FieldSchema], column: Any, op: Any, value: int) -> bool:
    low = {exp.GT: value + 1, exp.GTE: value, exp.EQ: value}.get(op)
    high = {exp.LT: value - 1, exp.LTE: value, exp.EQ: value}.get(op)
    changes = ({"min_length": low} if low is not None else {}) | ({"max_length": high} if high is not None else {})
    return _set(fields, column, **changes)


def _beyond(field: FieldSchema, value: Any, sign: int) -> Any:
    """The nearest value of the column strictly beyond `value`; None where there is no nearest."""
    if field.type == "integer":
        return int(value) + sign if float(value).is_integer() else value
    if field.type == "decimal" and field.scale is not None:
        return round(value + sign * 10.0**-field.scale, field.scale)
    if field.type == "date":
        try:
            return (date.fromisoformat(value[:10]) + timedelta(days=sign)).isoformat()
        except ValueError:
            return None
    return None
