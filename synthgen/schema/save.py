"""Writes tables as an Open Data Contract Standard 3.2 contract: standard keys first, the rest in `customProperties`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml

from synthgen.schema.table import FieldSchema, ForeignKey, TableSchema

API_VERSION = "v3.2.0"
_SAFE = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]*")
_LOGICAL = {
    "string": "string", "integer": "integer", "number": "number", "decimal": "number", "boolean": "boolean",
    "date": "date", "timestamp": "timestamp", "time": "time", "duration": "string", "uuid": "string",
    "json": "object", "binary": "string", "array": "array", "object": "object",
}  # fmt: skip
_WIDTHS = (8, 16, 32, 64, 128)
_SEMANTIC = ("column", "measure", "dimension")


class _Dumper(yaml.SafeDumper):
    """Plain YAML: no anchors, lists indented below their key."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)


# drivers hand out names as kinds of str of their own
_Dumper.add_multi_representer(str, lambda dumper, text: dumper.represent_str(str(text)))


def dump_contract(tables: Sequence[TableSchema], name: str, *, description: str | None = None) -> str:
    """One contract with every table as an object, as YAML. Depends on the arguments alone: no clock, no path."""
    ids = _ids(tables)
    document: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "contract",
        "name": name,
        "version": "1.0.0",
        "status": "draft",
    }
    if description:
        document["description"] = {"purpose": description}
    document["schema"] = [_object(t, ids) for t in tables]
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def _ids(tables: Sequence[TableSchema]) -> dict[tuple[str, str | None], str]:
    """Identifiers for tables and columns whose names the standard's `table.column` notation cannot hold."""
    found: dict[tuple[str, str | None], str] = {}
    for table in tables:
        odd = [f.name for f in table.fields if not _SAFE.fullmatch(f.name)]
        if odd or not _SAFE.fullmatch(table.name):
            found[(table.name, None)] = _unused(table.name, set(found.values()))
            inside: set[str] = set()
            for field in table.fields:
                found[(table.name, field.name)] = _unused(field.name, inside)
                inside.add(found[(table.name, field.name)])
    return found


def _unused(name: str, taken: set[str]) -> str:
    stem = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_") or "x"
    found, i = stem, 2
    while found in taken:
        found, i = f"{stem}_{i}", i + 1
    return found


def _reference(table: str, column: str, ids: Mapping[tuple[str, str | None], str]) -> str:
    if (table, None) in ids:
        return f"schema/{ids[(table, None)]}/properties/{ids.get((table, column), column)}"
    return f"{table}.{column}"


def _object(table: TableSchema, ids: Mapping[tuple[str, str | None], str]) -> dict[str, Any]:
    made: dict[str, Any] = {"name": table.name}
    if (table.name, None) in ids:
        made["id"] = ids[(table.name, None)]
    made |= {"physicalType": "table", "logicalType": "object"}
    if table.description:
        made["description"] = table.description
    own: dict[str, Any] = {}
    if table.namespace:
        own["namespace"] = table.namespace
    if table.rows is not None:
        own["rows"] = table.rows
    if own:
        made["customProperties"] = [_custom(own)]
    single = {k.columns[0]: k for k in reversed(table.foreign_keys) if len(k.columns) == 1}
    made["properties"] = [_column(f, table, single.get(f.name), ids) for f in table.fields]
    wide = [k for k in table.foreign_keys if len(k.columns) > 1 or single[k.columns[0]] is not k]
    if wide:
        made["relationships"] = [_relationship(k, table, ids) for k in wide]
    rules: list[dict[str, Any]] = [
        {"type": "library", "metric": "duplicateValues", "arguments": {"properties": list(u)}, "mustBe": 0}
        for u in table.uniques
    ]
    rules += [
        {"type": "sql", "query": f"SELECT COUNT(*) FROM {table.name} WHERE NOT ({c})", "mustBe": 0}
        for c in table.checks
    ]
    if rules:
        made["quality"] = rules
    return made


def _relationship(key: ForeignKey, table: TableSchema, ids: Mapping[tuple[str, str | None], str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "foreignKey",
        "from": [_reference(table.name, c, ids) for c in key.columns],
        "to": [_reference(key.table, c, ids) for c in key.references],
    }
    return made | _on_delete(key)


def _on_delete(key: ForeignKey) -> dict[str, Any]:
    return {"customProperties": [{"property": "onDelete", "value": key.on_delete}]} if key.on_delete else {}


def _custom(values: dict[str, Any]) -> dict[str, Any]:
    return {"property": "synthgen", "value": values, "vendor": "synthgen"}


def _column(
    field: FieldSchema, table: TableSchema, key: ForeignKey | None, ids: Mapping[tuple[str, str | None], str]
) -> dict[str, Any]:
    made: dict[str, Any] = {"name": field.name}
    if (table.name, field.name) in ids:
        made["id"] = ids[(table.name, field.name)]
    if field.name in table.primary_key:
        made |= {"primaryKey": True, "primaryKeyPosition": table.primary_key.index(field.name) + 1}
    made |= _described(field)
    if key is not None:
        made["relationships"] = [
            {"type": "foreignKey", "to": _reference(key.table, key.references[0], ids)} | _on_delete(key)
        ]
    return made


def _described(field: FieldSchema) -> dict[str, Any]:
    """Everything of a property but its name and its keys; also for items and nested properties."""
    made: dict[str, Any] = {"logicalType": _LOGICAL[field.type]}
    if field.physical:
        made["physicalType"] = field.physical
    options, own = _options(field)
    if options:
        made["logicalTypeOptions"] = options
    if not field.nullable:
        made["required"] = True
    if field.unique:
        made["unique"] = True
    if field.classification:
        made["classification"] = field.classification
    if field.semantic in _SEMANTIC:
        made["semanticType"] = field.semantic
    elif field.semantic:
        own["semantic"] = field.semantic
    if field.description:
        made["description"] = field.description
    if field.enum:
        made["enum"] = [{"value": v} for v in field.enum]
    if field.items is not None:
        made["items"] = _described(replace(field.items, name=""))
        if field.items.fields:
            made["items"]["properties"] = [{"name": f.name} | _described(f) for f in field.items.fields]
    if field.type == "object" and field.fields and field.name:
        made["properties"] = [{"name": f.name} | _described(f) for f in field.fields]
    if own:
        made["customProperties"] = [_custom(own)]
    return made


def _options(field: FieldSchema) -> tuple[dict[str, Any], dict[str, Any]]:
    """`logicalTypeOptions`, and what has no place in them."""
    options: dict[str, Any] = {}
    own: dict[str, Any] = {"type": field.type} if field.type in ("decimal", "duration", "json") else {}
    kind = _LOGICAL[field.type]
    lengths = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}.get(kind)
    for value, name, i in ((field.min_length, "min_length", 0), (field.max_length, "max_length", 1)):
        if value is not None:
            (options if lengths else own)[lengths[i] if lengths else name] = value
    for name in ("minimum", "maximum"):
        value = getattr(field, name)
        if value is not None:
            fits = kind in ("integer", "number", "date", "timestamp", "time")
            (options if fits else own)[name] = value
    if kind == "string":
        form = {"uuid": "uuid", "binary": "binary"}.get(field.type, field.format)
        options |= {"pattern": field.pattern} if field.pattern is not None else {}
        options |= {"format": form} if form else {}
    else:
        own |= {k: v for k in ("pattern", "format") if (v := getattr(field, k)) is not None}
    if kind == "integer" and field.bits in _WIDTHS:
        options["format"] = f"{'u' if field.unsigned else 'i'}{field.bits}"
    elif kind == "number" and field.type == "number" and field.bits in (32, 64):
        options["format"] = f"f{field.bits}"
    elif field.bits is not None or field.unsigned:
        own |= {"bits": field.bits} | ({"unsigned": True} if field.unsigned else {})
    for name in ("precision", "scale", "entity", "default", "generated"):
        if getattr(field, name) is not None:
            own[name] = getattr(field, name)
    if field.identity:
        own["identity"] = True
    if field.hints:
        own["hints"] = dict(field.hints)
    return options, own
