"""Measures answers from a table to the goldens of a DeepEval export; prints {file: {id: score}}."""

import contextlib
import json
import os
import sys
from pathlib import Path

folder, plan, work = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")), Path(sys.argv[3])
os.chdir(work)
sys.path.insert(0, str(folder))
from deepeval import evaluate  # noqa: E402  # in its own folder
from deepeval.dataset import EvaluationDataset  # noqa: E402
from deepeval.evaluate.configs import AsyncConfig, CacheConfig, DisplayConfig  # noqa: E402
from deepeval.test_case import LLMTestCase  # noqa: E402
from synthgen_metric import SynthgenMetric  # noqa: E402

found = {}
for name, table in plan.items():
    dataset = EvaluationDataset()
    dataset.add_goldens_from_json_file(str(folder / f"{name}.json"))
    cases = [
        LLMTestCase(
            input=g.input, actual_output=table.get(g.input, "no answer is known"), expected_output=g.expected_output,
            name=g.name, metadata=g.additional_metadata, context=g.context,
        )
        for g in dataset.goldens
    ]  # fmt: skip
    with contextlib.redirect_stdout(sys.stderr):
        result = evaluate(
            cases, [SynthgenMetric()], async_config=AsyncConfig(run_async=False),
            display_config=DisplayConfig(show_indicator=False, print_results=False),
            cache_config=CacheConfig(write_cache=False),
        )  # fmt: skip
    found[name] = {r.name: r.metrics_data[0].score for r in result.test_results}
    talks = folder / "conversations" / f"{name}.json"
    if talks.exists():
        spoken = EvaluationDataset()
        spoken.add_goldens_from_json_file(str(talks))
        assert len(spoken.goldens) == len(json.loads(talks.read_text(encoding="utf-8")))
        assert all(g.turns and g.scenario for g in spoken.goldens)
print(json.dumps(found))
