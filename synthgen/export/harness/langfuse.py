"""Langfuse: dataset items with input, expected output and metadata, in JSON Lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet, Prompt
from synthgen.export.harness.base import (
    as_dicts,
    held,
    messages,
    metadata,
    prompts,
    write_lines,
    write_readme,
    write_scoring,
)

_ABOUT = """
`SET.jsonl` holds dataset items: `input` has the input and the chat messages, `expectedOutput` the gold. The split is in
the metadata. `scored.score(SET, id, answer)` scores an answer with `scoring/SET.py`; the id is in the metadata too.
"""
_RUN = """python -c "import json, langfuse
client = langfuse.Langfuse()
client.create_dataset(name='{name}')
for item in map(json.loads, open('{name}.jsonl', encoding='utf-8')):
    client.create_dataset_item(dataset_name='{name}', id=item['id'], input=item['input'],
                               expected_output=item['expectedOutput'], metadata=item['metadata'])\""""


class Langfuse:
    """Dataset items. Example: `evals: [langfuse]`."""

    def holds(self, s: EvalSet) -> bool:
        """Any set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Write one file for each set and prompt, and the scorers."""
        found = held(self, "langfuse", sets)
        for name, s in found:
            write_scoring(name, s, folder)
            for suffix, prompt in prompts(s):
                write_lines(folder / f"{name}{suffix}.jsonl", (_item(c, s, prompt, name + suffix) for c in s.cases))
        first = found[0][0] + prompts(found[0][1])[0][0]
        write_readme(folder, "Eval sets for Langfuse", _ABOUT, _RUN.format(name=first), found)


def _item(case: EvalCase, s: EvalSet, prompt: Prompt | None, dataset: str) -> dict[str, Any]:
    return {
        "id": f"{dataset}-{case.id}",  # ids are unique over all datasets of a project
        "input": {"input": case.input, "messages": as_dicts(messages(case, s, prompt))},
        "expectedOutput": case.target,
        "metadata": metadata(case, s),
    }
