"""What an eval family is: one file that renders cases, knows their gold, and says how to check and to score it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import polars as pl

from synthgen.columns import Declared
from synthgen.evalcase import EvalCase, Json, Piece
from synthgen.evals.draw import Draw
from synthgen.generator import BuildError, Params

Score = Callable[..., dict[str, float]]


@dataclass(frozen=True)
class Record:
    """One row that cases are made from, with what its columns declare.

    `table` and `row` say where it is; a table whose name begins with `@` belongs to the cast, made beside the recipe's
    tables. `group` names what may not stand on both sides of a split (`customers:3`).
    """

    table: str
    row: int
    group: str
    values: Mapping[str, Any]
    declared: Mapping[str, Declared]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    @property
    def source(self) -> str:
        """The record's name among a case's sources."""
        return f"{self.table}:{self.row}"

    def piece(self, column: str, text: str | None = None, label: str | None = None) -> Piece:
        """A column's value as a piece of text, in another spelling if one is given."""
        return Piece(str(self.values[column]) if text is None else text, label or column, self.declared.get(column))


class Room(Protocol):
    """What a family sees while it renders and proves: records and whole tables, all functions of the seed."""

    @property
    def clock(self) -> datetime:
        """The recipe's clock, aware, UTC."""

    @property
    def folder(self) -> Path:
        """A folder for files that the scorer reads (databases); what `Family.files` names is exported from here."""

    def size(self, table: str) -> int:
        """How many rows of a table cases may be made from."""

    def record(self, table: str, row: int) -> Record:
        """One row of a table (`invoices`, or `@people` of the cast) with the columns that the family has asked for."""

    def pool(self, table: str, split: str) -> Sequence[int]:
        """The rows that cases of a split may be made from: those whose group lies on that side."""

    def frame(self, table: str) -> pl.DataFrame:
        """All rows of a table."""

    def children(self, table: str, parent: str, row: int) -> Sequence[int]:
        """Rows of `table` that were made per one row of `parent`, or that refer to it."""


class Turn(Protocol):
    """One case that is asked for.

    `number` counts the cases of the set from 0. `rank` counts the blocks of the same split, so that what is dealt out
    by `cell` and `deal` is balanced inside each split. A block is one case, or as many as `Family.block` says belong
    together: the members of a block get the same cells and deals and share the draws of `shared`. `attempt` counts from
    0 the renderings that were thrown away because a case came out twice or could not be proven.
    """

    @property
    def id(self) -> str:
        """The id that the case must have."""

    @property
    def number(self) -> int:
        """Number of the case."""

    @property
    def rank(self) -> int:
        """Number of the case's block inside its split."""

    @property
    def member(self) -> int:
        """Number of the case inside its block: 0 unless the family has blocks of several cases."""

    @property
    def attempt(self) -> int:
        """How often this case was rendered before."""

    @property
    def split(self) -> str:
        """The split that the case is for."""

    @property
    def draw(self) -> Draw:
        """Random draws for this case and attempt."""

    @property
    def shared(self) -> Draw:
        """Random draws that all cases of the block have in common."""

    def cell(self, count: int, name: str = "") -> int:
        """A number below `count`, dealt out so that each run of `count` ranks holds every number once."""

    def deal(self, count: int, name: str = "") -> int:
        """A number below `count`: the first `count` ranks get different ones. Later attempts move on to other ones."""

    def among(self, items: Sequence[str], name: str = "") -> str:
        """One of the named items (templates) that belong to this split: each item lies on one side only."""


class EvalBuild(Protocol):
    """What a family may ask when it is built from the recipe: the plan's side of the conversation."""

    @property
    def name(self) -> str:
        """The eval's name."""

    @property
    def clock(self) -> datetime:
        """The recipe's clock."""

    @property
    def locales(self) -> tuple[str, ...]:
        """The recipe's locales."""

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of the splits."""

    @property
    def tables(self) -> tuple[str, ...]:
        """The recipe's tables."""

    def columns(self, table: str) -> Mapping[str, pl.DataType]:
        """Columns of a table with their dtypes; a table of the cast (`@people`) has its own."""

    def declares(self, table: str) -> Mapping[str, Declared]:
        """What the columns of a table declare."""

    def key(self, table: str) -> tuple[str, ...]:
        """The table's key columns."""

    def references(self, table: str) -> Mapping[str, tuple[str, str]]:
        """Foreign keys of a table: column -> (table, column)."""

    def choices(self, table: str, column: str) -> tuple[Any, ...]:
        """The values that a column draws from, if its generator is a `choice`; else nothing."""

    def wants(self, table: str, *columns: str) -> None:
        """Ask that records of a table hold these columns; `customers.last_name` reaches through a reference.

        Without columns: all the table's own. Raises BuildError, placed at the recipe's line, for unknown ones.
        """

    def read(self, file: str, *path: str | int) -> str:
        """A text file of the project that the recipe names at `path`; raises BuildError where it cannot be read."""

    def fail(self, code: str, message: str, remedy: str | None = None, *path: str | int) -> BuildError:
        """An error to raise, placed at `path` inside the eval's mapping."""


class FamilyParams(Params):
    """Base of a family's parameters: the keys of its mapping besides those that every eval has."""


class Family(Protocol):
    """Renders, proves, scores and answers the cases of one eval. Stateless after construction."""

    Params: ClassVar[type[FamilyParams]]

    @property
    def instruction(self) -> str:
        """The prompt that tells a model what to do with an input; `prompts:` of a recipe replace it."""

    @property
    def scorer(self) -> str:
        """The stand-alone module that scores answers."""

    @property
    def block(self) -> int:
        """How many cases in a row belong together (twins, counterfactual pairs): they stand on one side of a split."""

    @property
    def reorderable(self) -> bool:
        """Whether sentences of the input may change places without changing the gold."""

    def render(self, turn: Turn, room: Room) -> EvalCase | None:
        """The case that is asked for; None where these draws give none, and the next attempt is asked for."""

    def prove(self, case: EvalCase, room: Room) -> list[str]:
        """What is wrong with the gold, by a way that does not go through `render`; empty for a right one."""

    def score(self, case: EvalCase, answer: str, room: Room | None = None) -> float:
        """The main score of an answer, from 0 to 1."""

    def oracle(self, case: EvalCase) -> str:
        """The answer that the gold gives."""

    def null(self, case: EvalCase, draw: Draw) -> str:
        """An answer without a look at the input."""

    def chance(self, case: EvalCase) -> float:
        """The score that `null` is expected to have on this case, from 0 to 1."""

    def mutants(self, case: EvalCase, draw: Draw) -> list[EvalCase]:
        """The case with a wrong gold, of kinds that audits find in public sets; `prove` must reject each."""

    def retarget(self, case: EvalCase) -> Json:
        """The gold of a case whose wording was changed: another one only where it holds places in the text."""

    def negate(self, case: EvalCase, draw: Draw) -> EvalCase | None:
        """The case with an addition that turns its gold into another, and that gold; None where there is none."""

    def files(self, room: Room) -> Mapping[str, Path]:
        """Files that the scorer reads, by the name under which they are exported."""


P = TypeVar("P", bound=FamilyParams)


class BaseFamily(Generic[P]):
    """Defaults: subclass it once, set `Params`, `scorer` and `instruction`, write the rest."""

    Params: ClassVar[type[FamilyParams]] = FamilyParams
    scorer: str = "synthgen.scoring.label"
    instruction: str = ""
    block: int = 1
    reorderable: bool = False

    def __init__(self, params: P, build: EvalBuild) -> None:
        self.params = params
        self.build = build

    @cached_property
    def scored(self) -> Score:
        """The scorer's function."""
        found: Score = import_module(self.scorer).score
        return found

    def score(self, case: EvalCase, answer: str, room: Room | None = None) -> float:
        """The main score of an answer."""
        return self.scored(case.plain(), answer, "" if room is None else str(room.folder))["score"]

    def oracle(self, case: EvalCase) -> str:
        """The gold as text."""
        return case.target_text

    def chance(self, case: EvalCase) -> float:
        """Nothing is right by chance, unless the family says otherwise."""
        return 0.0

    def files(self, room: Room) -> Mapping[str, Path]:
        """None."""
        return {}

    def retarget(self, case: EvalCase) -> Json:
        """The same gold."""
        return case.target

    def negate(self, case: EvalCase, draw: Draw) -> EvalCase | None:
        """None."""
        return None

    def case(self, turn: Turn, pieces: Sequence[Piece], target: Json, **more: Any) -> EvalCase:
        """A case with what is known of it already."""
        return EvalCase(
            id=turn.id, eval=self.build.name, family=type(self).__module__.rpartition(".")[2], pieces=tuple(pieces),
            target=target, number=turn.number, attempt=turn.attempt, split=turn.split, **more,
        )  # fmt: skip


def distinct(items: Sequence[str]) -> tuple[str, ...]:
    """The items without repeats, in order; empty ones are left out."""
    return tuple(dict.fromkeys(i for i in items if i))
