"""The audit before export: is every gold right, can nobody score without looking, does nothing repeat or leak?

Per case (`examine`, run where the case is made): the family's proof, the oracle's score, the score of an answer without
a look at the input, and whether the proof rejects wrong golds. Per set (`report`): all of that together, duplicates,
leaks over splits, balance, diversity, and a shallow baseline. What fails becomes a finding, and the gate blocks.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from synthgen.evalcase import EvalCase
from synthgen.evals.base import Family, Room
from synthgen.evals.diversity import distinct_n, self_bleu
from synthgen.evals.draw import Draw
from synthgen.evals.similarity import Index, Signature, normal, signature
from synthgen.evals.splits import components, leaks

Z99 = 2.5758293035489004  # two-sided 99 % quantile of the normal distribution
NULLS = 3
"""Independent null answers per case. One of a hundred right sets misses the 99 % interval by chance; one of a million
misses it three times."""
LOST = 0.01
"""Share of cases whose first rendering may fail its proof (and one in any set): they are rendered again. More is a
fault of the family."""
MUTATED = 200  # cases whose gold is made wrong on purpose
LIMITS = {"near_duplicates": 0.01, "baseline": 1.0, "balance": 0.0, "distinct": 0.0, "self_bleu": 1.0}
"""What holds where a recipe sets no limit: at most these for near-duplicates, baseline and self-BLEU; at least these
for balance (share of the rarest label over the most frequent one's) and distinct (distinct 2-grams over all)."""


@dataclass(frozen=True)
class Examined:
    """What was found out about one case where it was made."""

    case: EvalCase
    signature: Signature
    reasons: tuple[str, ...]
    oracle: float
    nulls: tuple[float, ...]
    chance: float
    mutants: int = 0
    caught: int = 0
    lost: int = 0  # renderings of this case that were thrown away because their gold was not proven


def examine(case: EvalCase, family: Family, room: Room, seed: int, *, mutate: bool) -> Examined:
    """Prove, answer and mutate one case."""
    reasons = tuple(family.prove(case, room))
    draws = [Draw(seed, case.eval, "#null", case.id, i) for i in range(NULLS)]
    nulls = tuple(family.score(case, family.null(case, draw), room) for draw in draws)
    mutants = family.mutants(case, Draw(seed, case.eval, "#mutants", case.id)) if mutate else []
    caught = sum(bool(family.prove(m, room)) for m in mutants)
    oracle = family.score(case, family.oracle(case), room)
    return Examined(
        case, signature(text_of_case(case)), reasons, oracle, nulls, family.chance(case), len(mutants), caught
    )


def text_of_case(case: EvalCase) -> str:
    """What cases are compared by: the conversation without its system message, or the input; then the passages.

    Passages that every case of a set shares would make all look alike, so `extra["shared_context"]` leaves them out.
    """
    turns = [m.content for m in case.messages if m.role != "system"] or [case.input]
    if not case.extra.get("shared_context"):
        turns += [p.text for p in case.context]
    return "\n".join(turns)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a set. `number` is the first case concerned, `count` how many there are."""

    code: Literal["gold", "audit"]
    message: str
    number: int | None = None
    count: int = 1


@dataclass(frozen=True)
class Report:
    """The audit of one set: figures by name, and what is wrong."""

    figures: Mapping[str, Any]
    faults: tuple[Fault, ...] = ()


@dataclass
class Auditor:
    """Collects one set's examined cases and reports on them. `block` cases in a row belong together (twins, pairs)."""

    limits: Mapping[str, float] = field(default_factory=dict)
    block: int = 1

    def report(self, examined: Sequence[Examined]) -> Report:
        """Everything about the set, in figures and faults."""
        base = [e for e in examined if not e.case.variant]
        figures: dict[str, Any] = {"cases": len(examined), "base_cases": len(base)}
        faults: list[Fault] = []
        for part in (self._gold(examined), self._null(base), self._repeats(examined), self._leaks(examined)):
            for item in part:
                if isinstance(item, Fault):
                    faults.append(item)
                else:
                    figures |= item
        figures |= strata([e.case for e in base])
        figures |= self._diversity(base)
        for item in self._limited(figures, base):
            if isinstance(item, Fault):
                faults.append(item)
            else:
                figures |= item
        return Report(figures, tuple(faults))

    @staticmethod
    def _gold(examined: Sequence[Examined]) -> Iterator[Fault | dict[str, Any]]:
        """Proof and oracle on every case, and that wrong golds are rejected."""
        broken = [(i, e) for i, e in enumerate(examined) if e.reasons]
        for reason in dict.fromkeys(r for _, e in broken for r in e.reasons):
            where = [i for i, e in broken if reason in e.reasons]
            yield Fault("gold", f"the gold is not proven: {reason}", where[0], len(where))
        missed = [i for i, e in enumerate(examined) if e.oracle < 1]
        if missed:
            yield Fault("gold", "the gold's own answer does not score 1", missed[0], len(missed))
        mutants, caught = sum(e.mutants for e in examined), sum(e.caught for e in examined)
        if caught < mutants:
            where = [i for i, e in enumerate(examined) if e.caught < e.mutants]
            yield Fault("gold", f"{mutants - caught} of {mutants} wrong golds pass the proof", where[0], len(where))
        lost = [i for i, e in enumerate(examined) if e.lost]
        if len(lost) > max(1, LOST * sum(not e.case.variant for e in examined)):
            message = f"the golds of {len(lost)} first renderings were not proven, more than {LOST:.0%}"
            yield Fault("gold", message, lost[0], len(lost))
        proven = sum(not e.reasons for e in examined)
        yield {
            "proven": proven,
            "rendered_again": len(lost),
            "oracle": mean([e.oracle for e in examined]),
            "mutants": mutants,
            "caught": caught,
        }

    @staticmethod
    def _null(base: Sequence[Examined]) -> Iterator[Fault | dict[str, Any]]:
        """An answer without a look scores as chance says."""
        if not base:
            return
        chance = mean([e.chance for e in base])
        half = Z99 * math.sqrt(sum(e.chance * (1 - e.chance) for e in base)) / len(base)
        low, high = max(0.0, chance - half), min(1.0, chance + half)
        scores = [mean([e.nulls[i] for e in base]) for i in range(NULLS)]
        inside = [s for s in scores if low - 1e-9 <= s <= high + 1e-9]
        yield {"null": (inside or scores)[0], "chance": chance, "chance_interval": [low, high]}
        if not inside:
            seen = f"answers without a look score {scores[0]:.3f}, outside {low:.3f} to {high:.3f}, where chance is"
            yield Fault("audit", seen)

    def _repeats(self, examined: Sequence[Examined]) -> Iterator[Fault | dict[str, Any]]:
        """Exact and near-duplicates among the base cases, and variants that repeat any case word for word."""
        exact, near, index, seen = [], [], Index(), dict[str, int]()
        crossing = []
        for i, e in enumerate(examined):
            text = text_of_case(e.case) if e.case.variant else normal(text_of_case(e.case))
            if text in seen:
                exact.append(i)
                continue
            seen[text] = i
            if e.case.variant:
                continue
            first = e.case.number // self.block * self.block
            apart = frozenset(range(first, first + self.block))
            found = index.near(e.signature, apart)
            if found is not None:
                near.append(i)
                other = next(x.case for x in examined if not x.case.variant and x.case.number == found)
                if other.split != e.case.split:
                    crossing.append(i)
            index.add(e.case.number, e.signature)
        base = sum(not e.case.variant for e in examined)
        yield {
            "duplicates": len(exact),
            "near_duplicates": len(near) / max(1, base),
            "near_across_splits": len(crossing),
        }
        if exact:
            yield Fault("audit", "cases repeat word for word", exact[0], len(exact))
        if crossing:
            yield Fault("audit", "near-duplicates stand on both sides of a split", crossing[0], len(crossing))

    @staticmethod
    def _leaks(examined: Sequence[Examined]) -> Iterator[Fault | dict[str, Any]]:
        """Groups on two sides of a split."""
        cases = [e.case for e in examined]
        found = leaks(cases)
        yield {"group_leaks": len(found), "groups": len({c.groups[:1] or (c.id,) for c in cases})}
        yield {"components": len(set(components(cases)))}
        if found:
            first = found[0]
            message = f"{first.group} stands in splits {first.splits[0]} and {first.splits[1]}"
            yield Fault("audit", message, count=len(found))

    @staticmethod
    def _diversity(base: Sequence[Examined]) -> dict[str, Any]:
        texts = [e.case.input for e in base]
        return {"distinct_1": distinct_n(texts, 1), "distinct_2": distinct_n(texts, 2), "self_bleu": self_bleu(texts)}

    def _limited(self, figures: Mapping[str, Any], base: Sequence[Examined]) -> Iterator[Fault | dict[str, Any]]:
        """The shallow baseline, and what the limits say."""
        limits = {**LIMITS, **self.limits}
        baseline = shallow([e.case for e in base])
        if baseline is not None:
            yield {"baseline": baseline}
            if baseline > limits["baseline"]:
                message = f"words alone give {baseline:.3f} of the labels, more than baseline: {limits['baseline']:g}"
                yield Fault("audit", message)
        checks = (
            ("near_duplicates", "near_duplicates", 1),
            ("self_bleu", "self_bleu", 1),
            ("distinct", "distinct_2", -1),
        )
        for limit, figure, sign in (*checks, ("balance", "balance", -1)):
            value = figures.get(figure)
            if value is not None and sign * value > sign * limits[limit] + 1e-12:
                less = "more" if sign > 0 else "less"
                yield Fault("audit", f"{figure} is {value:.3f}, {less} than {limit}: {limits[limit]:g}")


def strata(cases: Sequence[EvalCase]) -> dict[str, Any]:
    """How the cases spread over splits, difficulties, labels and slices."""
    found: dict[str, Any] = {
        "splits": dict(Counter(c.split for c in cases)),
        "difficulty": dict(sorted(Counter(c.difficulty for c in cases).items())),
    }
    slices: dict[str, Counter[str]] = {}
    for case in cases:
        for name, value in case.slices.items():
            slices.setdefault(name, Counter())[str(value)] += 1
    found["slices"] = {n: dict(sorted(c.items())) for n, c in sorted(slices.items())}
    labels = Counter(c.target for c in cases if isinstance(c.target, str) and c.target in c.choices)
    if labels:
        found["labels"] = dict(sorted(labels.items()))
        known = {choice for c in cases for choice in c.choices}
        found["balance"] = min(labels.get(k, 0) for k in known) / max(labels.values())
    return found


def shallow(cases: Sequence[EvalCase], most: int = 5000, folds: int = 5) -> float | None:
    """Accuracy of TF-IDF over words and word pairs with a logistic regression, cross-validated; None without labels.

    Templates (else record groups) stay on one side of each fold, so that it is wording that is learned, not cases.
    """
    labelled = [c for c in cases[:most] if isinstance(c.target, str) and c.target in c.choices]
    if len(labelled) < 50 or len({c.target for c in labelled}) < 2:
        return None
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from threadpoolctl import threadpool_limits

    groups = [c.template or (c.groups[0] if c.groups else c.id) for c in labelled]
    folds = min(folds, len(set(groups)))
    if folds < 2:
        return None
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2), LogisticRegression(max_iter=300)
    )
    texts, targets = [c.input for c in labelled], [c.target for c in labelled]
    with threadpool_limits(1):  # small matrices: more threads only wait for each other
        return float(cross_val_score(model, texts, targets, groups=groups, cv=GroupKFold(folds)).mean())


def mean(values: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0
