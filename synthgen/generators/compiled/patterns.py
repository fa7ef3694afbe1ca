"""Regular expressions on texts that may be nodes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from synthgen.generators.compiled import strings
from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.nodes import Atom, Computed, Lookup, Node, mapped, trace


def search(pattern: re.Pattern[str], function: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """A method of a pattern."""
    name = function.__name__
    if name == "sub":
        replace, subject = arguments[0], arguments[1]
        return _substituted(pattern, replace, subject)
    subject = arguments[0]
    if isinstance(subject, Atom):
        return mapped(lambda v: getattr(pattern, name)(v, *arguments[1:], **named), subject)
    return getattr(pattern, name)(trace().known(subject), *arguments[1:], **named)


def _substituted(pattern: re.Pattern[str], replace: Any, subject: Any) -> Any:
    if isinstance(subject, Node):
        if isinstance(replace, str):
            return strings.joined([_piece(pattern, replace, p) for p in strings.parts_of(subject)])
        return strings.joined([_replaced(pattern, replace, p) for p in strings.parts_of(subject)])
    if isinstance(replace, str):
        return pattern.sub(replace, subject)
    made: list[Any] = []
    last = 0
    for found in pattern.finditer(subject):
        made += [subject[last : found.start()], trace().call(replace, found)]
        last = found.end()
    return strings.joined([*made, subject[last:]])


def _replaced(pattern: re.Pattern[str], replace: Callable[[Any], Any], piece: Any) -> Any:
    """A piece with a callback: outcomes that match nothing stay together, the others are told apart."""
    if isinstance(piece, strings.NumberText | Lookup) and not any(pattern.search(c) for c in "0123456789"):
        return piece
    if isinstance(piece, Atom):
        hits = [isinstance(v, str) and pattern.search(v) is not None for v in piece.values]
        if not trace().split(piece.draw, hits):
            return piece
        piece = trace().known(piece)
    if isinstance(piece, str):
        return _substituted(pattern, replace, piece)
    if hasattr(type(piece), "taken"):
        return _substituted(pattern, replace, piece.taken())
    raise UnsupportedError("it replaces parts of a text of many draws")


def _piece(pattern: re.Pattern[str], replace: str, piece: Any) -> Any:
    if isinstance(piece, str | Atom | Lookup | strings.NumberText) or hasattr(type(piece), "transformed"):
        return strings.changed(piece, lambda v: pattern.sub(replace, v))
    return Computed("str", lambda s: s.str.replace_all(pattern.pattern, replace), piece)
