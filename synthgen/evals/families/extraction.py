"""A document in, its record as JSON out.

    family: extraction
    from: invoices
    target: [invoice_no, issued_on, amount, customers.last_name]

With `from` and `target`, documents state those columns of one record each, among other dates, amounts, numbers and
names. Without, documents of six kinds are made from the cast. The gold is the record in canonical JSON; what a document
does not say is null.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
from pydantic import Field, field_validator

from synthgen.errors import did_you_mean
from synthgen.evalcase import EvalCase, Piece, compact
from synthgen.evals.base import BaseFamily, EvalBuild, FamilyParams, Record, Room, Turn
from synthgen.evals.documents import proof
from synthgen.evals.documents.facts import Leaf, Others, golds
from synthgen.evals.documents.kinds import FIRMS, PEOPLE, RECORDS, Cast, compose, kinds, made
from synthgen.evals.documents.labels import labels
from synthgen.evals.documents.sheets import HEADED, LAYOUTS, Entry, entries, neighbours, write
from synthgen.evals.documents.tree import general, nested, schema_of
from synthgen.evals.documents.values import Kind, Style, gold, spell
from synthgen.evals.draw import Draw

_MONEY = re.compile(r"amount|price|total|cost|fee|balance|salary|revenue|payment|budget|charge|refund|deposit|subtotal")
_OF_A_FIRM = re.compile(r"company|firm|phone|city|town|address|street|state|postcode|zip")
"""Columns that a letterhead would seem to state."""
_ASK = (
    "Read the document and give its record as JSON, without any other text. Dates are YYYY-MM-DD, times of day stay as "
    "they are written, numbers carry no currency and no separators, and what the document does not say is null. "
)


class ExtractionParams(FamilyParams):
    """Parameters of extraction."""

    from_: str | None = Field(default=None, alias="from", description="Table whose records the documents state.")
    target: tuple[str, ...] = Field(
        default=(),
        description="Columns asked for; `customers.last_name` reaches through a reference. Default: all own.",
    )
    document: str | dict[str, float] | None = Field(
        default=None, description="Without `from`: one kind of document, or kinds with weights. Default: all alike."
    )
    layouts: tuple[str, ...] = Field(default=(), description=f"With `from`, of: {', '.join(LAYOUTS)}. Default: all.")
    absent: float = Field(default=0.1, ge=0, lt=1, description="Share of values that documents leave out (gold: null).")
    distractors: int = Field(default=3, ge=0, le=8, description="With `from`: other values beside the facts, at most.")

    @field_validator("target", "layouts", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class Extraction(BaseFamily[ExtractionParams]):
    """Documents of records, with the record as JSON.

    family: extraction
    """

    Params = ExtractionParams
    scorer = "synthgen.scoring.fields"

    def __init__(self, params: ExtractionParams, build: EvalBuild) -> None:
        super().__init__(params, build)
        build.wants("@people", *PEOPLE)
        build.wants("@firms", *FIRMS)
        if params.from_ is None:
            self._of_kinds()
        else:
            self._of_table(params.from_)

    # -- construction

    def _of_kinds(self) -> None:
        for key in ("target", "layouts"):
            if getattr(self.params, key):
                raise self.build.fail("no-table", f"'{key}' needs a table", "name it: from: TABLE", key)
        asked = self.params.document
        weights = {asked: 1.0} if isinstance(asked, str) else dict(asked or dict.fromkeys(kinds(), 1.0))
        for name, weight in weights.items():
            if name not in kinds():
                message = f"there is no kind of document '{name}'"
                raise self.build.fail("unknown-document", message, did_you_mean(name, kinds()), "document")
            if weight < 0 or not sum(weights.values()) > 0:
                raise self.build.fail("bad-weight", "weights of documents are positive", "write 1", "document")
        self.weights = {n: w for n, w in weights.items() if w}
        self.schemas = {name: schema_of(kinds()[name].leaves) for name in self.weights}
        if len(self.schemas) == 1:
            self.instruction = f"{_ASK}JSON Schema: {compact(*self.schemas.values())}"
        else:
            self.instruction = f"{_ASK}JSON Schema by kind of document: {compact(self.schemas)}"

    def _of_table(self, table: str) -> None:
        build, params = self.build, self.params
        if params.document is not None:
            message = "'document' is for documents without a table"
            raise build.fail("two-sources", message, "drop 'from', or use 'layouts'", "document")
        for i, name in enumerate(params.layouts):
            if name not in LAYOUTS:
                known = did_you_mean(name, LAYOUTS) or f"known: {', '.join(LAYOUTS)}"
                raise build.fail("unknown-layout", f"there is no layout '{name}'", known, "layouts", i)
        own = {c: kind for c, d in build.columns(table).items() if (kind := _kind(c, d))}
        target = params.target or tuple(own)
        if not target:
            raise build.fail("no-target", f"no column of {table} is a single value", "name columns in 'target'", "from")
        build.wants(table, *target)
        self.kinds: dict[str, Kind] = {}
        for i, path in enumerate(target):
            kind = self._kind_of(table, path)
            if kind is None:
                message = f"'{path}' is no single value, so no document can state it"
                raise build.fail("bad-target", message, "name a column of text, numbers or dates", "target", i)
            if any(p.startswith(path + ".") or path.startswith(p + ".") for p in self.kinds):
                raise build.fail("bad-target", f"'{path}' is another target's table", "name columns", "target", i)
            self.kinds[path] = kind
        declared = build.declares(table)
        self.beside = [c for c in own if c not in target and c not in declared and c not in build.references(table)]
        if self.beside:
            build.wants(table, *self.beside)
        enums = {p: build.choices(table, p) for p in self.kinds if "." not in p and self.kinds[p] == "string"}
        self.own_kinds = own
        self.schemas = {table: schema_of(self.kinds, {p: c for p, c in enums.items() if len(c) <= 20})}
        self.instruction = f"{_ASK}JSON Schema: {compact(self.schemas[table])}"

    def _kind_of(self, table: str, path: str) -> Kind | None:
        """The type of a column, through references."""
        *steps, column = path.split(".")
        for step in steps:
            table = step if step in self.build.tables else self.build.references(table)[step][0]
        dtype = self.build.columns(table).get(column)
        return None if dtype is None else _kind(column, dtype)

    # -- rendering

    def render(self, turn: Turn, room: Room) -> EvalCase | None:
        """One document and its record."""
        try:
            return self._sheet(turn, room) if self.params.from_ else self._document(turn, room)
        except LookupError:
            return None

    def _sheet(self, turn: Turn, room: Room) -> EvalCase | None:
        table = str(self.params.from_)
        pool = room.pool(table, turn.split)
        record = room.record(table, pool[turn.deal(len(pool), "record")])
        draw = turn.draw
        style = Style.drawn(draw.child("style"))
        every = [Leaf(p, k, record[p], record.declared.get(p)) for p, k in self.kinds.items()]
        absent = self.params.absent if turn.attempt < 3 else 0.0
        leaves = [replace(v, value=None) if draw.child("absent", v.path).chance(absent) else v for v in every]
        if all(v.value is None for v in leaves):
            return None
        others = self._others(turn, room, every, style)
        found = entries(leaves, style, draw.child("labels"))
        beside = self._beside(record, every, style, draw.child("beside"), others)
        count = draw.child("count").integer(0, self.params.distractors) if self.params.distractors else 0
        avoid = [label for p in (*self.kinds, *self.beside) for label in labels(p)]
        aside = neighbours(max(0, count - len(beside)), avoid, others, draw.child("neighbours"))
        layouts = self.params.layouts or tuple(LAYOUTS)
        layout = layouts[turn.cell(len(layouts), "layout")]
        headed = layout in HEADED and not any(_OF_A_FIRM.search(p.lower()) for p in self.kinds)
        head = others.head(self._firm(turn, room)) if headed and draw.child("head").chance(0.6) else []
        pieces = [*head, *write(layout, [*found, *beside, *aside], style, draw.child("layout"))]
        hard = layout in ("scan", "message", "letter") or style.money == "comma" or any(v.value is None for v in leaves)
        case = self.case(
            turn, pieces, nested(golds(leaves)),
            difficulty="hard" if hard else "easy" if layout in ("form", "dotted") else "medium",
            slices={"layout": layout, "dates": style.date, "absent": _yes(leaves)},
            sources=(record.source, *others.sources), groups=(record.group,),
            inserted=_inserted(leaves, pieces), extra={"schema": self.schemas[table]},
        )  # fmt: skip
        return None if proof.cues(case, self._cues(case)) else case

    def _beside(self, record: Record, every: Sequence[Leaf], style: Style, draw: Draw, others: Others) -> list[Entry]:
        """Columns of the record that are not asked for."""
        found = []
        for column in draw.sample(self.beside, draw.below(min(3, self.params.distractors + 1))):
            value, kind = record[column], self.own_kinds[column]
            if value is None or isinstance(value, bool):
                continue
            text = spell(value, kind, style)
            if {text.casefold(), str(gold(value)).casefold()} & others.taken or not text.strip():
                continue
            others.taken.add(text.casefold())
            label = labels(column)[0]
            found.append(Entry(label, label, record.piece(column, text, f"other.{column}")))
        return found

    def _others(self, turn: Turn, room: Room, leaves: Sequence[Leaf], style: Style) -> Others:
        pool = room.pool("@people", turn.split)

        def person(attempt: int) -> Record:
            return room.record("@people", turn.draw.child("other person", attempt).pick(pool))

        days = [v.value for v in leaves if v.kind == "date" and v.value is not None]
        near = days[0] if days and days[0].year > room.clock.year - 15 else room.clock.date()
        return Others(turn.draw.child("others"), style, leaves, person, near)

    @staticmethod
    def _firm(turn: Turn, room: Room) -> Record:
        return room.record("@firms", turn.draw.child("firm").pick(room.pool("@firms", turn.split)))

    def _document(self, turn: Turn, room: Room) -> EvalCase | None:
        draw = turn.draw
        names = list(self.weights)
        alike = len(set(self.weights.values())) == 1
        kind = names[turn.cell(len(names), "kind")] if alike else draw.child("kind").weighted(self.weights)
        known = kinds()[kind]
        template = turn.among([f"{kind}/{t}" for t in known.templates], kind)
        text = known.templates[template.partition("/")[2]]
        cast = self._cast(turn, room)
        every = RECORDS[kind](cast)
        style = Style.drawn(draw.child("style"))
        absent = self.params.absent if turn.attempt < 10 else 0.0
        dropped = frozenset(p for p in known.optional if draw.child("absent", p).chance(absent))
        leaves = made(kind, text, every, dropped)
        others = self._others(turn, room, every, style)
        pieces = compose(text, leaves, style, others)
        used = {p.text for p in pieces}
        records = [
            r for r in (*cast.people, *cast.firms) if used & {str(v) for v in r.values.values()} or r is cast.people[0]
        ]
        comma = style.money == "comma"
        lists = any("*" in general(v.path) for v in leaves)
        case = self.case(
            turn, pieces, nested(golds(leaves)), template=template,
            difficulty="hard" if len(leaves) > 20 or comma else "medium" if lists or dropped else "easy",
            slices={"document": kind, "dates": style.date, "absent": _yes(leaves)},
            sources=(*(r.source for r in records), *others.sources),
            groups=(cast.people[0].group, f"template:{template}"),
            inserted=_inserted(leaves, pieces), extra={"schema": self.schemas[kind]},
        )  # fmt: skip
        return None if proof.cues(case, self._cues(case)) else case

    @staticmethod
    def _cast(turn: Turn, room: Room) -> Cast:
        def records(table: str, count: int) -> list[Record]:
            pool = room.pool(table, turn.split)
            first = pool[turn.deal(len(pool), table)]
            rest = [turn.draw.child(table, i).pick(pool) for i in range(count - 1)]
            return [room.record(table, row) for row in (first, *rest)]

        return Cast(turn.draw.child("record"), room.clock.date(), records("@people", 2), records("@firms", 4))

    # -- proof

    def _cues(self, case: EvalCase) -> Mapping[str, Sequence[str]]:
        """For leaves: the words that would announce them."""
        if self.params.from_ is None:
            return kinds()[case.slices["document"]].optional
        return {path: labels(path) for path in self.kinds}

    def prove(self, case: EvalCase, room: Room) -> list[str]:
        """Schema, places and spellings of all values, the record itself, sums, and silence about what is absent."""
        table = self.params.from_
        name = table or case.slices["document"]
        known = kinds()[name].leaves if table is None else self.kinds
        found = proof.stated(case, self.schemas[name], known)
        if found:
            return found
        if table is None:
            found = proof.of_cast(case, room) + proof.consistent(name, case.target)
        else:
            found = proof.of_record(case, room, tuple(self.kinds))
        return found + proof.cues(case, self._cues(case))

    def null(self, case: EvalCase, draw: Draw) -> str:
        """A record of nothing."""
        return "{}"

    def mutants(self, case: EvalCase, draw: Draw) -> list[EvalCase]:
        """Records with one value wrong, exchanged, lost, invented, or with a key or an item missing."""
        return [replace(case, target=target) for target in proof.mutated(case, draw)]


def _kind(column: str, dtype: pl.DataType) -> Kind | None:
    """How documents write a column; None for lists, structs and times."""
    if dtype == pl.Boolean:
        return "boolean"
    if dtype.is_integer():
        return "integer"
    if dtype.is_float() or dtype.is_decimal():
        return "money" if _MONEY.search(column.lower()) else "number"
    if dtype == pl.Date:
        return "date"
    if isinstance(dtype, pl.Datetime):
        return "datetime"
    return "string" if dtype in (pl.String, pl.Categorical, pl.Enum) else None


def _inserted(leaves: Sequence[Leaf], pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Declared values in the form that they have in the gold, where the text writes them otherwise."""
    known = {(p.label, p.text) for p in pieces}
    declared = [v for v in leaves if v.declared is not None and v.value is not None]
    return tuple(Piece(str(v.gold), v.path, v.declared) for v in declared if (v.path, str(v.gold)) not in known)


def _yes(leaves: Sequence[Leaf]) -> str:
    return "some" if any(v.value is None for v in leaves) else "none"
