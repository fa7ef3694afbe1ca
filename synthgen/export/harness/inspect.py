"""Inspect (UK AI Security Institute): cases as samples, one task file with a scorer for each set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet
from synthgen.export.harness.base import (
    FILES,
    Variation,
    copy_scorer,
    group_of,
    readme,
    scored_by,
    scorer_name,
    variations,
    write_lines,
    write_text,
)

HOW = """
    inspect eval tasks.py --model PROVIDER/MODEL
    inspect eval tasks.py@NAME --model PROVIDER/MODEL --limit 20
    inspect eval tasks.py@NAME -T split=dev --model PROVIDER/MODEL

Standard errors are clustered by the record that cases share. Compare two logs with `synthgen eval compare`.
"""
HEAD = '''"""Tasks made by synthgen. Each case is scored by the module that lies beside this file."""

import importlib
import sys
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, json_dataset
from inspect_ai.scorer import Score, accuracy, scorer, stderr
from inspect_ai.solver import generate

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


@scorer(metrics=[accuracy(), stderr(cluster="group_id")])
def synthgen_scorer(module):
    scoring = importlib.import_module(module)

    async def score(state, target):
        case = state.metadata["case"]
        found = scoring.score(case, state.output.completion, str(HERE / "FILES"))
        return Score(value=found["score"], answer=state.output.completion, metadata=found)

    return score


def cases(name, split):
    found = json_dataset(str(HERE / f"{name}.jsonl"))
    if split is None:
        return found
    return MemoryDataset([s for s in found if s.metadata["split"] == split], name=name)
'''
TASK = """

@task
def {function}(split=None):
    return Task(
        dataset=cases("{name}", split), solver=generate(), scorer=synthgen_scorer("{module}"), version="{version}"
    )
"""


class Inspect:
    """Samples in JSON Lines and a task file with scorers. Example: `evals: [inspect]`."""

    def holds(self, made: EvalSet) -> bool:
        """Every set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """One JSON Lines file and one task for each set and prompt."""
        tasks = [HEAD.replace("FILES", FILES)]
        for made in sets:
            copy_scorer(made, folder)
            for variation in variations(made):
                write_lines(folder / f"{variation.name}.jsonl", (_sample(c, variation) for c in made.cases))
                function = variation.name.replace("-", "_")
                fields = {"function": function, "name": variation.name, "module": scorer_name(made)}
                tasks.append(TASK.format(**fields, version=made.version))
        write_text(folder / "tasks.py", "".join(tasks))
        write_text(folder / "README.md", readme("Eval sets for Inspect", sets, HOW))


def _sample(case: EvalCase, variation: Variation) -> dict[str, Any]:
    """A sample; the input is a list of messages, so that no text is taken for a file or an address."""
    messages = [{"role": m.role, "content": m.content} for m in variation.messages(case)]
    about = {"split": case.split, "group_id": group_of(case), "id": case.id, "canary": variation.made.canary}
    if variation.prompt is not None:
        about |= {"prompt": variation.prompt.name, "prompt_version": variation.prompt.version}
    slices = {"difficulty": case.difficulty, **case.slices}
    more = {"slices": slices, "must_pass": case.must_pass, "content_hash": variation.made.content_digest}
    metadata = {**about, **more, "case": scored_by(case)}
    return {"id": case.id, "input": messages, "target": case.target_text, "metadata": metadata}
