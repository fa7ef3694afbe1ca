import math

import numpy as np
import pytest

from synthgen import elementary as e

RNG = np.random.default_rng(5)


def worst(found: np.ndarray, wanted: list[float]) -> float:
    true = np.array(wanted)
    return float(np.max(np.abs(found - true) / np.maximum(np.abs(true), 1e-300)))


def test_log_and_exp_agree_with_the_standard_library() -> None:
    x = np.concatenate([10.0 ** RNG.uniform(-300, 300, 20_000), RNG.uniform(0.5, 2, 20_000)])
    assert worst(e.log(x), [math.log(v) for v in x]) < 1e-15
    y = RNG.uniform(-700, 700, 20_000)
    assert worst(e.exp(y), [math.exp(v) for v in y]) < 1e-15


def test_small_arguments_keep_their_digits() -> None:
    z = RNG.uniform(-1, 1, 20_000) * 10.0 ** RNG.uniform(-18, 0, 20_000)
    assert worst(e.log1p(z), [math.log1p(v) for v in z]) < 1e-14
    assert worst(e.expm1(z), [math.expm1(v) for v in z]) < 1e-14


def test_ends() -> None:
    assert e.log(np.array([0.0, -1.0, 1.0])).tolist() == [-math.inf, -math.inf, 0.0]
    assert e.exp(np.array([-1000.0, 0.0, 1000.0])).tolist() == [0.0, 1.0, math.inf]


@pytest.mark.parametrize("x", [1e-3, 0.5, 1.0, 2.0, 9.999, 10.0, 123.4, 1e6])
def test_lgamma(x: float) -> None:
    assert e.lgamma(x) == pytest.approx(math.lgamma(x), rel=1e-13, abs=1e-14)


def test_results_are_pinned_to_the_bit() -> None:
    """These bits must come out on every machine: only operations that IEEE 754 fixes are used."""
    found = [float(e.log(np.array([3.7]))[0]).hex(), float(e.exp(np.array([-2.3]))[0]).hex(), e.lgamma(4.25).hex()]
    assert found == ["0x1.4eeee650ae550p+0", "0x1.9aa9046ec997cp-4", "0x1.0ea6864c19994p+1"]
