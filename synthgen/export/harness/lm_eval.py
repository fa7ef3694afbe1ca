"""lm-eval (EleutherAI): one YAML task for each set; labels by likelihood, everything else by generation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from synthgen.evalcase import EvalSet
from synthgen.export.harness.base import (
    FILES,
    Variation,
    copy_scorer,
    group_of,
    line,
    readme,
    scored_by,
    variations,
    write_lines,
    write_text,
)

HOW = r"""
Run it from this folder, because paths of data start at the working directory:

    lm-eval run --model hf --model_args pretrained=MODEL --tasks NAME --include_path tasks --output_path out \
        --log_samples

Sets of labels are scored by the likelihood of each label, all others by what the model generates.
"""
PROCESS = '''"""Scores what lm-eval generated with the scorer that lies beside this file."""

import importlib.util
import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
_spec = importlib.util.spec_from_file_location("MODULE", HERE / "MODULE.py")
scoring = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scoring)


def process_results(doc, results):
    found = scoring.score(json.loads(doc["case"]), results[0], str(HERE / "FILES"))
    return {"acc": found["score"]}
'''


class LmEval:
    """Tasks in YAML with data in JSON Lines. Example: `evals: [lm-eval]`."""

    def holds(self, made: EvalSet) -> bool:
        """Every set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """One task for each set and prompt."""
        (folder / "tasks").mkdir()
        (folder / "data").mkdir()
        for made in sets:
            if not _labelled(made):
                module = copy_scorer(made, folder / "tasks")
                text = PROCESS.replace("MODULE", module).replace("FILES", FILES)
                write_text(folder / "tasks" / f"process_{module}.py", text)
            for variation in variations(made):
                write_lines(folder / "data" / f"{variation.name}.jsonl", _docs(variation))
                _task(variation, folder / "tasks" / f"{variation.name}.yaml")
        write_text(folder / "README.md", readme("Eval sets for lm-eval", sets, HOW))


def _labelled(made: EvalSet) -> bool:
    """Whether every gold is one of the case's choices, and no case accepts others."""
    return all(isinstance(c.target, str) and c.target in c.choices and not c.extra.get("accepted") for c in made.cases)


def _docs(variation: Variation) -> list[dict[str, Any]]:
    found = []
    for case in variation.made.cases:
        about = {"id": case.id, "group_id": group_of(case), "split": case.split, "must_pass": case.must_pass}
        doc = {**about, "prompt": variation.text(case), "slices": line({"difficulty": case.difficulty, **case.slices})}
        if _labelled(variation.made):
            doc |= {"choices": list(case.choices), "gold": case.choices.index(case.target)}
        else:
            doc |= {"gold": case.target_text, "case": line(scored_by(case))}
        found.append(doc)
    return found


def _task(variation: Variation, path: Path) -> None:
    made = variation.made
    task: dict[str, Any] = {
        "task": variation.name,
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": f"data/{variation.name}.jsonl"}},
        "test_split": "test",
        "doc_to_text": "{{prompt}}",
        "metadata": {"version": made.version, "family": made.family, "content_hash": made.content_digest},
    }
    mean = {"aggregation": "mean", "higher_is_better": True}
    process = ""
    if _labelled(made):
        task |= {"output_type": "multiple_choice", "doc_to_choice": "{{choices}}", "doc_to_target": "gold"}
        task |= {"target_delimiter": " ", "metric_list": [{"metric": "acc", **mean}]}
    else:
        task |= {
            "output_type": "generate_until",
            "doc_to_target": "{{gold}}",
            "metric_list": [{"metric": "acc", **mean}],
        }
        task |= {"generation_kwargs": {"until": ["<|endoftext|>"], "max_gen_toks": 1024, "do_sample": False}}
        process = f"process_results: !function process_scoring_{made.scorer.rpartition('.')[2]}.process_results\n"
    text = yaml.safe_dump(task, sort_keys=False, allow_unicode=True)
    write_text(path, f"# {made.canary}\n{text}{process}")
