"""Formats of hosted harnesses, which no test may call: LangSmith, Langfuse, and the registry of OpenAI Evals."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from synthgen.export.harness.base import as_dicts, messages, names, prompts
from tests.export.harness import made
from tests.export.harness.conftest import Export


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_langsmith_examples(export: Export) -> None:
    folder, held = export("langsmith")
    for name, s in zip(names(s.name for s in held), held, strict=True):
        for suffix, prompt in prompts(s):
            examples = lines(folder / f"{name}{suffix}.jsonl")
            for example, case in zip(examples, s.cases, strict=True):
                assert set(example) == {"inputs", "outputs", "metadata", "split"}
                sent = as_dicts(messages(case, s, prompt))
                assert example["inputs"] == {"input": case.input, "messages": sent}
                assert example["outputs"] == {"target": case.target}
                assert example["split"] == (case.split or "base")
                assert example["metadata"]["id"] == case.id and example["metadata"]["canary"] == made.CANARY
                assert all(example["metadata"][k] == v for k, v in case.metadata.items())


def test_langfuse_items(export: Export) -> None:
    folder, held = export("langfuse")
    ids: set[str] = set()
    for name, s in zip(names(s.name for s in held), held, strict=True):
        for suffix, prompt in prompts(s):
            items = lines(folder / f"{name}{suffix}.jsonl")
            for item, case in zip(items, s.cases, strict=True):
                assert set(item) == {"id", "input", "expectedOutput", "metadata"}
                assert item["input"]["messages"] == as_dicts(messages(case, s, prompt))
                assert item["expectedOutput"] == case.target
                assert item["metadata"].get("split", "") == case.split
                assert item["id"] not in ids
                ids.add(item["id"])


def test_openai_evals_registry(export: Export) -> None:
    folder, held = export("openai-evals")
    assert {s.name for s in held} == {
        "routing", "fields", "talks", "policies", "agent", "topics", "routing 2/ä"
    }  # fmt: skip
    for name, s in zip(names(s.name for s in held), held, strict=True):
        for suffix, prompt in prompts(s):
            full = f"{name}{suffix}"
            registered = yaml.safe_load((folder / "evals" / f"{full}.yaml").read_text(encoding="utf-8"))
            entry = registered[full]
            assert entry["metrics"] == ["accuracy"]
            spec = registered[entry["id"]]
            records = not isinstance(s.cases[0].target, str)
            kind = "json_match:JsonMatch" if records else "match:Match"
            assert spec["class"] == f"evals.elsuite.basic.{kind}"
            samples = lines(folder / "data" / spec["args"]["samples_jsonl"])
            for sample, case in zip(samples, s.cases, strict=True):
                assert sample["input"] == as_dicts(messages(case, s, prompt))
                ideal = json.loads(sample["ideal"]) if records else sample["ideal"]
                assert ideal == case.target


def test_openai_evals_files_look_like_the_registry(export: Export) -> None:
    shared = Path(__file__).resolve().parents[4] / "shared/data/D_evals/openai_evals"
    if not shared.exists():
        pytest.skip("the registry's own files are not at hand")
    folder, _ = export("openai-evals")
    theirs = yaml.safe_load((shared / "crontab.yaml").read_text(encoding="utf-8"))
    ours = yaml.safe_load((folder / "evals/routing.yaml").read_text(encoding="utf-8"))
    assert set(theirs["crontab"]) <= set(ours["routing"])
    assert set(theirs["crontab.dev.v0"]) == set(ours["routing.test.v1"])
    assert theirs["crontab.dev.v0"]["class"] == ours["routing.test.v1"]["class"]
    with gzip.open(shared / "crontab__samples.jsonl.gz", "rt", encoding="utf-8") as file:
        sample = json.loads(file.readline())
    assert set(sample) <= set(lines(folder / "data/routing/samples.jsonl")[0])
