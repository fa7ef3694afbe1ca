"""Proof of a tree: what real Faker draws is put into it, and the values must be Faker's own, one by one.

A trace can go wrong in silence, where code does with a value what its node does not know. So every tree that was traced
is replayed: Faker runs with a random source that keeps a log, the tree takes its draws from the logs, and a single
value that differs refuses the method.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.calendar import Clocked
from synthgen.generators.compiled.draws import Continuous, Draw, Env
from synthgen.generators.compiled.providers import recorded
from synthgen.generators.compiled.randomness import Between, Places
from synthgen.generators.compiled.samplers import NoRows, decided, materialised
from synthgen.generators.compiled.session import Called
from synthgen.generators.compiled.trace import Leaf, Opaque, Tree


class Recorder(random.Random):
    """A seeded random source that logs what it is asked for: (kind, outcome)."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._source = random.Random(seed)
        self.log: list[tuple[str, Any]] = []

    def _keep(self, kind: str, outcome: Any) -> Any:
        self.log.append((kind, outcome))
        return outcome

    def choice(self, seq: Any) -> Any:
        """One of the values."""
        return seq[self._keep("pick", self._source.randrange(len(seq)))]

    def choices(self, population: Any, weights: Any = None, *, cum_weights: Any = None, k: int = 1) -> list[Any]:
        """`k` of the values."""
        places = self._source.choices(range(len(population)), weights, cum_weights=cum_weights, k=k)
        return [population[self._keep("pick", i)] for i in places]

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """One of a range."""
        if stop is None:
            start, stop = 0, start
        size = len(range(start, stop, step))
        if size < 1:
            raise ValueError("empty range")
        self.log.append(("pick", (place := self._source.randrange(size), start + place * step)))
        return start + place * step

    def randint(self, a: int, b: int) -> int:
        """An integer between two."""
        return self.randrange(a, b + 1)

    def random(self) -> float:
        """A float in [0, 1)."""
        return float(self._keep("unit", self._source.random()))

    def uniform(self, a: float, b: float) -> float:
        """A float between two."""
        return a + (b - a) * self.random()

    def getrandbits(self, k: int) -> int:
        """An integer of `k` bits."""
        return int(self._keep("pick", self._source.getrandbits(k)))

    def sample(self, population: Any, k: int, **_: Any) -> list[Any]:
        """`k` distinct ones."""
        values = list(population)
        places = self._source.sample(range(len(values)), k)
        if k:
            self._keep("places", places)
        return [values[i] for i in places]

    def shuffle(self, x: Any) -> None:
        """Another order."""
        x[:] = self.sample(list(x), len(x))


class _Run:
    """One logged run: its value, and how far its log has been used."""

    def __init__(self, value: Any, log: Sequence[tuple[str, Any]]) -> None:
        self.value, self._log, self._next = value, log, 0

    def take(self, kind: str) -> Any:
        if self._next >= len(self._log) or self._log[self._next][0] != kind:
            raise UnsupportedError("it draws otherwise than it was traced")
        self._next += 1
        return self._log[self._next - 1][1]

    def done(self) -> bool:
        return self._next == len(self._log)


class OpaqueError(Exception):
    """The tree holds a kernel, whose draws are not Faker's."""


def replay(tree: Tree, dtype: pl.DataType, method: str, locale: str, args: Mapping[str, Any], runs: int) -> bool:
    """Check `runs` values; False where a kernel forbids it. Raises UnsupportedError where one differs."""
    if _opaque(tree):
        return False
    logged: list[_Run] = []
    for seed in range(runs):
        source = Recorder(seed)
        try:
            value = recorded(method, locale, args, source)
        except Exception as error:
            raise UnsupportedError(f"Faker's own method stops with {type(error).__name__}: {error}") from error
        logged.append(_Run(value, source.log))
    try:
        made = _walk(tree, logged, _env(runs), dtype).to_list()
    except OpaqueError:
        return False
    except (AttributeError, IndexError, TypeError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        raise UnsupportedError("its values differ from Faker's when replayed") from error
    for run, value in zip(logged, made, strict=True):
        if not run.done() or not same(run.value, value):
            raise UnsupportedError("its values differ from Faker's when replayed")
    return True


def _opaque(tree: Tree) -> bool:
    return any(isinstance(i, Opaque | Clocked) for i in tree.items)


def _env(count: int) -> Env:
    env = Env(NoRows(), "")  # type: ignore[arg-type]  # never asked for bits
    env.count = count
    return env


def _walk(tree: Tree, runs: list[_Run], env: Env, dtype: pl.DataType) -> pl.Series:
    for item in tree.items:
        if isinstance(item, Opaque | Clocked):
            raise OpaqueError
        env.given[item.order] = _given(item, runs)
    if isinstance(tree, Leaf):
        return materialised(tree.result, env, dtype)
    labels = decided(tree.split, env)
    order: list[int] = []
    made: list[pl.Series] = []
    for key in np.unique(labels).tolist():
        if key not in tree.children:
            raise UnsupportedError("its values differ from Faker's when replayed")
        index = np.flatnonzero(labels == key)
        order += index.tolist()
        made.append(_walk(tree.children[key], [runs[i] for i in index], env.take(index), dtype))
    return pl.concat(made).gather(np.argsort(order))


def _given(item: Any, runs: list[_Run]) -> Any:
    if isinstance(item, Called):
        made = _walk(item.tree, runs, _env(len(runs)), item.dtype)
        return made if item.kind == "str" else made.to_numpy()
    if isinstance(item, Continuous):
        return np.array([run.take("unit") for run in runs])
    if isinstance(item, Places):
        return np.array([run.take("places") for run in runs])
    if isinstance(item, Between):
        return np.array([run.take("pick")[1] for run in runs])
    assert isinstance(item, Draw)
    found = [run.take("pick") for run in runs]
    places = np.array([f[0] if isinstance(f, tuple) else f for f in found])
    if len(places) and places.max() >= item.size:
        raise UnsupportedError("it draws otherwise than it was traced")
    return places


def same(real: Any, made: Any) -> bool:
    """Whether a value of a column is what Faker made, in the types that columns have."""
    if isinstance(real, float) or type(real).__name__ == "Decimal":
        return made is not None and abs(float(real) - float(made)) <= 1e-12 * max(1.0, abs(float(real)))
    if isinstance(real, list | tuple):
        return isinstance(made, list) and len(real) == len(made) and all(map(same, real, made))
    if isinstance(real, dict):
        return (
            isinstance(made, dict)
            and len(real) == len(made)
            and all(same(v, made.get(str(k))) for k, v in real.items())
        )
    if type(real).__name__ == "ZoneInfo" or (isinstance(real, int) and isinstance(made, str)):
        return str(real) == made
    return type(real) is type(made) and bool(real == made)
