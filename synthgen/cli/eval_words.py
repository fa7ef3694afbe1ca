"""What the number of cases of an eval set means, in one paragraph for people who do not plan experiments."""

from __future__ import annotations

import math

from synthgen.evals.power import guess, mcnemar_power
from synthgen.evals.sizing import CasesParams, Size, design, mde, power, resolve

_MOST_ENUMERATED = 1_000_000  # pairs for which the exact power is worked out
_TESTS = {
    "paired": "same cases for both models, McNemar's test",
    "paired_scores": "same cases for both models, mean difference of scores",
    "unpaired": "cases of its own for each model, difference of two shares",
    "zero_failures": "no failure allowed",
    "non_inferiority": "same cases for both models, not worse by more than a margin",
}


def headline(size: Size, cases: CasesParams) -> str:
    """The method, and the least effect in words."""
    least = "shows nothing" if size.mde is None else f"shows {amount(size.mde, cases)}"
    return f"{_TESTS[size.method]}; {least}"


def amount(effect: float, cases: CasesParams) -> str:
    """An effect in words: `3 points`, `1 %` of failures, or 0.03 of a score.

    >>> amount(0.03, CasesParams(n=400, baseline=0.8))
    '3 points'
    """
    if cases.zero_failures is not None:
        return f"{100 * effect:.3g} %"
    if cases.variance is not None:
        return f"{effect:.3g}"
    return "1 point" if f"{100 * effect:.3g}" == "1" else f"{100 * effect:.3g} points"


def explanation(size: Size, cases: CasesParams, assumed: bool = False) -> str:
    """One paragraph: what is seen, how often it is missed, false alarms, what is assumed, and what more would cost.

    `assumed` says that nothing was said about the models, so that the baseline is a guess of the command's.
    """
    said = [] if not assumed else [f"Nothing is said about the models, so a baseline of {cases.baseline:g} is taken."]
    if cases.zero_failures is not None:
        said += _no_failure(size, cases)
    elif cases.non_inferiority is not None:
        said += [*_margin(size, cases), *_assumption(size, cases)]
    elif size.mde is None:
        said += [
            f"{size.n:,} cases can show no difference under these assumptions: even a perfect candidate is missed in"
            f" more than {_of(1 - cases.power)} comparisons. Take more cases."
        ]
    else:
        said += [*_difference(size, cases), *_assumption(size, cases)]
    said += [*_clusters(size, cases), *_price(size, cases), *_tests(size, cases)]
    return " ".join(said)


def exact_power(size: Size, cases: CasesParams) -> dict[str, float]:
    """Power of McNemar's test by enumeration, `mid_p` and `exact`; empty where the set is compared in another way."""
    if size.method != "paired" or size.effect != 1 or size.n > _MOST_ENUMERATED or not (cases.detect or size.mde):
        return {}
    effect = cases.detect or size.mde or 0.0
    rate = max(cases.discordance, effect) if cases.discordance else guess(cases.baseline or 0.0, effect)
    return {
        name: mcnemar_power(size.n, rate, effect, alpha=cases.alpha, mid=mid)
        for name, mid in (("mid_p", True), ("exact", False))
    }


def _of(share: float) -> str:
    """A chance in words: `20 of 100`; what is rarer or finer is given with one digit more."""
    percent = 100 * share
    return f"{percent:.0f} of 100" if abs(percent - round(percent)) < 0.05 else f"{percent:.1f} of 100"


def _difference(size: Size, cases: CasesParams) -> list[str]:
    effect = cases.detect if cases.n is None and cases.detect is not None else size.mde or 0.0
    models = "two models that answer cases of their own" if cases.unpaired else "two models on the same cases"
    each = f"{size.n:,} cases" if size.arms == 1 else f"{size.n:,} cases, {size.n // 2:,} for each model,"
    if cases.unpaired and size.arms == 1:
        each = f"{size.n:,} cases for each model"
    example = ""
    if cases.baseline is not None and cases.variance is None:
        example = f", such as {cases.baseline:.3g} against {cases.baseline + effect:.3g}"
    kind = "the mean scores of " if cases.variance is not None else ""
    said = [f"{each} show a difference of {amount(effect, cases)} between {kind}{models}{example}."]
    said.append(
        f"A real difference of this size is missed in {_of(1 - cases.power)} comparisons, and models that are equally"
        f" good look different in {_of(cases.alpha)} (a false alarm)."
    )
    if cases.n is not None and cases.detect is not None and size.power is not None:
        said.append(f"A difference of {amount(cases.detect, cases)} would be seen in {_of(size.power)}.")
    return said


def _margin(size: Size, cases: CasesParams) -> list[str]:
    margin = amount((size.mde if cases.n is not None else None) or cases.non_inferiority or 0.0, cases)
    return [
        f"{size.n:,} cases show that a candidate is less than {margin} worse than the baseline on the same cases.",
        f"A candidate that is just as good is not accepted in {_of(1 - cases.power)} comparisons, and one that is"
        f" {margin} worse is accepted in {_of(cases.alpha)} (a false alarm).",
    ]


def _no_failure(size: Size, cases: CasesParams) -> list[str]:
    rate = amount((size.mde if cases.n is not None else None) or cases.zero_failures or 0.0, cases)
    return [
        f"{size.n:,} cases without a single failure show, with {100 * cases.confidence:.3g} % confidence, that fewer"
        f" than {rate} of such cases fail. A model that fails {rate} of the time passes them all in"
        f" {_of(1 - cases.confidence)} tries, by luck. One failure, and nothing is shown.",
        "It is assumed that the cases are independent, and like those that the model will meet.",
    ]


def _assumption(size: Size, cases: CasesParams) -> list[str]:
    """What the number rests on that nobody has measured yet."""
    if cases.variance is not None:
        deviation = math.sqrt(cases.variance)
        return [
            f"It is assumed that the difference of the two scores of a case has a variance of {cases.variance:.3g} (a"
            f" standard deviation of {deviation:.2g}): measure it in the first comparison, since the number grows with"
            " it."
        ]
    if cases.unpaired:
        effect = cases.detect or size.mde or 0.0
        same = resolve(CasesParams(detect=effect, baseline=cases.baseline, power=cases.power, alpha=cases.alpha))
        return [f"With the same cases for both models about {same.n:,} would do."] if effect >= 1e-6 else []
    effect = 0.0 if cases.non_inferiority is not None else cases.detect or size.mde or 0.0
    rate = cases.discordance or guess(cases.baseline or 0.0, effect)
    said = f"It is assumed that on {100 * rate:.3g} % of the cases exactly one of the models is right (the discordance)"
    if cases.discordance is not None:
        return [f"{said}, as stated: the number grows with it."]
    wins, losses = (rate + effect) / 2, (rate - effect) / 2
    return [
        f"{said}: the candidate mends {100 * wins:.3g} % of the cases and breaks {100 * losses:.3g} %. That is a guess"
        " from the baseline; measure it in the first comparison, since the number grows with it."
    ]


def _clusters(size: Size, cases: CasesParams) -> list[str]:
    if cases.clusters is None:
        return []
    return [
        f"The cases come in clusters of {cases.clusters.size:g} whose scores correlate with {cases.clusters.rho:g}, so"
        f" {size.n // size.arms:,} of them are worth {size.bare:,} independent ones."
    ]


def _price(size: Size, cases: CasesParams) -> list[str]:
    """What half the effect would take."""
    effect = cases.effect if cases.n is None else size.mde
    if effect is None:
        return []
    half = math.ceil(design(cases).cases(effect / 2) * size.effect - 1e-6) * size.arms
    what = {"zero_failures": "rate", "non_inferiority": "margin"}.get(size.method, "difference")
    return [f"Half the {what} takes {half / size.n:.2g} times the cases: {half:,}."]


def _tests(size: Size, cases: CasesParams) -> list[str]:
    """What the exact tests would see, and what the online test takes that follows."""
    said = []
    found = exact_power(size, cases)
    if found:
        mid, exact = (100 * found[k] for k in ("mid_p", "exact"))
        effect = amount(cases.detect or size.mde or 0.0, cases)
        said.append(
            f"Counted out instead of approximated, McNemar's test sees {effect} in {mid:.1f} of 100 comparisons with"
            f" mid-p, in {exact:.1f} with its exact p-value."
        )
    if size.ab is not None and not cases.unpaired and cases.detect is not None:
        said.append(
            f"An A/B test of {amount(cases.detect, cases)}, where each user meets one model, takes {size.ab:,} users in"
            " each arm."
        )
    return said


def chances(chance: float) -> str:
    """A power in words, never rounded up to certainty."""
    return f"{100 * chance:.0f} of 100" if chance < 0.995 else "over 99 of 100"


def steps(size: Size, cases: CasesParams) -> list[tuple[int, float | None, float | None]]:
    """Half the cases, the cases, twice the cases: each with its least effect, and its power for the asked effect."""
    effect = cases.effect
    numbers = dict.fromkeys((max(1, size.n // 2), size.n, 2 * size.n))
    return [(n, mde(n, cases), None if effect is None else power(n, cases, effect)) for n in numbers]
