"""Checks calls from a table against a BFCL export with BFCL's own checker; prints {set: {id: score}}.

The checker's package imports a client of every model there is; the three modules that do so are not needed to check
Python calls, and are left out.
"""

import json
import sys
import types
from collections import defaultdict
from pathlib import Path

for name, values in {
    "bfcl_eval.constants.model_config": {
        "MODEL_CONFIG_MAPPING": defaultdict(lambda: types.SimpleNamespace(underscore_to_dot=False))
    },
    "bfcl_eval.eval_checker.ast_eval.type_convertor.java_type_converter": {"java_type_converter": None},
    "bfcl_eval.eval_checker.ast_eval.type_convertor.js_type_converter": {"js_type_converter": None},
}.items():
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(values)
from bfcl_eval.constants.enums import Language  # noqa: E402  # after what it must not import
from bfcl_eval.eval_checker.ast_eval.ast_checker import ast_checker  # noqa: E402

folder, plan = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))


def rows(path):
    with path.open(encoding="utf-8", newline="\n") as file:
        return [json.loads(line) for line in file]


found = {}
for name, table in plan.items():
    for path in sorted((folder / name).glob("BFCL_v4_*.json")):
        kind = path.stem.removeprefix("BFCL_v4_")
        questions, answers = rows(path), path.parent / "possible_answer" / path.name
        truths = rows(answers) if kind != "irrelevance" else [{"id": q["id"], "ground_truth": []} for q in questions]
        assert [t["id"] for t in truths] == [q["id"] for q in questions] == [f"{kind}_{i}" for i in range(len(truths))]
        for question, truth in zip(questions, truths, strict=True):
            identity = question["metadata"]["id"]
            calls = table[identity]
            if kind == "irrelevance":
                right = not calls
            elif not calls:
                right = False
            else:
                checked = ast_checker(
                    question["function"], calls, truth["ground_truth"], Language.PYTHON, kind, "table"
                )
                right = checked["valid"]
                if not right:
                    print(identity, checked, file=sys.stderr)
            found.setdefault(name, {})[identity] = float(right)
print(json.dumps(found))
