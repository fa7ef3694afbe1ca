"""Questions about a corpus, with their answers from its facts and the pages that must stand in the context."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from synthgen.evalcase import Piece
from synthgen.evals.corpus.pages import Attribute, Corpus, Kind, Page, attributes, data
from synthgen.evals.cues import capital, cued
from synthgen.evals.draw import Draw
from synthgen.evals.toolbox.spelling import spell_date


@dataclass(frozen=True)
class Question:
    """A question: its text, its answer (if it has one), the pages that it takes, and others to be shown."""

    pieces: tuple[Piece, ...]
    attribute: Attribute
    gold: tuple[Page, ...] = ()
    shown: tuple[Page, ...] = ()
    number: int | None = None
    subject: str = ""
    rivals: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True)
class Asker:
    """Asks about one corpus on a day."""

    corpus: Corpus
    today: date

    def ask(self, kind: str, draw: Draw) -> Question | None:
        """A question of a kind; None where these draws give none."""
        asks: Mapping[str, Callable[[Draw], Question | None]] = {
            "single_hop": self.single, "multi_hop": self.multi, "comparison": self.compare, "temporal": self.temporal,
            "unanswerable": self.absent, "false_premise": self.premise,
        }  # fmt: skip
        return asks[kind](draw)

    # -- kinds

    def single(self, draw: Draw) -> Question | None:
        """One value on one page; of policies those with one version."""
        page = self._page(draw)
        if page is None or len(self.corpus.versions(page)) > 1:
            return None
        name = draw.pick(list(page.facts))
        pieces = self._asked(attributes()[name], self._entity(page, draw), draw)
        return Question(pieces, attributes()[name], (page,), number=page.facts[name], detail=page.kind)

    def multi(self, draw: Draw) -> Question | None:
        """From a ticket to its product, from a product to its class, or all the way."""
        tickets = self.corpus.of("ticket")
        way = draw.pick(
            ("product_of_ticket", "class_of_product", "class_of_ticket") if tickets else ("class_of_product",)
        )
        start = draw.pick(tickets if way.endswith("ticket") else self.corpus.of("product"))
        hops = [start]
        for _ in range(2 if way == "class_of_ticket" else 1):
            hops.append(next(p for p in self.corpus.pages if p.subject == hops[-1].leads))
        name = draw.pick(list(hops[-1].facts))
        slot = "ticket" if start.kind == "ticket" else "code"
        entity = cued(draw.pick(data()["entities"][way]), {slot: Piece(start.subject, "entity")})
        pieces = self._asked(attributes()[name], entity, draw)
        return Question(pieces, attributes()[name], tuple(hops), number=hops[-1].facts[name], detail=way)

    def compare(self, draw: Draw) -> Question | None:
        """Two products, or two branches under one policy: which is ahead, or by how much."""
        kinds: list[Kind] = [k for k in ("policy", "product") if self.corpus.of(k)]
        kind = draw.pick(kinds)
        a, b = self._two(kind, draw)
        if a is None or b is None:
            return None
        both = [n for n in a.facts if n in b.facts and a.facts[n] != b.facts[n]]
        if not both:
            return None
        attribute = attributes()[draw.pick(both)]
        one, two = a.facts[attribute.name], b.facts[attribute.name]
        differ = draw.chance(0.4)
        template: str = draw.pick(data()["compare"]["difference" if differ else kind]).replace(
            "{words}", attribute.words
        )
        pieces = cued(template, {"a": Piece(a.subject, "entity"), "b": Piece(b.subject, "entity")})
        gold, rest = (a, b), tuple(v for p in (a, b) for v in self.corpus.versions(p) if v not in (a, b))
        if differ:
            return Question(tuple(pieces), attribute, gold, rest, abs(one - two), detail=f"{kind}_difference")
        first = (one > two) == ("[more" in template)
        subject, other = (a.subject, b.subject) if first else (b.subject, a.subject)
        return Question(tuple(pieces), attribute, gold, rest, None, subject, (other,), f"{kind}_which")

    def temporal(self, draw: Draw) -> Question | None:
        """A policy with several versions, which do not agree: today, or on an earlier day."""
        many = [p for p in self.corpus.of("policy") if len(self.corpus.versions(p)) > 1]
        if not many:
            return None
        versions = self.corpus.versions(draw.pick(many))
        now, day = draw.chance(0.6), self.today
        if not now:
            old = draw.pick([v for v in versions if v.since and v.since < self.today])
            day = (old.since or day) + timedelta(days=draw.integer(1, 200))
            day = min(day, self.today - timedelta(days=1))
        page = self.corpus.in_force(versions[0], day)
        if page is None:
            return None
        names = [n for n in page.facts if all(v.facts[n] != page.facts[n] for v in versions if v is not page)]
        if not names:
            return None
        attribute = attributes()[draw.pick(names)]
        lead = draw.pick(data()["now"]) if now else draw.pick(data()["as_of"])
        before = cued(lead, {"date": Piece(spell_date(day, draw), "day")}) if lead else []
        asked = self._asked(attribute, self._entity(page, draw), draw)
        asked = tuple(capital(asked)) if not lead or not now else _lowered(asked)
        rest = tuple(v for v in versions if v is not page)
        detail = "now" if now else "on_a_day"
        return Question((*before, *asked), attribute, (page,), rest, page.facts[attribute.name], detail=detail)

    def absent(self, draw: Draw) -> Question | None:
        """An attribute that no page states of its subject, though pages on others do."""
        page = self._page(draw)
        if page is None:
            return None
        alike = [a for a in attributes().values() if (a.kind, a.topic) == (page.kind, page.topic)]
        missing = [a for a in alike if a.name not in page.facts]
        stated = [a for a in missing if any(a.name in p.facts for p in self.corpus.pages)]
        if not stated:
            return None
        attribute = draw.pick(stated)
        pieces = self._asked(attribute, self._entity(page, draw), draw)
        return Question(pieces, attribute, shown=tuple(self.corpus.versions(page)), detail=page.kind)

    def premise(self, draw: Draw) -> Question | None:
        """A question about something that does not exist, or that takes a value for given which is another."""
        if draw.chance(0.5):
            return self._unknown(draw)
        kinds: list[Kind] = [k for k in ("policy", "product") if self.corpus.of(k)]
        kind = draw.pick(kinds)
        page = draw.pick(self.corpus.of(kind))
        versions = self.corpus.versions(page)
        current = self.corpus.in_force(page, self.today) if kind == "policy" else page
        if current is None:
            return None
        attribute = attributes()[draw.pick(list(current.facts))]
        held = {v.facts[attribute.name] for v in versions}
        claims = {p.facts[attribute.name] for p in self.corpus.pages if attribute.name in p.facts} - held
        claim = (
            draw.pick(sorted(claims)) if claims and draw.chance(0.6) else draw.integer(attribute.low, attribute.high)
        )
        if claim in held:
            return None
        template = draw.pick(data()["premise"][kind]).replace("{words}", attribute.words)
        values = {"entity": Piece(page.subject, "entity"), "claim": Piece(attribute.text(claim), "claim")}
        rest = tuple(v for v in versions if v is not current)
        return Question(tuple(cued(template, values)), attribute, (current,), rest, detail="wrong_value")

    def _unknown(self, draw: Draw) -> Question | None:
        """Something that looks like a subject of the corpus and is none."""
        page = self._page(draw)
        if page is None or page.kind == "class":
            return None
        known = {p.subject for p in self.corpus.pages if p.kind == page.kind and p.topic == page.topic}
        if page.kind == "policy":
            subject = draw.pick([b for b in data()["branches"] if b not in known])
        elif page.kind == "product":
            subject = f"{page.subject[:2]}-{draw.integer(11, 99) * 10}"
        else:
            subject = f"TCK-{draw.integer(10_000, 99_999)}"
        if subject in known:
            return None
        attribute = attributes()[draw.pick(list(page.facts))]
        entity = self._entity(page, draw, subject)
        return Question(self._asked(attribute, entity, draw), attribute, shown=(page,), detail=f"unknown_{page.kind}")

    # -- parts

    def _page(self, draw: Draw) -> Page | None:
        """A page, each kind alike."""
        kinds: list[Kind] = [k for k in ("policy", "product", "class", "ticket") if self.corpus.of(k)]
        return draw.pick(self.corpus.of(draw.pick(kinds)))

    def _two(self, kind: Kind, draw: Draw) -> tuple[Page | None, Page | None]:
        """Two pages that can be compared: products, or versions in force of two branches."""
        if kind == "product":
            one, two = draw.sample(self.corpus.of("product"), 2)
            return one, two
        page = draw.pick(self.corpus.of("policy"))
        others = [p for p in self.corpus.of("policy") if p.topic == page.topic and p.subject != page.subject]
        other = draw.pick(others)
        return self.corpus.in_force(page, self.today), self.corpus.in_force(other, self.today)

    def _entity(self, page: Page, draw: Draw, subject: str = "") -> list[Piece]:
        """How a question points at the subject of a page."""
        name = Piece(subject or page.subject, "entity")
        if page.kind == "policy":
            return [name]
        slot = {"product": "code", "class": "name", "ticket": "ticket"}[page.kind]
        return cued(draw.pick(data()["entities"][page.kind]), {slot: name})

    @staticmethod
    def _asked(attribute: Attribute, entity: Sequence[Piece], draw: Draw) -> tuple[Piece, ...]:
        return tuple(cued(draw.pick(attribute.ask), {"entity": list(entity)}))


def _lowered(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The question as it stands after a colon."""
    first, *rest = pieces
    if first.label:
        return tuple(pieces)
    return (Piece(first.text[:1].lower() + first.text[1:]), *rest)
