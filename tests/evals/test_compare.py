"""The verdict: its rule, what cannot be compared, and its false alarms and power on runs whose truth is known."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from synthgen.errors import UsageError
from synthgen.evals import compare as comparing
from synthgen.evals.compare import Comparison, Settings, compare
from synthgen.evals.results import CaseResult, Results, load

ROOT = Path(__file__).resolve().parents[2]
FILES = Path(__file__).with_name("results")
QUICK = Settings(replicates=0)


def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compare_power", ROOT / "benchmarks" / "compare_power.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["compare_power"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


POWER = bench()


@pytest.mark.parametrize("number", range(len(POWER.PLANS)), ids=[p.name for p in POWER.PLANS])
def test_false_alarms_and_power_are_as_promised(number: int) -> None:
    """1,000 pairs of runs for each truth: within 1 point of alpha, and within 3 of the planned power."""
    plan = POWER.PLANS[number]
    equal = POWER.rates(plan, 1000, 0.0, number)
    worse = POWER.rates(plan, 1000, plan.drop, 1000 + number)
    assert equal["regression"] == pytest.approx(plan.alpha, abs=0.01)
    assert worse["overall"] == pytest.approx(plan.power, abs=0.03)
    assert equal["covered"] == pytest.approx(1 - 2 * plan.alpha, abs=0.02)


def test_false_alarms_with_slices_stay_at_alpha_under_the_other_correction() -> None:
    plan = POWER.PLANS[2]
    settings = Settings(correction="bh")
    cuts = POWER.cuts(plan)
    alarms = sum(
        comparing.decide(comparing.checks_of(base, candidate, None, cuts, settings), settings) == "regression"
        for base, candidate in POWER.simulate(plan, 1000, 0.0, 5)
    )
    assert 0.03 <= alarms / 1000 <= 0.06


def results(
    scores: Mapping[str, float] | list[float], name: str = "run", about: Callable[[int], dict[str, Any]] | None = None
) -> Results:
    named = scores if isinstance(scores, Mapping) else {f"c{i}": s for i, s in enumerate(scores)}
    cases = {}
    for i, (identity, score) in enumerate(named.items()):
        more = {"cluster": identity} | (about(i) if about else {})
        cases[identity] = CaseResult(identity, score, more.pop("passed", score >= 1), **more)
    return Results(Path(f"{name}.jsonl"), "JSON Lines", "score", ("score",), "", cases)


def verdict(base: list[float], candidate: list[float], **options: Any) -> Comparison:
    return compare(results(base, "base"), results(candidate, "candidate"), Settings(replicates=0, **options))


def test_a_clear_drop_is_a_regression() -> None:
    found = verdict([1.0] * 400, [0.0] * 40 + [1.0] * 360)
    assert found.verdict == "regression" and found.overall.dropped
    assert (
        found.sentence == "The candidate is worse: its score is 10.0 points lower, which is more than chance explains."
    )
    assert len(found.losses) == 40 and found.wins == ()


def test_a_gain_is_a_pass() -> None:
    found = verdict([0.0] * 40 + [1.0] * 360, [1.0] * 400)
    assert found.verdict == "pass" and found.overall.estimate.p > 0.99
    assert "10.0 points higher" in found.sentence and "ruled out" in found.sentence


def test_equal_runs_pass_only_if_the_set_is_large_enough() -> None:
    assert verdict([1.0] * 200, [1.0] * 200).verdict == "pass"
    small = verdict([1.0] * 30, [1.0] * 30)
    assert small.verdict == "inconclusive" and small.sentence.startswith("This set cannot tell")
    assert verdict([1.0] * 30, [1.0] * 30, threshold=0.2).verdict == "pass"


def test_what_the_threshold_rules_out() -> None:
    """5 better, 5 worse of 1,000: a drop of 2 points is ruled out, one of 0.5 points is neither that nor to be seen."""
    base, candidate = [0.0] * 5 + [1.0] * 995, [1.0] * 5 + [0.0] * 5 + [1.0] * 990
    assert verdict(base, candidate).verdict == "pass"
    assert verdict(base, candidate, threshold=0.005).verdict == "inconclusive"


def test_a_pass_that_rests_on_power_says_so() -> None:
    """15 of 1,000 more are worse: not significant and not ruled out, but this set would have shown 2 points."""
    base = [0.0] * 22 + [1.0] * 978
    candidate = [1.0] * 22 + [0.0] * 33 + [1.0] * 945
    found = verdict(base, candidate, threshold=0.02)
    estimate = found.overall.estimate
    assert estimate.low < -0.02 and estimate.mde < 0.02 and found.verdict == "pass"
    assert "ruled out" not in found.sentence and "with a chance of 80%" in found.sentence


def test_a_small_but_sure_drop_is_named_as_such() -> None:
    found = verdict([1.0] * 20_000, [0.0] * 100 + [1.0] * 19_900)
    assert found.verdict == "regression" and "by less than the 2 points that matter" in found.sentence


def test_must_pass_cases_have_no_tolerance() -> None:
    def about(i: int) -> dict[str, Any]:
        return {"must_pass": i in (3, 4)}

    base = results([1.0] * 4 + [0.0] + [1.0] * 995, about=about)
    found = compare(base, results([1.0] * 3 + [0.0] * 2 + [1.0] * 995, about=about), QUICK)
    assert found.verdict == "regression" and not found.overall.dropped
    assert [(m.id, m.base) for m in found.failed_must_pass] == [("c3", True), ("c4", False)]
    assert "fails 2 cases (c3, c4) that must pass" in found.sentence
    assert compare(base, results([1.0] * 1000, about=about), QUICK).verdict == "pass"
    flaky = results([1.0] * 1000, about=lambda i: {"must_pass": i == 3, "passed": i != 3, "samples": 5})
    assert compare(base, flaky, QUICK).verdict == "regression"


def sliced(i: int) -> dict[str, Any]:
    return {"slices": {"half": "left" if i < 500 else "right", "same": str(i < 500), "all": "x", "few": f"{i // 995}"}}


def test_a_drop_in_one_slice_is_a_regression() -> None:
    base = [0.0] * 18 + [1.0] * 982
    candidate = [1.0] * 18 + [1.0] * 482 + [0.0] * 20 + [1.0] * 480
    assert verdict(base, candidate).verdict == "pass"
    found = compare(results(base, about=sliced), results(candidate, about=sliced), QUICK)
    assert found.verdict == "regression" and not found.overall.dropped
    assert [c.name for c in found.slices if c.dropped] == ["half=right"]
    assert "it is worse in 1 slice (half=right)" in found.sentence


def test_slices_that_add_nothing_are_left_out() -> None:
    found = compare(results([1.0] * 1000, about=sliced), results([1.0] * 1000, about=sliced), QUICK)
    assert [(c.name, c.p_adjusted is not None) for c in found.slices] == [
        ("half=left", True),
        ("few=0", True),
        ("half=right", True),
        ("few=1", False),
    ]


def test_clusters_count_rather_than_cases() -> None:
    """Two bad records with 30 cases each are two accidents, not sixty."""
    candidate = [0.0] * 60 + [1.0] * 540
    assert verdict([1.0] * 600, candidate).verdict == "regression"

    def about(i: int) -> dict[str, Any]:
        return {"cluster": f"r{i // 30}"}

    found = compare(results([1.0] * 600, about=about), results(candidate, about=about), QUICK)
    assert found.overall.estimate.clusters == 20 and found.verdict == "inconclusive"


def test_swapping_the_runs_mirrors_the_figures() -> None:
    rng = np.random.default_rng(8)
    one, other = rng.random((2, 300)).tolist()
    a, b = verdict(one, other).overall.estimate, verdict(other, one).overall.estimate
    assert (a.difference, a.low, a.high) == pytest.approx((-b.difference, -b.high, -b.low))
    assert a.p + b.p == pytest.approx(1) and a.p_two_sided == pytest.approx(b.p_two_sided)


def test_the_order_of_cases_does_not_matter() -> None:
    scores = {f"c{i}": float(i % 3 > 0) for i in range(90)}
    turned = dict(reversed(list(scores.items())))
    found = compare(results(scores), results(turned), QUICK)
    assert found.overall.estimate.difference == 0 and found.losses == ()


def codes(base: Results, candidate: Results) -> dict[str, str]:
    with pytest.raises(UsageError) as raised:
        compare(base, candidate, QUICK)
    assert all(p.remedy for p in raised.value.problems)
    return {p.code: p.message for p in raised.value.problems}


def test_what_cannot_be_paired_is_an_error() -> None:
    base = results({"a": 1, "b": 1, "c": 0}, "base")
    other = results({"a": 1, "b": 0, "d": 1}, "candidate")
    assert codes(base, other) == {"missing-cases": "1 case (d) of candidate.jsonl missing from base.jsonl"}
    assert codes(base, results({"x": 1}, "candidate"))["nothing-in-common"].endswith("have no case in common")
    golds = [results([1.0], name, lambda _, n=name: {"digest": f"target:{n}"}) for name in ("base", "new")]
    with pytest.raises(UsageError, match="different golds"):
        compare(*golds, Settings(allow_missing=True))


def test_all_reasons_are_told_at_once() -> None:
    base = results(dict.fromkeys("abcd", 1.0), "base", lambda i: {"digest": f"target:{i}", "version": "1.0.0"})
    moved = results(dict.fromkeys("abce", 1.0), "new", lambda i: {"digest": f"target:{i or 9}", "version": "2.0.0"})
    moved = Results(moved.path, moved.format, "score", ("score",), "", moved.cases, unscored=("d",))
    found = codes(base, moved)
    assert set(found) == {"missing-cases", "unscored-cases", "different-gold", "different-sets"}
    assert found["different-gold"] == "1 case (a) were scored with different golds"


def test_digests_of_different_kinds_are_not_compared() -> None:
    base = results([1.0] * 300, about=lambda i: {"digest": "inspect target:1"})
    other = results([1.0] * 300, about=lambda i: {"digest": "promptfoo assert:2"})
    assert compare(base, other, QUICK).verdict == "pass"


def test_allow_missing_compares_what_is_common_and_says_so() -> None:
    base = results({f"c{i}": 1.0 for i in range(300)}, "base", lambda i: {"digest": f"target:{i}"})
    other = results({f"c{i}": 1.0 for i in range(1, 301)}, "new", lambda i: {"digest": f"target:{i + 1 if i else 'x'}"})
    found = compare(base, other, Settings(replicates=0, allow_missing=True))
    assert found.overall.estimate.cases == 298 and found.verdict == "pass"
    assert found.excluded == ("c0", "c1", "c300")
    assert found.notes[0] == "NOT ALL CASES WERE COMPARED: 3 cases (c0, c1, c300) of 301 left out"


def test_a_failure_among_unscored_must_pass_cases_is_not_hidden() -> None:
    base = results([1.0] * 300, about=lambda i: {"must_pass": i == 0})
    cases = {k: v for k, v in base.cases.items() if k != "c0"}
    broken = Results(Path("new.jsonl"), "JSON Lines", "score", ("score",), "", cases, unscored=("c0",))
    found = compare(base, broken, Settings(replicates=0, allow_missing=True))
    assert found.verdict == "inconclusive" and "must pass" in found.sentence and "c0" in found.sentence


def test_the_bootstrap_is_a_check_on_the_interval() -> None:
    rng = np.random.default_rng(9)
    base, candidate = rng.random((2, 500)).tolist()
    found = compare(results(base), results(candidate))
    assert found.bootstrap is not None
    assert found.bootstrap == pytest.approx((found.overall.estimate.low, found.overall.estimate.high), abs=0.005)
    assert compare(results(base), results(candidate)).bootstrap == found.bootstrap


@pytest.mark.parametrize(
    ("base", "candidate"),
    [
        ("inspect_base.eval", "inspect_candidate.json"),
        ("promptfoo_base.json", "promptfoo_candidate.json"),
        ("samples_routing_base.jsonl", "samples_routing_candidate.jsonl"),
        ("deepeval_base.json", "deepeval_candidate.json"),
        ("inspect_base.eval", "deepeval_candidate.json"),
    ],
)
def test_real_files_of_every_harness(base: str, candidate: str) -> None:
    found = compare(load(FILES / base), load(FILES / candidate))
    assert found.verdict == "regression"
    assert [m.id for m in found.failed_must_pass] == ["routing-01"]
    assert found.losses == ("routing-01", "routing-07", "routing-08") and found.wins == ("routing-09",)
    assert (found.overall.estimate.cases, found.overall.estimate.clusters) == (12, 6)
