"""LangSmith: examples with inputs, outputs, metadata and split, in JSON Lines."""

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
`SET.jsonl` holds examples for `Client.create_examples`: `inputs` has the input and the chat messages, `outputs` the
gold, `split` the split. `scored.score(SET, id, answer)` scores an answer with `scoring/SET.py`; the id is in the
metadata.
"""
_RUN = """python -c "import json, langsmith
client = langsmith.Client()
dataset = client.create_dataset('{name}')
lines = open('{name}.jsonl', encoding='utf-8')
client.create_examples(dataset_id=dataset.id, examples=[json.loads(line) for line in lines])\""""


class Langsmith:
    """Examples for `create_examples`. Example: `evals: [langsmith]`."""

    def holds(self, s: EvalSet) -> bool:
        """Any set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Write one file for each set and prompt, and the scorers."""
        found = held(self, "langsmith", sets)
        for name, s in found:
            write_scoring(name, s, folder)
            for suffix, prompt in prompts(s):
                write_lines(folder / f"{name}{suffix}.jsonl", (_example(c, s, prompt) for c in s.cases))
        first = found[0][0] + prompts(found[0][1])[0][0]
        write_readme(folder, "Eval sets for LangSmith", _ABOUT, _RUN.format(name=first), found)


def _example(case: EvalCase, s: EvalSet, prompt: Prompt | None) -> dict[str, Any]:
    return {
        "inputs": {"input": case.input, "messages": as_dicts(messages(case, s, prompt))},
        "outputs": {"target": case.target},
        "metadata": metadata(case, s),
        "split": case.split or "base",
    }
