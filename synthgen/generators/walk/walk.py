"""Journeys: a child table whose rows are the states of a walk through a state machine, one walk for each parent."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generator import BaseGenerator, Build
from synthgen.generators.counted import counted_by
from synthgen.generators.moments import NEVER, Moment, instants
from synthgen.generators.walk.params import EXIT, WalkParams, WalkShape
from synthgen.generators.walk.paths import Paths, Walks


class Walk(BaseGenerator[WalkParams]):
    """A walk through states, with transition probabilities and dwell times: sessions, funnels, life cycles.

    As a `count` it says what the walk is, and makes one row for each state that it comes to. As a column of that table
    it tells the `state` of the row, the `time` it was entered, the `previous` and `next` state, and how long it took
    (`dwell`). A move to `exit` ends the walk without a row; a state without moves ends it with one. The whole walk is
    drawn from its parent's stream.

    Example: `count: {walk: {start: cart, moves: {cart: {paid: 0.4, exit: 0.6}, paid: {}}}}`.
    """

    Params = WalkParams

    def __init__(self, params: WalkParams, build: Build) -> None:
        super().__init__(params, build)
        self.what = "count"
        self.start: Moment | None = None
        self.vocabulary = Vocabulary("walk", pl.Series([EXIT]))
        if isinstance(params.walk, WalkShape):
            if params.from_ is not None:
                message = "the start of a walk stands inside it"
                raise build.fail("contradiction", message, "write walk: {from: COLUMN, ...}", "from")
            self.walks = Walks(params.walk, build)
            self.dtype: pl.DataType = pl.Int64()
            self.bounds = (0 if self.walks.limit is not None else 1, self.walks.most)
            self.needs = self.walks.needs
            return
        made = counted_by(Walk, "walk", "{walk: {start: a, moves: {...}}}", build)
        self.walks, self.what = made.walks, params.walk
        if self.what == "state":
            self.truth = self.walks.truth()
        self.vocabulary = Vocabulary(f"recipe:{build.table}.walk", pl.Series([*self.walks.names, EXIT]))
        self.start = self._start(params, build)
        kinds: dict[str, pl.DataType] = {"time": pl.Datetime("us"), "dwell": pl.Duration("us")}
        self.dtype = kinds.get(self.what, pl.String())

    def _start(self, params: WalkParams, build: Build) -> Moment | None:
        if params.from_ is not None:
            if self.what != "time" or self.walks.start is not None:
                message = "the walk itself says when it begins" if self.what == "time" else "only a time has a start"
                raise build.fail("contradiction", message, "remove 'from'", "from")
            start = Moment(params.from_, build, "from")
            self.needs = start.needs
            return start
        if self.what == "time" and self.walks.start is None:
            message = "nothing says when a walk begins"
            raise build.fail("missing-key", message, f"add from: a column of {getattr(build, 'per', None)}", "walk")
        return None

    def generate(self, rows: Rows) -> Column:
        """The number of rows of each parent, or what is asked for of each row."""
        if isinstance(self.params.walk, WalkShape):
            return Column.of(pl.Series(self.walks.paths(rows).lengths))
        parents, index = rows.parents()
        paths = self.walks.paths(parents)
        at = paths.starts[index] + rows.ordinals
        if self.what == "time":
            base = self._base(rows, parents, index)
            gone = base == NEVER
            found = np.where(gone, 0, base + self.walks.since(parents)[at])
            return Column.of(instants(found, self.dtype, gone))
        if self.what == "dwell":
            stays = self.walks.stays(parents)[at]
            kept = pl.Series(np.maximum(stays, 0)).cast(pl.Duration("us"))
            return Column.of(kept.set(pl.Series(stays < 0), None))
        codes, gone = self._codes(paths, at, index, rows.ordinals)
        series = pl.Series(np.where(gone, 0, codes).astype(np.uint32))
        return Column.coded(self.vocabulary, series.set(pl.Series(gone), None) if gone.any() else series)

    def _base(self, rows: Rows, parents: Rows, index: NDArray[np.int64]) -> NDArray[np.int64]:
        if self.start is not None:
            return self.start.of(rows)
        assert self.walks.start is not None
        return self.walks.start.of(parents)[index]

    def _codes(
        self, paths: Paths, at: NDArray[np.int64], index: NDArray[np.int64], ordinals: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The state, the one before or the one after, and where there is none."""
        if self.what == "state":
            return paths.states[at].astype(np.int64), np.zeros(len(at), np.bool_)
        if self.what == "previous":
            first = ordinals == 0
            return paths.states[np.where(first, at, at - 1)].astype(np.int64), first
        final = ordinals == paths.lengths[index] - 1
        codes = np.where(final, paths.last[index], paths.states[np.where(final, at, at + 1)])
        return codes, codes > len(self.walks.names)
