"""Writes a ready recipe for imported tables: columns to see and edit, and comments on what was approximated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from synthgen.errors import Problem
from synthgen.recipe.infer import Inference, Inferred
from synthgen.schema.table import TableSchema

CLOCK = "2026-01-01T00:00:00Z"
_NESTED = ("array", "object", "binary")
_NUMBERISH = re.compile(r"[-+]?\.?\d[\d_.eE+-]*|true|false|null|~", re.IGNORECASE)
_MOST_NOTES = 40


class _Quoted(str):
    """Text that YAML readers could take for something else."""


class _Dumper(yaml.SafeDumper):
    """Plain YAML on one line, with every number-like text in quotes."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _Null(str):
    """The key `null`, as people write it."""


_Dumper.add_representer(_Null, lambda d, t: d.represent_scalar("tag:yaml.org,2002:null", "null"))
_Dumper.add_representer(_Quoted, lambda d, t: d.represent_scalar("tag:yaml.org,2002:str", str(t), style='"'))


def write_recipe(
    tables: Sequence[TableSchema],
    name: str,
    *,
    contract_file: str,
    warnings: Iterable[Problem] = (),
    source: str | None = None,
    locale: str = "en_US",
    schema_file: str = "schemas/recipe.schema.json",
) -> str:
    """The text of a recipe for `tables`, parents first.

    `contract_file` and `schema_file` are paths relative to the recipe. `source` says in the description what was
    imported; it must not hold credentials. Depends on the arguments alone: no clock, no path of this machine.
    """
    safe = re.sub(r"[^A-Za-z0-9 _.-]+", "_", name).strip(" _.-")[:100] or "recipe"
    known = {t.name: t for t in tables}
    inference = Inference(known)
    ordered = in_order(tables)
    flat = not any(f.type in _NESTED for t in tables for f in t.fields)
    lines = [
        f"# yaml-language-server: $schema={schema_file}",
        "synthgen: 1",
        f"name: {_scalar(safe)}",
        *([f"description: {_scalar(f'Imported from {source}.')}"] if source else []),
        "seed: 1",
        f'clock: "{CLOCK}"',
        f"locale: {locale}",
        "",
        "privacy:",
        "  pii: reserved",
        "  on_finding: block",
        "",
        *_notes([w.format().split("\n")[0] for w in warnings]),
        "tables:",
    ]
    for table in ordered:
        lines += _table(table, inference.of(table), contract_file)
        lines.append("")
    formats = "[parquet, csv]" if flat else "[parquet]"
    lines += ["export:", f"  to: {_scalar(f'outputs/{safe}')}", f"  formats: {formats}", ""]
    return "\n".join(lines)


def _notes(texts: Sequence[str]) -> list[str]:
    if not texts:
        return []
    shown = [f"#   {' '.join(t.split())[:200]}" for t in texts[:_MOST_NOTES]]
    more = [f"#   ... and {len(texts) - _MOST_NOTES} more"] if len(texts) > _MOST_NOTES else []
    return ["# Not carried over as it stands:", *shown, *more, ""]


def _table(table: TableSchema, inferred: Inferred, contract_file: str) -> list[str]:
    lines = [f"  {_scalar(table.name)}:"]
    lines += [f"    # {' '.join(note.split())}" for note in inferred.notes]
    lines += [f"    # CHECK ({' '.join(check.split())}) is verified on every row" for check in table.checks]
    if table.description:
        lines.append(f"    description: {_scalar(' '.join(table.description.split()))}")
    lines.append(f"    schema: {_scalar(contract_file)}")
    if inferred.per is not None:
        lines += [f"    per: {_scalar(inferred.per)}", f"    count: {_flow(inferred.count)}"]
    else:
        lines.append(f"    rows: {inferred.rows}")
    if inferred.key:
        lines.append(f"    key: {_flow(inferred.key[0] if len(inferred.key) == 1 else list(inferred.key))}")
    if inferred.unique:
        lines.append(f"    unique: {_flow([list(g) for g in inferred.unique])}")
    lines.append("    columns:")
    return lines + [f"      {_scalar(c)}: {_flow(options)}" for c, options in inferred.columns.items()]


def _quoted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_Null(k) if k == "null" else _quoted(k): _quoted(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_quoted(v) for v in value]
    if isinstance(value, str) and (_NUMBERISH.fullmatch(value) or value != value.strip()):
        return _Quoted(value)
    return value


def _flow(value: Any) -> str:
    """One line of YAML."""
    text = yaml.dump(
        _quoted(value), Dumper=_Dumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**9
    )
    return text.removesuffix("...\n").strip()


def _scalar(text: str) -> str:
    return _flow(text)


def in_order(tables: Sequence[TableSchema]) -> list[TableSchema]:
    """Parents before children; tables that refer to each other stay in the given order."""
    known = {t.name: t for t in tables}
    done: dict[str, TableSchema] = {}
    for table in tables:
        stack = [(table, iter(table.foreign_keys))]
        opened = {table.name}
        while stack:
            current, keys = stack[-1]
            parent = next(
                (k.table for k in keys if k.table not in done and k.table not in opened and k.table in known), None
            )
            if parent is not None:
                opened.add(parent)
                stack.append((known[parent], iter(known[parent].foreign_keys)))
                continue
            done.setdefault(current.name, current)
            stack.pop()
    return list(done.values())
