"""Reads a conversation back: cues and values found in plain text, to the state after each turn.

The reader is given texts only. It knows the cues of the data file, how values may be written, and the names and keys
that may occur; which slot a value belongs to follows from its cue, from the assistant's question, or from the value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from synthgen.evalcase import Json
from synthgen.evals.cues import cues
from synthgen.evals.toolbox.spelling import read_date, read_time
from synthgen.evals.toolbox.talks import NUMBERS, WEEKDAYS, Domain, Slot, data

_MONTH = "(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*"
_SHORT_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = (
    rf"\d{{4}}-\d\d-\d\d|(?:the )?\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}(?:,? \d{{4}})?"
    rf"|{_MONTH} \d{{1,2}}(?:, \d{{4}})?"
)
_WEEKDAY = "|".join(WEEKDAYS)
_PATTERNS = (
    ("date", rf"(?:(?:{_WEEKDAY}), )?(?:{_DAY})|tomorrow|{_WEEKDAY}"),
    ("money", r"\$[\d,]+(?:\.\d\d)?|[\d,]+ dollars"),
    ("code", r"[A-Z]{3}-\d{5}"),
    ("time", r"\d{1,2}(?:[:.]\d\d)? [ap]m|\d\d:\d\d"),
    ("count", rf"\d+|{'|'.join(NUMBERS)}"),
)


@dataclass
class Read:
    """What was read: the state after each turn of the user, and what made no sense."""

    states: list[dict[str, Json]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@lru_cache(maxsize=64)
def _cues(domain: Domain) -> Mapping[str, tuple[str, str]]:
    """Cues in small letters -> what they do, and the slot that they name (or none)."""
    found: dict[str, tuple[str, str]] = {}
    for op, templates in data()["user"].items():
        for template in templates:
            named = "<words>" in template
            for slot in domain.slots if named else domain.slots[:1]:
                marks = cues(template.replace("<words>", slot.words))
                for i, cue in enumerate(marks):
                    does = "ignore" if op == "noise" or (op == "fix_old" and i == 0) else op
                    found[cue.lower()] = does, slot.name if named else ""
    for slot in domain.slots:
        for template in slot.say:
            found[cues(template)[0].lower()] = "set", slot.name
    return found


@lru_cache(maxsize=64)
def _scanner(domain: Domain) -> re.Pattern[str]:
    """One expression for cues, choices, and the other values."""
    marks = "|".join(re.escape(c) for c in sorted(_cues(domain), key=len, reverse=True))
    enums = {v.replace("_", " ") for s in domain.slots for v in s.values}
    words = "|".join(re.escape(v) for v in sorted(enums, key=len, reverse=True))
    rest = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS)
    return re.compile(rf"(?<!\w)(?:(?P<cue>{marks})|(?P<enum>{words})|{rest})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """Something that stands in a text: a cue, or a value of a kind."""

    start: int
    kind: str
    text: str


def read_back(
    domain: Domain, turns: Sequence[tuple[str, str]], today: date, names: Sequence[str], keys: Sequence[str]
) -> Read:
    """The states of a conversation, given as (role, text) without its system message."""
    reader = _Reader(domain, today, tuple(names), tuple(keys))
    found = Read()
    heard = ""
    for role, text in turns:
        if role == "assistant":
            heard = text
            continue
        try:
            reader.turn(text, heard)
        except ValueError as error:
            found.faults.append(str(error))
        found.states.append(dict(reader.state))
    return found


class _Reader:
    def __init__(self, domain: Domain, today: date, names: tuple[str, ...], keys: tuple[str, ...]) -> None:
        self.domain, self.today, self.names, self.keys = domain, today, names, keys
        known = "|".join(re.escape(v) for v in sorted({*names, *keys}, key=len, reverse=True))
        self.known = re.compile(rf"(?<!\w)(?:{known})(?!\w)", re.IGNORECASE) if known else None
        self.cues = _cues(domain)
        self.state: dict[str, Json] = {s.name: None for s in domain.slots}
        self.past: dict[str, list[Json]] = {}

    def scan(self, text: str) -> list[Found]:
        """Names and keys, and in what is left of the text cues and other values; in order."""
        found: list[Found] = []
        if self.known is not None:
            found = [Found(m.start(), "known", m.group()) for m in self.known.finditer(text)]
            text = self.known.sub(lambda m: "\0" * len(m.group()), text)
        rest = _scanner(self.domain).finditer(text)
        return sorted([*found, *(Found(m.start(), m.lastgroup or "", m.group()) for m in rest)], key=lambda f: f.start)

    def turn(self, text: str, heard: str) -> None:
        """Apply one turn of the user; `heard` is what the assistant said before."""
        op, slot = "", ""
        for match in self.scan(text):
            if match.kind == "cue":
                op, slot = self.cues[match.text.lower()]
                self._told(op, slot, heard)
                continue
            if op == "ignore":
                continue
            if op in ("drop", "accept", "decline", "revert"):
                raise ValueError(f"'{match.text}' follows a cue that takes no value")
            self._value(match, slot if op else "", op, heard)
            if not op:
                op = "answered"
            elif op == "answered":
                raise ValueError(f"nothing says what '{match.text}' is for")

    def _told(self, op: str, slot: str, heard: str) -> None:
        """A cue that needs no value."""
        if op == "drop":
            self._put(slot, None)
        elif op == "revert":
            if not self.past.get(slot):
                raise ValueError(f"there is no earlier value of {slot}")
            self._put(slot, self.past[slot][-1])
        elif op == "accept":
            offered = self._offered(heard)
            if offered is None:
                raise ValueError("something is accepted that was not offered")
            self._put(*offered)

    def _value(self, match: Found, slot: str, op: str, heard: str) -> None:
        if op == "answered":
            return
        if slot:
            target = self.domain.by_name[slot]
        elif not op:
            asked = self._asked(heard)
            if asked is None:
                raise ValueError(f"nothing asked for '{match.text}'")
            target = asked
        else:
            fits = [
                s for s in self.domain.slots if self._meaning(s, match) is not None and self.state[s.name] is not None
            ]
            if len(fits) != 1:
                raise ValueError(f"'{match.text}' fits {len(fits)} slots")
            target = fits[0]
        value = self._meaning(target, match)
        if value is None:
            raise ValueError(f"'{match.text}' is no {target.words}")
        self._put(target.name, value)

    def _put(self, slot: str, value: Json) -> None:
        if self.state[slot] is not None:
            self.past.setdefault(slot, []).append(self.state[slot])
        self.state[slot] = value

    def _asked(self, heard: str) -> Slot | None:
        """The slot that the assistant asked for last."""
        for slot in self.domain.slots:
            asks = [*slot.ask, *(t.replace("<words>", slot.words) for t in data()["assistant"]["ask"])]
            if any(heard.endswith(a) for a in asks):
                return slot
        return None

    def _offered(self, heard: str) -> tuple[str, Json] | None:
        """The slot and value that the assistant offered."""
        for slot in self.domain.slots:
            for template in data()["assistant"]["offer"]:
                before, _, after = template.replace("<words>", slot.words).partition("{value}")
                start = heard.find(before)
                if start >= 0 and heard.endswith(after):
                    at = [f for f in self.scan(heard) if f.start == start + len(before)]
                    return (slot.name, self._meaning(slot, at[0])) if at else None
        return None

    def _meaning(self, slot: Slot, match: Found) -> Json:
        """The value of a slot that a match stands for; None where it cannot be the slot's."""
        text = match.text
        if slot.kind == "enum":
            return next((v for v in slot.values if v.replace("_", " ").casefold() == text.casefold()), None)
        if slot.kind in ("person", "key"):
            known = self.names if slot.kind == "person" else self.keys
            return next((k for k in known if k.casefold() == text.casefold()), None)
        if match.kind != slot.kind:
            return None
        if slot.kind == "date":
            return _day(text, self.today, slot.past)
        if slot.kind == "time":
            return read_time(text)
        if slot.kind == "count":
            return int(text) if text.isdigit() else NUMBERS.index(text.lower()) + 2
        return float(re.sub(r"[$, a-z]", "", text)) if slot.kind == "money" else text.upper()


def _day(text: str, today: date, past: bool) -> str | None:
    """A day said in a conversation: the next such day after today unless it has a year."""
    if text.lower() == "tomorrow":
        return (today + timedelta(days=1)).isoformat()
    names = [w.lower() for w in WEEKDAYS]
    if text.lower() in names:
        ahead = (names.index(text.lower()) - today.weekday() - 1) % 7 + 1
        return (today + timedelta(days=ahead)).isoformat()
    bare = re.sub(rf"^(?:{_WEEKDAY}), ", "", text, flags=re.IGNORECASE)
    if re.search(r"\d{4}", bare):
        return read_date(bare)
    day, letters = re.search(r"\d+", bare), re.search(r"[A-Za-z]{3,}", re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", bare))
    if day is None or letters is None or past:
        return None
    month = _SHORT_MONTHS.index(letters.group()[:3].lower()) + 1
    year = today.year if (month, int(day.group())) > (today.month, today.day) else today.year + 1
    return date(year, month, int(day.group())).isoformat()
