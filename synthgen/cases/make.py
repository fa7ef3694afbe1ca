"""Makes the cases of all evals: rendered and examined in workers, repeats rendered again, variants added."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthgen.cases.room import Data, EvalRoom
from synthgen.cases.turns import Dealer, EvalTurn
from synthgen.engine.base import Engine
from synthgen.errors import RecipeError
from synthgen.evalcase import EvalCase
from synthgen.evals.audit import MUTATED, Examined, examine, text_of_case
from synthgen.evals.draw import Draw
from synthgen.evals.similarity import Index, normal
from synthgen.plan.compile import compile_recipe
from synthgen.plan.model import Plan, PlannedEval
from synthgen.plan.world import World
from synthgen.recipe.model import Recipe

CHUNK = 250  # cases of one task
ATTEMPTS = 40  # renderings of one case before it is given up
UNPROVEN = 3  # further renderings of a case whose gold is not proven; the audit counts those that were thrown away
AGAIN = 20  # renderings of a case that repeats another before the repetition is kept (and the audit says so)

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Setup:
    """What every worker needs: the recipe, the block index of its tables, and where files of evals go."""

    recipe: Recipe
    index: Mapping[str, dict[str, NDArray[np.int64]]]
    folder: Path


@dataclass(frozen=True)
class Task:
    """Cases `start .. stop-1` of one eval."""

    eval: str
    start: int
    stop: int


class Maker:
    """One worker's state: the plan, the data, and the rooms of the evals as they are asked for."""

    def __init__(self, setup: Setup, plan: Plan | None = None, world: World | None = None) -> None:
        self.setup = setup
        self.plan = plan or compile_recipe(setup.recipe)
        self.world = world or World(self.plan)
        for root, index in setup.index.items():
            self.world.set_index(root, index)
        self.data = Data(setup.recipe, self.world)
        self._rooms: dict[str, tuple[PlannedEval, EvalRoom, Dealer]] = {}

    def room(self, name: str) -> tuple[PlannedEval, EvalRoom, Dealer]:
        """The plan, the room and the dealer of an eval."""
        if name not in self._rooms:
            planned = self.plan.evals[name]
            recipe = self.setup.recipe
            dealer = Dealer(recipe.seed, name, recipe.splits.shares, planned.family.block)
            self._rooms[name] = planned, EvalRoom(self.data, planned, self.setup.folder), dealer
        return self._rooms[name]

    def case(self, name: str, number: int, attempt: int = 0) -> EvalCase:
        """The case of that number, rendered again as often as a family asks for; raises RecipeError in the end."""
        planned, room, dealer = self.room(name)
        for again in range(attempt, attempt + ATTEMPTS):
            case = planned.family.render(EvalTurn(dealer, number, again), room)
            if case is not None:
                share = planned.spec.must_pass
                marked = int((number + 1) * share + 1e-9) > int(number * share + 1e-9)
                return replace(case, attempt=again, must_pass=marked or case.must_pass)
        message = f"eval {name}: no case {number} could be made in {ATTEMPTS} attempts"
        remedy = "give its tables more rows and more varied columns, or ask for fewer cases"
        raise RecipeError(planned.spec.node.problem("no-case", message, remedy))

    def examined(self, name: str, case: EvalCase) -> Examined:
        """The case with what the audit finds out about it; the gold of every so many is made wrong on purpose."""
        planned, room, _ = self.room(name)
        step = max(1, planned.n // MUTATED)
        mutate = not case.variant and case.number % step == 0
        return examine(case, planned.family, room, self.setup.recipe.seed, mutate=mutate)

    def proven(self, name: str, numbers: range) -> list[Examined]:
        """The cases of whole blocks; a block in which a gold is not proven is rendered again, a few times."""
        block = self.room(name)[0].family.block
        found: list[Examined] = []
        for first in range(numbers.start, numbers.stop, block):
            group = [self.examined(name, self.case(name, n)) for n in range(first, first + block)]
            for lost in range(1, UNPROVEN + 1):
                if not any(e.reasons or e.oracle < 1 for e in group):
                    break
                attempt = max(e.case.attempt for e in group) + 1
                again = [self.examined(name, self.case(name, e.case.number, attempt)) for e in group]
                group = [replace(e, lost=lost) for e in again]
            found += group
        return found

    def variants(self, name: str, case: EvalCase) -> Iterator[EvalCase]:
        """The variants that are due for a case; one that the proof does not confirm is left out."""
        planned, room, _ = self.room(name)
        for kind, share in planned.spec.variants.items():
            offset = Draw(self.setup.recipe.seed, name, "#variant", kind).unit()
            if int((case.number + 1) * share + offset) == int(case.number * share + offset):
                continue
            draw = Draw(self.setup.recipe.seed, name, "#variant", kind, case.id, case.attempt)
            made = planned.variants[kind].apply(case, draw, planned.family)
            if made is not None and not planned.family.prove(made, room):
                yield made


def prepare(setup: Setup) -> Maker:
    """A worker's state."""
    return Maker(setup)


def work(maker: Maker, task: Task) -> list[Examined]:
    """The cases of one task, examined."""
    return maker.proven(task.eval, range(task.start, task.stop))


def vary(maker: Maker, task: tuple[str, list[EvalCase]]) -> list[Examined]:
    """The variants of some cases, examined."""
    name, cases = task
    return [maker.examined(name, v) for case in cases for v in maker.variants(name, case)]


def make(
    maker: Maker, engine: Engine, progress: Progress | None = None, names: Sequence[str] | None = None
) -> dict[str, list[Examined]]:
    """All cases of some evals (of all without `names`), base cases first, in order of their numbers."""
    evals = {n: p for n, p in maker.plan.evals.items() if names is None or n in names}
    tasks = [
        Task(name, start, min(start + step, planned.n))
        for name, planned in evals.items()
        for step in [CHUNK // planned.family.block * planned.family.block]
        for start in range(0, planned.n, step)
    ]
    total, done = sum(p.n for p in evals.values()), 0
    parts: dict[int, list[Examined]] = {}
    for number, part in engine.run(_prepared(maker), work, maker.setup, tasks):
        parts[number] = part
        done += len(part)
        if progress is not None:
            progress("cases", done, total)
    found: dict[str, list[Examined]] = {name: [] for name in evals}
    for number, task in enumerate(tasks):
        found[task.eval] += parts[number]
    for name in found:
        found[name] = Unrepeated(maker, name).settle(_paraphrased(maker, name, found[name]))
    _varied(maker, engine, found)
    return found


def _paraphrased(maker: Maker, name: str, examined: list[Examined]) -> list[Examined]:
    """The cases with a model's wording where the recipe asks for it and the proof passes again."""
    planned, room, _ = maker.room(name)
    paraphraser = planned.paraphraser
    if paraphraser is None:
        return examined
    paraphraser.ask(name, [e.case for e in examined if paraphraser.due(e.case)])
    found = []
    for e in examined:
        case = paraphraser.apply(e.case, planned.family, room) if paraphraser.due(e.case) else e.case
        found.append(e if case is e.case else maker.examined(name, case))
    return found


def _varied(maker: Maker, engine: Engine, found: dict[str, list[Examined]]) -> None:
    """Add the variants of every eval that has some."""
    tasks = [
        (name, [e.case for e in base[start : start + CHUNK]])
        for name, base in found.items()
        if maker.plan.evals[name].spec.variants
        for start in range(0, len(base), CHUNK)
    ]
    parts = dict(engine.run(_prepared(maker), vary, maker.setup, tasks)) if tasks else {}
    for number, (name, _) in enumerate(tasks):
        found[name] += parts[number]


def _prepared(maker: Maker) -> Callable[[Setup], Maker]:
    """How workers start: in this process with the maker that there is, elsewhere with one of their own."""
    return _Prepare(maker)


class _Prepare:
    def __init__(self, maker: Maker) -> None:
        self._maker: Maker | None = maker

    def __call__(self, setup: Setup) -> Maker:
        return self._maker or prepare(setup)

    def __reduce__(self) -> tuple[Callable[[], Callable[[Setup], Maker]], tuple[()]]:
        return _elsewhere, ()


def _elsewhere() -> Callable[[Setup], Maker]:
    return prepare


class Unrepeated:
    """Renders cases again that repeat an earlier one, exactly or nearly, in order of their numbers.

    Which attempt a case ends with depends on the cases before it alone, so a set that grows keeps what it had.
    """

    def __init__(self, maker: Maker, name: str) -> None:
        self.maker, self.name = maker, name
        self.block = maker.plan.evals[name].family.block
        self.texts: dict[str, int] = {}
        self.index = Index()

    def settle(self, examined: Sequence[Examined]) -> list[Examined]:
        """The cases with repeats replaced."""
        found: list[Examined] = []
        for start in range(0, len(examined), self.block):
            group = list(examined[start : start + self.block])
            for _ in range(AGAIN):
                if not any(self._repeats(e) for e in group):
                    break
                first = max(e.case.attempt for e in group) + 1
                group = [self._again(e, first) for e in group]
            for e in group:
                self.texts.setdefault(normal(text_of_case(e.case)), e.case.number)
                self.index.add(e.case.number, e.signature)
            found += group
        return found

    def _repeats(self, e: Examined) -> bool:
        if normal(text_of_case(e.case)) in self.texts:
            return True
        return self.index.near(e.signature) is not None

    def _again(self, e: Examined, attempt: int) -> Examined:
        case = self.maker.case(self.name, e.case.number, attempt)
        return replace(self.maker.examined(self.name, case), lost=e.lost)
