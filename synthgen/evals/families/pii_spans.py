"""A text in, the places of its personal data out.

    family: pii_spans
    from: customers

Texts of many kinds (chats, mails, logs, forms, tables, ...) hold people from the recipe's table and from the cast. All
mentions are labelled, in every spelling; what only looks like personal data is not; some hold none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from synthgen.errors import did_you_mean
from synthgen.evalcase import EvalCase, Json, Piece, text_of
from synthgen.evals.base import BaseFamily, EvalBuild, FamilyParams, Record, Room, Turn
from synthgen.evals.documents import mentions
from synthgen.evals.documents.mentions import Looks, Person
from synthgen.evals.draw import Draw
from synthgen.evals.phrasing import REGISTERS, dress
from synthgen.evals.wording import joined, merged

_FILE = Path(__file__).parents[1] / "templates" / "pii_spans.yaml"
ENTITIES = (
    "PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "LOCATION", "CREDIT_CARD", "IBAN_CODE", "NATIONAL_ID", "IP_ADDRESS",
    "MAC_ADDRESS", "DATE_OF_BIRTH",
)  # fmt: skip
"""What texts hold. A national id is called US_SSN where all of a recipe's locales are of the United States."""
FIRM = ("company",)


@lru_cache(maxsize=1)
def texts() -> Mapping[str, Mapping[str, Any]]:
    """The kinds of texts of the data file."""
    read: dict[str, dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return read


class PiiSpansParams(FamilyParams):
    """Parameters of pii_spans."""

    from_: str | None = Field(
        default=None,
        alias="from",
        description="Table with personal data whose rows the texts are about. Default: the cast.",
    )
    entities: tuple[str, ...] = Field(
        default=(), description="Entities to find; others may stand in the text. Default: all."
    )
    kinds: tuple[str, ...] = Field(default=(), description=f"Kinds of texts, of: {', '.join(texts())}. Default: all.")
    negatives: float = Field(default=0.12, ge=0, lt=1, description="Share of texts without personal data.")


@dataclass
class _People:
    """Who may stand in one text: `a` is from the recipe's table, the others are from the cast."""

    known: Mapping[str, Person]
    looks: Looks
    national: str
    asked: frozenset[str]

    def pieces(self, slot: str) -> list[Piece]:
        """A slot as pieces: values of entities that are asked for carry the entity as label."""
        who, _, what = slot.partition(".")
        if who == "x":
            return self.looks.pieces(what)
        return [mentions.relabelled(p, self.national, self.asked) for p in self.known[who].pieces(what)]

    def fill(self, template: str, row: str = "a") -> list[Piece]:
        """A line with its slots filled; `{p. }` is the person of the row."""
        found: list[Piece] = []
        at = 0
        for match in re.finditer(r"\{([abcdpx]\.[a-z]+)\}", template):
            slot = match.group(1)
            found.append(Piece(template[at : match.start()]))
            found += self.pieces(row + slot[1:] if slot[0] == "p" else slot)
            at = match.end()
        return merged([*found, Piece(template[at:])])


class PiiSpans(BaseFamily[PiiSpansParams]):
    """Texts with personal data, with the place of every mention.

    family: pii_spans
    """

    Params = PiiSpansParams
    scorer = "synthgen.scoring.spans"

    def __init__(self, params: PiiSpansParams, build: EvalBuild) -> None:
        super().__init__(params, build)
        build.wants("@people", *mentions.CAST)
        build.wants("@firms", *FIRM)
        self.national = "US_SSN" if all(x.endswith("_US") for x in build.locales) else "NATIONAL_ID"
        known = [self.national if e == "NATIONAL_ID" else e for e in ENTITIES]
        self.slot_entities = mentions.SLOT_ENTITIES | {"national": self.national}
        self.columns: Mapping[str, str] = {}
        if params.from_ is not None:
            declared = build.declares(params.from_)
            self.columns = mentions.columns({c: d.entity for c, d in declared.items()})
            if not self.columns:
                remedy = "declare its columns: `entities: {person: [...]}`, or `pii:` of a column"
                raise build.fail("no-pii", f"{params.from_} declares no personal data", remedy, "from")
            build.wants(params.from_, *self.columns.values())
        for i, name in enumerate(params.entities):
            if name not in known:
                raise build.fail("unknown-entity", f"no text holds a {name}", did_you_mean(name, known), "entities", i)
        for i, name in enumerate(params.kinds):
            if name not in texts():
                raise build.fail("unknown-kind", f"there is no kind '{name}'", did_you_mean(name, texts()), "kinds", i)
        self.entities = params.entities or tuple(known)
        self.instruction = (
            "Find the personal data in the text. Entities: "
            + ", ".join(self.entities)
            + ". Answer with JSON alone: a list "
            'of {"entity", "start", "end", "text"} in reading order, one for each mention, with places in characters '
            "counted from 0 and `end` exclusive; [] if there is none. Titles such as Dr. are no part of a name; an "
            "address is one LOCATION; company names, and dates that are not dates of birth, do not count."
        )

    # -- rendering

    def render(self, turn: Turn, room: Room) -> EvalCase | None:
        """One text and its spans; None where a value stands in it unlabelled (a name in a firm's name)."""
        draw = turn.draw
        kinds = self.params.kinds or tuple(texts())
        kind = kinds[turn.cell(len(kinds), "kind")]
        people, records = self._people(turn, room)
        empty = draw.child("negative").chance(self.params.negatives)
        register = ""
        if "sets" in texts()[kind]:
            pieces = self._rows(texts()[kind], people, empty, draw.child("rows"))
        else:
            pieces, register = self._lines(texts()[kind], people, empty, draw.child("lines"))
        target = self.located(pieces)
        used = {source for person in people.known.values() for source in person.used}
        sources = [r for r in records if r.source in used] or records[:1]
        text = "".join(p.text for p in pieces)
        if (not target) != empty or mentions.missed(text, target, self._values(sources)):
            return None
        count = len(target)
        return self.case(
            turn, pieces, target,
            difficulty="hard" if count > 5 or empty else "medium" if count > 2 else "easy",
            slices={"kind": kind, "spans": "none" if empty else "few" if count <= 3 else "many"}
            | ({"register": register} if register else {}),
            sources=tuple(dict.fromkeys(r.source for r in sources)), groups=(records[0].group,),
        )  # fmt: skip

    def located(self, pieces: Sequence[Piece]) -> list[dict[str, Json]]:
        """The gold: where the pieces with an entity's label stand."""
        found: list[dict[str, Json]] = []
        at = 0
        for piece in pieces:
            end = at + len(piece.text)
            if piece.label in self.entities:
                found.append({"entity": piece.label, "start": at, "end": end, "text": piece.text})
            at = end
        return found

    def retarget(self, case: EvalCase) -> Json:
        """The places after a change of wording."""
        return self.located(case.pieces)

    def _people(self, turn: Turn, room: Room) -> tuple[_People, list[Record]]:
        draw, cast = turn.draw, room.pool("@people", turn.split)
        rows = [cast[turn.deal(len(cast), "person")], *(draw.child("person", i).pick(cast) for i in range(3))]
        records = [room.record("@people", row) for row in rows]
        known = {who: Person.of_cast(r, draw.child(who)) for who, r in zip("abcd", records, strict=True)}
        if self.params.from_ is not None:
            pool = room.pool(self.params.from_, turn.split)
            own = room.record(self.params.from_, pool[turn.deal(len(pool), "record")])
            known["a"] = known["a"].called(own, self.columns)
            records.insert(0, own)
        firms = room.pool("@firms", turn.split)
        picks = [room.record("@firms", draw.child("firm", i).pick(firms)) for i in range(6)]
        firm = next((f for f in picks if mentions.plainly_a_firm(str(f["company"]))), None)
        looks = Looks(draw.child("looks"), room.clock, firm)
        return _People(known, looks, self.national, frozenset(self.entities)), records

    def _lines(self, kind: Mapping[str, Any], people: _People, empty: bool, draw: Draw) -> tuple[list[Piece], str]:
        """Lines in random order, those with personal data among those without."""
        plain = draw.sample(kind["plain"], draw.integer(*kind["plain_lines"]) + (2 if empty else 0))
        own = [] if empty else draw.sample(kind["pii"], draw.integer(*kind["lines"]))
        for person in people.known.values():
            person.listed = bool(kind.get("listed"))
        lines = [people.fill(line) for line in draw.shuffled([*plain, *own])]
        if kind.get("by_time"):
            lines.sort(key=text_of)
        if kind.get("dressed"):
            register = draw.pick(REGISTERS)
            name = [] if empty else people.pieces("a.name")
            return dress(joined(lines, " "), draw.child("dress"), register, name=name), register
        head = [people.fill(draw.pick(kind["heads"]))] if "heads" in kind else []
        pieces = joined([*head, *lines], kind["join"])
        return [p if p.label else replace(p, text=p.text.replace(" / visitor:", "\nvisitor:")) for p in pieces], ""

    @staticmethod
    def _rows(kind: Mapping[str, Any], people: _People, empty: bool, draw: Draw) -> list[Piece]:
        """Rows of one set, each about another person."""
        chosen = draw.pick(kind["plain_sets" if empty else "sets"])
        count = draw.integer(*kind["rows"]) + (2 if empty else 0)
        order = "abcd" if draw.chance(0.7) else "bacd"
        rows = [people.fill(chosen["row"], order[i % 4]) for i in range(count)]
        return joined([chosen["head"], *rows], "\n")

    # -- proof

    def prove(self, case: EvalCase, room: Room) -> list[str]:
        """Places, order, entities, values of the records, checksums, and that no mention is left out."""
        found = mentions.placed(case.input, case.target, self.entities)
        if found:
            return found
        records = [room.record(*_row(source)) for source in case.sources]
        slots = [self._slots(r) for r in records]
        for span in case.target:
            if not any(mentions.belongs(span["entity"], span["text"], s, self.slot_entities) for s in slots):
                found.append(f"a {span['entity']} span is no spelling of a record's value")
            found += mentions.checked(span["entity"], span["text"])
        found += mentions.missed(case.input, case.target, self._values(records))
        masked = "".join(f"<{p.label}>" if p.label in self.entities else p.text for p in case.pieces)
        if mentions.masked(case.input, case.target) != masked:
            found.append("the masked text is not the template's")
        return found

    def _slots(self, record: Record) -> dict[str, Any]:
        """A record's values by slot."""
        if record.table == self.params.from_:
            return {slot: record[column] for slot, column in self.columns.items()}
        return {slot: record[column] for column, slot in mentions.CAST_SLOTS.items()}

    def _values(self, records: Sequence[Record]) -> list[tuple[str, Any]]:
        """Slots and values of records that the gold must label wherever they stand."""
        pairs = [(s, v) for record in records for s, v in self._slots(record).items()]
        return [(s, v) for s, v in pairs if v is not None and self.slot_entities[s] in self.entities]

    def null(self, case: EvalCase, draw: Draw) -> str:
        """No personal data at all."""
        return "[]"

    def chance(self, case: EvalCase) -> float:
        """1 for a text without personal data: `null` says so of every text."""
        return float(not case.target)

    def mutants(self, case: EvalCase, draw: Draw) -> list[EvalCase]:
        """Spans shifted, cut, left out, of another entity, joined, or over what is no personal data."""
        return [replace(case, target=t) for t in mentions.mutated(case, self.entities, draw)]


def _row(source: str) -> tuple[str, int]:
    table, _, row = source.rpartition(":")
    return table, int(row)
