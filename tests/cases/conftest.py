"""The toy family, registered for these tests."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from synthgen.registry import FAMILIES

TABLES = """\
synthgen: 1
name: toy
seed: {seed}
tables:
  customers:
    rows: {rows}
    key: id
    entities: {{person: [first_name, email]}}
    columns:
      id: {{id: int}}
      plan: {{choice: [free, pro, team]}}
"""


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Register `family: toy`."""
    name = "synthgen_toy_family"
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("toy.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    monkeypatch.setitem(FAMILIES._builtin, "toy", f"{name}:Toy")
    FAMILIES._loaded.pop("toy", None)
    yield
    FAMILIES._loaded.pop("toy", None)


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Writes a recipe with the evals that are given and returns its path."""
    monkeypatch.chdir(tmp_path)

    def write(evals: str, *, rows: int = 1000, seed: int = 3, rest: str = "", name: str = "toy.yaml") -> Path:
        path = tmp_path / name
        text = TABLES.format(rows=rows, seed=seed) + "evals:\n" + _indented(evals) + dedent(rest)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in dedent(text).strip().splitlines())
