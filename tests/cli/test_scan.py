"""`synthgen scan` and `synthgen allow` as people and programs run them: golden outputs, exit codes, nothing echoed."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft4Validator
from junitparser import JUnitXml

from synthgen import __version__
from synthgen.cli.main import execute
from tests.reporting.samples import NASTY
from tests.reporting.test_sarif import SCHEMA

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "scan"
FORMATS = ("text", "json", "sarif", "junit", "github")
AT = "@"
PLANTED = (
    f"jane.doe{AT}gmail.com", f"info.desk{AT}yahoo.co.uk", "+1 212 456 7890", "DE12700202700015820334",
    "4539578763621486", "AKIA2E0A8F3B244C9986", "Margaret Thatcher",
)  # fmt: skip
"""Values that no output may hold; they are made up."""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line in a folder with planted values, on a day in 2026."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SYNTHGEN_TODAY", "2026-06-01")
    plant(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = execute(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return run


def plant(folder: Path) -> None:
    """A table, a note, a log, a binary file and a clean one."""
    (folder / "data").mkdir()
    rows = [
        ("id", "email", "note"),
        ("1", PLANTED[0], "hello"),
        ("2", "a@example.com", PLANTED[2]),
        ("3", PLANTED[1], ""),
    ]
    (folder / "data" / "customers.csv").write_text("".join(",".join(row) + "\n" for row in rows))
    (folder / "notes.md").write_text(
        f"# Notes\n\nPay to {PLANTED[3]} or card {PLANTED[4]}.\n\nKey: {PLANTED[5]}\n"
        f"{PLANTED[0]}  <!-- synthgen: allow EMAIL_ADDRESS the address of the project -->\n"
    )
    (folder / "people.csv").write_text(f"id,remark\n1,Call {PLANTED[6]} about the order that she sent back.\n")
    (folder / "blob.dat").write_bytes(bytes(range(256)) * 4)
    (folder / "clean.txt").write_text("Nothing here.\n")


TARGETS = ("data", "notes.md", "people.csv", "blob.dat", "clean.txt")


def settled(text: str) -> str:
    """Without what depends on time, versions and models."""
    text = re.sub(r"\d+\.\d s\b", "0.0 s", text)
    text = re.sub(r'"seconds": [\d.]+', '"seconds": 0.0', text)
    text = re.sub(r'"scanned": \{.*?\}\}', '"scanned": {}', text)
    text = re.sub(r"ner:[\w.=-]+", "ner:MODEL", text)
    return text.replace(f'"version": "{__version__}"', '"version": "0.0.0"')


@pytest.mark.parametrize("format", FORMATS)
def test_golden(run: Run, format: str, request: pytest.FixtureRequest) -> None:
    """To write them anew: remove the files and run the tests once."""
    code, out, _ = run("scan", *TARGETS, "--format", format)
    assert code == 3
    golden = GOLDEN / f"findings.{format}"
    if not golden.exists():
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(settled(out), encoding="utf-8")
        pytest.fail(f"{golden} was missing and is written: look at it, and run again")
    assert settled(out) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("format", FORMATS)
def test_no_output_holds_a_value(run: Run, format: str, tmp_path: Path) -> None:
    for arguments in ([], ["--output", "report"], ["--entities", "direct,indirect,quasi"], ["--pii", "none"]):
        _, out, err = run("scan", *TARGETS, "--format", format, *arguments)
        report = Path("report").read_text() if Path("report").exists() else ""
        for value in PLANTED:
            for part in (value, *re.split(r"[@ ]", value)):
                if len(part) > 3:
                    assert part.lower() not in (out + err + report).lower(), part


@pytest.mark.parametrize(
    ("targets", "arguments", "code"),
    [
        (TARGETS, (), 3),
        (("clean.txt",), (), 0),
        (("people.csv",), (), 3),
        (("people.csv",), ("--fail-on", "error"), 0),
        (("people.csv",), ("--fail-on", "never"), 0),
        (("data",), ("--fail-on", "never"), 0),
        (("data",), ("--fail-on", "error"), 3),
        (("blob.dat",), ("--fail-on", "never"), 3),
        (("data",), ("--entities", "IBAN_CODE"), 0),
        (("people.csv",), ("--min-score", "0.99"), 0),
        (("nowhere",), (), 2),
        (("data",), ("--allow", "missing.yaml"), 2),
        (("data",), ("--entities", "nonsense"), 2),
    ],
)
def test_the_exit_code_does_not_depend_on_the_format(
    run: Run, targets: tuple[str, ...], arguments: tuple[str, ...], code: int
) -> None:
    for format in FORMATS:
        assert run("scan", *targets, "--format", format, *arguments)[0] == code, format


def test_programs_can_read_what_is_printed(run: Run) -> None:
    document = json.loads(run("scan", *TARGETS, "--json")[1])
    assert document["verdict"] == "blocked" and document["files"] == 5 and document["suppressed"] == 1
    assert {f["level"] for f in document["findings"]} == {"error", "warning"}
    log = json.loads(run("scan", *TARGETS, "--format", "sarif")[1])
    Draft4Validator(SCHEMA).validate(log)
    prints = [r["partialFingerprints"]["synthgen/v1"] for r in log["runs"][0]["results"]]
    assert sorted(prints) == sorted(f["fingerprint"] for f in document["findings"])
    xml = JUnitXml.fromstring(run("scan", *TARGETS, "--format", "junit")[1].encode())
    assert xml.failures + xml.errors == len(prints) and len(list(xml)) == 5


def test_nothing_but_the_format_is_on_stdout(run: Run) -> None:
    Path(".synthgen-allow.yaml").write_text(
        "- {entity: US_SSN, path: data/*, reason: r, owner: o, expires: 2026-12-31}\n"
    )
    code, out, err = run("scan", "data", "--format", "sarif")
    assert code == 3 and json.loads(out)
    assert err.startswith(".synthgen-allow.yaml:1:3: warning: unused-allow: ")


@pytest.mark.parametrize("format", FORMATS)
def test_a_report_is_written_to_a_file_and_the_verdict_is_printed(run: Run, format: str) -> None:
    code, out, _ = run("scan", *TARGETS, "--format", format, "--output", "report")
    assert code == 3 and settled(Path("report").read_text()) == (GOLDEN / f"findings.{format}").read_text()
    assert out == "" if format == "json" else out.startswith("BLOCKED") and len(out.splitlines()) == 1
    assert run("scan", "data", "--format", format, "--output", "no/report")[0] == 2


def test_quiet_prints_nothing_for_a_pass(run: Run) -> None:
    assert run("scan", "clean.txt", "-q") == (0, "", "")
    assert "EMAIL_ADDRESS" in run("scan", "data", "-q")[1]


def test_flags_that_contradict_each_other(run: Run) -> None:
    assert run("scan", "data", "--json", "--format", "sarif")[0] == 2
    assert run("scan", "data", "--allow", "a", "--no-allow")[0] == 2
    code, _, err = run("scan")
    assert code == 2 and "no path is named" in err


def test_allow_lets_pass_until_the_day_has_passed(run: Run) -> None:
    done = run("allow", *TARGETS, "--reason", "planted", "--owner", "tests", "--expires", "2026-12-31")
    assert done[0] == 0 and "7 entries added to .synthgen-allow.yaml" in done[1]
    text = Path(".synthgen-allow.yaml").read_text()
    assert not any(value in text for value in PLANTED)
    code, out, _ = run("scan", *TARGETS)
    assert code == 0 and out.startswith("PASS  0 findings in 5 files") and "8 let pass" in out
    assert run("scan", *TARGETS, "--no-allow")[0] == 3
    code, out, _ = run("scan", *TARGETS, "--today", "2027-01-01")
    assert code == 3 and "expired on 2026-12-31" in out and "PHONE_NUMBER" in out
    again = json.loads(run("allow", "data", "--reason", "r", "--owner", "o", "--expires", "2026-12-31", "--json")[1])
    assert again["added"] == 0 and again["verdict"] == "pass"


def test_expired_entries_are_findings_in_every_format(run: Run) -> None:
    Path("old.yaml").write_text("- {entity: US_SSN, path: 'x', reason: r, owner: o, expires: 2026-05-31}\n")
    for format in FORMATS:
        code, out, _ = run("scan", "clean.txt", "--allow", "old.yaml", "--format", format)
        assert code == 3 and "expired" in out and "old.yaml" in out, format
    assert run("scan", "clean.txt", "--allow", "old.yaml", "--today", "2026-05-31")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--owner", "o", "--expires", "2026-12-31"),
        ("--reason", "r", "--expires", "2026-12-31"),
        ("--reason", "r", "--owner", "o"),
        ("--reason", " ", "--owner", "o", "--expires", "2026-12-31"),
        ("--reason", "r", "--owner", "o", "--expires", "2026-05-31"),
        ("--reason", "r", "--owner", "o", "--expires", "soon"),
    ],
)
def test_allow_asks_for_reason_owner_and_a_day_to_come(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("allow", "data", *arguments)[0] == 2
    assert not Path(".synthgen-allow.yaml").exists()


def test_all_problems_of_an_allow_list_at_once_and_none_of_its_words(run: Run) -> None:
    Path("bad.yaml").write_text(f"- fingerprint: {PLANTED[0]}\n- owner: [{PLANTED[0]}]\n  x{PLANTED[0]}: 1\n")
    code, out, err = run("scan", "data", "--allow", "bad.yaml")
    assert code == 2 and out == "" and err.count("bad.yaml:") >= 5 and "jane" not in err


def test_names_of_files_break_no_format(run: Run, tmp_path: Path) -> None:
    for name in NASTY:
        (tmp_path / "odd").mkdir(exist_ok=True)
        (tmp_path / "odd" / name).write_text(f"a,b\n1,{PLANTED[0]}\n")
    names = len(NASTY)
    document = json.loads(run("scan", "odd", "--json")[1])
    assert len(document["findings"]) == names
    log = json.loads(run("scan", "odd", "--format", "sarif")[1])
    Draft4Validator(SCHEMA).validate(log)
    xml = JUnitXml.fromstring(run("scan", "odd", "--format", "junit")[1].encode())
    assert xml.failures == names
    lines = run("scan", "odd", "--format", "github")[1].splitlines()
    assert len(lines) == names + 1 and all(line.startswith("::error file=odd/") for line in lines[:-1])
    text = run("scan", "odd")[1]
    assert all(line.isprintable() for line in text.split("\n"))


def test_colour_is_for_terminals(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in run("scan", "data")[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[31m" in run("scan", "data")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in run("scan", "data")[1]


def test_changes_since_a_revision(run: Run, tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]
    for command in (["init", "-q"], ["add", "clean.txt"], ["commit", "-qm", "one"]):
        subprocess.run([*git, *command], check=True, cwd=tmp_path, capture_output=True)
    (tmp_path / "clean.txt").write_text(f"Nothing here.\nBut {PLANTED[0]}.\n")
    code, out, _ = run("scan", "--diff", "HEAD", "clean.txt")
    assert code == 3 and "clean.txt:2" in out and "EMAIL_ADDRESS" in out
