"""Conversations that fill slots: domains, values as people say them, and turns with their effect on the state."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from synthgen.evalcase import Json, Piece
from synthgen.evals.base import Record
from synthgen.evals.cues import capital, cued
from synthgen.evals.draw import Draw
from synthgen.evals.toolbox.spelling import MONTHS, spell, spell_date, spell_time
from synthgen.evals.toolbox.tools import Toolset

Kind = Literal["date", "time", "count", "code", "money", "person", "enum", "key"]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NUMBERS = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_FILE = Path(__file__).parents[1] / "templates" / "dialogue.yaml"


@lru_cache(maxsize=1)
def data() -> Mapping[str, Any]:
    """Turns and domains."""
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class Slot:
    """Something that a conversation settles. `say` are cues of its own, `ask` the assistant's questions for it."""

    name: str
    kind: Kind
    words: str
    say: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    low: int = 2
    high: int = 20
    past: bool = False
    offer: bool = False
    prefix: str = ""

    @property
    def format(self) -> str:
        """How the gold writes it."""
        forms = {"date": "YYYY-MM-DD", "time": "HH:MM", "count": "number", "money": "number", "person": "full name"}
        if self.kind == "enum":
            return "one of: " + ", ".join(self.values)
        return forms.get(self.kind, "text")


@dataclass(frozen=True)
class Domain:
    """A kind of conversation."""

    name: str
    open: tuple[str, ...]
    slots: tuple[Slot, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Slot]:
        """Slots by name."""
        return {s.name: s for s in self.slots}

    def alone(self, slot: Slot) -> bool:
        """Whether a value tells by itself that it is this slot's."""
        return slot.kind == "enum" or sum(s.kind == slot.kind for s in self.slots) == 1

    def system(self, today: date) -> str:
        """What the assistant knows before the talk: the day, and the slots with their forms."""
        lines = [f"- {s.name}: {s.words} ({s.format})" for s in self.slots]
        day = f"{WEEKDAYS[today.weekday()]}, {today.day} {MONTHS[today.month - 1]} {today.year}"
        rule = "A weekday or a day without a year means the next one after today."
        return f"Today is {day}. {rule}\nSlots:\n" + "\n".join(lines)


@lru_cache(maxsize=1)
def domains() -> Mapping[str, Domain]:
    """The domains of the data file, by name."""
    found = {}
    for name, spec in data()["domains"].items():
        slots = []
        for slot, said in spec["slots"].items():
            listed: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in said.items()}
            slots.append(Slot(slot, **listed))
        found[name] = Domain(name, tuple(spec["open"]), tuple(slots))
    return found


def table_domain(of: Toolset) -> Domain:
    """A conversation about one record of a table: its key and its choices, dates and numbers."""
    kinds: dict[str, Kind] = {"enum": "enum", "date": "date", "integer": "count", "number": "money"}
    slots = [Slot(of.key.name, "key", of.key.words)]
    for c in of.columns:
        if c.kind in kinds:
            slots.append(Slot(c.name, kinds[c.kind], c.words, values=c.values, low=2, high=400))
    return Domain(of.table, tuple(of.own(t) for t in data()["table"]["open"]), tuple(slots[:7]))


def value_of(slot: Slot, today: date, people: Sequence[Record], keys: Sequence[Piece], draw: Draw) -> Json:
    """A value for a slot."""
    if slot.kind == "enum":
        return draw.pick(slot.values)
    if slot.kind == "date":
        days = -draw.integer(1, 150) if slot.past else draw.integer(1, 8) if draw.chance(0.3) else draw.integer(9, 150)
        return (today + timedelta(days=days)).isoformat()
    if slot.kind == "time":
        return f"{draw.integer(7, 20):02d}:{draw.pick(('00', '15', '30', '45'))}"
    if slot.kind == "count":
        return draw.integer(slot.low, slot.high)
    if slot.kind == "money":
        return float(draw.integer(20, 9000))
    if slot.kind == "code":
        return f"{slot.prefix}-{draw.integer(10_000, 99_999)}"
    return draw.pick(people)["full_name"] if slot.kind == "person" else draw.pick(keys).text


def said(slot: Slot, value: Json, today: date, draw: Draw) -> str:
    """A value in one of the ways in which people say it."""
    if slot.kind == "date":
        return _said_date(date.fromisoformat(str(value)), today, slot.past, draw)
    if slot.kind == "time":
        return spell_time(str(value), draw)
    if slot.kind == "count":
        number = int(str(value))
        return NUMBERS[number - 2] if 2 <= number <= 20 and draw.chance(0.5) else str(number)
    if slot.kind == "money":
        return draw.pick((f"${value:,.0f}", f"${value:,.2f}", f"{value:,.0f} dollars"))
    return spell("enum", value, draw) if slot.kind == "enum" else str(value)


def _said_date(day: date, today: date, past: bool, draw: Draw) -> str:
    """A day: with its year if it is past, else perhaps by month and day, or by weekday within a week."""
    ahead = (day - today).days
    if past or ahead < 1 or draw.chance(0.2):
        return spell_date(day, draw)
    if ahead == 1 and draw.chance(0.7):
        return "tomorrow"
    weekday, month = WEEKDAYS[day.weekday()], MONTHS[day.month - 1]
    if ahead <= 7 and draw.chance(0.8):
        return weekday
    return draw.pick(
        (f"{day.day} {month}", f"{month} {day.day}", f"{weekday}, {day.day} {month}", f"{day.day} {month[:3]}")
    )


@dataclass
class Talk:
    """A conversation while it is made: the state, earlier values of slots, and what was said."""

    domain: Domain
    today: date
    people: Sequence[Record]
    keys: Sequence[Piece]
    draw: Draw
    state: dict[str, Json] = field(default_factory=dict)
    before: dict[str, list[Json]] = field(default_factory=dict)
    asked: Slot | None = None
    offered: tuple[Slot, Json] | None = None
    raised: bool = True
    recapped: bool = False
    traps: int = 0

    def __post_init__(self) -> None:
        self.state = {s.name: None for s in self.domain.slots}

    # -- values

    def fresh(self, slot: Slot, draw: Draw) -> Json:
        """A value that the slot does not have and has not had."""
        known = [self.state[slot.name], *self.before.get(slot.name, [])]
        value = value_of(slot, self.today, self.people, self.keys, draw)
        for again in range(20):
            if value not in known:
                break
            value = value_of(slot, self.today, self.people, self.keys, draw.child("again", again))
        return value

    def piece(self, slot: Slot, value: Json, draw: Draw, label: str = "value") -> Piece:
        """A value as it is said, with its proof if it is a name."""
        if slot.kind == "person":
            person = next(p for p in self.people if p["full_name"] == value)
            return person.piece("full_name", label=label)
        if slot.kind == "key":
            return next(Piece(k.text, label, k.declared) for k in self.keys if k.text == value)
        return Piece(said(slot, value, self.today, draw), label)

    def put(self, slot: Slot, value: Json) -> None:
        """Change the state and remember what was there."""
        if self.state[slot.name] is not None:
            self.before.setdefault(slot.name, []).append(self.state[slot.name])
        self.state[slot.name] = value

    def open(self) -> list[Slot]:
        """Slots without a value."""
        return [s for s in self.domain.slots if self.state[s.name] is None]

    def filled(self) -> list[Slot]:
        """Slots with a value."""
        return [s for s in self.domain.slots if self.state[s.name] is not None]

    # -- what the user says

    def user(self, count: int, last: bool) -> list[Piece]:
        """One turn of the user: an answer if something was asked, up to `count` further moves, perhaps a filler."""
        draw, parts = self.draw, list[list[Piece]]()
        if self.offered is not None:
            parts.append(self._reply())
        elif self.asked is not None and self.state[self.asked.name] is None and draw.chance(0.75):
            parts.append(self._answer(self.asked))
        elif self.recapped and draw.chance(0.6):
            parts.append([Piece(draw.pick(data()["user"]["confirm"]))])
            count += 1
        moves = count - len(parts) if parts else max(1, count)
        done: set[str] = {self.asked.name} if self.asked and parts else set()
        done |= {"#confirmed"} if self.recapped else set()
        for _ in range(moves):
            made = self._move(done, last)
            if made is not None:
                parts.append(made)
        if draw.chance(0.3) or not parts:
            at = draw.below(len(parts) + 1) if parts and self.asked is None and self.offered is None else len(parts)
            parts.insert(at, [Piece(draw.pick(data()["user"]["filler"]))])
        self.asked = self.offered = None
        self.recapped = False
        return sentences(parts, self.raised)

    def _reply(self) -> list[Piece]:
        assert self.offered is not None
        slot, value = self.offered
        self.traps += 1
        if self.draw.chance(0.6):
            self.put(slot, value)
            return cued(self.draw.pick(data()["user"]["accept"]), {})
        return cued(self.draw.pick(data()["user"]["decline"]), {})

    def _answer(self, slot: Slot) -> list[Piece]:
        value = self.fresh(slot, self.draw)
        self.put(slot, value)
        return cued(self.draw.pick(data()["user"]["answer"]), {"value": self.piece(slot, value, self.draw)})

    def _move(self, done: set[str], last: bool) -> list[Piece] | None:
        """Something that changes the state, or looks as if it did. No slot is touched twice in one turn."""
        draw = self.draw
        weights = {"set": 3.0, "fix": 2.4, "drop": 0.7, "revert": 0.9, "noise": 0.8, "confirm": 0.1 if last else 0.4}
        kind = draw.weighted(weights)
        open_ = [s for s in self.open() if s.name not in done]
        filled = [s for s in self.filled() if s.name not in done]
        if kind in ("fix", "drop") and not filled:
            kind = "set"
        if kind == "set" and not open_:
            kind = "fix" if filled else "confirm"
        if kind == "revert" and not [s for s in filled if self.before.get(s.name)]:
            kind = "fix" if filled else "set"
        if kind == "confirm" and "#confirmed" in done:
            return None
        if kind == "confirm":
            done.add("#confirmed")
            return [Piece(draw.pick(data()["user"]["confirm"]))]
        if kind == "noise":
            return self._noise()
        pool = open_ if kind == "set" else [s for s in filled if kind != "revert" or self.before.get(s.name)]
        if not pool:
            return None
        slot = draw.pick(pool)
        done.add(slot.name)
        return {"set": self.settle, "fix": self._fix, "drop": self._drop, "revert": self._revert}[kind](slot)

    def settle(self, slot: Slot) -> list[Piece]:
        """Give a slot a value."""
        value = self.fresh(slot, self.draw)
        self.put(slot, value)
        noted = slot.past or slot.kind in ("code", "key", "money")
        template = self.draw.pick([*slot.say, *slot.say, *data()["user"]["note" if noted else "set"]]).replace(
            "<words>", slot.words
        )
        return cued(template, {"value": self.piece(slot, value, self.draw)})

    def _fix(self, slot: Slot) -> list[Piece]:
        old = self.state[slot.name]
        value = self.fresh(slot, self.draw)
        self.put(slot, value)
        self.traps += 1
        ways = ("fix", "fix_named", "fix_old") if self.domain.alone(slot) else ("fix_named",)
        template = self.draw.pick(data()["user"][self.draw.pick(ways)]).replace("<words>", slot.words)
        values = {"value": self.piece(slot, value, self.draw), "old": self.piece(slot, old, self.draw, "old")}
        return cued(template, values)

    def _drop(self, slot: Slot) -> list[Piece]:
        self.put(slot, None)
        self.traps += 1
        return cued(self.draw.pick(data()["user"]["drop"]).replace("<words>", slot.words), {})

    def _revert(self, slot: Slot) -> list[Piece]:
        value = self.before[slot.name][-1]
        self.put(slot, value)
        self.traps += 1
        return cued(self.draw.pick(data()["user"]["revert"]).replace("<words>", slot.words), {})

    def _noise(self) -> list[Piece]:
        free = [s for s in self.domain.slots if s.offer or (not s.ask and s.kind in ("enum", "date"))]
        slot = self.draw.pick(free)
        value = self.fresh(slot, self.draw)
        self.traps += 1
        return cued(self.draw.pick(data()["user"]["noise"]), {"value": self.piece(slot, value, self.draw, "noise")})

    # -- what the assistant says

    def assistant(self) -> list[Piece]:
        """A reply: something said back, an offer, or a question for what is still open."""
        draw, words = self.draw, data()["assistant"]
        parts: list[list[Piece]] = [[Piece(draw.pick(words["ack"]))]] if draw.chance(0.8) else []
        filled, open_ = self.filled(), self.open()
        if len(filled) >= 2 and draw.chance(0.15):
            parts.append(cued(draw.pick(words["recap"]), {"state": self._state()}))
            self.recapped = True
            return _spaced(parts)
        if filled and draw.chance(0.25):
            slot = draw.pick(filled)
            if slot.offer:
                value = self.fresh(slot, draw)
                self.offered = slot, value
                text = draw.pick(words["offer"]).replace("<words>", slot.words)
                parts.append(cued(text, {"value": self.piece(slot, value, draw)}))
                return _spaced(parts)
        if open_:
            self.asked = draw.pick(open_)
            asks = [*self.asked.ask, *self.asked.ask, *words["ask"]]
            parts.append([Piece(draw.pick(asks).replace("<words>", self.asked.words))])
        else:
            parts.append([Piece(draw.pick(words["close"]))])
        return _spaced(parts)

    def _state(self) -> list[Piece]:
        """The state as the assistant reads it out."""
        found: list[Piece] = []
        for slot in self.filled():
            lead = ", " if found else ""
            found += [Piece(f"{lead}{slot.words} "), self.piece(slot, self.state[slot.name], self.draw)]
        return found


def sentences(parts: Sequence[Sequence[Piece]], raised: bool = True) -> list[Piece]:
    """Parts as sentences, each with an end, and with a capital if they are `raised`."""
    found: list[Piece] = []
    for part in parts:
        text = "".join(p.text for p in part)
        found += [*([Piece(" ")] if found else []), *(_raised(part) if raised else part)]
        if not re.search(r"[.!?]$", text) or part[-1].label:
            found.append(Piece("."))
    return found


def _raised(part: Sequence[Piece]) -> list[Piece]:
    return capital(part) if part and part[0].label in ("", "cue") else list(part)


def _spaced(parts: Sequence[Sequence[Piece]]) -> list[Piece]:
    found: list[Piece] = []
    for part in parts:
        found += [*([Piece(" ")] if found else []), *part]
    return found
