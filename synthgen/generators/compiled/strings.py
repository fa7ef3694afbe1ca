"""Text that is not known yet: concatenations, texts of numbers, and the methods of `str` on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.draws import Env
from synthgen.generators.compiled.nodes import Arith, Atom, Computed, Lookup, Node, mapped, operate, trace

_CHARWISE = frozenset({"lower", "upper", "casefold", "swapcase", "translate"})  # f(a + b) == f(a) + f(b)
_TESTS = frozenset({"isdigit", "isalpha", "isalnum", "isnumeric", "isupper", "islower", "isspace", "isascii"})
_POLARS: dict[str, Callable[..., pl.Series]] = {
    "lower": lambda s: s.str.to_lowercase(),
    "upper": lambda s: s.str.to_uppercase(),
    "replace": lambda s, old, new: s.str.replace_all(old, new, literal=True),
    "zfill": lambda s, n: s.str.zfill(n),
    "strip": lambda s, chars=None: s.str.strip_chars(chars),
    "lstrip": lambda s, chars=None: s.str.strip_chars_start(chars),
    "rstrip": lambda s, chars=None: s.str.strip_chars_end(chars),
    "rjust": lambda s, n, fill=" ": s.str.pad_start(n, fill),
    "ljust": lambda s, n, fill=" ": s.str.pad_end(n, fill),
}


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
    if value.kind == "int":
        return NumberText(value)
    if value.kind == "float":
        return FloatText(value)
    if value.kind == "uuid":
        return Computed("str", lambda s: s, value)
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
            total = total + mapped(len, part.cells)
        else:
            counted = Computed("int", lambda s: s.str.len_chars().cast(pl.Int64).to_numpy(), part, lo=0, hi=100_000)
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
        else:
            raise UnsupportedError("it takes a text of unknown length apart")
    return found


def digit(number: Any, place: int) -> Any:
    """The decimal digit of a non-negative integer that stands for 10**place."""
    shifted = number // 10**place if place else number
    return shifted % 10 if (shifted.hi if isinstance(shifted, Node) else shifted) > 9 else shifted


def cut(value: Any, key: slice | int) -> Any:
    """`text[key]` for a text of several pieces."""
    pieces = parts_of(value)
    if isinstance(key, int):
        if key >= 0 and least_length(pieces[0]) > key:
            return _each(pieces[0], lambda v: v[key])
        if key < 0 and least_length(pieces[-1]) >= -key:
            return _each(pieces[-1], lambda v: v[key])
        return characters(value)[key]
    if key.step is None and key.start is not None and key.start >= 0 and key.stop is None:
        if least_length(pieces[0]) >= key.start:
            return joined([_each(pieces[0], lambda v: v[key.start :]), *pieces[1:]])
    elif key.step is None and not key.start and key.stop is not None and key.stop >= 0:
        if least_length(pieces[0]) >= key.stop:
            return _each(pieces[0], lambda v: v[: key.stop])
        if all(isinstance(p, Computed) or not isinstance(p, str | Atom) for p in pieces[:1]):
            return Computed("str", lambda s: s.str.slice(0, key.stop), value)
    return joined(characters(value)[key])


def _each(piece: Any, function: Callable[[Any], Any]) -> Any:
    """A function of text, such as a slice, on one piece; on the list of its characters where the piece is computed."""
    if isinstance(piece, str):
        return function(piece)
    if isinstance(piece, Atom):
        return mapped(function, piece)
    made = function(characters(piece))
    return joined(made) if isinstance(made, list) else made


def number_of(value: Any) -> Any:
    """`int(text)` of digits."""
    if isinstance(value, Atom):
        return mapped(int, value)
    if isinstance(value, NumberText):
        return value.number
    if isinstance(value, Lookup):
        return Lookup([int(v) for v in value.cells.values], value.index)
    digits = characters(value)
    if len(digits) > 18:
        return LongNumber(value, len(digits))
    total: Any = 0
    for piece in digits:
        total = total * 10 + (int(piece) if isinstance(piece, str) else number_of(piece))
    return total


class LongNumber(Node):
    """An integer of more than 18 digits: it can only be divided for its remainder."""

    kind = "long"

    def __init__(self, source: Node, size: int) -> None:
        self.source, self.size = source, size

    def _evaluate(self, env: Env) -> Any:
        raise UnsupportedError("it computes with integers of more than 18 digits")

    def __mod__(self, other: Any) -> Any:
        if not isinstance(other, int) or not 0 < other < 10**9:
            raise UnsupportedError("it computes with integers of more than 18 digits")
        return Computed("int", lambda s: _remainder(s, self.size, other), self.source, lo=0, hi=other - 1)


def _remainder(series: pl.Series, size: int, modulus: int) -> Any:
    total = np.zeros(len(series), np.int64)
    for start in range(0, size, 9):
        count = min(9, size - start)
        piece = series.str.slice(start, count).cast(pl.Int64).to_numpy()
        total = (total * 10**count + piece) % modulus
    return total


class Encoded:
    """Bytes of a text that is not known yet."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def decode(self, *_: Any) -> Any:
        """The text."""
        return self.value


def method(value: Node, name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """`value.name(*arguments)` of a text."""
    if any(isinstance(a, Node) for a in arguments):
        arguments = tuple(trace().known(a) for a in arguments)
    if name == "encode":
        return Encoded(_encoded(value, *arguments, **named))
    if isinstance(value, Atom):
        return mapped(lambda v: getattr(v, name)(*arguments, **named), value)
    if name in _CHARWISE or (name == "replace" and len(arguments[0]) == 1 and len(arguments) == 2):
        return joined([_piecewise(p, name, arguments) for p in parts_of(value)])
    if name in _TESTS:
        return all(
            bool(method(p, name, (), {})) if isinstance(p, Node) else getattr(p, name)() for p in parts_of(value)
        )
    special = _SPECIAL.get(name)
    if special is not None:
        return special(value, *arguments)
    if name in _POLARS and name != "strip":
        return Computed("str", lambda s: _POLARS[name](s, *arguments), value)
    raise UnsupportedError(f"it calls {name}() on a text of many draws")


def _piecewise(piece: Any, name: str, arguments: tuple[Any, ...]) -> Any:
    if isinstance(piece, str):
        return getattr(piece, name)(*arguments)
    if isinstance(piece, Atom):
        return mapped(lambda v: getattr(v, name)(*arguments), piece)
    if isinstance(piece, NumberText) and name in ("lower", "upper"):
        return piece
    if isinstance(piece, Lookup):
        return Lookup([getattr(v, name)(*arguments) for v in piece.cells.values], piece.index)
    if name not in _POLARS:
        raise UnsupportedError(f"it calls {name}() on a text of many draws")
    return Computed("str", lambda s: _POLARS[name](s, *arguments), piece)


def _encoded(value: Any, coding: str = "utf-8", errors: str = "strict") -> Any:
    def through(v: str) -> str:
        return v.encode(coding, errors).decode(coding)

    if coding.lower().replace("-", "") == "utf8":
        return value
    made = []
    for piece in parts_of(value):
        if isinstance(piece, str | Atom):
            made.append(_each(piece, through))
        elif isinstance(piece, NumberText | Lookup):
            made.append(piece)
        else:
            made.append(Computed("str", lambda s: s.str.replace_all(r"[^\x00-\x7f]", ""), piece))
    return joined(made)


def _split(value: Any, separator: str | None = None, most: int = -1) -> list[Any]:
    mark = " " if separator is None else separator
    found: list[list[Any]] = [[]]
    for piece in parts_of(value):
        if isinstance(piece, str):
            first, *rest = piece.split(mark)
            found[-1].append(first)
            found += [[r] for r in rest]
            continue
        if isinstance(piece, Atom):
            pieces = mapped(lambda v: len(v.split(mark)), piece)
            count = trace().known(pieces)
            cells = [mapped(lambda v, i=i: v.split(mark)[i], piece) for i in range(count)]
            found[-1].append(cells[0])
            found += [[c] for c in cells[1:]]
        elif isinstance(piece, NumberText | Lookup):
            found[-1].append(piece)
        else:
            raise UnsupportedError("it splits a text of many draws")
    if most >= 0 and len(found) > most + 1:
        raise UnsupportedError("it splits a text of many draws")
    return [joined(f) for f in found if f != [""] or separator is not None]


def _capitalize(value: Any) -> Any:
    first, *rest = parts_of(value)
    if not least_length(first):
        raise UnsupportedError("it capitalizes a text that may be empty")
    head = first if isinstance(first, NumberText) else _each(first, str.capitalize)
    return joined([head, *(_piecewise(p, "lower", ()) for p in rest)])


def _edges(value: Any, prefix: str, first: bool) -> Any:
    piece = parts_of(value)[0 if first else -1]
    if least_length(piece) >= len(prefix):
        test = "startswith" if first else "endswith"
        return (
            mapped(lambda v: getattr(v, test)(prefix), piece)
            if isinstance(piece, Atom)
            else getattr(piece, test)(prefix)
        )
    raise UnsupportedError("it compares the start of a text of many draws")


def _stripped(value: Any, chars: str | None = None) -> Any:
    def bare(piece: Any) -> bool:
        alive = [piece] if isinstance(piece, str) else []
        if isinstance(piece, Atom):
            alive = [piece.values[i] for i in trace().alive(piece.draw)]
        return bool(alive) and all(v and v.strip(chars) == v for v in alive)

    pieces = parts_of(value)
    if bare(pieces[0]) and bare(pieces[-1]):
        return value
    return Computed("str", lambda s: s.str.strip_chars(chars), value)


def _replaced(value: Any, old: str, new: str, *_: Any) -> Any:
    if all(isinstance(p, str | Atom) for p in parts_of(value)):
        pieces = [_each(p, lambda v: v.replace(old, new)) for p in parts_of(value)]
        return joined(pieces)  # an occurrence across pieces is found by replaying
    return Computed("str", lambda s: s.str.replace_all(old, new, literal=True), value)


_SPECIAL: dict[str, Callable[..., Any]] = {
    "split": _split, "capitalize": _capitalize, "strip": _stripped, "replace": _replaced,
    "startswith": lambda v, p: _edges(v, p, True), "endswith": lambda v, p: _edges(v, p, False),
}  # fmt: skip


def compared(name: str, left: Any, right: Any) -> Any:
    """`left == right` of texts."""
    if name not in ("eq", "ne", "lt", "le", "gt", "ge"):
        raise UnsupportedError(f"it computes {name} of texts")
    if name in ("eq", "ne") and any(x is None for x in (left, right)):
        return name == "ne"
    if any(isinstance(x, Atom) for x in (left, right)) and not all(isinstance(x, Node) for x in (left, right)):
        return operate(name, left, right)
    return Arith(name, left, right, "bool", 0, 1)
