"""Runs exports of eval sets in the real clients, offline, with a model that answers from a table.

The model is asked by the client and knows nothing but the prompt that arrives: a prompt that the export or the client
changes has no answer, and the case scores as a wrong one. `python` clients live in `.venv/clients/python`, promptfoo in
`.venv/clients/promptfoo` (`make harness-clients`).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from synthgen.evalcase import EvalSet
from synthgen.export.harness.base import as_dicts, messages, names, prompts, transcript

CLIENTS = Path(__file__).resolve().parents[3] / ".venv" / "clients"
PYTHON = CLIENTS / "python" / "bin" / "python"
PROMPTFOO = CLIENTS / "promptfoo" / "node_modules" / ".bin" / "promptfoo"
RUNNERS = Path(__file__).with_name("runners")
RUNNABLE = ("inspect", "promptfoo", "lm-eval", "deepeval")
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DEEPEVAL_TELEMETRY_OPT_OUT": "YES",
    "DEEPEVAL_DISABLE_DOTENV": "1",
    "PROMPTFOO_DISABLE_TELEMETRY": "1",
    "PROMPTFOO_DISABLE_UPDATE": "1",
    "PROMPTFOO_DISABLE_REMOTE_GENERATION": "1",
    "http_proxy": "http://127.0.0.1:9",  # the discard port: whoever calls out fails
    "https_proxy": "http://127.0.0.1:9",
    "no_proxy": "",
    "NO_COLOR": "1",
}
Answers = Mapping[str, Mapping[str, str]]  # set -> case -> answer
Scores = dict[str, dict[str, float]]  # set (and prompt) as the export names it -> case -> score


def scores(harness: str, folder: Path, sets: Sequence[EvalSet], answers: Answers, work: Path) -> Scores:
    """The score of every case of every set and prompt, as the client reports it.

    `folder` is the export of `sets` for the harness (one of RUNNABLE), `work` an empty folder for logs. Skips the test
    where the client is not installed.
    """
    if harness == "promptfoo":
        return _promptfoo(folder, sets, answers, work)
    plan = work / "plan.json"
    plan.write_text(json.dumps(_tasks(sets, answers, chat=harness == "inspect")), encoding="utf-8")
    return run(f"run_{harness.replace('-', '_')}.py", folder, plan, work)


def means(found: Scores) -> dict[str, float]:
    """The mean score of each set (and prompt)."""
    return {name: sum(cases.values()) / len(cases) for name, cases in found.items()}


def oracle(sets: Sequence[EvalSet]) -> dict[str, dict[str, str]]:
    """The gold of every case as its answer, for families whose oracle says just that."""
    return {s.name: {c.id: c.target_text for c in s.cases} for s in sets}


def run(script: str, *arguments: object) -> Any:
    """The JSON that a script in `runners/` prints last, run by the clients' Python."""
    if not PYTHON.exists():
        pytest.skip("the clients of the harnesses are not installed: make harness-clients")
    command = [str(PYTHON), str(RUNNERS / script), *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=900, env=_environment(Path(str(arguments[-1])))
    )
    assert done.returncode == 0, f"{script} failed\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return json.loads(done.stdout.strip().split("\n")[-1])


def _environment(work: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "TMPDIR")}
    return {**kept, **OFFLINE, "HOME": str(work), "HF_HOME": str(work / "hf"), "PYTHONHASHSEED": "0"}


def _tasks(sets: Sequence[EvalSet], answers: Answers, *, chat: bool) -> dict[str, dict[str, str]]:
    """What is answered to each prompt of each set (and prompt of the recipe). One prompt has one answer."""
    tasks: dict[str, dict[str, str]] = {}
    for name, s in zip(names(s.name for s in sets), sets, strict=True):
        for suffix, prompt in prompts(s):
            table = tasks.setdefault(f"{name}{suffix}", {})
            for case in s.cases:
                sent = messages(case, s, prompt)
                key = json.dumps(as_dicts(sent), sort_keys=True) if chat else transcript(sent)
                answer = answers[s.name][case.id]
                assert table.setdefault(key, answer) == answer, f"{s.name}: {case.id} asks what another case asks"
    return tasks


def _promptfoo(folder: Path, sets: Sequence[EvalSet], answers: Answers, work: Path) -> Scores:
    if not PROMPTFOO.exists():
        pytest.skip("promptfoo is not installed: make harness-clients")
    import yaml

    found: Scores = {}
    tables = _tasks(sets, answers, chat=True)
    for name, s in zip(names(s.name for s in sets), sets, strict=True):
        inside = work / name
        shutil.copytree(folder / name, inside)
        (inside / "table.mjs").write_text((RUNNERS / "table.mjs").read_text(encoding="utf-8"), encoding="utf-8")
        known = {k: v for task, table in tables.items() if task.partition("__")[0] == name for k, v in table.items()}
        for suffix, _ in prompts(s):
            known |= tables[f"{name}{suffix}"]
        (inside / "table.json").write_text(json.dumps(known), encoding="utf-8")
        config = yaml.safe_load((inside / "promptfooconfig.yaml").read_text(encoding="utf-8"))
        config["providers"] = ["file://table.mjs"]
        (inside / "run.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        results = promptfoo(inside)
        labels = {p.get("label"): i for i, p in enumerate(config["prompts"])}
        assert len(labels) == len(config["prompts"])
        for result in results:
            assert result["failureReason"] != 2, result["error"]
            assert "REDACTED" not in json.dumps(result), "promptfoo takes a value of the case for a secret"
            suffix = prompts(s)[result["promptIdx"]][0]
            found.setdefault(f"{name}{suffix}", {})[result["testCase"]["description"]] = result["score"]
        assert len(results) == len(s.cases) * len(config["prompts"])
    return found


def promptfoo(inside: Path, config: str = "run.yaml") -> list[dict[str, Any]]:
    """The results of `promptfoo eval` in a folder."""
    environment = _environment(inside) | {
        "PROMPTFOO_CONFIG_DIR": str(inside / ".config"),
        "PROMPTFOO_PYTHON": str(PYTHON),
    }
    flags = ["--no-cache", "--no-write", "--no-progress-bar", "--no-table", "-o", "results.json"]
    command = [str(PROMPTFOO), "eval", "-c", config, *flags]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, cwd=inside, env=environment)
    assert done.returncode in (0, 100), f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    found: list[dict[str, Any]] = json.loads((inside / "results.json").read_text(encoding="utf-8"))["results"][
        "results"
    ]
    return found
