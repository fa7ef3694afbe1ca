"""LangSmith: examples with inputs, outputs, metadata and split, in JSON Lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet
from synthgen.export.harness.base import Variation, copy_scorer, readme, variations, write_lines, write_text

HOW = """
    import json
    from langsmith import Client
    rows = [json.loads(line) for line in open("NAME.jsonl", encoding="utf-8")]
    client = Client()
    dataset = client.create_dataset("NAME")
    client.create_examples(dataset_id=dataset.id, examples=rows)

Score outputs with the module that lies beside the examples.
"""


class Langsmith:
    """Examples for `create_examples`. Example: `evals: [langsmith]`."""

    def holds(self, made: EvalSet) -> bool:
        """Every set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """One file for each set and prompt."""
        for made in sets:
            copy_scorer(made, folder)
            for variation in variations(made):
                write_lines(folder / f"{variation.name}.jsonl", (_example(c, variation) for c in made.cases))
        write_text(folder / "README.md", readme("Eval sets for LangSmith", sets, HOW))


def _example(case: EvalCase, variation: Variation) -> dict[str, Any]:
    messages = [{"role": m.role, "content": m.content} for m in variation.messages(case)]
    return {
        "inputs": {"input": case.input, "messages": messages},
        "outputs": {"target": case.target},
        "metadata": {"id": case.id, **case.metadata, "canary": variation.made.canary},
        "split": case.split,
    }
