"""Reads pages and questions back: sentences to facts, a question to a query, and the query to its answer.

The reader sees texts and labelled spans only. Sentences are matched against the templates in reverse, one expression
each; what a sentence does not match states no fact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from synthgen.evalcase import Passage, Span
from synthgen.evals.corpus.pages import Attribute, Kind, attributes, data
from synthgen.evals.cues import cues
from synthgen.evals.toolbox.spelling import read_date

_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z])")
_SLOT = re.compile(r"\\\{(\w+)\\\}")
_VALUE = re.compile(r"\$(\d+)|(\d+) ([a-z ]+)")


@dataclass(frozen=True)
class Stated:
    """What a page states, as it reads."""

    id: str
    kind: Kind
    subject: str
    topic: str
    since: str
    facts: Mapping[str, int]
    leads: str


@dataclass
class Query:
    """A question as it reads: which attribute, of what, on which day, and what it does with the values."""

    attribute: Attribute | None = None
    subjects: list[str] = field(default_factory=list)
    day: str = ""
    wants: str = "value"  # value, more, less, differ or premise
    claim: int | None = None
    faults: list[str] = field(default_factory=list)


def _expression(template: str) -> re.Pattern[str]:
    return re.compile(_SLOT.sub(r"(?P<\1>.+?)", re.escape(template)))


@lru_cache(maxsize=1)
def _headers() -> list[tuple[Kind, re.Pattern[str]]]:
    return [(kind, _expression(t)) for kind, ts in data()["headers"].items() for t in ts]


@lru_cache(maxsize=1)
def _says() -> list[tuple[Attribute, re.Pattern[str]]]:
    return [(a, _expression(t)) for a in attributes().values() for t in a.say]


@lru_cache(maxsize=4096)
def stated(passage: Passage) -> Stated | None:
    """What a passage states; None for one that is about nothing of the firm (how to read the pages)."""
    first, *rest = _SENTENCE.split(passage.text)
    for kind, pattern in _headers():
        match = pattern.fullmatch(first)
        if match is None:
            continue
        found = match.groupdict()
        subject = {"policy": "branch", "product": "code", "class": "name", "ticket": "ticket"}[kind]
        titles = {spec["title"]: topic for topic, spec in data()["policies"].items()}
        topic = titles.get(found.get("title", ""), "")
        if (kind == "policy") != bool(topic):
            continue
        since = read_date(found["date"]) if "date" in found else ""
        leads = found["code"] if kind == "ticket" else _relation(rest)
        return Stated(passage.id, kind, found[subject], topic, since or "", _facts(kind, topic, rest), leads)
    return None


def _relation(sentences: Sequence[str]) -> str:
    """The service class that a product page names."""
    for sentence in sentences:
        for template in data()["relation"]:
            match = _expression(template).fullmatch(sentence)
            if match is not None:
                return match["name"]
    return ""


def _facts(kind: Kind, topic: str, sentences: Sequence[str]) -> dict[str, int]:
    """Attributes that sentences state."""
    found: dict[str, int] = {}
    for sentence in sentences:
        for attribute, pattern in _says():
            match = pattern.fullmatch(sentence) if (attribute.kind, attribute.topic) == (kind, topic) else None
            number = None if match is None else read_value(attribute, match["value"])
            if number is not None:
                found[attribute.name] = number
    return found


def read_value(attribute: Attribute, text: str) -> int | None:
    """A written value in the attribute's unit; None for anything else."""
    match = _VALUE.fullmatch(text.strip())
    if match is None:
        return None
    if attribute.unit == "$":
        return int(match[1]) if match[1] else None
    return int(match[2]) if match[3] == attribute.unit else None


@lru_cache(maxsize=1)
def _asked() -> Mapping[str, Attribute]:
    """Cues of questions in small letters, and the attribute of each. Raises ValueError for a cue of two."""
    found: dict[str, Attribute] = {}
    for a in attributes().values():
        for cue in dict.fromkeys([a.words, *(c for t in a.ask for c in cues(t))]):
            if found.setdefault(cue.lower(), a) is not a:
                raise ValueError(f"the cue '{cue}' stands for {found[cue.lower()].name} and {a.name}")
    return found


def query(spans: Sequence[Span]) -> Query:
    """The question that labelled spans ask."""
    found = Query()
    for span in spans:
        if span.label == "cue":
            asked = _asked().get(span.value.lower())
            if asked is None or found.attribute not in (None, asked):
                found.faults.append(f"'{span.value}' asks for no one attribute")
            found.attribute = asked
        elif span.label == "entity":
            found.subjects.append(span.value)
        elif span.label == "day":
            found.day = read_date(span.value) or ""
        elif span.label in ("more", "less", "differ"):
            found.wants = span.label
        elif span.label == "claim":
            found.wants = "premise"
            if found.attribute is None:
                found.claim = int("".join(re.findall(r"\d", span.value)) or 0)
            else:
                found.claim = read_value(found.attribute, span.value)
    return found


@dataclass(frozen=True)
class Answer:
    """What a query gives: a number of a unit or a subject, and the pages that it takes; nothing if it has no answer."""

    number: int | None
    subject: str
    pages: frozenset[str]

    @property
    def known(self) -> bool:
        """Whether there is an answer."""
        return self.number is not None or bool(self.subject)


NOTHING = Answer(None, "", frozenset())


def answer(asked: Query, pages: Sequence[Stated], today: date) -> Answer:
    """The answer to a query from pages."""
    if asked.attribute is None or not asked.subjects:
        return NOTHING
    day = asked.day or today.isoformat()
    values = [_value(asked.attribute, s, pages, day) for s in asked.subjects]
    if any(v is None for v in values):
        return NOTHING
    numbers = [v[0] for v in values if v is not None]
    used = frozenset(p for v in values if v is not None for p in v[1])
    if asked.wants == "premise":
        return Answer(None, "", used)
    if asked.wants == "value":
        return Answer(numbers[0], "", used) if len(numbers) == 1 else NOTHING
    if len(numbers) != 2 or numbers[0] == numbers[1]:
        return NOTHING
    if asked.wants == "differ":
        return Answer(abs(numbers[0] - numbers[1]), "", used)
    first = (numbers[0] > numbers[1]) == (asked.wants == "more")
    return Answer(None, asked.subjects[0 if first else 1], used)


def _value(attribute: Attribute, subject: str, pages: Sequence[Stated], day: str) -> tuple[int, tuple[str, ...]] | None:
    """A value and the pages on the way to it: from a ticket to its product, from a product to its class."""
    if attribute.kind == "policy":
        known = [p for p in pages if (p.kind, p.topic, p.subject) == ("policy", attribute.topic, subject)]
        ranked = sorted((p for p in known if p.since <= day), key=lambda p: p.since)
        if not ranked or attribute.name not in ranked[-1].facts:
            return None
        return ranked[-1].facts[attribute.name], (ranked[-1].id,)
    by_subject = {p.subject: p for p in pages if p.kind != "policy"}
    way: list[str] = []
    page = by_subject.get(subject)
    while page is not None and page.kind != attribute.kind:
        way.append(page.id)
        page = by_subject.get(page.leads)
    if page is None or attribute.name not in page.facts:
        return None
    return page.facts[attribute.name], (*way, page.id)
