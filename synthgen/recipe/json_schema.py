"""The JSON Schema of recipes, made from the language and from every plug-in's parameters, for completion in editors.

python -m synthgen.recipe.json_schema     # writes schemas/recipe.schema.json
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from synthgen.defects.spec import Dirty
from synthgen.recipe.correlations import KINDS
from synthgen.recipe.json_schema_evals import evals, harnesses, splits
from synthgen.recipe.reference import TYPES
from synthgen.recipe.tables import MAX_ROWS, UNIVERSAL
from synthgen.registry import ENTITIES, EXPORTERS, GENERATORS

TARGET = Path("schemas/recipe.schema.json")
_NAMES = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
_UNIVERSAL: dict[str, Any] = {
    "null": {"type": "number", "minimum": 0, "maximum": 1, "description": "Share of empty cells."},
    "if": {"type": "string", "description": "SQL condition: a value only where it holds."},
    "unique": {"type": "boolean", "description": "No two rows agree."},
    "pii": {"type": "string", "description": "The PII entity that the column declares, for privacy.pii: synthetic."},
    "description": {"type": "string"},
}
assert set(_UNIVERSAL) == set(UNIVERSAL)


def build() -> dict[str, Any]:
    """The schema (draft 2020-12) of the recipes that this installation reads."""
    defs: dict[str, Any] = {}
    generators = [_generator(name, defs) for name in GENERATORS.names()]
    entities = [_entity_column(name, defs) for name in ENTITIES.names()]
    defs["generator"] = {"type": "object", "anyOf": [{"$ref": f"#/$defs/{g}"} for g in generators]}
    defs["column"] = {"type": "object", "anyOf": [{"$ref": f"#/$defs/{g}"} for g in [*generators, *entities]]}
    defs["table"] = _table(defs)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "synthgen recipe",
        "type": "object",
        "required": ["synthgen"],
        "anyOf": [{"required": ["tables"]}, {"required": ["evals"]}],
        "additionalProperties": False,
        "properties": _top(defs),
        "$defs": dict(sorted(defs.items())),
    }


def _top(defs: dict[str, Any]) -> dict[str, Any]:
    number = {"type": "number", "minimum": 0}
    export = {
        "to": {"type": "string", "description": "Folder to write, below the current one."},
        "formats": {"type": "array", "items": {"enum": EXPORTERS.names()}, "minItems": 1, "uniqueItems": True},
        "evals": harnesses(),
    }
    privacy = {
        "pii": {"enum": ["none", "reserved", "synthetic"]},
        "on_finding": {"enum": ["block", "warn"]},
        "sources": _sources(),
    }
    return {
        "synthgen": {"const": 1, "description": "Format version."},
        "name": {"type": "string"},
        "description": {"type": "string"},
        "seed": {"type": "integer", "description": "Every cell is a function of seed, table, column and row."},
        "clock": {"type": "string", "description": "The only now in the recipe, an ISO date or datetime."},
        "locale": {
            "anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": number, "minProperties": 1}]
        },
        "privacy": {"type": "object", "additionalProperties": False, "properties": privacy},
        "tables": {"type": "object", "additionalProperties": {"$ref": "#/$defs/table"}, "minProperties": 1},
        "checks": {"type": "array", "items": {"type": "string", "pattern": ":"}},
        "evals": evals(defs),
        "splits": splits(),
        "export": {"type": "object", "additionalProperties": False, "properties": export},
        "meta": {"type": "object", "description": "Anything; synthgen does not read it."},
    }


def _sources() -> dict[str, Any]:
    details = {
        "file": {"type": "string", "description": "A fingerprint, or a data file; from the recipe's folder on."},
        "identifying": _NAMES,
        "key": _NAMES,
        "combine": {"type": "array", "items": {"type": "array", "items": {"type": "string"}, "minItems": 2}},
    }
    source = {"type": "object", "additionalProperties": False, "required": ["file"], "properties": details}
    one = {"anyOf": [{"type": "string"}, source]}
    description = "Real data of which nothing may stand in the export."
    return {"type": "array", "items": one, "minItems": 1, "description": description}


def _table(defs: dict[str, Any]) -> dict[str, Any]:
    attributes = {
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}, "minItems": 1},
            {"type": "object"},
        ]
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "rows": {"type": "integer", "minimum": 0, "maximum": MAX_ROWS},
            "per": {"type": "string", "description": "The parent table: rows are made for each of its rows."},
            "count": {"$ref": "#/$defs/generator", "description": "Rows per parent row."},
            "key": _NAMES,
            "unique": {"anyOf": [{"type": "string"}, {"type": "array", "items": _NAMES}]},
            "entities": {"type": "object", "additionalProperties": attributes},
            "columns": {"type": "object", "additionalProperties": {"$ref": "#/$defs/column"}},
            "correlations": _correlations(),
            "schema": {"type": "string", "description": "A contract file (ODCS), and #object in it."},
            "dirty": _dirty(defs),
            "from": _from(),
            "types": {"type": "object", "additionalProperties": {"enum": list(TYPES)}},
            "growth": _growth(),
            "description": {"type": "string"},
        },
        "dependentRequired": {"per": ["count"], "count": ["per"], "types": ["from"]},
    }


def _growth() -> dict[str, Any]:
    number = {"type": "integer", "minimum": 0, "maximum": 100_000_000}
    mean = {"type": "number", "minimum": 0, "maximum": 1e8}
    poisson = {
        "type": "object",
        "additionalProperties": False,
        "required": ["poisson"],
        "properties": {"poisson": mean},
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["from", "per_day"],
        "properties": {
            "from": {"type": "string", "description": "The first day."},
            "to": {
                "type": "string",
                "default": "clock",
                "description": "The last day; clock: the one before the clock.",
            },
            "per_day": {"anyOf": [number, poisson], "description": "Rows of a day."},
            "weekdays": {"type": ["string", "array", "object"], "description": "Weights of the days of the week."},
            "doubling": {"type": "string", "description": "Time in which the daily rows double."},
            "half_life": {"type": "string", "description": "Time in which the daily rows halve."},
        },
        "description": "Rows that come day by day, in place of 'rows': a later 'to' only appends.",
    }


def _dirty(defs: dict[str, Any]) -> dict[str, Any]:
    made = Dirty.model_json_schema(by_alias=True, ref_template="#/$defs/dirty.{model}")
    for inner, schema in made.pop("$defs", {}).items():
        defs[f"dirty.{inner}"] = schema
    return {**made, "description": "Defects to plant into the rows, with rates; a truth file tells where."}


def _from() -> dict[str, Any]:
    value = {"type": ["string", "number", "boolean", "null"]}
    row = {"type": "object", "additionalProperties": value, "minProperties": 1}
    return {
        "description": "A file (CSV, JSON Lines, Parquet) or rows that the table keeps as they are.",
        "anyOf": [{"type": "string"}, {"type": "array", "items": row, "minItems": 1}],
    }


def _correlations() -> dict[str, Any]:
    rho = {"type": "number", "minimum": -1, "maximum": 1}
    kind = {"enum": list(KINDS), "description": "What the numbers are; rank correlations unless stated."}
    matrix = {"type": "array", "items": {"type": "array", "items": rho}, "minItems": 2}
    pairs = {"type": "object", "properties": {"kind": kind}, "patternProperties": {"~": rho}}
    whole = {
        "type": "object",
        "required": ["columns", "matrix"],
        "properties": {"columns": {"type": "array", "items": {"type": "string"}}, "matrix": matrix, "kind": kind},
    }
    groups = [{**pairs, "additionalProperties": False}, {**whole, "additionalProperties": False}]
    return {
        "description": 'Correlated columns: {"age ~ income": 0.6}, or columns with a matrix.',
        "anyOf": [*groups, {"type": "array", "items": {"anyOf": groups}, "minItems": 1}],
    }


def _generator(name: str, defs: dict[str, Any]) -> str:
    kind = GENERATORS.get(name)
    made = kind.Params.model_json_schema(by_alias=True, ref_template=f"#/$defs/{name}.{{model}}")
    for inner, schema in made.pop("$defs", {}).items():
        defs[f"{name}.{inner}"] = _nested(schema)
    properties = {key: _nested(schema) for key, schema in made.get("properties", {}).items()}
    defs[f"generator.{name}"] = {
        "type": "object",
        "title": name,
        "description": (kind.__doc__ or "").strip().split("\n")[0],
        "required": sorted({name, *made.get("required", [])}),
        "additionalProperties": False,
        "properties": {**properties, **_UNIVERSAL},
    }
    return f"generator.{name}"


def _nested(schema: Any) -> Any:
    """A mapping of anything is a nested generator."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and schema.get("additionalProperties") is True:
            return {"type": "object", **{k: v for k, v in schema.items() if k in ("description", "title")}}
        return {k: _nested(v) for k, v in schema.items()}
    return [_nested(v) for v in schema] if isinstance(schema, list) else schema


def _entity_column(name: str, defs: dict[str, Any]) -> str:
    kind = ENTITIES.get(name)
    made = kind.Params.model_json_schema(by_alias=True)
    defs[f"entity.{name}"] = {
        "type": "object",
        "title": name,
        "description": (kind.__doc__ or "").strip().split("\n")[0],
        "required": [name],
        "additionalProperties": False,
        "properties": {
            name: {"enum": sorted(kind.attributes())},
            "as": {"type": "string", "description": "The instance: columns of one instance agree with each other."},
            **made.get("properties", {}),
            **_UNIVERSAL,
        },
    }
    return f"entity.{name}"


def text() -> str:
    """The schema as it is written to its file."""
    return json.dumps(build(), indent=1, sort_keys=False, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
