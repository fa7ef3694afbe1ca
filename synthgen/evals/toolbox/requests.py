"""Requests to an agent: what is asked for, in words with cues, and the calls that fulfil it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from synthgen.evalcase import Json, Piece
from synthgen.evals.base import Record
from synthgen.evals.cues import capital, cued
from synthgen.evals.draw import Draw
from synthgen.evals.toolbox.spelling import spell
from synthgen.evals.toolbox.tools import Column, Tool, Toolset, data

Calls = list[dict[str, Json]]
Store = Mapping[str, Mapping[str, Json]]
SLOT = {"get": ("key",), "list": (), "set": ("key", "value"), "refund": ("key", "amount"), "send": ("key", "channel"),
        "remind": ("key", "date"), "archive": ("key",), "book": ("attendee", "date", "time"),
        "reschedule": ("key", "date", "time"), "assign": ("key", "agent")}  # fmt: skip
"""Arguments of an operation as its clauses call them."""


@dataclass(frozen=True)
class Ask:
    """One thing that is asked for: its clause, the calls that it takes, and its tool."""

    pieces: tuple[Piece, ...]
    calls: tuple[dict[str, Json], ...]
    tool: Tool


@dataclass(frozen=True)
class Desk:
    """What requests are written from: a toolset, records by key, pieces of keys, people who may be named."""

    of: Toolset
    store: Store
    keys: Mapping[str, Piece]
    people: Sequence[Record]
    today: date

    def value(self, slot: str, tool: Tool, keys: Sequence[str], draw: Draw) -> tuple[Json, Piece]:
        """A value for an argument of calls on some records, and how the request writes it."""
        key = keys[0]
        if slot == "key":
            return (int(key) if self.of.key.whole else key), self.keys[key]
        if slot == "value":
            column = self.of.column(tool.column)
            now = {self.store[k][tool.column] for k in keys}
            value: Json = draw.pick([v for v in column.values if v not in now] or column.values)
            return value, Piece(spell("enum", value, draw), "value")
        if slot == "amount":
            most = next((self.store[key][c.name] for c in self.of.of("number")), None)
            whole = float(most) if isinstance(most, int | float) and most > 4 else 40.0
            amount = round(whole * draw.integer(11, 89) / 100, 2)
            return amount, Piece(spell("number", amount, draw), "amount")
        if slot == "channel":
            channel = draw.pick(list(data()["channels"]))
            return channel, Piece(draw.pick(data()["channels"][channel]), "channel")
        if slot == "date":
            day = (self.today + timedelta(days=draw.integer(2, 200))).isoformat()
            return day, Piece(spell("date", day, draw), "date")
        if slot == "time":
            time = f"{draw.integer(8, 18):02d}:{draw.pick(('00', '15', '30', '45'))}"
            return time, Piece(spell("time", time, draw), "time")
        person = draw.pick(self.people).piece("full_name", label=slot)
        return person.text, person

    def ask(self, tool: Tool, key: str, draw: Draw, *, without: str = "") -> Ask:
        """A clause for a tool on one record; `without` is the argument that is left unsaid."""
        if tool.op == "list":
            return self.search(tool, draw)
        slots = [s for s in SLOT[tool.op] if s != without]
        found = {slot: self.value(slot, tool, [key], draw.child(slot)) for slot in slots}
        named = {
            slot: tool.column if slot == "value" else self.of.key.name if slot == "key" else slot for slot in slots
        }
        arguments = {named[slot]: [value] for slot, (value, _) in found.items()}
        clauses = data()["missing"][tool.op][without] if without else data()["clauses"][tool.op]
        values = {slot: piece for slot, (_, piece) in found.items()} | self._column(tool)
        pieces = cued(self.of.own(draw.child("clause").pick(clauses)), values)
        return Ask(tuple(pieces), ({"name": tool.name, "arguments": arguments},), tool)

    def _column(self, tool: Tool) -> dict[str, Piece]:
        return {"column": Piece(self.of.column(tool.column).words, "column")} if tool.column else {}

    def search(self, tool: Tool, draw: Draw) -> Ask:
        """A clause that lists records by one or two conditions."""
        columns = draw.sample(self.of.of("enum", "number", "integer", "date"), draw.integer(1, 2))
        arguments: dict[str, Json] = {}
        parts = []
        for column in columns:
            op = (
                "eq"
                if column.kind == "enum"
                else draw.pick(("from", "to") if column.kind == "date" else ("min", "max"))
            )
            limit = self.limit(column, draw)
            if limit is None:
                continue
            name = {"eq": column.name}.get(op, f"{op}_{column.name}" if op in ("min", "max") else f"{column.name}_{op}")
            arguments[name] = [limit]
            parts.append(self.filter(column, op, limit, draw))
        text = self.of.own(draw.child("clause").pick(data()["clauses"]["list"]))
        pieces = cued(text, {"filters": joined_by(parts, " and ")})
        return Ask(tuple(pieces), ({"name": tool.name, "arguments": arguments},), tool)

    def limit(self, column: Column, draw: Draw) -> Json:
        """A value to compare a column with, near those of the records."""
        if column.kind == "enum":
            return draw.pick(column.values)
        known = [r[column.name] for r in self.store.values() if r[column.name] is not None]
        if not known:
            return None
        value = draw.pick(known)
        if column.kind == "date":
            return (date.fromisoformat(str(value)) + timedelta(days=draw.integer(-9, 9))).isoformat()
        near = max(1, round(float(value) * draw.integer(70, 130) / 100))
        return near if column.kind == "integer" else float(near)

    def filter(self, column: Column, op: str, limit: Json, draw: Draw) -> list[Piece]:
        """A condition in words."""
        text = draw.pick(data()["filters"][op])
        ends = {w[-2:] for w in column.words.split(" ")}
        many = any(e.endswith("s") and e not in ("ss", "us", "is") for e in ends)
        article = "" if many else "an " if column.words[0] in "aeio" else "a "
        limit_piece = Piece(spell(column.kind, limit, draw), "limit")
        return cued(text.replace("<a> ", article), {"by": Piece(column.words, "by"), "limit": limit_piece})

    def each(self, tool: Tool, draw: Draw) -> Ask | None:
        """A clause on all records in view that meet a condition, or on the one with the most or least of something."""
        measured = [
            c
            for c in self.of.of("number", "integer", "date")
            if all(r[c.name] is not None for r in self.store.values())
        ]
        if measured and draw.chance(0.5):
            column = draw.pick(measured)
            text = draw.pick(data()["which"]["date" if column.kind == "date" else "number"])
            which = cued(self.of.own(text), {"by": Piece(column.words, "by")})
            best = max if "[pick.max" in text else min
            end: Any = best(r[column.name] for r in self.store.values())
            keys = [k for k, r in self.store.items() if r[column.name] == end]
            if len(keys) != 1:
                return None
        else:
            made = self._condition(tool, draw)
            if made is None:
                return None
            which, keys = made
        slots = [s for s in SLOT[tool.op] if s != "key"]
        found = {slot: self.value(slot, tool, keys, draw.child(slot)) for slot in slots}
        arguments = {tool.column if s == "value" else s: [v] for s, (v, _) in found.items()}
        values = {s: p for s, (_, p) in found.items()} | self._column(tool) | {"which": which}
        pieces = cued(self.of.own(draw.child("clause").pick(data()["each"][tool.op])), values)
        calls = tuple(
            {"name": tool.name, "arguments": {self.of.key.name: [int(k) if self.of.key.whole else k]} | arguments}
            for k in keys
        )
        return Ask(tuple(pieces), calls, tool)

    def _condition(self, tool: Tool, draw: Draw) -> tuple[list[Piece], list[str]] | None:
        """One or two conditions that some records in view meet, and some do not."""
        keys, parts = list(self.store), []
        choices = [c for c in self.of.of("enum", "number", "integer", "date") if c.name != tool.column]
        for column in draw.sample(choices, draw.integer(1, 2)):
            op = (
                "eq"
                if column.kind == "enum"
                else draw.pick(("after", "before") if column.kind == "date" else ("over", "under"))
            )
            limit = self.limit(column, draw)
            if limit is None or (any(r[column.name] == limit for r in self.store.values()) and op != "eq"):
                return None
            keys = [k for k in keys if meets(self.store[k][column.name], op, limit)]
            parts.append(self.filter(column, op, limit, draw))
        if not 1 <= len(keys) <= min(4, len(self.store) - 1):
            return None
        text = self.of.own(draw.pick(data()["which"]["many"]))
        return cued(text, {"filters": joined_by(parts, " and ")}), keys


def meets(value: Any, op: str, limit: Any) -> bool:
    """Whether a record's value meets a condition; an empty one meets none."""
    if value is None:
        return False
    if op == "eq":
        return bool(value == limit)
    return bool(value > limit) if op in ("over", "after") else bool(value < limit)


def joined_by(parts: Sequence[Sequence[Piece]], between: str) -> list[Piece]:
    """Parts with wording between."""
    found: list[Piece] = []
    for part in parts:
        found += ([Piece(between)] if found else []) + list(part)
    return found


def framed(asks: Sequence[Ask], draw: Draw, *, ordered: bool = False) -> list[Piece]:
    """Clauses in sentences: one, several in any order, or several in the order that the words demand."""
    frames = data()["frames"]
    if len(asks) == 1:
        return _in(draw.pick(frames["one"]), "a", asks[0].pieces)
    first, *between = draw.pick(frames["ordered" if ordered else "many"])
    end = first[-1] if first[-1] in ".?;" else ""
    found = _in(first, "x", asks[0].pieces)
    for i, ask in enumerate(asks[1:], 1):
        last = i == len(asks) - 1
        link = between[1] if last and len(asks) > 2 else between[0]
        clause = capital(ask.pieces) if link.strip() in ("", "-", "*") else list(ask.pieces)
        found += [*cued(link, {}), *clause, Piece(end if end != ";" else "." if last else ";")]
    return found


def _in(frame: str, slot: str, pieces: Sequence[Piece]) -> list[Piece]:
    """A clause in a frame, with a capital where the frame has `^` before it."""
    raised = "^{" in frame
    return cued(frame.replace("^{", "{"), {slot: capital(pieces) if raised else list(pieces)})


def held(ask: Ask, draw: Draw) -> list[Piece]:
    """A clause in a frame that says not to do it."""
    frames = data()["frames"]
    why = [Piece(draw.pick(data()["why"]))]
    return cued(draw.pick(frames["hold"]), {"a": list(ask.pieces), "why": why})


def talk(desk: Desk, key: str, draw: Draw) -> tuple[list[Piece], str]:
    """Something to be answered in words, and its template."""
    template = draw.pick(data()["chat"])
    enums = desk.of.of("enum")
    column = draw.pick(enums) if enums else None
    if column is None and "{column}" in template:
        template = data()["chat"][1]
    values: dict[str, Piece] = {"key": desk.keys[key]}
    if column is not None:
        values |= {
            "column": Piece(column.words, "column"),
            "value": Piece(spell("enum", draw.pick(column.values), draw), "value"),
        }
    return cued(desk.of.own(template), values), template
