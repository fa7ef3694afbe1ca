"""Sizes against statsmodels, against simulation, and against what they promise: inverse, monotonic, contradictions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats
from statsmodels.stats.power import NormalIndPower, normal_sample_size_one_tail
from statsmodels.stats.proportion import power_proportions_2indep

from synthgen.evals.power import Paired, Unpaired, guess, least, mcnemar_power, z
from synthgen.evals.sizing import CasesParams, mde, power, resolve

PUBLISHED = [
    ({"detect": 0.03, "discordance": 0.12}, 1045),
    ({"detect": 0.03, "baseline": 0.85}, 1045),
    ({"detect": 0.03, "baseline": 0.85, "power": 0.8}, 1045),
    ({"detect": 0.05, "discordance": 0.15}, 469),
    ({"detect": 0.03, "variance": 1 / 9}, 969),
    ({"detect": 0.03, "variance": 0.111}, 969),
    ({"detect": 0.05, "baseline": 0.8, "unpaired": True}, 906),
    ({"detect": 0.05, "baseline": 0.8, "unpaired": True, "arms": 2}, 1812),
    ({"zero_failures": 0.05}, 59),
    ({"zero_failures": 0.01}, 299),
    ({"zero_failures": 0.001}, 2995),
    ({"non_inferiority": 0.02, "discordance": 0.1}, 1546),
    ({"detect": 0.03, "baseline": 0.85, "clusters": {"size": 4, "rho": 0.2}}, 1672),
]


@pytest.mark.parametrize(("written", "n"), PUBLISHED, ids=[str(w) for w, _ in PUBLISHED])
def test_published_numbers(written: dict[str, Any], n: int) -> None:
    size = resolve(CasesParams(**written))
    assert size.n == n
    assert size.power == pytest.approx(size.inputs.get("power", 0.95), abs=0.002)
    assert size.mde is not None and size.mde <= (CasesParams(**written).effect or 0) <= size.mde * 1.01


def smallest(shows: Any, near: int) -> int:
    """The smallest number of cases, around `near`, that shows the effect."""
    return next(n for n in range(max(1, near - 50), near + 50) if shows(n))


def test_scores_agree_with_statsmodels() -> None:
    for detect, variance in ((0.03, 1 / 9), (0.05, 0.2), (0.1, 0.03)):
        one = NormalIndPower(ddof=0).solve_power(
            effect_size=detect / math.sqrt(variance), alpha=0.05, power=0.8, ratio=0, alternative="two-sided"
        )
        assert resolve(CasesParams(detect=detect, variance=variance)).n == math.ceil(one)


def test_answers_per_case_lower_the_noise() -> None:
    once = CasesParams(detect=0.03, variance=0.05, noise={"baseline": 0.1, "candidate": 0.1})
    often = CasesParams(
        detect=0.03, variance=0.05, noise={"baseline": 0.1, "candidate": 0.1}, samples={"baseline": 4, "candidate": 4}
    )
    assert resolve(once).n == resolve(CasesParams(detect=0.03, variance=0.25)).n
    assert resolve(often).n == resolve(CasesParams(detect=0.03, variance=0.1)).n


@pytest.mark.parametrize(("baseline", "detect"), [(0.8, 0.05), (0.5, 0.1), (0.1, 0.02), (0.95, 0.03)])
def test_two_proportions_agree_with_statsmodels(baseline: float, detect: float) -> None:
    size = resolve(CasesParams(detect=detect, baseline=baseline, unpaired=True))

    def shows(n: int) -> bool:
        return power_proportions_2indep(detect, baseline, n, alpha=0.05, return_results=False) >= 0.8

    assert size.n == size.ab == smallest(shows, size.n)
    assert size.power == pytest.approx(
        power_proportions_2indep(detect, baseline, size.n, alpha=0.05, return_results=False), abs=1e-6
    )


@pytest.mark.parametrize(("detect", "share"), [(0.03, 0.12), (0.05, 0.15), (0.1, 0.3), (0.02, 0.05)])
def test_paired_agrees_with_statsmodels(detect: float, share: float) -> None:
    """The difference of a pair has variance p_d if the models are equal, and p_d - d^2 if they differ by d."""
    upper = normal_sample_size_one_tail(
        detect, 0.8, 0.025, std_null=math.sqrt(share), std_alternative=math.sqrt(share - detect**2)
    )
    assert resolve(CasesParams(detect=detect, discordance=share)).n == math.ceil(upper)


@pytest.mark.parametrize(("margin", "share"), [(0.02, 0.1), (0.05, 0.2)])
def test_non_inferiority_agrees_with_statsmodels(margin: float, share: float) -> None:
    upper = normal_sample_size_one_tail(margin, 0.8, 0.05, std_null=math.sqrt(share), std_alternative=math.sqrt(share))
    assert resolve(CasesParams(non_inferiority=margin, discordance=share)).n == math.ceil(upper)


@pytest.mark.parametrize("rate", [0.05, 0.01, 0.001, 0.2])
def test_zero_failures_is_the_clopper_pearson_bound(rate: float) -> None:
    """With n failure-free cases the one-sided 95 % upper bound is at or below the rate, with one case less above it."""
    n = resolve(CasesParams(zero_failures=rate)).n
    upper = [stats.binomtest(0, k, alternative="less").proportion_ci(0.95, "exact").high for k in (n, n - 1)]
    assert upper[0] <= rate < upper[1]


def drawn(n: int, share: float, effect: float, tries: int) -> tuple[Any, Any]:
    """Discordant pairs and wins of simulated comparisons."""
    rng = np.random.default_rng(20260901)
    counts = rng.multinomial(n, [(share + effect) / 2, (share - effect) / 2, 1 - share], size=tries)
    return counts[:, 0] + counts[:, 1], counts[:, 0]


@pytest.mark.parametrize(("detect", "share", "n"), [(0.03, 0.12, 1045), (0.05, 0.15, 469), (0.2, 0.3, 40)])
def test_power_of_mcnemar_by_simulation(detect: float, share: float, n: int) -> None:
    tries = 200_000
    pairs, wins = drawn(n, share, detect, tries)
    most = np.maximum(wins, pairs - wins)
    exact = 2 * stats.binom.sf(most - 1, pairs, 0.5)
    mid = exact - stats.binom.pmf(most, pairs, 0.5)
    for p, is_mid in ((exact, False), (mid, True)):
        simulated = float(np.mean(p <= 0.05))
        error = math.sqrt(simulated * (1 - simulated) / tries)
        assert mcnemar_power(n, share, detect, mid=is_mid) == pytest.approx(simulated, abs=4 * error)


def test_power_of_the_1045_cases() -> None:
    assert mcnemar_power(1045, 0.12, 0.03) == pytest.approx(0.8033, abs=5e-4)
    assert mcnemar_power(1045, 0.12, 0.03, mid=False) == pytest.approx(0.7794, abs=5e-4)
    assert mcnemar_power(1045, 0.12, 0.0) < 0.05  # false alarms
    assert mcnemar_power(5, 0.5, 0.3, mid=False) == 0.0  # five pairs can never reach p = 0.05


def test_power_of_small_sets_by_the_definition() -> None:
    n, share, effect, alpha = 30, 0.4, 0.2, 0.1
    total = 0.0
    for pairs in range(n + 1):
        for wins in range(pairs + 1):
            p = stats.binomtest(wins, pairs).pvalue if pairs else 1.0
            chance = stats.binom.pmf(pairs, n, share) * stats.binom.pmf(wins, pairs, (1 + effect / share) / 2)
            total += chance * (p <= alpha)
    assert mcnemar_power(n, share, effect, alpha=alpha, mid=False) == pytest.approx(total, abs=1e-12)


def test_clusters_by_simulation() -> None:
    """Clustered differences with correlation rho: the z test on cluster means finds the effect as often as planned."""
    cases = CasesParams(detect=0.1, variance=0.2, clusters={"size": 5, "rho": 0.3})
    n = resolve(cases).n
    rng = np.random.default_rng(7)
    groups, tries = math.ceil(n / 5), 20_000
    between = rng.normal(0, math.sqrt(0.2 * 0.3), (tries, groups))
    within = rng.normal(0, math.sqrt(0.2 * 0.7 / 5), (tries, groups))  # the mean of five
    means = 0.1 + between + within
    found = np.abs(means.mean(axis=1)) / (means.std(axis=1, ddof=1) / math.sqrt(groups)) > z(0.025)
    assert float(found.mean()) == pytest.approx(0.8, abs=0.02)


def test_the_guess_of_the_discordance() -> None:
    assert guess(0.85, 0.03) == pytest.approx(0.12)
    assert guess(0.85, 0.1) == pytest.approx(0.1)  # never below the difference
    assert guess(0.2, 0.05) == pytest.approx(0.2 * 0.75 + 0.25 * 0.8)  # never above independence
    size = resolve(CasesParams(detect=0.03, baseline=0.85))
    assert (size.inputs["discordance"], size.inputs["assumed"]) == (0.12, True)


shares = st.floats(0.02, 0.9)
numbers = st.integers(20, 200_000)


@st.composite
def questions(draw: Any) -> tuple[dict[str, Any], str]:
    """Assumptions of every method, and the key of the effect that is asked for."""
    kind = draw(st.sampled_from(["guess", "paired", "scores", "unpaired", "zero", "margin"]))
    more: dict[str, Any] = {}
    if kind != "zero":
        more = {"power": draw(st.sampled_from([0.5, 0.8, 0.95])), "alpha": draw(st.sampled_from([0.01, 0.05, 0.2]))}
    key = {"zero": "zero_failures", "margin": "non_inferiority"}.get(kind, "detect")
    if kind in ("guess", "unpaired"):
        more["baseline"] = draw(st.floats(0.05, 0.9))
    if kind in ("paired", "margin"):
        more["discordance"] = draw(shares)
    if kind == "scores":
        more["variance"] = draw(shares)
    if kind == "unpaired":
        more["unpaired"] = True
    return more, key


@given(questions(), numbers)
def test_mde_is_the_inverse_of_the_size(question: tuple[dict[str, Any], str], n: int) -> None:
    more, key = question
    start = CasesParams(**more, **{key: 1e-6})
    seen = mde(n, start)
    if seen is None or not 1e-6 <= seen < 0.99 or (key == "detect" and seen > more.get("discordance", 1)):
        return
    again = resolve(CasesParams(**more, **{key: seen}))
    assert abs(again.n - n) <= 1
    assert again.power == pytest.approx(power(n, start, seen), abs=0.05)


@given(questions(), numbers, st.floats(1.2, 8), st.floats(0, 1))
def test_mde_is_the_inverse_with_clusters(
    question: tuple[dict[str, Any], str], n: int, size: float, rho: float
) -> None:
    more, key = question
    more["clusters"] = {"size": size, "rho": rho}
    seen = mde(n, CasesParams(**more, **{key: 1e-6}))
    if seen is None or not 1e-6 <= seen < 0.99 or (key == "detect" and seen > more.get("discordance", 1)):
        return
    again = resolve(CasesParams(**more, **{key: seen}))
    assert abs(again.n - n) <= math.ceil(again.effect) + 1


@given(questions(), numbers)
def test_more_cases_see_less_and_more_surely(question: tuple[dict[str, Any], str], n: int) -> None:
    more, key = question
    cases = CasesParams(**more, **{key: 1e-6})
    few, many = mde(n, cases), mde(2 * n, cases)
    assert few is None or (many is not None and many < few)
    top = 0.02 if "discordance" in more else min(0.1, 1 - more.get("baseline", 0.5) - 1e-6)
    assert power(n, cases, top) <= power(2 * n, cases, top) + 1e-9
    assert power(n, cases, top / 2) <= power(n, cases, top) + 1e-9


@given(st.floats(0.05, 0.9), st.floats(0.001, 0.09))
def test_half_the_difference_takes_four_times_the_cases(baseline: float, detect: float) -> None:
    whole, half = (Paired(0.05, 0.2, baseline, None).cases(d) for d in (detect, detect / 2))
    assert half > 2 * whole  # less than four times where a smaller difference also means less disagreement
    given_rate = [Paired(0.05, 0.2, None, 0.3).cases(d) for d in (detect, detect / 2)]
    assert 3.9 < given_rate[1] / given_rate[0] < 4.2


def test_power_is_alpha_where_the_models_are_equal() -> None:
    for cases in (
        CasesParams(n=400, baseline=0.85),
        CasesParams(n=400, variance=0.1),
        CasesParams(n=400, baseline=0.8, unpaired=True),
        CasesParams(n=400, baseline=0.8, unpaired=True, alpha=0.01),
    ):
        assert power(400, cases, 0.0) == pytest.approx(cases.alpha)


def test_a_number_that_shows_nothing_has_no_mde() -> None:
    assert resolve(CasesParams(n=10, baseline=0.95)).mde is None
    assert resolve(400).mde is None
    assert least(Unpaired(0.05, 0.2, 0.999), 50) is None


def test_a_number_and_a_difference_give_the_power() -> None:
    size = resolve(CasesParams(n=400, detect=0.03, baseline=0.85))
    assert size.n == 400 and size.power == pytest.approx(0.41, abs=0.01)


CONTRADICTIONS: list[tuple[dict[str, Any], str]] = [
    ({}, "none of them"),
    ({"detect": 0.03, "zero_failures": 0.01, "baseline": 0.8}, "'detect' and 'zero_failures'"),
    ({"detect": 0.03}, "need 'baseline', 'discordance' or 'variance'"),
    ({"n": 300}, "need 'baseline', 'discordance' or 'variance'"),
    ({"detect": 0.03, "unpaired": True}, "unpaired cases need 'baseline'"),
    ({"detect": 0.1, "baseline": 0.95}, "sum to more than 1"),
    ({"detect": 0.1, "discordance": 0.05}, "disagree on at least as many cases"),
    ({"detect": 0.03, "baseline": 0.95, "discordance": 0.4}, "disagree on at most 0.13"),
    ({"detect": 0.03, "baseline": 0.8, "unpaired": True, "discordance": 0.1}, "'unpaired' says that they are not"),
    ({"detect": 0.03, "baseline": 0.8, "arms": 2}, "'arms' goes with 'unpaired'"),
    ({"detect": 0.03, "variance": 0.1, "discordance": 0.1}, "'discordance' has no meaning beside 'variance'"),
    ({"detect": 0.03, "variance": 0.1, "unpaired": True}, "'unpaired' has no meaning beside 'variance'"),
    ({"detect": 0.03, "baseline": 0.8, "noise": {"baseline": 0.1}}, "go with 'variance'"),
    ({"zero_failures": 0.01, "power": 0.9}, "'power' has no meaning beside 'zero_failures'"),
    ({"zero_failures": 0.01, "baseline": 0.9}, "'baseline' has no meaning beside 'zero_failures'"),
    ({"detect": 0.03, "baseline": 0.8, "confidence": 0.9}, "'confidence' goes with 'zero_failures'"),
    ({"non_inferiority": 0.02}, "need 'baseline', 'discordance'"),
    ({"non_inferiority": 0.02, "variance": 0.1}, "'variance' has no meaning beside 'non_inferiority'"),
    ({"detect": 0.03, "baseline": 0.8, "alpha": 0.3, "power": 0.2}, "a coin would do as well"),
    ({"detect": 0.03, "baseline": 0.8, "alpha": 1.5}, "less than 1"),
    ({"detect": 0.03, "baseline": 0.8, "alpha": 0}, "greater than or equal"),
    ({"detect": 0.03, "baseline": 0.8, "clusters": {"size": 0.5, "rho": 0.1}}, "greater than or equal to 1"),
    ({"detect": 0.03, "baseline": 0.8, "clusters": {"size": math.inf, "rho": 0.1}}, "finite"),
    ({"detect": 0.03, "variance": 0.1, "samples": {"baseline": 0}}, "greater than or equal to 1"),
    ({"detect": True, "baseline": 0.8}, "valid number"),
    ({"detect": math.nan, "baseline": 0.8}, "less than 1"),
    ({"detects": 0.03, "baseline": 0.8}, "Extra inputs"),
]


@pytest.mark.parametrize(("written", "said"), CONTRADICTIONS, ids=[str(w) for w, _ in CONTRADICTIONS])
def test_contradictions_are_said(written: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        CasesParams(**written)
    messages = [str(e["msg"]) for e in caught.value.errors()]
    assert any(said in m for m in messages), messages
