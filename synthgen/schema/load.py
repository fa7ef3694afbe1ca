"""Reads target schemas: Open Data Contract Standard files (3.0 to 3.2), as real tools write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from synthgen.errors import Place, Problem, RecipeError, did_you_mean
from synthgen.schema.properties import read_property
from synthgen.schema.table import FieldSchema, ForeignKey, TableSchema

_MAX_BYTES = 20_000_000
_COUNT = re.compile(
    r"\s*SELECT\s+COUNT\s*\(\s*\*\s*\)\s+FROM\s+\S.*?\s+WHERE\s+(?P<condition>.+?)\s*;?\s*", re.I | re.S
)
_NOT = re.compile(r"NOT\s*\((?P<inner>.*)\)", re.IGNORECASE | re.DOTALL)


def load_contract(path: Path, object_name: str | None) -> TableSchema:
    """The table that a contract calls `object_name` (by `name` or `physicalName`), or its only one.

    Raises RecipeError: a missing or broken file, an invalid contract, an unknown object.
    """
    tables = load_contracts(path)
    if object_name is None:
        if len(tables) == 1:
            return tables[0]
        message = f"{path.name} describes {len(tables)} objects: {', '.join(t.name for t in tables[:8])}"
        raise _error(path, "ambiguous-object", message, f"write {path.name}#{tables[0].name}")
    names = [t.name for t in tables]
    for table in tables:
        if table.name == object_name:
            return table
    for item, table in zip(_read(path)["schema"], tables, strict=True):
        if item.get("physicalName") == object_name:
            return table
    remedy = did_you_mean(object_name, names) or f"known: {', '.join(names[:12])}"
    if len(tables) == 1:
        remedy = f"write {path.name}#{names[0]}"
    raise _error(path, "unknown-object", f"{path.name} describes no object '{object_name}'", remedy)


def load_contracts(path: Path) -> list[TableSchema]:
    """Every table of a contract; raises RecipeError with what is wrong and where."""
    try:
        stat = path.stat()
    except OSError as error:
        raise _error(path, "missing-file", f"cannot read {path.name}: {error.strerror}", "check the path") from None
    return list(_tables(path, stat.st_mtime_ns, stat.st_size))


@lru_cache(maxsize=64)
def _tables(path: Path, changed: int, size: int) -> tuple[TableSchema, ...]:
    """The tables of a file as it was at a moment: a recipe reads one contract for many tables."""
    if size > _MAX_BYTES:
        raise _error(path, "too-large", f"{path.name} is larger than 20 MB", "split the contract")
    document = _read(path)
    objects = document.get("schema")
    if not isinstance(objects, list) or not objects:
        raise _error(path, "invalid-contract", f"{path.name} has no 'schema'", "list the tables below 'schema:'")
    problems = _invalid(path, objects)
    if problems:
        raise RecipeError(problems)
    names = _by_id(objects)
    return tuple(_table(o, names) for o in objects)


def _error(path: Path, code: str, message: str, remedy: str | None = None, line: int | None = None) -> RecipeError:
    return RecipeError(Problem(code, message, Place(path.name, line, 1) if line else None, remedy))


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _error(path, "missing-file", f"cannot read {path.name}: {error.strerror}", "check the path") from None
    except UnicodeDecodeError:
        raise _error(path, "bad-yaml", f"{path.name} is not UTF-8 text", "save it as UTF-8") from None
    try:
        found = yaml.load(_no_bombs(text, path), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise _error(path, "bad-yaml", f"{path.name}: {error.problem or 'not YAML'}", "fix the YAML", line) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise _error(path, "bad-yaml", f"{path.name} is not YAML", "check the file") from None
    if not isinstance(found, dict):
        raise _error(path, "invalid-contract", f"{path.name} is not a data contract", "start with 'kind: DataContract'")
    version = str(found.get("apiVersion", ""))
    if found.get("kind", "DataContract") != "DataContract" or (version and not version.lstrip("v").startswith("3.")):
        message = f"{path.name} is not an Open Data Contract of version 3"
        raise _error(path, "invalid-contract", message, "write 'kind: DataContract' and 'apiVersion: v3.2.0'")
    return found


def _no_bombs(text: str, path: Path) -> str:
    """Aliases multiply: a contract needs few of them."""
    if len(re.findall(r"(?:^|[\s\[,:-])\*\w", text)) > 1000:
        raise _error(path, "bad-yaml", f"{path.name} uses too many YAML aliases", "write the values out")
    return text


def _invalid(path: Path, objects: list[Any]) -> list[Problem]:
    """What the standard's own models say about the objects."""
    from open_data_contract_standard.model import SchemaObject
    from pydantic import ValidationError

    problems = []
    for i, item in enumerate(objects):
        if not isinstance(item, dict) or not item.get("name"):
            message = f"{path.name}: object {i + 1} of 'schema' has no name"
            problems.append(Problem("invalid-contract", message, remedy="add 'name:'"))
            continue
        try:
            SchemaObject.model_validate(item)
        except ValidationError as error:
            for detail in error.errors()[:10]:
                place = ".".join(str(p) for p in detail["loc"])
                message = f"{path.name}: {item['name']}: {place}: {detail['msg'].lower()}"
                problems.append(Problem("invalid-contract", message, remedy="see the Open Data Contract Standard 3.2"))
        properties = item.get("properties") or []
        nameless = [p for p in properties if not isinstance(p, dict) or not p.get("name")]
        if nameless or not properties:
            what = "a property without a name" if nameless else "no properties"
            problems.append(
                Problem("invalid-contract", f"{path.name}: {item['name']} has {what}", remedy="name every column")
            )
    return problems


def _by_id(objects: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[str, str]]:
    """(object id or name, property id or name) -> names."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for item in objects:
        for column in item.get("properties") or []:
            for table in {item.get("id"), item["name"], item.get("physicalName")} - {None}:
                for name in {column.get("id"), column["name"], column.get("physicalName")} - {None}:
                    found.setdefault((str(table), str(name)), (item["name"], column["name"]))
    return found


Names = Mapping[tuple[str, str], tuple[str, str]]


def _target(reference: str, names: Names) -> tuple[str, str] | None:
    """(table, column) of `table.column` or `schema/ID/properties/ID`."""
    path = re.fullmatch(r"/?schema/([^/]+)/properties/([^/]+)", reference)
    if path:
        return names.get((path[1], path[2]))
    for i, letter in enumerate(reference):
        if letter == "." and (reference[:i], reference[i + 1 :]) in names:
            return names[(reference[:i], reference[i + 1 :])]
    table, _, column = reference.rpartition(".")
    return (table.rpartition(".")[2], column) if table and "/" not in reference else None


def custom(item: Mapping[str, Any], name: str = "synthgen") -> Any:
    """The value of a custom property."""
    found = [
        p.get("value") for p in item.get("customProperties") or [] if isinstance(p, dict) and p.get("property") == name
    ]
    return found[0] if found else None


def _keys(item: dict[str, Any], names: Names) -> list[ForeignKey]:
    found = []
    for column in item["properties"]:
        for relation in column.get("relationships") or []:
            to = relation.get("to")
            target = _target(to[0] if isinstance(to, list) else str(to), names)
            if target is not None:
                found.append(ForeignKey((column["name"],), target[0], (target[1],), custom(relation, "onDelete")))
    for relation in item.get("relationships") or []:
        ends = [relation.get("from"), relation.get("to")]
        sides = [[str(x) for x in e] if isinstance(e, list) else [str(e)] for e in ends]
        own = [_target(x, names) or (item["name"], x.rpartition(".")[2]) for x in sides[0]]
        targets = [_target(x, names) for x in sides[1]]
        resolved = [t for t in targets if t is not None]
        if len(resolved) == len(own) and len({t for t, _ in resolved}) == 1:
            columns, references = tuple(c for _, c in own), tuple(c for _, c in resolved)
            found.append(ForeignKey(columns, resolved[0][0], references, custom(relation, "onDelete")))
    return found


def _table(item: dict[str, Any], names: Names) -> TableSchema:
    own = custom(item)
    own = own if isinstance(own, dict) else {}
    fields = {c["name"]: read_property(c) for c in item["properties"]}
    positions = [
        (c.get("primaryKeyPosition") or 0, i, c["name"])
        for i, c in enumerate(item["properties"])
        if c.get("primaryKey")
    ]
    key = tuple(name for _, _, name in sorted((p if p > 0 else 10_000, i, n) for p, i, n in positions))
    uniques, checks = _quality(item, fields)
    keys = [k for k in _keys(item, names) if all(c in fields for c in k.columns)]
    return TableSchema(
        name=item["name"],
        fields=tuple(fields.values()),
        primary_key=key,
        uniques=tuple(uniques),
        foreign_keys=tuple(dict.fromkeys(keys)),
        checks=tuple(checks),
        description=item.get("description"),
        rows=own.get("rows"),
        namespace=own.get("namespace"),
    )


def _quality(item: dict[str, Any], fields: dict[str, FieldSchema]) -> tuple[list[tuple[str, ...]], list[str]]:
    """Composite uniques and checks among the quality rules; a check that constrains one column narrows that column."""
    uniques: list[tuple[str, ...]] = []
    conditions: list[str] = []
    rules = [*(item.get("quality") or []), *(q for c in item["properties"] for q in c.get("quality") or [])]
    for rule in rules:
        if not isinstance(rule, dict) or rule.get("mustBe") != 0:
            continue
        properties = (rule.get("arguments") or {}).get("properties")
        if (rule.get("metric") or rule.get("rule")) == "duplicateValues" and isinstance(properties, list):
            uniques.append(tuple(str(p) for p in properties if p in fields))
        match = _COUNT.fullmatch(str(rule.get("query") or ""))
        if match:
            inner = _NOT.fullmatch(match["condition"])
            conditions.append(inner["inner"] if inner else f"NOT ({match['condition']})")
    return [u for u in uniques if len(u) > 1], _checks(conditions, fields)


def _checks(conditions: list[str], fields: dict[str, FieldSchema]) -> list[str]:
    if not conditions:
        return []
    import sqlglot  # only contracts with SQL rules pay for it
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.simplify import simplify

    from synthgen.schema.checks import readable
    from synthgen.schema.importers.sql_checks import apply_check

    left: list[str] = []
    for condition in dict.fromkeys(conditions):
        try:
            tree = sqlglot.parse_one(condition, read="duckdb")
        except SqlglotError:
            continue
        plain = simplify(tree) if isinstance(tree, exp.Not) else tree  # NOT (a < 0) is a >= 0
        left += apply_check(fields, plain)
    return [c for c in dict.fromkeys(left) if readable(c, fields.values())]
