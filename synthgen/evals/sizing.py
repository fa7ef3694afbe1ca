"""How many cases an eval set needs to show a difference, and what difference a given number shows.

`CasesParams` is what a recipe writes below `cases:`, `resolve` makes a `Size` of it. The formulas with their sources
are in `power`. Numbers are rounded up. Cases in clusters of m with correlation rho inside are worth less, so their
number is multiplied by 1 + (m - 1) rho (Kish 1965, "Survey sampling", section 5.4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from synthgen.evals.power import (
    Design,
    Method,
    NonInferiority,
    Paired,
    PairedScores,
    Unpaired,
    ZeroFailures,
    guess,
    least,
)
from synthgen.generator import Params

Share = Annotated[float, Field(ge=1e-9, lt=1, strict=True)]
Effect = Annotated[float, Field(ge=1e-6, lt=1, strict=True)]
Figure = Annotated[float, Field(strict=True, allow_inf_nan=False)]
_EFFECTS = ("detect", "non_inferiority", "zero_failures")


class Clusters(Params):
    """`clusters: {size: 4, rho: 0.2}`: cases that share a record or document, and how alike their scores are."""

    size: Figure = Field(ge=1, description="write the mean number of cases in a cluster, such as 4")
    rho: Figure = Field(ge=0, le=1, description="write the correlation inside a cluster, such as 0.2")


class Samples(Params):
    """`samples: {baseline: 1, candidate: 4}`: answers that each model gives to a case, whose scores are averaged."""

    baseline: int = Field(default=1, ge=1, strict=True, description="write how many answers, such as 4")
    candidate: int = Field(default=1, ge=1, strict=True, description="write how many answers, such as 4")


class Noise(Params):
    """`noise: {baseline: 0.1, candidate: 0.1}`: variance of a model's score when it answers one case again."""

    baseline: Figure = Field(default=0.0, ge=0, description="write a variance, such as 0.1")
    candidate: Figure = Field(default=0.0, ge=0, description="write a variance, such as 0.1")


class CasesParams(Params):
    """`cases: {detect: 0.03, baseline: 0.85}`: what the set must be able to see."""

    detect: Effect | None = Field(
        default=None, description="write the least difference that must be seen, such as 0.03"
    )
    baseline: Share | None = Field(default=None, description="write what today's model scores, such as 0.85")
    power: Share = Field(default=0.8, description="write how often the difference must be seen, such as 0.8")
    alpha: Share = Field(default=0.05, description="write how often a false alarm may come, such as 0.05")
    discordance: Share | None = Field(
        default=None, description="write the share of cases on which exactly one of the models is right, such as 0.12"
    )
    unpaired: bool = Field(default=False, strict=True, description="write true where each model sees its own cases")
    arms: int = Field(
        default=1, ge=1, le=2, strict=True, description="write 2 where the set holds the cases of both models"
    )
    variance: Figure | None = Field(
        default=None, gt=0, description="write the variance over cases of the difference of scores, as 0.11"
    )
    samples: Samples | None = Field(default=None, description="write {baseline: 4, candidate: 4}: answers per case")
    noise: Noise | None = Field(default=None, description="write {baseline: 0.1, candidate: 0.1}: variance per answer")
    zero_failures: Effect | None = Field(default=None, description="write the failure rate to rule out, such as 0.01")
    confidence: Share = Field(default=0.95, description="write how surely it is ruled out, such as 0.95")
    non_inferiority: Effect | None = Field(
        default=None, description="write how much worse the candidate may be, such as 0.02"
    )
    n: int | None = Field(
        default=None, ge=1, strict=True, description="write a number of cases, to learn what it shows"
    )
    clusters: Clusters | None = Field(default=None, description="write {size: 4, rho: 0.2}")

    @model_validator(mode="after")
    def _agree(self) -> CasesParams:
        asked = [k for k in _EFFECTS if getattr(self, k) is not None]
        if len(asked) > 1 or (not asked and self.n is None):
            names = " and ".join(f"'{k}'" for k in asked) if asked else "none of them"
            message = (
                f"a size follows from one of 'detect', 'non_inferiority', 'zero_failures' and 'n'; here is {names}"
            )
            raise _wrong(message, "write {detect: 0.03, baseline: 0.85}")
        if self.zero_failures is not None:
            return self._only("zero_failures", ("confidence", "clusters", "n"))
        if "confidence" in self.model_fields_set:
            raise _wrong("'confidence' goes with 'zero_failures'", "write 'alpha' and 'power' for a difference")
        if self.power <= self.alpha:
            message = f"power {self.power:g} is not above alpha {self.alpha:g}: a coin would do as well"
            raise _wrong(message, "write power: 0.8 and alpha: 0.05")
        if self.variance is None and (self.samples is not None or self.noise is not None):
            raise _wrong("'samples' and 'noise' go with 'variance'", "add variance: 0.11, or leave them out")
        if self.arms > 1 and not self.unpaired:
            raise _wrong("'arms' goes with 'unpaired': paired models see the same cases", "leave 'arms' out")
        if self.non_inferiority is not None:
            self._only("non_inferiority", ("discordance", "baseline", "power", "alpha", "clusters", "n"))
        elif self.variance is not None:
            known = ("detect", "baseline", "samples", "noise", "power", "alpha", "clusters", "n")
            return self._only("variance", known)
        self._of_shares(self.detect or 0.0)
        return self

    def _only(self, key: str, others: tuple[str, ...]) -> CasesParams:
        """Refuse what has no meaning beside `key`."""
        for name in sorted(self.model_fields_set - {key, *others}):
            if getattr(self, name) != type(self).model_fields[name].default:
                raise _wrong(f"'{name}' has no meaning beside '{key}'", f"leave '{name}' or '{key}' out")
        return self

    def _of_shares(self, detect: float) -> None:
        """What right-or-wrong scores need, and what cannot be."""
        if self.unpaired and self.discordance is not None:
            raise _wrong("'discordance' is about paired cases, but 'unpaired' says that they are not", "leave one out")
        if self.baseline is None:
            if self.unpaired:
                raise _wrong("unpaired cases need 'baseline'", "add what today's model scores: baseline: 0.85")
            if self.discordance is None:
                message = "paired cases need 'baseline', 'discordance' or 'variance'"
                raise _wrong(message, "add what today's model scores: baseline: 0.85")
        elif self.baseline + detect > 1 + 1e-9:
            message = f"baseline {self.baseline:g} and detect {detect:g} sum to more than 1: no model can be that good"
            raise _wrong(message, f"write detect: {1 - self.baseline:.3g} or less")
        share = self.discordance
        if share is None:
            return
        if share < detect:
            message = f"models whose scores differ by {detect:g} disagree on at least as many cases, not on {share:g}"
            raise _wrong(message, f"write discordance: {detect:g} or more")
        if self.baseline is not None:
            top = max(min(2 * (1 - b) - s, 2 * b + s) for b, s in ((self.baseline, detect), (self.baseline, -detect)))
            if share > top + 1e-9:
                message = (
                    f"a model that scores {self.baseline:g} and one that differs by {detect:g} disagree on at most"
                )
                raise _wrong(f"{message} {top:.3g} of the cases, not on {share:g}", f"write discordance: {top:.3g}")

    @property
    def effect(self) -> float | None:
        """The difference, margin or failure rate that is asked for."""
        return next((v for k in _EFFECTS if (v := getattr(self, k)) is not None), None)

    @property
    def design_effect(self) -> float:
        """By what clusters multiply the number of cases."""
        return 1.0 if self.clusters is None else 1 + (self.clusters.size - 1) * self.clusters.rho


@dataclass(frozen=True)
class Size:
    """A number of cases and where it comes from.

    `n` is what the set holds, `bare` the number before clusters (of one arm, where `unpaired`), `effect` what clusters
    multiply it by, `inputs` the assumptions after defaults. `mde` is the least difference, margin or rate that n cases
    show, None where they show none or nothing was assumed. `power` is the chance of seeing the asked difference. `ab`
    is the number of users in each arm of an A/B test of the same difference, where baseline and difference are known.
    """

    n: int
    method: Method
    inputs: dict[str, Any]
    bare: int
    effect: float = 1.0
    mde: float | None = None
    formula: str = ""
    arms: int = 1
    power: float | None = None
    ab: int | None = None


def resolve(cases: int | CasesParams) -> Size:
    """The size that a recipe's `cases` asks for, rounded up.

    >>> size = resolve(CasesParams(detect=0.03, baseline=0.85, clusters={"size": 4, "rho": 0.2}))
    >>> size.bare, round(size.effect, 3), size.n
    (1045, 1.6, 1672)
    """
    if isinstance(cases, int):
        return Size(cases, "given", {"cases": cases}, cases)
    found, effect = design(cases), cases.effect
    if cases.n is None:
        bare = _up(found.cases(effect or 0.0))
        n = _up(bare * cases.design_effect) * cases.arms
    else:
        n, bare = cases.n, max(1, math.floor(cases.n / cases.arms / cases.design_effect + 1e-9))
    ab = None
    if cases.detect is not None and cases.baseline is not None and cases.variance is None:
        ab = _up(Unpaired(cases.alpha, 1 - cases.power, cases.baseline).cases(cases.detect))
    return Size(
        n=n,
        method=found.method,
        inputs=_inputs(cases),
        bare=bare,
        effect=cases.design_effect,
        mde=mde(n, cases),
        formula=found.formula,
        arms=cases.arms,
        power=None if effect is None else power(n, cases, effect),
        ab=ab,
    )


def design(cases: CasesParams) -> Design:
    """The formulas under the assumptions of `cases`."""
    alpha, beta = cases.alpha, 1 - cases.power
    if cases.zero_failures is not None:
        return ZeroFailures(cases.confidence)
    if cases.non_inferiority is not None:
        return NonInferiority(alpha, beta, _discordance(cases))
    if cases.variance is not None:
        samples, noise = cases.samples or Samples(), cases.noise or Noise()
        again = noise.baseline / samples.baseline + noise.candidate / samples.candidate
        return PairedScores(alpha, beta, cases.variance + again)
    if cases.unpaired:
        return Unpaired(alpha, beta, cases.baseline or 0.0)
    return Paired(alpha, beta, cases.baseline, cases.discordance)


def mde(n: float, cases: CasesParams) -> float | None:
    """The minimum detectable effect of a set of n cases under the assumptions of `cases`; None if it can show none.

    >>> round(mde(469, CasesParams(n=469, discordance=0.15)), 4)
    0.05
    """
    return least(design(cases), _worth(n, cases))


def power(n: float, cases: CasesParams, effect: float) -> float:
    """The chance that a set of n cases shows `effect` under the assumptions of `cases`.

    >>> round(power(969, CasesParams(detect=0.03, variance=1 / 9), 0.03), 3)
    0.8
    """
    return design(cases).power(_worth(n, cases), effect)


def _worth(n: float, cases: CasesParams) -> float:
    """The number of independent cases of one arm that n cases are worth."""
    return n / cases.design_effect / cases.arms


def _discordance(cases: CasesParams) -> float:
    return cases.discordance or guess(cases.baseline or 0.0, cases.detect or 0.0)


def _inputs(cases: CasesParams) -> dict[str, Any]:
    """The assumptions that the number rests on, after defaults."""
    if cases.zero_failures is not None:
        return {"zero_failures": cases.zero_failures, "confidence": cases.confidence} | _clusters(cases)
    found: dict[str, Any] = {
        k: getattr(cases, k)
        for k in ("detect", "non_inferiority", "baseline", "variance")
        if getattr(cases, k) is not None
    }
    found |= {"power": cases.power, "alpha": cases.alpha}
    if cases.variance is not None:
        found |= {"samples": (cases.samples or Samples()).model_dump(), "noise": (cases.noise or Noise()).model_dump()}
    elif cases.unpaired:
        found |= {"unpaired": True, "arms": cases.arms}
    elif cases.discordance is not None or cases.effect is not None:
        found |= {"discordance": round(_discordance(cases), 9), "assumed": cases.discordance is None}
    return found | _clusters(cases)


def _clusters(cases: CasesParams) -> dict[str, Any]:
    return {} if cases.clusters is None else {"clusters": cases.clusters.model_dump()}


def _up(number: float) -> int:
    """Rounded up; what is a whole number but for the last digits of its arithmetic stays."""
    return max(1, math.ceil(round(number, 6)))


def _wrong(message: str, remedy: str) -> PydanticCustomError:
    """A contradiction with its remedy, for the recipe's line or the command."""
    return PydanticCustomError("value_error", "{text}", {"text": message, "remedy": remedy})
