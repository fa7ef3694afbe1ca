"""Walks of many parents at once: step by step through their chains, until each has come to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Rows
from synthgen.generator import Build, Generator
from synthgen.generators.conditions import condition
from synthgen.generators.moments import NEVER, Micros, Moment, clock_us
from synthgen.generators.walk.chain import WORK, Chain, Moves
from synthgen.generators.walk.params import MOST, Case, WalkShape
from synthgen.seeds import U64, draws_at
from synthgen.sql import is_true

_UNIT = {"us": 1, "ms": 1_000, "second": 1_000_000, "minute": 60_000_000}
_LONGEST = np.int64(2**56)  # a stay, in microseconds: 2,000 years
Index = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Paths:
    """Walks laid end to end: those of row i begin at `starts[i]` and have `lengths[i]` states.

    `last` is where each walk went from its last row: `exit` (the number of states), or more where it made no move.
    `stays` are microseconds, known at once where they decide how far a walk goes; those of its last row are -1 then, if
    it is cut short.
    """

    starts: Index
    lengths: Index
    states: NDArray[np.uint16]
    last: Index
    stays: Micros | None


class Walks:
    """The walks of a child table: one for each parent row, drawn from that row's stream."""

    def __init__(self, shape: WalkShape, build: Build) -> None:
        self.shape = shape
        self.names = tuple(shape.moves)
        self.most = shape.most or MOST
        cases = list(shape.when.values())
        self.chains = [Chain(shape.start, shape.moves), *(self._other(case) for case in cases)]
        self._check(build)
        self.tests = [condition(text, build, "walk", "when", text) for text in shape.when]
        self.moves = Moves(self.chains)
        self.unit = _UNIT[shape.precision]
        self.stay: list[dict[int, Generator]] = [self._stays(shape.dwell, build, "walk", "dwell")]
        for text, case in shape.when.items():
            own = self._stays(case.dwell, build, "walk", "when", text, "dwell")
            self.stay.append({**self.stay[0], **own})
        self.start = None if shape.from_ is None else Moment(shape.from_, build, "walk", "from")
        self.limit = None if shape.until is None else Moment(shape.until, build, "walk", "until")
        if self.limit is not None and self.start is None:
            message = "'until' needs to know when a walk begins"
            raise build.fail("missing-key", message, "add from: COLUMN of the parent", "walk", "until")
        needs = [n for t in self.tests for n in t.references]
        needs += [n for stays in self.stay for g in stays.values() for n in g.needs]
        needs += [n for m in (self.start, self.limit) if m is not None for n in m.needs]
        self.needs = tuple(dict.fromkeys(needs))

    # -- what is checked before a row is made

    def _other(self, case: Case) -> Chain:
        return Chain(case.start or self.shape.start, {**self.shape.moves, **case.moves})

    def _check(self, build: Build) -> None:
        known = set(self.names)
        for text, case in self.shape.when.items():
            if fresh := [s for s in case.moves if s not in known]:
                message = f"there is no state '{fresh[0]}'"
                remedy = "a case changes the moves of states that the walk has"
                raise build.fail("unknown-state", message, remedy, "walk", "when", text, "moves")
        places: list[tuple[str, ...]] = [("walk",), *(("walk", "when", text) for text in self.shape.when)]
        for where, chain in zip(places, self.chains, strict=True):
            for code, message, remedy, path in chain.problems():
                raise build.fail(code, message, remedy, *where, *path)
        reached = set().union(*(chain.reached() for chain in self.chains))
        if lost := [s for s in self.names if s not in reached]:
            message = f"no walk ever comes to '{lost[0]}'"
            raise build.fail(
                "unreachable-state", message, "add a move to it, or leave it out", "walk", "moves", lost[0]
            )
        endless = [s for chain in self.chains for s in chain.endless()]
        if endless and self.shape.most is None and self.shape.until is None:
            message = f"a walk that comes to '{endless[0]}' never ends"
            remedy = "add a move to exit, or say how far it goes with most: 50 or until: clock"
            raise build.fail("endless-walk", message, remedy, "walk", "moves", endless[0])

    def _stays(self, dwell: Mapping[str, Any], build: Build, *path: str) -> dict[int, Generator]:
        found: dict[int, Generator] = {}
        for state, spec in dwell.items():
            if state not in self.names and state != "else":
                message = f"there is no state '{state}'"
                raise build.fail(
                    "unknown-state", message, f"write one of {', '.join(self.names)}, or else", *path, state
                )
            made = build.nested(spec, *path, state)
            if not isinstance(made.dtype, pl.Duration) or made.bounds[0] is None or made.bounds[0] < 0:
                message = "a dwell time is a duration of at least 0s"
                raise build.fail("wrong-type", message, "write {exponential: 40s}, or 40s", *path, state)
            if state == "else":
                found = {**dict.fromkeys(range(len(self.names)), made), **found}
            else:
                found[self.names.index(state)] = made
        return found

    def truth(self) -> dict[str, Any]:
        """The exact shares of the chains; none of those that take too long to compute."""
        told = [chain.truth(self.most, WORK / len(self.chains)) for chain in self.chains]
        found: dict[str, Any] = told[0]
        if len(told) > 1:
            found = {"when": dict(zip(self.shape.when, told[1:], strict=True)), "else": told[0]}
        if self.limit is not None:
            found = {
                **found,
                "until": f"shares are those of walks that nothing cuts short; here {self.shape.until} does",
            }
        return found

    # -- rows

    def paths(self, rows: Rows) -> Paths:
        """The walks of these parent rows; kept for all columns."""
        return rows.memo("walk", lambda: self._walk(rows))

    def _walk(self, rows: Rows) -> Paths:
        case = self._cases(rows)
        base = draws_at(rows.stream("walk"), rows.ids)
        key = rows.stream("move")
        active = np.arange(rows.count, dtype=np.int64)
        state = self.moves.first(case, rows.bits("start"))
        limit = now = None
        if self.limit is not None and self.start is not None:
            limit, now = self.limit.of(rows, clock_us(rows.clock)), self.start.of(rows)
            active = active[(now <= limit) & (now != NEVER)]
            state, now = state[active], now[active]
        lengths, last = np.zeros(rows.count, np.int64), np.full(rows.count, len(self.names) + 1, np.int64)
        steps: list[tuple[Index, Index, Micros | None]] = []
        for step in range(self.most):
            if not len(active):
                break
            lengths[active] += 1
            target = self.moves.following(case[active], state, draws_at(key, base[active] + np.uint64(step)))
            going = target < len(self.names)
            stay = None
            if now is not None and limit is not None:
                stay = self._stay(rows, active, np.full(len(active), step, np.int64), state, case)
                over = limit[active] - now < stay
                stay = np.where(over | (target > len(self.names)), -1, stay)
                target = np.where(over, len(self.names) + 1, target)
                going &= ~over
                now = (now + stay)[going]
            steps.append((active, state, stay))
            last[active] = target
            active, state = active[going], target[going]
        last[active] = len(self.names) + 1  # cut by the greatest length
        return self._laid(lengths, last, steps)

    def _laid(self, lengths: Index, last: Index, steps: list[tuple[Index, Index, Micros | None]]) -> Paths:
        starts = np.cumsum(lengths) - lengths
        states = np.empty(int(lengths.sum()), np.uint16)
        stays = np.empty(len(states), np.int64) if self.limit is not None else None
        for step, (active, state, stay) in enumerate(steps):
            where = starts[active] + step
            states[where] = state
            if stays is not None and stay is not None:
                stays[where] = stay
        return Paths(starts, lengths, states, last, stays)

    def _cases(self, rows: Rows) -> Index:
        """Which chain each parent follows: 0 for none of `when`."""
        case = np.zeros(rows.count, np.int64)
        if self.tests:
            columns = {name: rows.values(name) for test in self.tests for name in test.references}
            for i, test in reversed(list(enumerate(self.tests))):
                case[is_true(test, columns, rows.count).to_numpy()] = i + 1
        return case

    def _stay(self, rows: Rows, owner: Index, step: Index, state: Index, case: Index) -> Micros:
        """Microseconds in a state at a step, in whole units of the precision."""
        base: U64 = draws_at(rows.stream("dwell"), rows.ids)
        found = np.zeros(len(owner), np.int64)
        for i, stays in enumerate(self.stay):
            for number, generator in stays.items():
                mine = state == number
                some = np.flatnonzero(mine & (case[owner] == i) if len(self.stay) > 1 else mine)
                if len(some):
                    ids = base[owner[some]] + step[some].astype(np.uint64)
                    chosen = rows.take(owner[some]).rekeyed(ids).scoped(f"dwell/{self.names[number]}/")
                    micros = generator.generate(chosen).values.cast(pl.Int64).fill_null(0).to_numpy()
                    found[some] = (np.minimum(micros, _LONGEST) + self.unit // 2) // self.unit * self.unit
        return found

    def stays(self, rows: Rows) -> Micros:
        """Microseconds in every state of these parents' walks; -1 where a walk does not leave it."""

        def make() -> Micros:
            paths = self.paths(rows)
            if paths.stays is not None:
                return paths.stays
            owner = np.repeat(np.arange(len(paths.lengths), dtype=np.int64), paths.lengths)
            step = np.arange(len(owner), dtype=np.int64) - np.repeat(paths.starts, paths.lengths)
            found = self._stay(rows, owner, step, paths.states.astype(np.int64), self._cases(rows))
            ends = np.flatnonzero((paths.last > len(self.names)) & (paths.lengths > 0))
            found[(paths.starts + paths.lengths - 1)[ends]] = -1
            return found

        return rows.memo("stays", make)

    def since(self, rows: Rows) -> Micros:
        """Microseconds from the start of each walk to its coming to each state."""

        def make() -> Micros:
            paths, stays = self.paths(rows), np.maximum(self.stays(rows), 0)
            total = np.cumsum(stays) - stays
            first = total[paths.starts[paths.lengths > 0]]
            found: Micros = total - np.repeat(first, paths.lengths[paths.lengths > 0])
            return found

        return rows.memo("since", make)
