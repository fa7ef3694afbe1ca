"""Scalar random draws for cases: each a function of seed and names, drawn in order inside one name.

The vectorised streams of `synthgen.seeds` fill columns; a case is a text with a few dozen small choices, so it draws
Python integers from SplitMix64, seeded with a hash of the names. A choice that is given a name of its own with `child`
changes no other choice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

from synthgen.seeds import GAMMA, MASK

T = TypeVar("T")


class Draw:
    """A stream of draws.

    >>> Draw(7, "routing", 0).below(100) == Draw(7, "routing", 0).below(100)
    True
    """

    __slots__ = ("_name", "_state")

    def __init__(self, *names: str | int) -> None:
        self._name = "\x1f".join(str(n) for n in names)
        digest = hashlib.blake2b(self._name.encode(), digest_size=8).digest()
        self._state = int.from_bytes(digest, "little")

    def child(self, *names: str | int) -> Draw:
        """An independent stream under this one's name, whatever was drawn before."""
        return Draw(self._name, *names)

    def bits(self) -> int:
        """The next 64 bits."""
        self._state = (self._state + GAMMA) & MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def unit(self) -> float:
        """A float in [0, 1)."""
        return (self.bits() >> 11) * 2.0**-53

    def below(self, bound: int) -> int:
        """An integer in [0, bound)."""
        return (self.bits() * bound) >> 64

    def integer(self, low: int, high: int) -> int:
        """An integer in [low, high]."""
        return low + self.below(high - low + 1)

    def chance(self, probability: float) -> bool:
        """True with that probability."""
        return self.unit() < probability

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, all alike."""
        return items[self.below(len(items))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One of the keys, by weight."""
        at = self.unit() * sum(weights.values())
        for item, weight in weights.items():
            at -= weight
            if at < 0:
                return item
        return item

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """`count` different items in random order; all of them if there are fewer."""
        return self.shuffled(items)[:count]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in random order."""
        found = list(items)
        for i in range(len(found) - 1, 0, -1):
            j = self.below(i + 1)
            found[i], found[j] = found[j], found[i]
        return found
