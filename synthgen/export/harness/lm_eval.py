"""lm-eval (EleutherAI): one YAML task for each set; labels by likelihood, everything else by generation."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet, Prompt, compact
from synthgen.export.harness.base import (
    FILES,
    HASH,
    about,
    held,
    is_label_set,
    messages,
    prompts,
    transcript,
    write,
    write_lines,
    write_readme,
    write_scoring,
    yaml_text,
)

_ABOUT = """
`tasks/` has one task for each set (and prompt), `data/` its documents. Sets of labels are scored by the likelihood of
each label, all others by what the model generates, with `scoring/SET.py`. With `--log_samples`, `synthgen eval compare`
reads the result.
"""
_RUN = r"""lm-eval run --model hf --model_args pretrained=MODEL --tasks {task} --include_path tasks \
    --output_path out --log_samples"""
_SCRIPT = '''"""Documents and scores of the tasks in this folder."""

import importlib.util
import json
from pathlib import Path

import datasets

ROOT = Path(__file__).resolve().parents[1]
_spec = importlib.util.spec_from_file_location("scored", ROOT / "scored.py")
scored = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scored)


def load(task="", **kwargs):
    with open(ROOT / "data" / f"{task}.jsonl", encoding="utf-8", newline="\\n") as file:
        return {"test": datasets.Dataset.from_list([json.loads(line) for line in file])}


def process_results(doc, results):
    found = scored.score(doc["set"], doc["id"], results[0])
    return {"acc": found["score"], **{name: found[name] for name in json.loads(doc["metrics"]) if name in found}}
'''
_MEAN = {"aggregation": "mean", "higher_is_better": True}
_PROBED = 20  # cases whose gold is scored to learn the metrics' names


class LmEval:
    """Tasks in YAML with data in JSON Lines. Example: `evals: [lm-eval]`."""

    def holds(self, s: EvalSet) -> bool:
        """Any set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Write one task and one file of documents for each set and prompt, and the scorers."""
        found = held(self, "lm-eval", sets)
        for name, s in found:
            write_scoring(name, s, folder)
            metrics = [] if is_label_set(s) else _metrics(s, folder / FILES / name)
            for suffix, prompt in prompts(s):
                task = f"{name}{suffix}"
                write_lines(
                    folder / "data" / f"{task}.jsonl", (_document(c, s, prompt, name, metrics) for c in s.cases)
                )
                write(folder / "tasks" / f"{task}.yaml", _task(task, s, metrics))
        write(folder / "tasks" / "synthgen_task.py", _SCRIPT)
        first = found[0][0] + prompts(found[0][1])[0][0]
        write_readme(folder, "Eval sets for lm-eval", _ABOUT, _RUN.format(task=first), found)


def _metrics(s: EvalSet, files: Path) -> list[str]:
    """The scorer's metrics beside the main score."""
    score = import_module(s.scorer).score
    golds = [score(c.plain(), c.target_text, str(files)) for c in s.cases[:_PROBED]]
    return sorted({name for gold in golds for name in gold} - {"score", "acc"})


def _document(case: EvalCase, s: EvalSet, prompt: Prompt | None, name: str, metrics: list[str]) -> dict[str, Any]:
    """A document: flat, and nested values as JSON text, so that all have the same type."""
    document = {
        "id": case.id,
        "prompt": transcript(messages(case, s, prompt)),
        "target": case.target_text,
        "metadata": compact(about(case, s)),
    }
    if is_label_set(s):
        return {**document, "choices": list(case.choices), "gold": case.choices.index(case.target)}
    return {**document, "set": name, "metrics": compact(metrics)}


def _task(task: str, s: EvalSet, metrics: list[str]) -> str:
    content: dict[str, Any] = {
        "task": task,
        "dataset_kwargs": {"task": task},
        "test_split": "test",
        "num_fewshot": 0,
        "doc_to_text": "prompt",
    }
    functions = ["custom_dataset: !function synthgen_task.load"]
    if is_label_set(s):
        content |= {"output_type": "multiple_choice", "doc_to_choice": "choices", "doc_to_target": "gold"}
    else:
        kwargs = {"until": [], "max_gen_toks": 2048, "do_sample": False}
        content |= {"output_type": "generate_until", "doc_to_target": "target", "generation_kwargs": kwargs}
        functions.append("process_results: !function synthgen_task.process_results")
    content["metric_list"] = [{"metric": m, **_MEAN} for m in ("acc", *metrics)]
    content["metadata"] = {"version": s.version, "family": s.family, "content_hash": s.content_digest[:HASH]}
    return f"# {s.canary}\n{yaml_text(content)}" + "".join(f"{f}\n" for f in functions)
