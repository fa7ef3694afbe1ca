"""Paired statistics: did a score drop between two runs over the same cases, how surely, and what could be seen at all.

Every p-value is one-sided against a drop: for equal models it falls below alpha in a share of alpha of all comparisons.
Cases that share a record or a template are not independent, so they are summed up by cluster first. Which test is used
depends on the data alone:

- right or wrong, no clusters: McNemar's test on the discordant pairs, mid-p, with Tango's score interval;
- anything else: the mean difference with a cluster-robust standard error and Student's t, C - 1 degrees of freedom;
- anything else, but at most `SPARSE` clusters that differ at all: t is not to be trusted there, so the exact test that
  flips the signs of clusters, and an interval with two clusters added.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from synthgen.seeds import below, draws, stream_key

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Method = Literal["McNemar mid-p", "clustered t", "sign flip", "none"]
Correction = Literal["holm", "bh"]

SPARSE = 16
"""Most clusters with a difference for which all 2**SPARSE sign patterns are listed instead of trusting Student's t."""
REPLICATES = 2000
_CHUNK = 2_000_000  # indices drawn at once by the bootstrap: 16 MB


@dataclass(frozen=True)
class Estimate:
    """What one set of paired cases says. Differences are candidate minus base, on the scale of the scores.

    `low` and `high` each hold with confidence 1 - alpha, so together they are the 1 - 2 alpha interval. `p` is
    one-sided against a drop, `p_two_sided` against any change, `p_exact` is McNemar's exact test, one-sided. `mde` is
    the smallest drop that such a set finds with the asked power, 1.0 if it could find none.
    """

    cases: int
    clusters: int
    base: float
    candidate: float
    difference: float
    low: float
    high: float
    p: float
    p_two_sided: float
    p_exact: float | None
    method: Method
    wins: int
    losses: int
    mde: float


def estimate(
    base: Floats,
    candidate: Floats,
    clusters: Ints | None = None,
    *,
    alpha: float = 0.05,
    mde_alpha: float | None = None,
    power: float = 0.8,
) -> Estimate:
    """Compare paired scores of shape (n,) in [0, 1]; `clusters` numbers each case's cluster from 0, None: each its own.

    `alpha` is the one-sided level of the interval, `mde_alpha` that of the test whose minimum detectable effect is
    given (alpha, unless several tests share it). Raises ValueError if n is 0.
    """
    n = len(base)
    if n == 0:
        raise ValueError("no cases to compare")
    level = mde_alpha or alpha
    delta = candidate - base
    wins, losses = int(np.sum(delta > 0)), int(np.sum(delta < 0))
    found = _totals(delta, clusters)
    count = len(found[0])
    binary = bool(np.all((base == 0) | (base == 1)) and np.all((candidate == 0) | (candidate == 1)))
    exact = None
    method: Method
    if binary and count == n:
        method, p = "McNemar mid-p", mcnemar(wins, losses)
        two, exact = two_sided(wins, losses), mcnemar(wins, losses, exact=True)
        low, high = tango(wins, losses, n, alpha=alpha)
        mde = mde_binary(n, (wins + losses) / n, alpha=level, power=power)
    elif count < 2:
        method, p, two, low, high, mde = "none", 1.0, 1.0, -1.0, 1.0, 1.0
    else:
        method, p, two, low, high, mde = _clustered(*found, alpha=alpha, level=level, power=power)
    means = (float(base.mean()), float(candidate.mean()), float(delta.mean()))
    return Estimate(n, count, *means, low, high, p, two, exact, method, wins, losses, mde)


def _special() -> Any:
    """scipy's distribution functions, loaded when first used; scipy carries no type information."""
    from scipy import special

    return special


def _totals(delta: Floats, clusters: Ints | None) -> tuple[Floats, Floats]:
    """Sum of differences and number of cases of each cluster."""
    if clusters is None:
        return delta, np.ones(len(delta))
    sizes = np.bincount(clusters).astype(np.float64)
    totals = np.bincount(clusters, weights=delta).astype(np.float64)
    return totals[sizes > 0], sizes[sizes > 0]


def _clustered(
    totals: Floats, sizes: Floats, *, alpha: float, level: float, power: float
) -> tuple[Method, float, float, float, float, float]:
    count, n = len(totals), float(sizes.sum())
    mean = float(totals.sum()) / n
    differing = totals[np.abs(totals) > 1e-12]
    method: Method
    if len(differing) > SPARSE:
        error = clustered_error(totals, sizes)
        down = float(_special().stdtr(count - 1, mean / error)) if error > 0 else float(mean >= 0)
        method, p, two = "clustered t", down, 2 * min(down, 1 - down)
    else:
        down = sign_flip(differing)
        method, p, two = "sign flip", down, min(1.0, 2 * min(down, 1 - down)) if len(differing) else 1.0
        size = float(sizes.mean())
        ghost = float(np.sqrt(np.mean(differing**2))) if len(differing) else size
        totals = np.append(totals, [ghost, -ghost])
        sizes = np.append(sizes, [size, size])
        error = clustered_error(totals, sizes)
    quantile = float(_special().stdtrit(count - 1, 1 - alpha))
    mde = (float(_special().stdtrit(count - 1, 1 - level)) + float(_special().stdtrit(count - 1, power))) * error
    low, high = max(-1.0, mean - quantile * error), min(1.0, mean + quantile * error)
    return method, p, two, low, high, min(1.0, mde)


def clustered_error(totals: Floats, sizes: Floats) -> float:
    """Cluster-robust standard error of the mean difference.

    sqrt(C/(C-1) * sum_c (sum_{i in c} (s_i - mean))^2) / n: Miller 2024, "Adding error bars to evals" (arXiv
    2411.00640), with the small-sample factor C/(C-1) of Cameron and Miller 2015 ("A practitioner's guide to
    cluster-robust inference", Journal of Human Resources 50:317-372). With clusters of one case it is the usual
    standard error of a mean.
    """
    count, n = len(totals), float(sizes.sum())
    residual = totals - sizes * (float(totals.sum()) / n)
    return math.sqrt(count / (count - 1) * float(residual @ residual)) / n


def mcnemar(wins: int, losses: int, *, exact: bool = False) -> float:
    """One-sided p-value against a drop: P(X >= losses) for X ~ Binomial(wins + losses, 1/2).

    Mid-p counts P(X = losses) half. McNemar 1947; the mid-p version keeps its level and is more powerful than the
    exact one, which is conservative (Fagerland, Lydersen, Laake 2013, BMC Medical Research Methodology 13:91).

    >>> round(mcnemar(5, 15, exact=True), 4), round(mcnemar(5, 15), 4)
    (0.0207, 0.0133)
    """
    pairs = wins + losses
    if pairs == 0:
        return 1.0
    above = float(_special().bdtrc(losses, pairs, 0.5)) if losses < pairs else 0.0
    at_least = float(_special().bdtrc(losses - 1, pairs, 0.5)) if losses else 1.0
    return at_least if exact else (above + at_least) / 2


def two_sided(wins: int, losses: int) -> float:
    """Two-sided mid-p of McNemar's test: twice the smaller one-sided one."""
    return min(1.0, 2 * min(mcnemar(wins, losses), mcnemar(losses, wins)))


def sign_flip(totals: Floats) -> float:
    """One-sided mid-p against a drop: the exact sign-flip test on cluster totals of shape (k,), k at most `SPARSE`.

    If the models are equal, base and candidate may be exchanged within any cluster, so each total keeps its size and
    has either sign equally likely (Fisher 1935, "The design of experiments", section 21). On right-or-wrong cases
    without clusters this is McNemar's test.
    """
    if len(totals) == 0:
        return 1.0
    sums = np.zeros(1)
    for size in np.abs(totals):
        sums = np.concatenate([sums - size, sums + size])
    seen = float(totals.sum())
    slack = 1e-9 * float(np.abs(totals).sum())
    lower, equal = np.mean(sums < seen - slack), np.mean(np.abs(sums - seen) <= slack)
    return float(lower + equal / 2)


def tango(wins: int, losses: int, n: int, *, alpha: float) -> tuple[float, float]:
    """Score interval of the difference of two paired proportions, each bound at confidence 1 - alpha.

    Tango 1998, "Equivalence test and confidence interval for the difference in proportions for the paired-sample
    design", Statistics in Medicine 17:891-908. Unlike Wald's it has a width where no pair is discordant.

    >>> low, high = tango(0, 0, 100, alpha=0.025)
    >>> round(low, 4), round(high, 4)
    (-0.037, 0.037)
    """
    z = float(_special().ndtri(1 - alpha))
    mean = (wins - losses) / n

    def statistic(at: float) -> float:
        b = -wins - losses + (2 * n - wins + losses) * at
        c = -losses * at * (1 - at)
        q = (math.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
        variance = n * (2 * q + at * (1 - at))
        gap = wins - losses - n * at
        if gap == 0:
            return 0.0
        return gap / math.sqrt(variance) if variance > 0 else math.copysign(math.inf, gap)

    low, high = [-1.0, mean], [mean, 1.0]
    for _ in range(60):
        middle = sum(low) / 2
        low = [middle, low[1]] if statistic(middle) > z else [low[0], middle]
        middle = sum(high) / 2
        high = [middle, high[1]] if statistic(middle) > -z else [high[0], middle]
    return sum(low) / 2, sum(high) / 2


def mde_binary(n: int, discordance: float, *, alpha: float, power: float) -> float:
    """Smallest drop d that McNemar's test at one-sided level `alpha` finds in n pairs with the asked power.

    Solves n = [z_a sqrt(p_d) + z_b sqrt(p_d - d^2)]^2 / d^2 (Connor 1987, Biometrics 43:207-211) for d, where p_d is
    the discordant rate, and at least d. 1.0 if even a drop from all right to all wrong would be missed.

    >>> round(mde_binary(1045, 0.12, alpha=0.025, power=0.8), 4)
    0.03
    """
    z_a, z_b = float(_special().ndtri(1 - alpha)), float(_special().ndtri(power))

    def short(d: float) -> bool:
        rate = max(discordance, d)
        return d * math.sqrt(n) < z_a * math.sqrt(rate) + z_b * math.sqrt(max(0.0, rate - d * d))

    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if short(middle) else (low, middle)
    return high


def power_binary(n: int, discordance: float, drop: float, *, alpha: float) -> float:
    """Chance that McNemar's test at one-sided level `alpha` finds `drop` in n pairs, by Connor's formula.

    >>> round(power_binary(1045, 0.12, 0.03, alpha=0.025), 3)
    0.8
    """
    z_a = float(_special().ndtri(1 - alpha))
    return float(
        _special().ndtr((drop * math.sqrt(n) - z_a * math.sqrt(discordance)) / math.sqrt(discordance - drop**2))
    )


def power_scores(error: float, drop: float, *, alpha: float) -> float:
    """Chance that a one-sided test at level `alpha` finds `drop`, if the difference has the standard error `error`.

    Miller 2024 (arXiv 2411.00640), equation 9, solved for power: Phi(drop / error - z_a).
    """
    return float(_special().ndtr(drop / error - float(_special().ndtri(1 - alpha))))


def bootstrap(
    base: Floats, candidate: Floats, clusters: Ints | None, *, seed: int, alpha: float, replicates: int = REPLICATES
) -> tuple[float, float]:
    """Percentile interval of the mean difference over resampled clusters, each bound at confidence 1 - alpha.

    Efron and Tibshirani 1993, "An introduction to the bootstrap", section 13.3; whole clusters are drawn with
    replacement (Davison and Hinkley 1997, section 3.8). A function of the seed: the same on every machine.
    """
    totals, sizes = _totals(candidate - base, clusters)
    count = len(totals)
    key = stream_key(seed, "eval compare", "bootstrap")
    means = np.empty(replicates)
    step = max(1, _CHUNK // count)
    for start in range(0, replicates, step):
        rows = min(step, replicates - start)
        index = below(draws(key, start * count, rows * count), count).reshape(rows, count)
        means[start : start + rows] = totals[index].sum(axis=1) / sizes[index].sum(axis=1)
    low, high = np.quantile(means, [alpha, 1 - alpha])
    return float(low), float(high)


def adjusted(p: Sequence[float], weights: Sequence[float], correction: Correction) -> list[float]:
    """p-values corrected for their number; the weights say how alpha is shared out and are scaled to sum to 1.

    `holm` keeps the chance of any false alarm at alpha or below, however the tests depend on each other: weighted Holm
    (Holm 1979, Scandinavian Journal of Statistics 6:65-70). `bh` keeps the expected share of false alarms among the
    alarms there, for tests that do not depend on each other negatively: weighted Benjamini-Hochberg (Genovese, Roeder,
    Wasserman 2006, Biometrika 93:509-524). If the models are equal every alarm is false, so that the chance of one is
    at most alpha here too.

    >>> [round(q, 3) for q in adjusted([0.01, 0.04, 0.03], [1, 1, 1], "holm")]
    [0.03, 0.06, 0.06]
    >>> [round(q, 3) for q in adjusted([0.01, 0.04, 0.03], [1, 1, 1], "bh")]
    [0.03, 0.04, 0.04]
    """
    share = np.asarray(weights, dtype=np.float64) / float(np.sum(weights))
    values = np.asarray(p, dtype=np.float64)
    ratio = values / share
    order = np.argsort(ratio, kind="stable")
    out = np.empty(len(values))
    if correction == "holm":
        left = np.cumsum(share[order][::-1])[::-1]
        out[order] = np.maximum.accumulate(ratio[order] * left)
    else:
        ranked = ratio[order] / np.arange(1, len(values) + 1)
        out[order] = np.minimum.accumulate(ranked[::-1])[::-1]
    return [float(min(1.0, q)) for q in out]
