"""Truth files beside a table: made, scanned, listed, verified and made again, in every format and partition."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from synthgen import pipeline, scanning
from synthgen.columns import Column, Declared, Rows
from synthgen.export.manifest import Manifest, listed
from synthgen.generators.choice import Bernoulli

RECIPE = """
synthgen: 1
locale: en_US
tables:
  users:
    rows: 3000
    key: user_id
    entities: {person: [first_name, last_name, email]}
    columns:
      user_id: {id: int}
      odd: {bernoulli: 0.5}
  visits:
    per: users
    count: {poisson: 1}
    columns:
      seen: {bernoulli: 0.1}
export: {formats: [parquet, csv, jsonl, arrow]}
"""


def told(self: Any, rows: Rows) -> Mapping[str, Column] | None:
    """Two lines for every row with an even number: an effect and who it is about."""
    if rows.table != "users":
        return None
    index = np.flatnonzero(rows.numbers % np.uint64(2) == 0)
    twice = np.repeat(index, 2)
    numbers = pl.Series(rows.numbers[twice].astype(np.int64))
    names = rows.values("last_name").gather(pl.Series(twice.astype(np.uint32)))
    effect = pl.Series((rows.bits("effect")[twice] % np.uint64(9)).astype(np.int64))
    return {
        "row": Column.of(numbers),
        "who": Column.of(names, Declared("PERSON", "vocabulary")),
        "effect": Column.of(effect),
    }


@pytest.fixture(autouse=True)
def truth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bernoulli, "truth_rows", told)
    original = Bernoulli.__init__

    def init(self: Any, params: Any, build: Any) -> None:
        original(self, params, build)
        if build.table == "users":
            build.dtype_of("last_name")
            self.needs = (*self.needs, "last_name")

    monkeypatch.setattr(Bernoulli, "__init__", init)


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE)
    return path


def test_a_side_is_listed_and_read_back_in_every_format(recipe: Path, tmp_path: Path) -> None:
    target = pipeline.run(recipe, out=tmp_path / "out").target
    assert target is not None
    content = json.loads((target / "manifest.json").read_text())
    side = content["tables"]["users"]["sides"]["odd"]
    assert (side["role"], side["rows"], side["stem"]) == ("truth", 3000, "truth/users.odd")
    assert "sides" not in content["tables"]["visits"] and "role" not in content["tables"]["visits"]
    assert side["columns"][1]["pii"] == {"entity": "PERSON", "proof": "vocabulary"}
    paths = {f"truth/users.odd.{suffix}" for suffix in ("parquet", "csv", "jsonl", "arrow")}
    assert {f["path"] for f in side["files"]} == paths
    assert paths <= (listed(content) or set())
    manifest = Manifest.model_validate(content, strict=False)
    assert paths <= set(manifest.paths()) and "users.odd" in manifest.with_sides()
    frame = pl.read_parquet(target / "truth/users.odd.parquet")
    assert frame["row"].to_list() == [n for n in range(0, 3000, 2) for _ in range(2)]
    assert pipeline.verify(target, regenerate=50).verdict.passed
    assert pipeline.run(recipe, out=tmp_path / "out").target is not None, "an export with sides can be replaced"


def test_any_partition_gives_the_same_lines(recipe: Path, tmp_path: Path) -> None:
    whole = pipeline.run(recipe, out=tmp_path / "whole").target
    parts = pipeline.run(recipe, out=tmp_path / "parts", partition_rows=700).target
    assert whole is not None and parts is not None
    files = sorted((parts / "truth/users.odd").glob("*.parquet"))
    assert len(files) == 5
    assert pl.concat(map(pl.read_parquet, files)).equals(pl.read_parquet(whole / "truth/users.odd.parquet"))
    assert pipeline.verify(parts, regenerate=50).verdict.passed


def test_a_changed_side_shows(recipe: Path, tmp_path: Path) -> None:
    target = pipeline.run(recipe, out=tmp_path / "out").target
    assert target is not None
    (target / "truth/users.odd.csv").write_text("row\r\n")
    assert [f.table for f in pipeline.verify(target).verdict.findings] == ["users.odd"]


def test_a_side_that_recipe_and_seed_do_not_make_shows(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = pipeline.run(recipe, out=tmp_path / "out").target
    assert target is not None

    def other(self: Any, rows: Rows) -> Mapping[str, Column] | None:
        made = told(self, rows)
        if made is None:
            return None
        return {**made, "effect": Column.of(made["effect"].values + 1)}

    monkeypatch.setattr(Bernoulli, "truth_rows", other)
    findings = pipeline.verify(target, regenerate=20).verdict.findings
    assert {(f.table, f.column) for f in findings} == {("users.odd", "effect")}


def test_a_side_is_scanned_before_and_after(recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = pipeline.run(recipe, out=tmp_path / "out").target
    assert target is not None
    assert scanning.scan([target]).verdict.passed

    def leaking(self: Any, rows: Rows) -> Mapping[str, Column] | None:
        made = told(self, rows)
        if made is None:
            return None
        mail = pl.repeat("k.baumann@acme-industries.com", len(made["row"]), eager=True)
        return {**made, "note": Column.of(mail)}

    monkeypatch.setattr(Bernoulli, "truth_rows", leaking)
    result = pipeline.run(recipe, out=tmp_path / "bad")
    assert not result.verdict.passed and result.target is None
    assert {(f.table, f.column, f.entity) for f in result.verdict.findings} == {("users.odd", "note", "EMAIL_ADDRESS")}
    assert result.tables["users"]["sides"]["odd"]["files"] == []
