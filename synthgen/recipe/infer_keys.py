"""References, keys and unique groups of inferred tables: how each column takes its values so that they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

from synthgen.recipe.infer_text import Options
from synthgen.schema.names import singular, words
from synthgen.schema.table import FieldSchema, ForeignKey, TableSchema
from synthgen.schema.types import integer_bounds

Known = Mapping[str, TableSchema | None]  # None: the table exists, but nothing is known about it
Rows = Callable[[str], int]
_HUGE = 2**60
_NUMERIC = ("integer", "number", "decimal")


def links(schema: TableSchema, known: Known) -> Iterator[tuple[ForeignKey, TableSchema | None]]:
    """The references that can be made, the widest first, with what is known about their targets."""
    for key in sorted(schema.foreign_keys, key=lambda k: -len(k.columns)):
        target = schema if key.table == schema.name else known.get(key.table)
        exists = key.table == schema.name or key.table in known
        columns = all(schema.field(c) for c in key.columns)
        if exists and columns and (target is None or all(target.field(c) for c in key.references)):
            yield key, target


def targets(schema: TableSchema, known: Known) -> dict[str, tuple[str, str]]:
    """Where each reference column leads: (table, column), by the first reference that holds it."""
    found: dict[str, tuple[str, str]] = {}
    for key, _ in links(schema, known):
        for column, reference in zip(key.columns, key.references, strict=True):
            if (key.table, reference) != (schema.name, column):
                found.setdefault(column, (key.table, reference))
    return found


def references(schema: TableSchema, known: Known, notes: list[str]) -> dict[str, Options]:
    """Options of every reference column."""
    made: dict[str, Options] = {}
    usable = list(links(schema, known))
    for key in schema.foreign_keys:
        if all(key is not k for k, _ in usable):
            words_ = f"({', '.join(key.columns)}) refers to {key.table}"
            notes.append(f"{words_}, which is not known here: made like any other column")
    for key, target in usable:
        pairs = list(zip(key.columns, key.references, strict=True))
        open_ = [(c, r) for c, r in pairs if c not in made and (key.table, r) != (schema.name, c)]
        if not open_:
            if not _implied(schema, key, usable):
                notes.append(f"({', '.join(key.columns)}) refers to {key.table} and to another table: only one is kept")
            continue
        if any(_loops(schema, c, known) for c, _ in open_):
            _break(schema, open_, made, notes)
            continue
        shared = [(c, r) for c, r in pairs if c in made]
        first, reference = next(((c, r) for c, r in open_ if c in schema.primary_key), open_[0])
        made[first] = {"ref": _name(key.table, reference, target)}
        if shared:
            made[first]["where"] = " AND ".join(f"parent.{_sql(r)} = {_sql(c)}" for c, r in shared)
            notes.append(f"({', '.join(key.columns)}) shares columns with another reference: picked where they agree")
        for column, reference in open_:
            if column != first:
                made[column] = {"ref": f"{key.table}.{reference}", "with": first}
    return made


def _implied(schema: TableSchema, key: ForeignKey, usable: list[tuple[ForeignKey, TableSchema | None]]) -> bool:
    """Whether a wider reference holds these columns, and its target refers to the same table with them."""
    for other, target in usable:
        if other is key or not set(key.columns) <= set(other.columns):
            continue
        if other.table == key.table and other.columns == key.columns:
            return True
        mapped = tuple(other.references[other.columns.index(c)] for c in key.columns)
        if target is not None and any(k.columns == mapped and k.table == key.table for k in target.foreign_keys):
            return True
    return False


def _name(table: str, column: str, target: TableSchema | None) -> str:
    key = target.field(column) if target is not None and target.primary_key == (column,) else None
    sure = key is not None and key.type in (*_NUMERIC, "uuid", "string") and not key.pattern and not key.enum
    return table if sure else f"{table}.{column}"


def _sql(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else f'"{name}"'


def _loops(schema: TableSchema, column: str, known: Known) -> bool:
    """Whether following references from a column comes back to it, and it is this column that must give way."""
    here = (schema.name, column)
    path, at = [here], targets(schema, known).get(column)
    while at is not None and at not in path:
        path.append(at)
        owner = schema if at[0] == schema.name else known.get(at[0])
        at = targets(owner, known).get(at[1]) if owner is not None else None
    if at != here:
        return False

    def rank(node: tuple[str, str]) -> tuple[bool, tuple[str, str]]:
        owner = schema if node[0] == schema.name else known.get(node[0])
        found = owner.field(node[1]) if owner is not None else None
        loose = found is not None and found.nullable and owner is not None and node[1] not in owner.primary_key
        return (not loose, node)

    return min(path, key=rank) == here


def _break(schema: TableSchema, columns: list[tuple[str, str]], made: dict[str, Options], notes: list[str]) -> None:
    """A circle of references through key columns cannot all be picked: this one is null, or counts rows itself."""
    for column, _ in columns:
        found = schema.field(column)
        assert found is not None
        if found.nullable and column not in schema.primary_key:
            made[column] = {"constant": None}
            notes.append(f"{column} closes a circle of references: left empty")
        else:
            notes.append(f"{column} closes a circle of references: holds if the tables have the same number of rows")


def identifier(column: FieldSchema, table: TableSchema) -> Options | None:
    """Distinct values for a column of this type; None where the type has too few."""
    if column.type in _NUMERIC:
        start = _start(column)
        return {"id": "int"} | ({"start": start} if start != 1 else {})
    if column.type == "uuid":
        return {"id": "uuid"}
    if column.type == "string" and not column.enum:
        return _text_identifier(column, table)
    return None


def _start(column: FieldSchema) -> int:
    return max(1, int(column.minimum)) if isinstance(column.minimum, int | float) else 1


def _text_identifier(column: FieldSchema, table: TableSchema) -> Options | None:
    limit, name = column.max_length, words(column.name)
    if column.pattern is not None:
        return None
    if (column.format == "uuid" or {"uuid", "guid"} & set(name) or limit == 36) and (limit is None or limit >= 36):
        return {"id": "uuid"}
    stem = singular(words(table.name)[-1]) if words(table.name) else "row"
    if name and name[-1] in ("name", "title", "label", "titel") and (limit is None or limit >= len(stem) + 8):
        return {"id": f"{stem.title()} {{n}}"}
    letters = (stem if name[-1:] in (("id",), ("code",), ("key",)) or not name else name[-1])[:3].upper()
    if limit is None or limit >= len(letters) + 7:
        return {"id": f"{letters}-{{n:06d}}"}
    if limit >= 6:
        return {"id": f"{letters[0]}{{n:0{limit - 1}d}}"}
    return {"id": f"{{n:0{limit}d}}"} if limit >= 4 else {"pattern": f"[A-Z]{{{limit}}}"}


def room(options: Options, column: FieldSchema | None) -> int | None:
    """How many rows distinct identifiers have room for, by the column's width; None for no limit."""
    if column is None or "id" not in options:
        return None
    if options["id"] == "int":
        most = integer_bounds(column)[1] if column.type == "integer" else _HUGE
        if column.precision is not None:
            most = min(most, 10 ** (column.precision - max(0, column.scale or 0)) - 1)
        if isinstance(column.maximum, int | float):
            most = min(most, int(column.maximum))
        return max(0, most - options.get("start", 1) + 1)
    if column.max_length is not None and options["id"] not in ("uuid", "ordinal"):
        digits = column.max_length - len(re.sub(r"\{.*?\}", "", options["id"]))
        return 10 ** max(0, digits) - 1
    return None


def capacity(options: Options, rows: Rows) -> int | None:
    """How many distinct values the plan can enumerate for a column; None if it cannot."""
    if "ref" in options:
        plain = not {"with", "where"} & options.keys()
        return rows(options["ref"]) if plain else None
    if "choice" in options:
        return len(options["choice"])
    if "bernoulli" in options:
        return 2
    if "integer" in options:
        return int(options["integer"][1] - options["integer"][0] + 1)
    if "date" in options or "datetime" in options:
        days = _days(options.get("date") or options["datetime"])
        return days if "date" in options else (days - 1) * 86_400 + 1
    if "time" in options:
        return 40_000
    return _spellings(options["pattern"]) if "pattern" in options else None


def _days(interval: Mapping[str, str]) -> int:
    from datetime import date

    def day(text: str) -> int:
        shift = re.fullmatch(r"clock(?:([+-]\d+)d)?", text)
        if shift:
            return int(shift[1] or 0) + date(2026, 1, 1).toordinal()
        return date.fromisoformat(text[:10]).toordinal()

    return max(1, day(interval["to"]) - day(interval["from"]) + 1)


def _spellings(pattern: str) -> int | None:
    """Strings of a pattern whose parts all have one length; None for others, whose strings may coincide."""
    from re import _parser as parser  # type: ignore[attr-defined]  # the standard parser's own tree

    sizes = {"CATEGORY_DIGIT": 10, "CATEGORY_WORD": 63, "CATEGORY_SPACE": 1}

    def size(tree: Any) -> int | None:
        total = 1
        for op, value in tree:
            name, part = str(op), None
            if name == "LITERAL":
                part = 1
            elif name == "IN":
                counts = [
                    1 if str(o) == "LITERAL" else v[1] - v[0] + 1 if str(o) == "RANGE" else sizes.get(str(v))
                    for o, v in value
                ]
                part = None if None in counts else sum(c for c in counts if c is not None)
            elif name in ("MAX_REPEAT", "MIN_REPEAT") and value[0] == value[1]:
                inner = size(value[2])
                part = None if inner is None else inner ** value[0]
            elif name == "SUBPATTERN":
                part = size(value[3])
            elif name == "AT":
                part = 1
            if part is None:
                return None
            total = min(_HUGE, total * part)
        return total

    return size(parser.parse(pattern))


@dataclass
class Settled:
    """Unique groups that hold by construction, the columns changed for them, and the row count that they allow."""

    columns: dict[str, Options]
    rows: int
    key: tuple[str, ...] = ()
    uniques: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def settle(schema: TableSchema, columns: dict[str, Options], rows: int, sizes: Rows, distinct: set[str]) -> Settled:
    """Make every key and unique group of the table feasible, in the order in which the plan binds them.

    `distinct` are columns whose generator never repeats itself (identifiers, unique entity attributes).
    """
    made = Settled(dict(columns), rows)
    proven: list[frozenset[str]] = []
    driven: set[str] = set()
    singles = [(f.name,) for f in schema.fields if f.unique]
    for group in dict.fromkeys([schema.primary_key, *schema.uniques, *singles]):
        if not group or not all(schema.field(c) for c in group):
            continue
        if not any(p <= set(group) for p in proven) and not _hold(schema, group, made, sizes, distinct, driven):
            continue
        proven.append(frozenset(group))
        if group == schema.primary_key:
            made.key = group
        else:
            made.uniques.append(group)
    return made


def _hold(
    schema: TableSchema, group: tuple[str, ...], made: Settled, sizes: Rows, distinct: set[str], driven: set[str]
) -> bool:
    """Whether the group can be promised, after repairs where needed."""
    sure = [c for c in group if c in distinct]
    if sure:
        widths = [room(made.columns[c], schema.field(c)) for c in sure]
        if None not in widths:
            made.rows = min(made.rows, max(w for w in widths if w is not None))
        return True
    chosen, total = _choose(group, made, sizes, driven)
    if total < made.rows and _repair(schema, group, made, distinct):
        return True
    loose = next((c for c in group if (f := schema.field(c)) and f.nullable and c not in schema.primary_key), None)
    few = total < made.rows and loose is not None and "ref" not in made.columns[loose]
    if chosen and total >= 1 and not few:
        if total < made.rows:
            made.notes.append(f"({', '.join(group)}) must be unique: at most {total:,} rows")
        made.rows = min(made.rows, total)
        driven |= set(chosen)
        for name in chosen:
            made.columns[name].pop("pick", None)
        return True
    if loose is not None and "ref" not in made.columns[loose]:
        made.columns[loose] = {"constant": None}
        made.notes.append(f"({', '.join(group)}) must be unique, which {loose} cannot promise: left empty")
        return False
    made.notes.append(f"({', '.join(group)}) must be unique, which no generator here can promise: not enforced")
    return False


def _choose(group: tuple[str, ...], made: Settled, sizes: Rows, driven: set[str]) -> tuple[list[str], int]:
    """The columns that the plan would enumerate, references first, and how many combinations they have."""
    members = [(c, capacity(made.columns[c], sizes)) for c in group if c not in driven]
    known = sorted(((c, n) for c, n in members if n), key=lambda m: ("ref" not in made.columns[m[0]], -m[1]))
    chosen: list[tuple[str, int]] = []
    for name, size in known:
        if chosen and prod(n for _, n in chosen) >= made.rows:
            break
        chosen.append((name, size))
    return [c for c, _ in chosen], min(prod(n for _, n in chosen), _HUGE) if chosen else 0


def _repair(schema: TableSchema, group: tuple[str, ...], made: Settled, distinct: set[str]) -> bool:
    """Give one column of the group identifiers, if it is free to have them."""
    free = [
        c for c in group if not {"ref", "choice", "after", "expr", "bernoulli", "constant"} & made.columns[c].keys()
    ]
    for name in sorted(free, key=lambda c: (schema.field(c) or FieldSchema(c)).type not in _NUMERIC):
        column = schema.field(name)
        options = identifier(column, schema) if column is not None else None
        if options is None or "id" not in options:
            continue
        width = room(options, column)
        if width is not None and width < min(made.rows, 20):
            continue
        made.columns[name] = options
        distinct.add(name)
        made.rows = made.rows if width is None else min(made.rows, width)
        return True
    return False
