"""False alarms and power of `synthgen eval compare`, by simulation, against its alpha and the planned power.

    python benchmarks/compare_power.py [PAIRS]

Each line simulates pairs of runs (10,000 unless told) whose truth is known and puts them through the same tests and
the same rule as the verb. For equal models the share of REGRESSION must be alpha; for a candidate that is worse by
`drop`, the share found must be the power that the sizing formula promises. Clusters have four cases, whose differences
correlate by rho = 0.3.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from synthgen.evals import paired
from synthgen.evals.compare import OVERALL, Settings, checks_of, decide
from synthgen.evals.paired import Floats, Ints

BETA = 1.75  # two independent scores of Beta(1.75, 1.75) differ with a variance of 1/9


@dataclass(frozen=True)
class Plan:
    """A set and the drop it is sized for; `slices` cuts it so many times, into four slices each time."""

    name: str
    cases: int
    drop: float
    kind: str = "binary"  # or "scores"
    size: int = 1
    rho: float = 0.0
    discordance: float = 0.12
    alpha: float = 0.05
    slices: int = 0

    @property
    def power(self) -> float:
        """What the formula promises at the level of the overall test."""
        alpha = self.alpha * (OVERALL if self.slices else 1)
        inflation = 1 + (self.size - 1) * self.rho
        if self.kind == "binary" and self.size == 1:
            return paired.power_binary(self.cases, self.discordance, self.drop, alpha=alpha)
        spread = self.discordance - self.drop**2 if self.kind == "binary" else 1 / 9
        return paired.power_scores(math.sqrt(spread * inflation / self.cases), self.drop, alpha=alpha)

    def settings(self) -> Settings:
        """The verb's settings."""
        return Settings(threshold=self.drop, alpha=self.alpha)


PLANS = (
    Plan("binary", 1045, 0.03),
    Plan("binary, two-sided plan", 1045, 0.03, alpha=0.025),
    Plan("binary, 12 slices", 1045, 0.03, slices=3),
    Plan("binary, clusters of 4", 1984, 0.03, size=4, rho=0.3),
    Plan("binary, clusters, 12 slices", 1984, 0.03, size=4, rho=0.3, slices=3),
    Plan("binary, few cases", 60, 0.15, discordance=0.25),
    Plan("binary, few clusters", 80, 0.15, size=4, rho=0.3, discordance=0.25),
    Plan("scores", 969, 0.03, kind="scores"),
    Plan("scores, clusters of 4", 1840, 0.03, kind="scores", size=4, rho=0.3),
    Plan("scores, clusters, 12 slices", 1840, 0.03, kind="scores", size=4, rho=0.3, slices=3),
)


def simulate(plan: Plan, pairs: int, drop: float, seed: int) -> Iterator[tuple[Floats, Floats]]:
    """Scores of base and candidate whose true difference is -drop.

    A case takes its cluster's common answers with a chance of sqrt(rho) and its own otherwise, so that the differences
    of two cases of a cluster correlate by rho.
    """
    rng = np.random.default_rng(seed)
    groups = plan.cases // plan.size
    for _ in range(pairs):
        own = _draw(rng, plan, plan.cases, drop)
        if plan.size > 1:
            common = np.repeat(_draw(rng, plan, groups, drop), plan.size, axis=1)
            own = np.where(rng.random(plan.cases) < math.sqrt(plan.rho), common, own)
        yield own[0], own[1]


def _draw(rng: np.random.Generator, plan: Plan, count: int, drop: float) -> Floats:
    if plan.kind == "binary":
        at = rng.random(count)
        losses, wins = (plan.discordance + drop) / 2, (plan.discordance - drop) / 2
        both = at > 1 - (1 - plan.discordance) / 2
        base = (at < losses) | both
        return np.array([base, ((at >= losses) & (at < losses + wins)) | both], np.float64)
    # Means 0.5 and 0.5 - drop, the same variance each.
    mean = 0.5 - drop
    total = mean * (1 - mean) * 18 - 1
    return np.array([rng.beta(BETA, BETA, count), rng.beta(mean * total, (1 - mean) * total, count)])


def cuts(plan: Plan) -> list[tuple[str, Ints]]:
    """The plan's slices: each cut deals the cases out at random."""
    rng = np.random.default_rng(99)
    dealt = [rng.permutation(plan.cases) % 4 for _ in range(plan.slices)]
    return [(f"{i}={v}", np.flatnonzero(of == v)) for i, of in enumerate(dealt) for v in range(4)]


def rates(plan: Plan, pairs: int, drop: float, seed: int) -> dict[str, float]:
    """Share of each verdict, and of drops found by the overall test alone."""
    settings, slices = plan.settings(), cuts(plan)
    clusters = None if plan.size == 1 else np.arange(plan.cases) // plan.size
    count = dict.fromkeys(("regression", "inconclusive", "pass", "overall", "covered"), 0)
    for base, candidate in simulate(plan, pairs, drop, seed):
        tests = checks_of(base, candidate, clusters, slices, settings)
        count[decide(tests, settings)] += 1
        count["overall"] += tests.overall.dropped
        count["covered"] += tests.overall.estimate.low <= -drop <= tests.overall.estimate.high
    return {name: found / pairs for name, found in count.items()}


def main() -> None:
    """Print the table; exit code 1 if a rate is off by more than promised."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    heads = (
        "plan",
        "cases",
        "alpha",
        "false alarms",
        "drop",
        "planned",
        "power",
        "inconclusive",
        "coverage",
        "seconds",
    )
    print("{:<28}{:>7}{:>7}{:>14}{:>7}{:>9}{:>8}{:>14}{:>10}{:>9}".format(*heads))
    fine = True
    for number, plan in enumerate(PLANS):
        started = time.perf_counter()
        equal, worse = rates(plan, pairs, 0.0, number), rates(plan, pairs, plan.drop, 1000 + number)
        seconds = time.perf_counter() - started
        print(
            f"{plan.name:<28}{plan.cases:>7,}{plan.alpha:>7.3f}{equal['regression']:>14.3f}{plan.drop:>7.2f}{plan.power:>9.3f}"
            f"{worse['overall']:>8.3f}{equal['inconclusive']:>14.3f}{equal['covered']:>10.3f}{seconds:>9.1f}"
        )
        fine &= abs(equal["regression"] - plan.alpha) <= 0.01 and abs(worse["overall"] - plan.power) <= 0.03
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
