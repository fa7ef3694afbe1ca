"""One property of an Open Data Contract as a FieldSchema: logical and physical type, options, enums."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from synthgen.schema.table import FieldSchema, LogicalType
from synthgen.schema.types import Attributes, from_text

_COMPATIBLE = {  # logical type -> types that the physical type may narrow it to
    "string": ("string", "uuid", "json", "binary", "duration", "time", "array"),
    "number": ("number", "decimal", "integer"), "integer": ("integer", "decimal"), "date": ("date", "timestamp"),
    "timestamp": ("timestamp", "date"), "time": ("time",), "boolean": ("boolean",), "object": ("json", "object"),
    "array": ("array", "json"),
}  # fmt: skip
_OWN = {  # keys of our custom property that are attributes of a field
    "bits", "unsigned", "precision", "scale", "entity", "default", "generated", "identity", "hints", "semantic",
    "min_length", "max_length", "minimum", "maximum", "pattern", "format",
}  # fmt: skip


def read_property(item: Mapping[str, Any]) -> FieldSchema:
    """A column, an item of an array, or a field of an object."""
    made = _typed(item) | _options(item)
    own = _own(item)
    if "type" in own:
        made["type"] = own["type"]
    made |= {k: v for k, v in own.items() if k in _OWN}
    made["nullable"] = not (item.get("required") or item.get("primaryKey"))
    made["unique"] = bool(item.get("unique")) and not item.get("primaryKey")
    values = [v["value"] if isinstance(v, dict) and "value" in v else v for v in item.get("enum") or []]
    enum = values or _enum_of_rules(item)
    if enum:
        made["enum"] = tuple(v for v in enum if v is not None)
    for rule in item.get("quality") or []:
        if isinstance(rule, dict) and rule.get("mustBe") == 0:
            metric = rule.get("metric") or rule.get("rule")
            made["nullable"] = made["nullable"] and metric != "nullValues"
            made["unique"] = made["unique"] or (metric == "duplicateValues" and not rule.get("arguments"))
    if item.get("semanticType"):
        made["semantic"] = item["semanticType"]
    for key in ("classification", "description"):
        if item.get(key):
            made[key] = item[key]
    return FieldSchema(name=str(item.get("name") or "item"), **made)


def _own(item: Mapping[str, Any]) -> dict[str, Any]:
    for entry in item.get("customProperties") or []:
        if isinstance(entry, dict) and entry.get("property") == "synthgen" and isinstance(entry.get("value"), dict):
            return cast(dict[str, Any], entry["value"])
    return {}


def _typed(item: Mapping[str, Any]) -> Attributes:
    physical = str(item.get("physicalType") or "") or None
    logical = item.get("logicalType")
    known = from_text(physical) if physical else None
    made: Attributes = {"physical": physical}
    if logical == "map":
        inner = item.get("map") or {}
        pair = tuple(
            read_property({"logicalType": "string", **(inner.get(k) or {}), "name": k}) for k in ("key", "value")
        )
        return made | {"type": "array", "items": FieldSchema("item", "object", fields=pair)}
    if logical == "vector":
        size = (item.get("logicalTypeOptions") or {}).get("dimensions")
        return made | {"type": "array", "items": FieldSchema("item", "number"), "min_length": size, "max_length": size}
    if known is not None and (logical is None or known["type"] in _COMPATIBLE.get(logical, ())):
        made = known | made
    else:
        made["type"] = cast(LogicalType, logical if logical in _COMPATIBLE else "string")
    if made["type"] in ("string", "number", "date") and logical == "array":
        made["type"] = "array"
    if item.get("items"):
        made |= {"type": "array", "items": read_property({**item["items"], "name": "item"})}
    elif made["type"] == "array" and "items" not in made:
        made["items"] = FieldSchema("item")
    if item.get("properties"):
        made |= {"type": "object", "fields": tuple(read_property(p) for p in item["properties"])}
    elif made["type"] == "object":
        made["type"] = "json"
    return made


def _options(item: Mapping[str, Any]) -> Attributes:
    options = item.get("logicalTypeOptions") or {}
    made: Attributes = {}
    names = {"minLength": "min_length", "maxLength": "max_length", "minItems": "min_length", "maxItems": "max_length"}
    made |= {own: options[name] for name, own in names.items() if isinstance(options.get(name), int)}
    for name in ("minimum", "maximum"):
        if options.get(name) is not None:
            made[name] = _bound(options[name])
    logical = item.get("logicalType")
    whole = logical == "integer"
    for name, own, sign in (("exclusiveMinimum", "minimum", 1), ("exclusiveMaximum", "maximum", -1)):
        value = options.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            step = 1 if whole else options.get("multipleOf") or 0
            made[own] = value + sign * step
        elif value is not None:
            made[own] = _bound(value)
    if logical == "number" and isinstance(options.get("multipleOf"), int | float):
        places = len(f"{options['multipleOf']:.12f}".rstrip("0").partition(".")[2])
        made |= {"type": "decimal", "scale": places} if places else {}
    if isinstance(options.get("pattern"), str):
        made["pattern"] = options["pattern"]
    form = options.get("format")
    width = re.fullmatch(r"([iuf])(\d+)", str(form or ""))
    if width:
        made |= {"bits": int(width[2])} | ({"unsigned": True} if width[1] == "u" else {})
    elif form == "uuid":
        made["type"] = "uuid"
    elif form == "binary":
        made["type"] = "binary"
    elif isinstance(form, str) and logical in ("string", None):
        made["format"] = form
    elif form == "date-time" and logical == "date":
        made["type"] = "timestamp"
    return made


def _bound(value: Any) -> Any:
    return value if isinstance(value, int | float | str) else str(value)


def _enum_of_rules(item: Mapping[str, Any]) -> list[Any]:
    """Allowed values that stand in quality rules or in other tools' custom properties."""
    for rule in item.get("quality") or []:
        arguments = rule.get("arguments") if isinstance(rule, dict) else None
        if isinstance(arguments, dict) and isinstance(arguments.get("validValues"), list) and rule.get("mustBe") == 0:
            return list(arguments["validValues"])
    for entry in item.get("customProperties") or []:
        if isinstance(entry, dict) and entry.get("property") in ("enum", "enumValues"):
            value = entry.get("value")
            return list(value) if isinstance(value, list | dict) else []
    return []
