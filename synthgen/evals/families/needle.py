"""A long text and a question whose answer stands in one of its sentences.

    family: needle

A grid of lengths and depths: haystacks of everyday sentences, one needle (a fact with a unique value), and in some
decoys (the same kind of fact about something alike). Lengths are in tokens of four characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from synthgen.evalcase import EvalCase, Piece
from synthgen.evals.base import BaseFamily, EvalBuild, FamilyParams, Record, Room, Turn
from synthgen.evals.documents.values import DATES, NOTES, Style, spell
from synthgen.evals.draw import Draw
from synthgen.evals.wording import fill, merged

_FILE = Path(__file__).parents[1] / "templates" / "needle.yaml"
CHARACTERS = 4
"""Characters of a token: the rule of thumb for English, so that a set needs no model's tokenizer."""
TOLERANCE = 0.06
"""How far a needle may stand from its depth, as a share of the text: about one sentence of the shortest one."""
PEOPLE = 5  # people of the cast in one haystack
_SLOT = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=1)
def _read() -> Mapping[str, Any]:
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


class NeedleParams(FamilyParams):
    """Parameters of needle."""

    lengths: tuple[int, ...] = Field(
        default=(500, 2000, 8000), min_length=1, description="Lengths of the text, in tokens of four characters."
    )
    depths: tuple[float, ...] = Field(
        default=(0, 0.25, 0.5, 0.75, 1), min_length=1, description="Where the needle stands: 0 is the start, 1 the end."
    )
    decoys: int = Field(default=3, ge=0, le=5, description="Decoys at most; a third of the texts has none.")


@dataclass(frozen=True)
class _Fact:
    """A needle or a decoy: its sentence, what it is about, and its value."""

    pieces: Sequence[Piece]
    key: str
    value: str


class Needle(BaseFamily[NeedleParams]):
    """Questions about one sentence of a long text.

    family: needle
    """

    Params = NeedleParams
    scorer = "synthgen.scoring.contains"
    instruction = (
        "Answer the question at the end with what the text says. Give the value alone, as it is written, without a "
        "sentence around it."
    )

    def __init__(self, params: NeedleParams, build: EvalBuild) -> None:
        super().__init__(params, build)
        build.wants("@people", "full_name")
        for i, length in enumerate(params.lengths):
            if not 300 <= length <= 200_000:
                message = f"a text of {length} tokens cannot be made"
                raise build.fail("bad-length", message, "write 300 to 200000", "lengths", i)
        for i, depth in enumerate(params.depths):
            if not 0 <= depth <= 1:
                raise build.fail("bad-depth", f"{depth:g} is no depth", "write 0 (start) to 1 (end)", "depths", i)

    # -- rendering

    def render(self, turn: Turn, room: Room) -> EvalCase | None:
        """One text with its needle at the depth that is due, and the question."""
        draw, lengths, depths = turn.draw, self.params.lengths, self.params.depths
        cell = turn.cell(len(lengths) * len(depths), "grid")
        length, depth = lengths[cell // len(depths)], depths[cell % len(depths)]
        kind = _read()["needles"][turn.cell(len(_read()["needles"]), "needle")]
        count = draw.child("decoys").integer(1, self.params.decoys) if self.params.decoys else 0
        count *= draw.child("some").chance(2 / 3)
        facts = self._facts(kind, count + 1, room, draw.child("facts"))
        needle, decoys = facts[0], facts[1:]
        pool = room.pool("@people", turn.split)
        people = [room.record("@people", draw.child("person", i).pick(pool)) for i in range(PEOPLE)]
        budget = length * CHARACTERS - sum(_size(f.pieces) + 2 for f in facts)
        hay = self._hay(budget, people, draw.child("hay"))
        for decoy in decoys:
            hay.insert(draw.child("place", decoy.key).below(len(hay) + 1), decoy.pieces)
        pieces = [*_set_in(hay, needle.pieces, depth, draw.child("paragraphs")), Piece("\n\nQuestion: ")]
        question = draw.child("ask").pick(kind["ask"]).replace("{key}", needle.key)
        pieces.append(Piece(question[0].upper() + question[1:], "question"))
        names = {p.text for p in pieces if p.label == "full_name"}
        used = tuple(dict.fromkeys(r.source for r in people if r["full_name"] in names))
        hard = length > 4000 or len(decoys) > 1
        return self.case(
            turn, merged(pieces), needle.value,
            difficulty="easy" if length <= 1000 and not decoys else "hard" if hard else "medium",
            slices={"length": str(length), "depth": f"{depth:g}", "decoys": str(len(decoys))},
            sources=used,
            extra={"decoys": [d.value for d in decoys], "length": length, "depth": depth, "key": needle.key},
        )  # fmt: skip

    @staticmethod
    def _facts(kind: Mapping[str, Any], count: int, room: Room, draw: Draw) -> list[_Fact]:
        """Facts of one kind about different things, with values none of which holds another."""
        found: list[_Fact] = []
        for thing in draw.sample(_read()["things"], count):
            key = kind["key"].replace("{thing}", thing)
            values = (_value(kind["value"], room, draw) for _ in range(50))
            value = next(v for v in values if not any(v in f.value or f.value in v for f in found))
            parts = {"key": Piece(key, "fact.key"), "value": Piece(value, "fact.value")}
            found.append(_Fact(fill(draw.pick(kind["say"]), parts), key, value))
        return found

    @staticmethod
    def _hay(budget: int, people: Sequence[Record], draw: Draw) -> list[Sequence[Piece]]:
        """Sentences, by topics, that fill a budget of characters; the people stand in the first that name one."""
        data, found, left = _read(), list[Sequence[Piece]](), budget
        names = [r.piece("full_name") for r in people]
        while True:
            topic: Sequence[str] = data["topics"][draw.pick(tuple(data["topics"]))]
            for template in draw.sample(topic, draw.integer(3, 7)):
                values: dict[str, Piece | str] = {}
                if "{person}" in template:
                    values["person"] = names.pop() if names else Piece("somebody")
                text = _SLOT.sub(
                    lambda m: m.group() if m.group(1) == "person" else str(draw.pick(data["words"][m.group(1)])),
                    template,
                )
                text = re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", text)
                sentence = fill(text[0].upper() + text[1:], values)
                if sentence[0].text == "somebody":
                    sentence[0] = Piece("Somebody")
                size = _size(sentence) + 1
                if size + 20 > left:
                    return found
                left -= size
                found.append(sentence)

    # -- proof

    def prove(self, case: EvalCase, room: Room) -> list[str]:
        """The value stands once, where the key stands; decoys differ; the length is kept and the depth met."""
        question = case.spans[-1].value
        text = case.input[: case.spans[-1].start].rpartition("\n\n")[0]
        value, key = str(case.target), str(case.extra["key"])
        found = []
        if _count(value, text) != 1 or _count(value, question):
            found.append("the value does not stand once in the text")
        if _count(key, text) != 1 or _count(key, question) != 1:
            found.append("what is asked for does not stand once in the text and once in the question")
        said = re.findall(rf"{re.escape(key)} is (.+?)\.(?=\s|$)", text)
        if case.variant:  # whose wording may have lost its full stops
            said = [b.value for a, b in pairwise(case.spans) if a.value == key and 0 < b.start - a.end < 8]
        if said != [value]:
            found.append("the sentence about what is asked for gives another value")
        facts = [s.value for s in case.spans if s.label == "fact.value"]
        if sorted(facts) != sorted([value, *case.extra["decoys"]]):
            found.append("the decoys are not those in the text")
        if any(value in decoy or decoy in value for decoy in case.extra["decoys"]):
            found.append("the value and a decoy hold each other")
        if case.variant:
            return found
        tokens = len(text) / CHARACTERS
        if not 0.9 * case.extra["length"] <= tokens <= case.extra["length"]:
            found.append("the text is not as long as its slice says")
        start = max(text.rfind(". ", 0, text.find(key)) + 1, text.rfind("\n", 0, text.find(key)), 0)
        stop = text.find(value) + len(value) + 1
        place = start / max(1, len(text) - (stop - start))
        if abs(place - case.extra["depth"]) > TOLERANCE:
            found.append("the needle does not stand at its depth")
        if case.slices["depth"] != f"{case.extra['depth']:g}" or case.slices["length"] != str(case.extra["length"]):
            found.append("the slices are not those of the case")
        return found

    def null(self, case: EvalCase, draw: Draw) -> str:
        """No value."""
        return "The text does not say."

    def mutants(self, case: EvalCase, draw: Draw) -> list[EvalCase]:
        """A decoy's value, a value with one character wrong or missing, another depth, another length."""
        value = str(case.target)
        place = draw.below(len(value))
        swapped = chr(ord(value[place]) + 1) if value[place] not in "9zZ" else "a"
        wrong = [f"{value[:place]}{swapped}{value[place + 1 :]}", value[:-1], *case.extra["decoys"][:1]]
        found = [replace(case, target=t) for t in wrong]
        depth = 1 - case.extra["depth"] if case.extra["depth"] != 0.5 else 0.2
        found.append(replace(case, extra={**case.extra, "depth": depth}))
        found.append(replace(case, extra={**case.extra, "length": case.extra["length"] * 2}))
        return found


def _size(pieces: Sequence[Piece]) -> int:
    return sum(len(p.text) for p in pieces)


def _count(part: str, text: str) -> int:
    return len(re.findall(rf"(?<![\w-]){re.escape(part.casefold())}(?![\w-])", text.casefold()))


def _value(kind: str, room: Room, draw: Draw) -> str:
    """A value of the kind, in a spelling that no haystack sentence has."""
    if kind == "code":
        return f"{draw.pick('KQXZV')}{draw.pick('BDLMT')}-{draw.integer(1000, 9999)}-{draw.pick('ABCDEF')}"
    if kind == "number":
        return str(draw.integer(10_000, 9_999_999))
    if kind == "decimal":
        return f"{draw.integer(20, 999)}.{draw.integer(1, 9)}"
    if kind == "phrase":
        first, second = _read()["phrases"]
        return f"{draw.pick(first)}-{draw.pick(second)}-{draw.integer(10, 99)}"
    day = room.clock.date().replace(
        year=room.clock.year + draw.integer(0, 3), month=draw.integer(1, 12), day=draw.integer(1, 28)
    )
    return spell(day, "date", Style(date=draw.pick([d for d in DATES if d not in (*NOTES, "iso")])))


def _set_in(hay: Sequence[Sequence[Piece]], needle: Sequence[Piece], depth: float, draw: Draw) -> list[Piece]:
    """The sentences in paragraphs, the needle before the sentence that begins nearest to the depth."""
    starts = [0]
    for sentence in hay:
        starts.append(starts[-1] + _size(sentence) + 1)
    wanted = depth * starts[-1]
    place = min(range(len(starts)), key=lambda i: abs(starts[i] - wanted))
    lines = [*hay[:place], needle, *hay[place:]]
    found: list[Piece] = []
    left = draw.integer(3, 8)
    for i, line in enumerate(lines):
        if i:
            left -= 1
            found.append(Piece(" " if left else "\n"))
            left = left or draw.integer(3, 8)
        found += line
    return merged(found)
