"""As a user meets it: a fingerprint of real data, an export of a recipe that names it, a leak, exit code 3."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from synthgen.gate import blocks
from tests.privacy.leakage.people import planted, source

ROOT = Path(__file__).resolve().parents[3]
REAL = ROOT.parent / "shared" / "data" / "A_tables"
RECIPE = """\
synthgen: 1
name: crm
privacy: {pii: reserved, on_finding: warn, sources: [SOURCE]}
tables:
  customers:
    rows: 300
    key: customer_id
    entities: {person: [first_name, last_name, email, phone, birth_date]}
    columns:
      customer_id: {id: int}
      city: {choice: [Berlin, Paris, Rome]}
      COLUMN
export: {formats: [FORMAT]}
"""
EVAL = """\
evals:
  triage: {family: classification, labels: [billing, bug], cases: 30, audit: {near_duplicates: 1}}
"""


def synthgen(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "synthgen", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=folder)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def findings(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    return json.loads(done.stdout)["findings"]  # type: ignore[no-any-return]  # JSON


def write_recipe(
    folder: Path, file: str = "fp/crm.fp", column: str = "plan: {choice: [a, b]}", format: str = "parquet"
) -> None:
    text = RECIPE.replace("SOURCE", file).replace("COLUMN", column).replace("FORMAT", format)
    (folder / "crm.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    source(400).write_csv(tmp_path / "crm.csv")
    (tmp_path / "canaries.txt").write_text("CANARY-5f1e\n\nthe purple elephant audits\n")
    (tmp_path / "fp").mkdir()
    done = synthgen(tmp_path, "fingerprint", "crm.csv", "-o", "fp/crm.fp", "--canary", "canaries.txt", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["source"]["crm"]["identifying"] == {"EMAIL_ADDRESS": 400, "PHONE_NUMBER": 400}
    assert said["canaries"] == 2 and said["salt"] == "inside" and said["source"]["crm"]["rows"] == 400
    return tmp_path


def test_what_fingerprint_says(project: Path) -> None:
    done = synthgen(project, "fingerprint", "crm.csv", "-o", "fp/apart.fp", "--salt-file", "crm.salt")
    assert done.returncode == 0 and "salt kept apart" in done.stdout and "EMAIL_ADDRESS" in done.stdout
    assert "realmail" not in done.stdout + done.stderr
    assert synthgen(project, "fingerprint", "crm.csv", "-o", "apart.fp", "--salt-file", "crm.salt").returncode == 0
    assert (project / "apart.fp").read_bytes() == (project / "fp" / "apart.fp").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["none.csv"], "missing-file"),
        (["crm.csv", "--identifying", "e_mial"], "unknown-column"),
        (["crm.csv", "--combine", "city"], "bad-value"),
        (["crm.csv", "--canary", "none.txt"], "missing-file"),
        (["crm.csv", "--salt-file", "nowhere/x.salt"], "bad-salt"),
        (["postgresql://nobody:secret@127.0.0.1:1/none"], "unreachable"),
    ],
)
def test_mistakes(project: Path, arguments: list[str], code: str) -> None:
    done = synthgen(project, "fingerprint", *arguments, "-o", "x.fp", "--json")
    assert done.returncode == 2
    assert [p["code"] for p in json.loads(done.stdout)["problems"]] == [code]
    assert "secret" not in done.stdout + done.stderr and not (project / "x.fp").exists()


def test_a_run_that_shares_nothing_is_published(project: Path) -> None:
    write_recipe(project)
    assert synthgen(project, "check", "crm.yaml").returncode == 0
    done = synthgen(project, "run", "crm.yaml", "--json", "--workers", "2", "--partition-rows", "100")
    assert done.returncode == 0, done.stdout
    manifest = json.loads((project / "outputs" / "crm" / "manifest.json").read_text())
    (known,) = manifest["verdict"]["scanned"]["sources"]
    assert known["source"] == "crm" and known["rows"] == {"crm": 400} and len(known["sha256"]) == 64
    assert synthgen(project, "verify", "outputs/crm", "--regenerate", "20").returncode == 0
    assert synthgen(project, "verify", "outputs/crm", "--source", "fp/crm.fp").returncode == 0


@pytest.mark.parametrize("file", ["fp/crm.fp", "{file: crm.csv, identifying: email}"])
def test_a_run_that_leaks_is_not_published(project: Path, file: str) -> None:
    """`on_finding: warn` is for what may be chance; a value of a source never is."""
    mail, phone = source(400)["email"][5], source(400)["phone"][6]
    write_recipe(project, file, f'contact: {{choice: ["nobody", "{mail}", "call {phone} first"]}}')
    done = synthgen(project, "run", "crm.yaml", "--json", "--workers", "2", "--partition-rows", "60")
    assert done.returncode == 3 and not (project / "outputs" / "crm").exists()
    leaks = [f for f in findings(done) if f["code"] == "leak"]
    assert {(f["table"], f["column"], f["entity"]) for f in leaks} == {
        ("customers", "contact", "EMAIL_ADDRESS"), ("customers", "contact", "PHONE_NUMBER"),
    }  # fmt: skip
    assert all(60 < int(str(f["count"])) < 140 for f in leaks)  # a third of 300 rows, over all partitions
    assert mail not in done.stdout + done.stderr and phone not in done.stdout + done.stderr


def test_texts_of_evals_are_checked(project: Path) -> None:
    """A first run shows what cases say; then some of their words are canaries."""
    write_recipe(project)
    recipe = project / "crm.yaml"
    recipe.write_text(recipe.read_text() + EVAL, encoding="utf-8")
    clean = synthgen(project, "run", "crm.yaml", "--json")
    assert clean.returncode == 0, clean.stdout
    text = pl.read_parquet(project / "outputs" / "crm" / "evals" / "triage.parquet")["input"][3]
    (project / "canaries.txt").write_text(" ".join(text.split()[1:6]))
    done = synthgen(project, "fingerprint", "crm.csv", "-o", "fp/crm.fp", "--canary", "canaries.txt")
    assert done.returncode == 0
    for arguments in (["run", "crm.yaml"], ["verify", "outputs/crm", "--source", "fp/crm.fp"]):
        done = synthgen(project, *arguments, "--json")
        assert done.returncode == 3, done.stdout
        assert {(f["code"], f["table"], f["column"], f["entity"]) for f in findings(done)} == {
            ("leak", "triage", "input", "CANARY")
        }


@pytest.mark.parametrize("format", ["parquet", "csv", "jsonl"])
def test_verify_finds_what_an_older_run_let_out(project: Path, format: str) -> None:
    mail = source(400)["email"][5]
    recipe = RECIPE.replace(", sources: [SOURCE]", "").replace("FORMAT", format)
    recipe = recipe.replace("pii: reserved", "pii: synthetic").replace(
        "COLUMN", f'contact: {{choice: ["{mail}"], pii: EMAIL_ADDRESS}}'
    )
    (project / "crm.yaml").write_text(recipe, encoding="utf-8")
    assert synthgen(project, "run", "crm.yaml").returncode == 0
    assert synthgen(project, "verify", "outputs/crm").returncode == 0
    done = synthgen(project, "verify", "outputs/crm", "--source", "fp/crm.fp", "--json")
    assert done.returncode == 3
    (finding,) = findings(done)
    assert (finding["code"], finding["column"], finding["count"]) == ("leak", "contact", 300)
    assert mail not in done.stdout
    wrong = synthgen(project, "verify", "outputs/crm", "--source", "canaries.txt.fp", "--json")
    assert wrong.returncode == 2 and json.loads(wrong.stdout)["problems"][0]["code"] == "missing-file"


def test_a_salt_apart_comes_from_the_environment(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTHGEN_SALT", raising=False)
    assert synthgen(project, "fingerprint", "crm.csv", "-o", "fp/crm.fp", "--salt-file", "crm.salt").returncode == 0
    write_recipe(project)
    done = synthgen(project, "run", "crm.yaml", "--json")
    assert done.returncode == 2
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem["code"] == "missing-salt" and problem["line"] == 3 and "SYNTHGEN_SALT" in problem["remedy"]
    monkeypatch.setenv("SYNTHGEN_SALT", (project / "crm.salt").read_text().strip())
    assert synthgen(project, "run", "crm.yaml").returncode == 0


def test_a_leak_always_blocks() -> None:
    from synthgen.artifacts import Finding

    assert blocks(Finding("leak", "t"), "warn")


@pytest.mark.skipif(not REAL.is_dir(), reason="the real tables are not here")
@pytest.mark.parametrize(
    ("name", "kind"),
    [("netflix_titles.parquet", "SOURCE_ROW"), ("birdstrikes.csv.gz", "SOURCE_ROW"), ("adult.csv.gz", "SOURCE_ROW")],
)
def test_one_row_of_a_real_table(tmp_path: Path, name: str, kind: str) -> None:
    """A table made of the real one's columns, each shuffled by itself, is clean; with one of its rows it is not."""
    path = REAL / name
    real = pl.read_parquet(path) if name.endswith("parquet") else pl.read_csv(path, infer_schema=False)
    real = real.head(8000)
    made = real.select([pl.col(c).shuffle(seed=i) for i, c in enumerate(real.columns)])
    short = [c for c in real.columns if real[c].dtype == pl.String and (real[c].str.len_chars().mean() or 0) > 25]
    made = made.with_columns(pl.lit("made").alias(c) for c in [*short, *real.columns[:1]]).head(1000)
    (tmp_path / "real.csv").write_text(real.write_csv())
    assert synthgen(tmp_path, "fingerprint", "real.csv", "-o", "real.fp").returncode == 0
    made.write_csv(tmp_path / "made.csv")
    done = synthgen(tmp_path, "scan", "made.csv", "--source", "real.fp", "--json")
    assert [f for f in findings(done) if f["code"] == "leak"] == []
    pl.concat([made, real.slice(4321, 1)]).write_csv(tmp_path / "made.csv")
    done = synthgen(tmp_path, "scan", "made.csv", "--source", "real.fp", "--json")
    assert done.returncode == 3
    leaks = [f for f in findings(done) if f["code"] == "leak"]
    assert (kind, 1000, 1) in [(f["entity"], f["row"], f.get("count", 1)) for f in leaks]


def test_planting_changes_one_cell() -> None:
    frame = source(5)
    assert (planted(frame, "city", 2, "Nowhere")["city"] != frame["city"]).sum() == 1
