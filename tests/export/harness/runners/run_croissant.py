"""Validates a Croissant file and reads all its records; prints {record set: [records]}."""

import json
import sys

import mlcroissant as mlc

dataset = mlc.Dataset(jsonld=sys.argv[1])
issues = dataset.metadata.ctx.issues
assert not issues.errors, issues.errors
unexpected = [w for w in issues.warnings if "recommended" not in w and "doesn't exist" not in w]
assert not unexpected, unexpected


def plain(value):
    return value.decode() if isinstance(value, bytes) else value.item() if hasattr(value, "item") else value


found = {}
for record_set in dataset.metadata.record_sets:
    found[record_set.id] = [
        {k.rpartition("/")[2]: plain(v) for k, v in r.items()} for r in dataset.records(record_set.id)
    ]
print(json.dumps({"records": found, "warnings": sorted(issues.warnings)}, default=repr))
