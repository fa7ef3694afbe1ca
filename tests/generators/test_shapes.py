from typing import Any

import polars as pl
import pytest
from scipy import stats

from synthgen import curves
from synthgen.distributions import Quantiles
from tests.conformance.doubles import RefusedError, column

N = 100_000
BINS = stats.rv_histogram(([1, 3], [0, 2, 10]), density=False)


@pytest.mark.parametrize(
    ("snippet", "reference"),
    [
        ({"triangular": {"low": 0, "mode": 3, "high": 10}}, stats.triang(0.3, 0, 10)),
        ({"triangular": {"low": 0, "mode": 0, "high": 10}}, stats.triang(0, 0, 10)),
        ({"weibull": {"shape": 1.5, "scale": 3}}, stats.weibull_min(1.5, scale=3)),
        ({"weibull": {"shape": 0.6, "scale": 3}}, stats.weibull_min(0.6, scale=3)),
        ({"student_t": {"df": 3, "mean": 5, "scale": 2}}, stats.t(3, 5, 2)),
        ({"student_t": {"df": 1}}, stats.t(1)),
        (
            {"histogram": {"edges": [0, 2, 10], "weights": [1, 3]}},
            BINS,
        ),
    ],
)
def test_values_follow_the_distribution(snippet: Any, reference: Any) -> None:
    values = column(snippet).values(N).to_numpy()
    assert stats.kstest(values, reference.cdf).pvalue > 0.001


@pytest.mark.parametrize(
    ("distribution", "reference"),
    [
        (curves.Triangular(-1, 2, 5), stats.triang(0.5, -1, 6)),
        (curves.Weibull(2.5, 7), stats.weibull_min(2.5, scale=7)),
        (curves.StudentT(4, 1, 3), stats.t(4, 1, 3)),
    ],
)
def test_tables_agree_with_scipy_in_both_tails(distribution: Any, reference: Any) -> None:
    table = Quantiles(distribution)
    p = [1e-9, 1e-5, 0.01, 0.3, 0.5, 0.8, 0.999, 1 - 1e-6]
    assert table(pl.Series(p).to_numpy()) == pytest.approx(reference.ppf(p), rel=2e-3, abs=1e-6)
    for x in (-0.5, 0.1, 3.0, 4.9):
        if distribution.lower < x:
            assert distribution.split(x) == pytest.approx((reference.cdf(x), reference.sf(x)), rel=1e-9)


def test_the_normal_distribution_function() -> None:
    z = pl.linear_space(-7, 7, 5001, eager=True).to_numpy()
    assert curves.normal_below(z) == pytest.approx(stats.norm.cdf(z), abs=2e-7)
    assert curves.normal_below(z[:2000]) == pytest.approx(stats.norm.cdf(z[:2000]), rel=5e-5)


def test_quantiles_are_met() -> None:
    values = column({"quantiles": {0: 1, 0.5: 20, 0.9: 80, 1: 500}}).values(N)
    assert [(values < x).mean() for x in (20, 80)] == pytest.approx([0.5, 0.9], abs=0.006)
    assert float(values.min()) >= 1 and float(values.max()) <= 500  # type: ignore[arg-type]
    assert stats.kstest(values.filter(values < 20).to_numpy(), stats.uniform(1, 19).cdf).pvalue > 0.001


def test_a_histogram_keeps_its_weights_and_its_gaps() -> None:
    values = column({"histogram": {"edges": [0, 1, 5, 9], "weights": [1, 0, 3]}}).values(N)
    assert not values.is_between(1, 5, closed="none").any()
    assert (values < 1).mean() == pytest.approx(0.25, abs=0.005)


CONTINUOUS: list[Any] = [
    ({"uniform": [0, 10]}, stats.uniform(0, 10)),
    ({"normal": {"mean": 3, "sd": 2}}, stats.norm(3, 2)),
    ({"lognormal": {"median": 3, "sigma": 0.8}}, stats.lognorm(0.8, scale=3)),
    ({"exponential": 3}, stats.expon(scale=3)),
    ({"gamma": {"shape": 2, "scale": 1.5}}, stats.gamma(2, scale=1.5)),
    ({"beta": {"a": 2, "b": 2}}, stats.beta(2, 2)),
    ({"pareto": {"alpha": 1.5, "minimum": 0.5}}, stats.pareto(1.5, scale=0.5)),
    ({"triangular": {"low": 0, "mode": 3, "high": 10}}, stats.triang(0.3, 0, 10)),
    ({"weibull": {"shape": 1.5, "scale": 3}}, stats.weibull_min(1.5, scale=3)),
    ({"student_t": {"df": 3, "mean": 2}}, stats.t(3, 2)),
    ({"quantiles": {0: 0, 0.5: 2, 1: 8}}, None),
    ({"histogram": {"edges": [0, 2, 10], "weights": [1, 3]}}, BINS),
]


@pytest.mark.parametrize(
    ("snippet", "reference"), CONTINUOUS, ids=lambda x: next(iter(x)) if isinstance(x, dict) else ""
)
def test_a_range_truncates_and_does_not_clip(snippet: Any, reference: Any) -> None:
    low, high = (0.2, 0.7) if "beta" in snippet else (0.7, 4.0)
    values = column({**snippet, "range": [low, high]}).values(N)
    assert values.is_between(low, high).all()
    if reference is None:
        reference = stats.rv_histogram(([0.5, 0.5], [0, 2, 8]), density=False)
    first, last = reference.cdf(low), reference.cdf(high)
    assert stats.kstest(values.to_numpy(), lambda x: (reference.cdf(x) - first) / (last - first)).pvalue > 0.001
    assert values.n_unique() > 0.99 * N  # nothing heaps at the ends


@pytest.mark.parametrize(
    ("snippet", "reference"),
    [
        ({"poisson": 4}, stats.poisson(4)),
        ({"negbin": {"mean": 6, "dispersion": 2}}, stats.nbinom(2, 0.25)),
        ({"geometric": 0.2}, stats.geom(0.2)),
        ({"binomial": {"n": 12, "p": 0.4}}, stats.binom(12, 0.4)),
    ],
)
def test_a_range_truncates_counts(snippet: Any, reference: Any) -> None:
    values = column({**snippet, "range": [3, 8]}).values(N)
    shares = reference.pmf(range(3, 9)) / reference.pmf(range(3, 9)).sum()
    found = dict(values.value_counts().iter_rows())
    assert set(found) == set(range(3, 9))
    assert stats.chisquare([found[k] for k in range(3, 9)], shares * N).pvalue > 0.001


def test_a_range_truncates_a_mixture() -> None:
    parts = [{"weight": 3, "normal": {"mean": 0, "sd": 1}}, {"weight": 1, "exponential": 4}]
    values = column({"mixture": parts, "range": [0.5, 6]}).values(N)
    reference = [stats.norm(0, 1), stats.expon(scale=4)]
    weights = [0.75, 0.25]

    def below(x: Any) -> Any:
        return sum(w * (r.cdf(x) - r.cdf(0.5)) for w, r in zip(weights, reference, strict=True))

    assert stats.kstest(values.to_numpy(), lambda x: below(x) / below(6)).pvalue > 0.001
    counts = column({"mixture": [{"poisson": 3}, {"geometric": 0.5}], "range": [2, 4]}).values(N)
    expected = [stats.poisson(3).pmf(k) + stats.geom(0.5).pmf(k) for k in (2, 3, 4)]
    found = dict(counts.value_counts().iter_rows())
    assert stats.chisquare([found[k] for k in (2, 3, 4)], [e / sum(expected) * N for e in expected]).pvalue > 0.001


def test_a_part_outside_the_range_is_left_out() -> None:
    values = column({"mixture": [{"uniform": [0, 1]}, {"uniform": [10, 11]}], "range": [0.5, 5]}).values(2000)
    assert values.is_between(0.5, 1).all()


def test_a_mixture_is_driven_like_its_parts_together() -> None:
    made = column({"mixture": [{"normal": {"sd": 1}}, {"weight": 2, "normal": {"mean": 6, "sd": 2}}]})
    u = pl.linear_space(0, 1, N, closed="left", eager=True).to_numpy()
    values = made.generator.at(u, made.rows(N)).values
    below = lambda x: (stats.norm(0, 1).cdf(x) + 2 * stats.norm(6, 2).cdf(x)) / 3  # noqa: E731  # one line says it
    assert stats.kstest(values.to_numpy(), below).statistic < 0.001


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"triangular": {"low": 5, "mode": 3, "high": 10}}, "must rise"),
        ({"weibull": {"shape": 1}}, "either scale or mean"),
        ({"student_t": {"df": 0}}, "greater than or equal to 0.5"),
        ({"histogram": {"edges": [0, 1, 2], "weights": [1]}}, "3 edges make 2 bins"),
        ({"histogram": {"edges": [0, 2, 1], "weights": [1, 1]}}, "edges must rise"),
        ({"histogram": {"edges": [0, 1], "weights": [0]}}, "not all 0"),
        ({"histogram": {"edges": [0, 1], "weights": [1]}, "range": [2, 3]}, "range"),
        ({"quantiles": {0: 1, 0.5: 3}}, "greatest at 1"),
        ({"quantiles": {0: 5, 1: 3}}, "must rise"),
        ({"quantiles": {"low": 5, "high": 3}}, "a share is a number"),
        ({"mixture": [{"integer": [0, 5]}], "range": [1, 2]}, "parts that take a range"),
        ({"mixture": [{"uniform": [0, 1]}], "range": [4, 5]}, "no part has values"),
        ({"choice": ["a", "b"], "zipf": 1, "weights": [1, 2]}, "zipf gives the weights"),
        ({"choice": ["a"], "names": "x{n}"}, "these categories have names"),
        ({"choice": 10, "names": "x"}, "one {n}"),
        ({"choice": 0}, "numbered categories"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)


def test_numbered_categories_follow_a_power_law() -> None:
    values = column({"choice": 50, "names": "c{n:02d}", "zipf": 1.2}).values(N)
    found = dict(values.value_counts().iter_rows())
    weights = [k**-1.2 for k in range(1, 51)]
    observed = [found.get(f"c{k:02d}", 0) for k in range(1, 51)]
    assert stats.chisquare(observed, [w / sum(weights) * N for w in weights]).pvalue > 0.001
