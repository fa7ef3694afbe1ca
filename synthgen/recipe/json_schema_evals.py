"""The part of the JSON Schema of recipes that is about eval sets."""

from __future__ import annotations

from typing import Any

from synthgen.recipe.evals import AUDIT
from synthgen.registry import FAMILIES, HARNESSES, VARIANTS

_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_COMMON: dict[str, Any] = {
    "cases": {
        "anyOf": [{"type": "integer", "minimum": 1}, {"type": "object"}],
        "description": "How many, or what the set must be able to see: {detect: 0.03, baseline: 0.85}.",
    },
    "variants": {
        "type": "object",
        "additionalProperties": False,
        "properties": dict.fromkeys(VARIANTS.names(), _SHARE),
        "description": "Shares of cases that get a changed copy.",
    },
    "prompts": {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        "description": "Prompts of the folder prompts/, crossed with the cases on export.",
    },
    "audit": {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"type": "number", "minimum": 0} for name in AUDIT},
        "description": "Limits that fail the gate.",
    },
    "paraphrase": {"type": "object", "description": "An endpoint that rewrites the wording: {url: ..., model: ...}."},
    "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
    "description": {"type": "string"},
    "must_pass": {**_SHARE, "description": "Share of cases that no candidate may fail."},
}


def evals(defs: dict[str, Any]) -> dict[str, Any]:
    """The schema of `evals`; what each family takes is added to `defs`."""
    families = [_family(name, defs) for name in FAMILIES.names()]
    return {
        "type": "object",
        "additionalProperties": {"type": "object", "anyOf": [{"$ref": f"#/$defs/{f}"} for f in families]},
    }


def splits() -> dict[str, Any]:
    """The schema of `splits`."""
    return {
        "type": "object",
        "properties": {"by": {"type": "string", "description": "Rows of this table stay on one side."}},
        "additionalProperties": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    }


def harnesses() -> dict[str, Any]:
    """The schema of `export.evals`."""
    return {"type": "array", "items": {"enum": HARNESSES.names()}, "minItems": 1, "uniqueItems": True}


def _family(name: str, defs: dict[str, Any]) -> str:
    kind = FAMILIES.get(name)
    made = kind.Params.model_json_schema(by_alias=True, ref_template=f"#/$defs/{name}.{{model}}")
    for inner, schema in made.pop("$defs", {}).items():
        defs[f"{name}.{inner}"] = schema
    defs[f"family.{name}"] = {
        "type": "object",
        "title": name,
        "description": (kind.__doc__ or "").strip().split("\n")[0],
        "required": sorted({"family", *made.get("required", [])}),
        "additionalProperties": False,
        "properties": {"family": {"const": name}, **made.get("properties", {}), **_COMMON},
    }
    return f"family.{name}"
