"""Compares two runs over the same cases, and says PASS, REGRESSION or INCONCLUSIVE.

The rule, in this order:

1. REGRESSION if a must-pass case did not pass in the candidate. This is a demand, not a test: it has no false alarms
   as long as only cases are marked that every good model passes.
2. REGRESSION if the score dropped significantly, overall or in a slice. `alpha` is the chance of any such alarm
   between equal models: the one-sided tests of {overall, slices} are one family, and their p-values are corrected
   together. The overall test gets `OVERALL` of alpha and the slices share the rest alike; what is not needed by a
   rejected test passes on to the others (weighted Holm). Without slices the overall test has all of alpha.
3. INCONCLUSIVE if a must-pass case was left out of the comparison, or if a drop of `threshold` can neither be ruled
   out (the interval reaches below -threshold) nor could be seen by this set with the asked power (its minimum
   detectable effect is larger).
4. PASS otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from synthgen.errors import Problem, UsageError
from synthgen.evals import paired
from synthgen.evals.paired import Correction, Estimate, Floats, Ints
from synthgen.evals.results import CaseResult, Results, some

Word = Literal["pass", "regression", "inconclusive"]

OVERALL = 0.8
"""Share of alpha that the overall test has where slices are tested too: it costs little power, and slices get a say."""
MIN_SLICE = 10
"""Fewest cases of a slice that is tested; smaller ones are shown, but could hardly show anything."""
_PAIRED = "run both on one export of the set (synthgen eval diff says what changed), or add --allow-missing"


@dataclass(frozen=True)
class Settings:
    """What counts: see the module. `threshold` is the drop that matters, on the scale of the scores."""

    threshold: float = 0.02
    alpha: float = 0.05
    power: float = 0.8
    correction: Correction = "holm"
    allow_missing: bool = False
    seed: int = 0
    replicates: int = paired.REPLICATES


@dataclass(frozen=True)
class Check:
    """One test: `overall`, or a slice as `register=curt`.

    `p_adjusted` is the p-value after correction, compared with alpha; None: not tested, because the slice is too small.
    """

    name: str
    estimate: Estimate
    p_adjusted: float | None
    dropped: bool


@dataclass(frozen=True)
class MustPass:
    """A must-pass case, and whether each run passed it."""

    id: str
    base: bool
    candidate: bool


@dataclass(frozen=True)
class Comparison:
    """The verdict and all that it rests on.

    `bootstrap` is the percentile interval of the overall difference, a check of `overall.estimate` that plays no part
    in the verdict. `excluded` are the ids that could not be paired. `notes` are things a reader must know.
    """

    verdict: Word
    sentence: str
    overall: Check
    slices: tuple[Check, ...]
    must_pass: tuple[MustPass, ...]
    wins: tuple[str, ...]
    losses: tuple[str, ...]
    bootstrap: tuple[float, float] | None
    excluded: tuple[str, ...]
    notes: tuple[str, ...]
    base: Results
    candidate: Results
    settings: Settings

    @property
    def failed_must_pass(self) -> tuple[MustPass, ...]:
        """The must-pass cases that the candidate did not pass."""
        return tuple(m for m in self.must_pass if not m.candidate)


@dataclass(frozen=True)
class Checks:
    """The tests of one family, corrected together."""

    overall: Check
    slices: tuple[Check, ...]

    @property
    def dropped(self) -> tuple[Check, ...]:
        """Those that show a drop."""
        return tuple(c for c in (self.overall, *self.slices) if c.dropped)


def compare(base: Results, candidate: Results, settings: Settings | None = None) -> Comparison:
    """Compare two runs case by case. Raises UsageError if they are not runs over the same cases with the same gold."""
    settings = settings or Settings()
    ids, excluded = paired_ids(base, candidate, allow_missing=settings.allow_missing)
    first, second = [base.cases[i] for i in ids], [candidate.cases[i] for i in ids]
    scores = (np.array([c.score for c in first]), np.array([c.score for c in second]))
    clusters = _clusters(first)
    tests = checks_of(*scores, clusters, _masks(first), settings)
    must = tuple(
        MustPass(a.id, a.passed, b.passed) for a, b in zip(first, second, strict=True) if a.must_pass or b.must_pass
    )
    failed = tuple(m for m in must if not m.candidate)
    skipped = [i for i in excluded if any(i in r.cases and r.cases[i].must_pass for r in (base, candidate))]
    word = decide(tests, settings, must_pass_failed=bool(failed), must_pass_skipped=bool(skipped))
    check = None
    if settings.replicates and tests.overall.estimate.clusters > 1:
        alpha, count = settings.alpha, settings.replicates
        check = paired.bootstrap(*scores, clusters, seed=settings.seed, alpha=alpha, replicates=count)
    delta = scores[1] - scores[0]
    return Comparison(
        verdict=word,
        sentence=_sentence(word, tests, failed, skipped, settings),
        overall=tests.overall,
        slices=tests.slices,
        must_pass=must,
        wins=tuple(i for i, d in zip(ids, delta, strict=True) if d > 0),
        losses=tuple(i for i, d in zip(ids, delta, strict=True) if d < 0),
        bootstrap=check,
        excluded=tuple(excluded),
        notes=tuple(_notes(base, candidate, tests, excluded, check)),
        base=base,
        candidate=candidate,
        settings=settings,
    )


def paired_ids(base: Results, candidate: Results, *, allow_missing: bool) -> tuple[list[str], list[str]]:
    """The ids to compare, and those left out; every reason against comparing is raised at once as a UsageError."""
    if base.metric != candidate.metric and base.format == candidate.format:
        message = f"the runs have different metrics: '{base.metric}' and '{candidate.metric}'"
        raise UsageError(Problem("different-metrics", message, remedy="choose one that both have with --metric"))
    both = [i for i in base.cases if i in candidate.cases]
    if not both:
        message = f"{base.path} and {candidate.path} have no case in common"
        remedy = f"their ids look like {_example(base)} and {_example(candidate)}: name two runs over one set"
        raise UsageError(Problem("nothing-in-common", message, remedy=remedy))
    problems = []
    unscored = list(dict.fromkeys((*base.unscored, *candidate.unscored)))
    for one, other in ((base, candidate), (candidate, base)):
        gone = [i for i in one.cases if i not in other.cases and i not in unscored]
        if gone:
            message = f"{some(gone, 'case')} of {one.path} missing from {other.path}"
            problems.append(Problem("missing-cases", message, remedy=_PAIRED))
    if unscored:
        message = f"{some(unscored, 'case')} ended without a score, in one run or both"
        remedy = "run these again: a timeout says nothing about the model; or add --allow-missing to leave them out"
        problems.append(Problem("unscored-cases", message, remedy=remedy))
    changed = [i for i in both if _differ(base.cases[i].digest, candidate.cases[i].digest)]
    if changed:
        message = f"{some(changed, 'case')} were scored with different golds"
        problems.append(Problem("different-gold", message, remedy=_PAIRED))
    versions = [{c.version for c in r.cases.values() if c.version} for r in (base, candidate)]
    if versions[0] and versions[1] and versions[0] != versions[1] and not allow_missing:
        message = "the runs are of different versions of the set: " + " and ".join(
            "/".join(sorted(v)) for v in versions
        )
        problems.append(Problem("different-sets", message, remedy=_PAIRED))
    if problems and not allow_missing:
        raise UsageError(problems)
    kept = set(both) - set(changed)
    ids = [i for i in both if i in kept]
    if not ids:
        raise UsageError(problems)
    every = dict.fromkeys((*base.cases, *base.unscored, *candidate.cases, *candidate.unscored))
    return ids, [i for i in every if i not in kept]


def checks_of(
    base: Floats, candidate: Floats, clusters: Ints | None, slices: Iterable[tuple[str, Ints]], settings: Settings
) -> Checks:
    """All tests of the family {overall, slices} with corrected p-values. A slice is a name and its cases' positions."""
    cuts = [(name, at) for name, at in slices if len(at)]
    tested = [len(at) >= MIN_SLICE for _, at in cuts]
    count = sum(tested)
    weights = [OVERALL, *[(1 - OVERALL) / count] * count] if count else [1.0]
    levels = iter([settings.alpha * w for w in weights[1:]])
    overall = paired.estimate(
        base, candidate, clusters, alpha=settings.alpha, mde_alpha=settings.alpha * weights[0], power=settings.power
    )
    estimates = [
        paired.estimate(
            base[at],
            candidate[at],
            None if clusters is None else np.unique(clusters[at], return_inverse=True)[1].astype(np.int64),
            alpha=settings.alpha,
            mde_alpha=next(levels) if big else settings.alpha,
            power=settings.power,
        )
        for (_, at), big in zip(cuts, tested, strict=True)
    ]
    values = [overall.p, *[e.p for e, big in zip(estimates, tested, strict=True) if big]]
    corrected = iter(paired.adjusted(values, weights, settings.correction))
    first = next(corrected)
    checks = []
    for (name, _), found, big in zip(cuts, estimates, tested, strict=True):
        p = next(corrected) if big else None
        checks.append(Check(name, found, p, p is not None and p <= settings.alpha))
    return Checks(Check("overall", overall, first, first <= settings.alpha), tuple(checks))


def decide(
    tests: Checks, settings: Settings, *, must_pass_failed: bool = False, must_pass_skipped: bool = False
) -> Word:
    """The verdict by the rule of this module."""
    if must_pass_failed or tests.dropped:
        return "regression"
    found = tests.overall.estimate
    if must_pass_skipped or (found.low < -settings.threshold and found.mde > settings.threshold):
        return "inconclusive"
    return "pass"


def _clusters(cases: Sequence[CaseResult]) -> Ints | None:
    """Number of each case's cluster, or None if no two cases share one."""
    numbers: dict[str, int] = {}
    found = [numbers.setdefault(c.cluster, len(numbers)) for c in cases]
    return None if len(numbers) == len(cases) else np.array(found, np.int64)


def _masks(cases: Sequence[CaseResult]) -> list[tuple[str, Ints]]:
    """Each slice's name and cases, without those that hold all cases or the same as another: they add nothing."""
    members: dict[str, list[int]] = {}
    for at, case in enumerate(cases):
        for key, value in case.slices.items():
            members.setdefault(f"{key}={value}", []).append(at)
    found: dict[tuple[int, ...], str] = {}
    for name, positions in members.items():
        if len(positions) < len(cases):
            found.setdefault(tuple(positions), name)
    return [(name, np.array(at, np.int64)) for at, name in found.items()]


def _differ(one: str, other: str) -> bool:
    """Whether two digests of one kind differ; those of different kinds say nothing about each other."""
    return bool(one and other) and one.partition(":")[0] == other.partition(":")[0] and one != other


def _example(results: Results) -> str:
    return f"'{next(iter(results.cases), '?')}'"


def _sentence(word: Word, tests: Checks, failed: Sequence[MustPass], skipped: Sequence[str], settings: Settings) -> str:
    found = tests.overall.estimate
    change = f"{abs(found.difference) * 100:.1f} points"
    limit = f"{settings.threshold * 100:g} points"
    if word == "regression":
        reasons = []
        if failed:
            reasons.append(f"it fails {some([m.id for m in failed], 'case')} that must pass")
        if tests.overall.dropped:
            small = f", though by less than the {limit} that matter" if found.low >= -settings.threshold else ""
            reasons.append(f"its score is {change} lower, which is more than chance explains{small}")
        cuts = [c.name for c in tests.slices if c.dropped]
        if cuts:
            reasons.append(f"it is worse in {some(cuts, 'slice')}")
        return "The candidate is worse: " + "; ".join(reasons) + "."
    if word == "inconclusive" and skipped:
        return f"Nothing can be said yet: {some(skipped, 'case')} that must pass could not be compared."
    if word == "inconclusive":
        return (
            f"This set cannot tell: a drop of {limit} may hide in {found.cases:,} cases, which show only drops of"
            f" {found.mde * 100:.1f} points reliably. Add cases (synthgen eval size), or accept a larger --threshold."
        )
    seen = f"{change} {'higher' if found.difference > 0 else 'lower'}" if found.difference else "unchanged"
    if found.low >= -settings.threshold:
        return f"No regression: the score is {seen}, and a drop of more than {limit} is ruled out."
    return (
        f"No regression found: the score is {seen}, which is within chance; a drop of {limit} would have been found"
        f" with a chance of {settings.power:.0%} or more."
    )


def _notes(
    base: Results, candidate: Results, tests: Checks, excluded: Sequence[str], check: tuple[float, float] | None
) -> Iterable[str]:
    if excluded:
        total = tests.overall.estimate.cases + len(excluded)
        yield f"NOT ALL CASES WERE COMPARED: {some(excluded, 'case')} of {total:,} left out"
    if base.format != candidate.format:
        yield f"the runs come from different harnesses ({base.format}, {candidate.format}), which may score differently"
    others = [m for m in base.metrics if m != base.metric]
    if others:
        yield f"compared by '{base.metric}'; for {' or '.join(others[:5])} add --metric"
    small = [c.name for c in tests.slices if c.p_adjusted is None]
    if small:
        yield f"{some(small, 'slice')} with fewer than {MIN_SLICE} cases: shown, not tested"
    found = tests.overall.estimate
    if found.method == "none":
        yield "all cases share one cluster, so nothing can be said about chance"
    if check and (check[1] < 0) != (found.high < 0):
        yield "the bootstrap does not agree about a drop: it is a close call"
