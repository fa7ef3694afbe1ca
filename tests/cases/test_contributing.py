"""The family that CONTRIBUTING.md shows how to write passes the audit as it stands there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from synthgen import pipeline
from synthgen.registry import FAMILIES

ROOT = Path(__file__).resolve().parents[2]


def test_the_family_of_the_handbook_passes_the_audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    snippet = next(
        s for s in re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL) if "BaseFamily" in s
    )
    module = ModuleType("synthgen_greeting")
    monkeypatch.setitem(sys.modules, "synthgen_greeting", module)
    exec(compile(snippet, "CONTRIBUTING.md", "exec"), module.__dict__)
    monkeypatch.setitem(FAMILIES._builtin, "greeting", "synthgen_greeting:Greeting")
    recipe = tmp_path / "greeting.yaml"
    recipe.write_text("synthgen: 1\nevals:\n  letters: {family: greeting, cases: 200}\n", encoding="utf-8")
    result = pipeline.run(recipe, out=tmp_path / "out")
    FAMILIES._loaded.pop("greeting", None)
    assert result.verdict.passed, [f.to_json() for f in result.verdict.findings]
    audit = result.evals["letters"]["audit"]
    assert (audit["proven"], audit["oracle"], audit["null"]) == (200, 1.0, 0.0)
    assert audit["caught"] == audit["mutants"] == 200
    assert pipeline.verify(tmp_path / "out").verdict.passed
