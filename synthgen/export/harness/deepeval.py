"""DeepEval: goldens, conversational goldens, and a metric that scores like every other harness."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet, compact
from synthgen.export.harness.base import (
    FILES,
    Variation,
    copy_scorer,
    group_of,
    line,
    readme,
    scored_by,
    variations,
    write_text,
)

HOW = """
    from deepeval.dataset import EvaluationDataset
    from synthgen_metric import SynthgenMetric
    dataset = EvaluationDataset()
    dataset.add_goldens_from_json_file("NAME.json")

Make one LLMTestCase for each golden with your model's `actual_output` and the golden's `name` and
`additional_metadata`, and measure it with `SynthgenMetric("SCORER")`, which needs no model. Conversations also lie in `NAME.conversations.json`.
"""
METRIC = '''"""A metric of DeepEval that scores with the scorers beside this file; it needs no model."""

import importlib
import json
import sys
from pathlib import Path

from deepeval.metrics import BaseMetric

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


class SynthgenMetric(BaseMetric):
    def __init__(self, scorer, threshold=1.0):
        self.scoring = importlib.import_module(scorer)
        self.threshold = threshold
        self.async_mode = False
        self.include_reason = True

    def measure(self, test_case, *args, **kwargs):
        metadata = getattr(test_case, "additional_metadata", None) or getattr(test_case, "metadata", None)
        case = json.loads(metadata["case"])
        found = self.scoring.score(case, test_case.actual_output or "", str(HERE / "FILES"))
        self.score = float(found["score"])
        self.score_breakdown = found
        self.reason = str(found)
        self.success = self.score >= self.threshold
        return self.score

    async def a_measure(self, test_case, *args, **kwargs):
        return self.measure(test_case)

    def is_successful(self):
        return bool(self.success)

    @property
    def __name__(self):
        return "Synthgen"
'''


class Deepeval:
    """Goldens in JSON and a metric file. Example: `evals: [deepeval]`."""

    def holds(self, made: EvalSet) -> bool:
        """Every set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """One file of goldens for each set and prompt, one more for conversations."""
        for made in sets:
            copy_scorer(made, folder)
            for variation in variations(made):
                _write(folder / f"{variation.name}.json", [_golden(c, variation) for c in made.cases])
            talks = [_conversation(c, made) for c in made.cases if len(c.messages) > 1]
            if talks:
                _write(folder / f"{made.name}.conversations.json", talks)
        write_text(folder / "synthgen_metric.py", METRIC.replace("FILES", FILES))
        write_text(folder / "README.md", readme("Eval sets for DeepEval", sets, HOW))


def _write(path: Path, goldens: list[dict[str, Any]]) -> None:
    write_text(path, "[\n" + ",\n".join(line(g) for g in goldens) + "\n]\n")


def _about(case: EvalCase, made: EvalSet) -> dict[str, Any]:
    about = {"id": case.id, "split": case.split, "group_id": group_of(case), "must_pass": case.must_pass}
    slices = {"difficulty": case.difficulty, **case.slices}
    return {**about, "slices": slices, "content_hash": made.content_digest, "canary": made.canary}


def _golden(case: EvalCase, variation: Variation) -> dict[str, Any]:
    golden: dict[str, Any] = {
        "input": variation.text(case),
        "expected_output": case.target_text,
        "name": case.id,
        "additional_metadata": {**_about(case, variation.made), "case": compact(scored_by(case))},
        "source_file": f"{variation.made.name} {variation.made.version}",
    }
    if case.context:
        golden["context"] = [p.text for p in case.context]
    calls = case.target.get("calls") if isinstance(case.target, dict) else None
    if calls:
        golden["expected_tools"] = [{"name": c["name"], "input_parameters": _first(c)} for c in calls]
    return golden


def _first(call: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call, each with the first of its allowed values."""
    arguments: dict[str, Any] = call.get("arguments", {})
    return {k: v[0] if isinstance(v, list) and v else v for k, v in arguments.items()}


def _conversation(case: EvalCase, made: EvalSet) -> dict[str, Any]:
    turns = [{"role": m.role, "content": m.content} for m in case.messages if m.role in ("user", "assistant")]
    return {
        "scenario": made.instruction or made.description or made.name,
        "expected_outcome": case.target_text,
        "turns": turns,
        "context": [p.text for p in case.context],
        "name": case.id,
        "additional_metadata": _about(case, made),
    }
