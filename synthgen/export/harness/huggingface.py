"""A Hugging Face dataset: a card with declared features, one configuration for each set, one file for each split."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from synthgen.evalcase import EvalCase, EvalSet, compact
from synthgen.export.harness.base import copy_scorer, readme, variations, write_lines, write_text
from synthgen.export.harness.croissant import Records, write_croissant

HOW = """
    from datasets import load_dataset
    load_dataset("PATH/OF/THIS/FOLDER", "NAME", split="test")

`target` is the gold: text, or JSON where the answer is a record. `prompt` columns hold what a model is asked. Scorers
lie in `scoring/` and need nothing but Python.
"""
_TASKS = {
    "classification": "text-classification",
    "fairness": "text-classification",
    "multilingual": "text-classification",
    "guardrail": "text-classification",
    "pii_spans": "token-classification",
    "table_qa": "table-question-answering",
    "rag_qa": "question-answering",
    "needle": "question-answering",
    "summary": "summarization",
}
_SIZES = ((1000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


class Huggingface:
    """A dataset folder that `load_dataset` reads, with Croissant metadata. Example: `evals: [huggingface]`."""

    def holds(self, made: EvalSet) -> bool:
        """Every set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Card, data and scorers."""
        records = []
        for made in sets:
            files = {}
            (folder / "data" / made.name).mkdir(parents=True)
            for split in made.splits:
                files[split] = f"data/{made.name}/{split}.jsonl"
                write_lines(folder / files[split], (_row(c, made) for c in made.cases if c.split == split))
            records.append(Records(made, files, ("id", "input", "target")))
            (folder / "scoring").mkdir(exist_ok=True)
            copy_scorer(made, folder / "scoring")
        write_croissant(records, folder)
        front = yaml.safe_dump(_card(sets), sort_keys=False, allow_unicode=True)
        write_text(folder / "README.md", f"---\n{front}---\n\n{readme('Eval sets', sets, HOW)}")


def _labels(made: EvalSet) -> tuple[str, ...]:
    """The labels of a set whose every gold is one of the same choices; else none."""
    choices = {c.choices for c in made.cases}
    if len(choices) != 1:
        return ()
    labels = next(iter(choices))
    return labels if labels and all(isinstance(c.target, str) and c.target in labels for c in made.cases) else ()


def _row(case: EvalCase, made: EvalSet) -> dict[str, Any]:
    plain = case.plain()
    row: dict[str, Any] = {"id": case.id, "input": case.input, "target": case.target_text}
    if _labels(made):
        row["label"] = _labels(made).index(case.target)
    for variation in variations(made):
        row["prompt" if variation.prompt is None else f"prompt_{variation.prompt.name}"] = variation.text(case)
    nested = {k: compact(plain.get(k, [])) for k in ("choices", "messages", "context", "tools")}
    about = {"difficulty": case.difficulty, "variant": case.variant, "parent": case.parent, "template": case.template}
    return {**row, **nested, **about, "must_pass": case.must_pass, "metadata": compact(case.metadata)}


def _card(sets: Sequence[EvalSet]) -> dict[str, Any]:
    total = sum(len(s.cases) for s in sets)
    languages = sorted({language for s in sets for language in s.language})
    return {
        "license": "cc0-1.0",
        "language": languages,
        "annotations_creators": ["machine-generated"],
        "language_creators": ["machine-generated"],
        "task_categories": sorted({_TASKS.get(s.family, "text-generation") for s in sets}),
        "size_categories": [next((word for most, word in _SIZES if total < most), "n>1M")],
        "pretty_name": ", ".join(s.name for s in sets),
        "tags": ["synthetic", "evaluation", *(s.canary for s in sets)],
        "configs": [
            {
                "config_name": s.name,
                "data_files": [{"split": split, "path": f"data/{s.name}/{split}.jsonl"} for split in s.splits],
            }
            for s in sets
        ],
        "dataset_info": [{"config_name": s.name, "features": _features(s)} for s in sets],
    }


def _features(made: EvalSet) -> list[dict[str, Any]]:
    features = []
    for name in _row(made.cases[0], made):
        if name == "label":
            names = {str(i): label for i, label in enumerate(_labels(made))}
            features.append({"name": name, "dtype": {"class_label": {"names": names}}})
        else:
            features.append({"name": name, "dtype": "bool" if name == "must_pass" else "string"})
    return features
