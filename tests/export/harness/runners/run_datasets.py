"""Loads every config of a Hugging Face export, scores answers from a table, and saves and loads it again.

Prints {config: {split: {"cases": [...], "scores": {id: score}, "labels": {id: label}, "prompts": {column: [...]}}}}.
"""

import importlib.util
import json
import sys
from pathlib import Path

from datasets import ClassLabel, Value, disable_progress_bars, get_dataset_config_names, load_dataset, load_from_disk
from huggingface_hub import DatasetCard

disable_progress_bars()
folder, plan, work = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")), Path(sys.argv[3])
spec = importlib.util.spec_from_file_location("scored", folder / "scored.py")
scored = importlib.util.module_from_spec(spec)
spec.loader.exec_module(scored)
card = DatasetCard.load(folder / "README.md")
card.validate = None  # would ask the hub
infos = {i["config_name"]: [f["name"] for f in i["features"]] for i in card.data.to_dict()["dataset_info"]}
found = {}
for config in get_dataset_config_names(str(folder)):
    loaded = load_dataset(str(folder), config)
    loaded.save_to_disk(str(work / "saved" / config))
    again = load_from_disk(str(work / "saved" / config))
    for split, rows in loaded.items():
        assert list(rows.features) == infos[config], (list(rows.features), infos[config])
        assert all(isinstance(f, ClassLabel | Value) for f in rows.features.values())
        assert rows.features["input"] == Value("string") and rows.features["must_pass"] == Value("bool")
        assert rows.to_list() == again[split].to_list()
        cases = [scored.case_of(row) for row in rows]
        label = rows.features.get("label")
        found.setdefault(config, {})[split] = {
            "cases": cases,
            "scores": {c["id"]: scored.scored(config, c, plan[config][c["id"]])["score"] for c in cases},
            "labels": {r["id"]: label.int2str(r["label"]) for r in rows} if label else {},
            "prompts": {k: list(rows[k]) for k in rows.features if k.startswith("prompt")},
        }
print(json.dumps(found))
