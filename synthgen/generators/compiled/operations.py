"""Python's operations on values that may be nodes: calls, indexing, membership, formatting and iteration."""

from __future__ import annotations

import operator
import re
import string
from collections.abc import Callable, Mapping
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from synthgen.generators.compiled import strings, temporal
from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.nodes import Atom, Computed, Lookup, Node, mapped, operate, trace

_PRINTF = re.compile(r"%(?:\((\w+)\))?([-0 +#]*)(\d*)(?:\.(\d+))?([sdixXf%])")


class Method:
    """A method of a node, not called yet."""

    def __init__(self, owner: Node, name: str) -> None:
        self.owner, self.name = owner, name

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it."""
        return call(self, *arguments, **named)


def attribute(owner: Node, name: str) -> Any:
    """`owner.name`."""
    if owner.kind == "str":
        return Method(owner, name)
    if owner.kind in temporal.KINDS:
        return temporal.attribute(owner, name, Method)
    if owner.kind == "float" and name == "quantize":
        return Method(owner, name)
    if not isinstance(owner, Atom):
        raise UnsupportedError(f"it takes {name} of a {owner.kind}")
    first = owner.values[trace().alive(owner.draw)[0]]
    return Method(owner, name) if callable(getattr(first, name)) else mapped(lambda v: getattr(v, name), owner)


def holds_nodes(value: Any, depth: int = 3) -> bool:
    """Whether a node stands in a value or in a container."""
    if isinstance(value, Node | strings.Encoded):
        return True
    if depth and isinstance(value, list | tuple | set):
        return any(holds_nodes(v, depth - 1) for v in value)
    if depth and isinstance(value, dict):
        return any(holds_nodes(v, depth - 1) for v in value.values())
    return False


def call(function: Any, *arguments: Any, **named: Any) -> Any:
    """`function(*arguments, **named)`."""
    if isinstance(function, Node):
        return call(trace().known(function), *arguments, **named)
    if isinstance(function, Method):
        return _method(function, arguments, named)
    special = trace().functions.get(function) if _named(function) else None
    if special is not None:
        return special(*arguments, **named)
    rewritten = trace().rewritten(function)
    if rewritten is not None:
        return rewritten(*arguments, **named)
    owner = getattr(function, "__self__", None)
    if isinstance(owner, str):
        return _of_text(owner, function, arguments, named)
    if isinstance(owner, re.Pattern):
        return _of_pattern(owner, function, arguments, named)
    if getattr(function, "__module__", None) == "re" and arguments and isinstance(arguments[0], str):
        return _of_pattern(re.compile(arguments[0], **named), function, arguments[1:], {})
    nodes = [v for v in (*arguments, *named.values()) if isinstance(v, Node)]
    inside = holds_nodes([*arguments, *named.values()])
    if not inside or _takes_nodes(function, owner):
        return function(*arguments, **named)
    single = len({id(v.draw) if isinstance(v, Atom) else id(v) for v in nodes}) == 1 and isinstance(nodes[0], Atom)
    if single and not named and len(nodes) == sum(holds_nodes(v) for v in arguments):
        return mapped(function, *arguments)
    return function(*(_known(v) for v in arguments), **{k: _known(v) for k, v in named.items()})


def _known(value: Any) -> Any:
    if isinstance(value, Node):
        return trace().known(value)
    if isinstance(value, list | tuple):
        return type(value)(_known(v) for v in value)
    return value


def _named(function: Any) -> bool:
    return isinstance(function, BuiltinFunctionType | type | FunctionType)


def _takes_nodes(function: Any, owner: Any) -> bool:
    """Whether a function computes with whatever it gets: containers, our own code, what was rewritten."""
    if isinstance(function, type):
        return function in (list, tuple, dict, zip, enumerate, reversed, set, map, filter) or _ours(function)
    if isinstance(owner, list | dict | tuple | set) and function.__name__ in _CONTAINER:
        return True
    inner = function.__func__ if isinstance(function, MethodType) else function
    return _ours(inner) or "_rewritten_" in getattr(inner, "__globals__", ())


_CONTAINER = {
    "append",
    "extend",
    "insert",
    "pop",
    "update",
    "items",
    "values",
    "keys",
    "copy",
    "reverse",
    "clear",
    "add",
}


def _ours(thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).startswith("synthgen.")


def _method(method: Method, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    owner, name = method.owner, method.name
    if owner.kind == "str":
        if name == "join":
            return _joined(trace().known(owner), arguments[0])
        if name == "format":
            return _of_text(trace().known(owner), str.format, arguments, named)
        return strings.method(owner, name, arguments, named)
    if owner.kind in temporal.KINDS:
        return temporal.method(owner, name, arguments, named)
    if owner.kind == "float":
        if name != "quantize" or not arguments:
            raise UnsupportedError(f"it calls {name}() of a float")
        places = -int(arguments[0].as_tuple().exponent) if hasattr(arguments[0], "as_tuple") else None
        places = len(str(arguments[0]).partition(".")[2]) if places is None else places
        return trace().call(round, owner, places)
    if holds_nodes([*arguments, *named.values()]):
        return call(getattr(trace().known(owner), name), *arguments, **named)
    return mapped(lambda v: getattr(v, name)(*arguments, **named), owner)


def _joined(separator: str, pieces: Any) -> Any:
    made: list[Any] = []
    for piece in pieces:
        if made:
            made.append(separator)
        made.append(piece)
    return strings.joined(made)


def _of_text(owner: str, function: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    name = function.__name__
    if name == "join":
        pieces = list(arguments[0])
        return _joined(owner, pieces) if holds_nodes(pieces) else owner.join(pieces)
    if not holds_nodes([*arguments, *named.values()]):
        return getattr(owner, name)(*arguments, **named)
    if name == "format":
        return _format(owner, arguments, named)
    if name == "replace":
        pieces = owner.split(_known(arguments[0]), *arguments[2:])
        return _joined_by(arguments[1], pieces)
    if len(arguments) == 1 and isinstance(arguments[0], Lookup) and name in ("index", "find"):
        index = arguments[0]
        return Lookup([getattr(owner, name)(v) for v in index.cells.values], index.index)
    if len(arguments) == 1 and isinstance(arguments[0], Atom):
        return mapped(getattr(owner, name), arguments[0])
    return getattr(owner, name)(*(_known(a) for a in arguments))


def _joined_by(separator: Any, pieces: list[str]) -> Any:
    made: list[Any] = [pieces[0]]
    for piece in pieces[1:]:
        made += [separator, piece]
    return strings.joined(made)


def _format(owner: str, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
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
                    getattr(value, part[0]) if part[0] else item(value, int(part[1]) if part[1].isdigit() else part[1])
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
        return strings.method(value, name, (int(found.group(3)), found.group(1) or " "), {})
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
        value = item(right, key) if key else next(queue)
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
    made = [p if isinstance(p, str) else formatted(p[0], _known(p[2]), p[1]) for p in pieces]
    return strings.joined(made) if holds_nodes(made) else "".join(made)


def item(container: Any, key: Any) -> Any:
    """`container[key]`."""
    if isinstance(key, slice) and holds_nodes([key.start, key.stop, key.step]):
        key = slice(*(_known(k) for k in (key.start, key.stop, key.step)))
    if isinstance(container, Atom) and (
        not isinstance(key, Node) or (isinstance(key, Atom) and key.draw is container.draw)
    ):
        return (
            mapped(lambda c, k: c[k], container, key) if isinstance(key, Node) else mapped(lambda c: c[key], container)
        )
    if isinstance(container, Node):
        if container.kind != "str":
            raise UnsupportedError(f"it takes an element of a {container.kind}")
        return strings.cut(container, _known(key))
    if not isinstance(key, Node):
        return container[key]
    if isinstance(key, Atom) and not holds_nodes(container):
        return mapped(lambda k: container[k], key)
    fits = isinstance(container, list | tuple | str) and -len(container) <= key.lo and key.hi < len(container)
    if fits and key.kind == "int" and not holds_nodes(container):
        return looked_up(list(container), key)
    return container[trace().known(key)]


def looked_up(table: list[Any], index: Node) -> Any:
    """`table[index]` for constants; None where the table holds what no column does."""
    try:
        found = Lookup(table, index)
        _ = found.cells.table
    except UnsupportedError:
        return table[trace().known(index)]
    return found if found.kind != "object" else table[trace().known(index)]


def contains(container: Any, value: Any) -> Any:
    """`value in container`."""
    if isinstance(container, Atom) and not isinstance(value, Node):
        return mapped(lambda c: value in c, container)
    if isinstance(container, Node):
        return any(contains(p, value) for p in strings.parts_of(container))
    if not isinstance(value, Node):
        return any(bool(v == value) for v in container) if holds_nodes(container) else value in container
    if isinstance(value, Atom) and not holds_nodes(container):
        return mapped(lambda v: v in container, value)
    if isinstance(container, str) or value.kind not in ("int", "str"):
        return trace().known(value) in container
    return any(bool(v == value) for v in container)


def members(value: Node) -> list[Any]:
    """The elements, for a loop."""
    if value.kind == "str":
        return strings.characters(value)
    if not isinstance(value, Atom):
        raise UnsupportedError(f"it loops over a {value.kind}")
    first = value.values[trace().alive(value.draw)[0]]
    if not isinstance(first, list | tuple):
        return list(trace().known(value))
    return [mapped(lambda v, i=i: v[i], value) for i in range(trace().known(mapped(len, value)))]


def binary(name: str, left: Any, right: Any) -> Any:
    """An operator on texts and other things that are no numbers."""
    kinds = [x.kind if isinstance(x, Node) else type(x).__name__ for x in (left, right)]
    if any(k in temporal.KINDS for k in kinds):
        return temporal.operate(name, left, right)
    if name in ("eq", "ne") and "str" in kinds and set(kinds) & {"int", "float", "bool"}:
        return name == "ne"
    if kinds == ["str", "str"]:
        return strings.joined([left, right]) if name == "add" else strings.compared(name, left, right)
    if name == "mul" and "str" in kinds:
        words, times = (left, right) if kinds[0] == "str" else (right, left)
        return strings.joined([words] * int(trace().known(times)))
    if name in ("eq", "ne") and (left is None or right is None):
        return mapped(lambda v: (v is None) == (name == "eq"), left if right is None else right)
    atoms = [x for x in (left, right) if isinstance(x, Atom)]
    if not atoms:
        raise UnsupportedError(f"it computes {name} of {kinds[0]} and {kinds[1]}")
    least = min(atoms, key=lambda a: len(trace().alive(a.draw)))
    value = trace().known(least)
    other = right if least is left else left
    pair = (value, other) if least is left else (other, value)
    return operate(name, *pair) if isinstance(other, Node) else operate_known(name, *pair)


def operate_known(name: str, left: Any, right: Any) -> Any:
    """An operator of values that are known after all."""
    return getattr(operator, name)(left, right)


def _of_pattern(pattern: re.Pattern[str], function: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    name = function.__name__
    if name == "sub":
        replace, subject = arguments[0], arguments[1]
        return _substituted(pattern, replace, subject)
    subject = arguments[0]
    if isinstance(subject, Atom):
        return mapped(lambda v: getattr(pattern, name)(v, *arguments[1:], **named), subject)
    return getattr(pattern, name)(_known(subject), *arguments[1:], **named)


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
        made += [subject[last : found.start()], call(replace, found)]
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
    raise UnsupportedError("it replaces parts of a text of many draws")


def _piece(pattern: re.Pattern[str], replace: str, piece: Any) -> Any:
    if isinstance(piece, str):
        return pattern.sub(replace, piece)
    if isinstance(piece, Atom):
        return mapped(lambda v: pattern.sub(replace, v), piece)
    if isinstance(piece, strings.NumberText) and not any(pattern.search(c) for c in "0123456789"):
        return piece
    if isinstance(piece, Lookup):
        return Lookup([pattern.sub(replace, v) for v in piece.cells.values], piece.index)
    return Computed("str", lambda s: s.str.replace_all(pattern.pattern, replace), piece)
