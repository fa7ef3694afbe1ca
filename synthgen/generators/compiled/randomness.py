"""The random source of a traced method: it makes draws instead of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.draws import Continuous, Env
from synthgen.generators.compiled.nodes import Atom, Computed, Drawn, Lookup, Node, plain_series, trace
from synthgen.generators.compiled.strings import changed, joined, parts_of
from synthgen.seeds import below


class Unit(Node):
    """A float in [0, 1)."""

    kind, lo, hi = "float", 0.0, 1.0

    def __init__(self, draw: Continuous) -> None:
        self.draw = draw

    def _evaluate(self, env: Env) -> Any:
        return env.unit(self.draw)


class Between(Drawn):
    """An integer between two others, both included, that are not known yet."""

    kind = "int"

    def __init__(self, order: int, least: Any, most: Any) -> None:
        self.order, self.least, self.most = order, least, most
        self.lo = least.lo if isinstance(least, Node) else least
        self.hi = most.hi if isinstance(most, Node) else most

    def _evaluate(self, env: Env) -> Any:
        least, most = (v.value(env) if isinstance(v, Node) else v for v in (self.least, self.most))
        size = np.broadcast_to(np.maximum(np.asarray(most - least) + 1, 1), (env.count,)).astype(np.uint64)
        return least + below(env.rows.bits(f"{env.prefix}w{self.order}"), size).astype(np.int64)


class Places(Drawn):
    """`count` distinct places of `size`, in the order of their drawing: a matrix with one row for each row."""

    kind = "places"

    def __init__(self, order: int, size: int, count: int) -> None:
        self.order, self.size, self.count = order, size, count

    def _evaluate(self, env: Env) -> Any:
        made = np.empty((env.count, self.count), np.int64)
        taken = np.empty((env.count, 0), np.int64)
        for place in range(self.count):
            bits = env.rows.bits(f"{env.prefix}w{self.order}.{place}")
            found = below(bits, self.size - place).astype(np.int64)
            for before in range(taken.shape[1]):  # the n-th of what is left, in order of the places taken
                found += found >= taken[:, before]
            made[:, place] = found
            taken = np.sort(np.concatenate([taken, found[:, None]], axis=1), axis=1)
        return made


class Select(Node):
    """One of several nodes or constants, by an index."""

    def __init__(self, index: Node, options: Sequence[Any]) -> None:
        self.index, self.options = index, list(options)
        kinds = {o.kind if isinstance(o, Node) else "str" for o in options}
        if kinds != {"str"}:
            raise UnsupportedError("it shuffles values that are no texts")
        self.kind = "str"

    def _evaluate(self, env: Env) -> pl.Series:
        made = [
            o.value(env) if isinstance(o, Node) else plain_series([o]).new_from_index(0, env.count)
            for o in self.options
        ]
        index = self.index.value(env) * env.count + np.arange(env.count)
        return pl.concat(made).gather(index)


class Choose(Node):
    """One of several texts, each evaluated for its own rows only."""

    kind = "str"

    def __init__(self, index: Atom, options: Sequence[Any]) -> None:
        self.index, self.options = index, list(options)

    def taken(self) -> Any:
        """The option of the way that is followed: a way for each."""
        return self.options[trace().known(self.index)]

    def transformed(self, function: Callable[[str], str]) -> Choose:
        """The same choice of changed texts; `function` works character by character."""
        parts = [[changed(p, function) for p in parts_of(o)] for o in self.options]
        return Choose(self.index, [joined(p) for p in parts])

    def _evaluate(self, env: Env) -> pl.Series:
        index = self.index.value(env)
        made: list[pl.Series] = []
        order: list[Any] = []
        for place, option in enumerate(self.options):
            mine = np.flatnonzero(index == place)
            if not len(mine):
                continue
            order.append(mine)
            if isinstance(option, str):
                made.append(plain_series([option]).new_from_index(0, len(mine)))
            else:
                made.append(option.value(env.take(mine)))
        if not made:
            return pl.Series(values=[], dtype=pl.String)
        return pl.concat(made).gather(np.argsort(np.concatenate(order)))


class SymbolicRandom:
    """What `random.Random` offers and Faker's providers use."""

    def choice(self, values: Any) -> Any:
        """One of the values."""
        values = trace().known(values)
        if isinstance(values, str):
            values = list(values)
        options = [values[i] for i in range(len(values))]
        return self._pick(options, None)

    def choices(self, values: Any, weights: Any = None, *, cum_weights: Any = None, k: Any = 1) -> list[Any]:
        """`k` of the values, with replacement."""
        values, weights = trace().known(values), trace().known(weights)
        if cum_weights is not None:
            weights = np.diff(np.concatenate([[0.0], np.asarray(cum_weights, dtype=np.float64)])).tolist()
        options = list(values)
        count = k if isinstance(k, int) else trace().known(k)
        return [self._pick(options, weights) for _ in range(count)]

    def _pick(self, options: list[Any], weights: Sequence[float] | None) -> Any:
        if any(isinstance(o, Node) for o in options):
            index = trace().choice(range(len(options)), weights)
            texts = all(isinstance(o, str) or (isinstance(o, Node) and o.kind == "str") for o in options)
            if texts and isinstance(index, Atom):
                return Choose(index, options)
            return options[trace().known(index)]
        return trace().choice(options, None if weights is None else [float(w) for w in weights])

    def randint(self, a: Any, b: Any) -> Any:
        """An integer between two, both included."""
        if isinstance(a, Node) or isinstance(b, Node):
            return trace().add(Between(trace().place(), a, b))
        return trace().integer(int(a), int(b) + 1)

    def randrange(self, start: Any, stop: Any = None, step: Any = 1) -> Any:
        """One of a range."""
        if stop is None:
            start, stop = 0, start
        if isinstance(start, Node) or isinstance(stop, Node):
            if step != 1:
                raise UnsupportedError("it draws from a range of unknown step")
            return trace().add(Between(trace().place(), start, stop - 1))
        return trace().integer(int(start), int(stop), int(step))

    def random(self) -> Any:
        """A float in [0, 1)."""
        return Unit(trace().unit())

    def uniform(self, a: Any, b: Any) -> Any:
        """A float between two."""
        lo, hi = (a.lo if isinstance(a, Node) else a), (b.hi if isinstance(b, Node) else b)
        return Computed("float", lambda a, b, u: a + (b - a) * u, a, b, self.random(), lo=lo, hi=hi)

    def getrandbits(self, k: int) -> Any:
        """An integer of `k` bits."""
        if k > 62:
            raise UnsupportedError("it draws integers beyond 62 bits")
        return trace().integer(0, 2**k)

    def sample(self, population: Any, k: Any, **_: Any) -> list[Any]:
        """`k` of the values, without replacement."""
        values = list(trace().known(population))
        count = trace().known(k)
        if count > len(values):
            raise ValueError("Sample larger than population or is negative")
        return self._places(values, count)

    def shuffle(self, values: list[Any]) -> None:
        """Another order, in place."""
        values[:] = self._places(list(values), len(values))

    def _places(self, values: list[Any], count: int) -> list[Any]:
        if count > 40:
            raise UnsupportedError("it draws many values without replacement")
        if count == 0:
            return []
        places = trace().add(Places(trace().place(), len(values), count))
        made = []
        for place in range(count):
            index = Computed("int", lambda m, place=place: m[:, place], places, lo=0, hi=len(values) - 1)
            made.append(Select(index, values) if any(isinstance(v, Node) for v in values) else Lookup(values, index))
        return made

    def seed(self, *_: Any) -> None:
        """Nothing: streams have no state."""

    def __getattr__(self, name: str) -> Any:
        raise UnsupportedError(f"it draws by random.{name}")
