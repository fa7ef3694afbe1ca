"""Hugging Face datasets: a card, one config a set, one file a split, all features declared; with Croissant metadata."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet
from synthgen.export.harness.base import (
    BOOLEANS,
    CANARY,
    held,
    is_label_set,
    names,
    row,
    row_columns,
    write,
    write_lines,
    write_scoring,
    yaml_text,
)
from synthgen.export.harness.croissant import Table, write_croissant

_TASKS = {
    "classification": "text-classification",
    "multilingual": "text-classification",
    "pii_spans": "token-classification",
    "table_qa": "table-question-answering",
    "rag_qa": "question-answering",
    "summary": "summarization",
}
_ABOUT = """
Eval sets made by synthgen: every case is rendered from records that were made with it, so its gold is known, and an
independent check confirmed it. No real persons occur in them.

`prompt` columns hold what a model is asked. `target` is the gold, as JSON text where `target_is_json`; `label` is the
gold of a set with a closed list of labels, as a class label. `choices`, `messages`, `context`, `tools` and `metadata`
are JSON text. `scored.py` scores an answer to a row:

```python
import os, datasets, scored

rows = datasets.load_dataset(os.getcwd(), "{name}", split="{split}")  # in this folder
print(scored.scored("{name}", scored.case_of(rows[0]), "your answer"))
```
"""


class Huggingface:
    """A folder that `datasets.load_dataset(folder, SET)` loads, and that can be uploaded as a dataset."""

    def holds(self, s: EvalSet) -> bool:
        """Any set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Write the card, `data/SET/SPLIT.jsonl`, the scorers, and `croissant.json`."""
        found = held(self, "huggingface", sets)
        configs, infos, tables = [], [], []
        for name, s in found:
            files = []
            for split, written in zip(s.splits, split_names(s), strict=True):
                path = f"data/{name}/{written}.jsonl"
                write_lines(folder / path, (_row(c, s) for c in s.cases if c.split == split))
                files.append({"split": written, "path": path})
                tables.append(Table(f"{name}_{written}", path, "application/jsonlines", _columns(s)))
            configs.append({"config_name": name, "data_files": files})
            infos.append({"config_name": name, "features": features(s)})
            write_scoring(name, s, folder, cases=False)
        write(folder / "README.md", _card(found, configs, infos))
        write_croissant(folder, [s for _, s in found], tables)


def _row(case: EvalCase, s: EvalSet) -> dict[str, Any]:
    return row(case, s) | ({"label": case.choices.index(case.target)} if is_label_set(s) else {})


def split_names(s: EvalSet) -> list[str]:
    """The splits as Hugging Face can name them; the cases of a set without splits are its test split."""
    return names(split or "test" for split in s.splits)


def features(s: EvalSet) -> list[dict[str, Any]]:
    """Every column with its type, as the card's front matter declares it."""
    declared: list[dict[str, Any]]
    declared = [{"name": k, "dtype": "bool" if k in BOOLEANS else "string"} for k in row_columns(s)]
    if is_label_set(s):
        labels = {str(i): choice for i, choice in enumerate(s.cases[0].choices)}
        declared.append({"name": "label", "dtype": {"class_label": {"names": labels}}})
    return declared


def _columns(s: EvalSet) -> dict[str, str]:
    kinds = {k: "boolean" if k in BOOLEANS else "text" for k in row_columns(s)}
    return kinds | ({"label": "integer"} if is_label_set(s) else {})


def _card(found: Sequence[tuple[str, EvalSet]], configs: list[Any], infos: list[Any]) -> str:
    count = sum(len(s.cases) for _, s in found)
    front = {
        "license": "cc0-1.0",
        "language": sorted({language for _, s in found for language in s.language}),
        "annotations_creators": ["machine-generated"],
        "language_creators": ["machine-generated"],
        "multilinguality": ["multilingual" if len({x for _, s in found for x in s.language}) > 1 else "monolingual"],
        "size_categories": [_size(count)],
        "source_datasets": ["original"],
        "task_categories": sorted({_TASKS.get(s.family, "text-generation") for _, s in found}),
        "tags": ["synthetic", "evaluation"],
        "configs": configs,
        "dataset_info": infos,
    }
    name, s = found[0]
    lines = ["---", yaml_text(front).rstrip(), "---", "", "# Eval sets", ""]
    lines += [_ABOUT.strip().replace("{name}", name).replace("{split}", split_names(s)[0]), ""]
    for name, s in found:
        about = s.description or f"Family `{s.family}`."
        lines += [f"## {name}", "", f"{about} {len(s.cases):,} cases, version {s.version}. {s.canary}".strip(), ""]
        if s.instruction:
            lines += ["Instruction:", "", *(f"> {text}".rstrip() for text in s.instruction.splitlines()), ""]
    return "\n".join([*lines, CANARY, ""])


def _size(count: int) -> str:
    steps = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
    return next((name for limit, name in steps if count < limit), "1M<n<10M")
