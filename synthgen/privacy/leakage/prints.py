"""What a fingerprint holds of one table of the source: hashes and counts, no value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.privacy.leakage.chance import Marginal
from synthgen.privacy.leakage.hashing import U64, Members


def _none() -> Members:
    return Members(np.zeros(0, dtype=np.uint64))


@dataclass(frozen=True)
class Combination:
    """One combination of traits: the rare ones as hashes, and what chance is reckoned from.

    `rows` counts the people (or pairings of their columns) that have all parts, `pairs` those of them that agree.
    """

    traits: tuple[str, ...]
    rare: Members
    rows: int
    pairs: int
    marginals: tuple[Marginal, ...]


@dataclass(frozen=True)
class Rows:
    """Whole rows: the names (hashed) of the columns that make one, rows that occur once, and how often values occur."""

    columns: tuple[str, ...]
    once: Members
    marginals: tuple[Marginal, ...]


@dataclass(frozen=True)
class Passages:
    """Texts: kept shingles with the text of each (sorted by shingle), whole texts, and copies within the source."""

    shingles: U64
    owner: NDArray[np.uint32]
    wholes: Members
    pairs: int

    @cached_property
    def members(self) -> Members:
        """The shingles, to be asked whether they hold others."""
        return Members(self.shingles)

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The shingles as columns `h` and `o`."""
        return pl.DataFrame({"h": self.shingles, "o": self.owner.astype(np.int64)})


@dataclass(frozen=True)
class TablePrint:
    """One table.

    `values` are the identifying values by entity, `columns` the columns they come from (name hashed, entity, whether
    their reserved values count too). `near` holds values and their wildcard patterns. `phrases` are identifying values
    of several words, by entity and number of words. `left_out` counts reserved values, which belong to nobody.
    """

    name: str
    rows: int
    columns: tuple[tuple[str, str, bool], ...] = ()
    values: Mapping[str, Members] = field(default_factory=dict)
    near: Members = field(default_factory=_none)
    patterns: Members = field(default_factory=_none)
    near_pairs: int = 0
    phrases: Mapping[tuple[str, int], Members] = field(default_factory=dict)
    whole: Rows | None = None
    combinations: tuple[Combination, ...] = ()
    passages: Passages | None = None
    left_out: int = 0

    @property
    def by_user(self) -> bool:
        """Whether reserved values of some column count, because the user named it."""
        return any(by_user for _, _, by_user in self.columns)
