"""Runs every task of an Inspect export with a model that answers from a table; prints {task: {id: score}}."""

import importlib.util
import json
import sys
from pathlib import Path

from inspect_ai import eval as evaluate
from inspect_ai.log import read_eval_log
from inspect_ai.model import ModelOutput, ModelUsage, get_model

folder, plan, work = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")), sys.argv[3]
spec = importlib.util.spec_from_file_location("tasks", folder / "tasks.py")
module = importlib.util.module_from_spec(spec)
sys.modules["tasks"] = module
spec.loader.exec_module(module)
found = {}
for name, table in plan.items():

    def reply(messages, tools, choice, config, table=table):
        key = json.dumps([{"role": m.role, "content": m.text} for m in messages], sort_keys=True)
        output = ModelOutput.from_content("mockllm/model", table.get(key, f"no answer is known to {key}"))
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return output

    model = get_model("mockllm/model", memoize=False, custom_outputs=reply)
    log = evaluate(getattr(module, name)(), model=model, log_dir=work, display="none", log_level="error")[0]
    log = read_eval_log(log.location)  # as it lies on disk
    assert log.status == "success", log.error
    scores = {str(s.id): s.scores["synthgen_scorer"].value for s in log.samples}
    metrics = {k: m.value for k, m in log.results.scores[0].metrics.items()}
    assert abs(metrics["accuracy"] - sum(scores.values()) / len(scores)) < 1e-9, metrics
    assert metrics["stderr"] >= 0 and all(s.metadata["group_id"] for s in log.samples)
    found[name] = scores
print(json.dumps(found))
