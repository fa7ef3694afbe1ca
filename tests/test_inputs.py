"""Files that generators read leave with the export: they are scanned, and rows are made again from their copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthgen import pipeline

RECIPE = """\
synthgen: 1
tables:
  letters:
    rows: 30
    entities: {person: [first_name]}
    columns:
      plan: {choice: [free, pro]}
      price: {lookup: plan, file: data/plans.csv, from: plan, to: price}
      area: {hierarchy: data/areas.csv, levels: [country, region]}
      body: {document: {file: data/letter.md}}
"""
PLANS = "plan,price,contact\nfree,0,a@example.com\npro,9,b@example.com\n"
AREAS = "country,region\nNorway,Coast\nNorway,Fjord\n"
LETTER = (
    "Dear {{ first_name }},\n{% if plan == 'none' %}\nwrite to c@example.com\n{% endif %}\nthe price is {{ price }}.\n"
)


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    for name, text in (("plans.csv", PLANS), ("areas.csv", AREAS), ("letter.md", LETTER)):
        (tmp_path / "data" / name).write_text(text, encoding="utf-8")
    path = tmp_path / "letters.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


def test_rows_are_made_again_from_the_copies_alone(recipe: Path, tmp_path: Path) -> None:
    assert pipeline.run(recipe, out=tmp_path / "out").verdict.passed
    for file in (tmp_path / "data").iterdir():
        file.unlink()
    found = pipeline.verify(tmp_path / "out", regenerate=30)
    assert found.verdict.passed and found.regenerated == 30


@pytest.mark.parametrize(
    ("name", "place"), [("plans.csv", "inputs/data/plans.csv"), ("letter.md", "inputs/data/letter.md")]
)
def test_what_no_column_shows_is_found_in_the_file(recipe: Path, tmp_path: Path, name: str, place: str) -> None:
    file = tmp_path / "data" / name
    file.write_text(file.read_text(encoding="utf-8").replace("@example.com", "@corp-mail.net"), encoding="utf-8")
    result = pipeline.run(recipe, out=tmp_path / "out")
    assert not result.verdict.passed and not (tmp_path / "out").exists()
    assert {(f.table, f.entity) for f in result.verdict.findings} == {(place, "EMAIL_ADDRESS")}


def test_what_the_recipe_declares_is_free_there_too(recipe: Path, tmp_path: Path) -> None:
    plans = tmp_path / "data" / "plans.csv"
    plans.write_text(PLANS.replace("@example.com", "@corp-mail.net"), encoding="utf-8")
    column = "      contact: {lookup: plan, file: data/plans.csv, from: plan, pii: EMAIL_ADDRESS}\n"
    recipe.write_text(RECIPE + column + "privacy: {pii: synthetic}\n", encoding="utf-8")
    assert pipeline.run(recipe, out=tmp_path / "out").verdict.passed
