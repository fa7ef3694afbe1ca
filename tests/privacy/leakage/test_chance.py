"""What chance explains, against sets that are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from synthgen.privacy.leakage.chance import Marginal, allowance, counted, exceeds, expected, pairs_within


@pytest.mark.parametrize(("observed", "mean"), [(1, 0.1), (4, 0.1), (5, 0.05), (60, 20.0), (10, 9.0)])
def test_the_tail_of_poisson(observed: int, mean: float) -> None:
    for level in (1e-3, 1e-6):
        assert exceeds(observed, mean, level) == (stats.poisson.sf(observed - 1, mean) < level)


def test_nothing_met_is_nothing_and_without_chance_everything_counts() -> None:
    assert not exceeds(0, 0.0, 1e-6)
    assert exceeds(1, 0.0, 1e-6)


def test_counting() -> None:
    found, counts = counted(np.array([3, 1, 3, 3, 2, 1], dtype=np.uint64))
    assert found.tolist() == [1, 2, 3] and counts.tolist() == [2, 1, 3]
    assert pairs_within(np.array([3, 1, 3, 3, 2, 1], dtype=np.uint64)) == 4


def test_expected_matches_of_independent_columns() -> None:
    """Over 200 pairs of sets, the mean number of matching pairs is what `expected` says."""
    random = np.random.default_rng(7)
    met, said = [], []
    for _ in range(200):
        source = [random.integers(1, 30, 400).astype(np.uint64), random.integers(1, 200, 400).astype(np.uint64)]
        export = [random.integers(1, 30, 300).astype(np.uint64), random.integers(1, 200, 300).astype(np.uint64)]
        said.append(expected(400, [Marginal.of(c) for c in source], export))
        ours, theirs = source[0] * np.uint64(1000) + source[1], export[0] * np.uint64(1000) + export[1]
        met.append(sum(int((ours == t).sum()) for t in theirs))
    assert np.mean(met) == pytest.approx(400 * 300 / (29 * 199), rel=0.1)
    assert np.mean(met) * 0.9 < np.mean(said) < np.mean(met) * 1.3  # an upper bound: single values are not kept


def test_values_that_occur_once_are_kept_or_bounded() -> None:
    kept = Marginal.of(np.arange(1, 101, dtype=np.uint64), singles=True)
    assert kept.agreement(np.arange(51, 151, dtype=np.uint64)) == pytest.approx(0.005)
    assert kept.agreement(np.arange(901, 951, dtype=np.uint64)) == 0
    source = Marginal.of(np.arange(1, 101, dtype=np.uint64))
    assert source.agreement(np.arange(1, 51, dtype=np.uint64)) == pytest.approx(0.01)
    assert source.agreement(np.arange(901, 951, dtype=np.uint64)) == pytest.approx(0.01)
    assert source.agreement(np.zeros(0, dtype=np.uint64)) == 0


def test_dependent_columns_are_allowed_what_both_sets_show() -> None:
    assert allowance(0.3, 16, 4) == pytest.approx(0.3 + 2 * 8)
    assert allowance(0.3, 16, 0) == pytest.approx(0.3)
