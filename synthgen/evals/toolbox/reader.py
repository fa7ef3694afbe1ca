"""Reads a request back: cues, keys and values as they stand in the text, to the calls that they demand.

Nothing here knows how the request was written. An operation is told by its cue, a column by its words, a value by its
spelling, and conditions are looked up in the table that the case shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from synthgen.evalcase import Json, Span
from synthgen.evals.cues import cues
from synthgen.evals.toolbox.spelling import read
from synthgen.evals.toolbox.tools import Column, Toolset, data

COMPARISONS = ("over", "under", "after", "before", "min", "max", "from", "to")
KINDS = {"amount": "number", "date": "date", "time": "time", "attendee": "text", "agent": "text"}


@dataclass
class Clause:
    """What follows one cue, up to the next."""

    cue: str
    held: bool = False
    column: str = ""
    values: dict[str, str] = field(default_factory=dict)
    conditions: list[list[str]] = field(default_factory=list)
    pick: str = ""


@dataclass
class Reading:
    """A request as it reads: its clauses, whether their order counts, and what could not be made sense of."""

    clauses: list[Clause] = field(default_factory=list)
    ordered: bool = False
    faults: list[str] = field(default_factory=list)


@lru_cache(maxsize=1)
def operations() -> Mapping[str, str]:
    """Cues in small letters, and the operation that each tells. Raises ValueError for a cue of two operations."""
    found: dict[str, str] = {}
    groups = [*data()["clauses"].items(), *data()["each"].items()]
    groups += [(op, [t for ts in by.values() for t in ts]) for op, by in data()["missing"].items()]
    for op, templates in groups:
        for template in templates:
            cue = cues(template)[0].lower()
            if found.setdefault(cue, op) != op:
                raise ValueError(f"the cue '{cue}' stands under {found[cue]} and {op}")
    return found


def reading(spans: Sequence[Span]) -> Reading:
    """The clauses of a text."""
    found, held = Reading(), False
    before: Clause | None = None
    for span in spans:
        if span.label == "hold":
            held = True
            if before is not None:
                before.held = True
        elif span.label == "order":
            found.ordered = True
        elif span.label == "cue":
            before = Clause(span.value.lower(), held)
            found.clauses.append(before)
        elif before is not None:
            _take(before, span, found)
    return found


def _take(clause: Clause, span: Span, found: Reading) -> None:
    """One labelled value of a clause."""
    if span.label == "by":
        clause.conditions.append([span.value, clause.pick or "eq", ""])
    elif span.label.startswith("pick.") and clause.conditions:
        clause.conditions[-1][1] = span.label
    elif span.label.startswith("pick."):
        clause.pick = span.label
    elif span.label in COMPARISONS and clause.conditions:
        clause.conditions[-1][1] = span.label
    elif span.label == "limit" and clause.conditions:
        clause.conditions[-1][2] = span.value
    elif span.label == "column":
        clause.column = span.value
    elif span.label in ("key", "value", "amount", "channel", *KINDS):
        if span.label in clause.values:
            found.faults.append(f"the request gives {span.label} twice for one call")
        clause.values[span.label] = span.value


def demanded(read_: Reading, of: Toolset, view: Mapping[str, Mapping[str, Json]] | None) -> list[dict[str, Json]]:
    """The calls that a reading demands, one value for each argument; faults are added to the reading."""
    calls: list[dict[str, Json]] = []
    for clause in read_.clauses:
        if clause.held:
            continue
        try:
            calls += _calls(clause, of, view)
        except (LookupError, ValueError) as error:
            read_.faults.append(str(error))
    return calls


def _calls(clause: Clause, of: Toolset, view: Mapping[str, Mapping[str, Json]] | None) -> list[dict[str, Json]]:
    op = operations().get(clause.cue)
    if op is None:
        raise LookupError(f"no operation is called '{clause.cue}'")
    column = _column(of, clause.column) if op == "set" else None
    tool = of.tool(op, column.name if column else "")
    if tool is None:
        raise LookupError(f"there is no tool to {op}")
    if op == "list":
        return [{"name": tool.name, "arguments": dict(_filter(of, c) for c in clause.conditions)}]
    arguments = {}
    for slot, text in clause.values.items():
        name, value = _argument(slot, text, of, column)
        if value is None:
            raise ValueError(f"{slot} cannot be read")
        arguments[name] = value
    if not clause.conditions:
        return [{"name": tool.name, "arguments": arguments}]
    if view is None:
        raise LookupError("there are no records in view")
    keys = [int(k) if of.key.whole else k for k in _met(clause, of, view)]
    return [{"name": tool.name, "arguments": {of.key.name: k} | arguments} for k in keys]


def _argument(slot: str, text: str, of: Toolset, column: Column | None) -> tuple[str, Json]:
    """The argument's name and value."""
    if slot == "key":
        return of.key.name, int(text) if of.key.whole else text
    if slot == "value":
        return (column.name, read("enum", text, column.values)) if column else (slot, None)
    if slot == "channel":
        return slot, next((c for c, said in data()["channels"].items() if text in said), None)
    return slot, read(KINDS[slot], text)


def _column(of: Toolset, said: str) -> Column:
    """The column that is called so."""
    known = [c for c in of.columns if c.words == said]
    if len(known) != 1:
        raise LookupError(f"{len(known)} columns are called '{said}'")
    return known[0]


def _filter(of: Toolset, condition: Sequence[str]) -> tuple[str, Json]:
    """A condition of a search as an argument."""
    column, op = _column(of, condition[0]), condition[1]
    value = read(column.kind, condition[2], column.values)
    if value is None:
        raise ValueError(f"the limit of {column.name} cannot be read")
    name = column.name if op == "eq" else f"{column.name}_{op}" if op in ("from", "to") else f"{op}_{column.name}"
    return name, value


def _met(clause: Clause, of: Toolset, view: Mapping[str, Mapping[str, Json]]) -> list[str]:
    """Keys of the records in view that meet a clause's conditions, in the order of the view."""
    rows = list(view.items())
    for said, op, limit in clause.conditions:
        column = _column(of, said)
        if op.startswith("pick."):
            ranked = sorted(rows, key=lambda kv: kv[1][column.name], reverse=op == "pick.max")
            if len(ranked) > 1 and ranked[0][1][column.name] == ranked[1][1][column.name]:
                raise ValueError("two records share the first place")
            rows = ranked[:1]
            continue
        value = read(column.kind, limit, column.values)
        if value is None:
            raise ValueError(f"the limit of {column.name} cannot be read")
        kept = []
        for key, row in rows:
            cell = row[column.name]
            if cell is not None and (
                (op == "eq" and cell == value)
                or (op in ("over", "after") and cell > value)
                or (op in ("under", "before") and cell < value)
            ):
                kept.append((key, row))
        rows = kept
    return [key for key, _ in rows]
