"""Messages with one label or several, in many registers, with remarks, contrasts and labelled ambiguity."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import combinations
from math import comb
from typing import Any, Literal

from pydantic import Field, field_validator

from synthgen.evalcase import EvalCase, Json, Piece, compact
from synthgen.evals.base import BaseFamily, EvalBuild, FamilyParams, Room, Turn, distinct
from synthgen.evals.draw import Draw
from synthgen.evals.fingerprint import Fingerprint
from synthgen.evals.phrasing import REGISTERS, dress
from synthgen.evals.slot_values import SLOTS, Values, cast, data, fitting
from synthgen.evals.templates_file import DIFFICULTIES, Template, TemplateSet, Wording, gather, read_set
from synthgen.evals.variant import additions
from synthgen.evals.wording import fill, joined
from synthgen.generator import Params

Kind = Literal["plain", "contrast", "ambiguous"]
LENGTHS = {"short": 25, "medium": 60}  # words below which a text is short, or medium


class Multi(Params):
    """Several labels in one message."""

    max: int = Field(default=3, ge=2, le=5, description="write the most labels that one message has, such as 3")


class ClassificationParams(FamilyParams):
    """What a classification eval is made of."""

    labels: list[str] = Field(min_length=2, max_length=100, description="write two or more labels: [billing, bug]")
    from_: str | None = Field(default=None, alias="from", description="write the table whose rows fill the slots")
    templates: str | None = Field(default=None, description="write a file with templates of your own")
    multi: bool | Multi = Field(default=False, description="write {max: 3} for messages with several labels")
    ambiguous: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="write the share of messages with two matters (0.1 unless you say otherwise)",
    )
    hard: float = Field(default=0.3, ge=0, le=1, description="write the share that names other labels' matters")
    registers: dict[str, float] = Field(default_factory=dict, description="write weights, such as {plain: 2, curt: 1}")

    @field_validator("labels")
    @classmethod
    def _labels(cls, value: list[str]) -> list[str]:
        if len(set(value)) < len(value):
            raise ValueError("a label stands in the list twice")
        return value


class Classification(BaseFamily[ClassificationParams]):
    """Text to label: support messages, reviews or notes, with gold that follows from what the text says.

    Example: `{family: classification, labels: [billing, bug, cancellation], cases: 400}`.
    """

    Params = ClassificationParams
    scorer = "synthgen.scoring.label"

    def __init__(self, params: ClassificationParams, build: EvalBuild) -> None:
        super().__init__(params, build)
        cast(build)
        columns: Mapping[str, Any] = {}
        if params.from_ is not None:
            columns = build.columns(params.from_)
            build.wants(params.from_, *columns)
        self.fits = fitting(columns)
        own = None
        if params.templates is not None:
            own = read_set(build.read(params.templates, "templates"), params.templates, (*SLOTS, *columns))
        self.set: TemplateSet = gather(params.labels, own, build.fail)
        self.labels = tuple(params.labels)
        self.leak = self.set.leaks(self.labels)
        self.most = min(params.multi.max if isinstance(params.multi, Multi) else 3, len(self.labels))
        self.weights = self._weights()
        if not self.set.joinable and (params.multi or params.ambiguous):
            key = "multi" if params.multi else "ambiguous"
            message = f"a text of the set {self.set.name} has one label only: two would make a third"
            raise build.fail("one-label", message, f"remove '{key}'", key)
        alone = params.multi or not self.set.joinable
        self.ambiguous = 0.0 if alone else 0.1 if params.ambiguous is None else params.ambiguous
        self.joins = tuple(j for j in data()["and_also"] if not self.leak.search(j))
        self.retractions = tuple(r for r in data()["retractions"] if not self.leak.search(r))
        locale = next(iter(build.locales), "en_US")
        self.currency = "$" if locale == "en_US" else "£" if locale == "en_GB" else "EUR"

    def _weights(self) -> dict[str, float]:
        given = self.params.registers
        for name, weight in given.items():
            if name not in REGISTERS:
                remedy = "known: " + ", ".join(REGISTERS)
                raise self.build.fail("unknown-register", f"there is no register '{name}'", remedy, "registers")
            if not 0 <= weight < 1e9:
                raise self.build.fail(
                    "bad-value", f"the weight of '{name}' is not a share", "write 1", "registers", name
                )
        found = {r: given.get(r, 0.0 if given else 1.0) for r in self.set.registers}
        if not any(found.values()):
            remedy = "this set has: " + ", ".join(self.set.registers)
            raise self.build.fail("no-register", "no register has a weight", remedy, "registers")
        return {r: w for r, w in found.items() if w}

    @property
    def instruction(self) -> str:  # type: ignore[override]
        """The labels with what they mean, and the rule for messages with two matters."""
        lines = [f"- {x}: {self.set.labels[x].means}" if self.set.labels[x].means else f"- {x}" for x in self.labels]
        asked = self.set.question or "What is the message about?"
        rule = "Answer with one label only. If the message has two matters, answer with the one that it names first."
        if self.params.multi:
            rule = f"Answer with all labels that fit, at most {self.most}, as a JSON list of strings."
        if not self.ambiguous:
            rule = rule.split(" If ")[0]
        return "\n".join([asked, *lines, rule])

    @cached_property
    def templates(self) -> dict[str, Template]:
        """Every template by its id."""
        return {i: t for label in self.set.labels.values() for i, t in label.templates.items()}

    @cached_property
    def fingerprint(self) -> Fingerprint:
        """What the labels' templates alone say."""
        return Fingerprint(self.set, [*self.joins, *self.retractions, *additions()])

    def render(self, turn: Turn, room: Room) -> EvalCase | None:
        """A message of the label that is due; None if the finished text cannot be proven."""
        kind = self._kind(turn)
        labels = self._labels(turn, kind)
        found = [self.templates[turn.among(tuple(self.set.labels[x].templates), x)] for x in labels]
        register = self._register(turn, labels)
        values = self._values(turn, room)
        pieces = self._text(found, kind, register, turn.draw, values)
        if self.params.multi:
            target: Json = sorted(labels)
        else:
            target = labels[0]
        extra: dict[str, Json] = {"templates": [t.id for t in found]}
        if kind == "ambiguous":
            extra |= {"ambiguous": True, "accepted": list(labels)}
        words = len("".join(p.text for p in pieces).split())
        length = next((name for name, below in LENGTHS.items() if words < below), "long")
        hardest = max(found, key=lambda t: DIFFICULTIES.index(t.difficulty)).difficulty
        records = list(values.records.values())
        own = [r.group for r in records if r.table == self.params.from_]
        case = self.case(
            turn, pieces, target,
            choices=self.labels, difficulty="hard" if kind != "plain" else hardest,
            slices={"register": register, "length": length, "kind": kind}, template=found[0].id,
            sources=distinct([r.source for r in records]),
            groups=distinct([*own, *(f"template:{t.id}" for t in found), *(r.group for r in records)]), extra=extra,
        )  # fmt: skip
        return None if self._reasons(case) else case

    def _kind(self, turn: Turn) -> Kind:
        at, ambiguous = turn.cell(100, "kind"), round(100 * self.ambiguous)
        if at < ambiguous:
            return "ambiguous"
        return "contrast" if at < ambiguous + 100 * self.params.hard else "plain"

    def _labels(self, turn: Turn, kind: Kind) -> tuple[str, ...]:
        """The label that is due, and others beside it in messages with several matters."""
        first = self.labels[turn.cell(len(self.labels), "label")]
        more = 1 + turn.cell(self.most, "labels") if self.params.multi else 2 if kind == "ambiguous" else 1
        others = turn.draw.child("labels").sample([x for x in self.labels if x != first], more - 1)
        return (first, *others)

    def _register(self, turn: Turn, labels: Sequence[str]) -> str:
        allowed = dict(self.weights)
        for own in (self.set.labels[x].registers for x in labels):
            allowed = {r: w for r, w in allowed.items() if not own or r in own} or allowed
        return turn.draw.child("register").weighted(allowed)

    def _values(self, turn: Turn, room: Room) -> Values:
        pool = room.pool("@people", turn.split)
        person = room.record("@people", pool[turn.deal(len(pool), "person")])
        own = None
        if self.params.from_ is not None:
            rows = room.pool(self.params.from_, turn.split)
            own = room.record(self.params.from_, rows[turn.deal(len(rows), "record")])
        values = Values(turn.draw, room, turn.split, own, self.fits, person, self.currency)
        if own is not None:
            values.records[own.source] = own
        return values

    def _text(self, found: Sequence[Template], kind: Kind, register: str, draw: Draw, values: Values) -> list[Piece]:
        """The matter or matters, with remarks, contrasts and details around them."""

        def said(wording: Wording, name: str, *, own: bool = False) -> list[Piece]:
            return fill(wording.say(draw.child(name)), values.sentence(own=own))

        core: list[Piece] = []
        for i, template in enumerate(found):
            matter = said(draw.child("wording", i).pick(template.wordings), f"core{i}", own=i == 0)
            core = joined([core, draw.child("join", i).pick(self.joins), matter]) if i else matter
        lengths = draw.child("length")
        curt = register in ("curt", "mobile")
        asides = lengths.integer(0, 1 if curt or kind != "plain" else 2) if lengths.chance(0.6) else 0
        picked = [*draw.child("asides").sample(self.set.asides, asides)]
        if kind == "contrast":
            present = {t.label for t in found}
            denied = [w for x in self.labels if x not in present for w in self.set.labels[x].contrasts]
            picked += draw.child("contrasts").sample(denied, 1 + lengths.chance(0.25))
        if lengths.chance(0.4) or not picked:
            picked += draw.child("details").sample(self.set.details, 1)
        beside = [said(w, f"beside{i}") for i, w in enumerate(draw.child("order").shuffled(picked))]
        name = values["first_name" if register in ("curt", "mobile", "angry") else "name"] if self.set.letter else None
        signed = () if name is None else (name,)
        return dress(core, draw.child("dress"), register, asides=beside, name=signed, letter=self.set.letter)

    def prove(self, case: EvalCase, room: Room) -> list[str]:
        """The templates lead to the labels by the data file, and the text's own words speak for the same ones."""
        found = self._reasons(case)
        for source in case.sources:
            table, _, row = source.rpartition(":")
            if room.record(table, int(row)).group not in case.groups:
                found.append(f"record {source} is not among the groups")
        return found

    def _reasons(self, case: EvalCase) -> list[str]:
        gold = case.target if isinstance(case.target, list) else [case.target]
        found = [f"'{x}' is not one of the labels" for x in gold if x not in self.labels]
        if self.leak.search(case.input):
            found.append("a label's own word stands in the text")
        if self.params.multi and gold != sorted(set(gold)):
            found.append("the labels are not sorted, or one is there twice")
        named = [self.templates[i].label if i in self.templates else "" for i in case.extra.get("templates", ())]
        accepted = case.extra.get("accepted", gold)
        if "negation" not in case.variant:
            if (sorted(named) if self.params.multi else named[:1]) != gold:
                found.append("the templates belong to other labels than the gold")
            if sorted(accepted) != sorted(named):
                found.append("what is accepted is not what the templates say")
            if (case.extra.get("ambiguous") is True) != (len(named) > 1 and not self.params.multi):
                found.append("ambiguity is labelled wrongly")
        return found + self._heard(case, gold, accepted)

    def _heard(self, case: EvalCase, gold: list[str], accepted: Sequence[str]) -> list[str]:
        """What is wrong by the text's own words: it must speak for all accepted labels, for no other, in this order."""
        heard = list(self.fingerprint.votes(self._valid(case)))
        strange = [x for x in heard if x not in accepted]
        missing = [x for x in accepted if x not in heard]
        if case.variant and not strange:  # a changed wording may hide the words that spoke for a label
            return []
        if strange or missing:
            return [f"the text speaks for {', '.join(heard) or 'no label'}, not for {', '.join(accepted)}"]
        if not self.params.multi and heard[0] != gold[0]:
            return [f"the text names {heard[0]} first"]
        return []

    def _valid(self, case: EvalCase) -> list[Piece]:
        """The text after the last words that take back what was said before."""
        found: list[Piece] = []
        cut = re.compile("|".join(map(re.escape, self.retractions)))
        for piece in case.pieces:
            parts = [piece.text] if piece.label else cut.split(piece.text)
            found = [replace(piece, text=parts[-1])] if len(parts) > 1 else [*found, piece]
        return found

    def negate(self, case: EvalCase, draw: Draw) -> EvalCase | None:
        """What was said is taken back, and another label's matter is stated."""
        if not self.set.joinable or self.params.multi or case.extra.get("ambiguous") or not self.retractions:
            return None
        other = draw.pick([x for x in self.labels if x != case.target])
        stated = [w for t in self.set.labels[other].templates.values() for w in t.wordings if not w.slots]
        if not stated:
            return None
        end = " " if case.pieces[-1].text.endswith((".", "!", "?")) else ". "
        after = f"{end}{draw.pick(self.retractions)} {draw.pick(stated).say(draw)}"
        made = replace(case, pieces=(*case.pieces, Piece(after)), target=other, variant="negation",
                       extra={**case.extra, "taken_back": case.target})  # fmt: skip
        return None if self._reasons(made) else made

    def null(self, case: EvalCase, draw: Draw) -> str:
        """Any label; for several, any set of labels of any size."""
        if not self.params.multi:
            return draw.pick(self.labels)
        return compact(sorted(draw.sample(self.labels, 1 + draw.below(self.most))))

    def chance(self, case: EvalCase) -> float:
        """Accepted labels over all labels; for several, one set among those of its size, and one size of all."""
        if not self.params.multi:
            return len(set(case.extra.get("accepted", [case.target]))) / len(self.labels)
        return 1 / self.most / comb(len(self.labels), len(case.target))

    def mutants(self, case: EvalCase, draw: Draw) -> list[EvalCase]:
        """Another label, alone or with a template of its own; the second matter first; a label too many or too few."""
        if self.params.multi:
            wrong = [list(c) for c in combinations(sorted(self.labels), len(case.target)) if list(c) != case.target]
            golds = [*draw.sample(wrong, 2), case.target[1:]]
            extra = [x for x in self.labels if x not in case.target]
            golds += [sorted([*case.target, draw.pick(extra)])] if extra else []
            return [replace(case, target=g) for g in golds]
        others = [x for x in self.labels if x not in case.extra.get("accepted", [case.target])]
        found = [replace(case, target=x) for x in draw.sample(others, 2)]
        for label in draw.sample(others, 1):
            stated = draw.pick(tuple(self.set.labels[label].templates))
            found.append(replace(case, target=label, template=stated, extra={"templates": [stated]}))
        if case.extra.get("ambiguous"):
            first, second = case.extra["accepted"]
            turned = {**case.extra, "templates": case.extra["templates"][::-1], "accepted": [second, first]}
            found.append(replace(case, target=second, extra=turned))
            found.append(replace(case, extra={"templates": case.extra["templates"][:1]}))
        return found
