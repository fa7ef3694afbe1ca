"""Formatting: printf's, `str.format` and f-strings, with values that may be nodes."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import Any

from synthgen.generators.compiled import methods, strings, temporal
from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.nodes import Atom, Lookup, Node, mapped, trace

_PRINTF = re.compile(r"%(?:\((\w+)\))?([-0 +#]*)(\d*)(?:\.(\d+))?([sdixXf%])")


def holds_nodes(value: Any, depth: int = 3) -> bool:
    """Whether a node stands in a value or in a container."""
    if isinstance(value, Node | strings.Encoded):
        return True
    if depth and isinstance(value, list | tuple | set):
        return any(holds_nodes(v, depth - 1) for v in value)
    if depth and isinstance(value, dict):
        return any(holds_nodes(v, depth - 1) for v in value.values())
    return False


def template(owner: str, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
    """`owner.format(*arguments, **named)`."""
    made: list[Any] = []
    automatic = iter(range(len(arguments)))
    for literal, field, spec, conversion in string.Formatter().parse(owner):
        made.append(literal)
        if field is None:
            continue
        first = re.match(r"\w*", field)
        key = first.group() if first else ""
        value = arguments[next(automatic) if not key else int(key)] if not key or key.isdigit() else named[key]
        if field != key:
            for part in re.findall(r"\.(\w+)|\[(\w+)\]", field[len(key) :]):
                value = (
                    getattr(value, part[0])
                    if part[0]
                    else trace().item(value, int(part[1]) if part[1].isdigit() else part[1])
                )
        made.append(formatted(value, spec or "", conversion))
    return strings.joined(made)


def formatted(value: Any, spec: str = "", conversion: str | None = None) -> Any:
    """`format(value, spec)`."""
    if not isinstance(value, Node):
        return format(str(value) if conversion == "s" else repr(value) if conversion == "r" else value, spec)
    if isinstance(value, Atom):
        return mapped(lambda v: format(str(v) if conversion == "s" else v, spec), value)
    if not spec or conversion == "s":
        return strings.text(value)
    if value.kind in temporal.KINDS:
        return temporal.method(value, "strftime", (spec,), {})
    found = re.fullmatch(r"(0?)>?(\d+)d?|d", spec)
    if found and value.kind == "int" and (found.group(1) or spec == "d"):
        return strings.NumberText(value, int(found.group(2) or 0))
    found = re.fullmatch(r"(0?)(\d*)([xX])", spec)
    if found and value.kind == "int":
        return hexadecimal(value, int(found.group(2) or 0), found.group(3) == "X")
    if value.kind == "str" and (found := re.fullmatch(r"(.?)([<>])(\d+)s?", spec)):
        name = "ljust" if found.group(2) == "<" else "rjust"
        return methods.method(value, name, (int(found.group(3)), found.group(1) or " "), {})
    raise UnsupportedError(f"it formats a number of many draws as '{spec}'")


def hexadecimal(value: Node, width: int, upper: bool) -> Any:
    """Hexadecimal digits of a number whose digits are all written out."""
    digits = "0123456789ABCDEF" if upper else "0123456789abcdef"
    if len(f"{int(value.hi):x}") > width:
        raise UnsupportedError("it writes numbers in hexadecimal without a fixed width")
    return strings.joined([Lookup(list(digits), (value >> (4 * (width - 1 - i))) & 15) for i in range(width)])


def remainder(left: Any, right: Any) -> Any:
    """`left % right`: of numbers, or printf's formatting."""
    if isinstance(left, Node) and left.kind == "str":
        left = trace().known(left)
    if not isinstance(left, str):
        return left % right
    if not holds_nodes(right):
        return left % right
    values = right if isinstance(right, tuple) else (right,)
    made: list[Any] = []
    last, queue = 0, iter(values)
    for found in _PRINTF.finditer(left):
        made.append(left[last : found.start()])
        last = found.end()
        key, flags, width, places, code = found.groups()
        if code == "%":
            made.append("%")
            continue
        value = trace().item(right, key) if key else next(queue)
        if code == "s" and not width:
            made.append(strings.text(value))
        elif isinstance(value, Atom) or not isinstance(value, Node):
            made.append(mapped(found.group().__mod__, value) if isinstance(value, Node) else found.group() % value)
        else:
            spec = ("0" if "0" in flags else "") + width + (f".{places}" if places else "") + code
            made.append(formatted(value, spec if width or code != "d" else "d"))
    return strings.joined([*made, left[last:]])


def fstring(*pieces: Any) -> Any:
    """An f-string: constants, and (value, conversion, spec)."""
    made = [p if isinstance(p, str) else formatted(p[0], trace().known(p[2]), p[1]) for p in pieces]
    return strings.joined(made) if holds_nodes(made) else "".join(made)
