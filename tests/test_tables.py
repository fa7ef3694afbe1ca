"""What the manifest says about tables, read off the plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthgen import pipeline
from synthgen.export.manifest import ColumnEntry, Manifest
from synthgen.generators.choice import Bernoulli

RECIPE = """
synthgen: 1
tables:
  users:
    rows: 20
    columns:
      converted: {bernoulli: 0.5}
      plan: {choice: [free, paid]}
"""


def test_a_planted_truth_stands_beside_its_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    truth = {"lift": {"absolute": 0.02}, "arms": ["control", "treatment"]}
    monkeypatch.setattr(Bernoulli, "truth", truth)
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(RECIPE)
    target = pipeline.run(recipe, out=tmp_path / "out").target
    assert target is not None
    text = (target / "manifest.json").read_text()
    columns = json.loads(text)["tables"]["users"]["columns"]
    assert columns[0]["truth"] == truth
    assert "truth" not in columns[1]
    read = Manifest.model_validate_json(text)
    assert [c.truth for c in read.tables["users"].columns] == [truth, {}]
    assert pipeline.verify(target, regenerate=20).verdict.passed


def test_no_truth_leaves_no_trace() -> None:
    plain = ColumnEntry(name="id", dtype="Int64", generator="id")
    assert plain.model_dump(mode="json") == {"name": "id", "dtype": "Int64", "generator": "id", "pii": None}
