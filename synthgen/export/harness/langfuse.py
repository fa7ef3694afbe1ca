"""Langfuse: dataset items with input, expected output and metadata, in JSON Lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet
from synthgen.export.harness.base import Variation, copy_scorer, readme, variations, write_lines, write_text

HOW = """
    import json
    from langfuse import Langfuse
    client = Langfuse()
    client.create_dataset(name="NAME")
    for line in open("NAME.jsonl", encoding="utf-8"):
        item = json.loads(line)
        client.create_dataset_item(dataset_name="NAME", id=item["id"], input=item["input"],
                                   expected_output=item["expectedOutput"], metadata=item["metadata"])

Score outputs with the module that lies beside the items.
"""


class Langfuse:
    """Items for `create_dataset_item`. Example: `evals: [langfuse]`."""

    def holds(self, made: EvalSet) -> bool:
        """Every set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """One file for each set and prompt."""
        for made in sets:
            copy_scorer(made, folder)
            for variation in variations(made):
                write_lines(folder / f"{variation.name}.jsonl", (_item(c, variation) for c in made.cases))
        write_text(folder / "README.md", readme("Eval sets for Langfuse", sets, HOW))


def _item(case: EvalCase, variation: Variation) -> dict[str, Any]:
    return {
        "id": case.id,
        "input": [{"role": m.role, "content": m.content} for m in variation.messages(case)],
        "expectedOutput": case.target,
        "metadata": {**case.metadata, "canary": variation.made.canary},
    }
