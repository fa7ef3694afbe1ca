"""`synthgen eval audit`, `diff` and `preview` of evals, as their users run them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthgen.cli.main import execute

RECIPE = """\
synthgen: 1
name: evals
seed: {seed}
evals:
  attacks: {{family: guardrail, cases: {cases}, version: "{version}"}}
  reading: {{family: needle, cases: 8, lengths: [400]}}
splits: {{dev: 0.5, test: 0.5}}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(cases: int = 20, version: str = "1.0.0", seed: int = 3) -> str:
    Path("evals.yaml").write_text(RECIPE.format(cases=cases, version=version, seed=seed), encoding="utf-8")
    return "evals.yaml"


def run(out: str, **changes: object) -> None:
    assert execute(["run", write(**changes), "--out", out, "--quiet"]) == 0  # type: ignore[arg-type]  # as written


def test_audit_says_what_was_proven(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["eval", "audit", write()]) == 0
    out = capsys.readouterr().out
    assert "golds proven" in out and "attacks" in out and "reading" in out and "PASS" in out
    assert execute(["eval", "audit", write(), "attacks", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "pass" and set(found["evals"]) == {"attacks"}
    assert found["evals"]["attacks"]["audit"]["proven"] == 20 and found["evals"]["attacks"]["faults"] == []


def test_audit_of_an_export_makes_the_same_sets(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("out")
    assert execute(["eval", "audit", "out", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["evals"]
    manifest = json.loads(Path("out/manifest.json").read_text())["evals"]
    assert {n: e["audit"] for n, e in found.items()} == {n: e["audit"] for n, e in manifest.items()}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["eval", "audit", "evals.yaml", "atacks"], "unknown-eval"),
        (["eval", "audit", "nothing.yaml"], "not-found"),
        (["eval", "diff", "evals.yaml", "evals.yaml"], "not-an-export"),
        (["preview", "evals.yaml", "readings"], "unknown-table"),
    ],
)
def test_mistakes_are_told_with_a_remedy(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: str
) -> None:
    write()
    assert execute(arguments) == 2
    err = capsys.readouterr().err
    assert "Traceback" not in err and (code in err or code == "not-found")
    assert err.strip().count("\n") >= 1 or code == "not-found"


def test_diff_asks_for_the_version_that_a_change_needs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("one")
    run("more", cases=30)
    assert execute(["eval", "diff", "one", "more", "--changelog", "CHANGES.md"]) == 3
    shown = capsys.readouterr()
    assert "version: 1.1.0" in shown.err and "minor" in shown.out
    assert "- Added: 10" in Path("CHANGES.md").read_text(encoding="utf-8")
    run("named", cases=30, version="1.1.0")
    assert execute(["eval", "diff", "one", "named", "--quiet"]) == 0
    run("other", seed=4, version="1.1.0")
    capsys.readouterr()
    assert execute(["eval", "diff", "one", "other", "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "blocked" and found["evals"]["attacks"]["due"] == "2.0.0"


def test_preview_reads_like_a_case(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["preview", write(), "attacks", "-n", "2"]) == 0
    out = capsys.readouterr().out
    assert out.count("gold proven") == 2 and "attacks-00001" in out
    assert execute(["preview", write(), "reading", "-n", "1", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["evals"]["reading"]) == 1
