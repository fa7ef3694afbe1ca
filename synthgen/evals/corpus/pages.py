"""A made-up firm's pages: policies with their versions, products, service classes and tickets, from plain facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from synthgen.evals.draw import Draw
from synthgen.evals.toolbox.spelling import spell_date

Kind = Literal["policy", "product", "class", "ticket"]
PREFIX = {"policy": "POL", "product": "PRD", "class": "SVC", "ticket": "REC"}
SHORT = {
    "grams": "g", "watts": "W", "centimetres": "cm", "millimetres": "mm", "decibels": "dB", "percent": "%",
    "minutes": "min", "seconds": "s", "hours": "h",
}  # fmt: skip
_FILE = Path(__file__).parents[1] / "templates" / "rag_qa.yaml"


@lru_cache(maxsize=1)
def data() -> Mapping[str, Any]:
    """Sentences, attributes and questions."""
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class Attribute:
    """Something that pages state of their subject: a whole number of a unit. A policy's attributes have its `topic`."""

    name: str
    kind: Kind
    topic: str
    words: str
    unit: str
    low: int
    high: int
    say: tuple[str, ...] = field(repr=False)
    ask: tuple[str, ...] = field(repr=False)

    def text(self, number: int) -> str:
        """A value as pages write it."""
        return f"${number}" if self.unit == "$" else f"{number} {self.unit}"

    def accepted(self, number: int) -> list[str]:
        """All answers that count as this value."""
        if self.unit == "$":
            return [f"${number}", f"${number}.00", f"{number} dollars", str(number)]
        short = [f"{number} {SHORT[self.unit]}", f"{number}{SHORT[self.unit]}"] if self.unit in SHORT else []
        return [f"{number} {self.unit}", str(number), *short]


@lru_cache(maxsize=1)
def attributes() -> Mapping[str, Attribute]:
    """Every attribute by name."""
    groups: list[tuple[Kind, str, Mapping[str, Any]]] = [
        ("policy", topic, spec["attributes"]) for topic, spec in data()["policies"].items()
    ]
    groups += [("product", "", data()["products"]["attributes"]), ("class", "", data()["classes"]["attributes"])]
    groups.append(("ticket", "", data()["tickets"]["attributes"]))
    found = {}
    for kind, topic, specs in groups:
        for name, s in specs.items():
            low, high = s["range"]
            found[name] = Attribute(
                name, kind, topic, s["words"], s["unit"], low, high, tuple(s["say"]), tuple(s["ask"])
            )
    return found


@dataclass(frozen=True)
class Page:
    """One page: what it is about, what it states, and its text. `since` is a policy version's first day."""

    id: str
    kind: Kind
    subject: str
    topic: str
    since: date | None
    facts: Mapping[str, int] = field(hash=False)
    leads: str
    title: str
    text: str


@dataclass(frozen=True)
class Corpus:
    """All pages of one firm."""

    pages: tuple[Page, ...]

    def of(self, kind: Kind) -> list[Page]:
        """Pages of a kind."""
        return [p for p in self.pages if p.kind == kind]

    def versions(self, page: Page) -> list[Page]:
        """All pages on the same subject, by date: the versions of a policy; else the page alone."""
        same = [p for p in self.pages if (p.kind, p.subject, p.topic) == (page.kind, page.subject, page.topic)]
        return sorted(same, key=lambda p: p.since or date.min)

    def in_force(self, page: Page, day: date) -> Page | None:
        """The version of a policy that counts on a day."""
        known = [p for p in self.versions(page) if p.since is not None and p.since <= day]
        return known[-1] if known else None


@lru_cache(maxsize=16)
def corpus(names: tuple[str, ...], today: date, kinds: tuple[str, ...]) -> Corpus:
    """The pages of the firm with these names (its record's source and values), the same at every call."""
    draw = Draw("corpus", *names)
    drafts: list[_Draft] = []
    if "policies" in kinds:
        drafts += _policies(draw.child("policies"), today)
    if "products" in kinds:
        classes = draw.sample(data()["classes"]["names"], 4)
        drafts += [_plain("class", name, draw.child(name), 4) for name in classes]
        products = _codes(draw.child("codes"), 12)
        drafts += [_plain("product", c, draw.child(c), 5, draw.child(c, "class").pick(classes)) for c in products]
        if "tickets" in kinds:
            drafts += list(_tickets(draw.child("tickets"), products, today))
    numbered = draw.child("ids").shuffled(range(100, 1000))
    pages = [
        _written(d, f"{PREFIX[d.kind]}-{n}", draw.child("page", i))
        for i, (d, n) in enumerate(zip(drafts, numbered, strict=False))
    ]
    return Corpus(tuple(pages))


@dataclass(frozen=True)
class _Draft:
    kind: Kind
    subject: str
    facts: Mapping[str, int]
    topic: str = ""
    since: date | None = None
    leads: str = ""


def _values(names: Sequence[str], draw: Draw) -> dict[str, int]:
    """Values of attributes, no number twice."""
    found: dict[str, int] = {}
    for name in names:
        a = attributes()[name]
        number = draw.integer(a.low, a.high)
        for _ in range(30):
            if number not in found.values():
                break
            number = draw.integer(a.low, a.high)
        found[name] = number
    return found


def _policies(draw: Draw, today: date) -> Iterator[_Draft]:
    """Three branches of five policies, in one to three versions; the last may still lie ahead."""
    for topic in draw.sample(list(data()["policies"]), 5):
        names = list(data()["policies"][topic]["attributes"])
        for branch in draw.sample(data()["branches"], 3):
            part = draw.child(topic, branch)
            stated = part.sample(names, 4)
            count = part.weighted({1: 5, 2: 3, 3: 2})
            ahead = count > 1 and part.chance(0.35)
            day = (
                today + timedelta(days=part.integer(20, 200))
                if ahead
                else today - timedelta(days=part.integer(20, 300))
            )
            values = _values(stated, part)
            for _ in range(count):
                yield _Draft("policy", branch, dict(values), topic, day)
                day -= timedelta(days=part.integer(230, 500))
                changed = part.sample(stated, part.integer(2, 4))
                values = {
                    n: v if n not in changed else _values([n], part.child("older", day.toordinal(), n))[n]
                    for n, v in values.items()
                }


def _plain(kind: Kind, subject: str, draw: Draw, count: int, leads: str = "") -> _Draft:
    names = [a.name for a in attributes().values() if a.kind == kind]
    return _Draft(kind, subject, _values(draw.sample(names, count), draw), leads=leads)


def _codes(draw: Draw, count: int) -> list[str]:
    """Model codes, several of one category."""
    categories = draw.sample(list(data()["products"]["categories"]), 5)
    found: dict[str, None] = {}
    while len(found) < count:
        found[f"{draw.pick(categories)}-{draw.integer(11, 99) * 10}"] = None
    return list(found)


def _tickets(draw: Draw, products: Sequence[str], today: date) -> Iterator[_Draft]:
    names = [a.name for a in attributes().values() if a.kind == "ticket"]
    numbers = draw.shuffled(range(10_000, 99_999, 37))
    for number in numbers[:12]:
        part = draw.child(number)
        day = today - timedelta(days=part.integer(3, 360))
        facts = _values(part.sample(names, 3), part)
        yield _Draft("ticket", f"TCK-{number}", facts, since=day, leads=part.pick(products))


def _written(draft: _Draft, id_: str, draw: Draw) -> Page:
    """A page in sentences: what it is about first, then facts among sentences that state none."""
    d = data()
    day = spell_date(draft.since, draw) if draft.since else ""
    title, first = "", draw.pick(d["headers"][draft.kind])
    middle = [
        draw.pick(attributes()[n].say).replace("{value}", attributes()[n].text(v)) for n, v in draft.facts.items()
    ]
    if draft.kind == "policy":
        name = d["policies"][draft.topic]["title"]
        title = f"{name.capitalize()}, {draft.subject} branch"
        first = first.replace("{title}", name).replace("{branch}", draft.subject)
    elif draft.kind == "product":
        title = f"Model {draft.subject}"
        first = first.replace("{code}", draft.subject).replace(
            "{category}", d["products"]["categories"][draft.subject[:2]]
        )
        middle.append(draw.pick(d["relation"]).replace("{name}", draft.leads))
    elif draft.kind == "class":
        title = f"Service class {draft.subject}"
        first = first.replace("{name}", draft.subject)
    else:
        title = f"Ticket {draft.subject}"
        first = first.replace("{ticket}", draft.subject).replace("{code}", draft.leads)
        middle.append(draw.pick(d["tickets"]["complaint"]))
    middle += draw.sample(d["filler"][draft.kind], draw.integer(1, 2))
    text = " ".join([first.replace("{date}", day), *draw.shuffled(middle)])
    return Page(id_, draft.kind, draft.subject, draft.topic, draft.since, draft.facts, draft.leads, title, text)
