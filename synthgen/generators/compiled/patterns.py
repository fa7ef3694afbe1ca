"""Regular expressions on texts that may be nodes."""

from __future__ import annotations

import itertools
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
        return strings.joined([replaced(pattern, replace, p) for p in strings.parts_of(subject)])
    return pattern.sub(replace, subject) if isinstance(replace, str) else _between(pattern, replace, subject)


def _between(pattern: re.Pattern[str], replace: Callable[[Any], Any], subject: Any) -> Any:
    """The text between matches, and what the callback makes of each match.

    Outcomes of a draw stay together where the same texts match in them: only what stands between differs.
    """
    if isinstance(subject, Atom):
        found = [tuple(m.group() for m in pattern.finditer(v)) if isinstance(v, str) else () for v in subject.values]
        if not trace().split(subject.draw, found):
            return subject
        sample = subject.values[trace().alive(subject.draw)[0]]
        matches = list(pattern.finditer(sample))
        texts = [mapped(lambda v, i=i: _rest(pattern, v)[i], subject) for i in range(len(matches) + 1)]
    else:
        matches = list(pattern.finditer(subject))
        texts = _rest(pattern, subject)
    made: list[Any] = [texts[0]]
    for match, rest in zip(matches, texts[1:], strict=True):
        made += [trace().call(replace, match), rest]
    return strings.joined(made)


def _rest(pattern: re.Pattern[str], text: str) -> list[str]:
    """What stands before, between and behind the matches."""
    ends = [(0, 0), *(m.span() for m in pattern.finditer(text)), (len(text), len(text))]
    return [text[before[1] : after[0]] for before, after in itertools.pairwise(ends)]


def replaced(pattern: re.Pattern[str], replace: Callable[[Any], Any], piece: Any, mark: str = "") -> Any:
    """A piece of a text with every match replaced by what a callback makes; `mark` stands in every match."""
    if isinstance(piece, strings.NumberText | Lookup) and not any(pattern.search(c) for c in "0123456789"):
        return piece
    if isinstance(piece, Atom | str):
        return _between(pattern, replace, piece)
    if hasattr(type(piece), "taken"):
        return strings.joined([replaced(pattern, replace, p, mark) for p in strings.parts_of(piece.taken())])
    if hasattr(type(piece), "lacks") and piece.lacks(mark or pattern.pattern.lstrip("\\")):
        return piece
    raise UnsupportedError("it replaces parts of a text of many draws")


def _piece(pattern: re.Pattern[str], replace: str, piece: Any) -> Any:
    if isinstance(piece, str | Atom | Lookup | strings.NumberText) or hasattr(type(piece), "transformed"):
        return strings.changed(piece, lambda v: pattern.sub(replace, v))
    return Computed("str", lambda s: s.str.replace_all(pattern.pattern, replace), piece)
