"""`synthgen redteam` on the command line: what it prints, what it writes, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthgen.cli.main import execute
from synthgen.evals.draw import Draw
from synthgen.redteam import plants
from synthgen.redteam.values import make

RECIPE = """
synthgen: 1
name: small
tables:
  people:
    rows: 20
    key: id
    columns:
      id: {id: int}
      colour: {choice: [red, green, COLOUR]}
"""
FEW = ["EMAIL_ADDRESS", "US_SSN", "PERSON"]


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plants, "entities", lambda: list(FEW))
    path = tmp_path / "small.yaml"
    path.write_text(RECIPE.replace("COLOUR", "blue"), encoding="utf-8")
    return path


def test_it_prints_recall_by_form_and_passes(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["redteam", str(recipe)]) == 0
    shown = capsys.readouterr()
    assert "plain recall 100.00%" in shown.out and "0 findings in 20 rows without plants" in shown.out
    assert all(form in shown.out for form in ("plain", "zero-width", "base64", "html"))
    assert "the form means nothing for the value" in shown.out
    assert make("US_SSN", Draw(0, "redteam", "people", "colour", "US_SSN")).value not in shown.out + shown.err


def test_json_and_the_file_hold_the_whole_report(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["redteam", str(recipe), "--json", "--out", "report.json", "--seed", "7"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["verdict"] == "pass"
    assert json.loads(Path("report.json").read_text(encoding="utf-8")) == shown["redteam"]
    assert shown["redteam"]["seed"] == 7 and shown["redteam"]["missed"] == []
    assert set(shown["redteam"]["entities"]) == {*FEW, "CREDIT_CARD"}  # a card in the column of integers


def test_what_goes_through_is_listed_by_place(
    recipe: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synthgen.privacy.examine.views", lambda _: iter(()))
    assert execute(["redteam", str(recipe)]) == 3
    shown = capsys.readouterr()
    assert "missed: people.colour: EMAIL_ADDRESS, base64" in shown.err and "MISSED" in shown.err
    assert execute(["redteam", str(recipe), "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "blocked"
    assert {"table": "people", "column": "colour", "entity": "US_SSN", "form": "html"} in found["redteam"]["missed"]


def test_findings_without_plants_are_said_and_fail(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe.write_text(RECIPE.replace("COLOUR", "mara.quell@posteo.de"), encoding="utf-8")
    assert execute(["redteam", str(recipe)]) == 3
    shown = capsys.readouterr()
    assert "clean: people.colour row" in shown.err and "EMAIL_ADDRESS where nothing was planted" in shown.err
    assert "mara.quell" not in shown.out + shown.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--rows", "0"], "bad-value"), (["--rows", "x"], "--rows"), (["--out", "no/such/folder.json"], "no/such")],
)
def test_wrong_usage(recipe: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["redteam", str(recipe), *arguments]) in (1, 2)
    shown = capsys.readouterr()
    assert said in shown.err and "Traceback" not in shown.err


def test_a_recipe_that_cannot_run_is_a_usage_error(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe.write_text("synthgen: 1\ntables: {}\n", encoding="utf-8")
    assert execute(["redteam", str(recipe)]) == 2
    assert "wrong-type" in capsys.readouterr().err


def test_run_keeps_the_figures(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["run", str(recipe), "--out", "made", "--redteam", "--quiet"]) == 0
    scanned = json.loads(Path("made/manifest.json").read_text(encoding="utf-8"))["verdict"]["scanned"]
    assert scanned["redteam"]["plain"]["recall"] == 1.0
    assert execute(["verify", "made", "--regenerate", "5", "--quiet"]) == 0
