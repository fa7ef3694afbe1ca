"""What the verbs print, over a pipeline whose results are given: texts, JSON, exit codes, and what never shows."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

import synthgen
from synthgen import scanning
from synthgen.artifacts import Finding, Verdict
from synthgen.cli.main import execute
from synthgen.cli.render import Output, clean
from synthgen.errors import BlockedError, Place, Problem, RecipeError, UsageError
from synthgen.llm.permit import Permit
from synthgen.provenance import Trust
from synthgen.recipe.model import Window
from synthgen.scanning import ScanResult

PASS = Verdict(True)
FINDING = Finding("pii", "customers", "note", 41, "EMAIL_ADDRESS", 0.95, 12, "not reserved", "email")
BLOCKED = Verdict(False, (FINDING,))
TABLES = {
    "customers": {"rows": 10000, "files": [{"path": "customers.parquet", "sha256": "ab" * 32, "bytes": 1_234_567}]},
    "orders": {"rows": 1, "files": [{"path": "orders/0.parquet", "sha256": "cd" * 32, "bytes": 10}]},
}
UNKNOWN = Problem(
    "unknown-generator",
    "there is no generator 'choise'",
    Place("shop.yaml", 3, 9),
    "did you mean 'choice'?",
    "  tier: {choise: [a]}",
)


@dataclass
class Result:
    verdict: Verdict = PASS
    tables: dict[str, Any] = field(default_factory=dict)
    evals: dict[str, Any] = field(default_factory=dict)
    seconds: float = 1.25
    target: Path | None = None
    files: int = 3
    rows: int = 1200
    signed_by: tuple[str, ...] = ()
    signature_lost: bool = False
    notes: tuple[str, ...] = ()
    trust: Trust = field(default_factory=lambda: Trust("none"))
    regenerated: int = 0


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module in the pipeline's place; tests set its functions."""
    fake = ModuleType("synthgen.pipeline")
    monkeypatch.setitem(sys.modules, "synthgen.pipeline", fake)
    monkeypatch.setattr(synthgen, "pipeline", fake, raising=False)
    yield fake


def scanned(findings: tuple[Finding, ...]) -> ScanResult:
    """What a scan of three files came to."""
    verdict = Verdict(not findings, findings)
    return ScanResult(verdict, findings, 0, 3, 1200, 1.25, {}, ("a.csv", "b/c.csv", "b/d.csv"))


def gives(result: Any) -> Callable[..., Any]:
    """A function that returns the result, or raises it; its last call's arguments are kept on it."""

    def function(*args: Any, **kwargs: Any) -> Any:
        function.call = (args, kwargs)  # type: ignore[attr-defined]
        if isinstance(result, BaseException):
            raise result
        return result

    return function


def test_run_shows_tables_verdict_target_and_next_commands(
    pipeline: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline.run = gives(Result(PASS, TABLES, target=Path("out/my shop")))  # type: ignore[attr-defined]
    assert execute(["run", "shop.yaml"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "10,000" in out and "1.2 MB" in out and "10,001" in out
    assert "PASS  0 findings; written to out/my shop in 1.2 s" in out
    assert "synthgen verify 'out/my shop' --regenerate 100" in out


def test_run_hands_every_flag_to_the_pipeline(pipeline: ModuleType) -> None:
    pipeline.run = gives(Result(PASS, TABLES, target=Path("x")))  # type: ignore[attr-defined]
    flags = "--out x --seed 7 --rows a=1_000 --rows b.c=2 --scale 0.5 --engine local --workers 2"
    flags += " --partition-rows 9 --sign k.key --from-date 2026-01-02 --to-date 2026-01-31"
    flags += " --record --allow-llm API.example.com"
    assert execute(["run", "r.yaml", *flags.split(), "--allow-outside", "--quiet"]) == 0
    args, kwargs = pipeline.run.call
    assert args == (Path("r.yaml"),)
    assert kwargs == {
        "out": Path("x"), "seed": 7, "rows": {"a": 1000, "b.c": 2}, "scale": 0.5, "engine": "local", "workers": 2,
        "partition_rows": 9, "allow_outside": True, "sign": Path("k.key"), "attack": None, "progress": None,
        "permit": Permit(True, ("api.example.com",)), "window": Window(date(2026, 1, 2), date(2026, 1, 31)),
    }  # fmt: skip


def test_run_blocked(pipeline: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.run = gives(Result(BLOCKED))  # type: ignore[attr-defined]
    assert execute(["run", "shop.yaml"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "BLOCKED  1 finding; nothing was written" in err
    row = next(line for line in err.splitlines() if "customers.note" in line)
    assert row.split()[:5] == ["EMAIL_ADDRESS", "customers.note", "41", "12", "0.95"]
    assert "reserved range" in err


def test_run_blocked_as_json(pipeline: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.run = gives(Result(BLOCKED))  # type: ignore[attr-defined]
    assert execute(["run", "shop.yaml", "--json"]) == 3
    out, err = capsys.readouterr()
    assert err == ""
    document = json.loads(out)
    assert document["verdict"] == "blocked" and document["tables"] == {} and document["seconds"] == 1.25
    assert document["findings"] == [FINDING.to_json()]


def test_many_findings_are_cut_for_people_and_complete_for_programs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    many = tuple(Finding("pii", "t", f"column{i}", i, "PERSON", 0.5) for i in range(150))
    monkeypatch.setattr(scanning, "scan", gives(scanned(many)))
    assert execute(["scan", "x"]) == 3
    out = capsys.readouterr().out
    assert "column99" in out and "column100" not in out and "50 more" in out
    assert execute(["scan", "x", "--format", "json"]) == 3
    assert len(json.loads(capsys.readouterr().out)["findings"]) == 150


def test_scan_counts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    scan = gives(scanned(()))
    monkeypatch.setattr(scanning, "scan", scan)
    assert execute(["scan", "a.csv", "b", "--pii", "none", "--entities", "direct, AGE", "--fail-on", "error"]) == 0
    assert capsys.readouterr().out.strip() == "PASS  0 findings in 3 files, 1,200 rows; 1.2 s"
    args, kwargs = scan.call  # type: ignore[attr-defined]
    assert args == (["a.csv", "b"],)
    assert kwargs["pii"] == "none" and kwargs["entities"] == ["direct", "AGE"] and kwargs["fail_on"] == "error"
    assert kwargs["allow"] == "auto" and kwargs["progress"] is None


def test_check_shows_carets_and_remedies(pipeline: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.check = lambda path, **_: [UNKNOWN] if path.name == "shop.yaml" else []  # type: ignore[attr-defined]
    assert execute(["check", "shop.yaml", "fine.yaml"]) == 2
    out, err = capsys.readouterr()
    assert out.strip() == "fine.yaml: can run"
    lines = err.splitlines()
    assert lines[0] == "shop.yaml:3:9: unknown-generator: there is no generator 'choise'"
    assert lines[1:3] == ["      tier: {choise: [a]}", "            ^"]
    assert lines[3] == "    did you mean 'choice'?"


def test_check_goes_on_after_a_recipe_that_cannot_be_read(
    pipeline: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    def check(path: Path, **_: Any) -> list[Problem]:
        raise RecipeError([UNKNOWN]) if path.name == "a.yaml" else UsageError(Problem("missing-file", f"no {path}"))

    pipeline.check = check  # type: ignore[attr-defined]
    assert execute(["check", "a.yaml", "b.yaml", "--json"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert document["verdict"] == "error"
    assert [p["code"] for p in document["problems"]] == ["unknown-generator", "missing-file"]
    assert document["problems"][0] | {"line": 3, "column": 9, "file": "shop.yaml"} == document["problems"][0]


def test_warnings_alone_do_not_fail(pipeline: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.check = gives([Problem("unused", "never read", severity="warning")])  # type: ignore[attr-defined]
    assert execute(["check", "a.yaml"]) == 0
    out, err = capsys.readouterr()
    assert "warning: unused: never read" in err and "can run" in out


@pytest.mark.parametrize(
    ("error", "code", "verdict"),
    [
        (RecipeError([UNKNOWN, UNKNOWN]), 2, "error"),
        (UsageError(UNKNOWN), 2, "error"),
        (BlockedError(UNKNOWN), 3, "blocked"),
    ],
)
def test_errors_carry_their_exit_code(
    pipeline: ModuleType, capsys: pytest.CaptureFixture[str], error: Exception, code: int, verdict: str
) -> None:
    pipeline.verify = gives(error)  # type: ignore[attr-defined]
    assert execute(["verify", "x"]) == code
    out, err = capsys.readouterr()
    assert out == "" and "did you mean 'choice'?" in err
    assert execute(["verify", "x", "--json"]) == code
    document = json.loads(capsys.readouterr().out)
    assert document["verdict"] == verdict
    assert set(document) == {"verdict", "findings", "tables", "seconds", "problems"}


def test_an_unexpected_error_says_where_but_not_what(pipeline: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.run = gives(ValueError("jane.roe@corp.com is odd"))  # type: ignore[attr-defined]
    assert execute(["run", "x"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and "jane.roe" not in err
    assert "unexpected: ValueError in synthgen.cli.run, line" in err and "--debug" in err
    assert execute(["run", "x", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["problems"][0]["code"] == "unexpected"
    assert execute(["run", "x", "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_interruption(pipeline: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.run = gives(KeyboardInterrupt())  # type: ignore[attr-defined]
    assert execute(["run", "x"]) == 130
    assert capsys.readouterr() == ("", "interrupted; nothing was published\n")


def test_preview_fits_the_terminal(pipeline: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    narrow = pl.DataFrame({"id": [1, 2], "name": ["a", None]})
    wide = pl.DataFrame({f"a_rather_long_column_name_{i}": ["x" * 50, "y"] for i in range(20)})
    pipeline.preview = gives(Result(tables={"narrow": narrow, "wide": wide}))  # type: ignore[attr-defined]
    assert execute(["preview", "r.yaml", "-n", "2"]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 120
    assert all(f"a_rather_long_column_name_{i}" in out for i in range(20))
    assert [line.split() for line in out.splitlines() if line.strip().startswith("2 ")] == [["2", "-"]]
    assert pipeline.preview.call == ((Path("r.yaml"), None, 2), {"allow_outside": False})


def test_preview_as_json(pipeline: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    frame = pl.DataFrame({"id": [1], "at": [None]}, schema={"id": pl.Int64, "at": pl.Datetime("us")})
    pipeline.preview = gives(Result(tables={"t": frame}))  # type: ignore[attr-defined]
    assert execute(["preview", "r.yaml", "t", "--json"]) == 0
    table = json.loads(capsys.readouterr().out)["tables"]["t"]
    assert table["rows"] == 1 and table["files"] == [] and table["preview"] == [{"id": 1, "at": None}]
    assert table["columns"]["id"] == "Int64"


def test_init(pipeline: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    @dataclass
    class Init:
        recipe: Path = Path("shop.yaml")
        contract: Path = Path("schemas/shop.odcs.yaml")
        tables: tuple[str, ...] = ("a", "b")
        warnings: tuple[Problem, ...] = (Problem("skipped", "cannot parse", Place("s.sql", 4, 1), severity="warning"),)

    pipeline.init = gives(Init())  # type: ignore[attr-defined]
    assert execute(["init", "--from", "db/shop.v2.sql", "--dialect", "mysql", "--force"]) == 0
    out, err = capsys.readouterr()
    assert "s.sql:4:1: warning: skipped" in err
    assert "recipe with 2 tables" in out and "synthgen run shop.yaml" in out
    assert pipeline.init.call == (("db/shop.v2.sql", Path("shop.yaml")), {"dialect": "mysql", "force": True})


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("dir/chinook.sql", "chinook.yaml"),
        ("postgresql+psycopg://user:secret@host/shop?sslmode=require", "shop.yaml"),
        ("sqlite:///data/my file.db", "my_file.yaml"),
        ("samples/", "samples.yaml"),
        ("postgresql://user:secret@host", "recipe.yaml"),
        ("..", "recipe.yaml"),
    ],
)
def test_default_recipe_name(source: str, name: str) -> None:
    from synthgen.cli.init import recipe_name

    assert recipe_name(source) == Path(name)


def test_escape_sequences_and_markup_do_not_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    problem = Problem("bad", "a \x1b[31mred\x1b[0m [bold]name[/bold]", Place("r", 1, 1), "\x07", "\x1b]0;title\x07")
    Output().problems([problem])
    err = capsys.readouterr().err
    assert "\x1b" not in err and "\x07" not in err and "[bold]name[/bold]" in err
    assert clean("a\tb\u202e") == "a·b·"


def test_quiet_prints_nothing_for_a_pass(pipeline: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.run = gives(Result(PASS, TABLES, target=Path("x")))  # type: ignore[attr-defined]
    pipeline.verify = gives(Result(PASS, TABLES))  # type: ignore[attr-defined]
    assert execute(["run", "r", "--quiet"]) == 0 and execute(["verify", "x", "-q"]) == 0
    assert capsys.readouterr() == ("", "")


def test_verify_that_fails(pipeline: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    bad = Verdict(False, (Finding("integrity", "orders", message="orders.csv differs from its sha256"),))
    pipeline.verify = gives(Result(bad))  # type: ignore[attr-defined]
    assert execute(["verify", "x", "--regenerate", "5"]) == 3
    assert "orders.csv differs" in capsys.readouterr().err
    assert pipeline.verify.call == ((Path("x"),), {"regenerate": 5, "keys": (), "sources": ()})


def test_who_signed_is_said_with_what_was_made_anew(pipeline: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.verify = gives(Result(trust=Trust("valid", ("ab" * 32,)), regenerated=300))  # type: ignore[attr-defined]
    assert execute(["verify", "x", "--regenerate", "100", "--key", "a.pub", "--key", "b.pub"]) == 0
    assert "signed by abababababababab; 300 rows regenerated; 0 differences" in capsys.readouterr().out
    assert pipeline.verify.call[1] == {"regenerate": 100, "keys": [Path("a.pub"), Path("b.pub")], "sources": ()}
    different = Finding("integrity", "t", "c", 3, count=2, message="differs")
    result = Result(Verdict(False, (different,)), trust=Trust("valid", ("ab" * 32,)), regenerated=300)
    pipeline.verify = gives(result)  # type: ignore[attr-defined]
    assert execute(["verify", "x"]) == 3
    assert "signed by abababababababab; 300 rows regenerated; 2 differences" in capsys.readouterr().err
    pipeline.verify = gives(Result(trust=Trust("unchecked")))  # type: ignore[attr-defined]
    assert execute(["verify", "x"]) == 0
    assert "a signature is there and was not checked: --key" in capsys.readouterr().out


def test_a_lost_signature_is_said_even_quietly(pipeline: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    result = Result(tables=TABLES, target=Path("x"), signature_lost=True)
    pipeline.run = gives(result)  # type: ignore[attr-defined]
    assert execute(["run", "r", "--quiet"]) == 0
    assert "was signed; x is not" in capsys.readouterr().err
    assert execute(["run", "r", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["signature_lost"] is True


def test_warnings_of_a_passed_run_are_shown(pipeline: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    warned = Verdict(True, (FINDING,))
    pipeline.run = gives(Result(warned, TABLES, target=Path("x")))  # type: ignore[attr-defined]
    assert execute(["run", "r"]) == 0
    out, err = capsys.readouterr()
    assert "PASS  1 warning" in out and "customers.note" in err


def test_notes_say_how_columns_are_made(pipeline: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    note = "t.x: faker bs is sampled from a pool of 50 values made by Faker"
    pipeline.preview = gives(Result(tables={"t": pl.DataFrame({"x": [1]})}, notes=(note,)))  # type: ignore[attr-defined]
    assert execute(["preview", "r.yaml"]) == 0
    assert f"note: {note}" in capsys.readouterr().err
    assert execute(["preview", "r.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["notes"] == [note]
    pipeline.run = gives(Result(tables=TABLES, target=Path("x"), notes=(note,)))  # type: ignore[attr-defined]
    assert execute(["run", "r.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["notes"] == [note]
    said = Problem("how-it-is-made", note, severity="note")
    pipeline.check = gives([said])  # type: ignore[attr-defined]
    assert execute(["check", "r.yaml"]) == 0
    assert f"note: how-it-is-made: {note}" in capsys.readouterr().err
    assert execute(["check", "r.yaml", "--quiet"]) == 0
    assert capsys.readouterr().err == ""
