"""Exports for one family each, in their own clients: presidio-research for spans, BFCL for tool calls."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from synthgen.evalcase import EvalCase, EvalSet
from tests.export.harness import clients, made
from tests.export.harness.conftest import Export


def planned(work: Path, plan: Any) -> Path:
    path = work / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    return path


def test_presidio_measures_the_gold_as_right_and_nothing_as_nothing(export: Export, tmp_path: Path) -> None:
    folder, held = export("presidio-research")
    (s,) = held
    gold = clients.run(
        "run_presidio.py", folder, planned(tmp_path, {s.name: {c.input: c.target_text for c in s.cases}}), tmp_path
    )[s.name]
    assert (gold["recall"], gold["precision"], gold["spans"]) == (1.0, 1.0, 20)
    assert gold["texts"] == [c.input for c in s.cases]
    assert gold["masked"][0] == "plain Dear {{PERSON}}, write to {{EMAIL_ADDRESS}}. Bye"
    assert gold["masked"][-1] == "Nobody here." and len(set(gold["templates"])) == len(s.cases)
    half = {c.input: json.dumps(c.target[:1]) for c in s.cases}
    found = clients.run("run_presidio.py", folder, planned(tmp_path, {s.name: half}), tmp_path)[s.name]
    assert (found["recall"], found["precision"]) == (0.5, 1.0)
    none = {c.input: "[]" for c in s.cases}
    found = clients.run("run_presidio.py", folder, planned(tmp_path, {s.name: none}), tmp_path)[s.name]
    assert found["recall"] == 0.0


def calls(case: EvalCase, place: int = -1) -> list[dict[str, dict[str, Any]]]:
    """The gold's calls with one of the allowed values; what may be left out is left out where that is the first."""
    found = []
    for call in case.target["calls"]:
        chosen = {k: v[min(place, len(v) - 1)] for k, v in call["arguments"].items()}
        found.append({call["name"]: {k: v for k, v in chosen.items() if v != ""}})
    return found


def test_bfcl_accepts_the_gold_and_nothing_else(export: Export, tmp_path: Path) -> None:
    folder, held = export("bfcl")
    (s,) = held

    def scores(table: dict[str, Any]) -> dict[str, float]:
        found: dict[str, float] = clients.run("run_bfcl.py", folder, planned(tmp_path, {s.name: table}), tmp_path)[
            s.name
        ]
        return found

    for place in (0, -1):
        assert scores({c.id: calls(c, place) for c in s.cases}) == dict.fromkeys((c.id for c in s.cases), 1.0)
    silent = scores({c.id: [] for c in s.cases})
    assert silent == {c.id: float(not c.target["calls"]) for c in s.cases}
    wrong = {c.id: [*calls(c), {"refund": {"invoice": "INV-9"}}] for c in s.cases}
    assert set(scores(wrong).values()) == {0.0}


def test_bfcl_files_look_like_bfcl(export: Export) -> None:
    folder, held = export("bfcl")
    read = {
        p.relative_to(folder / "agent").as_posix(): [json.loads(x) for x in p.read_text(encoding="utf-8").splitlines()]
        for p in sorted((folder / "agent").rglob("*.json"))
    }
    kinds = ["irrelevance", "multiple", "parallel_multiple", "simple_python"]
    assert sorted(read) == sorted(
        [*(f"BFCL_v4_{k}.json" for k in kinds), *(f"possible_answer/BFCL_v4_{k}.json" for k in kinds[1:])]
    )
    simple = read["BFCL_v4_simple_python.json"][0]
    assert simple["question"] == [[{"role": "user", "content": held[0].cases[0].input}]]
    assert simple["function"][0]["parameters"]["type"] == "dict"
    assert simple["function"][0]["parameters"]["properties"]["amount"]["type"] == "float"
    truth = read["possible_answer/BFCL_v4_simple_python.json"][0]
    assert truth == {
        "id": "simple_python_0",
        "ground_truth": [{"refund": {"invoice": ["INV-1"], "amount": [5.0, 5]}}],
    }
    original = Path(__file__).resolve().parents[4] / "shared/data/D_evals/bfcl/BFCL_v4_simple_python.json.gz"
    if original.exists():  # the leaderboard's own file, where it is at hand
        with gzip.open(original, "rt", encoding="utf-8") as file:
            first = json.loads(file.readline())
        assert set(first) <= set(simple)
        assert set(first["function"][0]) == set(simple["function"][0])


def test_bfcl_lists_the_values_inside_objects(tmp_path: Path) -> None:
    from synthgen.registry import HARNESSES

    tool = made.tool("book", guest="object")
    gold = {"calls": [{"name": "book", "arguments": {"guest": [{"name": "Ada", "ages": [3, 5]}]}}]}
    case = EvalCase("a", "agent", "tool_call", (), gold, tools=(tool,))
    HARNESSES.get("bfcl")().write([EvalSet("agent", "tool_call", (case,), "synthgen.scoring.calls")], tmp_path)
    answer = json.loads((tmp_path / "agent/possible_answer/BFCL_v4_simple_python.json").read_text(encoding="utf-8"))
    assert answer["ground_truth"] == [{"book": {"guest": [{"name": ["Ada"], "ages": [[3, 5]]}]}}]


@pytest.mark.parametrize("harness", ["presidio-research", "bfcl"])
def test_metadata_leads_back_to_the_case(harness: str, export: Export) -> None:
    folder, held = export(harness)
    ids = set()
    for path in folder.rglob("*.json"):
        if path.parent.name == "possible_answer":
            continue
        text = path.read_text(encoding="utf-8")
        rows = json.loads(text) if harness == "presidio-research" else [json.loads(x) for x in text.splitlines()]
        for row in rows:
            assert row["metadata"]["canary"] == made.CANARY
            ids.add(row["metadata"]["id"])
    assert ids == {c.id for s in held for c in s.cases}
