"""The statistics against independent implementations, published examples, and simulated truth."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from synthgen.evals import paired
from synthgen.evals.paired import Floats


@pytest.mark.parametrize(("wins", "losses"), [(0, 0), (0, 5), (5, 0), (3, 3), (12, 30), (30, 12), (400, 470)])
def test_mcnemar_is_the_binomial_test(wins: int, losses: int) -> None:
    exact = paired.mcnemar(wins, losses, exact=True)
    if wins + losses:
        assert exact == pytest.approx(stats.binomtest(losses, wins + losses, alternative="greater").pvalue)
        half = stats.binom.pmf(losses, wins + losses, 0.5) / 2
        assert paired.mcnemar(wins, losses) == pytest.approx(exact - half)
        assert paired.mcnemar(wins, losses) + paired.mcnemar(losses, wins) == pytest.approx(1)
        both = statsmodels_mcnemar([[50, losses], [wins, 50]], exact=True).pvalue
        assert min(1, 2 * min(exact, paired.mcnemar(losses, wins, exact=True))) == pytest.approx(both)
    else:
        assert exact == paired.mcnemar(wins, losses) == 1


def test_mid_p_of_a_published_example() -> None:
    """Fagerland, Lydersen, Laake 2013, airway hyper-responsiveness: 1 against 7 pairs, mid-p 0.0391, exact 0.0703."""
    assert paired.two_sided(7, 1) == pytest.approx(0.0391, abs=5e-5)
    assert 2 * paired.mcnemar(1, 7, exact=True) == pytest.approx(0.0703, abs=5e-5)


def test_score_interval_of_a_published_example() -> None:
    """The same study, as Tango's interval: 1 against 7 of 21 pairs, difference -0.286, interval -0.517 to -0.026."""
    low, high = paired.tango(1, 7, 21, alpha=0.025)
    assert (low, high) == pytest.approx((-0.517, -0.026), abs=5e-4)
    assert paired.tango(7, 1, 21, alpha=0.025) == pytest.approx((-high, -low))


@pytest.mark.parametrize("n", [1, 5, 100, 100_000])
def test_score_interval_without_discordant_pairs_has_a_width(n: int) -> None:
    z = stats.norm.ppf(0.95)
    low, high = paired.tango(0, 0, n, alpha=0.05)
    assert -low == pytest.approx(high) == pytest.approx(z**2 / (n + z**2))


@pytest.mark.parametrize(("wins", "losses", "n"), [(5, 0, 5), (0, 5, 5), (1, 0, 1), (2, 3, 5), (40, 90, 1000)])
def test_score_interval_holds_the_difference_and_stays_in_range(wins: int, losses: int, n: int) -> None:
    low, high = paired.tango(wins, losses, n, alpha=0.05)
    assert -1 <= low <= (wins - losses) / n <= high <= 1 and low < high


def test_sign_flips_are_all_sign_patterns() -> None:
    totals = np.array([0.5, -1.0, -2.0, 0.25, -0.75])
    seen = totals.sum()
    sums = [
        sum(s * abs(t) for s, t in zip(signs, totals, strict=True)) for signs in itertools.product((-1, 1), repeat=5)
    ]
    by_hand = np.mean([s < seen - 1e-9 for s in sums]) + np.mean([abs(s - seen) < 1e-9 for s in sums]) / 2
    assert paired.sign_flip(totals) == pytest.approx(by_hand)
    assert paired.sign_flip(np.array([1.0] * 3 + [-1.0] * 9)) == pytest.approx(paired.mcnemar(3, 9))
    assert paired.sign_flip(np.zeros(0)) == 1


def test_clustered_error_of_single_cases_is_that_of_a_mean() -> None:
    delta = np.random.default_rng(1).normal(size=50)
    assert paired.clustered_error(delta, np.ones(50)) == pytest.approx(stats.sem(delta))


def test_clustered_error_is_the_formula() -> None:
    rng = np.random.default_rng(2)
    clusters = rng.integers(0, 12, 90)
    base, candidate = rng.random(90), rng.random(90)
    delta = candidate - base
    count = len(set(clusters.tolist()))
    inner = sum(float((delta[clusters == c] - delta.mean()).sum()) ** 2 for c in range(12))
    expected = math.sqrt(count / (count - 1) * inner) / 90
    sizes = np.bincount(clusters).astype(float)
    assert paired.clustered_error(np.bincount(clusters, weights=delta), sizes) == pytest.approx(expected)


def test_scores_without_clusters_are_the_paired_t_test() -> None:
    rng = np.random.default_rng(3)
    base, candidate = rng.random(200), rng.random(200)
    found = paired.estimate(base, candidate)
    t = stats.ttest_rel(candidate, base, alternative="less")
    assert (found.method, found.p) == ("clustered t", pytest.approx(t.pvalue))
    interval = stats.ttest_rel(candidate, base).confidence_interval(0.9)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    error = stats.sem(candidate - base)
    assert found.mde == pytest.approx(error * (stats.t.ppf(0.95, 199) + stats.t.ppf(0.8, 199)))


def test_the_test_follows_the_data() -> None:
    base = np.array([1.0, 1, 1, 0] * 50)
    candidate = np.array([1.0, 0, 1, 1] * 50)
    assert paired.estimate(base, candidate).method == "McNemar mid-p"
    pairs = np.arange(200) // 2
    assert paired.estimate(base, candidate, pairs).method == "clustered t"
    assert paired.estimate(base, candidate, np.arange(200)).method == "McNemar mid-p"
    assert paired.estimate(base[:8], candidate[:8], pairs[:8]).method == "sign flip"
    alone = paired.estimate(base, candidate, np.zeros(200, np.int64))
    assert (alone.method, alone.p, alone.low, alone.high, alone.mde) == ("none", 1, -1, 1, 1)
    with pytest.raises(ValueError, match="no cases"):
        paired.estimate(base[:0], candidate[:0])


def test_no_difference_is_not_certainty() -> None:
    """Equal answers to a few cases say little: the interval and what could be seen stay wide."""
    for clusters in (None, np.arange(20) // 2):
        found = paired.estimate(np.ones(20), np.ones(20), clusters)
        assert found.p == found.p_two_sided == 1
        assert found.low < -0.1 and found.high > 0.1 and found.mde > 0.1
    same = paired.estimate(np.full(20, 0.5), np.full(20, 0.5))
    assert same.low < -0.1 and same.mde > 0.1


@pytest.mark.parametrize(("n", "discordance", "drop"), [(1045, 0.12, 0.03), (469, 0.15, 0.05)])
def test_planned_sizes_are_found_again(n: int, discordance: float, drop: float) -> None:
    assert paired.mde_binary(n, discordance, alpha=0.025, power=0.8) == pytest.approx(drop, rel=2e-3)
    assert paired.power_binary(n, discordance, drop, alpha=0.025) == pytest.approx(0.8, abs=2e-3)
    assert paired.power_scores(math.sqrt(1 / 9 / 969), 0.03, alpha=0.025) == pytest.approx(0.8, abs=2e-3)


def test_mde_of_sets_that_see_nothing() -> None:
    assert paired.mde_binary(1, 0.0, alpha=0.05, power=0.8) == pytest.approx(1)
    assert paired.mde_binary(2, 0.5, alpha=0.05, power=0.8) == pytest.approx(1)


def test_bootstrap_agrees_with_theory_and_repeats_itself() -> None:
    rng = np.random.default_rng(4)
    clusters = np.repeat(np.arange(300), 3)
    base = rng.random(900)
    candidate = base + np.repeat(rng.normal(-0.02, 0.1, 300), 3)
    found = paired.estimate(base, candidate, clusters)
    interval = paired.bootstrap(base, candidate, clusters, seed=1, alpha=0.05)
    assert interval == pytest.approx((found.low, found.high), abs=0.0015)
    assert interval == paired.bootstrap(base, candidate, clusters, seed=1, alpha=0.05)
    assert interval != paired.bootstrap(base, candidate, clusters, seed=2, alpha=0.05)


def test_bootstrap_in_chunks_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    base, candidate = np.random.default_rng(5).random((2, 70))
    whole = paired.bootstrap(base, candidate, None, seed=1, alpha=0.05)
    monkeypatch.setattr(paired, "_CHUNK", 700)
    assert paired.bootstrap(base, candidate, None, seed=1, alpha=0.05) == whole


def test_equal_weights_are_the_plain_corrections() -> None:
    p = np.random.default_rng(6).random(20) ** 3
    assert paired.adjusted(list(p), [1.0] * 20, "bh") == pytest.approx(list(stats.false_discovery_control(p)))
    order, running, expected = np.argsort(p), 0.0, np.empty(20)
    for rank, at in enumerate(order):
        running = max(running, (20 - rank) * p[at])
        expected[at] = min(1.0, running)
    assert paired.adjusted(list(p), [2.0] * 20, "holm") == pytest.approx(list(expected))


def test_weights_share_alpha_out() -> None:
    assert paired.adjusted([0.04, 0.9], [0.8, 0.2], "holm")[0] == pytest.approx(0.05)
    assert paired.adjusted([0.01, 0.05], [0.8, 0.2], "holm") == pytest.approx([0.0125, 0.05])  # passed on


@pytest.mark.parametrize("size", [1, 4])
def test_intervals_cover_the_truth_as_often_as_they_say(size: int) -> None:
    """Sparse differences, where a normal interval fails: at most 1 in 20 of true drops lies below the lower bound."""
    rng = np.random.default_rng(7)
    missed = 0
    clusters = None if size == 1 else np.arange(120) // size
    for _ in range(1000):
        delta: Floats = -(rng.random(120) < 0.02).astype(float)
        found = paired.estimate(np.ones(120), 1 + delta, clusters)
        missed += found.low > -0.02
    assert missed / 1000 <= 0.06
