"""From nothing to an export and back, as a user's terminal sees it; and the mistakes that newcomers make first."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECIPE = """\
synthgen: 1
name: tiny
seed: 1
tables:
  customers:
    rows: 40
    key: customer_id
    unique: [email]
    entities: {person: [first_name, email]}
    columns:
      customer_id: {id: int}
      tier: {choice: {basic: 0.9, vip: 0.1}}
  orders:
    per: customers
    count: {poisson: 2}
    key: order_id
    columns:
      order_id: {id: uuid}
      customer_id: {ref: customers}
      total: {uniform: [1, 90], decimals: 2}
export: {to: outputs/tiny, formats: [parquet, csv]}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "tiny.yaml").write_text(RECIPE, encoding="utf-8")
    return tmp_path


def synthgen(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "synthgen", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=project)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def document(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    found = json.loads(done.stdout)
    assert {"verdict", "findings", "tables", "seconds"} <= found.keys()
    return found  # type: ignore[no-any-return]  # a JSON object


def change(project: Path, old: str, new: str) -> None:
    path = project / "tiny.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_run_verify_tamper_scan(project: Path) -> None:
    ran = synthgen(project, "run", "tiny.yaml", "--json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stderr == ""
    tables = document(ran)["tables"]
    assert tables["customers"]["rows"] == 40  # type: ignore[index]
    export = project / "outputs" / "tiny"
    for table in tables.values():  # type: ignore[attr-defined]
        for file in table["files"]:
            assert hashlib.sha256((export / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    assert (export / "manifest.json").is_file()

    verified = synthgen(project, "verify", "outputs/tiny", "--regenerate", "20")
    assert verified.returncode == 0 and "PASS" in verified.stdout
    scanned = synthgen(project, "scan", "outputs/tiny")
    assert scanned.returncode == 0 and "PASS" in scanned.stdout

    victim = export / "customers.csv"
    victim.write_bytes(victim.read_bytes().replace(b"basic", b"basiC", 1))
    broken = synthgen(project, "verify", "outputs/tiny", "--json")
    assert broken.returncode == 3
    assert document(broken)["verdict"] == "blocked" and document(broken)["findings"]


def test_run_again_replaces_the_export_and_people_read_what_was_written(project: Path) -> None:
    assert synthgen(project, "run", "tiny.yaml", "--quiet").stdout == ""
    done = synthgen(project, "run", "tiny.yaml", "--rows", "customers=50")
    assert done.returncode == 0 and done.stderr == ""
    lines = done.stdout.splitlines()
    assert next(line for line in lines if line.startswith("customers")).split()[1] == "50"
    assert any(line.startswith("PASS  0 findings; written to ") for line in lines)
    assert sum(line.startswith("  synthgen ") for line in lines) == 3


def test_check_and_preview(project: Path) -> None:
    assert synthgen(project, "check", "tiny.yaml").stdout == "tiny.yaml: can run\n"
    done = synthgen(project, "preview", "tiny.yaml", "customers", "-n", "3")
    assert done.returncode == 0 and "first_name" in done.stdout and "orders" not in done.stdout
    assert not (project / "outputs").exists()


def test_init_writes_a_recipe_that_runs_and_does_not_overwrite(project: Path) -> None:
    shutil.copy(ROOT / "recipes" / "ddl" / "chinook.sql", project / "chinook.sql")
    done = synthgen(project, "init", "--from", "chinook.sql")
    assert done.returncode == 0, done.stderr
    assert "recipe with 11 tables" in done.stdout
    assert (project / "chinook.yaml").is_file() and list((project / "schemas").iterdir())
    before = (project / "chinook.yaml").read_bytes()
    again = synthgen(project, "init", "--from", "chinook.sql")
    assert again.returncode == 2 and "--force" in again.stderr
    assert (project / "chinook.yaml").read_bytes() == before
    assert synthgen(project, "init", "--from", "chinook.sql", "--force").returncode == 0
    ran = synthgen(project, "run", "chinook.yaml", "--scale", "0.1", "--out", "made")
    assert ran.returncode == 0, ran.stderr
    assert (project / "made" / "manifest.json").is_file()


def test_a_value_that_is_not_reserved_blocks_and_is_not_shown(project: Path) -> None:
    assert synthgen(project, "run", "tiny.yaml").returncode == 0
    before = (project / "outputs" / "tiny" / "manifest.json").read_bytes()
    change(project, "{basic: 0.9, vip: 0.1}", '{basic: 0.9, "jane.roe@gmail.com": 0.1}')
    done = synthgen(project, "run", "tiny.yaml")
    assert done.returncode == 3
    assert "BLOCKED" in done.stderr and "customers.tier" in done.stderr and "EMAIL_ADDRESS" in done.stderr
    assert "jane" not in done.stdout + done.stderr
    assert (project / "outputs" / "tiny" / "manifest.json").read_bytes() == before
    finding = document(synthgen(project, "run", "tiny.yaml", "--json"))["findings"][0]  # type: ignore[index]
    assert (finding["entity"], finding["table"], finding["column"]) == ("EMAIL_ADDRESS", "customers", "tier")
    assert isinstance(finding["row"], int)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("{choice: {", "{choise: {", 12, "did you mean 'choice'?"),
        ("    key: order_id", "    keys: order_id", 16, "did you mean 'key'?"),
        ("{ref: customers}", "{ref: customer}", 19, "did you mean 'customers'?"),
        ("rows: 40", "rows: many", 6, "rows"),
        ("export: {to: outputs/tiny, formats: [parquet, csv]}", "export: {formats: [excel]}", 21, "parquet"),
    ],
)
def test_misspelt_recipes(project: Path, old: str, new: str, line: int, said: str) -> None:
    change(project, old, new)
    for verb in ("check", "run", "preview"):
        done = synthgen(project, verb, "tiny.yaml")
        assert done.returncode == 2 and done.stdout == ""
        assert f"tiny.yaml:{line}:" in done.stderr and said in done.stderr
    found = document(synthgen(project, "check", "tiny.yaml", "--json"))
    assert found["verdict"] == "error" and found["problems"][0]["line"] == line  # type: ignore[index]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "tinny.yaml"), "tinny.yaml"),
        (("run", "."), "."),
        (("preview", "tiny.yaml", "custmers"), "did you mean 'customers'?"),
        (("run", "tiny.yaml", "--rows", "custmers=5"), "did you mean 'customers'?"),
        (("run", "tiny.yaml", "--scale", "-1"), "scale"),
        (("run", "tiny.yaml", "--engine", "locl"), "local"),
        (("scan", "nowhere"), "nowhere"),
        (("verify", "nowhere"), "nowhere"),
        (("verify", "."), "manifest.json"),
        (("init", "--from", "nowhere.sql"), "nowhere.sql"),
        (("init", "--from", "tiny.yaml"), "tiny.yaml"),
    ],
)
def test_first_mistakes(project: Path, arguments: tuple[str, ...], said: str) -> None:
    done = synthgen(project, *arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == "" and said in done.stderr and "unexpected" not in done.stderr
    assert not (project / "outputs").exists()
    found = document(synthgen(project, *arguments, "--json"))
    assert found["verdict"] == "error" and found["problems"]
