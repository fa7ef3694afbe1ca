"""A conversation in, the state of its slots after the last turn out.

    family: dialogue
    turns: [3, 7]

People set slots, correct themselves, take things back, ask for earlier values again, accept or decline offers, and
mention values that change nothing. Conversations are about eight matters, or with `from` about records of a table.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from pydantic import Field

from synthgen.errors import did_you_mean
from synthgen.evalcase import EvalCase, Json, Message, Piece, text_of
from synthgen.evals.base import BaseFamily, EvalBuild, FamilyParams, Record, Room, Turn, distinct
from synthgen.evals.draw import Draw
from synthgen.evals.phrasing import REGISTERS, dress
from synthgen.evals.toolbox.shapes import toolset_of
from synthgen.evals.toolbox.talks import Talk, data, domains, sentences, table_domain
from synthgen.evals.toolbox.talks_reader import read_back
from synthgen.evals.wording import merged

CHUNK = 8  # neighbouring records that cases share, so that connected components stay small
LONGEST = 20


class DialogueParams(FamilyParams):
    """Parameters of dialogue."""

    from_: str | None = Field(default=None, alias="from", description="Table whose records the talks are about.")
    domains: tuple[str, ...] = Field(default=(), description="Without `from`: matters to talk about. Default: all.")
    turns: tuple[int, int] = Field(default=(3, 7), description="Fewest and most turns of the user: [3, 7].")


class Dialogue(BaseFamily[DialogueParams]):
    """Conversations and the state that they lead to.

    family: dialogue
    """

    Params = DialogueParams
    scorer = "synthgen.scoring.state"
    instruction = (
        "Read the conversation and give the state of the slots after the last message as a JSON object with every "
        "slot, without any other text. A slot that has no value, or whose value was taken back, is null."
    )

    def __init__(self, params: DialogueParams, build: EvalBuild) -> None:
        super().__init__(params, build)
        low, high = params.turns
        if not 1 <= low <= high <= LONGEST:
            message = f"'turns' is the fewest and the most turns of the user, from 1 to {LONGEST}"
            raise build.fail("bad-value", message, "write [3, 7]", "turns")
        for i, name in enumerate(params.domains):
            if name not in domains():
                remedy = did_you_mean(name, domains())
                raise build.fail("unknown-domain", f"there is no domain '{name}'", remedy, "domains", i)
        if params.from_ is not None and params.domains:
            raise build.fail("two-sources", "'from' and 'domains' exclude each other", "leave one out", "domains")
        self.own = toolset_of(build, params.from_) if params.from_ is not None else None
        self.domains = [table_domain(self.own)] if self.own else [domains()[n] for n in params.domains or domains()]
        if self.own is not None:
            build.wants(self.own.table, self.own.key.name)
        build.wants("@people", "full_name")

    def render(self, turn: Turn, room: Room) -> EvalCase | None:
        """One conversation; None where choices of a table make it read otherwise than it was meant."""
        domain = self.domains[turn.cell(len(self.domains), "domain")]
        people, records = self._records(turn, room)
        keys = [r.piece(self.own.key.name, label="value") for r in records] if self.own else []
        low, high = self.params.turns
        count = low + turn.cell(high - low + 1, "turns")
        register = REGISTERS[turn.cell(len(REGISTERS), "register")]
        talk = Talk(domain, room.clock.date(), people, keys, turn.draw.child("talk"), raised=register != "mobile")
        messages = [Message("system", domain.system(talk.today))]
        states, said, pieces = list[dict[str, Json]](), list[Piece](), list[Piece]()
        asides = [d for d in data()["assistant"]["digress"] if self.own is None or d.get("any")]
        for i in range(count):
            draw = turn.draw.child("turn", i)
            talk.draw = draw.child("user")
            pieces = self._opening(talk, draw) if i == 0 else talk.user(draw.pick((1, 1, 2)), i == count - 1)
            digress = draw.pick(asides) if i and draw.chance(0.15) else None
            if digress is not None:
                pieces = merged([*pieces, Piece(" " + digress["user"])])
            pieces = dress(pieces, draw.child("dress"), register, letter=False)
            states.append(dict(talk.state))
            said += pieces
            messages.append(Message("user", text_of(pieces)))
            if i < count - 1:
                talk.draw = draw.child("assistant")
                reply = talk.assistant()
                said += reply
                answer = [digress["assistant"]] if digress is not None else []
                messages.append(Message("assistant", " ".join([*answer, text_of(reply)])))
        case = self._case(turn, talk, messages, pieces, said, states, register, [*people, *records])
        # words of a user's own choices may read as something else ("open"): such a talk is given up
        return None if self.own is not None and self.prove(case, room) else case

    def _records(self, turn: Turn, room: Room) -> tuple[list[Record], list[Record]]:
        """Four people who may be named, and neighbouring records of the table."""
        pool = room.pool("@people", turn.split)
        start = max(0, min(turn.deal(len(pool), "people") // 4 * 4, len(pool) - 4))
        people = list(
            {r["full_name"]: r for r in (room.record("@people", row) for row in pool[start : start + 4])}.values()
        )
        if self.own is None:
            return people, []
        rows = room.pool(self.own.table, turn.split)
        start = max(0, min(turn.deal(len(rows), "record") // CHUNK * CHUNK, len(rows) - CHUNK))
        return people, [room.record(self.own.table, row) for row in rows[start : start + CHUNK]]

    def _opening(self, talk: Talk, draw: Draw) -> list[Piece]:
        """The first turn: what it is about, and one or two slots."""
        begin = [Piece(draw.pick(talk.domain.open)), Piece(" ")]
        slots = draw.sample(talk.domain.slots, draw.integer(1, 2))
        return merged([*begin, *sentences([talk.settle(slot) for slot in slots], talk.raised)])

    def _case(
        self, turn: Turn, talk: Talk, messages: Sequence[Message], pieces: Sequence[Piece], said: Sequence[Piece],
        states: Sequence[dict[str, Json]], register: str, records: Sequence[Record],
    ) -> EvalCase:  # fmt: skip
        level = "easy" if talk.traps <= 1 else "medium" if talk.traps <= 3 else "hard"
        named = {p.text: p for p in said if p.declared is not None}
        text = "\n".join(m.content for m in messages[1:])
        used = [r for r in records if any(str(v) in text for v in r.values.values())]
        return self.case(
            turn, pieces, dict(talk.state), difficulty=level, messages=tuple(messages),
            slices={"domain": talk.domain.name, "turns": str(len(states)), "register": register},
            sources=tuple(r.source for r in records), groups=distinct([r.group for r in used or records[:1]]),
            inserted=tuple(named.values()), template=f"dialogue:{talk.domain.name}",
            extra={"domain": talk.domain.name, "states": list(states), "traps": talk.traps},
        )  # fmt: skip

    def prove(self, case: EvalCase, room: Room) -> list[str]:
        """The conversation read back, turn by turn, leads through the same states to the gold."""
        domain = next(d for d in self.domains if d.name == case.extra["domain"])
        known: dict[str, list[str]] = {"@people": [], "": []}
        for source in case.sources:
            table, _, row = source.rpartition(":")
            record = room.record(table, int(row))
            if table == "@people":
                known[table].append(record["full_name"])
            elif self.own is not None:
                known[""].append(str(record[self.own.key.name]))
        turns = [(m.role, m.content) for m in case.messages if m.role != "system"]
        if not turns or turns[-1] != ("user", case.input):
            return ["the conversation does not end with the input"]
        if case.messages[0] != Message("system", domain.system(room.clock.date())):
            return ["the slots are described otherwise"]
        read = read_back(domain, turns, room.clock.date(), known["@people"], known[""])
        found = list(read.faults)
        if read.states != list(case.extra["states"]):
            found.append("the turns lead through other states")
        if read.states[-1] != case.target:
            found.append("the last turn leads to another state")
        return found

    def oracle(self, case: EvalCase) -> str:
        """The state."""
        return json.dumps(case.target, ensure_ascii=False)

    def null(self, case: EvalCase, draw: Draw) -> str:
        """No slot has a value."""
        return "{}"

    def chance(self, case: EvalCase) -> float:
        """An empty state is right where all slots were taken back."""
        return float(all(v is None for v in case.target.values()))

    def mutants(self, case: EvalCase, draw: Draw) -> list[EvalCase]:
        """A slot lost, stale, changed, invented, or two exchanged."""
        target, found = case.target, []
        filled = [k for k, v in target.items() if v is not None]
        if filled:
            slot = draw.pick(filled)
            found.append({**target, slot: None})
            found.append({**target, slot: f"{target[slot]}1"})
            found.append({k: v for k, v in target.items() if k != slot})
        stale = [(k, s[k]) for s in case.extra["states"] for k in s if s[k] is not None and s[k] != target[k]]
        if stale:
            slot, value = draw.pick(stale)
            found.append({**target, slot: value})
        if len(filled) > 1:
            a, b = draw.sample(filled, 2)
            found.append({**target, a: target[b], b: target[a]})
        empty = [k for k, v in target.items() if v is None]
        if empty:
            found.append({**target, draw.pick(empty): "yes"})
        return [replace(case, target=t) for t in found]
