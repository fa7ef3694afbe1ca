"""Inspect (UK AI Security Institute): cases as samples, one task file with a scorer for each set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet, Prompt
from synthgen.export.harness.base import (
    about,
    as_dicts,
    held,
    messages,
    prompts,
    write,
    write_lines,
    write_readme,
    write_scoring,
)

_ABOUT = """
`tasks.py` has one task for each set (and prompt): samples from `SET.jsonl`, scored by `scoring/SET.py`. Accuracy comes
with a standard error that is clustered by the record that cases share. `-T split=dev` takes one split. Compare two logs
with `synthgen eval compare`.
"""
_RUN = "inspect eval tasks.py@{name} --model PROVIDER/MODEL"
_HEAD = '''"""Tasks made by synthgen. Each case is scored by the module in `scoring/` that goes with its set."""

import importlib.util
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, json_dataset
from inspect_ai.scorer import Score, accuracy, scorer, stderr
from inspect_ai.solver import generate

HERE = Path(__file__).resolve().parent
_spec = importlib.util.spec_from_file_location("scored", HERE / "scored.py")
scored = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scored)


@scorer(metrics=[accuracy(), stderr(cluster="group_id")])
def synthgen_scorer(name):
    async def score(state, target):
        answer = state.output.completion
        found = scored.score(name, str(state.sample_id), answer)
        return Score(value=found["score"], answer=answer, metadata=found)

    return score


def samples(name, split):
    found = json_dataset(str(HERE / f"{name}.jsonl"), name=name)
    if split is None:
        return found
    return MemoryDataset([s for s in found if s.metadata["split"] == split], name=name)
'''
_TASK = """

@task
def {task}(split=None):
    return Task(
        dataset=samples("{task}", split), solver=generate(), scorer=synthgen_scorer("{name}"), version={version!r}
    )
"""


class Inspect:
    """Samples in JSON Lines and a task file with scorers. Example: `evals: [inspect]`."""

    def holds(self, s: EvalSet) -> bool:
        """Any set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Write one JSON Lines file and one task for each set and prompt, and the scorers."""
        tasks = [_HEAD]
        found = held(self, "inspect", sets)
        for name, s in found:
            write_scoring(name, s, folder)
            for suffix, prompt in prompts(s):
                write_lines(folder / f"{name}{suffix}.jsonl", (_sample(c, s, prompt) for c in s.cases))
                tasks.append(_TASK.format(task=f"{name}{suffix}", name=name, version=s.version))
        write(folder / "tasks.py", "".join(tasks))
        write_readme(
            folder, "Eval sets for Inspect", _ABOUT, _RUN.format(name=found[0][0] + prompts(found[0][1])[0][0]), found
        )


def _sample(case: EvalCase, s: EvalSet, prompt: Prompt | None) -> dict[str, Any]:
    """A sample; the input is a list of messages, so that no text is taken for a file or an address."""
    told = about(case, s)
    if prompt is not None:
        told |= {"prompt": prompt.name, "prompt_version": prompt.version}
    return {
        "id": case.id,
        "input": as_dicts(messages(case, s, prompt)),
        "target": case.target_text,
        "metadata": told,
    }
