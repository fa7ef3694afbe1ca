"""DeepEval: goldens, conversational goldens, and a metric that scores as in every other harness."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet, Prompt
from synthgen.export.harness.base import (
    about,
    held,
    line,
    messages,
    prompts,
    transcript,
    write,
    write_readme,
    write_scoring,
)

_ABOUT = """
`SET.json` holds goldens, `conversations/SET.json` conversational goldens of the sets that have conversations.
`synthgen_metric.py` has a metric that scores with `scoring/SET.py` and needs no model. It knows a case by its name and
metadata, so hand both on:

```python
from deepeval.dataset import EvaluationDataset
from deepeval.test_case import LLMTestCase
from synthgen_metric import SynthgenMetric

dataset = EvaluationDataset()
dataset.add_goldens_from_json_file("{name}.json")
for golden in dataset.goldens:
    about = {"name": golden.name, "metadata": golden.additional_metadata}
    case = LLMTestCase(input=golden.input, actual_output=YOUR_MODEL(golden.input), **about)
    print(golden.name, SynthgenMetric().measure(case))
```

Written as a test file with `assert_test(case, [SynthgenMetric()])`, it runs by:
"""
_RUN = "deepeval test run test_model.py"
_METRIC = '''"""A metric for DeepEval that scores with the scorers of this folder; it needs no model."""

import importlib.util
from pathlib import Path

from deepeval.metrics import BaseMetric

HERE = Path(__file__).resolve().parent
_spec = importlib.util.spec_from_file_location("scored", HERE / "scored.py")
scored = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scored)


class SynthgenMetric(BaseMetric):
    """Scores the answer to a golden of this folder, from 0 to 1; further metrics are in `score_breakdown`."""

    def __init__(self, threshold=1.0):
        self.threshold = threshold
        self.async_mode = False
        self.include_reason = True

    def measure(self, test_case, *args, **kwargs):
        about = test_case.metadata  # the golden's additional_metadata
        found = scored.score(about["set"], about["id"], test_case.actual_output or "")
        self.score = found["score"]
        self.score_breakdown = found
        self.reason = ", ".join(f"{name} {value:g}" for name, value in found.items())
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
    """Goldens in JSON and a metric. Example: `evals: [deepeval]`."""

    def holds(self, s: EvalSet) -> bool:
        """Any set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Write one file of goldens for each set and prompt, one more for conversations, the metric and the scorers."""
        found = held(self, "deepeval", sets)
        for name, s in found:
            write_scoring(name, s, folder)
            for suffix, prompt in prompts(s):
                goldens = [_golden(c, s, prompt, name) for c in s.cases]
                write(folder / f"{name}{suffix}.json", _array(goldens))
            talks = [_conversation(c, s, name) for c in s.cases if c.messages]
            if talks:
                write(folder / "conversations" / f"{name}.json", _array(talks))
        write(folder / "synthgen_metric.py", _METRIC)
        first = found[0][0] + prompts(found[0][1])[0][0]
        write_readme(folder, "Eval sets for DeepEval", _ABOUT.replace("{name}", first), _RUN, found)


def _array(values: Sequence[dict[str, Any]]) -> str:
    return "[\n" + ",\n".join(map(line, values)) + "\n]\n"


def _golden(case: EvalCase, s: EvalSet, prompt: Prompt | None, name: str) -> dict[str, Any]:
    golden: dict[str, Any] = {
        "input": transcript(messages(case, s, prompt)),
        "expected_output": case.target_text,
        "name": case.id,
        "additional_metadata": {"set": name, **about(case, s)},
        "source_file": f"{s.name} {s.version}",
    }
    if case.context:
        golden["context"] = [p.text for p in case.context]
    calls = case.target.get("calls") if isinstance(case.target, dict) else None
    if calls and case.tools:
        golden["expected_tools"] = [{"name": c["name"], "input_parameters": _first(c)} for c in calls]
    return golden


def _first(call: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call, each with the first of its allowed values."""
    arguments: dict[str, Any] = call.get("arguments", {})
    return {k: v[0] if isinstance(v, list) and v else v for k, v in arguments.items()}


def _conversation(case: EvalCase, s: EvalSet, name: str) -> dict[str, Any]:
    turns = [{"role": m.role, "content": m.content} for m in case.messages if m.role in ("user", "assistant")]
    golden: dict[str, Any] = {
        "scenario": s.instruction or s.description or s.name,
        "expected_outcome": case.target_text,
        "turns": turns,
        "name": case.id,
        "additional_metadata": {"set": name, **about(case, s)},
    }
    if case.context:
        golden["context"] = [p.text for p in case.context]
    return golden
