"""Automata of patterns: how many distinct strings there are, exactly, and the string of each rank, in linear time.

A tree of expressions counts ways, and two ways may spell one string: `(a|ab)(c|bc)` has four ways and three strings.
A deterministic automaton has one way for each string, so its ways are counted by adding up from the ends (Hopcroft,
Motwani, Ullman, "Introduction to Automata Theory", section 2.3: subset construction). All trees are bounded, so it has
no cycles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.generators.digits import ragged
from synthgen.generators.expressions import Chain, Either, Node, Repeat, Words
from synthgen.seeds import U64, below, draws_at, stream_key

RANKS = 2**62  # ranks are below this; beyond it, a part of the strings has ranks
_STATES = 4_000
_STEPS = 400_000
_BLOCK = 8_192
_KEY = stream_key(0, "automaton", "letters")


class TooLargeError(ValueError):
    """The automaton would have too many states."""


@dataclass
class _Nondeterministic:
    """States with labelled edges and silent ones; filled from a tree."""

    edges: list[list[tuple[frozenset[str], int]]] = field(default_factory=list)
    silent: list[list[int]] = field(default_factory=list)

    def state(self) -> int:
        if len(self.edges) > 5 * _STATES:
            raise TooLargeError
        self.edges.append([])
        self.silent.append([])
        return len(self.edges) - 1

    def add(self, node: Node, start: int) -> int:
        """The state in which a string of the node, begun in `start`, ends."""
        if isinstance(node, Words):
            end = self.state()
            self._words(frozenset(node.words), start, end, {frozenset([""]): end})
            return end
        if isinstance(node, Chain):
            for part in node.parts:
                start = self.add(part, start)
            return start
        end = self.state()
        if isinstance(node, Either):
            for part in node.parts:
                self.silent[self.add(part, start)].append(end)
            return end
        assert isinstance(node, Repeat)
        for turn in range(node.high):
            if turn >= node.low:
                self.silent[start].append(end)
            start = self.add(node.body, self._after(start))
        self.silent[start].append(end)
        return end

    def _after(self, state: int) -> int:
        """A fresh state behind a silent edge, so that what is added next shares nothing with what leads here."""
        fresh = self.state()
        self.silent[state].append(fresh)
        return fresh

    def _words(self, words: frozenset[str], at: int, end: int, known: dict[frozenset[str], int]) -> None:
        """Edges for a list of words; suffixes that are the same share their states."""
        if "" in words:
            self.silent[at].append(end)
        behind: dict[str, set[str]] = {}
        for word in words:
            if word:
                behind.setdefault(word[0], set()).add(word[1:])
        letters: dict[frozenset[str], set[str]] = {}
        for letter, some in behind.items():
            letters.setdefault(frozenset(some), set()).add(letter)
        for rest, found in letters.items():
            if rest not in known:
                known[rest] = self.state()
                self._words(rest, known[rest], end, known)
            self.edges[at].append((frozenset(found), known[rest]))


@dataclass(frozen=True, eq=False)
class _State:
    """A state: whether a string may end here, and classes of letters with the state that each leads to."""

    accepts: bool
    letters: tuple[str, ...]
    targets: tuple[int, ...]


class Automaton:
    """The distinct strings of a tree. `count` is exact; raises TooLargeError for trees whose automaton is too large."""

    def __init__(self, tree: Node) -> None:
        self._states = list(_deterministic(tree))
        self._counts = self._counted()
        self.count = self._counts[0]
        self.longest = tree.longest

    def _counted(self) -> list[int]:
        """Strings from each state on: its own end, and for each letter those of the state that it leads to."""
        counts: list[int | None] = [None] * len(self._states)
        stack = [0]
        while stack:
            state = self._states[stack[-1]]
            open_ = [t for t in state.targets if counts[t] is None]
            if open_:
                stack.extend(open_)
                continue
            pairs = zip(state.letters, state.targets, strict=True)
            counts[stack.pop()] = int(state.accepts) + sum(len(c) * (counts[t] or 0) for c, t in pairs)
        return [c or 0 for c in counts]

    def spell(self, rank: U64) -> pl.Series:
        """The strings of ranks below `count` and 2**62: distinct ranks give distinct strings.

        In the order of their letters where there are fewer than 2**62; beyond, letters that no rank is needed for are
        taken from the rank's hash, so that the strings look like all others.
        """
        blocks = [self._block(rank[i : i + _BLOCK]) for i in range(0, len(rank), _BLOCK)]
        return pl.concat(blocks) if blocks else pl.Series([], dtype=pl.String)

    def _block(self, rank: U64) -> pl.Series:
        rest = rank.astype(np.uint64)
        at = np.zeros(len(rank), np.int64)
        lengths = np.full(len(rank), -1, np.int64)
        codes = np.zeros((len(rank), self.longest), np.uint32)
        active = np.arange(len(rank))
        for place in range(self.longest + 1):
            now = at[active]
            for number in np.unique(now).tolist():
                mine = active[now == number]
                self._step(number, place, mine, rest, at, lengths, codes)
            active = active[lengths[active] < 0]
            if not len(active):
                break
        return _strings(codes, lengths)

    def _step(
        self,
        number: int,
        place: int,
        mine: NDArray[np.int64],
        rest: U64,
        at: NDArray[np.int64],
        lengths: NDArray[np.int64],
        codes: NDArray[np.uint32],
    ) -> None:
        """One letter for the rows `mine`, which are in one state; those that end get their length."""
        state = self._states[number]
        ranks = rest[mine]
        sizes = [len(c) * self._counts[t] for c, t in zip(state.letters, state.targets, strict=True)]
        if self._counts[number] >= RANKS:
            spread = self._spread(state, sizes, ranks, place)
            if spread is not None:
                codes[mine, place], at[mine], rest[mine] = spread
                return
        starts = list(accumulate(sizes, initial=int(state.accepts)))
        bounds = np.array([min(s, 2**63) for s in starts], np.uint64)
        which = np.searchsorted(bounds, ranks, side="right") - 1
        lengths[mine[which < 0]] = place
        for i in np.unique(which[which >= 0]).tolist():
            chosen = which == i
            rows, target = mine[chosen], state.targets[i]
            size = np.uint64(min(self._counts[target], 2**63))
            inner = ranks[chosen] - bounds[i]
            codes[rows, place] = _codes(state.letters[i])[(inner // size).astype(np.int64)]
            rest[rows], at[rows] = inner % size, target

    def _spread(
        self, state: _State, sizes: list[int], ranks: U64, place: int
    ) -> tuple[NDArray[np.uint32], NDArray[np.int64] | int, U64] | None:
        """Letters by hash where more strings follow than there are ranks; None where no class of letters has as many.

        Behind such a letter the rank is the same, or what is left of it: r = quotient * size + remainder, and the
        letter tells the quotient, since the hash that it is moved by depends on the remainder alone.
        """
        large = [i for i, t in enumerate(state.targets) if self._counts[t] >= RANKS]
        if large:
            letters = np.concatenate([_codes(state.letters[i]) for i in large])
            targets = np.repeat([state.targets[i] for i in large], [len(state.letters[i]) for i in large])
            picked = below(draws_at(_KEY, ranks + np.uint64(place << 32)), len(letters)).astype(np.int64)
            return letters[picked], targets[picked], ranks
        i = int(np.argmax(np.array(sizes, np.float64)))
        if sizes[i] < RANKS:
            return None
        size, letters = np.uint64(self._counts[state.targets[i]]), _codes(state.letters[i])
        remainder = ranks % size
        moved = below(draws_at(_KEY, remainder + np.uint64(place << 32)), len(letters)) + ranks // size
        return letters[(moved % np.uint64(len(letters))).astype(np.int64)], state.targets[i], remainder


def _codes(letters: str) -> NDArray[np.uint32]:
    return np.frombuffer(letters.encode("utf-32-le"), np.uint32)


def _strings(codes: NDArray[np.uint32], lengths: NDArray[np.int64]) -> pl.Series:
    if codes.shape[1] == 0:
        return pl.Series([""], dtype=pl.String).new_from_index(0, len(codes))
    if codes.max(initial=0) < 128:
        return ragged(codes.astype(np.uint8), np.arange(codes.shape[1]) < lengths[:, None])
    text, width = codes.tobytes().decode("utf-32-le"), codes.shape[1]
    return pl.Series([text[i * width : i * width + n] for i, n in enumerate(lengths.tolist())], dtype=pl.String)


def _deterministic(tree: Node) -> Iterator[_State]:
    """The states of the subset construction, the first one where strings begin."""
    loose = _Nondeterministic()
    final = loose.add(tree, loose.state())
    closures = _closures(loose)
    classes = _classes({letters for edges in loose.edges for letters, _ in edges})
    moves: list[dict[str, int]] = []  # for each state: sets of states by class of letters
    for edges in loose.edges:
        found: dict[str, int] = {}
        for letters, target in edges:
            for group in classes[letters]:
                found[group] = found.get(group, 0) | closures[target]
        moves.append(found)
    numbers = {closures[0]: 0}
    order, steps = [closures[0]], 0
    for subset in order:
        found = {}
        for state in _members(subset):
            steps += 1
            for group, targets in moves[state].items():
                found[group] = found.get(group, 0) | targets
        for targets in found.values():
            if targets not in numbers:
                numbers[targets] = len(order)
                order.append(targets)
        if len(order) > _STATES or steps > _STEPS:
            raise TooLargeError
        groups = sorted(found)
        yield _State(bool(subset >> final & 1), tuple(groups), tuple(numbers[found[g]] for g in groups))


def _closures(loose: _Nondeterministic) -> list[int]:
    """For each state, those that silent edges lead to, itself included, as a set of bits."""
    known: list[int] = [0] * len(loose.edges)
    for begin in range(len(known)):
        stack = [begin]
        while stack:
            state = stack[-1]
            open_ = [s for s in loose.silent[state] if not known[s]]
            if not known[state] and open_:
                stack.extend(open_)
                continue
            stack.pop()
            if not known[state]:
                known[state] = 1 << state
                for other in loose.silent[state]:
                    known[state] |= known[other]
    return known


def _classes(sets: set[frozenset[str]]) -> dict[frozenset[str], list[str]]:
    """Each set of letters as classes that no two sets cut: letters that are in the same sets are one class."""
    member: dict[str, int] = {}
    ordered = sorted(sets, key=sorted)
    for number, letters in enumerate(ordered):
        for letter in letters:
            member[letter] = member.get(letter, 0) | 1 << number
    groups: dict[int, str] = {}
    for letter in sorted(member):
        groups[member[letter]] = groups.get(member[letter], "") + letter
    return {s: [g for bits, g in groups.items() if bits >> n & 1] for n, s in enumerate(ordered)}


def _members(subset: int) -> Iterator[int]:
    while subset:
        low = subset & -subset
        yield low.bit_length() - 1
        subset ^= low
