"""Keys and references of sampled tables: unique columns that are called like keys, and values contained in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import polars as pl

from synthgen.errors import Problem
from synthgen.schema.names import Meaning, about, meaning, singular, words
from synthgen.schema.table import FieldSchema, ForeignKey, TableSchema

_KEYS = frozenset("id key code no nr number num uuid guid sk pk identifier nummer clave cle sku".split())  # noqa: SIM905
_NOISE = frozenset("raw stg src tbl table dim fact data the".split())  # noqa: SIM905
_ENOUGH = 0.3  # of the values must be found where the names say so: a sample may be cut


@dataclass
class Sampled:
    """A table with its values by column, while keys are sought."""

    schema: TableSchema
    values: dict[str, pl.Series]


def with_keys(tables: list[Sampled]) -> tuple[list[TableSchema], list[Problem]]:
    """The tables with keys, unique columns and references; notes say what is a guess."""
    owners = {singular(w): t.schema.name for t in tables for w in words(t.schema.name)[-1:]}
    for table in tables:
        table.schema = _keyed(table, {w for w, name in owners.items() if name != table.schema.name})
    notes: list[Problem] = []
    found = []
    for table in tables:
        keys = list(_references(table, tables, notes))
        linked = {c for k in keys for c in k.columns}
        fields = tuple(_plain(f) if f.name in linked else f for f in table.schema.fields)
        found.append(replace(table.schema, foreign_keys=tuple(keys), fields=fields))
    return found, notes


def _plain(field: FieldSchema) -> FieldSchema:
    """A reference takes its values from its target: only the share of nulls still says something."""
    return replace(field, hints={k: v for k, v in field.hints.items() if k == "null_share"})


def _is_key_name(field: FieldSchema) -> bool:
    name = words(field.name)
    return bool(name) and (name[-1] in _KEYS or name[-1].endswith(("id", "key", "code")))


def _keyable(field: FieldSchema) -> bool:
    return field.type in ("integer", "string", "uuid") and not field.nullable


def _keyed(table: Sampled, others: set[str]) -> TableSchema:
    """The table with its key; a column called after one of `others` refers there, though it may happen to be unique."""
    schema = table.schema
    rows = schema.rows or 0
    single = [f for f in schema.fields if _keyable(f) and rows > 1 and table.values[f.name].n_unique() == rows]
    named = [f for f in single if _is_key_name(f)]
    own = {singular(w) for w in words(schema.name)} - _NOISE
    best = next((f for f in named if words(f.name) == ("id",) or own & {singular(w) for w in words(f.name)[:-1]}), None)
    best = best or next((f for f in named if f is schema.fields[0]), None) or (named[0] if named else None)
    if best is not None and words(best.name) != ("id",) and _stem(best.name)[-1:] and _stem(best.name)[-1] in others:
        best = None if _composite(table) else best
    key: tuple[str, ...] = (best.name,) if best is not None else _composite(table)
    unique = {f.name for f in single if f is not best and _declares_unique(schema, f)}
    fields = []
    for field in schema.fields:
        hints = field.hints
        if field.name in key:
            hints = {k: v for k, v in hints.items() if len(key) > 1 and k != "categories"}
        fields.append(replace(field, unique=field.name in unique, hints=hints))
    return replace(schema, primary_key=key, fields=tuple(fields))


def _declares_unique(schema: TableSchema, field: FieldSchema) -> bool:
    """Unique by its nature, and not by the accident of a small sample."""
    found: Meaning | None = meaning(schema, field)
    return (found is not None and found.attribute in ("email", "username")) or words(field.name)[-1:] in (
        ("uuid",),
        ("guid",),
    )


def _composite(table: Sampled) -> tuple[str, ...]:
    """Two columns called like keys or positions whose pairs are distinct, if the table has some."""
    rows = table.schema.rows or 0
    positions = ("linenumber", "line", "position", "seq", "sequence", "ordinal")
    names = [
        f.name
        for f in table.schema.fields
        if _keyable(f)
        and f.type != "string"
        and (_is_key_name(f) or (words(f.name)[-1:] and words(f.name)[-1] in positions))
    ][:6]
    for pair in sorted(combinations(names, 2), key=lambda p: words(p[1])[-1] not in positions):
        if rows > 20 and pl.DataFrame([table.values[c] for c in pair]).n_unique() == rows:
            return pair
    return ()


def _stem(name: str) -> tuple[str, ...]:
    """A key's words without single letters and key words: `o_custkey` -> (cust,), `customer_id` -> (customer,)."""
    kept = []
    for word in words(name):
        if len(word) == 1 or word in _KEYS | _NOISE:
            continue
        for tail in ("key", "id", "code"):
            word = word.removesuffix(tail) if len(word) > len(tail) + 1 else word
        kept.append(singular(word))
    return tuple(kept)


def _references(table: Sampled, tables: list[Sampled], notes: list[Problem]) -> Iterator[ForeignKey]:
    """References of one table, each column's best."""
    for field in table.schema.fields:
        if field.type not in ("integer", "string", "uuid") or not _is_key_name(field):
            continue
        found = [(score, t) for t in tables if (score := _score(table, field, t)) > 0]
        if not found:
            continue
        score, target = max(found, key=lambda m: m[0])
        share = _contained(table.values[field.name], target)
        if sum(s == score for s, _ in found) > 1 or share < (_ENOUGH if score > 1 else 1.0):
            continue
        if table.schema.primary_key == (field.name,) and share < 1:
            continue
        if share < 1:
            message = (
                f"{table.schema.name}.{field.name} is taken as a reference to {target.schema.name}, "
                f"though the sample holds {share:.0%} of its values there"
            )
            notes.append(Problem("guessed-reference", message, severity="warning"))
        yield ForeignKey((field.name,), target.schema.name, target.schema.primary_key)


def _score(table: Sampled, field: FieldSchema, target: Sampled) -> float:
    """How well a column's name says that it refers to the target's key: 2 and more by name, 1 by kind, 0 not at all."""
    if len(target.schema.primary_key) != 1 or (target is table and target.schema.primary_key == (field.name,)):
        return 0
    key = target.schema.primary_key[0]
    if target.values[key].dtype != table.values[field.name].dtype:
        return 0
    stem, key_stem = _stem(field.name), _stem(key)
    own = tuple(singular(w) for w in words(target.schema.name) if w not in _NOISE)
    if not stem:
        return 0
    if target is not table and (stem in (key_stem, own)):
        return 3
    if stem[-1:] == own[-1:] or (key_stem and target is not table and stem[-len(key_stem) :] == key_stem):
        return 2.5
    if target is not table and own and len(stem[-1]) >= 4 and own[-1].startswith(stem[-1]):
        return 2
    people = about(target.schema) == "person" and target is not table
    return 1 if people and about(TableSchema(stem[-1], ())) == "person" else 0


def _contained(values: pl.Series, target: Sampled) -> float:
    found = values.drop_nulls().unique()
    if found.is_empty():
        return 0.0
    key = target.values[target.schema.primary_key[0]].unique()
    return float(found.is_in(key.implode()).mean())  # type: ignore[arg-type]  # not empty
