"""The sources of a scan, one after the other in this process, or spread over worker processes."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import connection
from typing import TypeVar

from synthgen.errors import Problem, SynthgenError
from synthgen.privacy.readers import TextlessError, Unread, UnreadableError
from synthgen.privacy.scanner import Scanner
from synthgen.privacy.sources import FilePiece, Source
from synthgen.privacy.tallies import Tally
from synthgen.processors import divided

K = TypeVar("K")
Make = Callable[[], Scanner]

_AHEAD = 3
"""Sources in flight per worker: keeps workers busy and bounds the memory."""

PAYS = 64 * 2**20
"""Bytes from which workers are worth their start of some seconds each."""

_worker: dict[str, Scanner] = {}


def workers_for(size: int) -> int:
    """One below `PAYS` bytes; else as many as this process has processors, and eight at most (each holds a model)."""
    if size < PAYS:
        return 1
    return max(1, min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))


def run(jobs: Iterable[tuple[K, Source]], make: Make, workers: int) -> Iterator[tuple[K, Tally]]:
    """Scan every source; the results come in the order of the jobs, and are the same for any number of workers.

    `make` gives the scanner; with more than one worker it is called in each, and must be picklable. Raises
    SynthgenError if a worker dies.
    """
    jobs = iter(jobs)
    if workers > 1:
        first = list(islice(jobs, 2))  # a single piece needs no worker
        if len(first) == 2:
            yield from _spread(_chained(first, jobs), make, workers)
            return
        jobs = iter(first)
    scanner = make()
    for key, source in jobs:
        yield key, scan(source, scanner)


def _chained(first: list[tuple[K, Source]], rest: Iterator[tuple[K, Source]]) -> Iterator[tuple[K, Source]]:
    yield from first
    yield from rest


def scan(source: Source, scanner: Scanner) -> Tally:
    """All that is in a source. What cannot be read is told in the result."""
    scanner.examiner.second = 0  # the second opinion's limit is one for each source, so that no order matters
    tally = Tally(infers=not isinstance(source, FilePiece) or source.piece.start == 0)
    try:
        for item in source.items():
            tally.add(item, source.shown, scanner)
    except TextlessError as error:
        tally.note(Unread(media=error.media), source.shown)
    except (UnreadableError, OSError) as error:
        reason = str(error) if isinstance(error, UnreadableError) else type(error).__name__
        tally.note(Unread(reason), source.shown)
    return tally


def _spread(jobs: Iterator[tuple[K, Source]], make: Make, workers: int) -> Iterator[tuple[K, Tally]]:
    pending: deque[tuple[K, Future[Tally]]] = deque()
    context = multiprocessing.get_context("spawn")  # threads of a forked polars would wait for ever
    with divided(workers), ProcessPoolExecutor(workers, context, _start, (make,)) as pool:
        try:
            for key, source in jobs:
                pending.append((key, pool.submit(_work, source)))
                if len(pending) >= workers * _AHEAD:
                    done, future = pending.popleft()
                    yield done, future.result()
            while pending:
                done, future = pending.popleft()
                yield done, future.result()
        except BrokenProcessPool:
            message = "a worker process ended without a word (killed, or out of memory)"
            raise SynthgenError(Problem("worker-died", message, remedy="lower --workers")) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _start(make: Make) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker["scanner"] = make()


def _end_with_parent() -> None:
    """End this worker when its parent is gone (killed, say): nobody is left to take its results."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _work(source: Source) -> Tally:
    return scan(source, _worker["scanner"])
