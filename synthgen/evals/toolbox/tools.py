"""Tools over a table: what an agent may do with its records, as OpenAI function schemas and as effects on a store."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from synthgen.evalcase import Json

Kind = Literal["key", "reference", "enum", "number", "integer", "date", "time", "text"]
ADDED = {"refund": "refunds", "send": "sent", "remind": "reminders", "book": "booked", "reschedule": "rescheduled",
         "assign": "assigned"}  # fmt: skip
"""Operations that leave a note in a list of the store, and the list."""
ABSENT = ("refund", "send", "remind", "assign", "book", "reschedule")
"""Operations that nothing else can stand in for, so that a request for one is unanswerable without its tool."""
_FILE = Path(__file__).parents[1] / "templates" / "tool_call.yaml"


@lru_cache(maxsize=1)
def data() -> Mapping[str, Any]:
    """Clauses, frames and toolsets."""
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class Param:
    """An argument of a tool. `values` are all that an enum takes; `whole` says that a key is an integer."""

    name: str
    kind: Kind
    description: str
    values: tuple[str, ...] = ()
    required: bool = True
    whole: bool = False

    def schema(self) -> dict[str, Json]:
        """The argument as JSON Schema."""
        kind = {"number": "number", "integer": "integer"}.get(self.kind, "integer" if self.whole else "string")
        found: dict[str, Json] = {"type": kind, "description": self.description}
        return found | ({"enum": list(self.values)} if self.values else {})


@dataclass(frozen=True)
class Tool:
    """A function that an agent may call: an operation (`set`), on a column if it is about one."""

    name: str
    op: str
    description: str
    params: tuple[Param, ...]
    effect: Mapping[str, Json] = field(hash=False)
    column: str = ""

    def schema(self) -> dict[str, Json]:
        """The tool as an OpenAI function."""
        parameters = {
            "type": "object",
            "properties": {p.name: p.schema() for p in self.params},
            "required": [p.name for p in self.params if p.required],
            "additionalProperties": False,
        }
        return {
            "type": "function",
            "function": {"name": self.name, "description": self.description, "parameters": parameters},
        }


@dataclass(frozen=True)
class Column:
    """A column of the records: how it is written, and the values of an enum."""

    name: str
    kind: Kind
    values: tuple[str, ...] = ()
    whole: bool = False

    @property
    def words(self) -> str:
        """The column's name as people say it: `issued_on` is the issued date."""
        plain = words(self.name)
        return re.sub(r" (on|at|date)$", "", plain) + " date" if self.kind == "date" else plain


@dataclass(frozen=True)
class Toolset:
    """Records of one kind and the tools over them. `ops` are operations beside those that the columns give."""

    table: str
    noun: str
    key: Column
    columns: tuple[Column, ...]
    ops: tuple[str, ...]
    prefix: str = field(default="")

    @property
    def plural(self) -> str:
        """Words for several records."""
        return words(self.table)

    def column(self, name: str) -> Column:
        """A column by name, the key too."""
        return next(c for c in (self.key, *self.columns) if c.name == name)

    def of(self, *kinds: Kind) -> list[Column]:
        """Columns of some kinds."""
        return [c for c in self.columns if c.kind in kinds]

    @cached_property
    def tools(self) -> tuple[Tool, ...]:
        """All tools: get, list, one setter for each enum, and the further operations."""
        setters = [_setter(self, c) for c in self.of("enum")[:4]]
        return (_get(self), _list(self), *setters, *(_further(self, op) for op in self.ops))

    def tool(self, op: str, column: str = "") -> Tool | None:
        """The tool for an operation, on a column if it is about one."""
        return next((t for t in self.tools if t.op == op and t.column == column), None)

    def own(self, text: str) -> str:
        """A clause with the table's words in it."""
        text = text.replace("a <noun>", "an <noun>") if self.noun[0] in "aeio" else text
        return text.replace("<noun>", self.noun).replace("<plural>", self.plural)


def words(name: str) -> str:
    """A name as words.

    >>> words("invoice_no"), words("issuedOn")
    ('invoice number', 'issued on')
    """
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").replace("-", " ")
    return re.sub(r"\bno$", "number", " ".join(split.lower().split()))


def singular(name: str) -> str:
    """One of many, for regular English plurals.

    >>> singular("invoices"), singular("categories"), singular("addresses"), singular("staff")
    ('invoice', 'category', 'address', 'staff')
    """
    text = words(name)
    for end, to in (
        ("ies", "y"),
        ("sses", "ss"),
        ("xes", "x"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("ss", "ss"),
        ("us", "us"),
    ):
        if text.endswith(end):
            return text[: -len(end)] + to
    return text[:-1] if text.endswith("s") and len(text) > 3 else text


def function_name(*parts: str) -> str:
    """A name that every API takes: letters, digits and underscores, at most 64."""
    return re.sub(r"[^a-z0-9]+", "_", "_".join(parts).lower()).strip("_")[:64] or "tool"


def _key(of: Toolset) -> Param:
    example = f", such as {of.prefix}12345" if of.prefix else ""
    return Param(of.key.name, "key", f"{of.key.words.capitalize()} of the {of.noun}{example}.", whole=of.key.whole)


def _get(of: Toolset) -> Tool:
    effect = {"op": "read", "table": of.table, "key": of.key.name}
    return Tool(
        function_name("get", of.noun), "get", f"Return one {of.noun} by its {of.key.words}.", (_key(of),), effect
    )


def _list(of: Toolset) -> Tool:
    found = []
    for c in of.columns:
        if c.kind == "enum":
            found.append(Param(c.name, "enum", f"Only {of.plural} with this {c.words}.", c.values, required=False))
        elif c.kind in ("number", "integer"):
            for end, word in (("min", "at least"), ("max", "at most")):
                text = f"Only {of.plural} whose {c.words} is {word} this."
                found.append(Param(f"{end}_{c.name}", c.kind, text, required=False))
        elif c.kind == "date":
            for end, word in (("from", "on this day or later"), ("to", "on this day or earlier")):
                text = f"Only {of.plural} whose {c.words} is {word}, YYYY-MM-DD."
                found.append(Param(f"{c.name}_{end}", "date", text, required=False))
    text = f"Return the {of.plural} that meet all filters that are given."
    return Tool(function_name("list", of.table), "list", text, tuple(found), {"op": "read", "table": of.table})


def _setter(of: Toolset, c: Column) -> Tool:
    value = Param(c.name, "enum", f"The new {c.words}.", c.values)
    effect = {"op": "set", "table": of.table, "key": of.key.name, "column": c.name, "value": c.name}
    text = f"Change the {c.words} of one {of.noun}."
    return Tool(function_name("update", of.noun, c.name), "set", text, (_key(of), value), effect, c.name)


def _further(of: Toolset, op: str) -> Tool:
    key, noun = _key(of), of.noun
    date = Param("date", "date", "Day, YYYY-MM-DD.")
    time = Param("time", "time", "Time of day, HH:MM, 24 hours.")
    effect = {"op": "add", "to": ADDED.get(op, ""), "table": of.table, "key": of.key.name}
    if op == "refund":
        amount = Param("amount", "number", "How much to pay back, a number without currency.")
        return Tool(function_name("refund", noun), op, f"Pay back an amount of one {noun}.", (key, amount), effect)
    if op == "send":
        channel = Param("channel", "enum", "How it is sent.", tuple(data()["channels"]))
        return Tool(function_name("send", noun, "copy"), op, f"Send a copy of one {noun}.", (key, channel), effect)
    if op == "remind":
        name = function_name("schedule", noun, "reminder")
        return Tool(name, op, f"Schedule an internal reminder about one {noun}.", (key, date), effect)
    if op == "archive":
        gone = {"op": "delete", "table": of.table, "key": of.key.name}
        return Tool(function_name("archive", noun), op, f"Take one {noun} off the active list.", (key,), gone)
    if op == "reschedule":
        text = f"Move one {noun} to another day and time."
        return Tool(function_name("reschedule", noun), op, text, (key, date, time), effect)
    if op == "assign":
        agent = Param("agent", "text", "Full name of the person who takes over.")
        return Tool(
            function_name("assign", noun), op, f"Make somebody responsible for one {noun}.", (key, agent), effect
        )
    attendee = Param("attendee", "text", "Full name of the person to meet.")
    text = f"Enter a new {noun} with one person."
    return Tool(function_name("book", noun), op, text, (attendee, date, time), {"op": "add", "to": ADDED[op]})


@lru_cache(maxsize=1)
def built_in() -> Mapping[str, Toolset]:
    """The toolsets of the data file, by name."""
    found = {}
    for name, spec in data()["toolsets"].items():
        kinds: dict[str, Kind] = {"money": "number", "count": "integer", "date": "date"}
        columns = tuple(
            Column(c, "enum", tuple(v)) if isinstance(v, list) else Column(c, kinds[v])
            for c, v in spec["columns"].items()
        )
        key, prefix = spec["key"]
        found[name] = Toolset(spec["table"], spec["noun"], Column(key, "key"), columns, tuple(spec["tools"]), prefix)
    return found


def violations(schema: Mapping[str, Any], arguments: Mapping[str, Json]) -> list[str]:
    """What is wrong with arguments by a tool's JSON Schema: required, types, enums, and nothing further."""
    parameters = schema["function"]["parameters"]
    known: Mapping[str, Any] = parameters["properties"]
    found = [f"argument {a} is missing" for a in parameters["required"] if a not in arguments]
    found += [f"there is no argument {a}" for a in arguments if a not in known]
    for name, value in arguments.items():
        spec = known.get(name, {})
        types: Mapping[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "number": (int, float)}
        if spec and (isinstance(value, bool) or not isinstance(value, types[spec["type"]])):
            found.append(f"argument {name} is not a {spec['type']}")
        elif "enum" in spec and value not in spec["enum"]:
            found.append(f"argument {name} is none of its values")
    return found


def shown(records: Mapping[str, Mapping[str, Json]], of: Toolset) -> str:
    """Records as a table with bars, one line each."""
    names = [of.key.name, *(c.name for c in of.columns)]
    lines = [" | ".join(names)]
    for key, record in records.items():
        lines.append(" | ".join([key, *("" if record[n] is None else _cell(record[n]) for n in names[1:])]))
    return "\n".join(lines)


def _cell(value: Json) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value).replace("|", "/").replace("\n", " ")


def listed(text: str, of: Toolset) -> dict[str, dict[str, Json]]:
    """`shown`, read back: numbers by the column's kind, empty cells as null."""
    head, *lines = text.split("\n")
    names: Sequence[str] = head.split(" | ")
    found: dict[str, dict[str, Json]] = {}
    for line in lines:
        cells = dict(zip(names, line.split(" | "), strict=True))
        record: dict[str, Json] = {}
        for c in of.columns:
            cell = cells[c.name].strip()
            whole = c.kind == "integer" or c.whole
            record[c.name] = None if not cell else int(cell) if whole else float(cell) if c.kind == "number" else cell
        found[cells[of.key.name].strip()] = record
    return found
