"""Runs every task of an lm-eval export with a model that answers from a table; prints {task: {id: score}}."""

import json
import logging
import os
import sys
from pathlib import Path

logging.disable(logging.WARNING)
from lm_eval import simple_evaluate  # noqa: E402  # quiet first
from lm_eval.api.model import LM  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402

folder, plan, work = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")), Path(sys.argv[3])
os.chdir(work)  # a task may not depend on where it is run from


class Table(LM):
    def loglikelihood(self, requests):
        return [(0.0 if r.args[1].strip() == self.answer(r).strip() else -9.0, True) for r in requests]

    def loglikelihood_rolling(self, requests):
        raise NotImplementedError

    def generate_until(self, requests):
        assert all(r.args[1]["until"] == [] for r in requests)
        return [self.answer(r) for r in requests]

    def answer(self, request):
        return plan[request.task_name].get(request.args[0], "no answer is known")


manager = TaskManager(include_path=str(folder / "tasks"), include_defaults=False)
done = simple_evaluate(Table(), tasks=list(plan), task_manager=manager, bootstrap_iters=0, log_samples=True)
found = {name: {r["doc"]["id"]: r["acc"] for r in done["samples"][name]} for name in plan}
for name, scores in found.items():
    assert abs(done["results"][name]["acc,none"] - sum(scores.values()) / len(scores)) < 1e-9
print(json.dumps(found))
