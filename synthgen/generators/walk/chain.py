"""A Markov chain with an end: its transition matrix, what is wrong with it, its exact shares, draws from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgen.errors import did_you_mean
from synthgen.generators.walk.params import EXIT
from synthgen.seeds import U64, Alias

Fail = Callable[..., Exception]
_SUM = 1e-6  # what rounding may leave
_GONE = 1e-15
WORK = 2e8  # multiplications that the truth of all chains of a walk may take
_MASK, _S32 = np.uint64(0xFFFFFFFF), np.uint64(32)


class Chain:
    """States 0..K-1 have rows; K is `exit`; K + 1 stands for no move at all, which is what a final state makes."""

    def __init__(self, start: str | Mapping[str, float], moves: Mapping[str, Mapping[str, float]]) -> None:
        self.states = tuple(moves)
        self.start = {start: 1.0} if isinstance(start, str) else dict(start)
        self.moves = {state: dict(row) for state, row in moves.items()}
        index = {state: i for i, state in enumerate(self.states)}
        index[EXIT] = len(self.states)
        self.matrix = np.zeros((len(self.states), len(self.states) + 2))
        for state, row in self.moves.items():
            for target, share in row.items():
                self.matrix[index[state], index.get(target, len(self.states) + 1)] += share
            if not row:
                self.matrix[index[state], -1] = 1.0
        self.first = np.array([self.start.get(state, 0.0) for state in self.states])

    # -- what is wrong

    def problems(self) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
        """(code, message, remedy, path) of every mistake."""
        for where, row in [(("start",), self.start), *((("moves", s), r) for s, r in self.moves.items())]:
            for target in row:
                if target not in self.moves and (target != EXIT or where == ("start",)):
                    hint = did_you_mean(target, [*self.states, EXIT])
                    remedy = f"write '{target}: {{}}' below moves to make it a final state"
                    yield "unknown-state", f"there is no state '{target}'", hint or remedy, where
            total = sum(row.values())
            if row and abs(total - 1) > _SUM:
                what = "the starts" if where == ("start",) else f"the moves from {where[1]}"
                rest = row.get(EXIT, 0.0) + 1 - total
                remedy = f"write exit: {rest:.6g}" if rest > 0 and where != ("start",) else "let them add up to 1"
                yield "bad-sum", f"{what} add up to {total:.6g}, not 1", remedy, where

    def reached(self) -> set[str]:
        """States that a walk can come to."""
        found = {s for s, share in self.start.items() if share > 0}
        todo = list(found)
        while todo:
            for target, share in self.moves.get(todo.pop(), {}).items():
                if share > 0 and target in self.moves and target not in found:
                    found.add(target)
                    todo.append(target)
        return found

    def endless(self) -> list[str]:
        """States that can be reached and that no walk ever leaves for an end."""
        ending = {s for s, row in self.moves.items() if not row or row.get(EXIT, 0) > 0}
        while more := {s for s, row in self.moves.items() if s not in ending and any(
            share > 0 and t in ending for t, share in row.items()
        )}:  # fmt: skip
            ending |= more
        return [s for s in self.states if s in self.reached() and s not in ending]

    # -- what is true

    def truth(self, most: int, work: float = WORK) -> dict[str, Any]:
        """Exact shares and expectations of walks of at most `most` rows; empty where they take more than `work`."""
        count = len(self.states)
        inner, out = self.matrix[:, :count], self.matrix[:, count]
        final = self.matrix[:, -1] > 0
        now, visits = self.first.copy(), np.zeros(count)
        left, ended, steps = 0.0, np.zeros(count), 0
        if (reach := self._hits(most, work)) is None:
            return {}
        while steps < most and now.sum() > _GONE:
            if steps * count**2 > work:
                return {}
            visits += now
            ended += np.where(final, now, 0.0)
            left += float(now @ out)
            now = now @ inner
            steps += 1
        ends = {s: _told(p) for s, p in zip(self.states, ended, strict=True) if p > 0}
        if left > 0:
            ends[EXIT] = _told(left)
        if now.sum() > _GONE:
            ends["still going"] = _told(float(now.sum()))
        return {
            "rows_per_parent": _told(float(visits.sum())),
            "reach": {s: _told(p) for s, p in zip(self.states, reach, strict=True)},
            "visits": {s: _told(p) for s, p in zip(self.states, visits, strict=True)},
            "ends": ends,
        }

    def _hits(self, most: int, work: float) -> NDArray[np.float64] | None:
        """The probability of coming to each state within `most` rows; None where that takes more than `work`."""
        count = len(self.states)
        inner, hit = self.matrix[:, :count], np.eye(count)
        for step in range(most - 1):
            if step * count**3 > work:
                return None
            following = inner @ hit
            np.fill_diagonal(following, 1.0)
            done = np.abs(following - hit).max() < _GONE
            hit = following
            if done:
                break
        return self.first @ hit


def _told(x: float) -> float:
    return round(float(x), 9)


class Moves:
    """Draws from several chains over the same states at once: one table of alias cells for each chain and state."""

    def __init__(self, chains: list[Chain]) -> None:
        self.width = chains[0].matrix.shape[1]
        self.states = len(chains[0].states)
        made = [Alias(row) for chain in chains for row in chain.matrix]
        self._threshold = np.concatenate([_coins(a) for a in made])
        self._alias = np.concatenate([a.alias for a in made]).astype(np.int64)
        self._starts = [Alias(chain.first) for chain in chains]

    def first(self, case: NDArray[np.int64], bits: U64) -> NDArray[np.int64]:
        """The state that each walk starts in."""
        found = np.zeros(len(bits), np.int64)
        for i, alias in enumerate(self._starts):
            mine = np.flatnonzero(case == i)
            found[mine] = alias.pick(bits[mine])
        return found

    def following(self, case: NDArray[np.int64], state: NDArray[np.int64], bits: U64) -> NDArray[np.int64]:
        """Where each walk moves from its state."""
        cell = (((bits >> _S32) * np.uint64(self.width)) >> _S32).astype(np.int64)
        place = (case * self.states + state) * self.width + cell
        return np.where((bits & _MASK) < self._threshold.take(place), cell, self._alias.take(place))


def _coins(alias: Alias) -> U64:
    """Thresholds of an alias table; one whose weights are equal always keeps its cell."""
    return np.full(alias.size, 2**32, np.uint64) if alias.uniform else alias.threshold
