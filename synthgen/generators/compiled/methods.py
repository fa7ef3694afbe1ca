"""The methods of `str` on texts that are not known yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.nodes import Atom, Computed, Lookup, Node, mapped, trace
from synthgen.generators.compiled.strings import Encoded, NumberText, changed, each, joined, least_length, parts_of

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


class SplitText:
    """The words of a text of many draws: only single ones can be had."""

    def __init__(self, value: Node, separator: str) -> None:
        self._value, self._separator = value, separator

    def __getitem__(self, place: int) -> Node:
        separator = self._separator
        return Computed("str", lambda s: s.str.split(separator).list.get(place), self._value)

    def __iter__(self) -> Any:
        raise UnsupportedError("it splits a text of many draws")

    def pop(self, place: int = -1) -> Node:
        """One of them."""
        return self[place]


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
    filled = name == "zfill" or (name == "rjust" and arguments[1:] == ("0",))
    if isinstance(value, NumberText) and filled and value.number.lo >= 0:
        return NumberText(value.number, max(value.width, int(arguments[0])))
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
    if hasattr(type(piece), "transformed"):
        return piece.transformed(lambda v: getattr(v, name)(*arguments))
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
        if isinstance(piece, str | Atom | NumberText | Lookup) or hasattr(type(piece), "transformed"):
            made.append(changed(piece, through))
        else:
            made.append(Computed("str", lambda s: s.str.replace_all(r"[^\x00-\x7f]", ""), piece))
    return joined(made)


def _split(value: Any, separator: str | None = None, most: int = -1) -> Any:
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
        elif isinstance(piece, NumberText | Lookup) or (hasattr(type(piece), "lacks") and piece.lacks(mark)):
            found[-1].append(piece)
        else:
            return SplitText(value, mark)
    if most >= 0 and len(found) > most + 1:
        raise UnsupportedError("it splits a text of many draws")
    return [joined(f) for f in found if f != [""] or separator is not None]


def _capitalize(value: Any) -> Any:
    first, *rest = parts_of(value)
    if not least_length(first):
        raise UnsupportedError("it capitalizes a text that may be empty")
    head = first if isinstance(first, NumberText) else each(first, str.capitalize)
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
        pieces = [each(p, lambda v: v.replace(old, new)) for p in parts_of(value)]
        return joined(pieces)  # an occurrence across pieces is found by replaying
    return Computed("str", lambda s: s.str.replace_all(old, new, literal=True), value)


_SPECIAL: dict[str, Callable[..., Any]] = {
    "split": _split, "capitalize": _capitalize, "strip": _stripped, "replace": _replaced,
    "startswith": lambda v, p: _edges(v, p, True), "endswith": lambda v, p: _edges(v, p, False),
}  # fmt: skip
