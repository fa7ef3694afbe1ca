"""Python's own functions on values that may be nodes."""

from __future__ import annotations

import builtins
import csv
import datetime
import io
import json
import math
import typing
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from synthgen.generators.compiled import calendar, documents, operations, strings
from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.nodes import Atom, Computed, Lookup, Node, mapped, trace
from synthgen.generators.compiled.operations import call, holds_nodes
from synthgen.generators.compiled.providers import characterwise, luhn

_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,), "int": (int,), "bool": (bool, int), "float": (float,), "long": (int,),
}  # fmt: skip


def _int(value: Any = 0, *rest: Any) -> Any:
    if isinstance(value, strings.LongNumber):
        return value
    if not isinstance(value, Node):
        return int(value, *rest)
    if isinstance(value, Atom):
        return mapped(int, value, *rest)
    if value.kind == "str":
        return strings.number_of(value, *rest)
    if value.kind == "float":
        lo, hi = math.trunc(value.lo), math.trunc(value.hi)
        return Computed("int", lambda v: np.trunc(v).astype(np.int64), value, lo=lo, hi=hi)
    return value


def _str(value: Any = "", *rest: Any, **named: Any) -> Any:
    return value.value if isinstance(value, strings.Encoded) else strings.text(value) if not rest else str(value, *rest)


def _len(value: Any) -> Any:
    if not isinstance(value, Node):
        return len(value)
    if isinstance(value, Atom):
        return mapped(len, value)
    if value.kind == "str":
        return strings.length(value)
    raise UnsupportedError(f"it takes the length of a {value.kind}")


def _isinstance(value: Any, kinds: Any) -> Any:
    if not isinstance(value, Node):
        return isinstance(value, kinds)
    if isinstance(value, Atom):
        return mapped(isinstance, value, kinds)
    wanted = kinds if isinstance(kinds, tuple) else (kinds,)
    mine = _TYPES.get(value.kind, ())
    return any(k in wanted for k in mine) or (value.kind in [getattr(k, "__name__", "") for k in wanted])


def _ord(value: Any) -> Any:
    if isinstance(value, Lookup):
        return Lookup([ord(v) for v in value.cells.values], value.index)
    return mapped(ord, value) if isinstance(value, Atom) else ord(trace().known(value))


def _chr(value: Any) -> Any:
    if isinstance(value, Atom):
        return mapped(chr, value)
    if isinstance(value, Node) and value.hi - value.lo < 128:
        return Lookup([chr(i) for i in range(int(value.lo), int(value.hi) + 1)], value - int(value.lo))
    return chr(trace().known(value))


def _float(value: Any = 0.0) -> Any:
    if isinstance(value, strings.FloatText):
        return value.number
    if not isinstance(value, Node):
        return float(value)
    if isinstance(value, Atom):
        return mapped(float, value)
    if isinstance(value, Node) and value.kind in ("int", "float"):
        return Computed("float", lambda v: v.astype(np.float64), value, lo=float(value.lo), hi=float(value.hi))
    if value.kind != "str":
        raise UnsupportedError(f"it reads a float from a {value.kind}")
    pieces = strings.parts_of(value)
    if all(isinstance(p, Atom | strings.NumberText | Lookup) and _digits(p) for p in pieces):
        return strings.number_of(value)
    return Computed("float", lambda s: s.cast(pl.Float64).to_numpy(), value)


def _digits(piece: Any) -> bool:
    values = [v for v in piece.values if isinstance(v, str)] if isinstance(piece, Atom) else []
    return isinstance(piece, strings.NumberText) or (bool(values) and all(v.isdigit() for v in values))


def _decimal(value: Any = "0") -> Any:
    return _float(value) if isinstance(value, Node) else Decimal(value)


def _luhn(number: Any) -> Any:
    """The Luhn sum of a number's digits, modulo 10, as Faker's luhn_checksum."""
    if isinstance(number, strings.LongNumber):
        digits = number.digits()
    else:
        top = int(number.hi) if isinstance(number, Node) else int(number)
        digits = [strings.digit(number, place) for place in range(len(str(top)))]
    total: Any = 0
    for place, value in enumerate(digits):
        twice = [sum(map(int, str(2 * d))) for d in range(10)]
        total = total + (value if place % 2 == 0 else operations.item(twice, value))
    return total % 10


def _round(value: Any, places: Any = None) -> Any:
    if isinstance(value, Atom) and not isinstance(places, Node):
        return mapped(lambda v: round(v, places), value)
    if not isinstance(value, Node):
        return round(value, trace().known(places))
    digits = trace().known(places)
    if value.kind == "int":
        return value
    made = Computed("float", lambda v: np.round(v, digits or 0), value, lo=value.lo, hi=value.hi)
    return made if digits is not None else _int(made)


def _map(function: Any, *lists: Any) -> Any:
    return [call(function, *items) for items in zip(*lists, strict=False)]


def _filter(function: Any, items: Any) -> Any:
    return [x for x in items if (call(function, x) if function is not None else x)]


def _sum(items: Any, start: Any = 0) -> Any:
    total = start
    for x in items:
        total = total + x
    return total


def _extreme(name: str) -> Callable[..., Any]:
    def found(*arguments: Any, **named: Any) -> Any:
        values = list(arguments[0]) if len(arguments) == 1 else list(arguments)
        if not holds_nodes(values):
            return getattr(builtins, name)(*arguments, **named)
        if named or not all(_numeric(v) for v in values):
            raise UnsupportedError(f"it takes the {name}imum of values of many draws")
        function = np.minimum if name == "min" else np.maximum
        best = values[0]
        for value in values[1:]:
            if (isinstance(best, Atom) and not isinstance(value, Node)) or (
                isinstance(value, Atom) and not isinstance(best, Node)
            ):
                best = mapped(getattr(builtins, name), best, value)
                continue
            lo, hi = (getattr(builtins, name)(_end(best, e), _end(value, e)) for e in ("lo", "hi"))
            whole = all(isinstance(v, int) or (isinstance(v, Node) and v.kind == "int") for v in (best, value))
            best = Computed("int" if whole else "float", function, best, value, lo=lo, hi=hi)
        return best

    return found


def _numeric(value: Any) -> bool:
    return isinstance(value, int | float) or (isinstance(value, Node) and value.kind in ("int", "float"))


def _end(value: Any, end: str) -> Any:
    return getattr(value, end) if isinstance(value, Node) else value


def _divmod(left: Any, right: Any) -> Any:
    return left // right, left % right


def _abs(value: Any) -> Any:
    if isinstance(value, Node) and not isinstance(value, Atom):
        hi = max(abs(value.lo), abs(value.hi))
        return Computed(value.kind, np.abs, value, lo=0, hi=hi)
    return abs(value)


def _sorted(items: Any, **named: Any) -> Any:
    values = list(items)
    if holds_nodes(values):
        raise UnsupportedError("it sorts values of many draws")
    return sorted(values, **named)


def _floor(value: Any) -> Any:
    if isinstance(value, Node) and not isinstance(value, Atom):
        return Computed(
            "int", lambda v: np.floor(v).astype(np.int64), value, lo=math.floor(value.lo), hi=math.floor(value.hi)
        )
    return mapped(math.floor, value) if isinstance(value, Node) else math.floor(value)


def _ceil(value: Any) -> Any:
    if isinstance(value, Node) and not isinstance(value, Atom):
        return Computed(
            "int", lambda v: np.ceil(v).astype(np.int64), value, lo=math.ceil(value.lo), hi=math.ceil(value.hi)
        )
    return mapped(math.ceil, value) if isinstance(value, Node) else math.ceil(value)


def _any(items: Any) -> bool:
    return any(bool(x) for x in items)


def _all(items: Any) -> bool:
    return all(bool(x) for x in items)


def _normalize(form: Any, value: Any) -> Any:
    if not isinstance(value, Node):
        return unicodedata.normalize(form, value)

    def normal(v: str) -> str:
        return unicodedata.normalize(form, v)

    made: list[Any] = []
    for piece in strings.parts_of(value):
        if isinstance(piece, str | Atom | Lookup | strings.NumberText) or hasattr(type(piece), "transformed"):
            made.append(strings.changed(piece, normal))
        else:
            made.append(Computed("str", lambda s: s.str.normalize(form), piece))
    return strings.joined(made)


def piecewise(function: Callable[[str], str]) -> Callable[[Any], Any]:
    """A function of text that works character by character, on each piece of a text."""
    return lambda value: strings.joined([strings.changed(p, function) for p in strings.parts_of(value)])


def table(clock: datetime.datetime) -> dict[Any, Callable[..., Any]]:
    """What replaces each of Python's functions while a method is traced at a clock (naive, UTC)."""
    charwise: dict[Any, Callable[..., Any]] = {f: piecewise(f) for f in characterwise()}
    return charwise | {luhn(): _luhn} | calendar.table(clock) | {
        int: _int, str: _str, len: _len, isinstance: _isinstance, ord: _ord, chr: _chr, float: _float, round: _round,
        map: _map, filter: _filter, sum: _sum, min: _extreme("min"), max: _extreme("max"), divmod: _divmod, abs: _abs,
        sorted: _sorted, math.floor: _floor, math.ceil: _ceil, any: _any, all: _all, Decimal: _decimal,
        unicodedata.normalize: _normalize, json.dumps: documents.dumps, csv.writer: documents.Writer,
        io.StringIO: documents.Buffer, typing.cast: lambda kind, value: value,
        bool: lambda v=False: trace().truth_of(v),
    }  # fmt: skip
