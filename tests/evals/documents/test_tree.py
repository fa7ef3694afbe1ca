"""Trees of leaves and their schemas, checked against the real validator."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from synthgen.evals.documents.tree import flat, general, nested, schema_of, violations

KINDS = {"no": "string", "made": "date", "at": "datetime", "since": "month", "paid": "boolean", "buyer.name": "string",
         "lines.*.count": "integer", "lines.*.price": "money"}  # fmt: skip
LEAVES = {"no": "A1", "made": "2026-03-12", "at": "2026-03-12T10:00:00", "since": "2026-03", "paid": None,
          "buyer.name": "x", "lines.0.count": 2, "lines.0.price": 1.5,
          "lines.1.count": None, "lines.1.price": 3}  # fmt: skip


def test_leaves_make_a_tree_and_come_back() -> None:
    tree = nested(LEAVES)
    assert tree["buyer"] == {"name": "x"} and len(tree["lines"]) == 2
    assert dict(flat(tree)) == LEAVES
    assert nested({f"a.{i}": i for i in range(12)}) == {"a": list(range(12))}
    assert {general(p) for p in LEAVES} == set(KINDS)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"no": 3},
        {"made": "12.03.2026"},
        {"at": "2026-03-12"},
        {"since": "2026-13"},
        {"paid": "no"},
        {"paid": 1},
        {"buyer": {}},
        {"buyer": {"name": "x", "age": 4}},
        {"buyer": None},
        {"lines": []},
        {"lines": [{"count": 1.5, "price": 1}]},
        {"lines": [{"count": True, "price": 1}]},
        {"lines": {}},
        {"further": 1},
        {"no": "zzz"},
    ],
)
def test_violations_are_those_of_the_real_validator(change: dict[str, Any]) -> None:
    schema = schema_of(KINDS, {"no": ["A1", "A2"]})
    jsonschema.Draft202012Validator.check_schema(schema)
    real = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker(["date"]))
    value = nested(LEAVES) | change
    expected = not real.is_valid(value) or change == {"at": "2026-03-12"}  # that format needs a further package
    assert bool(violations(schema, value)) is expected
    missing = {k: v for k, v in value.items() if k != "no"}
    assert violations(schema, missing)
