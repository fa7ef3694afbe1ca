"""What the clients write about an export is read by `synthgen eval compare`: ids, slices, clusters, hashes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from synthgen.evalcase import EvalSet
from synthgen.evals import results
from tests.export.harness import clients
from tests.export.harness.conftest import Export


def check(read: results.Results, s: EvalSet) -> None:
    assert set(read.cases) == {c.id for c in s.cases} and not read.unscored
    for case in s.cases:
        found = read.cases[case.id]
        assert found.slices["difficulty"] == case.difficulty and found.slices["eval"] == s.name
        assert case.slices.items() <= found.slices.items()
        assert found.cluster == case.groups[0]
        assert found.must_pass == case.must_pass
        assert found.version == s.content_digest[:32]
        assert found.digest == f"metadata:{case.content_digest[:32]}"


@pytest.mark.parametrize(
    ("harness", "result"), [("inspect", "*.eval"), ("promptfoo", "*/results.json"), ("deepeval", "")]
)
def test_results_are_read(harness: str, result: str, export: Export, tmp_path: Path, sets: list[EvalSet]) -> None:
    folder, held = export(harness, [s for s in sets if s.name == "routing"])
    work = tmp_path / "work"
    work.mkdir()
    clients.scores(harness, folder, held, clients.oracle(held), work)
    found = next(work.glob(result)) if result else next((work / ".deepeval").iterdir())
    read = results.load(found)
    check(read, held[0])
    assert all(c.score == 1.0 and c.passed for c in read.cases.values())


def test_lm_eval_by_its_command_line(export: Export, tmp_path: Path, sets: list[EvalSet]) -> None:
    """As the README says, but with the dummy model, which answers at random."""
    if not clients.PYTHON.exists():
        pytest.skip("the clients of the harnesses are not installed: make harness-clients")
    folder, held = export("lm-eval", [s for s in sets if s.name in ("routing", "fields")])
    command = [str(clients.PYTHON.with_name("lm-eval")), "run", "--model", "dummy", "--tasks", "routing,fields"]
    flags = ["--include_path", "tasks", "--output_path", str(tmp_path / "out"), "--log_samples"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **clients.OFFLINE}
    done = subprocess.run([*command, *flags], cwd=folder, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    read = results.load(next((tmp_path / "out").glob("*/samples_routing_*.jsonl")))
    check(read, held[0])
    fields = results.load(next((tmp_path / "out").glob("*/samples_fields_*.jsonl")))
    check(fields, held[1])
    assert {"acc", "f1", "valid"} <= set(fields.metrics)
