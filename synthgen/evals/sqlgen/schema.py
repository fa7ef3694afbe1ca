"""The tables that questions are asked about: names in words, kinds of columns, keys and the links between tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import polars as pl

from synthgen.columns import Declared
from synthgen.evals.base import EvalBuild

Kind = Literal["integer", "number", "text", "boolean", "date", "datetime", "time"]
SQL_TYPES: Mapping[Kind, str] = {
    "integer": "INTEGER", "number": "REAL", "text": "TEXT", "boolean": "BOOLEAN", "date": "TEXT", "datetime": "TEXT",
    "time": "TEXT",
}  # fmt: skip
_NOTES = {"date": "date, YYYY-MM-DD", "datetime": "date and time, YYYY-MM-DD HH:MM:SS", "time": "time, HH:MM:SS"}
_PREFIX = re.compile(r"^(raw|stg|src|dim|fct|fact|tbl)_(?=[a-z])", re.IGNORECASE)
_TOKENS = {
    "id": "ID", "no": "number", "num": "number", "nr": "number", "qty": "quantity", "amt": "amount",
    "pct": "percentage",
    "desc": "description", "addr": "address", "tel": "phone number", "dob": "date of birth", "url": "URL", "zip": "ZIP",
    "acct": "account", "cust": "customer", "inv": "invoice", "prod": "product", "emp": "employee", "dept": "department",
    "sku": "SKU", "iban": "IBAN", "vat": "VAT", "ssn": "SSN",
}  # fmt: skip
_DATES = {
    "issued": "issue", "ordered": "order", "paid": "payment", "shipped": "shipping", "created": "creation",
    "updated": "update", "joined": "joining", "hired": "hire", "started": "start", "ended": "end", "due": "due",
    "cancelled": "cancellation", "delivered": "delivery", "opened": "opening", "closed": "closing", "born": "birth",
    "invoiced": "invoice", "booked": "booking", "signup": "sign-up", "returned": "return", "sold": "sale",
    "modified": "modification", "deleted": "deletion", "placed": "placement", "registered": "registration",
}  # fmt: skip
_IRREGULAR = {"people": "person", "children": "child", "staff": "staff member", "media": "medium", "data": "record"}
_CODE = re.compile(r"(^|_)(id|no|nr|num|number|code|zip|postcode|postal|phone|fax|extension|key|uuid|ssn|iban)(_|$)")
# reserved in SQLite 3.40 or in DuckDB, which quote different ones
_RESERVED = frozenset(
    (Path(__file__).parents[1] / "templates" / "sql_keywords.txt").read_text(encoding="utf-8").split()
)


@dataclass(frozen=True)
class SqlColumn:
    """A column: its name, its kind, what it is called in a question, and whether it is a key, a reference or a code."""

    name: str
    kind: Kind
    noun: str
    role: Literal["key", "reference", "code", "plain"]
    declared: Declared | None = None

    @property
    def sql(self) -> str:
        """The name as SQL writes it."""
        return quoted(self.name)


@dataclass(frozen=True)
class SqlTable:
    """A table with its columns; `key` is empty where it has none that can be asked for."""

    name: str
    noun: str
    nouns: str
    columns: Mapping[str, SqlColumn]
    key: tuple[str, ...]

    @property
    def sql(self) -> str:
        """The name as SQL writes it."""
        return quoted(self.name)


@dataclass(frozen=True)
class Link:
    """A reference: `child.column` is a value of `parent.target`. `noun` is what the parent is called from the child."""

    child: str
    column: str
    parent: str
    target: str
    noun: str

    @property
    def id(self) -> str:
        """A name that no other link has."""
        return f"{self.child}-{self.column}"


@dataclass(frozen=True)
class Schema:
    """Tables and links."""

    tables: Mapping[str, SqlTable]
    links: tuple[Link, ...]

    @classmethod
    def of(cls, build: EvalBuild, names: Sequence[str]) -> Schema:
        """The part of a recipe's schema that SQL can be asked about, without columns of lists, structs and bytes."""
        nouns = _nouns(names)
        tables = {name: _table(build, name, *nouns[name]) for name in names}
        tables = {name: table for name, table in tables.items() if table.columns}
        found = []
        for name, table in tables.items():
            for column, (parent, target) in build.references(name).items():
                if column in table.columns and parent in tables and target in tables[parent].columns and parent != name:
                    found.append(Link(name, column, parent, target, tables[parent].noun))
        return cls(tables, tuple(_told_apart(found, tables)))

    @cached_property
    def names(self) -> frozenset[str]:
        """All column names in small letters; an alias is none of them."""
        return frozenset(c.lower() for t in self.tables.values() for c in t.columns)

    def alias(self, word: str) -> str:
        """A name for a computed column that is no column's name."""
        while word in self.names or word in _RESERVED:
            word += "_x"
        return word

    def link(self, identity: str) -> Link:
        """The link of that id."""
        return next(link for link in self.links if link.id == identity)

    def ddl(self, comments: bool = True) -> list[str]:
        """One CREATE TABLE per table, in a form that SQLite and DuckDB read alike."""
        return [_ddl(table, [x for x in self.links if x.child == table.name], self, comments)
                for table in self.tables.values()]  # fmt: skip


def quoted(name: str) -> str:
    """An identifier, in double quotes where SQL needs them.

    >>> quoted("Order Details"), quoted("amount"), quoted("order")
    ('"Order Details"', 'amount', '"order"')
    """
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) and name.lower() not in _RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def words(name: str) -> str:
    """A name in words.

    >>> words("InvoiceLine"), words("unit_price"), words("customer_id"), words("Order Details")
    ('invoice line', 'unit price', 'customer ID', 'order details')
    """
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    split = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", split)
    tokens = [t for t in re.split(r"[\W_]+", split) if t]
    return " ".join(_TOKENS.get(t.lower(), t.lower()) for t in tokens) or name


def column_noun(name: str, kind: Kind) -> str:
    """What a question calls a column.

    >>> column_noun("issued_on", "date"), column_noun("created_at", "datetime"), column_noun("is_active", "boolean")
    ('issue date', 'creation time', 'active flag')
    """
    text = words(name)
    head, _, tail = text.rpartition(" ")
    if kind in ("date", "datetime") and head and tail in ("on", "at"):
        stem = _DATES.get(head.replace(" ", ""), head)
        return f"{stem} {'date' if kind == 'date' else 'time'}"
    if kind == "boolean":
        text = re.sub(r"^(is|has|was) ", "", text)
        return text if text.endswith("flag") else f"{text} flag"
    return text


def singular(noun: str) -> str:
    """The noun for one.

    >>> singular("invoices"), singular("categories"), singular("addresses"), singular("status")
    ('invoice', 'category', 'address', 'status')
    """
    head, _, last = noun.rpartition(" ")
    lead = f"{head} " if head else ""
    if last in _IRREGULAR:
        return lead + _IRREGULAR[last]
    if last.endswith("ies") and len(last) > 4:
        return f"{lead}{last[:-3]}y"
    if re.search(r"(ss|x|ch|sh|us)es$", last):
        return lead + last[:-2]
    return lead + (last[:-1] if re.search(r"[^sui]s$", last) else last)


def plural(noun: str) -> str:
    """The noun for many.

    >>> plural("invoice"), plural("category"), plural("address"), plural("person")
    ('invoices', 'categories', 'addresses', 'people')
    """
    head, _, last = noun.rpartition(" ")
    lead = f"{head} " if head else ""
    for many, one in _IRREGULAR.items():
        if last == one:
            return lead + many
    if re.search(r"[^aeiou]y$", last):
        return f"{lead}{last[:-1]}ies"
    return lead + last + ("es" if re.search(r"(s|x|ch|sh)$", last) else "s")


def kind_of(dtype: pl.DataType) -> Kind | None:
    """The kind of a column; None for lists, structs, bytes and durations."""
    if dtype == pl.Boolean:
        return "boolean"
    if dtype.is_integer():
        return "integer"
    if dtype.is_float() or dtype.is_decimal():
        return "number"
    if dtype == pl.Date:
        return "date"
    if isinstance(dtype, pl.Datetime):
        return "datetime"
    if dtype == pl.Time:
        return "time"
    return "text" if dtype in (pl.String, pl.Categorical, pl.Enum) else None


def _nouns(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """What tables are called: one row and many; without the prefixes of warehouses where that leaves them apart."""
    short = [words(_PREFIX.sub("", n)) for n in names]
    called = short if len({singular(s) for s in short}) == len(short) else [words(n) for n in names]
    return {n: (singular(c), plural(singular(c))) for n, c in zip(names, called, strict=True)}


def _table(build: EvalBuild, name: str, noun: str, nouns: str) -> SqlTable:
    declares, references, key = build.declares(name), build.references(name), build.key(name)
    columns: dict[str, SqlColumn] = {}
    seen: set[str] = set()
    for column, dtype in build.columns(name).items():
        kind = kind_of(dtype)
        if kind is None or column.lower() in seen:  # SQL does not tell capitals apart in names
            continue
        seen.add(column.lower())
        code = _CODE.search(words(column).lower().replace(" ", "_")) is not None
        role = "key" if (column,) == key else "reference" if column in references else "code" if code else "plain"
        columns[column] = SqlColumn(column, kind, column_noun(column, kind), role, declares.get(column))  # type: ignore[arg-type]
    called = [c.noun for c in columns.values()]
    for column, known in columns.items():
        if called.count(known.noun) > 1:
            columns[column] = replace(known, noun=f'"{column}"')
    return SqlTable(name, noun, nouns, columns, key if all(k in columns for k in key) else ())


def _told_apart(links: Iterable[Link], tables: Mapping[str, SqlTable]) -> list[Link]:
    """Links with nouns: a child that leads twice to a table calls it by the reference ("billing customer")."""
    links = list(links)
    found = []
    for link in links:
        if sum(x.child == link.child and x.parent == link.parent for x in links) > 1:
            noun = re.sub(r" (ID|number|code)$", "", tables[link.child].columns[link.column].noun)
            link = replace(link, noun=noun)
        found.append(link)
    return found


def _ddl(table: SqlTable, links: Sequence[Link], schema: Schema, comments: bool) -> str:
    lines: list[tuple[str, str]] = []
    for column in table.columns.values():
        key = " PRIMARY KEY" if (column.name,) == table.key else ""
        lines.append((f"{column.sql} {SQL_TYPES[column.kind]}{key}", _NOTES.get(column.kind, "")))
    if len(table.key) > 1:
        lines.append((f"PRIMARY KEY ({', '.join(quoted(k) for k in table.key)})", ""))
    for link in links:
        parent = schema.tables[link.parent]
        if parent.key == (link.target,):
            lines.append((f"FOREIGN KEY ({quoted(link.column)}) REFERENCES {parent.sql} ({quoted(link.target)})", ""))
    last = len(lines) - 1
    written = [f"  {text}{'' if i == last else ','}{f'  -- {note}' if comments and note else ''}"
               for i, (text, note) in enumerate(lines)]  # fmt: skip
    return f"CREATE TABLE {table.sql} (\n" + "\n".join(written) + "\n);"
