"""Text that is not known yet: concatenations, texts of numbers, and the methods of `str` on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from synthgen.generators.compiled import temporal
from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.draws import Env
from synthgen.generators.compiled.nodes import Arith, Atom, Computed, Lookup, Node, mapped, operate, trace


class Concat(Node):
    """Texts and constants one after another."""

    kind = "str"

    def __init__(self, parts: list[Any]) -> None:
        self.parts = parts

    def known(self) -> str:
        """Its value, where every piece may be asked for its own."""
        return "".join(trace().known(p) for p in self.parts)

    def _evaluate(self, env: Env) -> pl.Series:
        pieces = [pl.lit(p) if isinstance(p, str) else pl.lit(p.value(env)) for p in self.parts]
        return pl.select(pl.concat_str(pieces)).to_series()


class NumberText(Node):
    """The decimal digits of an integer, filled with zeros up to `width`."""

    kind = "str"

    def __init__(self, number: Node, width: int = 0) -> None:
        self.number, self.width = number, width

    def _evaluate(self, env: Env) -> pl.Series:
        made = pl.Series(self.number.value(env)).cast(pl.String)
        return made.str.zfill(self.width) if self.width else made

    def fixed(self) -> int | None:
        """The number of digits where all have the same."""
        lo, hi = int(self.number.lo), int(self.number.hi)
        if lo < 0:
            return None
        least, most = max(len(str(lo)), self.width), max(len(str(hi)), self.width)
        return least if least == most else None


class FloatText(Node):
    """A float as Python writes it, for the exponents that polars writes alike (1e-4 and above, below 1e16)."""

    kind = "str"

    def __init__(self, number: Node) -> None:
        self.number = number

    def _evaluate(self, env: Env) -> pl.Series:
        return pl.Series(self.number.value(env)).cast(pl.String)


def text(value: Any) -> Any:
    """`str(value)`."""
    if not isinstance(value, Node):
        return str(value)
    if value.kind == "str":
        return value
    if isinstance(value, Atom):
        return mapped(str, value)
    if hasattr(type(value), "text"):
        return value.text()
    if value.kind == "int":
        return NumberText(value)
    if value.kind == "float":
        return FloatText(value)
    if value.kind == "uuid":
        return Computed("str", lambda s: s, value)
    if value.kind == "datetime":
        return temporal.method(value, "isoformat", (" ",), {})
    if value.kind == "date":
        return Computed("str", lambda s: s.dt.strftime("%Y-%m-%d"), value)
    if value.kind == "time":
        return Computed("str", lambda s: s.dt.strftime("%H:%M:%S"), value)
    raise UnsupportedError(f"it writes a {value.kind} as text")


def joined(parts: list[Any]) -> Any:
    """The concatenation of texts, with neighbouring constants merged; a constant where all parts are."""
    flat: list[Any] = []
    for part in parts:
        for piece in part.parts if isinstance(part, Concat) else [part]:
            if isinstance(piece, str):
                if piece and flat and isinstance(flat[-1], str):
                    flat[-1] += piece
                elif piece:
                    flat.append(piece)
            elif isinstance(piece, Node) and piece.kind == "str":
                flat.append(piece)
            else:
                raise TypeError(f"can only join texts, not {type(piece).__name__}")
    if not flat:
        return ""
    return flat[0] if len(flat) == 1 else Concat(flat)


def parts_of(value: Any) -> list[Any]:
    """The pieces of a text."""
    return value.parts if isinstance(value, Concat) else [value]


def least_length(part: Any) -> int:
    """A number of characters that a piece has at least."""
    if isinstance(part, str):
        return len(part)
    if isinstance(part, Atom):
        return min(len(part.values[i]) for i in trace().alive(part.draw))
    if isinstance(part, NumberText):
        return part.fixed() or 1
    return 0


def length(value: Any) -> Any:
    """`len(text)`."""
    total: Any = 0
    for part in parts_of(value):
        if isinstance(part, str):
            total = total + len(part)
        elif isinstance(part, Atom):
            total = total + mapped(len, part)
        elif isinstance(part, NumberText) and part.fixed() is not None:
            total = total + part.fixed()
        elif isinstance(part, Lookup):
            sizes = [len(v) for v in part.cells.values]
            total = total + (sizes[0] if len(set(sizes)) == 1 else Lookup(sizes, part.index))
        else:
            lo, hi = 0, 100_000
            if isinstance(part, NumberText) and part.number.lo >= 0:
                lo, hi = (max(part.width, len(str(int(e)))) for e in (part.number.lo, part.number.hi))
            counted = Computed("int", lambda s: s.str.len_chars().cast(pl.Int64).to_numpy(), part, lo=lo, hi=hi)
            total = total + counted
    return total


def characters(value: Any) -> list[Any]:
    """The characters of a text; a way for each length that it may have."""
    found: list[Any] = []
    for part in parts_of(value):
        if isinstance(part, str):
            found += part
        elif isinstance(part, Atom):
            size = trace().known(mapped(len, part))
            found += [mapped(lambda v, i=i: v[i], part) for i in range(size)]
        elif isinstance(part, Lookup) and all(len(v) == 1 for v in part.cells.values):
            found.append(part)
        elif isinstance(part, NumberText) and part.fixed() is not None:
            size = part.fixed() or 0
            found += [Lookup(list("0123456789"), digit(part.number, size - 1 - i)) for i in range(size)]
        elif isinstance(part, NumberText) and part.number.lo >= 0 and part.number.hi < 10**18:
            size = trace().known(length(part))
            found += [Lookup(list("0123456789"), digit(part.number, size - 1 - i) % 10) for i in range(size)]
        elif hasattr(type(part), "taken"):
            found += characters(part.taken())
        else:
            raise UnsupportedError("it takes a text of unknown length apart")
    return found


def digit(number: Any, place: int) -> Any:
    """The decimal digit of a non-negative integer that stands for 10**place."""
    shifted = number // 10**place if place else number
    return shifted % 10 if (shifted.hi if isinstance(shifted, Node) else shifted) > 9 else shifted


def apart(piece: Any) -> bool:
    """Whether the characters of a piece can be told."""
    single = isinstance(piece, Lookup) and all(len(v) == 1 for v in piece.cells.values)
    return isinstance(piece, str | Atom) or single or (isinstance(piece, NumberText) and piece.fixed() is not None)


def changed(piece: Any, function: Callable[[str], str]) -> Any:
    """A function of text that works character by character, on one piece; digits stay as they are."""
    if isinstance(piece, str):
        return function(piece)
    if isinstance(piece, Atom):
        return mapped(function, piece)
    if isinstance(piece, NumberText) and function("0123456789") == "0123456789":
        return piece
    if isinstance(piece, Lookup):
        return Lookup([function(v) for v in piece.cells.values], piece.index)
    if hasattr(type(piece), "transformed"):
        return piece.transformed(function)
    raise UnsupportedError("it changes the characters of a text of many draws")


def cut(value: Any, key: slice | int) -> Any:
    """`text[key]` for a text of several pieces."""
    pieces = parts_of(value)
    if not all(map(apart, pieces)) and not (isinstance(key, int) and apart(pieces[0 if key >= 0 else -1])):
        return _sliced(value, key)
    if isinstance(key, int):
        if key >= 0 and least_length(pieces[0]) > key:
            return each(pieces[0], lambda v: v[key])
        if key < 0 and least_length(pieces[-1]) >= -key:
            return each(pieces[-1], lambda v: v[key])
        return characters(value)[key]
    tail = key.step is None and key.start is not None and key.start >= 0 and key.stop is None
    if tail and least_length(pieces[0]) >= key.start:
        return joined([each(pieces[0], lambda v: v[key.start :]), *pieces[1:]])
    head = key.step is None and not key.start and key.stop is not None and key.stop >= 0
    if head and least_length(pieces[0]) >= key.stop:
        return each(pieces[0], lambda v: v[: key.stop])
    return joined(characters(value)[key])


def _sliced(value: Any, key: slice | int) -> Node:
    """A slice of a text whose length only the rows know."""
    if isinstance(key, int):
        return Computed("str", lambda s: s.str.slice(key, 1), value)
    start, stop = key.start, key.stop
    if key.step == -1 and start is None and stop is None:
        return Computed("str", lambda s: s.str.reverse(), value)
    if key.step is not None:
        raise UnsupportedError("it takes every other character of a text of unknown length")
    if stop is None:
        return Computed("str", lambda s: s.str.slice(start or 0), value)
    if stop >= 0 and (start or 0) >= 0:
        return Computed("str", lambda s: s.str.slice(start or 0, max(0, stop - (start or 0))), value)
    if stop < 0 and (start or 0) >= 0:
        return Computed("str", lambda s: s.str.head(stop).str.slice(start or 0), value)
    raise UnsupportedError("it takes a part of a text of unknown length")


def each(piece: Any, function: Callable[[Any], Any]) -> Any:
    """A function of text, such as a slice, on one piece; on the list of its characters where the piece is computed."""
    if isinstance(piece, str):
        return function(piece)
    if isinstance(piece, Atom):
        return mapped(function, piece)
    made = function(characters(piece))
    return joined(made) if isinstance(made, list) else made


def number_of(value: Any, base: int = 10) -> Any:
    """`int(text, base)` of digits."""
    if isinstance(value, Atom):
        return mapped(lambda v: int(v, base), value)
    if isinstance(value, NumberText) and base == 10:
        return value.number
    if not all(map(apart, parts_of(value))) and base == 10:
        return Computed("int", lambda s: s.cast(pl.Int64).to_numpy(), value, lo=0)
    if isinstance(value, Lookup):
        return Lookup([int(v) for v in value.cells.values], value.index)
    digits = characters(value)
    values = [int(d, base) if isinstance(d, str) else _digit(d, base) for d in digits]
    if base ** len(digits) > 10**18:
        return LongNumber([(base ** (len(values) - 1 - i), v) for i, v in enumerate(values)], 0)
    total: Any = 0
    for number in values:
        total = total * base + number
    return total


def _digit(piece: Node, base: int) -> Any:
    if isinstance(piece, Atom):
        return mapped(lambda v: int(v, base), piece)
    if isinstance(piece, Lookup):
        return Lookup([int(v, base) for v in piece.cells.values], piece.index)
    return number_of(piece)


class Encoded:
    """Bytes of a text that is not known yet."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def decode(self, *_: Any) -> Any:
        """The text."""
        return self.value


class LongNumber(Node):
    """An integer of more than 18 digits, as a sum of digits times constants; only its remainder can be had."""

    kind = "long"

    def __init__(self, terms: list[tuple[int, Any]], constant: int) -> None:
        self.terms, self.constant = terms, constant

    def _scaled(self, factor: int, constant: int) -> LongNumber:
        return LongNumber([(c * factor, n) for c, n in self.terms], self.constant * factor + constant)

    def __mul__(self, other: Any) -> Any:
        return self._scaled(_whole(other), 0)

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Any:
        return self._scaled(1, _whole(other))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._scaled(1, -_whole(other))

    def __rsub__(self, other: Any) -> Any:
        return self._scaled(-1, _whole(other))

    def __mod__(self, other: Any) -> Any:
        modulus = _whole(other)
        total: Any = self.constant % modulus
        for factor, number in self.terms:
            total = total + factor % modulus * number
        return total % modulus

    def digits(self) -> list[Any]:
        """Its decimal digits, the last one first."""
        if [c for c, _ in self.terms] != [10 ** (len(self.terms) - 1 - i) for i in range(len(self.terms))]:
            raise UnsupportedError("it takes a long number apart")
        return [n for _, n in reversed(self.terms)]


def _whole(value: Any) -> int:
    if not isinstance(value, int):
        raise UnsupportedError("it computes with integers of more than 18 digits")
    return value


def compared(name: str, left: Any, right: Any) -> Any:
    """`left == right` of texts."""
    if name not in ("eq", "ne", "lt", "le", "gt", "ge"):
        raise UnsupportedError(f"it computes {name} of texts")
    if name in ("eq", "ne") and any(x is None for x in (left, right)):
        return name == "ne"
    if any(isinstance(x, Atom) for x in (left, right)) and not all(isinstance(x, Node) for x in (left, right)):
        return operate(name, left, right)
    return Arith(name, left, right, "bool", 0, 1)
