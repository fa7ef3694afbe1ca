import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen import distributions as d
from synthgen import quantiles as q

RNG = np.random.default_rng(11)
N = 200_000
U = RNG.random(N)
LIMIT = 1.95 * math.sqrt(2 / N) * 1.3  # two-sample Kolmogorov-Smirnov, well past one in a thousand

CONTINUOUS: list[tuple[q.Distribution, Callable[[], np.ndarray]]] = [
    (q.Uniform(-2, 5), lambda: RNG.uniform(-2, 5, N)),
    (q.Normal(5, 2), lambda: RNG.normal(5, 2, N)),
    (q.Lognormal(25, 0.6), lambda: 25 * np.exp(0.6 * RNG.normal(size=N))),
    (q.Exponential(3), lambda: RNG.exponential(3, N)),
    (q.Pareto(2.5, 10), lambda: 10 * (1 + RNG.pareto(2.5, N))),
    (q.Gamma(0.05, 1), lambda: RNG.gamma(0.05, 1, N)),
    (q.Gamma(2, 3), lambda: RNG.gamma(2, 3, N)),
    (q.Gamma(300, 1), lambda: RNG.gamma(300, 1, N)),
    (q.Beta(2, 5), lambda: RNG.beta(2, 5, N)),
    (q.Beta(0.3, 0.2), lambda: RNG.beta(0.3, 0.2, N)),
    (q.Beta(40, 300), lambda: RNG.beta(40, 300, N)),
]


def distance(a: np.ndarray, b: np.ndarray) -> float:
    a, b = np.sort(a), np.sort(b)
    both = np.concatenate([a, b])
    shares = [np.searchsorted(x, both, side="right") / len(x) for x in (a, b)]
    return float(np.max(np.abs(shares[0] - shares[1])))


@pytest.mark.parametrize(("distribution", "sample"), CONTINUOUS, ids=lambda x: str(x) if hasattr(x, "lower") else "")
def test_tables_follow_their_distribution(distribution: q.Distribution, sample: Callable[[], np.ndarray]) -> None:
    table = d.Quantiles(distribution)
    assert distance(table(U), sample()) < LIMIT
    ends = table(np.array([0.0, 1 - 2**-53]))
    assert ends[0] >= distribution.lower
    assert ends[1] <= distribution.upper


@pytest.mark.parametrize(("distribution", "sample"), CONTINUOUS, ids=lambda x: str(x) if hasattr(x, "lower") else "")
def test_truncation_equals_the_draws_that_lie_inside(
    distribution: q.Distribution, sample: Callable[[], np.ndarray]
) -> None:
    drawn = np.concatenate([sample() for _ in range(2)])
    low, high = (float(x) for x in np.quantile(drawn, [0.2, 0.9]))
    table = d.Quantiles(distribution, low, high)
    inside = drawn[(drawn >= low) & (drawn <= high)]
    assert table.mass == pytest.approx(len(inside) / len(drawn), abs=0.005)
    values = table(U)
    assert values.min() >= low
    assert values.max() <= high
    assert distance(values, inside) < LIMIT


@pytest.mark.parametrize("distribution", [c[0] for c in CONTINUOUS], ids=str)
def test_quantile_and_split_are_inverse(distribution: q.Distribution) -> None:
    p = np.array([1e-9, 1e-3, 0.2, 0.5, 0.8, 1 - 1e-3, 1 - 1e-9])
    for x, share in zip(distribution.quantile(p, 1 - p), p, strict=True):
        if x == distribution.lower or distribution.upper - x < 1e-9:
            continue  # nearer to the end than doubles can tell
        below, above = distribution.split(float(x))
        assert below == pytest.approx(share, rel=1e-6)
        assert above == pytest.approx(1 - share, rel=1e-6)


@pytest.mark.parametrize("distribution", [c[0] for c in CONTINUOUS], ids=str)
def test_values_rise_with_the_uniform_number(distribution: q.Distribution) -> None:
    table = d.Quantiles(distribution)
    u = np.sort(np.concatenate([U[:5000], 2.0 ** -np.arange(1, 54), 1 - 2.0 ** -np.arange(1, 54)]))
    values = table(u)
    assert np.all(np.diff(values) >= -1e-12 * np.abs(values[1:]))


def test_the_normal_quantile_is_exact() -> None:
    p = np.concatenate([10.0 ** -np.arange(1, 16.0), RNG.random(1000)])
    wanted = [NormalDist().inv_cdf(x) for x in p]
    assert np.max(np.abs(q.normal_quantile(p, 1 - p) - wanted)) < 1e-13


def test_far_tails_keep_their_resolution() -> None:
    table = d.Quantiles(q.Normal(0, 1), 6, 7)
    values = table(U)
    assert len(np.unique(values)) > 0.99 * N
    assert table.mass == pytest.approx(9.853e-10, rel=1e-3)


@pytest.mark.parametrize(("low", "high"), [(10, 11), (3, 3), (5, 4)])
def test_impossible_intervals_are_refused(low: float, high: float) -> None:
    with pytest.raises(d.ImpossibleRangeError):
        d.Quantiles(q.Normal(0, 1), low, high)
    with pytest.raises(d.ImpossibleRangeError):
        d.Quantiles(q.Exponential(1), -5, -1)


COUNTS: list[tuple[str, d.Counts, Callable[[], np.ndarray]]] = [
    ("poisson", d.poisson(1.5), lambda: RNG.poisson(1.5, N)),
    ("poisson-large", d.poisson(4e4), lambda: RNG.poisson(4e4, N)),
    ("negbin", d.negbin(12, 1), lambda: RNG.negative_binomial(1, 1 / 13, N)),
    ("negbin-wide", d.negbin(5, 0.3), lambda: RNG.negative_binomial(0.3, 0.3 / 5.3, N)),
    ("negbin-narrow", d.negbin(5, 30), lambda: RNG.negative_binomial(30, 30 / 35, N)),
    ("binomial", d.binomial(40, 0.3), lambda: RNG.binomial(40, 0.3, N)),
    ("geometric", d.geometric(0.6), lambda: RNG.geometric(0.6, N)),
]


@pytest.mark.parametrize(("name", "counts", "sample"), COUNTS, ids=[c[0] for c in COUNTS])
def test_counts_follow_their_distribution(name: str, counts: d.Counts, sample: Callable[[], np.ndarray]) -> None:
    drawn = sample()
    assert distance(counts(U), drawn) < LIMIT
    assert counts.mean == pytest.approx(drawn.mean(), rel=0.03)


def test_count_weights_are_exact() -> None:
    counts = d.poisson(2.5)
    wanted = [math.exp(-2.5) * 2.5**k / math.factorial(k) for k in range(20)]
    assert (counts.weights / counts.cumulative[-1])[:20] == pytest.approx(wanted, rel=1e-13)
    binomial = d.binomial(10, 0.3)
    wanted = [math.comb(10, k) * 0.3**k * 0.7 ** (10 - k) for k in range(11)]
    assert binomial.weights / binomial.cumulative[-1] == pytest.approx(wanted, rel=1e-13)


@given(st.floats(0, 50), st.integers(0, 60), st.integers(0, 30), st.floats(0.05, 20))
def test_ranges_truncate_counts(mean: float, low: int, width: int, dispersion: float) -> None:
    u = np.concatenate([U[:200], [0.0, 1 - 2**-53]])
    for make in (lambda: d.poisson(mean, low, low + width), lambda: d.negbin(mean, dispersion, low, low + width)):
        values = make()(u)
        assert values.min() >= low
        assert values.max() <= low + width
    assert d.zipf(1.2, low + 1, low + 1 + width)(u).min() >= low + 1


def test_impossible_counts_are_refused() -> None:
    for make in (
        lambda: d.binomial(5, 0.5, 6, 9),
        lambda: d.binomial(5, 1.0, 0, 4),
        lambda: d.geometric(1.0, 2, 5),
        lambda: d.poisson(1e9, 0, 10**9),
    ):
        with pytest.raises(d.ImpossibleRangeError):
            make()


@settings(max_examples=60)
@given(st.floats(0, 4), st.lists(st.integers(1, 10**7), min_size=1, max_size=20))
def test_zipf_ranks_stay_below_n_and_do_not_depend_on_neighbours(s: float, sizes: list[int]) -> None:
    n = np.array(sizes, np.int64)
    u = U[: len(n)]
    ranks = d.zipf_rank(u, s, n)
    assert np.all((ranks >= 0) & (ranks < n))
    alone = [int(d.zipf_rank(u[i : i + 1], s, int(n[i]))[0]) for i in range(len(n))]
    assert ranks.tolist() == alone
    assert d.zipf_rank(np.array([1 - 2**-53]), s, sizes[0])[0] < sizes[0]


@pytest.mark.parametrize("s", [0.0, 0.5, 1.0, 1.1, 2.5])
@pytest.mark.parametrize("n", [3, 4096, 5000, 300_000])
def test_zipf_ranks_follow_their_weights(s: float, n: int) -> None:
    ranks = d.zipf_rank(U, s, n)
    weights = np.arange(1, n + 1.0) ** -s
    shares = np.cumsum(weights) / weights.sum()
    found = np.cumsum(np.bincount(ranks, minlength=n)) / N
    assert np.max(np.abs(found - shares)) < 1.95 / math.sqrt(N)
