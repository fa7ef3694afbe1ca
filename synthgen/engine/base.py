"""What an engine is: it runs opaque tasks in some order on some workers, and knows no generator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

S = TypeVar("S")
K = TypeVar("K")
R = TypeVar("R")
State = TypeVar("State")


class Engine(Protocol):
    """Runs `work(state, task)` for each task, where `state = prepare(setup)` is made once per worker."""

    def run(
        self, prepare: Callable[[S], State], work: Callable[[State, K], R], setup: S, tasks: Sequence[K]
    ) -> Iterator[tuple[int, R]]:
        """Yield (index of the task, result) as tasks finish. `prepare`, `work`, `setup` and tasks can be pickled.

        An exception of a task stops the run and is raised here.
        """
