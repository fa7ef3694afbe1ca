"""A report in, a short summary out, scored by the facts that it must and must not state.

    family: summary

Incident reports, meeting notes, support threads and customer histories state seven or eight facts among asides that
hold other dates, numbers, people and firms. What contradicts a fact is forbidden.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from synthgen.errors import did_you_mean
from synthgen.evalcase import EvalCase, Json, Piece
from synthgen.evals.base import BaseFamily, EvalBuild, FamilyParams, Record, Room, Turn
from synthgen.evals.documents.values import DATES, MONTHS, NOTES, Kind, Style, read, spell
from synthgen.evals.draw import Draw
from synthgen.evals.wording import fill, joined
from synthgen.scoring.facts import normal, stands

_FILE = Path(__file__).parents[1] / "templates" / "summary.yaml"
_STYLES = [d for d in DATES if d not in NOTES]
_MONTH_WORDS = {word for month in MONTHS for word in (month.lower(), month[:3].lower())}


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Mapping[str, Any]]:
    """The kinds of reports of the data file."""
    return {name: kind for name, kind in _read().items() if name != "general"}


class SummaryParams(FamilyParams):
    """Parameters of summary."""

    kinds: tuple[str, ...] = Field(default=(), description=f"Kinds of texts, of: {', '.join(kinds())}. Default: all.")
    words: tuple[int, int] = Field(default=(150, 360), description="Words of the text, from and to.")
    max_words: int = Field(default=100, ge=60, le=1000, description="Words that a summary may have.")


@dataclass(frozen=True)
class Fact:
    """What a text states: the value as written, wordings that state it, wordings that contradict it."""

    name: str
    written: Piece
    plain: str
    wordings: tuple[str, ...]
    wrong: tuple[str, ...]
    inserted: tuple[Piece, ...] = ()


@dataclass
class _Values:
    """Values of one text: no two of them, right or wrong, are alike."""

    draw: Draw
    style: Style
    day: date
    people: Sequence[Record]
    firms: Sequence[Record]
    taken: set[str] = field(default_factory=set)
    used: list[Record] = field(default_factory=list)

    def fact(self, name: str, spec: Mapping[str, Any]) -> Fact:
        """A fact with a value of its type, and another value of that type that is forbidden."""
        kind = spec["type"]
        if kind == "words":
            right, wrong = self.draw.sample(spec["words"], 2)
            return Fact(
                name,
                Piece(right[0], f"fact.{name}"),
                right[0],
                tuple(right),
                (wrong[-1] if len(wrong) < 3 else wrong[1],),
            )
        if kind in ("person", "firm"):
            return self._named(name, kind)
        if kind == "date":
            self.day += timedelta(days=self.draw.integer(*spec.get("gap", (3, 40))))
            return self._dated(name, self.day)
        if kind == "count":
            right, wrong = (self._fresh(lambda: self.draw.integer(spec["low"], spec["high"])) for _ in range(2))
            text = f"{right:,}"
            said = (text,) if right > 99 else (f"{text} {spec['unit']}",)
            other = f"{wrong:,}" if wrong > 99 else f"{wrong} {spec['unit']}"
            return Fact(name, Piece(text, f"fact.{name}"), text, said, (other,))
        low, high = int(spec["low"] * 1000), int(spec["high"] * 1000)
        right, wrong = (self._fresh(lambda: self.draw.integer(low, high) // 10 * 10 + 1000) for _ in range(2))
        text = spell(float(right), "money", replace(self.style, money="symbol"))
        return Fact(name, Piece(text, f"fact.{name}"), f"{right:,}", (f"{right:,}",), (f"{wrong:,}",))

    def _dated(self, name: str, day: date) -> Fact:
        wrong = self._fresh(lambda: day + timedelta(days=self.draw.pick((-1, 1)) * self.draw.integer(2, 60)))
        self.taken.add(str(day))
        said = (day.isoformat(), f"{day.day} {MONTHS[day.month - 1]}")
        other = (wrong.isoformat(), f"{wrong.day} {MONTHS[wrong.month - 1]}")
        plain = spell(day, "date", Style(date="day_month"))
        return Fact(name, Piece(spell(day, "date", self.style), f"fact.{name}"), plain, said, other)

    def _named(self, name: str, kind: str) -> Fact:
        right, wrong = self._record(kind), self._record(kind)
        self.used += [right]
        column = "full_name" if kind == "person" else "company"
        columns = (column, "last_name") if kind == "person" else (column,)
        return Fact(
            name, right.piece(column, label=f"fact.{name}"), str(right[column]),
            tuple(str(right[c]) for c in columns), tuple(str(wrong[c]) for c in columns),
            tuple(r.piece(c) for r in (right, wrong) for c in columns),
        )  # fmt: skip

    def _record(self, kind: str) -> Record:
        """Somebody whose names share no word with those that were taken, and no month, which could read as a date."""
        column = "full_name" if kind == "person" else "company"
        for record in self.people if kind == "person" else self.firms:
            words = set(normal(str(record[column])).split()) - {"and"}
            if not words & (self.taken | _MONTH_WORDS):
                self.taken |= words
                return record
        raise LookupError(kind)

    def _fresh(self, make: Any) -> Any:
        for _ in range(100):
            value = make()
            if str(value) not in self.taken:
                self.taken.add(str(value))
                return value
        raise LookupError("value")

    def aside(self, slot: str) -> Piece:
        """Another value, which is no fact."""
        if slot in ("person", "firm"):
            record = self._record(slot)
            self.used.append(record)
            return record.piece("full_name" if slot == "person" else "company", label=f"other.{slot}")
        if slot == "date":
            day = self._fresh(lambda: self.day - timedelta(days=self.draw.integer(100, 600)))
            return Piece(spell(day, "date", self.style), "other.date")
        if slot == "count":
            return Piece(str(self._fresh(lambda: self.draw.integer(3, 20))), "other.count")
        amount = self._fresh(lambda: self.draw.integer(20, 990) * 10)
        return Piece(spell(float(amount), "money", replace(self.style, money="symbol")), "other.money")


class Summary(BaseFamily[SummaryParams]):
    """Texts to be summarised, with required and forbidden facts.

    family: summary
    """

    Params = SummaryParams
    scorer = "synthgen.scoring.facts"

    def __init__(self, params: SummaryParams, build: EvalBuild) -> None:
        super().__init__(params, build)
        build.wants("@people", "full_name", "last_name")
        build.wants("@firms", "company")
        for i, name in enumerate(params.kinds):
            if name not in kinds():
                raise build.fail("unknown-kind", f"there is no kind '{name}'", did_you_mean(name, kinds()), "kinds", i)
        low, high = params.words
        if not 120 <= low <= 300 or not low + 60 <= high <= 600:
            message = f"texts of {low} to {high} words cannot be made"
            remedy = "from 120 to 300 words, to at least 60 more, at most 600"
            raise build.fail("bad-words", message, remedy, "words")
        self.known = params.kinds or tuple(kinds())
        keep = " ".join(f"Of a text such as '{kinds()[k]['title'][0]}' keep {kinds()[k]['keep']}." for k in self.known)
        self.instruction = (
            f"Summarise the text in at most {params.max_words} words for somebody who has not read it. {keep} Give "
            "dates, amounts and names exactly, and state nothing that the text does not say. Answer with the summary."
        )

    # -- rendering

    def render(self, turn: Turn, room: Room) -> EvalCase | None:
        """One text with its facts; None where a value repeats or a forbidden one stands in it by chance."""
        draw = turn.draw
        name = self.known[turn.cell(len(self.known), "kind")]
        kind = kinds()[name]
        records = {t: self._records(turn, room, t) for t in ("@people", "@firms")}
        start = room.clock.date() - timedelta(days=draw.child("day").integer(*kind.get("back", (20, 300))))
        values = _Values(draw.child("values"), Style(date=draw.child("style").pick(_STYLES), currency="USD"), start,
                         records["@people"], records["@firms"])  # fmt: skip
        try:
            facts = [values.fact(n, spec) for n, spec in kind["facts"].items()]
            pieces = self._text(kind, facts, values, draw.child("text"))
        except LookupError:
            return None
        reference = " ".join(
            spec["sum"].replace("{v}", f.plain) for f, spec in zip(facts, kind["facts"].values(), strict=True)
        )
        length = len("".join(p.text for p in pieces).split())
        case = self.case(
            turn, pieces, _sentence(reference),
            difficulty="easy" if length < 205 else "medium" if length < 275 else "hard",
            slices={"kind": name, "length": "short" if length < 205 else "medium" if length < 275 else "long"},
            sources=tuple(dict.fromkeys(r.source for r in values.used)), groups=(records["@people"][0].group,),
            inserted=tuple(p for f in facts for p in f.inserted),
            extra={
                "required": [{"id": f.name, "any": list(f.wordings)} for f in facts],
                "forbidden": [{"id": f.name, "any": list(f.wrong)} for f in facts],
                "max_words": self.params.max_words,
            },
        )  # fmt: skip
        text = normal(case.input)
        if not self.params.words[0] <= length <= self.params.words[1]:
            return None
        return None if any(stands(w, text) for f in facts for w in f.wrong) else case

    @staticmethod
    def _records(turn: Turn, room: Room, table: str) -> list[Record]:
        pool = room.pool(table, turn.split)
        rows = [pool[turn.deal(len(pool), table)], *(turn.draw.child(table, i).pick(pool) for i in range(24))]
        return [room.record(table, row) for row in rows]

    def _text(self, kind: Mapping[str, Any], facts: Sequence[Fact], values: _Values, draw: Draw) -> list[Piece]:
        """The facts in order, each in a sentence, with asides and fillers between up to the wanted length."""
        low, high = self.params.words
        wanted = min(draw.integer(low + 20, high - 30), 360)
        said = [fill(draw.pick(kind["facts"][f.name]["say"]), {"v": f.written}) for f in facts]
        count = sum(len("".join(p.text for p in s).split()) for s in said)
        rest = [(True, a) for a in draw.sample(kind["asides"], draw.integer(2, 5))]
        rest += [(False, f) for f in [*draw.shuffled(kind["fillers"]), *draw.shuffled(_read()["general"])]]
        for is_aside, line in rest:
            if count + len(line.split()) > wanted:
                break
            slots = re.findall(r"\{(\w+)\}", line)
            sentence = fill(line, {s: values.aside(s) for s in slots}) if is_aside else [Piece(line)]
            said.insert(draw.below(len(said)) + 1, sentence)
            count += len(line.split())
        return self._laid_out(kind, said, draw.child("layout"))

    @staticmethod
    def _laid_out(kind: Mapping[str, Any], said: Sequence[Sequence[Piece]], draw: Draw) -> list[Piece]:
        """Sentences in paragraphs, or in posts with their author before each."""
        parts: list[Sequence[Piece]] = []
        at, turn = 0, 0
        posts: Sequence[str] = kind.get("posts", ())
        while at < len(said):
            size = draw.integer(2, 5)
            body = joined(said[at : at + size], " ")
            parts.append([Piece(f"{posts[turn % len(posts)]} "), *body] if posts else body)
            at, turn = at + size, turn + 1
        return joined([draw.pick(kind["title"]), *parts], "\n\n")

    # -- proof

    def prove(self, case: EvalCase, room: Room) -> list[str]:
        """All required facts stand in the text and read back; no forbidden one does; the reference has them all."""
        text, reference = normal(case.input), normal(str(case.target))
        required = {f["id"]: f["any"] for f in case.extra["required"]}
        forbidden = {f["id"]: f["any"] for f in case.extra["forbidden"]}
        spans = {s.label.removeprefix("fact."): s.value for s in case.spans if s.label.startswith("fact.")}
        found = []
        if sorted(spans) != sorted(required) or sorted(required) != sorted(kinds()[case.slices["kind"]]["facts"]):
            found.append("the required facts are not those that the text states")
        for name, wordings in required.items():
            if not wordings or not any(stands(w, text) for w in wordings):
                found.append(f"the fact {name} does not stand in the text")
            elif name in spans and not self._states(case, room, name, spans[name], wordings):
                found.append(f"the fact {name} is another one in the text")
            if not any(stands(w, reference) for w in wordings):
                found.append(f"the reference lacks the fact {name}")
        for name, wordings in forbidden.items():
            if any(stands(w, text) for w in wordings):
                found.append(f"what is forbidden about {name} stands in the text")
            if any(stands(w, reference) for w in wordings):
                found.append(f"the reference states what is forbidden about {name}")
            if set(wordings) & set(required.get(name, ())):
                found.append(f"{name} is required and forbidden")
        if len(str(case.target).split()) > case.extra["max_words"]:
            found.append("the reference is too long")
        if not self.params.words[0] <= len(case.input.split()) <= self.params.words[1] and not case.variant:
            found.append("the text is too short or too long")
        return found

    @staticmethod
    def _states(case: EvalCase, room: Room, name: str, value: str, wordings: Sequence[str]) -> bool:
        """Whether the value that stands in the text is what the wordings say: parsed, or found in a record."""
        kind = kinds()[case.slices["kind"]]["facts"][name]
        if kind["type"] in ("date", "money", "count"):
            form: Kind = "date" if kind["type"] == "date" else "money"
            given = wordings[0] if kind["type"] == "date" else wordings[0].split()[0]
            try:
                return bool(read(value, form) == read(given, form))
            except ValueError:
                return False
        if kind["type"] == "words":
            return next((w for w in kind["words"] if w[0] == value), None) == list(wordings)
        names = set()
        for source in case.sources:
            table, _, row = source.rpartition(":")
            record = room.record(table, int(row))
            if value in (record.values.get("full_name"), record.values.get("company")):
                names |= {str(v) for v in record.values.values()}
        return set(wordings) <= names

    def null(self, case: EvalCase, draw: Draw) -> str:
        """What could be said of any such text."""
        return "The text reports what happened, who is responsible, and what will be done by when."

    def mutants(self, case: EvalCase, draw: Draw) -> list[EvalCase]:
        """Facts exchanged for forbidden ones, dropped, or forbidden; a reference with one wrong or lost."""
        required, forbidden = [dict(f) for f in case.extra["required"]], [dict(f) for f in case.extra["forbidden"]]
        place = draw.below(len(required))
        one, other = required[place], forbidden[place]
        changed: list[tuple[list[Any], list[Any], Json]] = [
            ([*required[:place], one | {"any": other["any"]}, *required[place + 1 :]], forbidden, case.target),
            ([*required[:place], *required[place + 1 :]], forbidden, case.target),
            (required, [*forbidden[:place], other | {"any": one["any"]}, *forbidden[place + 1 :]], case.target),
            (required, forbidden, f"{case.target} Or rather {other['any'][0]}."),
            (required, forbidden, " ".join(str(case.target).split()[: draw.integer(3, 9)])),
        ]
        return [
            replace(case, target=target, extra={**case.extra, "required": r, "forbidden": f})
            for r, f, target in changed
        ]


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
