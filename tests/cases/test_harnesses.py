"""Every family in every harness that holds it, in the real clients: the oracle gets all, the null what chance gives."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from synthgen import pipeline
from synthgen.cases.make import Maker, Setup, make
from synthgen.cases.publish import eval_set
from synthgen.engine.local import LocalEngine
from synthgen.evalcase import EvalSet
from synthgen.evals.audit import Z99, mean
from synthgen.evals.draw import Draw
from synthgen.plan.world import World
from synthgen.registry import FAMILIES, HARNESSES

CASES = 24
OPTIONS = {
    "classification": "labels: [billing, bug, cancellation, how_to, feature_request]",
    "extraction": "from: invoices, target: [invoice_no, issued_on, amount, customers.last_name]",
    "needle": "lengths: [400, 1000]",
    "pii_spans": "from: customers",
    "text_to_sql": "tables: [customers, invoices]",
    "table_qa": "from: invoices",
    "tool_call": "from: invoices",
}
TABLES = """\
synthgen: 1
name: harnesses
seed: 6
clock: "2026-09-01T00:00:00Z"
tables:
  customers:
    rows: 500
    key: customer_id
    entities: {person: [first_name, last_name, email, phone]}
    columns:
      customer_id: {id: int}
      plan: {choice: {free: 0.6, pro: 0.3, enterprise: 0.1}}
  invoices:
    per: customers
    count: {poisson: 2}
    key: invoice_no
    columns:
      invoice_no: {id: "INV-{n:07d}"}
      customer_id: {ref: customers}
      issued_on: {date: {from: "2025-01-01", to: clock}}
      amount: {lognormal: {median: 80, sigma: 0.7}, range: [5, 5000], decimals: 2}
      status: {choice: {paid: 0.75, open: 0.2, overdue: 0.05}}
"""


def _clients() -> Any:
    """The runners of the clients, which the tests of the exports keep."""
    path = Path(__file__).parents[1] / "export" / "harness" / "clients.py"
    spec = importlib.util.spec_from_file_location("synthgen_harness_clients", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


clients = _clients()


@dataclass(frozen=True)
class Exported:
    """An export of all families, and what the oracle and the null answer to each case."""

    folder: Path
    sets: Sequence[EvalSet]
    answers: Mapping[str, Mapping[str, Mapping[str, str]]]  # oracle or null -> set -> case -> answer
    null: Mapping[str, tuple[float, float, float]]  # set -> mean score of the null by the scorer, low, high


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    folder = tmp_path_factory.mktemp("harnesses")
    families = [f for f in FAMILIES.names() if f != "toy"]
    lines = [f"  {f}: {{family: {f}, cases: {CASES}{', ' + OPTIONS[f] if f in OPTIONS else ''}}}" for f in families]
    recipe = folder / "recipe.yaml"
    tail = f"splits: {{dev: 0.25, test: 0.75}}\nexport: {{evals: [{', '.join(HARNESSES.names())}]}}\n"
    recipe.write_text(TABLES + "evals:\n" + "\n".join(lines) + "\n" + tail, encoding="utf-8")
    result = pipeline.run(recipe, out=folder / "out")
    assert result.verdict.passed, [f.to_json() for f in result.verdict.findings]
    assert set(result.evals) == set(families)
    return _answered(folder, recipe)


def _answered(folder: Path, recipe: Path) -> Exported:
    plan = pipeline.planned(recipe)
    (folder / "files").mkdir()
    maker = Maker(Setup(plan.recipe, {}, folder / "files"), plan, World(plan))
    made = make(maker, LocalEngine(1))
    answers: dict[str, dict[str, dict[str, str]]] = {"oracle": {}, "null": {}}
    null, sets = {}, []
    for name, examined in made.items():
        family, room = plan.evals[name].family, maker.room(name)[1]
        cases = [e.case for e in examined]
        sets.append(eval_set(maker, plan.evals[name], cases))
        answers["oracle"][name] = {c.id: family.oracle(c) for c in cases}
        answers["null"][name] = {c.id: family.null(c, Draw("null", c.id)) for c in cases}
        chances = [family.chance(c) for c in cases]
        half = Z99 * sum(p * (1 - p) for p in chances) ** 0.5 / len(cases) + 1e-9
        score = mean([family.score(c, answers["null"][name][c.id], room) for c in cases])
        null[name] = (score, mean(chances) - half, mean(chances) + half)
    return Exported(folder / "out" / "evals", sets, answers, null)


@pytest.mark.parametrize("harness", clients.RUNNABLE)
@pytest.mark.parametrize("answers", ["oracle", "null"])
def test_a_client_scores_every_family(harness: str, answers: str, exported: Exported, tmp_path: Path) -> None:
    found = clients.means(
        clients.scores(harness, exported.folder / harness, exported.sets, exported.answers[answers], tmp_path)
    )
    assert set(found) == {s.name for s in exported.sets}
    for name, score in found.items():
        own, low, high = exported.null[name]
        if answers == "oracle":
            assert score == 1.0, name
        else:
            assert score == pytest.approx(own, abs=1e-6) and low <= score <= high, name


def test_every_harness_has_a_folder_that_says_how_to_run_it(exported: Exported) -> None:
    for name in HARNESSES.names():
        text = (exported.folder / name / "README.md").read_text(encoding="utf-8")
        assert "canary" in text and "```" in text
    listed = json.loads((exported.folder.parent / "manifest.json").read_text())["harness"]
    assert {f["format"] for f in listed} == set(HARNESSES.names())
