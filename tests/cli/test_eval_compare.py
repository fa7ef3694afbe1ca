"""`synthgen eval compare`: what it prints and writes, exit codes, and what a newcomer gets wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from synthgen.cli.main import execute

ROOT = Path(__file__).resolve().parents[2]
RUNS = ROOT / "recipes" / "results"
FILES = ROOT / "tests" / "evals" / "results"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file in RUNS.glob("*.jsonl"):
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def compare(*arguments: str) -> int:
    return execute(["eval", "compare", *arguments])


def lines(name: str, *rows: dict[str, Any]) -> str:
    Path(name).write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return name


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("base.jsonl", "better.jsonl"), 0, "PASS"),
        (("base.jsonl", "worse.jsonl"), 3, "REGRESSION"),
        (("base.jsonl", "worse.jsonl", "--inconclusive", "pass"), 3, "REGRESSION"),
        (("base.jsonl", "better.jsonl", "--threshold", "0.002"), 3, "INCONCLUSIVE"),
        (("base.jsonl", "better.jsonl", "--threshold", "0.002", "--inconclusive", "pass"), 0, "INCONCLUSIVE"),
    ],
)
def test_exit_codes_do_not_depend_on_the_format(
    arguments: tuple[str, ...], code: int, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(*arguments) == code
    out, err = capsys.readouterr()
    assert out.startswith(f"{word}  ") and err == ""
    assert compare(*arguments, "--json") == code
    document = json.loads(capsys.readouterr().out)
    assert document["verdict"] == word.lower() and document["tables"] == {}
    assert document["comparison"]["sentence"] in out
    assert bool(document["findings"]) == (word != "PASS")
    assert compare(*arguments, "--quiet") == code
    assert bool(capsys.readouterr().out) == (code != 0)


def test_the_summary_has_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    compare("base.jsonl", "worse.jsonl")
    out = capsys.readouterr().out
    rows = {
        line.rsplit("  ", 1)[0].strip(): line.rsplit("  ", 1)[-1].strip() for line in out.splitlines() if "  " in line
    }
    assert rows["cases"] == "240" and rows["base: base.jsonl (JSON Lines)"] == "0.858"
    assert rows["candidate: worse.jsonl (JSON Lines)"] == "0.787" and rows["difference"] == "-0.071"
    assert rows["interval, 90%"] == "-0.104 to -0.045" and rows["cases better, worse"] == "1, 18"
    assert rows["must-pass cases failed"] == "1 of 2"
    assert "p of a drop (McNemar mid-p, exact below 0.0001)" in out
    assert [line for line in out.splitlines() if line.startswith("difficulty=hard") and line.endswith("worse")]
    assert "worse (18): routing-000, " in out and "and 8 more" in out


def test_json_has_everything(capsys: pytest.CaptureFixture[str]) -> None:
    compare("base.jsonl", "worse.jsonl", "--json")
    document = json.loads(capsys.readouterr().out)
    assert [(f["code"], f.get("case") or f["check"]) for f in document["findings"]] == [
        ("must-pass", "routing-008"),
        ("drop", "overall"),
        ("drop", "difficulty=hard"),
        ("drop", "register=curt"),
        ("drop", "register=mobile"),
    ]
    comparison = document["comparison"]
    assert len(comparison["losses"]) == 18 and comparison["wins"] == ["routing-010"]
    assert comparison["must_pass"] == {"cases": 2, "failed": [{"id": "routing-008", "base_passed": True}]}
    assert comparison["overall"]["method"] == "McNemar mid-p" and comparison["overall"]["dropped"] is True
    assert len(comparison["slices"]) == 5 and comparison["bootstrap"]["high"] < 0


def test_markdown_is_one_comment() -> None:
    compare("base.jsonl", "worse.jsonl", "--markdown", "comment.md")
    text = Path("comment.md").read_text(encoding="utf-8")
    assert text.startswith(
        "### Eval: REGRESSION\n\nThe candidate is worse: it fails 1 case (routing-008) that must pass;"
    )
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count(" | ") for line in tables if "difficulty" in line or line.startswith("| slice")} == {7}
    assert "| worse |" in text and "- must pass, failed (1): routing-008" in text


def test_junit_is_valid_and_counts_what_it_holds() -> None:
    compare("base.jsonl", "worse.jsonl", "--junit", "eval.xml")
    (suite,) = ElementTree.parse("eval.xml").getroot()
    cases = suite.findall("testcase")
    assert [c.get("name") for c in cases][:2] == ["overall", "difficulty=hard"]
    failed = [c.get("name") for c in cases if c.find("failure") is not None]
    assert failed == ["overall", "difficulty=hard", "register=curt", "register=mobile", "routing-008"]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == (str(len(cases)), "5", "0")
    assert len(cases) == 1 + 5 + 2


@pytest.mark.parametrize(("flag", "kind"), [("fail", "failure"), ("pass", "skipped")])
def test_an_inconclusive_set_in_junit(flag: str, kind: str) -> None:
    compare("base.jsonl", "better.jsonl", "--threshold", "0.002", "--inconclusive", flag, "--junit", "eval.xml")
    (suite,) = ElementTree.parse("eval.xml").getroot()
    assert suite[0].find(kind) is not None
    assert (suite.get("failures"), suite.get("skipped")) == (("1", "0") if flag == "fail" else ("0", "1"))


def test_inputs_and_answers_are_never_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """The real files hold inputs, outputs and golds; none of them may reach a report."""
    for base, candidate in (
        ("inspect_base.eval", "inspect_candidate.json"),
        ("promptfoo_base.json", "promptfoo_candidate.json"),
        ("samples_routing_base.jsonl", "samples_routing_candidate.jsonl"),
        ("deepeval_base.json", "deepeval_candidate.json"),
    ):
        arguments = (str(FILES / base), str(FILES / candidate), "--markdown", "c.md", "--junit", "c.xml")
        assert compare(*arguments) == compare(*arguments, "--json") == 3
        printed = capsys.readouterr()
        text = printed.out + printed.err + Path("c.md").read_text("utf-8") + Path("c.xml").read_text("utf-8")
        assert "routing-08" in text
        assert not any(word in text for word in ("Case 8", "billing", "how_to", '"none"'))


def test_hostile_ids_stay_text(capsys: pytest.CaptureFixture[str]) -> None:
    names = ["\x1b[31mred", "a|b", "<script>", "x`y", "[bold]z", "**w**", "\u202eevil", "]]>&amp;"]
    rows = [{"id": n, "score": 1, "metadata": {"must_pass": True, "slices": {n: n}}} for n in names]
    more = [{"id": f"c{i}", "score": 1} for i in range(50)]
    base = lines("b.jsonl", *rows, *more)
    candidate = lines("c.jsonl", *[r | {"score": 0} for r in rows], *more)
    assert compare(base, candidate, "--markdown", "c.md", "--junit", "c.xml") == 3
    out = capsys.readouterr().out
    assert "\x1b" not in out and "\u202e" not in out and "[bold]z" in out
    text = Path("c.md").read_text(encoding="utf-8")
    assert "<script>" not in text and "a|b" not in text and "**w" not in text and "&#124;" in text
    (suite,) = ElementTree.parse("c.xml").getroot()
    assert "]]>&amp;" in [c.get("name") for c in suite]


def test_leaving_cases_out_is_said_first(capsys: pytest.CaptureFixture[str]) -> None:
    rows = Path("better.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    Path("short.jsonl").write_text("".join(rows[20:]), encoding="utf-8")
    assert compare("base.jsonl", "short.jsonl") == 2
    err = capsys.readouterr().err
    assert err == (
        "missing-cases: 20 cases (routing-000, routing-001, routing-002, ...) of base.jsonl missing from short.jsonl\n"
        "    run both on one export of the set (synthgen eval diff says what changed), or add --allow-missing\n"
    )
    assert compare("base.jsonl", "short.jsonl", "--allow-missing") == 3  # two must-pass cases are among them
    out = capsys.readouterr().out
    assert out.startswith("INCONCLUSIVE  Nothing can be said yet: 2 cases (routing-007, routing-008) that must pass")
    assert "note: NOT ALL CASES WERE COMPARED: 20 cases" in out.splitlines()[1]


def mistakes() -> dict[str, tuple[list[str], str]]:
    """What a newcomer types first, and all that is said about it."""
    known = (
        "an Inspect log (.eval or .json), promptfoo -o out.json, lm-eval samples_*.jsonl, a DeepEval run, or JSON Lines"
    )
    return {
        "wrong file": (
            ["base.jsonl", "notes.txt"],
            f"unknown-format: notes.txt is no result file that is known\n    name a result file: {known}\n",
        ),
        "no file": (
            ["base.jsonl", "betr.jsonl"],
            f"no-file: betr.jsonl does not exist\n    name a result file: {known}\n",
        ),
        "other set": (
            ["base.jsonl", "other.jsonl"],
            "nothing-in-common: base.jsonl and other.jsonl have no case in common\n"
            "    their ids look like 'routing-000' and 'invoice-1': name two runs over one set\n",
        ),
        "no ids": (
            ["base.jsonl", "noids.jsonl"],
            "no-id: noids.jsonl: case 1 has no id, so that its result cannot be paired\n"
            '    give each case an "id" that is the same in both runs\n',
        ),
        "empty": (
            ["base.jsonl", "empty.jsonl"],
            "empty-file: empty.jsonl is empty\n    the run wrote nothing: run the eval again\n",
        ),
        "percent": (
            ["base.jsonl", "percent.jsonl"],
            "score-range: percent.jsonl: the 'score' of routing-000 is 87, but scores lie from 0 to 1\n"
            "    divide scores by their maximum, or choose another with --metric\n",
        ),
        "twice the same": (
            ["base.jsonl", "base.jsonl"],
            "same-file: BASE and CANDIDATE are both base.jsonl\n    name the results of two runs\n",
        ),
        "points": (
            ["base.jsonl", "better.jsonl", "--threshold", "2"],
            "bad-value: --threshold lies between 0 and 1, not at 2\n    2 points are 0.02\n",
        ),
        "metric": (
            ["base.jsonl", "better.jsonl", "--metric", "scor"],
            "unknown-metric: base.jsonl has no metric 'scor'\n    did you mean 'score'?\n",
        ),
    }


@pytest.mark.parametrize("name", mistakes())
def test_mistakes_of_newcomers(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("notes.txt").write_text("the new model is better\nI think\n", encoding="utf-8")
    Path("empty.jsonl").write_text("", encoding="utf-8")
    lines("other.jsonl", {"id": "invoice-1", "score": 1})
    lines("noids.jsonl", {"score": 1}, {"score": 0})
    lines("percent.jsonl", {"id": "routing-000", "score": 87})
    arguments, said = mistakes()[name]
    assert compare(*arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", said)
    assert compare(*arguments, "--json") == 2
    document = json.loads(capsys.readouterr().out)
    assert document["verdict"] == "error" and said.startswith(document["problems"][0]["code"])


def test_reports_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare("base.jsonl", "better.jsonl", "--markdown", "nowhere/comment.md") == 2
    assert "nowhere" in capsys.readouterr().err
