"""The local engine: this process for one worker, spawned worker processes for more."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection
from typing import Any, TypeVar

from synthgen.errors import Problem, SynthgenError
from synthgen.processors import divided, keep_freed_memory

S = TypeVar("S")
K = TypeVar("K")
R = TypeVar("R")
State = TypeVar("State")

_AHEAD = 2  # tasks in flight per worker: bounds memory and keeps workers busy
_worker: dict[str, Any] = {}


class LocalEngine:
    """Runs tasks on this machine. Spawned processes, because threads of a forked polars would wait for ever."""

    def __init__(self, workers: int = 1) -> None:
        self.workers = workers

    def run(
        self, prepare: Callable[[S], State], work: Callable[[State, K], R], setup: S, tasks: Sequence[K]
    ) -> Iterator[tuple[int, R]]:
        """Yield (index of the task, result) as tasks finish."""
        workers = min(self.workers, len(tasks))
        keep_freed_memory()
        if workers <= 1:
            state = prepare(setup)
            for index, task in enumerate(tasks):
                yield index, work(state, task)
            return
        context = multiprocessing.get_context("spawn")
        with divided(workers), ProcessPoolExecutor(workers, context, _start, (prepare, work, setup)) as pool:
            try:
                yield from _drain(pool, tasks, workers * _AHEAD)
            except BrokenProcessPool:
                message = "a worker process ended without a word (killed, or out of memory)"
                remedy = "lower --workers or --partition-rows"
                raise SynthgenError(Problem("worker-died", message, remedy=remedy)) from None
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


def _drain(pool: ProcessPoolExecutor, tasks: Sequence[Any], ahead: int) -> Iterator[tuple[int, Any]]:
    pending: dict[Future[Any], int] = {}
    upcoming = iter(enumerate(tasks))
    for index, task in upcoming:
        pending[pool.submit(_work, task)] = index
        if len(pending) < ahead:
            continue
        yield from _finished(pending)
    while pending:
        yield from _finished(pending)


def _finished(pending: dict[Future[Any], int]) -> Iterator[tuple[int, Any]]:
    done, _ = wait(pending, return_when=FIRST_COMPLETED)
    for future in done:
        yield pending.pop(future), future.result()


def _start(prepare: Callable[[Any], Any], work: Callable[[Any, Any], Any], setup: Any) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    keep_freed_memory()
    atexit.register(_worker.clear)  # connections that the state holds are closed before the interpreter ends
    _worker["work"] = work
    _worker["state"] = prepare(setup)


def _end_with_parent() -> None:
    """End this worker when its parent is gone (killed, say): nobody is left to take its results."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _work(task: Any) -> Any:
    return _worker["work"](_worker["state"], task)
