"""Leaves to nested JSON and its JSON Schema (draft 2020-12), and a check of one against the other.

A leaf's path names keys and list places with dots between: `line_items.0.amount`; in a schema `*` stands for any place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from synthgen.evalcase import Json

_TYPES: Mapping[str, dict[str, Json]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "money": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "month": {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
}


def nested(leaves: Mapping[str, Json]) -> Json:
    """The tree whose leaves have these paths.

    >>> nested({"no": 7, "lines.0.item": "Bolt", "lines.1.item": "Nut"})
    {'no': 7, 'lines': [{'item': 'Bolt'}, {'item': 'Nut'}]}
    """
    tree: dict[str, Any] = {}
    for path, value in leaves.items():
        here, parts = tree, path.split(".")
        for part in parts[:-1]:
            here = here.setdefault(part, {})
        here[parts[-1]] = value
    return _lists(tree)


def _lists(tree: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    if tree and all(k.isdigit() for k in tree):
        return [_lists(tree[k]) for k in sorted(tree, key=int)]
    return {k: _lists(v) for k, v in tree.items()}


def flat(tree: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Paths and values of a tree's leaves, empty lists and objects aside."""
    items: Iterable[tuple[Any, Any]]
    if isinstance(tree, dict):
        items = tree.items()
    elif isinstance(tree, list):
        items = enumerate(tree)
    else:
        yield path, tree
        return
    for key, value in items:
        yield from flat(value, f"{path}.{key}" if path else str(key))


def general(path: str) -> str:
    """The path with list places as `*`.

    >>> general("lines.12.item")
    'lines.*.item'
    """
    return re.sub(r"(?<=\.)\d+(?=\.|$)", "*", path)


def schema_of(kinds: Mapping[str, str], enums: Mapping[str, Sequence[Json]] | None = None) -> dict[str, Json]:
    """The JSON Schema of records with leaves of these kinds; every leaf may be null, every key is required."""
    tree: dict[str, Any] = {}
    for path, kind in kinds.items():
        here, parts = tree, path.split(".")
        for part in parts[:-1]:
            here = here.setdefault(part, {})
        leaf = dict(_TYPES[kind])
        leaf["type"] = [leaf["type"], "null"]
        if enums and enums.get(path):
            leaf["enum"] = [*enums[path], None]
        here[parts[-1]] = ("leaf", leaf)
    return _schema(tree)


def _schema(tree: Any) -> dict[str, Json]:
    if isinstance(tree, tuple):
        found: dict[str, Json] = tree[1]
        return found
    if set(tree) == {"*"}:
        return {"type": "array", "items": _schema(tree["*"])}
    properties = {k: _schema(v) for k, v in tree.items()}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def violations(schema: Mapping[str, Any], value: Json, path: str = "$") -> list[str]:
    """Where a value breaks a schema of the kind that `schema_of` writes."""
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(_is(value, t) for t in types):
        return [f"{path} is not {' or '.join(types)}"]
    found: list[str] = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path} is none of the values allowed")
    if isinstance(value, str):
        form = {"date": r"\d{4}-\d\d-\d\d", "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"}.get(
            schema.get("format", "")
        )
        if (form and not re.fullmatch(form, value)) or not re.search(schema.get("pattern", ""), value):
            found.append(f"{path} has the wrong form")
    if isinstance(value, dict):
        known = schema["properties"]
        found += [f"{path} lacks {k}" for k in schema["required"] if k not in value]
        found += [f"{path} has the unknown key {k}" for k in value if k not in known]
        for key, item in value.items():
            found += violations(known[key], item, f"{path}.{key}") if key in known else []
    if isinstance(value, list):
        for i, item in enumerate(value):
            found += violations(schema["items"], item, f"{path}.{i}")
    return found


def _is(value: Json, kind: str) -> bool:
    if kind in ("integer", "number") and isinstance(value, bool):
        return False
    types: dict[str, Any] = {
        "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None), "object": dict,
        "array": list,
    }  # fmt: skip
    return isinstance(value, types[kind])
