from typing import Any

import polars as pl
import pytest

from tests.conformance.doubles import RefusedError, column


@pytest.mark.parametrize(
    ("snippet", "mean", "variance"),
    [
        ({"poisson": 1.5}, 1.5, 1.5),
        ({"poisson": {"mean": 40}}, 40, 40),
        ({"negbin": {"mean": 12}}, 12, 156),
        ({"negbin": {"mean": 6, "dispersion": 3}}, 6, 18),
        ({"geometric": 0.4}, 2.5, 3.75),
        ({"binomial": {"n": 20, "p": 0.3}}, 6, 4.2),
    ],
)
def test_moments(snippet: Any, mean: float, variance: float) -> None:
    values = column(snippet).values(200_000)
    assert values.dtype == pl.Int64
    assert values.mean() == pytest.approx(mean, abs=6 * (variance / 200_000) ** 0.5)
    assert values.var() == pytest.approx(variance, rel=0.05)


@pytest.mark.parametrize(
    ("snippet", "bounds"),
    [
        ({"poisson": 1.5}, (0, None)),
        ({"poisson": 1.5, "range": [1, 20]}, (1, 20)),
        ({"negbin": {"mean": 2}}, (0, None)),
        ({"geometric": 0.6, "range": [1, 9]}, (1, 9)),
        ({"geometric": 0.6}, (1, None)),
        ({"binomial": {"n": 20, "p": 0.3}}, (0, 20)),
        ({"zipf": 1.1, "range": [5, 50]}, (5, 50)),
        ({"poisson": 0}, (0, None)),
    ],
)
def test_bounds_are_exact(snippet: Any, bounds: tuple[int, int | None]) -> None:
    made = column(snippet)
    assert made.generator.bounds == bounds
    values = made.values(50_000)
    assert values.min() == bounds[0]
    assert bounds[1] is None or values.max() <= bounds[1]  # type: ignore[operator]  # polars types it loosely


def test_a_range_is_the_conditional_distribution() -> None:
    plain = column({"poisson": 1.5}).values(200_000)
    inside = plain.filter(plain >= 2)
    assert column({"poisson": 1.5, "range": [2, 20]}).values(200_000).mean() == pytest.approx(inside.mean(), rel=0.01)


def test_zipf_weights() -> None:
    values = column({"zipf": 1.0, "range": [1, 3]}).values(110_000)
    assert [int((values == k).sum()) for k in (1, 2, 3)] == pytest.approx([60_000, 30_000, 20_000], rel=0.03)


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"poisson": -1}, "between 0 and"),
        ({"poisson": "two"}, "written by its mean"),
        ({"poisson": True}, "written by its mean"),
        ({"poisson": 2, "range": [5, 1]}, "the range is reversed"),
        ({"binomial": {"n": 5, "p": 0.5}, "range": [6, 9]}, "cannot be in this range"),
        ({"binomial": {"n": 5, "p": 2}}, "less than or equal to 1"),
        ({"zipf": 1.1}, "needs a last rank"),
        ({"zipf": 1.1, "range": [1, 10**9]}, "narrow the range"),
        ({"geometric": 0}, "greater than or equal"),
        ({"negbin": {"mean": 2, "disperson": 1}}, "Extra inputs"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)
