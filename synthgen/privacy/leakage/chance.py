"""What chance explains: how many rows of an export would equal rows of a source if nothing had been copied.

Fake people share names and cities with real ones, so a match of one of them proves nothing; a match of several together
might. For independent columns the expected number of matching pairs of n source rows and m export rows is

    n * m * product over columns of sum over values of p_source(value) * p_export(value)

Columns do depend on each other (names and cities follow the country), which pairs *within* each set show: by the
inequality of Cauchy and Schwarz, sum p_source * p_export <= sqrt(sum p_source^2 * sum p_export^2), so matching pairs
across are at most about 2 * sqrt(pairs within the source * pairs within the export). The allowance is three times the
first figure plus the second. A finding needs more matches than Poisson's distribution gives in one of a million sets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from synthgen.privacy.leakage.hashing import U64

ALLOWANCE = 3.0
COMBINATION_LEVEL = 1e-6
ROW_LEVEL = 1e-3
"""Whole rows hold all columns, so the first figure alone is sure enough: it is an upper bound for rare rows."""


@dataclass(frozen=True)
class Marginal:
    """How often values of a source's column occur, and the number of all rows.

    Those that occur once are left out where `singles` is not set: a whole row has many columns, and needs no more than
    a bound.
    """

    hashes: U64
    counts: NDArray[np.int64]
    rows: int
    singles: bool = False

    @classmethod
    def of(cls, hashes: U64, *, singles: bool = False) -> Marginal:
        """Of a column of hashes; NOTHING counts as a value."""
        found, counts = counted(hashes)
        often = counts >= (1 if singles else 2)
        return cls(found[often], counts[often], len(hashes), singles)

    def agreement(self, hashes: U64) -> float:
        """The probability that a random row here and one there agree.

        Without single values an upper bound: each of them has the probability 1 / rows, and an export's row agrees with
        one of them at most.
        """
        if not self.rows or not len(hashes):
            return 0.0
        found, counts = counted(hashes)
        share = counts / len(hashes)
        if not len(self.hashes):
            return 0.0 if self.singles else 1.0 / self.rows
        index = np.minimum(np.searchsorted(self.hashes, found), len(self.hashes) - 1)
        known = self.hashes[index] == found
        often = float((share[known] * self.counts[index[known]]).sum() / self.rows)
        return often + (0.0 if self.singles else float(share[~known].sum()) / self.rows)


def counted(hashes: U64) -> tuple[U64, NDArray[np.int64]]:
    """Distinct hashes, sorted, and how often each occurs."""
    made = np.sort(hashes)
    if not len(made):
        return made, np.zeros(0, dtype=np.int64)
    cuts = np.flatnonzero(np.concatenate([[True], made[1:] != made[:-1]]))
    return made[cuts], np.diff(np.append(cuts, len(made))).astype(np.int64)


def pairs_within(hashes: U64) -> int:
    """Pairs of equal hashes."""
    _, counts = counted(hashes)
    return int((counts * (counts - 1) // 2).sum())


def expected(rows: int, marginals: Sequence[Marginal], columns: Sequence[U64]) -> float:
    """Expected matching pairs of `rows` source rows and the rows of an export, for independent columns."""
    made = float(rows) * len(columns[0])
    for marginal, hashes in zip(marginals, columns, strict=True):
        made *= marginal.agreement(hashes)
    return made


def allowance(independent: float, source_pairs: int, export_pairs: int) -> float:
    """The number of matches that chance is allowed: see the module. `independent` holds its factor already."""
    return independent + 2 * sqrt(float(source_pairs) * float(export_pairs))


def exceeds(observed: int, allowed: float, level: float) -> bool:
    """Whether Poisson's distribution with this mean gives as many or more with a probability below the level.

    >>> exceeds(1, 0.0, 1e-6), exceeds(3, 0.1, 1e-6), exceeds(9, 0.1, 1e-6)
    (True, False, True)
    """
    if observed <= 0:
        return False
    if allowed <= 0:
        return True
    from scipy.special import pdtrc  # heavy to import: only matches need it

    return float(pdtrc(observed - 1, allowed)) < level
