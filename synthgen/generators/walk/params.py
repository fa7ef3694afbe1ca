"""How a walk is written in a recipe."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Tag, field_validator

from synthgen.generator import Params
from synthgen.generators.counted import WORD_OR_SHAPE
from synthgen.generators.drawn import Lasting
from synthgen.generators.moments import Written

EXIT = "exit"  # where a walk ends without a row
MOST = 1000  # rows of one walk, unless stated
MAX_STATES = 200

Share = Annotated[float, Field(ge=0, le=1)]
Moves = Annotated[dict[str, dict[str, Share]], Field(description="write moves: {a: {b: 0.7, exit: 0.3}, b: {}}")]
Start = Annotated[str | dict[str, Share], Field(description="write the state that walks start in")]


class Case(Params):
    """What differs for some parents: the `start`, `moves` of some states, their `dwell`."""

    start: Start | None = None
    moves: Moves = Field(default={})
    dwell: dict[str, Lasting] = Field(default={})


class WalkShape(Params):
    """`start`, `moves`, `dwell`; `when` for parents that differ; `from`, `until` and `most` for how far it goes."""

    start: Start
    moves: Moves
    dwell: dict[str, Lasting] = Field(default={})
    when: dict[str, Case] = Field(default={}, max_length=50)
    from_: Written | None = Field(default=None, alias="from")
    until: Written | None = None
    most: int | None = Field(default=None, ge=1, le=100_000)
    precision: Literal["us", "ms", "second", "minute"] = "second"

    @field_validator("moves")
    @classmethod
    def _few(cls, value: dict[str, Any]) -> dict[str, Any]:
        if not 1 <= len(value) <= MAX_STATES:
            raise ValueError(f"a walk has 1 to {MAX_STATES} states")
        if EXIT in value:
            raise ValueError("'exit' is no state: a move to it ends the walk without a row")
        return value


class WalkParams(Params):
    """`walk: {start, moves, ...}` as a count; `walk: state`, `time`, `previous`, `next` or `dwell` as a column."""

    walk: Annotated[
        Annotated[Literal["state", "time", "previous", "next", "dwell"], Tag("word")]
        | Annotated[WalkShape, Tag("shape")],
        WORD_OR_SHAPE,
    ] = Field(description="write walk: state, time, previous, next or dwell; as a count walk: {start: a, moves: {...}}")
    from_: Written | None = Field(default=None, alias="from")
