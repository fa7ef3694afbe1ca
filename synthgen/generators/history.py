"""Histories: the versions of an entity, one after the other, without gap or overlap (slowly changing dimensions)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, Tag

from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.counted import WORD_OR_SHAPE, counted_by
from synthgen.generators.drawn import Lasting
from synthgen.generators.moments import DAY_US, NEVER, Micros, Moment, Written, clock_us, instants
from synthgen.seeds import draws_at

_LONGEST = np.int64(2**56)
_SECOND_US = 1_000_000


class HistoryShape(Params):
    """`from`, `every` (a generator of durations), `until` and `most`."""

    from_: Written = Field(alias="from", description="write from: a date or datetime column of the parent")
    every: Lasting = Field(description="write every: {exponential: 200d}")
    until: Written = "clock"
    most: int = Field(default=1000, ge=1, le=100_000)


class HistoryParams(Params):
    """`history: {from, every, until}` as a count; `history: from`, `to`, `current` or `number` as a column."""

    history: Annotated[
        Annotated[Literal["from", "to", "current", "number"], Tag("word")] | Annotated[HistoryShape, Tag("shape")],
        WORD_OR_SHAPE,
    ] = Field(
        description="write history: from, to, current or number; as a count history: {from: COLUMN, every: {...}}"
    )


@dataclass(frozen=True, eq=False)
class Versions:
    """The first instants of all versions, parent by parent; and when each parent's last one ended (NEVER: it holds)."""

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    times: Micros
    ended: Micros


class History(BaseGenerator[HistoryParams]):
    """The versions of each parent row: a slowly changing dimension of type 2.

    As a `count` it draws when versions begin: the first at `from`, each next one `every` so long after, none past
    `until`. As a column of that table it tells the instant `from` which the row holds, `to` when (null for the current
    version; the next row's `from` otherwise), whether it is `current`, and its `number`, from 1. Where `until` is a
    column, the parent ends there: its last version is closed then, and none is current.

    Example: `versions: {history: {from: signup_at, every: {exponential: 200d}}}`.
    """

    Params = HistoryParams

    def __init__(self, params: HistoryParams, build: Build) -> None:
        super().__init__(params, build)
        self.what = "count"
        if isinstance(params.history, HistoryShape):
            self._count(params.history, build)
            return
        example = "{history: {from: COLUMN, every: {exponential: 200d}}}"
        made = counted_by(History, "history", example, build)
        self.what, self.source = params.history, made
        kinds: dict[str, pl.DataType] = {"current": pl.Boolean(), "number": pl.Int64()}
        self.dtype = kinds.get(self.what, made.start.dtype)
        self.apart = self.what in ("from", "number")

    def _count(self, shape: HistoryShape, build: Build) -> None:
        self.source = self
        self.start = Moment(shape.from_, build, "history", "from")
        self.limit = Moment(shape.until, build, "history", "until")
        self.every = build.nested(shape.every, "history", "every")
        least = self.every.bounds[0]
        if not isinstance(self.every.dtype, pl.Duration) or least is None or least < 0:
            message = "the time from version to version is a duration of at least 0s"
            raise build.fail("wrong-type", message, "write every: {exponential: 200d}", "history", "every")
        self.unit = DAY_US if self.start.dtype == pl.Date() else _SECOND_US
        self.dtype = pl.Int64()
        self.bounds = (0, shape.most)
        self.needs = tuple(dict.fromkeys((*self.start.needs, *self.limit.needs, *self.every.needs)))

    def versions(self, rows: Rows) -> Versions:
        """When each version of these parent rows begins; kept for all columns."""
        return rows.memo("history", lambda: self._draw(rows))

    def _draw(self, rows: Rows) -> Versions:
        assert isinstance(self.params.history, HistoryShape)
        now, limit, ended = self.start.of(rows), *self._limits(rows)
        base = draws_at(rows.stream("version"), rows.ids)
        last = np.where(ended == NEVER, limit, limit - self.unit)  # a version lasts, so the last begins before the end
        active = np.flatnonzero((now <= last) & (now != NEVER))
        now, last = now[active], last[active]
        lengths = np.zeros(rows.count, np.int64)
        steps: list[tuple[NDArray[np.int64], Micros]] = []
        for step in range(self.params.history.most):
            if not len(active):
                break
            steps.append((active, now))
            lengths[active] += 1
            some = rows.take(active).rekeyed(base[active] + np.uint64(step)).scoped("every/")
            gap = self.every.generate(some).values.cast(pl.Int64).fill_null(int(_LONGEST)).to_numpy()
            gap = np.maximum(np.minimum(gap, _LONGEST) // self.unit, 1) * self.unit
            going = gap <= last - now
            active, now, last = active[going], (now + gap)[going], last[going]
        starts = np.cumsum(lengths) - lengths
        times = np.empty(int(lengths.sum()), np.int64)
        for step, (which, at) in enumerate(steps):
            times[starts[which] + step] = at
        return Versions(starts, lengths, times, ended)

    def _limits(self, rows: Rows) -> tuple[Micros, Micros]:
        """Until when versions begin, and when the parent ended, as far as its column and the clock say so."""
        limit = self.limit.of(rows)
        if self.limit.column is None:
            return limit, np.full(rows.count, NEVER)
        clock = clock_us(rows.clock)
        return np.minimum(limit, clock), np.where(limit <= clock, limit, NEVER)

    def generate(self, rows: Rows) -> Column:
        """The number of versions of each parent, or what is asked for of each version."""
        if self.what == "count":
            return Column.of(pl.Series(self.versions(rows).lengths))
        parents, index = rows.parents()
        made = self.source.versions(parents)
        last = rows.ordinals == made.lengths[index] - 1
        ended = made.ended[index]
        if self.what == "current":
            return Column.of(pl.Series(last & (ended == NEVER)))
        if self.what == "number":
            return Column.of(pl.Series(rows.ordinals + 1))
        at = made.starts[index] + rows.ordinals
        if self.what == "from":
            return Column.of(instants(made.times[at], self.dtype))
        following = np.where(last, ended, made.times[np.where(last, at, at + 1)])
        held = following == NEVER
        return Column.of(instants(np.where(held, 0, following), self.dtype, held))
