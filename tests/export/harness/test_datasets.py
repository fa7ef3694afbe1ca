"""Tables of cases: datasets, Croissant, Parquet and JSON Lines give back what was written."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from pathlib import Path

import polars as pl
import pytest

from synthgen.evalcase import EvalSet
from synthgen.export.harness.base import messages, names, prompts, row, transcript
from tests.export.harness import clients
from tests.export.harness.conftest import Export


def named(sets: list[EvalSet]) -> dict[str, EvalSet]:
    return dict(zip(names(s.name for s in sets), sets, strict=True))


def test_datasets_loads_every_config_and_split(export: Export, tmp_path: Path) -> None:
    folder, held = export("huggingface")
    work = tmp_path / "work"
    work.mkdir()
    gold = {name: {c.id: c.target_text for c in s.cases} for name, s in named(held).items()}
    (work / "plan.json").write_text(json.dumps(gold), encoding="utf-8")
    found = clients.run("run_datasets.py", folder, work / "plan.json", work)
    assert set(found) == set(named(held))
    for name, s in named(held).items():
        assert list(found[name]) == [split or "test" for split in s.splits]
        for split, rows in found[name].items():
            cases = [c for c in s.cases if (c.split or "test") == split]
            assert rows["cases"] == [c.plain() for c in cases]
            assert set(rows["scores"].values()) == {1.0}
            assert rows["labels"] == ({c.id: c.target for c in cases} if s.name.startswith("routing") else {})
            expected = {f"prompt{x}": [transcript(messages(c, s, p)) for c in cases] for x, p in prompts(s)}
            assert rows["prompts"] == expected


def test_croissant_validates_and_its_records_are_the_cases(export: Export, tmp_path: Path) -> None:
    folder, held = export("huggingface")
    read = clients.run("run_croissant.py", folder / "croissant.json", tmp_path)
    for name, s in named(held).items():
        for split in s.splits:
            records = read["records"][f"{name}_{split or 'test'}"]
            cases = [c for c in s.cases if c.split == split]
            for record, case in zip(records, cases, strict=True):
                expected = row(case, s) | ({"label": case.choices.index(case.target)} if "label" in record else {})
                assert record == expected
    _check_hashes(folder)


def test_croissant_of_json_lines(export: Export, tmp_path: Path) -> None:
    folder, held = export("jsonl")
    read = clients.run("run_croissant.py", folder / "croissant.json", tmp_path)
    for name, s in named(held).items():
        texts = all(isinstance(c.target, str) for c in s.cases)
        expected = [{"id": c.id, "input": c.input} | ({"target": c.target} if texts else {}) for c in s.cases]
        assert read["records"][name] == expected
    _check_hashes(folder)


def _check_hashes(folder: Path) -> None:
    """mlcroissant does not look at the hashes of local files."""
    document = json.loads((folder / "croissant.json").read_text(encoding="utf-8"))
    assert document["distribution"]
    for file in document["distribution"]:
        content = (folder / file["contentUrl"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["contentSize"] == f"{len(content)} B"


def test_parquet_gives_back_the_rows(export: Export) -> None:
    folder, held = export("parquet")
    for name, s in named(held).items():
        frame = pl.read_parquet(folder / f"{name}.parquet")
        assert frame.to_dicts() == [row(c, s) for c in s.cases]
        assert set(frame.dtypes) == {pl.String, pl.Boolean}


@pytest.mark.parametrize(
    ("harness", "fence", "said"),
    [
        ("jsonl", "sh", "{'score': 0.0}"),
        ("parquet", "sh", "routing-0 {'score': 0.0}"),
        ("huggingface", "python", "{'score'"),
    ],
)
def test_what_the_readme_says_works(harness: str, fence: str, said: str, export: Export, tmp_path: Path) -> None:
    if not clients.PYTHON.exists():
        pytest.skip("the clients of the harnesses are not installed: make harness-clients")
    folder, _ = export(harness)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(rf"```{fence}\n(.*?)```", readme, re.DOTALL)
    command = ["bash", "-c", code] if fence == "sh" else [str(clients.PYTHON), "-c", code]
    environment = {"PATH": f"{clients.PYTHON.parent}:{os.environ['PATH']}", "HOME": str(tmp_path), **clients.OFFLINE}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith(said)
