"""How many cases an eval set needs to show a difference, and what difference a given number shows.

Every formula is the normal approximation of its test at two-sided level `alpha` and the asked power:

- `paired`: two models on the same right-or-wrong cases, McNemar's test (Connor 1987, Biometrics 43:207-211):
  n = (z_a sqrt(p_d) + z_b sqrt(p_d - d^2))^2 / d^2, where p_d is the share of cases on which the models disagree.
- `paired_scores`: mean scores on the same cases (Miller 2024, arXiv 2411.00640, equation 9):
  n = (z_a + z_b)^2 (w^2 + s_A^2/K_A + s_B^2/K_B) / d^2, where w^2 is the variance over cases of the difference.
- `unpaired`: two shares on different cases, per arm (Fleiss 1981, "Statistical methods for rates and proportions"):
  n = (z_a sqrt(2 p q) + z_b sqrt(p1 q1 + p2 q2))^2 / d^2, with p the mean of p1 and p2.
- `zero_failures`: no failure in n cases shows a failure rate below p (Hanley and Lippman-Hand 1983):
  n = ln(1 - c) / ln(1 - p).
- `non_inferiority`: the candidate is at most a margin worse, one-sided: n = (z_a + z_b)^2 p_d / margin^2.

Cases in clusters of m with correlation rho inside are worth less: n (1 + (m - 1) rho) (Kish 1965, "Survey sampling").
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from synthgen.generator import Params

Method = Literal["given", "paired", "paired_scores", "unpaired", "zero_failures", "non_inferiority"]
Share = Annotated[float, Field(gt=0, lt=1)]
_z = NormalDist().inv_cdf


class Clusters(Params):
    """`clusters: {size: 4, rho: 0.2}`: cases that share a record or document, and how alike their scores are."""

    size: float = Field(ge=1, description="write the mean number of cases in a cluster, such as 4")
    rho: float = Field(ge=0, le=1, description="write the correlation inside a cluster, such as 0.2")


class PerModel(Params):
    """A figure for each of the two models."""

    baseline: float = Field(default=1, ge=0)
    candidate: float = Field(default=1, ge=0)


class CasesParams(Params):
    """`cases: {detect: 0.03, baseline: 0.85}`: what the set must be able to see."""

    detect: Share | None = Field(default=None, description="write the least difference that must be seen, such as 0.03")
    baseline: Share | None = Field(default=None, description="write what today's model scores, such as 0.85")
    power: Share = Field(default=0.8, description="write how often the difference must be seen, such as 0.8")
    alpha: Share = Field(default=0.05, description="write how often a false alarm may come, such as 0.05")
    discordance: Share | None = Field(
        default=None, description="write the share of cases on which the two models disagree, such as 0.12"
    )
    unpaired: bool = Field(default=False, description="write true where each model sees cases of its own")
    variance: float | None = Field(
        default=None, gt=0, description="write the variance over cases of the difference of scores, such as 0.11"
    )
    samples: PerModel | None = Field(default=None, description="write {baseline: 4, candidate: 4}: answers per case")
    noise: PerModel | None = Field(
        default=None, description="write {baseline: 0.1, candidate: 0.1}: variance per answer"
    )
    zero_failures: Share | None = Field(default=None, description="write the failure rate to rule out, such as 0.01")
    confidence: Share = Field(default=0.95, description="write 0.95")
    non_inferiority: Share | None = Field(default=None, description="write the margin, such as 0.02")
    clusters: Clusters | None = Field(default=None, description="write {size: 4, rho: 0.2}")

    @model_validator(mode="after")
    def _agree(self) -> CasesParams:
        asked = [k for k in ("detect", "zero_failures", "non_inferiority") if getattr(self, k) is not None]
        if len(asked) != 1:
            names = " and ".join(asked) if asked else "none"
            raise ValueError(f"a size comes from one of detect, zero_failures, non_inferiority; here from {names}")
        if self.detect is not None:
            self._detects(self.detect)
        if self.non_inferiority is not None and self.discordance is None and self.baseline is None:
            raise ValueError("non_inferiority needs 'discordance' or 'baseline'")
        return self

    def _detects(self, detect: float) -> None:
        if self.variance is not None:
            if self.unpaired or self.discordance is not None:
                raise ValueError("'variance' is for paired scores; leave out 'unpaired' and 'discordance'")
            return
        if self.samples is not None or self.noise is not None:
            raise ValueError("'samples' and 'noise' go with 'variance'")
        if self.baseline is None and (self.unpaired or self.discordance is None):
            raise ValueError("detect needs 'baseline'" + ("" if self.unpaired else " or 'discordance'"))
        if self.baseline is not None and self.baseline + detect > 1:
            raise ValueError(f"baseline {self.baseline:g} and detect {detect:g} sum to more than 1")
        if self.unpaired and self.discordance is not None:
            raise ValueError("'discordance' is for paired cases; leave it or 'unpaired' out")
        if self.discordance is not None and self.discordance < detect:
            raise ValueError(
                f"models that differ by {detect:g} disagree on at least as many cases: raise 'discordance'"
            )


@dataclass(frozen=True)
class Size:
    """A number of cases (of one arm, where `unpaired`) and where it comes from.

    `inputs` are the assumptions after defaults. `bare` is the number before clusters, `effect` what they multiply it
    by. `mde` is the least difference that n cases show under the assumptions; None for a number given without any.
    """

    n: int
    method: Method
    inputs: dict[str, Any]
    bare: int
    effect: float = 1.0
    mde: float | None = None


def resolve(cases: int | CasesParams) -> Size:
    """The size that a recipe's `cases` asks for.

    >>> resolve(CasesParams(detect=0.03, baseline=0.85)).n
    1045
    """
    if isinstance(cases, int):
        return Size(cases, "given", {"cases": cases}, cases)
    method, inputs, formula = _method(cases)
    detect = cases.detect or cases.non_inferiority or cases.zero_failures or 0.0
    bare = math.ceil(round(formula(detect), 6))
    effect = 1.0 if cases.clusters is None else 1 + (cases.clusters.size - 1) * cases.clusters.rho
    if cases.clusters is not None:
        inputs |= {"cluster_size": cases.clusters.size, "rho": cases.clusters.rho}
    n = math.ceil(round(bare * effect, 6))
    return Size(n, method, inputs, bare, effect, least(n, cases))


def least(n: int, cases: CasesParams) -> float:
    """The least difference that n cases show: the formula solved for it by bisection."""
    _, _, formula = _method(cases)
    effect = 1.0 if cases.clusters is None else 1 + (cases.clusters.size - 1) * cases.clusters.rho
    top = 1.0 if cases.baseline is None or cases.detect is None else 1 - cases.baseline
    if cases.detect is not None and cases.variance is None and not cases.unpaired:
        top = min(top, discordance(cases))
    low, high = 1e-9, top
    if formula(high) * effect > n:
        return high
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if formula(middle) * effect > n else (low, middle)
    return high


def discordance(cases: CasesParams) -> float:
    """The share of cases on which two models disagree: as given, or guessed from the baseline.

    The guess is that the candidate mends half of the baseline's errors: then (1 - baseline) / 2 of the cases are won,
    `detect` fewer are lost, and the two sum to 1 - baseline - detect. It is kept between `detect`, where no case is
    lost, and what models that err independently of each other would have.
    """
    if cases.discordance is not None:
        return cases.discordance
    detect, baseline = cases.detect or 0.0, cases.baseline or 0.0
    other = min(1.0, baseline + detect)
    independent = baseline * (1 - other) + other * (1 - baseline)
    return max(detect, min(1 - baseline - detect, independent), 1e-6)


def _method(cases: CasesParams) -> tuple[Method, dict[str, Any], Callable[[float], float]]:
    """Method, assumptions, and the formula from a difference to a number of cases."""
    za, zb = _z(1 - cases.alpha / 2), _z(cases.power)
    levels = {"alpha": cases.alpha, "power": cases.power}
    if cases.zero_failures is not None:
        inputs = {"rate": cases.zero_failures, "confidence": cases.confidence}
        return "zero_failures", inputs, lambda p: math.log(1 - cases.confidence) / math.log1p(-min(p, 1 - 1e-12))
    share = discordance(cases)
    if cases.non_inferiority is not None:
        one = _z(1 - cases.alpha)
        inputs = {"margin": cases.non_inferiority, "discordance": share, **levels}
        return "non_inferiority", inputs, lambda m: (one + zb) ** 2 * share / m**2
    if cases.variance is not None:
        samples, noise = cases.samples or PerModel(), cases.noise or PerModel(baseline=0, candidate=0)
        spread = cases.variance + noise.baseline / samples.baseline + noise.candidate / samples.candidate
        inputs = {"detect": cases.detect, "variance": cases.variance, "spread": spread, **levels}
        return "paired_scores", inputs, lambda d: (za + zb) ** 2 * spread / d**2
    base = {"detect": cases.detect, "baseline": cases.baseline}
    if cases.unpaired:
        return "unpaired", {**base, **levels}, lambda d: two_shares(cases.baseline or 0.0, d, za, zb)
    inputs = {**base, "discordance": share, "assumed": cases.discordance is None, **levels}
    return "paired", inputs, lambda d: paired(d, share, za, zb)


def paired(detect: float, share: float, za: float, zb: float) -> float:
    """Cases of McNemar's test for a difference, where models disagree on `share` of the cases."""
    return (za * math.sqrt(share) + zb * math.sqrt(max(0.0, share - detect**2))) ** 2 / detect**2


def two_shares(first: float, detect: float, za: float, zb: float) -> float:
    """Cases of each arm to tell `first` from `first + detect`."""
    second = min(1.0, first + detect)
    mean = (first + second) / 2
    spread = za * math.sqrt(2 * mean * (1 - mean)) + zb * math.sqrt(first * (1 - first) + second * (1 - second))
    return spread**2 / detect**2
