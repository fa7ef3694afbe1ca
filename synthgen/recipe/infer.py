"""From a target schema to columns of a recipe: sensible generators where nobody wrote any."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from synthgen.recipe.infer_keys import Known, identifier, references, settle
from synthgen.recipe.infer_text import Options
from synthgen.recipe.infer_times import follow
from synthgen.recipe.infer_values import entity, number, value
from synthgen.schema.names import about, singular, words
from synthgen.schema.table import FieldSchema, TableSchema
from synthgen.sql import SqlError
from synthgen.sql import parse as parse_sql

DEFAULT_ROWS, LOOKUP_ROWS, JOIN_ROWS, MOST_ROWS = 100, 20, 200, 100_000
_LOOKUPS = frozenset(
    """type status category categories country countries region currency language genre role level
    priority kind state tag
    unit class classification continent department color colour mediatype lookup""".split()  # noqa: SIM905
)
_DISTINCT = {  # attributes that can be unique -> characters that it takes, and rows that there is room for
    "person.email": (23, 2**62), "person.username": (23, 2**62), "person.phone": (12, 1000),
    "person.national_id": (16, 10_000), "company.url": (45, 2**62), "company.domain": (45, 2**62),
    "company.vat_id": (14, 10**9), "device.ip": (15, 700), "device.ipv6": (39, 2**62), "device.mac": (17, 256),
    "device.imei": (15, 10**12), "device.hostname": (40, 2**62), "payment.iban": (34, 10**9),
    "payment.card_number": (16, 10**11),
}  # fmt: skip
_COMPARISON = re.compile(r'\s*"?(?P<left>[^"<>=!]+?)"?\s*(?P<op><>|!=|<=|>=|<|>)\s*"?(?P<right>[^"<>=!]+?)"?\s*')
_FLIP = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Inferred:
    """What a table's schema suggests: options of every column, its key, unique groups, row count, and what was bent."""

    columns: Mapping[str, Mapping[str, Any]]
    key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    rows: int | None = None
    per: str | None = None
    count: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()


def infer_columns(schema: TableSchema, known: Known) -> Inferred:
    """Columns for a table. `known` holds the other tables by name (None where only the name is known)."""
    return Inference(known).of(schema)


class Inference:
    """Infers the tables of one recipe; row counts of parents limit those of children."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self._done: dict[str, Inferred] = {}
        self._open: set[str] = set()
        self._referenced = {
            (key.table, column)
            for table in known.values()
            if table is not None
            for key in table.foreign_keys
            for column in key.references
        }

    def of(self, schema: TableSchema) -> Inferred:
        """The table's columns, key and row count."""
        if schema.name not in self._done:
            self._open.add(schema.name)
            self._done[schema.name] = self._infer(schema)
            self._open.discard(schema.name)
        return self._done[schema.name]

    def rows(self, reference: str) -> int:
        """Rows of the table that a `ref` names."""
        table = reference if reference in self.known else reference.rpartition(".")[0]
        while table and table not in self.known:
            table = table.rpartition(".")[0]
        schema = self.known.get(table)
        if schema is None or table in self._open:
            return DEFAULT_ROWS
        return self.of(schema).rows or DEFAULT_ROWS

    def _infer(self, schema: TableSchema) -> Inferred:
        notes: list[str] = []
        columns = references(schema, self.known, notes)
        distinct: set[str] = set()
        single = {f.name for f in schema.fields if f.unique}
        single |= set(schema.primary_key) if len(schema.primary_key) == 1 else set()
        used: set[tuple[str, str, str]] = set()
        for field in schema.fields:
            if field.name not in columns:
                columns[field.name] = self._column(field, schema, field.name in single, distinct, used)
        _compute(schema, columns)
        follow(schema, columns, frozenset(schema.primary_key) | single | {c for g in schema.uniques for c in g})
        for check in schema.checks:
            self._check(check, schema, columns)
        settled = settle(schema, columns, self._size(schema), self.rows, distinct)
        for name, options in settled.columns.items():
            found = schema.field(name)
            if found is not None and (share := self._null(found, schema, options, settled.columns, settled.uniques)):
                options["null"] = share
            if (name,) in settled.uniques:
                options["unique"] = True
        ordered = {f.name: settled.columns[f.name] for f in schema.fields}
        groups = tuple(g for g in settled.uniques if len(g) > 1)
        return Inferred(
            ordered, settled.key, groups, settled.rows, notes=tuple(dict.fromkeys([*notes, *settled.notes]))
        )

    def _size(self, schema: TableSchema) -> int:
        if schema.rows is not None:
            return max(1, min(schema.rows, MOST_ROWS))
        last = {form for w in words(schema.name)[-2:] for form in (w, singular(w))}
        if not schema.foreign_keys and last & _LOOKUPS and len(schema.fields) <= 6:
            return LOOKUP_ROWS
        linked = {c for k in schema.foreign_keys for c in k.columns}
        return JOIN_ROWS if len(schema.primary_key) > 1 and linked & set(schema.primary_key) else DEFAULT_ROWS

    def _column(
        self, field: FieldSchema, schema: TableSchema, unique: bool, distinct: set[str], used: set[tuple[str, str, str]]
    ) -> Options:
        """A column that is no reference; members of the key and unique ones get identifiers where they can."""
        in_key = field.name in schema.primary_key
        if not unique and not (in_key and self._counts(field, schema)):
            return self._plain(field, schema, used)
        meant = entity(field, schema)
        letters, room = _DISTINCT.get(meant.name, (0, 0)) if meant is not None else (0, 0)
        if (field.max_length or 99) >= letters and self._size(schema) <= room:
            distinct.add(field.name)
            return self._plain(field, schema, used)
        made = value(field, schema) if field.enum or field.pattern else identifier(field, schema)
        if made is None:
            return self._plain(field, schema, used)
        if "id" in made:
            distinct.add(field.name)
        return made

    def _counts(self, field: FieldSchema, schema: TableSchema) -> bool:
        """Whether a member of a wider key identifies rows by itself: it is generated, or no other member could."""
        linked = {c for k in schema.foreign_keys for c in k.columns}
        if field.identity:
            return True
        if linked & set(schema.primary_key):
            return False
        plain = [
            c
            for c in schema.primary_key
            if (f := schema.field(c)) and f.type in ("integer", "uuid", "string", "decimal")
        ]
        generated = any((f := schema.field(c)) and f.identity for c in schema.primary_key)
        return not generated and bool(plain) and plain[0] == field.name

    def _plain(self, field: FieldSchema, schema: TableSchema, used: set[tuple[str, str, str]]) -> Options:
        if field.identity and field.type in ("integer", "decimal"):
            return {"id": "int"}
        made = value(field, schema)
        if field.type == "integer" and field.name in schema.primary_key and "integer" in made:
            made = number(replace(field, name="position"))
        meant = entity(field, schema)
        if meant is not None and meant.entity in made:
            place = (meant.entity, str(made.get("as", "")), meant.attribute)
            if place in used:  # a second phone is another person's
                made["as"] = "_".join(words(field.name))
            used.add((meant.entity, str(made.get("as", "")), meant.attribute))
        return made

    def _check(self, check: str, schema: TableSchema, columns: dict[str, Options]) -> None:
        """`a < b` and `a <> b` between two columns, by construction."""
        match = _COMPARISON.fullmatch(check)
        left, right = (schema.field(match["left"]), schema.field(match["right"])) if match else (None, None)
        if match is None or left is None or right is None:
            return
        op = match["op"]
        if op in ("<>", "!="):
            self._differ(schema, columns, left.name, right.name)
        elif left.type in ("integer", "number", "decimal") and right.type == left.type:
            low, high = (left, right) if op in ("<", "<=") else (right, left)
            if {"ref", "id", "expr"} & (columns[low.name].keys() | columns[high.name].keys()):
                return
            places = {"decimals": high.scale} if high.type == "decimal" and high.scale else {}
            columns[high.name] = {"expr": f'"{low.name}" + {1 if not places else "1.0"}'} | places

    def _differ(self, schema: TableSchema, columns: dict[str, Options], left: str, right: str) -> None:
        """Two references to one table that never pick the same row, over a key that counts rows."""
        first, second = columns[left], columns[right]
        target = self.known.get(str(first.get("ref", "")).partition(".")[0])
        if target is None and first.get("ref") == schema.name:
            target = schema
        if not {"ref"} <= first.keys() & second.keys() or first["ref"] != second["ref"] or target is None:
            return
        key = target.field(target.primary_key[0]) if len(target.primary_key) == 1 else None
        if key is None or key.type not in ("integer", "decimal") or first["ref"] != target.name:
            return
        if {left, right} & {*schema.primary_key, *(c for g in schema.uniques for c in g)}:
            columns[right] = {"expr": f'CASE WHEN "{left}" > 1 THEN "{left}" - 1 ELSE 2 END'}
        else:
            columns[left] = {"ref": target.name, "where": f'parent."{key.name}" > 1'}
            columns[right] = {"ref": target.name, "where": f'parent."{key.name}" < "{left}"'}

    def _null(
        self,
        field: FieldSchema,
        schema: TableSchema,
        options: Options,
        columns: dict[str, Options],
        uniques: list[tuple[str, ...]],
    ) -> float:
        """The share of empty cells: none where anything depends on the column."""
        if not field.nullable or field.identity or field.generated or (schema.name, field.name) in self._referenced:
            return 0.0
        if {"with", "where", "constant", "expr", "id"} & options.keys() or field.name in schema.primary_key:
            return 0.0
        used = {o.get("with") for o in columns.values()} | {o.get("after") for o in columns.values()}
        read = " ".join(str(o.get("expr", "")) + str(o.get("where", "")) for o in columns.values())
        if field.name in used or re.search(rf"\b{re.escape(field.name)}\b", read):
            return 0.0
        if "null_share" in field.hints:
            return round(float(field.hints["null_share"]), 3)
        if any(field.name in group for group in uniques):
            return 0.0
        return _share(field, schema, options)


def _share(field: FieldSchema, schema: TableSchema, options: Options) -> float:
    if "ref" in options:
        return 0.3 if options["ref"].partition(".")[0] == schema.name else 0.1
    name = set(words(field.name))
    if name & {"deleted", "archived", "cancelled", "closed", "terminated", "ended"}:
        return 0.8
    if name & {"middle", "line2", "address2", "suite", "fax", "suffix"} or field.name.endswith("2"):
        return 0.6
    if name & {"created", "updated", "name", "id", "title", "email"} or field.default is not None or field.enum:
        return 0.0
    return 0.0 if about(schema) == "person" and name & {"first", "last", "firstname", "lastname"} else 0.1


def _compute(schema: TableSchema, columns: dict[str, Options]) -> None:
    """Generated columns are computed, if their expression can be evaluated over the row."""
    for field in schema.fields:
        if field.generated is None or field.name in schema.primary_key or "ref" in columns[field.name]:
            continue
        try:
            names = parse_sql(field.generated).references
        except SqlError:
            continue
        known = {f.name for f in schema.fields if f.generated is None}
        numeric = all((f := schema.field(n)) and f.type in ("integer", "number", "decimal", "boolean") for n in names)
        if names and set(names) <= known and numeric and field.type in ("integer", "number", "decimal"):
            places = {"decimals": min(field.scale, 12)} if field.type == "decimal" and field.scale else {}
            columns[field.name] = {"expr": field.generated} | places
