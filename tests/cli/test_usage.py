"""The command line as a process: help, version, usage errors, and what a newcomer gets wrong first."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from synthgen import __version__
from synthgen.cli.main import execute
from synthgen.cli.run import parse_rows
from synthgen.errors import UsageError

VERBS = ("init", "check", "preview", "run", "scan", "allow", "redteam", "verify", "list")


@pytest.mark.parametrize("module", ["synthgen", "synthgen.cli.main"])
def test_runs_as_a_module(module: str) -> None:
    done = subprocess.run([sys.executable, "-m", module, "--version"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"synthgen {__version__}\n", "")


def test_the_console_script_is_installed() -> None:
    script = Path(sys.executable).with_name("synthgen")
    done = subprocess.run([script, "nonsense"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "No such command" in done.stderr and done.stdout == ""


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"\n  {verb} " in text for verb in VERBS)
    assert execute([]) == 0
    assert capsys.readouterr().out == text


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_every_verb_shows_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute([verb, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"Example:\n    synthgen {verb} " in text and "--json" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["runn", "x.yaml"], "Did you mean 'run'"),
        (["run"], "Missing argument 'RECIPE'"),
        (["run", "x.yaml", "--outt", "y"], "--out"),
        (["run", "x.yaml", "--workers", "0"], "--workers"),
        (["run", "x.yaml", "--seed", "abc"], "--seed"),
        (["run", "x.yaml", "--rows", "customers"], "--rows customers=20000"),
        (["run", "x.yaml", "--rows", "customers=-5"], "--rows customers=20000"),
        (["scan", "x", "--pii", "all"], "--pii"),
        (["init"], "--from"),
        (["list", "genarators"], "generators"),
    ],
)
def test_usage_errors(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(arguments) == 2
    out, err = capsys.readouterr()
    assert out == "" and said in err and "Traceback" not in err
    assert execute([*arguments, "--json"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert document["verdict"] == "error" and said in json.dumps(document["problems"])


def test_rows_are_read() -> None:
    assert parse_rows(["a=1", "b=c=2_000"]) == {"a": 1, "b=c": 2000}
    for bad in ("a", "=1", "a=", "a=1.5", "a=²", "a=-1"):
        with pytest.raises(UsageError):
            parse_rows([bad])
    with pytest.raises(UsageError, match="twice"):
        parse_rows(["a=1", "a=2"])


def test_list_shows_built_ins_with_summaries(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["list", "generators", "--json"]) == 0
    plugins = json.loads(capsys.readouterr().out)["generators"]
    assert {p["name"] for p in plugins} >= {"id", "choice", "ref", "template", "expr"}
    assert all(p["package"] == "synthgen" and p.get("summary") for p in plugins), [p for p in plugins if "broken" in p]
    assert execute(["list"]) == 0
    text = capsys.readouterr().out
    assert all(kind in text for kind in ("generators", "entities", "exporters", "engines", "recognizers"))
    assert "first_name" in text
