"""The local engine gives every result once, whatever the number of workers, and stops at the first error."""

from __future__ import annotations

import operator
import os
from pathlib import Path

import pytest

from synthgen.engine.base import Engine
from synthgen.engine.local import LocalEngine
from synthgen.errors import Problem, RecipeError, SynthgenError
from synthgen.registry import ENGINES


def start(text: str) -> int:
    """A worker's state."""
    return int(text)


def divide(state: int, task: int) -> tuple[int, int]:
    """One task: the result, and who made it."""
    return state // task, os.getpid()


def refuse(state: int, task: int) -> int:
    """A task that fails as a recipe does."""
    if task == 3:
        raise RecipeError(Problem("code", "message", remedy="remedy"))
    return task


def note(state: str, task: int) -> int:
    """A task that leaves a trace."""
    Path(state, str(task)).touch()
    if task == 0:
        raise ValueError("stop")
    return task


TASKS = [1, 2, 5, 10, 20, 25, 50, 100]


@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_once(workers: int) -> None:
    found = dict(LocalEngine(workers).run(start, divide, "100", TASKS))
    assert {i: r for i, (r, _) in found.items()} == {i: 100 // t for i, t in enumerate(TASKS)}
    processes = {pid for _, pid in found.values()}
    assert (processes == {os.getpid()}) if workers == 1 else (os.getpid() not in processes)


@pytest.mark.parametrize("workers", [1, 3])
def test_no_tasks_start_no_worker(workers: int) -> None:
    assert list(LocalEngine(workers).run(start, divide, "100", [])) == []


def test_one_task_needs_no_other_process() -> None:
    ((index, (result, pid)),) = LocalEngine(4).run(start, divide, "100", [7])
    assert (index, result, pid) == (0, 14, os.getpid())


def test_one_worker_prepares_once_and_works_in_order() -> None:
    prepared: list[str] = []

    def prepare(setup: str) -> list[str]:
        prepared.append(setup)
        return prepared

    results = list(LocalEngine().run(prepare, lambda state, task: (len(state), task), "s", [5, 6, 7]))
    assert results == [(0, (1, 5)), (1, (1, 6)), (2, (1, 7))]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_task_is_raised_whole(workers: int) -> None:
    with pytest.raises(RecipeError) as raised:
        list(LocalEngine(workers).run(start, refuse, "1", [1, 2, 3, 4, 5, 6, 7, 8]))
    assert raised.value.problems == (Problem("code", "message", remedy="remedy"),)
    with pytest.raises(ZeroDivisionError):
        list(LocalEngine(workers).run(start, operator.floordiv, "1", [1, 0, 2]))


def test_an_error_stops_the_tasks_that_follow(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stop"):
        list(LocalEngine(2).run(str, note, str(tmp_path), range(200)))
    assert len(list(tmp_path.iterdir())) < 100


def test_a_worker_that_dies_is_told() -> None:
    with pytest.raises(SynthgenError) as raised:
        list(LocalEngine(2).run(eval, os.kill, "__import__('os').getpid()", [0, 9, 0]))
    (problem,) = raised.value.problems
    assert problem.code == "worker-died" and problem.remedy


def test_a_reader_who_leaves_ends_the_run(tmp_path: Path) -> None:
    results = LocalEngine(2).run(str, note, str(tmp_path), range(1, 300))
    next(results)
    results.close()  # type: ignore[attr-defined]  # a generator
    assert len(list(tmp_path.iterdir())) < 150


def test_it_is_the_engine_of_its_name() -> None:
    assert ENGINES.get("local") is LocalEngine
    engine: Engine = LocalEngine(2)
    assert engine.run is not None
