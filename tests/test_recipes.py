"""Every ready recipe runs, clean, and its export can be verified."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from synthgen import pipeline

ROOT = Path(__file__).resolve().parents[1]
RECIPES = sorted((ROOT / "recipes").glob("*.yaml"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in ("recipes", "schemas"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", [p.name for p in RECIPES])
def test_ready_recipes_run(name: str, project: Path) -> None:
    recipe = project / "recipes" / name
    assert [p.format() for p in pipeline.check(recipe) if p.severity != "note"] == []
    has_evals = "\nevals:" in recipe.read_text(encoding="utf-8")
    result = pipeline.run(recipe, scale=0.5 if has_evals else 0.05)
    assert result.verdict.passed and result.verdict.findings == ()
    assert result.target == project / "outputs" / recipe.stem or str(result.target) == f"outputs/{recipe.stem}"
    assert bool(result.evals) == has_evals and (result.tables or has_evals)
    assert all(t["rows"] > 0 and t["files"] for t in result.tables.values())
    assert all(e["cases"] > 0 and e["files"] for e in result.evals.values())
    assert pipeline.verify(Path(str(result.target)), regenerate=10).verdict.passed


def test_there_are_enough_and_each_says_what_it_is() -> None:
    assert len(RECIPES) >= 20
    page = (ROOT / "docs" / "ready-recipes.md").read_text(encoding="utf-8")
    for recipe in RECIPES:
        assert f"(../recipes/{recipe.name})" in page
        text = recipe.read_text(encoding="utf-8")
        assert text.startswith("# yaml-language-server: $schema=../schemas/recipe.schema.json\n")
        assert "\ndescription: " in text
