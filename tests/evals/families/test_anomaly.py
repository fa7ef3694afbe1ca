"""Anomaly: clean twins that are made again, and anomalies that depart from them as stated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from synthgen.errors import RecipeError
from synthgen.evalcase import EvalCase
from synthgen.evals.draw import Draw
from synthgen.evals.families.anomaly import departed, read_log
from synthgen.evals.signals import EVENTS, LENGTHS, SERIES, Injected, Log, Series, disturbed, noise
from synthgen.registry import VARIANTS

Plan = Callable[..., Any]
LOG = Log(7, 100, "2026-03-01T08:00:00", 60, "job", ("done", "queued"))


def shown(case: EvalCase) -> str:
    return next(p.text for p in case.pieces if p.label == "data")


def test_a_set_holds(line: Plan) -> None:
    cases = line("family: anomaly").holds(320, mutants=3)
    assert {c.slices["anomaly"] for c in cases} == {*SERIES, *EVENTS, "none", "several"}
    assert {c.difficulty for c in cases} == {"easy", "medium", "hard"}
    normal = sum(c.target == [] for c in cases)
    assert 0.2 <= normal / len(cases) <= 0.3
    assert all(60 <= c.extra["parameters"]["count"] <= 240 for c in cases)


def test_departures_are_at_least_four_sigmas_and_inside_alone(line: Plan) -> None:
    checked = 0
    for case in line("{family: anomaly, kinds: series, normal: 0}").cases(120):
        made = Series(**case.extra["parameters"])
        rows = [r.split(case.extra["between"].strip(" ")) for r in shown(case).split("\n")[1:]]
        values = {a.strip(): b.strip() for a, b in rows}
        clean = dict(zip(made.stamps(), made.clean(), strict=True))
        inside = {s for s in clean for t in case.target if t["start"] <= s <= t["end"]}
        for stamp, value in clean.items():
            if stamp not in inside:
                assert float(values[stamp]) == value
        for t in case.target:
            if t["kind"] != "missing":
                far = [abs(float(values[s]) - clean[s]) for s in clean if t["start"] <= s <= t["end"]]
                assert max(far) >= 4 * made.sigma
                checked += 1
    assert checked > 80


def test_noise_is_standard_and_bounded() -> None:
    found = np.array([noise(seed, 200) for seed in range(200)]).ravel()
    assert abs(found.mean()) < 0.02 and abs(found.std() - 1) < 0.02 and np.abs(found).max() <= 3.0
    assert noise(5, 100)[:60] == noise(5, 60)
    assert [round(z, 9) for z in noise(1, 2)] == [round(z, 9) for z in noise(1, 3)][:2]


def test_a_known_series_is_the_same_everywhere() -> None:
    made = Series(3, 60, "2026-01-01T00:00:00", 5, 20.0, 0.001, 1.5, 24, 3, 0.2, 2)
    assert made.clean()[:6] == [21.22, 21.03, 21.24, 21.56, 21.37, 21.47]
    assert made.stamps()[:2] == ["2026-01-01 00:00", "2026-01-01 00:05"]


@pytest.mark.parametrize("kind", SERIES)
def test_each_kind_is_told_from_the_others(kind: str) -> None:
    made = Series(3, 120, "2026-01-01T00:00:00", 5, 200.0, 0.0, 8.0, 24, 3, 1.0, 2)
    clean = made.clean()
    length = LENGTHS[kind][0]
    anomaly = Injected(kind, 40, 40 + length - 1, 9.0)
    values = anomaly.apply(clean, made.sigma, made.decimals)
    inside, twin = values[40 : 40 + length], clean[40 : 40 + length]
    assert departed(kind, inside, twin, made.sigma) == []
    assert all(departed(other, inside, twin, made.sigma) for other in SERIES if other != kind)
    assert departed(kind, values[39 : 40 + length], clean[39 : 40 + length], made.sigma)
    assert departed(kind, values[40 : 41 + length], clean[40 : 41 + length], made.sigma)
    assert departed(kind, twin, twin, made.sigma)


@pytest.mark.parametrize("kind", EVENTS)
def test_logs_are_read_back(kind: str) -> None:
    def lines(events: Any) -> list[str]:
        return [f"{at:%Y-%m-%dT%H:%M:%S} {said}" for at, said in events]

    clean = LOG.clean()
    for seed in range(40):
        events, start, end = disturbed(clean, kind, LOG.every, Draw(seed))
        assert read_log(lines(clean), lines(events), LOG.every) == (kind, start.isoformat(), end.isoformat())
    assert read_log(lines(clean), lines(clean), LOG.every) is None
    swapped = lines(clean)
    swapped[3], swapped[4], swapped[60], swapped[61] = swapped[4], swapped[3], swapped[61], swapped[60]
    assert read_log(lines(clean), swapped, LOG.every) is None


def planted(case: EvalCase) -> list[EvalCase]:
    """Errors of kinds that the family's own mutants do not hold."""
    extra, text = dict(case.extra), shown(case)
    rows = text.split("\n")

    def written(new: list[str]) -> EvalCase:
        return replace(
            case, pieces=tuple(replace(p, text="\n".join(new)) if p.label == "data" else p for p in case.pieces)
        )

    parameters = {**extra["parameters"], "seed": extra["parameters"]["seed"] + 1}
    changed = [*rows[:4], rows[4][:-1] + ("1" if rows[4][-1] != "1" else "2"), *rows[5:]]
    found = [
        written(changed),
        written([*rows[:4], rows[3], *rows[4:]]),
        replace(case, extra=extra | {"parameters": parameters}),
    ]
    if case.target:
        found.append(replace(case, target=[case.target[0], case.target[0]]))
        found.append(replace(case, target=[{**case.target[0], "end": "2026-13-01 00:00"}]))
        found.append(replace(case, target=[{**case.target[0], "kind": "seasonality"}]))
    return found


def test_planted_errors_are_caught(line: Plan) -> None:
    made = line("family: anomaly")
    wrong = [w for c in made.cases(60) for w in planted(c)]
    missed = [w for w in wrong if not made.prove(w)]
    assert len(wrong) > 250
    assert [m.slices for m in missed] == []


def test_variants_keep_the_data(line: Plan) -> None:
    made = line("family: anomaly")
    for case in made.cases(30):
        for name in VARIANTS.names():
            changed = VARIANTS.get(name)().apply(case, Draw(3, case.id, name), made.family)
            assert changed is None or (made.prove(changed) == [] and shown(changed) == shown(case))


def test_shares_and_mistakes(line: Plan) -> None:
    assert {c.extra["kind"] for c in line("{family: anomaly, kinds: events}").cases(20)} == {"events"}
    assert all(c.target for c in line("{family: anomaly, normal: 0}").cases(40))
    mixed = line("{family: anomaly, kinds: {series: 3, events: 1}}").cases(100)
    assert 60 <= sum(c.extra["kind"] == "series" for c in mixed) <= 88
    for family, code in (("kinds: sound", "unknown-kind"), ("kinds: {series: -1, events: 3}", "bad-weight"),
                         ("normal: 0.9", "bad-value")):  # fmt: skip
        with pytest.raises(RecipeError) as caught:
            line(f"{{family: anomaly, {family}}}")
        assert code in {p.code for p in caught.value.problems}


def test_times_are_those_of_the_data(line: Plan) -> None:
    for case in line("family: anomaly").cases(60):
        for t in case.target:
            assert datetime.fromisoformat(t["start"]) <= datetime.fromisoformat(t["end"])
            if case.extra["kind"] == "events":
                assert t["start"] in shown(case) and t["end"] in shown(case)
