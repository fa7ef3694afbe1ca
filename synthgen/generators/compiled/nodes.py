"""Values that are not known yet: nodes of an expression over random draws, with Python's operators.

A node stands for one value per row. While a Faker method is traced, its code computes with nodes instead of values;
what it returns is the expression that a sampler evaluates for all rows at once. Where code must know a value (a
condition, an index), the node asks the running trace, which follows each possible value in turn.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.draws import Draw, Env

DEAD: Any = type("Dead", (), {"__repr__": lambda self: "DEAD"})()  # the value of an outcome that the path excludes
_LIMIT = 2**62
_TRACES: list[Any] = []  # the running traces, innermost last


def trace() -> Any:
    """The running trace."""
    return _TRACES[-1]


def operation(name: str) -> Callable[[Any, Any], Any]:
    """A binary dunder method."""
    return lambda self, other: operate(name, self, other)


def reflected(name: str) -> Callable[[Any, Any], Any]:
    """A reflected binary dunder method."""
    return lambda self, other: operate(name, other, self)


class Node:
    """A value per row: kind `str`, `int`, `float`, `bool`, `object`, or a temporal kind (`date`, `datetime`...)."""

    kind: str = "object"
    lo: int | float = -_LIMIT
    hi: int | float = _LIMIT
    years: tuple[int, int] = (1, 9999)  # of dates

    def _evaluate(self, env: Env) -> Any:
        """A numpy array for numbers and booleans, a polars series for all else."""
        raise NotImplementedError

    def value(self, env: Env) -> Any:
        """The values, made once for each environment."""
        found = env.made.get(id(self))
        if found is None:
            found = env.made[id(self)] = self._evaluate(env)
        return found

    __add__, __radd__ = operation("add"), reflected("add")
    __sub__, __rsub__ = operation("sub"), reflected("sub")
    __mul__, __rmul__ = operation("mul"), reflected("mul")
    __floordiv__, __rfloordiv__ = operation("floordiv"), reflected("floordiv")
    __truediv__, __rtruediv__ = operation("truediv"), reflected("truediv")
    __mod__, __rmod__ = operation("mod"), reflected("mod")
    __pow__, __rpow__ = operation("pow"), reflected("pow")
    __and__, __rand__ = operation("and_"), reflected("and_")
    __or__, __ror__ = operation("or_"), reflected("or_")
    __xor__, __rxor__ = operation("xor"), reflected("xor")
    __lshift__, __rshift__ = operation("lshift"), operation("rshift")
    __eq__, __ne__ = operation("eq"), operation("ne")
    __lt__, __le__, __gt__, __ge__ = operation("lt"), operation("le"), operation("gt"), operation("ge")

    def __neg__(self) -> Any:
        return operate("sub", 0, self)

    def __abs__(self) -> Any:
        return mapped(abs, self) if isinstance(self, Atom) else trace().unsupported("abs of a number of many draws")

    def __hash__(self) -> int:
        return hash(trace().known(self))

    def __bool__(self) -> bool:
        return bool(trace().truth(self))

    def __index__(self) -> int:
        return int(trace().known(self))

    def __len__(self) -> int:
        length = trace().call(len, self)
        return length if isinstance(length, int) else int(trace().known(length))

    def __iter__(self) -> Iterator[Any]:
        return iter(trace().members(self))

    def __getitem__(self, key: Any) -> Any:
        return trace().item(self, key)

    def __contains__(self, key: Any) -> bool:
        return bool(trace().contains(self, key))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return trace().attribute(self, name)


class Drawn(Node):
    """A node that draws at a place of its own."""

    order: int

    def value(self, env: Env) -> Any:
        """What is given for its place, else its value."""
        found = env.given.get(self.order)
        return super().value(env) if found is None else found


class Atom(Node):
    """A value for each outcome of one draw."""

    def __init__(self, draw: Draw, values: list[Any], kind: str = "") -> None:
        self.draw, self.values = draw, values
        self.kind = kind or _kind({type(v) for v in values if v is not DEAD})
        if self.kind in ("int", "float", "bool"):
            alive = [v for v in values if v is not DEAD]
            self.lo, self.hi = min(alive), max(alive)

    @cached_property
    def table(self) -> Any:
        """Values by outcome, as an array or a series."""
        if self.kind in ("int", "float", "bool"):
            blank = False if self.kind == "bool" else 0
            kind = {"int": np.int64, "float": np.float64, "bool": np.bool_}[self.kind]
            return np.array([blank if v is DEAD else v for v in self.values], dtype=kind)
        return plain_series([None if v is DEAD else v for v in self.values])

    def _evaluate(self, env: Env) -> Any:
        codes = env.outcome(self.draw)
        return self.table.gather(codes) if isinstance(self.table, pl.Series) else self.table.take(codes)


class Ranged(Node):
    """An integer `start + step * outcome`, for ranges too large to list."""

    kind = "int"

    def __init__(self, draw: Draw, start: int, step: int = 1) -> None:
        self.draw, self.start, self.step = draw, start, step
        ends = (start, start + step * (draw.size - 1))
        self.lo, self.hi = min(ends), max(ends)

    def _evaluate(self, env: Env) -> Any:
        return env.outcome(self.draw).astype(np.int64) * self.step + self.start


class Arith(Node):
    """An operator of numbers, row by row. Integers stay within 62 bits."""

    def __init__(self, name: str, left: Any, right: Any, kind: str, lo: float, hi: float) -> None:
        self.name, self.left, self.right, self.kind, self.lo, self.hi = name, left, right, kind, lo, hi

    def _evaluate(self, env: Env) -> Any:
        left, right = (x.value(env) if isinstance(x, Node) else x for x in (self.left, self.right))
        if isinstance(left, pl.Series) or isinstance(right, pl.Series):
            return np.asarray(_OPERATORS[self.name](left, right).to_numpy(), dtype=np.bool_)
        made = np.asarray(_NUMPY.get(self.name, _OPERATORS[self.name])(left, right))
        if made.ndim == 0:
            made = np.full(env.count, made)
        return made.astype(np.int64) if self.kind == "int" and made.dtype != np.int64 else made


class Lookup(Node):
    """`table[index]` for a table of constants and an index that many draws make."""

    def __init__(self, table: list[Any], index: Node) -> None:
        self.index, self.cells = index, Atom(Draw(-1, len(table)), table)
        self.kind, self.lo, self.hi = self.cells.kind, self.cells.lo, self.cells.hi

    def _evaluate(self, env: Env) -> Any:
        index = self.index.value(env)
        cells, size = self.cells.table, len(self.cells.values)
        index = np.where(index < 0, index + size, index)
        return cells.gather(index) if isinstance(cells, pl.Series) else cells.take(index)


class Computed(Node):
    """Any vectorised function of other nodes' values (arrays or series); constants pass as they are."""

    def __init__(
        self, kind: str, function: Callable[..., Any], *parts: Any, lo: float = -_LIMIT, hi: float = _LIMIT
    ) -> None:
        self.kind, self.function, self.parts, self.lo, self.hi = kind, function, parts, lo, hi

    def _evaluate(self, env: Env) -> Any:
        return self.function(*(p.value(env) if isinstance(p, Node) else p for p in self.parts))


class Raw(Node):
    """64 random bits, as uint64; only vectorised functions take it."""

    kind = "bits"

    def __init__(self, order: int) -> None:
        self.order = order

    def _evaluate(self, env: Env) -> Any:
        return env.rows.bits(f"{env.prefix}w{self.order}")


def plain_series(values: list[Any]) -> pl.Series:
    """A series of Python values: texts, numbers, dates; anything else as its text."""
    kinds = {type(v) for v in values if v is not None}
    if kinds == {int, str}:
        values = [None if v is None else str(v) for v in values]
    elif len(kinds) > 1 and not kinds <= {int, float}:
        raise UnsupportedError(f"it mixes values of type {' and '.join(sorted(k.__name__ for k in kinds))}")
    if any(k.__name__ in ("ZoneInfo", "tzutc", "tzlocal") for k in kinds):
        values = [None if v is None else str(v) for v in values]
    if kinds <= {int, float} and len(kinds) > 1:
        values = [None if v is None else float(v) for v in values]
    try:
        return pl.Series(values)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
        raise UnsupportedError("its values are of no type that a column holds") from error


def mapped(function: Callable[..., Any], *arguments: Any) -> Any:
    """A pure function of atoms of one draw and constants, applied to each outcome that the path allows."""
    draw = next(a.draw for a in arguments if isinstance(a, Atom))
    alive = trace().alive(draw)
    trace().spend(50 + len(alive))
    values, failed = [DEAD] * draw.size, {}
    for i in alive:
        try:
            values[i] = function(*(a.values[i] if isinstance(a, Atom) else a for a in arguments))
        except Exception as error:  # the code traced raises it too, for this outcome
            failed[i] = error
    if failed:
        if trace().split(draw, [i in failed for i in range(draw.size)]):
            raise next(iter(failed.values()))
        return mapped(function, *arguments)
    return settled(Atom(draw, values))


def settled(atom: Atom) -> Any:
    """The value itself where all outcomes agree, else the atom."""
    alive = trace().alive(atom.draw)
    first = atom.values[alive[0]]
    if all(type(v) is type(first) and _same(v, first) for v in (atom.values[i] for i in alive)):
        return first
    return atom


def operate(name: str, left: Any, right: Any) -> Any:
    """`left name right`, where at least one side is a node."""
    draws = {id(x.draw): x.draw for x in (left, right) if isinstance(x, Atom)}
    nodes = [x for x in (left, right) if isinstance(x, Node)]
    if len(draws) == 1 and all(isinstance(x, Atom) for x in nodes):
        return mapped(_OPERATORS[name], left, right)
    kinds = [x.kind if isinstance(x, Node) else _kind({type(x)}) for x in (left, right)]
    if "str" in kinds or "object" in kinds or len(set(kinds) & {"date", "datetime", "delta", "list"}):
        return trace().operate(name, left, right)
    if not set(kinds) <= {"int", "float", "bool"}:
        raise UnsupportedError(f"it computes {name} of {kinds[0]} and {kinds[1]}")
    return arithmetic(name, left, right, kinds)


def arithmetic(name: str, left: Any, right: Any, kinds: list[str]) -> Any:
    """An operator of numbers: its kind and its range."""
    if name in _COMPARE:
        apart = _apart(name, left, right)
        if apart is not None:
            return apart
        return Arith(name, left, right, "bool", 0, 1)
    kind = "float" if name == "truediv" or "float" in kinds else "int"
    lo, hi = _interval(name, left, right)
    if kind == "int" and (lo < -_LIMIT or hi > _LIMIT):
        raise UnsupportedError("it computes with integers beyond 62 bits")
    return Arith(name, left, right, kind, lo, hi)


def _apart(name: str, left: Any, right: Any) -> bool | None:
    """The answer of a comparison where the ranges give it."""
    (a, b), (c, d) = ((x.lo, x.hi) if isinstance(x, Node) else (x, x) for x in (left, right))
    answers: dict[str, tuple[Any, Any]] = {
        "lt": (b < c, a >= d), "le": (b <= c, a > d), "gt": (a > d, b <= c), "ge": (a >= d, b < c),
        "eq": (False, b < c or a > d), "ne": (b < c or a > d, False),
    }  # fmt: skip
    yes, no = answers[name]
    return True if yes else False if no else None


def _interval(name: str, left: Any, right: Any) -> tuple[Any, Any]:
    ends: list[Any]
    a: Any
    b: Any
    c: Any
    d: Any
    (a, b), (c, d) = ((x.lo, x.hi) if isinstance(x, Node) else (x, x) for x in (left, right))
    if name == "mod":
        return (0, d - 1) if c > 0 and isinstance(d, int) else (min(c, 0), max(d, 0))
    if name in ("add", "sub", "mul", "floordiv", "truediv"):
        if name in ("floordiv", "truediv") and c <= 0 <= d:
            raise UnsupportedError("it may divide by zero")
        ends = [_OPERATORS[name](x, y) for x in (a, b) for y in (c, d)]
        return min(ends), max(ends)
    if name == "and_" and a >= 0 and c >= 0:
        return 0, min(b, d)
    if name in ("or_", "xor") and a >= 0 and c >= 0:
        return 0, 2 ** max(int(b).bit_length(), int(d).bit_length()) - 1
    if name == "lshift" and c >= 0 and a >= 0:
        return a << c, b << d
    if name == "rshift" and c >= 0 and a >= 0:
        return 0, b
    if name == "pow" and a >= 0 and c >= 0 and b ** min(d, 70) <= _LIMIT:
        return 0, b**d
    raise UnsupportedError(f"it computes {name} of numbers of many draws")


def _same(a: Any, b: Any) -> bool:
    try:
        return bool(a is b or a == b)
    except Exception:
        return False


def _kind(kinds: set[type]) -> str:
    names = {"str": str, "bool": bool, "int": int, "float": float}
    if kinds == {int, float}:
        return "float"
    return next((name for name, kind in names.items() if kinds == {kind}), "object")


_COMPARE = ("eq", "ne", "lt", "le", "gt", "ge")
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    name: getattr(operator, name)
    for name in (*_COMPARE, "add", "sub", "mul", "floordiv", "truediv", "mod", "pow", "and_", "or_", "xor")
}
_OPERATORS |= {"lshift": operator.lshift, "rshift": operator.rshift}
_NUMPY: dict[str, Callable[[Any, Any], Any]] = {"floordiv": np.floor_divide, "mod": np.mod, "pow": np.power}
