"""Which case is asked for: its split, its place inside the split, and what is dealt out to it.

Everything is a function of the seed, the eval's name and the case's number, never of how many cases there are, so a set
that grows keeps the cases that it had.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from synthgen.evals.draw import Draw
from synthgen.seeds import draws, stream_key

MOST_DEALT = 1_000_000


@dataclass
class Dealer:
    """Deals out splits, cells and items for one eval. `block` cases in a row stay together on one side."""

    seed: int
    name: str
    shares: Mapping[str, float]
    block: int = 1
    _sides: list[str] = field(default_factory=list)
    _ranks: list[int] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)
    _memo: dict[Any, Any] = field(default_factory=dict)

    def side(self, number: int) -> tuple[str, int]:
        """The split of a case, and the rank of its block inside it.

        Each block goes to the split that lags most behind its share, so the shares are exact within one block.
        """
        at = number // self.block
        while len(self._sides) <= at:
            made = len(self._sides) + 1
            split = max(self.shares, key=lambda s: self.shares[s] * made - self._counts.get(s, 0))
            self._ranks.append(self._counts.get(split, 0))
            self._counts[split] = self._ranks[-1] + 1
            self._sides.append(split)
        return self._sides[at], self._ranks[at]

    def order(self, split: str, name: str, size: int) -> Any:
        """A random order of `size` things."""
        key = ("order", split, name, size)
        if key not in self._memo:
            stream = stream_key(self.seed, self.name, f"#deal:{split}", name)
            self._memo[key] = np.argsort(draws(stream, 0, min(size, MOST_DEALT)), kind="stable")
        return self._memo[key]

    def cells(self, split: str, name: str, count: int, block: int) -> list[int]:
        """The order in which a block of `count` ranks takes the cells."""
        key = ("cells", split, name, count, block)
        if key not in self._memo:
            draw = Draw(self.seed, self.name, "#cell", split, name, count, block)
            self._memo[key] = draw.shuffled(range(count))
        found: list[int] = self._memo[key]
        return found

    def mine(self, split: str, items: tuple[str, ...]) -> list[str]:
        """The items on one side: in the order of a hash of the item, each split takes its share, at least one."""
        key = ("mine", split, items)
        if key not in self._memo:
            ordered = sorted(set(items), key=lambda item: (Draw(self.seed, "#item", item).bits(), item))
            parts, start, total = {}, 0, 0.0
            for left, (side, share) in enumerate(self.shares.items()):
                total += share
                after = len(self.shares) - left - 1
                stop = max(start + 1, min(round(total * len(ordered)), len(ordered) - after))
                parts[side] = ordered[start:stop]
                start = stop
            self._memo[key] = parts[split] or ordered
        found: list[str] = self._memo[key]
        return found


@dataclass(frozen=True)
class EvalTurn:
    """`synthgen.evals.base.Turn`."""

    dealer: Dealer
    number: int
    attempt: int = 0

    @property
    def id(self) -> str:
        """The case's id."""
        return f"{self.dealer.name}-{self.number:05d}"

    @cached_property
    def _side(self) -> tuple[str, int]:
        return self.dealer.side(self.number)

    @property
    def split(self) -> str:
        """The split that the case is for."""
        return self._side[0]

    @property
    def rank(self) -> int:
        """Number of the case's block inside its split."""
        return self._side[1]

    @property
    def member(self) -> int:
        """Number of the case inside its block."""
        return self.number % self.dealer.block

    @cached_property
    def draw(self) -> Draw:
        """Random draws for this case and attempt."""
        return Draw(self.dealer.seed, self.dealer.name, self.number, self.attempt)

    @cached_property
    def shared(self) -> Draw:
        """Random draws that all cases of the block have in common."""
        return Draw(self.dealer.seed, self.dealer.name, "#block", self.number // self.dealer.block, self.attempt)

    def cell(self, count: int, name: str = "") -> int:
        """A number below `count`, balanced over ranks."""
        block, place = divmod(self.rank, count)
        return self.dealer.cells(self.split, name, count, block)[place]

    def deal(self, count: int, name: str = "") -> int:
        """A number below `count`, a different one for each of the first ranks; any at a later attempt."""
        if self.attempt:
            return self.shared.child("deal", name).below(count)
        order = self.dealer.order(self.split, name, count)
        return int(order[self.rank % len(order)])

    def among(self, items: Sequence[str], name: str = "") -> str:
        """One of the items on this side."""
        mine = self.dealer.mine(self.split, tuple(items))
        if self.attempt:
            return self.shared.child("among", name).pick(mine)
        return mine[self.cell(len(mine), f"among:{name}:{len(mine)}")]
