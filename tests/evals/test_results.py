"""Result files: real ones of each harness, read alike; and what users hand over by mistake.

The files in `results/` were written by inspect-ai 0.3.285, promptfoo 0.121.18, lm-eval 0.4.13 and deepeval 4.3.1, each
run over the same twelve cases; the base fails cases 4 and 9, the candidate 1, 4, 7 and 8.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from synthgen.errors import UsageError
from synthgen.evals.results import load

FILES = Path(__file__).with_name("results")
BASE = ("inspect_base.eval", "promptfoo_base.json", "samples_routing_base.jsonl", "deepeval_base.json")
BASE_TOO = ("inspect_epochs.eval", "promptfoo_repeat.json", "deepeval_evaluate.json", "deepeval_run.json")
CANDIDATE = (
    "inspect_candidate.eval",
    "inspect_candidate.json",
    "promptfoo_candidate.json",
    "samples_routing_candidate.jsonl",
    "deepeval_candidate.json",
)
FAILED = {"base": {4, 9}, "candidate": {1, 4, 7, 8}}


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows), encoding="utf-8")
    return path


def problem(path: Path, **options: Any) -> str:
    with pytest.raises(UsageError) as raised:
        load(path, **options)
    return str(raised.value)


@pytest.mark.parametrize("name", [*BASE, *BASE_TOO, *CANDIDATE])
def test_every_harness_gives_the_same_cases(name: str) -> None:
    results = load(FILES / name)
    failed = FAILED["candidate" if name in CANDIDATE else "base"]
    assert list(results.cases) == [f"routing-{i:02d}" for i in range(12)]
    for i, case in enumerate(results.cases.values()):
        assert (case.score, case.passed) == (float(i not in failed), i not in failed)
        assert case.slices["difficulty"] == ("hard" if i % 2 else "easy")
        assert case.slices["register"] == ("curt" if i % 4 < 2 else "plain")
        assert (case.cluster, case.must_pass) == (f"customers:{i // 2}", i < 2)
        assert case.samples == (2 if name in ("inspect_epochs.eval", "promptfoo_repeat.json") else 1)
        assert case.digest
    assert results.unscored == ()


def test_golds_are_told_apart_but_answers_are_not() -> None:
    """Both runs of one harness saw the same golds, so their digests agree although the answers do not."""
    for base, candidate in zip(BASE, [c for c in CANDIDATE if c != "inspect_candidate.json"], strict=True):
        one, other = load(FILES / base), load(FILES / candidate)
        assert [c.digest for c in one.cases.values()] == [c.digest for c in other.cases.values()]
        assert len({c.digest for c in one.cases.values()}) == 3  # three labels


def test_metrics_can_be_chosen() -> None:
    epochs = FILES / "inspect_epochs.eval"
    assert load(epochs).metric == "label/score"
    halves = load(epochs, metric="label/f1")
    assert {c.score for c in halves.cases.values()} == {0.5} and not any(c.passed for c in halves.cases.values())
    assert load(FILES / "promptfoo_base.json", metric="passed").cases["routing-04"].score == 0
    assert "no metric 'label/f2'" in (said := problem(epochs, metric="label/f2")) and "did you mean 'label/f1'?" in said


def test_formats_are_known_by_content(tmp_path: Path) -> None:
    for name in BASE:
        shutil.copy(FILES / name, tmp_path / "results.dat")
        assert len(load(tmp_path / "results.dat").cases) == 12


def test_folders(tmp_path: Path) -> None:
    deep = tmp_path / "out" / "model"
    deep.mkdir(parents=True)
    shutil.copy(FILES / "samples_routing_base.jsonl", deep / "samples_routing_2026-01-01.jsonl")
    assert len(load(tmp_path / "out").cases) == 12
    shutil.copy(FILES / "samples_routing_base.jsonl", deep / "samples_other_2026-01-01.jsonl")
    assert {i.partition("/")[0] for i in load(tmp_path / "out").cases} == {"routing", "other"}
    shutil.copy(FILES / "samples_routing_base.jsonl", deep / "samples_other_2026-01-02.jsonl")
    assert "several lm-eval runs of a task" in problem(tmp_path / "out")
    (tmp_path / "logs").mkdir()
    assert "holds no result file" in problem(tmp_path / "logs")
    shutil.copy(FILES / "inspect_base.eval", tmp_path / "logs")
    assert len(load(tmp_path / "logs").cases) == 12
    shutil.copy(FILES / "inspect_candidate.eval", tmp_path / "logs")
    assert "holds 2 result files" in problem(tmp_path / "logs")


def test_plain_lines(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "r.jsonl",
        {"id": "a", "correct": True, "metadata": {"slices": {"length": "long"}, "tier": "vip", "must_pass": True}},
        {"id": 7, "correct": False, "group_id": "g"},
        {"id": "c", "error": "timeout"},
    )
    results = load(path, slices=["tier"])
    assert [c.id for c in results.cases.values()] == ["a", "7"] and results.unscored == ("c",)
    first, second = results.cases.values()
    assert dict(first.slices) == {"tier": "vip", "length": "long"}
    assert first.must_pass and first.cluster == "a" and second.cluster == "g"
    assert (first.score, second.score, first.passed, second.passed) == (1, 0, True, False)


def test_epochs_are_averaged(tmp_path: Path) -> None:
    rows = [{"id": "a", "epoch": e, "score": s} for e, s in ((1, 1.0), (2, 0.0), (3, 1.0), (4, 1.0))]
    case = load(lines(tmp_path / "r.jsonl", *rows)).cases["a"]
    assert (case.score, case.passed, case.samples) == (0.75, False, 4)
    broken = lines(tmp_path / "b.jsonl", *rows, {"id": "a", "epoch": 5, "error": "timeout"}, {"id": "b", "score": 1})
    assert load(broken).unscored == ("a",)  # a mean over some of the answers would not be comparable


def test_variants_belong_to_the_cluster_of_their_parent(tmp_path: Path) -> None:
    rows = [{"id": "a", "score": 1}, {"id": "a-typos", "score": 0, "metadata": {"parent": "a"}}]
    assert {c.cluster for c in load(lines(tmp_path / "r.jsonl", *rows)).cases.values()} == {"a"}
    grouped = [{"id": "a", "score": 1, "metadata": {"groups": ["customers:1", "template:t"], "template": "t"}}]
    path = lines(tmp_path / "g.jsonl", *grouped)
    assert load(path).cases["a"].cluster == "customers:1"
    assert load(path, cluster="template").cases["a"].cluster == "t"


def test_lm_eval_filters_become_metrics(tmp_path: Path) -> None:
    row = {"doc_id": 0, "doc": {"question": "?"}, "metrics": ["exact_match"], "doc_hash": "h"}
    rows = [row | {"filter": "strict", "exact_match": 0.0}, row | {"filter": "flexible", "exact_match": 1.0}]
    path = lines(tmp_path / "r.jsonl", *rows)
    assert load(path).metric == "exact_match/strict" and load(path).cases["0"].score == 0
    assert load(path, metric="exact_match/flexible").cases["0"].score == 1
    assert "occur" in problem(lines(tmp_path / "d.jsonl", rows[0], rows[0]))


def test_promptfoo_errors_are_not_failures(tmp_path: Path) -> None:
    document = json.loads((FILES / "promptfoo_base.json").read_text(encoding="utf-8"))
    results = document["results"]["results"]
    results[3]["failureReason"] = 2
    path = tmp_path / "p.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert load(path).unscored == ("routing-03",)
    results[2]["testCase"]["vars"]["input"] = "other"
    results[2]["testCase"]["description"] = "routing-01"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert "1 id (routing-01)" in problem(path)
    results[2]["testCase"]["description"] = ""
    path.write_text(json.dumps(document), encoding="utf-8")
    assert "give each test a description" in problem(path)


def test_one_of_several_runs_in_a_promptfoo_file(tmp_path: Path) -> None:
    """A config with two prompts, as exports with `prompts` have it, gives one file that holds both runs."""
    document = json.loads((FILES / "promptfoo_base.json").read_text(encoding="utf-8"))
    other = json.loads((FILES / "promptfoo_candidate.json").read_text(encoding="utf-8"))["results"]["results"]
    results = document["results"]["results"]
    results += [r | {"promptIdx": 1, "prompt": {"label": "short 2.0.0"}} for r in other]
    path = tmp_path / "p.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    said = problem(path)
    assert "holds 2 combinations of provider and prompt" in said and f"'{path}#echo#short 2.0.0'" in said
    for name in ("p.json#short 2.0.0", "p.json#echo#short 2.0.0"):
        assert sum(c.score for c in load(tmp_path / name).cases.values()) == 8
    assert sum(c.score for c in load(tmp_path / "p.json#{{oracle_output}}").cases.values()) == 10
    assert "holds no such combination" in problem(tmp_path / "p.json#long")
    assert "holds 2 combinations" in problem(tmp_path / "p.json#echo")
    plain = lines(tmp_path / "r.jsonl", {"id": "a", "score": 1})
    assert "is none" in problem(plain.with_name("r.jsonl#x"))
    assert "does not exist" in problem(tmp_path / "q.jsonl#x")


def test_metadata_of_synthgens_own_exports(tmp_path: Path) -> None:
    """Slices as JSON text, more metadata under `case`, and the hash of the whole set."""
    inner = {"template": "refund-4", "variant": "typos", "slices": {"register": "curt"}}
    doc = {"id": "r-1", "group_id": "customers:3", "must_pass": True, "content_hash": "abc"}
    doc |= {
        "slices": '{"difficulty": "hard", "register": "curt"}',
        "case": json.dumps({"target": "x", "metadata": inner}),
    }
    path = lines(tmp_path / "s.jsonl", {"doc_id": 0, "doc": doc, "metrics": ["acc"], "acc": 1.0})
    case = load(path).cases["r-1"]
    assert dict(case.slices) == {"difficulty": "hard", "register": "curt", "variant": "typos"}
    assert (case.cluster, case.must_pass, case.version) == ("customers:3", True, "abc")
    assert load(path, cluster="template").cases["r-1"].cluster == "refund-4"


def test_inspect_runs_that_broke_off(tmp_path: Path) -> None:
    document = json.loads((FILES / "inspect_candidate.json").read_text(encoding="utf-8"))
    path = tmp_path / "log.json"
    path.write_text(json.dumps(document | {"status": "error"}), encoding="utf-8")
    assert "status 'error'" in (said := problem(path)) and "eval-retry" in said
    path.write_text(json.dumps(document | {"samples": []}), encoding="utf-8")
    assert "--no-log-samples" in problem(path)
    document["samples"][5]["scores"] = {}
    path.write_text(json.dumps(document), encoding="utf-8")
    assert load(path).unscored == ("routing-05",)
    document["samples"][5]["scores"] = {"match": {"value": "P"}}
    path.write_text(json.dumps(document), encoding="utf-8")
    assert load(path).cases["routing-05"].score == 0.5


def test_damaged_archives(tmp_path: Path) -> None:
    data = (FILES / "inspect_base.eval").read_bytes()
    path = tmp_path / "log.eval"
    path.write_bytes(data[: len(data) // 2])
    assert "is damaged" in problem(path)
    at = data.index(b"samples/routing-03") + 200
    path.write_bytes(data[:at] + bytes(b ^ 0xFF for b in data[at : at + 8]) + data[at + 8 :])
    assert "is damaged" in problem(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    assert "is a zip file, but not an Inspect log" in problem(path)


MISTAKES = {
    "no-file": (None, "{path} does not exist"),
    "empty-file": ("", "{path} is empty"),
    "not-results": ("name,score\na,1\n", "unknown-format: {path} is no result file that is known"),
    "cut-off": ('{"id": "a", "score": 1}\n{"id": "b", "sc', "bad-json: {path}, line 2 is not JSON"),
    "cut-off-document": ('{"results": {"results": [', "bad-json: {path} is not whole JSON"),
    "cases": ('{"id": "a", "input": "x"}\n{"id": "b", "input": "y"}\n', "{path} holds cases without results"),
    "no-score": ('{"id": "a", "grade": "A"}\n{"id": "b", "grade": "B"}\n', "{path} holds no scores"),
    "no-id": ('{"score": 1}\n{"score": 0}\n', "no-id: {path}: case 1 has no id"),
    "doubled": ('{"id": "a", "score": 1}\n{"id": "a", "score": 0}\n', "doubled-id: {path}: 1 id (a)"),
    "too-high": ('{"id": "a", "score": 1}\n{"id": "b", "score": 87}\n', "score-range: {path}: the 'score' of b is 87"),
    "not-finite": ('{"id": "a", "score": 1}\n{"id": "b", "score": NaN}\n', "the 'score' of b is nan"),
    "word": ('{"id": "a", "score": "good"}\n{"id": "b", "score": 1}\n', "bad-score: {path}: the 'score' of a"),
    "no-rows": ("[]", "unknown-format: {path}"),
    "list": ("[1, 2]", "unknown-format: {path}"),
    "not-text": (b"\xff\xfe\x00\x00binary", "unknown-format: {path} is not text"),
    "deep": ("[" * 200_000, "{path}"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_told_with_a_remedy(name: str, tmp_path: Path) -> None:
    content, said = MISTAKES[name]
    path = tmp_path / "results.jsonl"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        load(path)
    (found,) = raised.value.problems
    assert said.format(path=path) in f"{found.code}: {found.message}"
    assert found.remedy


def test_totals_of_lm_eval_are_not_results() -> None:
    assert "--log_samples" in problem(FILES / "lm_eval_totals.json")
