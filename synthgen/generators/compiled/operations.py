"""Python's operations on values that may be nodes: calls, indexing, membership, formatting and iteration."""

from __future__ import annotations

import operator
import random
import re
from ipaddress import IPv4Network
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import polars as pl

from synthgen.generators.compiled import formatting, methods, patterns, strings, temporal
from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.nodes import Atom, Computed, Lookup, Node, mapped, operate, trace

formatted, fstring, remainder, holds_nodes = (
    formatting.formatted, formatting.fstring, formatting.remainder, formatting.holds_nodes,
)  # fmt: skip


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
    if _pure(function, arguments) and not named:
        return mapped(function, *arguments)
    if rewritten is not None:
        return rewritten(*arguments, **named)
    owner = getattr(function, "__self__", None)
    if owner is random._inst:  # a few providers draw from Python's own source
        return getattr(trace().generator.random, function.__name__)(*arguments, **named)
    if isinstance(owner, str):
        return _of_text(owner, function, arguments, named)
    if isinstance(owner, re.Pattern):
        return patterns.search(owner, function, arguments, named)
    if getattr(function, "__module__", None) == "re" and arguments and isinstance(arguments[0], str):
        return patterns.search(re.compile(arguments[0], **named), function, arguments[1:], {})
    nodes = [v for v in (*arguments, *named.values()) if isinstance(v, Node)]
    inside = holds_nodes([*arguments, *named.values()])
    if not inside or _takes_nodes(function, owner):
        return function(*arguments, **named)
    single = len({id(v.draw) if isinstance(v, Atom) else id(v) for v in nodes}) == 1 and isinstance(nodes[0], Atom)
    if single and not named and len(nodes) == sum(holds_nodes(v) for v in arguments):
        return mapped(function, *arguments)
    if single_lookup(nodes, arguments) and not named:
        cells = nodes[0]
        values = [function(*(v if a is cells else a for a in arguments)) for v in cells.cells.values]
        return looked_up(values, cells.index)
    if isinstance(function, type) and function.__module__.startswith("faker."):
        return _constructed(function, arguments, named)
    return function(*(_known(v) for v in arguments), **{k: _known(v) for k, v in named.items()})


def _pure(function: Any, arguments: tuple[Any, ...]) -> bool:
    """Whether a function of Faker computes from its arguments alone, and they are outcomes of one draw."""
    draws = {id(a.draw) for a in arguments if isinstance(a, Atom)}
    if len(draws) != 1 or not all(isinstance(a, Atom | str | int | float) for a in arguments):
        return False
    if not isinstance(function, FunctionType):
        return False
    ours = "_rewritten_" in function.__globals__ or (function.__module__ or "").startswith("faker.")
    names = {*function.__code__.co_names, *function.__code__.co_freevars}
    return ours and not names & {"random", "generator", "self", "cls"}


def single_lookup(nodes: list[Node], arguments: tuple[Any, ...]) -> bool:
    """Whether all that is not known among the arguments is one look-up."""
    one = bool(nodes) and isinstance(nodes[0], Lookup) and all(n is nodes[0] for n in nodes)
    return one and len(nodes) == sum(holds_nodes(a) for a in arguments)


def _constructed(kind: type, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """An object of one of Faker's classes, whose constructor is rewritten too."""
    made: Any = object.__new__(kind)
    call(MethodType(kind.__init__, made), *arguments, **named)  # type: ignore[misc]  # found on the class on purpose
    return made


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
        return methods.method(owner, name, arguments, named)
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
        return formatting.template(owner, arguments, named)
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
    if isinstance(container, Atom) and isinstance(container.values[trace().alive(container.draw)[0]], IPv4Network):
        return Address(mapped(lambda n: int(n.network_address), container) + key)
    if isinstance(container, Node):
        if container.kind != "str":
            raise UnsupportedError(f"it takes an element of a {container.kind}")
        return strings.cut(container, _known(key))
    if not isinstance(key, Node):
        return container[key]
    if isinstance(container, IPv4Network) and key.kind == "int":
        return Address(int(container.network_address) + key)
    if isinstance(key, Atom) and not holds_nodes(container):
        return mapped(lambda k: container[k], key)
    fits = isinstance(container, list | tuple | str) and -len(container) <= key.lo and key.hi < len(container)
    if fits and key.kind == "int" and not holds_nodes(container):
        return looked_up(list(container), key)
    if isinstance(container, dict) and key.kind == "str" and all(isinstance(k, str) for k in container):
        return _translated(container, key)
    return container[trace().known(key)]


def _translated(table: dict[str, Any], key: Node) -> Any:
    """`table[key]` for a key that many draws make."""
    values = list(table.values())
    if all(isinstance(v, str) for v in values):
        return Computed("str", lambda s: s.replace_strict(list(table), values, return_dtype=pl.String), key)
    if all(isinstance(v, int) and not isinstance(v, bool) for v in values):
        lo, hi = min(values), max(values)
        old, kind = list(table), pl.Int64
        return Computed("int", lambda s: s.replace_strict(old, values, return_dtype=kind).to_numpy(), key, lo=lo, hi=hi)
    return table[trace().known(key)]


class Address(Node):
    """An IPv4 address by its number."""

    def __init__(self, number: Any) -> None:
        self.number = number

    def text(self) -> Any:
        """Its four octets."""
        parts: list[Any] = []
        for shift in (24, 16, 8, 0):
            octet = (self.number >> shift) & 255
            parts += [strings.text(octet), "."]
        return strings.joined(parts[:-1])


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
    if isinstance(container, Node) and container.kind == "str" and isinstance(value, str):
        return _holds(container, value)
    if isinstance(container, Node):
        return any(bool(v == value) for v in trace().members(container))
    if not isinstance(value, Node):
        return any(bool(v == value) for v in container) if holds_nodes(container) else value in container
    if isinstance(value, Atom) and not holds_nodes(container):
        return mapped(lambda v: v in container, value)
    if isinstance(value, Lookup) and not holds_nodes(container):
        return Lookup([v in container for v in value.cells.values], value.index)
    if isinstance(container, str) or value.kind not in ("int", "str"):
        return trace().known(value) in container
    if value.kind == "str" and not holds_nodes(container):
        words = [v for v in container if isinstance(v, str)]
        return Computed("bool", lambda s: s.is_in(words).to_numpy(), value, lo=0, hi=1)
    return any(bool(v == value) for v in container)


def _holds(text: Node, part: str) -> Any:
    """Whether a text has a part, within one of its pieces (across them is found by replaying)."""
    for piece in strings.parts_of(text):
        if isinstance(piece, str):
            if part in piece:
                return True
        elif isinstance(piece, Atom):
            if mapped(lambda v: part in v, piece):
                return True
        elif hasattr(type(piece), "lacks") and piece.lacks(part):
            continue
        elif not isinstance(piece, strings.NumberText) or part.isdigit():
            found = Computed("bool", lambda s: s.str.contains(part, literal=True).to_numpy(), piece, lo=0, hi=1)
            if found:
                return True
    return False


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
