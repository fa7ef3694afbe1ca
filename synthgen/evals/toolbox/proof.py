"""Proof of a tool call: the request is read back, its calls checked against schemas and records, and replayed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import Any

from synthgen.evalcase import EvalCase, Json
from synthgen.evals.base import Room
from synthgen.evals.toolbox.reader import demanded, reading
from synthgen.evals.toolbox.requests import Calls
from synthgen.evals.toolbox.shapes import plain
from synthgen.evals.toolbox.tools import Toolset, listed, violations
from synthgen.scoring.calls import replay, same, state_hash

MOST_STATES = 64  # single calls that are tried in search of another way to the same state


def proven(case: EvalCase, room: Room, of: Toolset) -> list[str]:
    """What is wrong with the gold: the request read back, schemas, records and a replay, one against the other."""
    store: Mapping[str, Any] = case.extra["store"]
    found = _records(case, of, room, store)
    view = listed(case.context[0].text, of) if case.context else None
    if view is not None and view != _strings(store[of.table]):
        found.append("the view does not show the records of the store")
    if found:
        return found
    read = reading(case.spans)
    wanted = demanded(read, of, view)
    found += read.faults
    schemas = {t["function"]["name"]: t for t in case.tools}
    target = case.target
    found += _against(case, wanted, schemas, read.ordered)
    found += _silent(case, of, wanted, schemas)
    reached = replay(dict(store), case.extra["effects"], [first(c) for c in target["calls"]])
    if reached is None or state_hash(reached) != target["state"]:
        found.append("a replay of the calls does not reach the state")
    if case.extra["effects"] != {t.name: dict(t.effect) for t in of.tools}:
        found.append("the tools have other effects")
    if not found and len(target["calls"]) == 1 and _another_way(case, of, store):
        found.append("another call reaches the same state")
    return found


def _against(case: EvalCase, wanted: Calls, schemas: Mapping[str, Any], ordered: bool) -> list[str]:
    """The gold calls, against those that the text demands."""
    target, found = case.target, []
    if target["ask"] is not None or not target["calls"]:
        return ["the gold asks and calls at once"] if target["ask"] is not None and target["calls"] else []
    if target["ordered"] != ordered:
        found.append("the order counts in the text and not in the gold, or the other way round")
    gold = [first(c) for c in target["calls"]]
    lines, due = [_line(c) for c in gold], [_line(c) for c in wanted]
    if (lines != due) if ordered else (sorted(lines) != sorted(due)):
        found.append("the request demands other calls")
    for call in target["calls"]:
        if call["name"] not in schemas:
            found.append("a gold call names no tool")
            continue
        schema = schemas[call["name"]]
        found += violations(schema, first(call)["arguments"])
        required = schema["function"]["parameters"]["required"]
        for name, allowed in call["arguments"].items():
            free = [v for v in allowed if v != "" or name in required]
            if not free or any(not same(v, free[0]) for v in free):
                found.append(f"values are allowed for {name} that the request does not give")
    return found


def _silent(case: EvalCase, of: Toolset, wanted: Calls, schemas: Mapping[str, Any]) -> list[str]:
    """Where nothing is to be called: the text demands nothing, its tool is not there, or an argument is missing."""
    target = case.target
    offered = [c for c in wanted if c["name"] in schemas]
    if target["calls"]:
        return []
    if target["ask"] is None:
        return ["a tool could do what the request demands"] if offered else []
    if len(offered) != 1:
        return ["the request does not demand one call that lacks an argument"]
    schema = schemas[offered[0]["name"]]["function"]["parameters"]
    missing = [a for a in schema["required"] if a not in offered[0]["arguments"]]
    found = [] if missing == [target["ask"]] else ["the argument asked for is not the one that is missing"]
    if target["ask"] == of.key.name and any(s.label in ("key", "other") for s in case.spans):
        found.append("a key stands in a request that should lack one")
    if target["ask"] == of.key.name and any(t.op == "list" and t.name in schemas for t in of.tools):
        found.append("the missing key could be searched for")
    return found


def _records(case: EvalCase, of: Toolset, room: Room, store: Mapping[str, Any]) -> list[str]:
    """The store, against the records of the table made anew."""
    said = {s.value for s in case.spans if s.label == "key"}
    if not any(s.startswith(f"{of.table}:") for s in case.sources):
        cells = [(r[c.name], c.values) for r in store[of.table].values() for c in of.of("enum")]
        good = said <= {*store[of.table]} and all(value in values for value, values in cells)
        return [] if good else ["the store does not hold the records that the request speaks of"]
    rows = [int(s.rpartition(":")[2]) for s in case.sources if s.startswith(f"{of.table}:")]
    known = {str(r[of.key.name]): plain(r, of) for r in (room.record(of.table, row) for row in rows)}
    keys = said | ({*store[of.table]} if case.context else set())
    if any(known.get(k) != store[of.table].get(k) or k not in known for k in keys):
        return ["the store holds other records than the table"]
    return []


def _another_way(case: EvalCase, of: Toolset, store: Mapping[str, Any]) -> bool:
    """Whether a single call of another tool reaches the gold's state: tried with the values of the gold call."""
    gold = first(case.target["calls"][0])
    if case.extra["effects"][gold["name"]]["op"] == "read":
        return False
    known = list(gold["arguments"].values())
    offered = {t["function"]["name"] for t in case.tools}
    for tool in of.tools:
        if tool.name == gold["name"] or tool.name not in offered or tool.effect["op"] == "read":
            continue
        domains = [p.values or known for p in tool.params]
        for values in itertools.islice(itertools.product(*domains), MOST_STATES):
            arguments = dict(zip((p.name for p in tool.params), values, strict=True))
            reached = replay(dict(store), case.extra["effects"], [{"name": tool.name, "arguments": arguments}])
            if reached is not None and state_hash(reached) == case.target["state"]:
                return True
    return False


def first(call: Mapping[str, Json]) -> dict[str, Json]:
    """A gold call with the first allowed value of each argument that is not left out."""
    arguments = {a: next((x for x in v if x != ""), "") for a, v in call["arguments"].items()}
    return {"name": call["name"], "arguments": {a: x for a, x in arguments.items() if x != ""}}


def _line(call: Mapping[str, Json]) -> str:
    return json.dumps(call, sort_keys=True, ensure_ascii=False)


def _strings(records: Mapping[str, Mapping[str, Json]]) -> dict[str, dict[str, Json]]:
    """Records as a view can show them: references as they are, empty texts as null."""
    return {k: {n: None if v == "" else v for n, v in r.items()} for k, r in records.items()}
