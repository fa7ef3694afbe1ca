"""Exports run in the real clients, offline: hostile content arrives unchanged, and scores are the scorer's own."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from synthgen.evalcase import EvalCase, EvalSet
from synthgen.export.harness.base import names, prompts
from tests.export.harness import clients, made
from tests.export.harness.conftest import Export

FEW = ("routing", "fields", "redaction", "lookups")
"""Sets of which every second case is answered wrong."""


def tasks(sets: list[EvalSet]) -> dict[str, EvalSet]:
    named = zip(names(s.name for s in sets), sets, strict=True)
    return {f"{name}{suffix}": s for name, s in named for suffix, _ in prompts(s)}


def own_score(s: EvalSet, case: EvalCase, answer: str) -> float:
    folder = str(next(iter(s.files.values())).parent) if s.files else ""
    found: float = import_module(s.scorer).score(case.plain(), answer, folder)["score"]
    return found


@pytest.mark.parametrize("harness", clients.RUNNABLE)
def test_the_oracle_gets_all(harness: str, export: Export, tmp_path: Path) -> None:
    folder, held = export(harness)
    work = tmp_path / "work"
    work.mkdir()
    found = clients.scores(harness, folder, held, clients.oracle(held), work)
    expected = {task: dict.fromkeys((c.id for c in s.cases), 1.0) for task, s in tasks(held).items()}
    assert found == expected
    assert len(found) == 10


@pytest.mark.parametrize("harness", clients.RUNNABLE)
def test_other_answers_score_what_the_scorer_says(
    harness: str, export: Export, tmp_path: Path, sets: list[EvalSet]
) -> None:
    """A null that answers without looking, labels in other spellings, and garbage."""
    folder, held = export(harness, [s for s in sets if s.name in FEW])
    answers = {s.name: {c.id: _answer(harness, s, c) for c in s.cases} for s in held}
    work = tmp_path / "work"
    work.mkdir()
    found = clients.scores(harness, folder, held, answers, work)
    for name, s in tasks(held).items():
        assert found[name] == {c.id: own_score(s, c, answers[s.name][c.id]) for c in s.cases}
    means = clients.means(found)
    assert means["routing"] == pytest.approx(1 / 3 if harness == "lm-eval" else 2 / 3)  # lm-eval chooses a label
    assert 0.2 < means["fields"] < 0.8


def _answer(harness: str, s: EvalSet, case: EvalCase) -> str:
    if s.name == "routing":
        spelled = {"how_to": " 'How-To'. ", "billing": "billing", "bug": "**BUG**!"}
        return "billing" if harness == "lm-eval" or case.number % 2 else spelled[case.target]
    if case.number % 2:
        return case.target_text
    return made.HOSTILE[case.number % len(made.HOSTILE)]
