"""A question over passages in, a short answer and the passages that it stands on out; or nothing, where there is none.

    family: rag_qa
    passages: 8

Passages are pages of a made-up firm: policies of its branches with all versions, products, service classes and tickets.
Questions take one page, several, a comparison, or the version in force on a day; some have no answer, and some assume
something that is not so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pydantic import Field

from synthgen.errors import did_you_mean
from synthgen.evalcase import EvalCase, Json, Passage
from synthgen.evals.base import BaseFamily, EvalBuild, FamilyParams, Record, Room, Turn
from synthgen.evals.corpus.pages import Attribute, Corpus, Page, attributes, corpus, data
from synthgen.evals.corpus.questions import Asker, Question
from synthgen.evals.corpus.reader import Answer, Query, Stated, answer, query, stated
from synthgen.evals.draw import Draw
from synthgen.evals.phrasing import REGISTERS, dress
from synthgen.evals.toolbox.spelling import MONTHS

KINDS = ("single_hop", "multi_hop", "comparison", "temporal", "unanswerable", "false_premise")
LEVELS = {
    "single_hop": "easy", "comparison": "medium", "unanswerable": "medium", "false_premise": "medium",
    "multi_hop": "hard", "temporal": "hard",
}  # fmt: skip
PARTS = ("policies", "products", "tickets")
SHARED = 12  # questions about one firm's pages
TRIES = 12  # draws for one question
ABOUT = "ABOUT"


class RagQaParams(FamilyParams):
    """Parameters of rag_qa."""

    corpus: tuple[str, ...] = Field(default=PARTS, description="Pages there are: policies, products, tickets.")
    kinds: dict[str, float] | None = Field(
        default=None, description=f"Kinds with weights, of: {', '.join(KINDS)}. Default: all alike."
    )
    passages: int = Field(default=8, ge=4, le=24, description="Passages of each case, 4 to 24.")


class RagQa(BaseFamily[RagQaParams]):
    """Questions over passages, with answers and passage ids.

    family: rag_qa
    """

    Params = RagQaParams
    scorer = "synthgen.scoring.answer"
    instruction = (
        "Answer the question from the passages alone, as briefly as you can: a value with its unit, or a name. Reply "
        'with JSON: {"answer": "...", "passages": ["ids of the passages that the answer stands on"]}. If the passages '
        "do not state the answer, or the question assumes something that they contradict or do not know, the answer is "
        "null."
    )

    def __init__(self, params: RagQaParams, build: EvalBuild) -> None:
        super().__init__(params, build)
        for i, part in enumerate(params.corpus):
            if part not in PARTS:
                raise build.fail("unknown-part", f"there are no pages '{part}'", did_you_mean(part, PARTS), "corpus", i)
        if not {"policies", "products"} & set(params.corpus):
            raise build.fail("no-pages", "there is nothing to ask about", "add policies or products", "corpus")
        if "tickets" in params.corpus and "products" not in params.corpus:
            raise build.fail("no-products", "tickets are about products", "add products", "corpus")
        needs = {"multi_hop": "products", "temporal": "policies"}
        possible = [k for k in KINDS if needs.get(k, params.corpus[0]) in params.corpus]
        self.weights = dict(params.kinds or dict.fromkeys(possible, 1.0))
        for kind, weight in self.weights.items():
            if kind not in KINDS:
                raise build.fail("unknown-kind", f"there is no kind '{kind}'", did_you_mean(kind, KINDS), "kinds", kind)
            if weight < 0 or not sum(self.weights.values()) > 0:
                raise build.fail("bad-weight", "weights of kinds are positive", "write 1", "kinds", kind)
            if kind not in possible and weight > 0:
                raise build.fail("no-pages", f"{kind} needs {needs[kind]}", f"add {needs[kind]}", "corpus")
        build.wants("@firms", "company", "city")
        build.wants("@people", "first_name")

    # -- rendering

    def render(self, turn: Turn, room: Room) -> EvalCase | None:
        """One question with its passages; None where these draws give none."""
        firms = room.pool("@firms", turn.split)
        firm = room.record("@firms", firms[turn.rank // SHARED % len(firms)])
        asker = Asker(self._corpus(firm, room), room.clock.date())
        alike = len(set(self.weights.values())) == 1
        kinds = list(self.weights)
        kind = kinds[turn.cell(len(kinds), "kind")] if alike else turn.draw.child("kind").weighted(self.weights)
        for again in range(TRIES):
            draw = turn.draw.child("question", again)
            asked = asker.ask(kind, draw)
            pages = self._context(asked, asker.corpus, draw.child("context")) if asked is not None else None
            if asked is not None and pages is not None:
                return self._case(turn, room, firm, kind, asked, pages)
        return None

    def _corpus(self, firm: Record, room: Room) -> Corpus:
        """The firm's pages."""
        return corpus((firm.source, str(firm["company"]), str(firm["city"])), room.clock.date(), self.params.corpus)

    def _context(self, asked: Question, pages: Corpus, draw: Draw) -> list[Page] | None:
        """The pages to show: what the answer takes, what looks like it, and others; none of these with its value."""
        must = list(dict.fromkeys([*asked.gold, *asked.shown]))
        value = asked.attribute.text(asked.number) if asked.number is not None else ""
        if any(_holds(p.text, value) for p in must if p not in asked.gold):
            return None
        if (
            len(asked.gold) > 1
            and not asked.detail.endswith("difference")
            and sum(_holds(p.text, value) for p in asked.gold) > 1
        ):
            return None
        room = self.params.passages - 1 - len(must)
        if room < 0:
            return None
        free = [p for p in draw.shuffled(pages.pages) if p not in must and not _holds(p.text, value)]
        near = [p for p in free if asked.attribute.name in p.facts][: (room + 1) // 2]
        kinds = {p.kind for p in must}
        alike = [p for p in free if p not in near and p.kind in kinds][: room // 4]
        rest = [p for p in free if p not in near and p not in alike]
        return draw.shuffled([*must, *near, *alike, *rest][: self.params.passages - 1])

    def _case(
        self, turn: Turn, room: Room, firm: Record, kind: str, asked: Question, pages: Sequence[Page]
    ) -> EvalCase:
        people = room.pool("@people", turn.split)
        me = room.record("@people", turn.draw.child("me").pick(people))
        draw, register = turn.draw.child("said"), REGISTERS[turn.cell(len(REGISTERS), "register")]
        asides = draw.sample(data()["asides"], draw.pick((0, 1, 1, 2)))
        pieces = dress(asked.pieces, draw.child("dress"), register, asides=asides, name=[me.piece("first_name")])
        about = Passage(ABOUT, _about(firm, room.clock.date(), draw.child("about")), "How to read these pages")
        context = (about, *(Passage(p.id, p.text, p.title) for p in pages))
        text, accepted = _gold(asked.attribute, asked.number, asked.subject)
        target: dict[str, Json] = {"answer": text, "accepted": accepted, "passages": sorted(p.id for p in asked.gold)}
        return self.case(
            turn, pieces, target, difficulty=LEVELS[kind], context=context,
            slices={"kind": kind, "detail": asked.detail, "register": register},
            template=f"rag_qa:{kind}:{asked.attribute.name}", sources=(firm.source,), groups=(firm.group,),
            inserted=(firm.piece("company"),), extra={"kind": kind, "rivals": list(asked.rivals)},
        )  # fmt: skip

    # -- proof

    def prove(self, case: EvalCase, room: Room) -> list[str]:
        """The question and the passages read back: their answer, on these passages and on no others, is the gold."""
        firm = room.record("@firms", int(case.sources[0].rpartition(":")[2]))
        pages = self._corpus(firm, room)
        texts = {p.id: (p.title, p.text) for p in pages.pages}
        shown = [p for p in case.context if p.id != ABOUT]
        found = [] if len(shown) == len(case.context) - 1 else ["the rule of versions does not stand in the context"]
        if any(texts.get(p.id) != (p.title, p.text) for p in shown) or len({p.id for p in shown}) != len(shown):
            return [*found, "a passage is not the firm's"]
        asked, today = query(case.spans), room.clock.date()
        facts = [s for s in map(stated, shown) if s is not None]
        if asked.attribute is None or asked.faults or len(facts) != len(shown):
            return [*found, *asked.faults, "a passage or the question cannot be read"]
        given = answer(asked, facts, today)
        target = case.target
        text, accepted = _gold(asked.attribute, given.number, given.subject)
        if target["answer"] != text or target["accepted"] != accepted:
            found.append("the passages give another answer")
        if sorted(target["passages"]) != sorted(given.pages):
            found.append("the answer stands on other passages")
        if given.known:
            return found + self._needed(asked, given, facts, shown, today)
        return found + self._nowhere(asked, given, facts, pages, today)

    def _needed(
        self, asked: Query, given: Answer, facts: Sequence[Stated], shown: Sequence[Passage], today: date
    ) -> list[str]:
        """Each gold passage is needed, no other one holds the value, and none of several is enough."""
        found = []
        by_id = {f.id: f for f in facts}
        for page in given.pages:
            gone = {page}
            if asked.wants != "value":  # of what is compared, older versions go too
                gone = {f.id for f in facts if (f.subject, f.topic) == (by_id[page].subject, by_id[page].topic)}
            less = answer(asked, [f for f in facts if f.id not in gone], today)
            if (less.number, less.subject) == (given.number, given.subject):
                found.append("the answer can be given without one of its passages")
            if len(given.pages) > 1 and answer(asked, [f for f in facts if f.id == page], today).known:
                found.append("one passage is enough")
        if given.number is not None and asked.wants == "value" and asked.attribute is not None:
            value = asked.attribute.text(given.number)
            if any(_holds(p.text, value) for p in shown if p.id not in given.pages):
                found.append("the value stands in another passage")
        everything = answer(asked, facts, today)
        return found if everything == given else [*found, "the reading is not stable"]

    def _nowhere(self, asked: Query, given: Answer, facts: Sequence[Stated], pages: Corpus, today: date) -> list[str]:
        """Where there is no answer: neither the passages nor the rest of the firm's pages state one."""
        passages = [Passage(p.id, p.text, p.title) for p in pages.pages]
        whole = [s for s in map(stated, passages) if s is not None]
        if asked.wants != "premise":
            return ["another page of the firm states the answer"] if answer(asked, whole, today).known else []
        plain = replace(asked, wants="value")
        stated_value = answer(plain, facts, today).number
        versions = {f.facts[plain.attribute.name] for f in whole if plain.attribute and f.subject in asked.subjects
                    and f.topic == plain.attribute.topic and plain.attribute.name in f.facts}  # fmt: skip
        if stated_value is None or asked.claim is None or asked.claim in versions:
            return ["the question assumes nothing that is not so"]
        return []

    # -- answers

    def oracle(self, case: EvalCase) -> str:
        """The answer and its passages."""
        return json.dumps({"answer": case.target["answer"], "passages": case.target["passages"]}, ensure_ascii=False)

    def null(self, case: EvalCase, draw: Draw) -> str:
        """There is no answer."""
        return "unanswerable"

    def chance(self, case: EvalCase) -> float:
        """No answer is right where there is none."""
        return float(case.target["answer"] is None)

    def mutants(self, case: EvalCase, draw: Draw) -> list[EvalCase]:
        """A value of another page or a stale version, one next to the right one; passages lost or exchanged; none."""
        target, found = case.target, []
        attribute = query(case.spans).attribute or next(iter(attributes().values()))
        facts = [s for s in map(stated, case.context) if s is not None]
        others = [f for f in facts if attribute.name in f.facts and f.id not in target["passages"]]
        wrong = [
            n for n in dict.fromkeys(f.facts[attribute.name] for f in others) if attribute.text(n) != target["answer"]
        ]
        numbers = [draw.pick(wrong)] if wrong else []
        numbers.append(int("".join(re.findall(r"\d+", target["answer"] or "")[:1]) or 7) + 1)
        for number in numbers:
            text, accepted = _gold(attribute, number, "")
            found.append({**target, "answer": text, "accepted": accepted})
        ids = [f.id for f in facts if f.id not in target["passages"]]
        found.append({**target, "passages": [*target["passages"][1:], draw.pick(ids)]})
        if target["answer"] is not None:
            found.append({**target, "answer": None, "accepted": []})
            found.append({**target, "accepted": [*target["accepted"], attribute.text(numbers[-1])]})
            found.append({**target, "passages": target["passages"][1:]})
        return [replace(case, target=t) for t in found]


def _holds(text: str, value: str) -> bool:
    """Whether a value stands in a text, not as part of a longer one."""
    return bool(value) and re.search(rf"(?<![\w$.,]){re.escape(value)}(?!\w|[.,]\d)", text) is not None


def _gold(attribute: Attribute, number: int | None, subject: str) -> tuple[str | None, list[str]]:
    """The answer as text and all that count as it; none for a question without an answer."""
    if number is not None:
        return attribute.text(number), attribute.accepted(number)
    return (subject, [subject]) if subject else (None, [])


def _about(firm: Record, today: date, draw: Draw) -> str:
    """The page that says how versions are to be read."""
    day = f"{today.day} {MONTHS[today.month - 1]} {today.year}"
    text: str = draw.pick(data()["about"])
    return text.replace("{company}", firm.piece("company").text).replace("{today}", day)
