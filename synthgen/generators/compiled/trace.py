"""Following every way through a method: a trace hands out draws and decides, and a tree keeps what each way returned.

A method is run again for each combination of decisions, so its code need not be understood, only run. Decisions fall
late: a draw stays open until the code asks for its value, and then splits only as far as the question tells outcomes
apart.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgen.generators.compiled import nodes
from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.draws import Continuous, Draw
from synthgen.generators.compiled.nodes import DEAD, Atom, Node, Ranged

_LEAVES = 1_500  # ways through a method
_STEPS = 80  # decisions on one way
_SWITCH = 128  # values that a computed number may branch into
_SWITCHED = 400  # values of one draw that ways may branch into
_LISTED = 1_000  # integers of a range that are listed one by one


@dataclass
class Failure:
    """What a way returns where Faker's code raises on it: conditions lead there that no values fulfil."""

    message: str


class Opaque:
    """A mark in the order of draws: a kernel drew here, in a way of its own."""


@dataclass
class Split:
    """A decision: the group of each row. By the outcome of `draw` (`groups[outcome]`), or by the value of `node`."""

    count: int
    draw: Draw | None = None
    groups: NDArray[np.int64] | None = None
    node: Node | None = None
    values: list[Any] = field(default_factory=list)


@dataclass
class Leaf:
    """The end of a way: what was drawn since the last decision, what is returned, and which outcomes are left."""

    items: list[Any]
    result: Any
    alive: dict[int, list[int]]
    transformed: dict[Any, Any] = field(default_factory=dict)  # trees of changed texts, by the function


@dataclass
class Branch:
    """A decision on the way, what was drawn since the one before, and the ways that lead on."""

    items: list[Any]
    split: Split
    children: dict[int, Tree] = field(default_factory=dict)
    transformed: dict[Any, Any] = field(default_factory=dict)


Tree = Leaf | Branch


class Fuel:
    """How much work a method's compilation may still take, in outcomes mapped (about 100 ns each)."""

    def __init__(self, left: int = 1_500_000) -> None:
        self._left = left

    def spend(self, cost: int) -> None:
        """Take some; raises UnsupportedError where none is left."""
        self._left -= cost
        if self._left < 0:
            raise UnsupportedError("there is too much to follow in it")


class Trace:
    """One way: `choices` are the groups taken at its decisions, 0 beyond their end."""

    def __init__(self, choices: Sequence[int], operations: Any, fuel: Fuel) -> None:
        self._choices, self._operations, self._fuel = choices, operations, fuel
        self.steps: list[tuple[list[Any], Split, int]] = []
        self.items: list[Any] = []
        self._order = 0
        self._alive: dict[int, list[int]] = {}
        self._known: dict[int, Any] = {}
        self._kept: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._operations, name)  # calls, items, attributes: what Python does with nodes

    def place(self) -> int:
        """The next place in the order of draws."""
        self._order += 1
        self.spend(300)
        if self._order > 4_000:
            raise UnsupportedError("it draws too often")
        return self._order - 1

    def add(self, item: Any) -> Any:
        """Keep a draw, or a call of another method, in the order of their making."""
        self.items.append(item)
        return item

    def spend(self, cost: int) -> None:
        """Count work."""
        self._fuel.spend(cost)

    def opaque(self) -> None:
        """Mark that a kernel draws."""
        self.items.append(Opaque())

    def draw(self, size: int, weights: Sequence[float] | None = None) -> Draw:
        """A new draw."""
        if size < 1:
            raise UnsupportedError("it draws from an empty list")
        return self.add(Draw(self.place(), size, weights))

    def choice(self, values: Sequence[Any], weights: Sequence[float] | None = None) -> Any:
        """One of the values."""
        return nodes.settled(Atom(self.draw(len(values), weights), list(values)))

    def integer(self, start: int, stop: int, step: int = 1) -> Any:
        """One of `range(start, stop, step)`."""
        size = len(range(start, stop, step))
        if size <= _LISTED:
            return self.choice(range(start, stop, step))
        if size > 2**62:
            raise UnsupportedError("it draws integers beyond 62 bits")
        return Ranged(self.draw(size), start, step)

    def unit(self) -> Continuous:
        """A new float in [0, 1)."""
        return self.add(Continuous(self.place()))

    def alive(self, draw: Draw) -> list[int]:
        """The outcomes of a draw that the decisions so far leave open."""
        found = self._alive.get(id(draw))
        if found is None:
            weights = draw.weights
            found = [i for i in range(draw.size) if weights is None or weights[i] > 0]
            self._alive[id(draw)] = found
            self._kept.append(draw)
        return found

    def split(self, draw: Draw, keys: Sequence[Hashable]) -> Any:
        """Decide the key of a draw's outcome; outcomes with the same key stay together."""
        alive = self.alive(draw)
        found: dict[Hashable, list[int]] = {}
        for i in alive:
            found.setdefault((type(keys[i]), keys[i]), []).append(i)
        if len(found) > 1:
            groups = np.full(draw.size, -1, dtype=np.int64)
            for number, members in enumerate(found.values()):
                groups[members] = number
            taken = self._decide(Split(len(found), draw=draw, groups=groups))
            self._alive[id(draw)] = list(found.values())[taken]
        return keys[self._alive[id(draw)][0]]

    def truth(self, node: Node) -> bool:
        """Whether a node is true."""
        if isinstance(node, Atom):
            return bool(self.split(node.draw, [v is not DEAD and bool(v) for v in node.values]))
        if node.kind in ("str", "list"):
            return bool(self.truth_of(self.call(len, node)))
        return bool(self._computed(node if node.kind == "bool" else nodes.operate("ne", node, 0), [False, True]))

    def truth_of(self, value: Any) -> bool:
        """Whether a value, which may be a node, is true."""
        return self.truth(value) if isinstance(value, Node) else bool(value)

    def known(self, node: Any) -> Any:
        """The value of a node: one way for each."""
        if not isinstance(node, Node):
            return node
        if isinstance(node, Atom):
            keys = [v if _hashable(v) else i for i, v in enumerate(node.values)]
            if len({keys[i] for i in self.alive(node.draw)}) > _SWITCHED:
                raise UnsupportedError("it asks which of many values it drew")
            self.split(node.draw, keys)
            return node.values[self.alive(node.draw)[0]]
        if hasattr(type(node), "known"):
            return node.known()
        if node.kind in ("int", "bool") and node.hi - node.lo < _SWITCH:
            return self._computed(node, list(range(int(node.lo), int(node.hi) + 1)))
        raise UnsupportedError(f"it asks for the value of a {node.kind} that many draws make")

    def _computed(self, node: Node, values: list[Any]) -> Any:
        if id(node) not in self._known:
            self._kept.append(node)
            self._known[id(node)] = values[self._decide(Split(len(values), node=node, values=values))]
        return self._known[id(node)]

    def _decide(self, split: Split) -> int:
        number = len(self.steps)
        if number >= _STEPS:
            raise UnsupportedError("it takes too many decisions")
        taken = self._choices[number] if number < len(self._choices) else 0
        self.steps.append((self.items, split, taken))
        self.items = []
        return taken

    def unsupported(self, what: str) -> Any:
        """Give up."""
        raise UnsupportedError(f"it uses {what}")


def explore(method: Callable[[], Any], operations: Any) -> Tree:
    """The tree of all ways through a method."""
    root: Tree | None = None
    todo: list[list[int]] = [[]]
    leaves, fuel = 0, Fuel()
    while todo:
        choices = todo.pop()
        trace = Trace(choices, operations, fuel)
        fuel.spend(2_000)
        nodes._TRACES.append(trace)
        try:
            result = method()
        except UnsupportedError:
            raise
        except Exception as error:
            if not any(split.node is not None for _, split, _ in trace.steps):
                raise
            result = Failure(f"{type(error).__name__}: {error}")  # a way that no row may take
        finally:
            nodes._TRACES.pop()
        leaves += 1
        for number in range(len(choices), len(trace.steps)):
            taken = [step[2] for step in trace.steps[:number]]
            todo += [[*taken, other] for other in range(trace.steps[number][1].count - 1, 0, -1)]
        if leaves + len(todo) > _LEAVES:
            raise UnsupportedError(f"there are more than {_LEAVES:,} ways through it")
        alive = {d.order: trace.alive(d) for d in trace._kept if isinstance(d, Draw)}
        root = _insert(root, trace, Leaf(trace.items, result, alive))
    assert root is not None
    return root


def _insert(root: Tree | None, trace: Trace, leaf: Leaf) -> Tree:
    if not trace.steps:
        return leaf
    items, split, _ = trace.steps[0]
    top = root if isinstance(root, Branch) else Branch(items, split)
    here = top
    for (_, _, before), (items, split, _taken) in zip(trace.steps, trace.steps[1:], strict=False):
        here = here.children.setdefault(before, Branch(items, split))  # type: ignore[assignment]  # a way splits on
    here.children[trace.steps[-1][2]] = leaf
    return top


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
