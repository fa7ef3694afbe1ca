"""Formulas from a difference to a number of cases, and from a number of cases to the power to see a difference.

Each class is one method with its assumptions. `cases(effect)` is the number of cases, not rounded; `power(n, effect)`
is the chance that n cases show the effect: the same formula solved for the power. Effects are on the scale of the
scores: 0.03 is three points. Clusters and rounding are the business of `sizing`. All but `ZeroFailures` are normal
approximations, and two-sided but for `NonInferiority`; `mcnemar_power` is exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, ClassVar, Literal, Protocol

Method = Literal["given", "paired", "paired_scores", "unpaired", "zero_failures", "non_inferiority"]

SMALLEST = 1e-9
"""Smallest effect that is looked for; what takes more cases than it counts as out of reach."""
_NORMAL = NormalDist()


def z(tail: float) -> float:
    """The standard normal quantile that leaves `tail` above it.

    >>> round(z(0.025), 3)
    1.96
    """
    return -_NORMAL.inv_cdf(tail)


class Design(Protocol):
    """One method with its assumptions."""

    method: ClassVar[Method]
    formula: ClassVar[str]
    """The formula in letters, with its source."""

    @property
    def top(self) -> float:
        """The largest effect that there can be."""

    def cases(self, effect: float) -> float:
        """Cases (of each arm, where the cases differ) that show the effect; falls as the effect grows."""

    def power(self, n: float, effect: float) -> float:
        """Chance that n cases show the effect."""


@dataclass(frozen=True)
class Paired:
    """Two models on the same right-or-wrong cases, McNemar's test: Connor 1987, Biometrics 43:207-211.

    `discordance` is the share p_d of cases on which exactly one model is right; where it is None it follows from the
    baseline, see `guess`. No difference is larger than p_d, so p_d is at least the difference.
    """

    alpha: float
    beta: float
    baseline: float | None
    discordance: float | None
    method: ClassVar[Method] = "paired"
    formula: ClassVar[str] = (
        "n = (z[alpha/2] sqrt(p_d) + z[beta] sqrt(p_d - d^2))^2 / d^2, Connor 1987, Biometrics 43:207"
    )

    @property
    def top(self) -> float:
        """A perfect candidate."""
        return 1.0 if self.baseline is None else 1 - self.baseline

    def rate(self, effect: float) -> float:
        """The share of cases on which the models disagree if they differ by `effect`."""
        if self.discordance is not None:
            return max(self.discordance, effect)
        return guess(self.baseline or 0.0, effect)

    def cases(self, effect: float) -> float:
        """Pairs of answers."""
        rate = self.rate(effect)
        spread = z(self.alpha / 2) * math.sqrt(rate) + z(self.beta) * math.sqrt(max(0.0, rate - effect**2))
        return spread**2 / effect**2

    def power(self, n: float, effect: float) -> float:
        """Both rejections are counted, so that it is alpha where the models are equal."""
        rate = self.rate(effect)
        return _two_tails(effect * math.sqrt(n), z(self.alpha / 2) * math.sqrt(rate), math.sqrt(rate - effect**2))


def guess(baseline: float, effect: float) -> float:
    """The share of cases on which two models disagree, if nothing but the baseline's score is known.

    A candidate that is better by `effect` is taken to mend half of the baseline's errors: it wins (1 - baseline) / 2 of
    the cases, loses `effect` fewer, and the two sum to 1 - baseline - effect. The guess is kept between `effect`, where
    no case is lost, and the rate of two models that err independently: p0 (1 - p1) + p1 (1 - p0).

    >>> round(guess(0.85, 0.03), 6)
    0.12
    """
    other = min(1.0, baseline + effect)
    independent = baseline * (1 - other) + other * (1 - baseline)
    return max(effect, min(1 - baseline - effect, independent), SMALLEST)


@dataclass(frozen=True)
class PairedScores:
    """Mean scores on the same cases: Miller 2024, "Adding error bars to evals", arXiv 2411.00640, equation 9.

    `spread` is w^2 + s_A^2/K_A + s_B^2/K_B: the variance over cases of the difference of expected scores, and the
    variance of one answer's score over the number of answers for each model.
    """

    alpha: float
    beta: float
    spread: float
    method: ClassVar[Method] = "paired_scores"
    formula: ClassVar[str] = (
        "n = (z[alpha/2] + z[beta])^2 (w^2 + s_A^2/K_A + s_B^2/K_B) / d^2, Miller 2024, arXiv 2411.00640, equation 9"
    )
    top: ClassVar[float] = 1.0

    def cases(self, effect: float) -> float:
        """Cases that both models answer."""
        return (z(self.alpha / 2) + z(self.beta)) ** 2 * self.spread / effect**2

    def power(self, n: float, effect: float) -> float:
        """Both rejections are counted, so that it is alpha where the models are equal."""
        return _two_tails(effect * math.sqrt(n), z(self.alpha / 2) * math.sqrt(self.spread), math.sqrt(self.spread))


@dataclass(frozen=True)
class Unpaired:
    """Two shares on different cases or users, per arm: Fleiss 1981, "Statistical methods for rates and proportions"."""

    alpha: float
    beta: float
    baseline: float
    method: ClassVar[Method] = "unpaired"
    formula: ClassVar[str] = (
        "n = (z[alpha/2] sqrt(2 p q) + z[beta] sqrt(p1 q1 + p2 q2))^2 / d^2 an arm, p = (p1 + p2) / 2, Fleiss 1981"
    )

    @property
    def top(self) -> float:
        """A perfect candidate."""
        return 1 - self.baseline

    def _spreads(self, effect: float) -> tuple[float, float]:
        """Standard deviation of the difference of two cases, if the arms are equal and if they are not."""
        first, second = self.baseline, min(1.0, self.baseline + effect)
        mean = (first + second) / 2
        return math.sqrt(2 * mean * (1 - mean)), math.sqrt(first * (1 - first) + second * (1 - second))

    def cases(self, effect: float) -> float:
        """Cases of each arm."""
        null, real = self._spreads(effect)
        return (z(self.alpha / 2) * null + z(self.beta) * real) ** 2 / effect**2

    def power(self, n: float, effect: float) -> float:
        """With n cases in each arm; alpha where the models are equal."""
        null, real = self._spreads(effect)
        return _two_tails(effect * math.sqrt(n), z(self.alpha / 2) * null, real)


@dataclass(frozen=True)
class NonInferiority:
    """A candidate that is no worse is shown to be less than a margin worse: one-sided, on the same cases.

    `Paired` without the difference's own variance: Liu, Hsueh, Hsieh and Chen 2002, Statistics in Medicine 21:231-245.
    """

    alpha: float
    beta: float
    discordance: float
    method: ClassVar[Method] = "non_inferiority"
    formula: ClassVar[str] = (
        "n = (z[alpha] + z[beta])^2 p_d / margin^2, one-sided, Liu et al. 2002, Statistics in Medicine 21:231"
    )
    top: ClassVar[float] = 1.0

    def cases(self, effect: float) -> float:
        """Pairs of answers for the margin `effect`."""
        return (z(self.alpha) + z(self.beta)) ** 2 * self.discordance / effect**2

    def power(self, n: float, effect: float) -> float:
        """Chance that an equal candidate is shown to be less than `effect` worse."""
        return _NORMAL.cdf(effect * math.sqrt(n / self.discordance) - z(self.alpha))


@dataclass(frozen=True)
class ZeroFailures:
    """No failure in n cases shows a failure rate below p: Hanley and Lippman-Hand 1983, JAMA 249:1743-1745. Exact."""

    confidence: float
    method: ClassVar[Method] = "zero_failures"
    formula: ClassVar[str] = "n = ln(1 - confidence) / ln(1 - p), Hanley and Lippman-Hand 1983, JAMA 249:1743"
    top: ClassVar[float] = 1 - 1e-12

    def cases(self, effect: float) -> float:
        """Cases without a failure that rule out the failure rate `effect`."""
        return math.log1p(-self.confidence) / math.log1p(-min(effect, self.top))

    def power(self, n: float, effect: float) -> float:
        """Chance of at least one failure, if the failure rate is `effect`."""
        return -math.expm1(n * math.log1p(-min(effect, self.top)))


def least(design: Design, n: float) -> float | None:
    """The smallest effect that n cases show: `design.cases` solved for it by bisection; None if they show none.

    >>> round(least(Paired(0.05, 0.2, 0.85, None), 1045), 4)
    0.03
    """
    low, high = SMALLEST, design.top
    if high <= low or design.cases(high) > n:
        return None
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if design.cases(middle) > n else (low, middle)
    return high


def mcnemar_power(n: int, discordance: float, effect: float, *, alpha: float = 0.05, mid: bool = True) -> float:
    """Power of McNemar's two-sided test by enumeration: the mid-p test, or with `mid=False` the exact one.

    Sums over the number k ~ Binomial(n, p_d) of discordant pairs the chance that wins ~ Binomial(k, (1 + d/p_d) / 2) or
    losses reach the test's critical number. Numbers k beyond 9 standard deviations are left out (their sum is below
    1e-15).

    >>> round(mcnemar_power(1045, 0.12, 0.03), 3), round(mcnemar_power(1045, 0.12, 0.03, mid=False), 3)
    (0.803, 0.779)
    """
    import numpy as np
    from scipy import special

    middle, reach = n * discordance, 9 * math.sqrt(n * discordance * (1 - discordance)) + 9
    k = np.arange(max(0, math.floor(middle - reach)), min(n, math.ceil(middle + reach)) + 1, dtype=np.float64)
    weight = special.xlogy(k, discordance) + special.xlog1py(n - k, -discordance)
    weight = np.exp(weight + special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1))

    def reached(wins: Any, share: float) -> Any:
        """P(X >= wins) of X ~ Binomial(k, share), for wins of at least 1."""
        inside = np.minimum(wins, np.maximum(k, 1))
        return np.where(wins <= k, special.betainc(inside, np.maximum(k, 1) - inside + 1, share), 0.0)

    def tail(wins: Any) -> Any:
        return (reached(wins, 0.5) + reached(wins + 1, 0.5)) / 2 if mid else reached(wins, 0.5)

    critical = np.maximum(1, np.floor(k / 2 + z(alpha / 2) * np.sqrt(k) / 2))
    while (more := (tail(critical) > alpha / 2) & (critical <= k)).any():
        critical = critical + more
    while (fewer := (critical > 1) & (tail(np.maximum(critical - 1, 1)) <= alpha / 2)).any():
        critical = critical - fewer
    share = (1 + effect / discordance) / 2
    return float(weight @ (reached(critical, share) + reached(critical, 1 - share)))


def _two_tails(shift: float, limit: float, spread: float) -> float:
    """P(|X| > limit) of a normal X with mean `shift` and standard deviation `spread`, both over sqrt(n)."""
    spread = max(spread, 1e-12)
    return _NORMAL.cdf((shift - limit) / spread) + _NORMAL.cdf((-shift - limit) / spread)
