"""A request to an agent with tools, the calls that fulfil it out, and the state that they lead to.

    family: tool_call
    from: invoices

With `from`, tools are made from a table: look a record up, search, set each choice column, pay back, send, remind,
archive. Without, six toolsets with records of their own take turns. Requests ask for one call, several, several in an
order or on what a view shows, for nothing that a tool could do, or leave a required argument out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field

from synthgen.errors import did_you_mean
from synthgen.evalcase import EvalCase, Json, Passage, Piece
from synthgen.evals.base import BaseFamily, EvalBuild, FamilyParams, Record, Room, Turn, distinct
from synthgen.evals.cues import cued
from synthgen.evals.draw import Draw
from synthgen.evals.phrasing import REGISTERS, dress
from synthgen.evals.toolbox.proof import first, proven
from synthgen.evals.toolbox.requests import SLOT, Ask, Calls, Desk, framed, held, talk
from synthgen.evals.toolbox.shapes import columns_of, made, plain, toolset_of
from synthgen.evals.toolbox.tools import ABSENT, Tool, Toolset, built_in, data, shown, words
from synthgen.scoring.calls import replay, state_hash

KINDS = ("single", "parallel", "multi_step", "no_tool", "missing_argument")
LEVELS = {
    "single": "easy",
    "no_tool": "medium",
    "missing_argument": "medium",
    "parallel": "medium",
    "multi_step": "hard",
}
MORE_WORDS = {
    "amount": ("how much",),
    "date": ("day", "when"),
    "time": ("when", "what hour"),
    "agent": ("who", "whom"),
    "attendee": ("who", "whom"),
    "channel": ("e-mail", "email", "post", "how should"),
}
"""Words beside an argument's own by which a question for it is known."""
CHUNK = 8  # neighbouring records that cases share, so that connected components stay small


class ToolCallParams(FamilyParams):
    """Parameters of tool_call."""

    from_: str | None = Field(default=None, alias="from", description="Table that the tools work on.")
    toolset: str | None = Field(
        default=None, description="Without `from`: billing, orders, calendar, helpdesk, fleet or leases. Default: all."
    )
    kinds: dict[str, float] | None = Field(
        default=None, description=f"Kinds with weights, of: {', '.join(KINDS)}. Default: all alike."
    )


@dataclass(frozen=True)
class Plan:
    """What a case asks for before it is dressed: the text, its calls, and which tools must be there or not."""

    core: Sequence[Piece]
    asks: Sequence[Ask] = ()
    calls: Sequence[dict[str, Json]] = ()
    ordered: bool = False
    ask: str | None = None
    without: tuple[str, ...] = ()
    view: bool = False
    detail: str = ""


class ToolCall(BaseFamily[ToolCallParams]):
    """Requests and the tool calls that fulfil them.

    family: tool_call
    """

    Params = ToolCallParams
    scorer = "synthgen.scoring.calls"
    instruction = (
        "You work for a help desk and have the tools that are given. Answer with the calls that the request takes, as "
        'a JSON list of {"name": ..., "arguments": {...}}, without any other text. Keep the order where the request '
        "asks for one. Give no argument that the request does not call for. Dates are YYYY-MM-DD, times HH:MM, amounts "
        "plain numbers. If a required argument is neither in the request nor in the records, call nothing and answer "
        '{"ask": "argument"}. If no tool is needed or none fits, call nothing and answer in words.'
    )

    def __init__(self, params: ToolCallParams, build: EvalBuild) -> None:
        super().__init__(params, build)
        self.weights = dict(params.kinds or dict.fromkeys(KINDS, 1.0))
        for kind, weight in self.weights.items():
            if kind not in KINDS:
                remedy = did_you_mean(kind, KINDS)
                raise build.fail("unknown-kind", f"there is no kind '{kind}'", remedy, "kinds", kind)
            if weight < 0 or not sum(self.weights.values()) > 0:
                raise build.fail("bad-weight", "weights of kinds are positive", "write 1", "kinds", kind)
        if params.from_ is not None and params.toolset is not None:
            raise build.fail("two-sources", "'from' and 'toolset' exclude each other", "leave one out", "toolset")
        if params.toolset is not None and params.toolset not in built_in():
            remedy = did_you_mean(params.toolset, built_in())
            raise build.fail("unknown-toolset", f"there is no toolset '{params.toolset}'", remedy, "toolset")
        self.own = toolset_of(build, params.from_) if params.from_ is not None else None
        if self.own is not None:
            build.wants(self.own.table, *columns_of(self.own))
        self.names = [params.toolset] if params.toolset else list(built_in())
        build.wants("@people", "first_name", "full_name")

    # -- rendering

    def render(self, turn: Turn, room: Room) -> EvalCase | None:
        """One request with its tools; None where the records give no such request."""
        pool = room.pool("@people", turn.split)
        people = [room.record("@people", pool[turn.deal(len(pool), "person")])]
        people += [room.record("@people", turn.draw.child("people", i).pick(pool)) for i in range(2)]
        desk, records = self._desk(turn, room, people)
        alike = len(set(self.weights.values())) == 1
        kinds = list(self.weights)
        kind = kinds[turn.cell(len(kinds), "kind")] if alike else turn.draw.child("kind").weighted(self.weights)
        draw = turn.draw.child(kind)
        plan: Plan | None = getattr(self, f"_{kind}")(desk, draw)
        if plan is None:
            return None
        register = REGISTERS[turn.cell(len(REGISTERS), "register")]
        pieces = self._said(plan, desk, people[0], register, turn)
        return self._case(turn, kind, register, plan, desk, records, people, pieces)

    def _desk(self, turn: Turn, room: Room, people: Sequence[Record]) -> tuple[Desk, list[Record]]:
        """Records to speak of: the case's own first, then its neighbours."""
        today = room.clock.date()
        if self.own is None:
            of = built_in()[self.names[turn.cell(len(self.names), "toolset")]]
            store = made(of, today, turn.draw.child("store"))
            return Desk(of, store, {k: Piece(k, "key") for k in store}, people, today), []
        of = self.own
        pool = room.pool(of.table, turn.split)
        at = turn.deal(len(pool), "record")
        start = max(0, min(at // CHUNK * CHUNK, len(pool) - CHUNK))
        rows = [pool[at], *turn.draw.child("order").shuffled([r for r in pool[start : start + CHUNK] if r != pool[at]])]
        records = [room.record(of.table, row) for row in rows]
        keys = {str(r[of.key.name]): r.piece(of.key.name, label="key") for r in records}
        return Desk(of, {str(r[of.key.name]): plain(r, of) for r in records}, keys, people, today), records

    def _said(self, plan: Plan, desk: Desk, me: Record, register: str, turn: Turn) -> list[Piece]:
        """The request as somebody writes it, with things beside the matter."""
        draw = turn.draw.child("said")
        used = {p.text for p in plan.core if p.label == "key"}
        others = [p for k, p in desk.keys.items() if k not in used]
        asides = []
        for text in draw.sample(data()["asides"], draw.pick((0, 1, 1, 2))):
            if "{other}" in text and (not others or plan.view or plan.ask is not None):
                continue
            values = {"other": replace(draw.pick(others), label="other")} if "{other}" in text else {}
            asides.append(cued(text, values))
        return dress(plan.core, draw.child("dress"), register, asides=asides, name=[me.piece("first_name")])

    def _case(
        self, turn: Turn, kind: str, register: str, plan: Plan, desk: Desk, records: Sequence[Record],
        people: Sequence[Record], pieces: Sequence[Piece],
    ) -> EvalCase:  # fmt: skip
        calls = [c for a in plan.asks for c in a.calls] if not plan.calls else list(plan.calls)
        of, draw = desk.of, turn.draw.child("tools")
        tools = self._tools(plan, of, draw)
        keys = [k for k in desk.store if plan.view or any(p.text == k for p in pieces)] or list(desk.store)[:1]
        store: dict[str, Any] = {of.table: {k: desk.store[k] for k in keys}}
        effects = {t.name: dict(t.effect) for t in of.tools}
        reached = replay(store, effects, [first(c) for c in calls])
        extra: dict[str, Json] = {
            "kind": kind, "toolset": of.table, "store": store, "effects": effects,
            "ask_words": self._ask_words(of, plan.ask),
        }  # fmt: skip
        target: dict[str, Json] = {
            "calls": calls, "ordered": plan.ordered, "state": state_hash(reached or {}), "ask": plan.ask,
        }  # fmt: skip
        touched = [r for r in records if str(r[of.key.name]) in {p.text for p in plan.core} or plan.view]
        touched = touched or list(records[:1])
        title = of.own(draw.pick(data()["views"])).capitalize()
        view = (Passage("view", shown(store[of.table], of), title),) if plan.view else ()
        named = {p.text: p for p in plan.core if p.declared is not None}
        return self.case(
            turn, pieces, target, difficulty=LEVELS[kind], context=view, tools=tuple(t.schema() for t in tools),
            slices={"kind": kind, "detail": plan.detail, "register": register, "toolset": of.table},
            sources=tuple(r.source for r in (*touched, *people[:1])), extra=extra,
            groups=distinct([r.group for r in touched] if touched else [people[0].group]),
            inserted=(*named.values(), *(desk.keys[k] for k in keys)),
            template=f"tool_call:{of.table}:{kind}:{plan.detail}",
        )  # fmt: skip

    def _tools(self, plan: Plan, of: Toolset, draw: Draw) -> list[Tool]:
        """The tools of the request, some of the same set, some of another, in random order."""
        needed = list(dict.fromkeys(a.tool for a in plan.asks if a.tool.name not in plan.without))
        banned = {t.name for t in needed} | set(plan.without)
        near = draw.sample([t for t in of.tools if t.name not in banned], draw.integer(1, 4))
        far = [t for s in built_in().values() if s.table != of.table and s.noun != of.noun for t in s.tools]
        names = {t.name for t in of.tools}
        others = draw.sample([t for t in far if t.name not in names], draw.integer(0, 2))
        return draw.shuffled([*needed, *near, *others])

    def _ask_words(self, of: Toolset, ask: str | None) -> list[str]:
        """Words by which a question for the missing argument is known."""
        if ask is None:
            return []
        if ask == of.key.name:
            return [f"{of.noun} number", f"{of.noun} id", f"number of the {of.noun}", f"which {of.noun}", of.key.words]
        return [words(ask), *MORE_WORDS.get(ask, ())]

    # -- kinds

    def _pick(self, desk: Desk, draw: Draw, *, search: bool = True) -> Tool:
        """A tool, each operation alike."""
        ops = sorted({t.op for t in desk.of.tools} - (set() if search else {"list", "get"}))
        op = draw.pick(ops)
        return draw.pick([t for t in desk.of.tools if t.op == op])

    def _single(self, desk: Desk, draw: Draw) -> Plan | None:
        tool = self._pick(desk, draw)
        ask = desk.ask(tool, next(iter(desk.store)), draw)
        if not ask.calls[0]["arguments"]:
            return None
        return Plan(framed([ask], draw.child("frame")), [ask], detail=tool.op)

    def _parallel(self, desk: Desk, draw: Draw) -> Plan | None:
        keys, count = list(desk.store), draw.integer(2, min(4, len(desk.store)))
        same = draw.chance(0.5)
        tool = self._pick(desk, draw, search=False)
        asks = []
        for i, key in enumerate(keys[:count]):
            part = draw.child("part", i)
            asks.append(desk.ask(tool if same else self._pick(desk, part, search=not i), key, part))
        if any(not c["arguments"] for a in asks for c in a.calls):
            return None
        return Plan(framed(asks, draw.child("frame")), asks, detail=f"{'same' if same else 'mixed'}_{count}")

    def _multi_step(self, desk: Desk, draw: Draw) -> Plan | None:
        if draw.chance(0.6):
            return self._from_view(desk, draw)
        key = next(iter(desk.store))
        about = [t for t in desk.of.tools if "key" in SLOT[t.op]]
        tools = draw.sample(about, draw.integer(2, 3))
        tools.sort(key=lambda t: t.op == "archive")  # nothing can be done to a record that is gone
        asks = [desk.ask(t, key, draw.child("step", i)) for i, t in enumerate(tools)]
        return Plan(framed(asks, draw.child("frame"), ordered=True), asks, ordered=True, detail=f"steps_{len(tools)}")

    def _from_view(self, desk: Desk, draw: Draw) -> Plan | None:
        """Calls on what a view shows: one clause on several records, or two in an order on one record each."""
        of = desk.of
        fit = [t for t in of.tools if t.op in data()["each"]]
        for again in range(8):
            part = draw.child("view", again)
            first = desk.each(part.pick(fit), part)
            if first is None:
                continue
            if len(first.calls) > 1 or part.chance(0.4):
                return Plan(framed([first], part.child("frame")), [first], view=True, detail=f"view_{len(first.calls)}")
            rest = [t for t in fit if t != first.tool]
            second = desk.each(part.pick(rest), part.child("second")) if rest else None
            if second is None or len(second.calls) > 1 or first.tool.op == "archive":
                continue
            asks = [first, second]
            return Plan(
                framed(asks, part.child("frame"), ordered=True), asks, ordered=True, view=True, detail="view_steps"
            )
        return None

    def _no_tool(self, desk: Desk, draw: Draw) -> Plan | None:
        key = next(iter(desk.store))
        way = draw.pick(("chat", "hold", "absent"))
        if way == "chat":
            pieces, _ = talk(desk, key, draw)
            return Plan(pieces, detail=way)
        if way == "hold":
            tool = self._pick(desk, draw, search=False)
            ask = desk.ask(tool, key, draw)
            return Plan(held(ask, draw.child("frame")), [replace(ask, calls=())], detail=way)
        fit = [t for t in desk.of.tools if t.op in ABSENT]
        tool = draw.pick(fit)
        ask = replace(desk.ask(tool, key, draw), calls=())
        return Plan(framed([ask], draw.child("frame")), [ask], without=(tool.name,), detail=way)

    def _missing_argument(self, desk: Desk, draw: Draw) -> Plan | None:
        of, key = desk.of, next(iter(desk.store))
        op = draw.pick(sorted({t.op for t in of.tools} & set(data()["missing"])))
        tool = draw.pick([t for t in of.tools if t.op == op])
        slot = draw.pick(list(data()["missing"][op]))
        ask = replace(desk.ask(tool, key, draw, without=slot), calls=())
        name = tool.column if slot == "value" else of.key.name if slot == "key" else slot
        without = tuple(t.name for t in of.tools if t.op == "list") if slot == "key" else ()
        return Plan(framed([ask], draw.child("frame")), [ask], ask=name, without=without, detail=f"{op}_{slot}")

    # -- proof

    def prove(self, case: EvalCase, room: Room) -> list[str]:
        """The request read back demands these calls; they fit the schemas, and a replay reaches the state."""
        return proven(case, room, self._toolset(case))

    def _toolset(self, case: EvalCase) -> Toolset:
        return self.own or next(t for t in built_in().values() if t.table == case.extra["toolset"])

    # -- answers

    def oracle(self, case: EvalCase) -> str:
        """The calls with the first allowed values, or the question, or no calls."""
        if case.target["ask"] is not None:
            return json.dumps({"ask": case.target["ask"]})
        return json.dumps([first(c) for c in case.target["calls"]], ensure_ascii=False)

    def null(self, case: EvalCase, draw: Draw) -> str:
        """No calls."""
        return "[]"

    def chance(self, case: EvalCase) -> float:
        """No calls are right where nothing is to be called and nothing asked."""
        return float(not case.target["calls"] and case.target["ask"] is None)

    def mutants(self, case: EvalCase, draw: Draw) -> list[EvalCase]:
        """A wrong value, tool, state, order, question; a call too many or too few."""
        target, found = case.target, []
        calls: Calls = target["calls"]
        some = next(iter(case.extra["store"][case.extra["toolset"]]))
        tool = self._toolset(case).tools[0]
        extra_call = {"name": tool.name, "arguments": {tool.params[0].name: [some]}}
        if calls:
            at = draw.below(len(calls))
            call = calls[at]
            name = draw.pick(list(call["arguments"]))
            wrong = {**call, "arguments": {**call["arguments"], name: [_other(call["arguments"][name][0])]}}
            lacking = {**call, "arguments": {a: v for a, v in call["arguments"].items() if a != name}}
            others = [t["function"]["name"] for t in case.tools if t["function"]["name"] != call["name"]]
            renamed = {**call, "name": draw.pick(others)} if others else lacking
            for changed in (wrong, lacking, renamed):
                found.append({**target, "calls": [*calls[:at], changed, *calls[at + 1 :]]})
            found += [
                {**target, "calls": [*calls[:at], *calls[at + 1 :]]},
                {**target, "ordered": not target["ordered"]},
            ]
            if target["ordered"]:
                found.append({**target, "calls": calls[::-1]})
        else:
            found.append({**target, "calls": [extra_call], "ask": None})
        if target["ask"] is not None:
            found += [{**target, "ask": None}, {**target, "ask": f"{target['ask']}_id"}]
        found.append({**target, "state": state_hash({"wrong": target["state"]})})
        return [replace(case, target=t) for t in found]


def _other(value: Json) -> Json:
    """A value that is not this one."""
    return value + 1 if isinstance(value, int | float) else f"{value}0"
