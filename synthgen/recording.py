"""Asks language models for the answers that a run needs, in one place and before a row is made.

Columns are gone through in the order in which they read each other. A pass over the rows collects what is not on
record; that is estimated, held against permit and budget, asked for, and kept at once. Generation reads the record
alone, so workers, partitions and later runs have the same cells and open no connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from synthgen.columns import Column, Inserted
from synthgen.errors import Problem, RecipeError, UsageError
from synthgen.llm.asking import Job, NotAskedError
from synthgen.llm.budget import spent
from synthgen.llm.client import Endpoint
from synthgen.llm.permit import Permit
from synthgen.llm.request import Request
from synthgen.llm.responses import Answer, Responses, Wanted
from synthgen.plan.model import ColumnKey, Plan, PlannedColumn
from synthgen.plan.world import BLOCK, World
from synthgen.privacy.scanner import Scanner

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Recorded:
    """What the columns of a run rest on: files of answers as the recipe names them, and what they took."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    columns: Mapping[ColumnKey, dict[str, Any]] = field(default_factory=dict)


def record(plan: Plan, permit: Permit, progress: Progress | None = None) -> Recorded:
    """Make sure that every answer is on record; asks where the permit allows it.

    Raises RecipeError for answers that are missing and may not be asked for, and for a budget that they would pass;
    UsageError where an endpoint fails. What has been answered until then is kept.
    """
    chosen = [plan.tables[t].columns[c] for t, c in plan.order if c in plan.tables[t].columns]
    chosen = [column for column in chosen if column.sparing]
    if not chosen:
        return Recorded()
    world = World(plan)
    for column in chosen:
        Recording(plan, world, column, permit, progress).settle()
    files: dict[str, tuple[Responses, set[str]]] = {}
    for part in (part for column in chosen for part in _parts(column)):
        files.setdefault(part.responses.name, (part.responses, set()))[1].update(part.used)
    content = {name: responses.lines(keys) for name, (responses, keys) in files.items()}
    return Recorded(content, {(c.table, c.name): _told(c) for c in chosen})


def _parts(column: PlannedColumn) -> Sequence[Any]:
    """The generators of a column that ask a model."""
    return column.sparing


def _answers(part: Any) -> list[Answer]:
    known = part.responses.known
    return [known[key] for key in sorted(part.used) if key in known]


def _told(column: PlannedColumn) -> dict[str, Any]:
    """What the manifest says: models, answers, tokens, and their price where the recipe gives prices."""
    found = []
    for part in _parts(column):
        answers = _answers(part)
        cost = spent(answers, part.params.prices)
        found.append(
            {
                "model": part.params.model,
                "endpoint": part.params.endpoint,
                "answers": cost.requests,
                "refused": sum(a.refused is not None for a in answers),
                "prompt_tokens": cost.prompt,
                "completion_tokens": cost.completion,
                "estimated": sum(not a.counted for a in answers),
                **({} if cost.usd is None else {"usd": round(cost.usd, 6)}),
            }
        )
    return found[0] if len(found) == 1 else {"parts": found}


@dataclass
class Recording:
    """One column on its way to a full record."""

    plan: Plan
    world: World
    column: PlannedColumn
    permit: Permit
    progress: Progress | None = None

    def settle(self) -> None:
        """Ask in rounds until nothing is missing; an answer that is refused is asked for again in the next."""
        while wanted := self._missing():
            for owner in {id(w.owner): w.owner for w in wanted}.values():
                self._ask(owner, [w for w in wanted if w.owner is owner])

    def _missing(self) -> list[Wanted]:
        with _collecting({id(p.responses): p.responses for p in _parts(self.column)}.values()) as files:
            size = self.world.size(self.column.table)
            for start in range(0, size, BLOCK):
                self.world.rows(self.column.table, start, min(BLOCK, size - start)).column(self.column.name)
            return [wanted for file in files for wanted in file.wanted.values()]

    def _ask(self, owner: Any, wanted: list[Wanted]) -> None:
        params, done = owner.params, 0
        endpoint = Endpoint(params.endpoint, params.key_env, params.timeout, params.retries, params.concurrency)
        job = Job(
            self._name, params.model, owner.responses.name, endpoint, params.budget, params.prices, self.permit
        )  # fmt: skip

        def keep(request: Request, answer: Answer) -> None:
            nonlocal done
            owner.responses.keep(answer)
            if not owner.valid(answer.text):
                owner.responses.refuse(answer.key, "invalid")
            done += 1
            if self.progress is not None:
                self.progress(f"answers for {self._name}", done, len(wanted))

        try:
            job.ask([w.request for w in wanted], _answers(owner), keep)
        except NotAskedError as error:
            raise RecipeError(self._place(error.code, error.message, error.remedy)) from None
        except UsageError as error:
            problem = error.problems[0]
            raise UsageError(self._place(problem.code, problem.message, problem.remedy)) from None
        if params.retries_on_finding:
            self._refuse_findings(owner, wanted)

    def _refuse_findings(self, owner: Any, wanted: list[Wanted]) -> None:
        """Scan the answers as the line will, and note those that hold something."""
        groups: dict[Any, list[Wanted]] = {}
        for one in wanted:
            groups.setdefault(tuple(declared for _, declared in one.inserted), []).append(one)
        scanner = Scanner(self.plan.recipe.privacy.pii)
        spec = self.column.spec
        marked = {self.column.name: spec.pii} if spec is not None and spec.pii else {}
        for declared, members in groups.items():
            known = owner.responses.known
            members = [m for m in members if known[m.request.key].refused is None]
            if not members:
                continue
            texts = [known[m.request.key].text for m in members]
            cells = texts if owner.fields is None else [owner.fields.read(text) for text in texts]
            inserted = tuple(
                Inserted(pl.Series([m.inserted[i][0] for m in members], dtype=pl.String), d)
                for i, d in enumerate(declared)
            )
            values = Column.of(pl.Series(self.column.name, cells, dtype=owner.dtype), inserted=inserted)
            flags = [flag for _, flag in scanner.flags(self.column.table, {self.column.name: values}, marked)]
            for row in sorted({int(row) for flag in flags for row in flag.rows}):
                owner.responses.refuse(members[row].request.key, "finding")

    @property
    def _name(self) -> str:
        return f"{self.column.table}.{self.column.name}"

    def _place(self, code: str, message: str, remedy: str | None) -> Problem:
        return self.column.node.problem(code, message, remedy)


@contextmanager
def _collecting(files: Any) -> Iterator[list[Responses]]:
    """Requests without an answer are gathered in these files, and cells of theirs are null meanwhile."""
    every: list[Responses] = list(files)
    for file in every:
        file.wanted.clear()
        file.collect = True
    try:
        yield every
    finally:
        for file in every:
            file.collect = False
