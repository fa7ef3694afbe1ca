"""A small table and a question over it, whose answer is a value that can be worked out.

    family: table_qa
    from: orders

Some rows of a table stand in the input, as Markdown, CSV, JSON or aligned text. The answer is computed from the records
with polars; the proof reads table and question back from the text and works it out again in plain Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl
from pydantic import Field, field_validator

from synthgen.errors import UsageError
from synthgen.evalcase import EvalCase, Piece
from synthgen.evals.base import BaseFamily, EvalBuild, FamilyParams, Room, Turn
from synthgen.evals.draw import Draw
from synthgen.evals.phrasing import REGISTERS, dress
from synthgen.evals.sqlgen.schema import column_noun, kind_of, plural, singular, words
from synthgen.evals.tableqa.answers import ABSENT, UnreadableError, answer
from synthgen.evals.tableqa.asking import Asking
from synthgen.evals.tableqa.layouts import LAYOUTS, Cell, read
from synthgen.evals.tableqa.questions import DATED, KINDS, NUMERIC, read_question, wording
from synthgen.evals.tableqa.shown import Column, Shown, Sort, Style, fits, stands_for, worth

_CAST = {"@people": ("person_no", "job", "city", "age", "birth_date")}
_FEWEST, _MOST_COLUMNS = 4, 6
_TOLERANCE = {"mean": 0.0051, "share": 0.051, "portion": 0.051}
_ACCEPTED = ["not in table", "unanswerable", "not stated", "not available", "n/a", "the table does not say"]
_ASK = (
    "Answer the question about the table with one value and nothing else: a number without a unit, a date as "
    "YYYY-MM-DD, or a cell's text as it stands. Empty cells are missing values. If the table does not hold what is "
    f"asked for, answer: {ABSENT}"
)


class TableQaParams(FamilyParams):
    """Parameters of table_qa."""

    from_: str | None = Field(default=None, alias="from", description="Table whose rows are shown.")
    tables: tuple[str, ...] = Field(
        default=(), description="Several tables, in turns. Default: all that fit; without tables, people of the cast."
    )
    rows_shown: int = Field(default=12, ge=4, le=60, description="Rows of a table at most.")
    layouts: tuple[str, ...] = Field(default=(), description=f"Of: {', '.join(LAYOUTS)}. Default: all, in turns.")
    unanswerable: float = Field(default=0.1, ge=0, le=1, description="Share of questions that the table cannot answer.")

    @field_validator("tables", "layouts", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class TableQa(BaseFamily[TableQaParams]):
    """Questions over small tables.

    family: table_qa
    """

    Params = TableQaParams
    scorer = "synthgen.scoring.number"
    instruction = _ASK

    def __init__(self, params: TableQaParams, build: EvalBuild) -> None:
        super().__init__(params, build)
        if params.from_ is not None and params.tables:
            raise build.fail("two-sources", "'from' and 'tables' both name tables", "keep one of them", "from")
        for i, name in enumerate(params.layouts):
            if name not in LAYOUTS:
                known = f"known: {', '.join(LAYOUTS)}"
                raise build.fail("unknown-layout", f"there is no layout '{name}'", known, "layouts", i)
        named = (params.from_,) if params.from_ is not None else params.tables
        self.explicit = bool(named)
        self.columns: dict[str, list[Column]] = {}
        for table in named or build.tables or tuple(_CAST):
            found = self._columns(table)
            if len(found) >= 3:
                self.columns[table] = found
            elif self.explicit:
                message = f"{table} has no two columns beside its key that a table could show"
                remedy = "name a table with columns of text, numbers or dates"
                raise build.fail("no-columns", message, remedy, "from" if params.from_ else "tables")
        if not self.columns:
            self.columns = {table: self._columns(table) for table in _CAST}
        for table, columns in self.columns.items():
            build.wants(table, *(c.name for c in columns if c.name != "#"))

    def _columns(self, table: str) -> list[Column]:
        """The key first, then what can be shown beside it."""
        key, references = self.build.key(table), self.build.references(table)
        found: list[Column] = []
        for name, dtype in self.build.columns(table).items():
            kind = kind_of(dtype)
            if kind is None or kind in ("time", "datetime") or (table in _CAST and name not in _CAST[table]):
                continue
            sort: Sort = "number" if kind in ("integer", "number") else "date" if kind == "date" else "text"
            code = name in references or (name,) == key or words(name).endswith((" ID", "number", "code"))
            column = Column(name, "text" if code else sort, column_noun(name, kind), sort == "number" and not code)
            found.insert(0, column) if (name,) == key else found.append(column)
        if found and (found[0].name,) != key:
            found.insert(0, Column("#", "text", "row number"))
        nouns = [c.noun for c in found]
        return [c for c in found if nouns.count(c.noun) == 1]

    # -- rendering

    def render(self, turn: Turn, room: Room) -> EvalCase | None:
        """A table of some rows, and a question of a kind that it can hold."""
        tables = self._tables(room)
        at = turn.cell(len(tables), "table") if turn.attempt < 3 else turn.draw.child("table").below(len(tables))
        table = tables[at]  # in turns, and after three attempts in vain another one
        shown = self._shown(turn, room, table)
        if shown is None:
            return None
        draw = turn.draw
        absent = turn.shared.child("absent").chance(self.params.unanswerable)
        kinds = self._kinds(shown)
        kind = kinds[turn.cell(len(KINDS), "kind") % len(kinds)] if not turn.attempt else draw.child("kind").pick(kinds)
        templates = [f"{kind}/{i}" for i in range(len(wording()["questions"][kind]))]
        template = turn.among(templates, kind)
        asking = Asking(self.columns[table], shown, kind, draw.child("ask"))
        made = asking.put(wording()["questions"][kind][int(template.rpartition("/")[2])], absent)
        if made is None:
            return None
        pieces, target = made
        case = self._case(turn, table, shown, kind, pieces, target, asking.hard, template, len(templates))
        return None if self.prove(case, room) else case

    def _tables(self, room: Room) -> list[str]:
        """The tables that have rows for every split; with tables that the recipe names, the lack is an error."""
        if self.explicit:
            return list(self.columns)
        found = []
        for table in self.columns:
            try:
                if all(len(room.pool(table, split)) >= _FEWEST for split in self.build.splits):
                    found.append(table)
            except UsageError:  # too few rows for the splits
                continue
        return found or list(self.columns)

    def _shown(self, turn: Turn, room: Room, table: str) -> Shown | None:
        pool, draw = room.pool(table, turn.split), turn.draw.child("rows")
        count = draw.integer(_FEWEST, min(self.params.rows_shown, max(_FEWEST, len(pool))))
        first = pool[turn.deal(len(pool), table)] if len(pool) >= _FEWEST else None
        if first is None:
            return None
        picked = list(dict.fromkeys([first, *(draw.pick(pool) for _ in range(count - 1))]))
        records = [room.record(table, row) for row in draw.shuffled(picked)]
        key, *others = self.columns[table]
        chosen = draw.sample(others, draw.integer(2, _MOST_COLUMNS - 1))
        columns = [key, *(c for c in others if c in chosen)]
        style = Style(draw.child("style"))
        values = [[i + 1 if c.name == "#" else r[c.name] for c in columns] for i, r in enumerate(records)]
        texts = [[style.text(v, c.measure) for v, c in zip(row, columns, strict=True)] for row in values]
        keep = [i for i in range(len(columns)) if all(fits(row[i]) for row in texts)]
        if len(texts) < _FEWEST or 0 not in keep or len(keep) < 3 or len({t[0] for t in texts}) < len(texts):
            return None
        kept = [columns[i] for i in keep]
        heads = [c.title if style.titles else c.name for c in kept]
        cells = [
            [Cell(row[i], r.declared.get(columns[i].name)) for i in keep] for row, r in zip(texts, records, strict=True)
        ]
        series = [
            pl.Series(h, [worth(row[i], text[i], c) for row, text in zip(values, texts, strict=True)], strict=False)
            for h, c, i in zip(heads, kept, keep, strict=True)
        ]
        return Shown(kept, heads, records, cells, pl.DataFrame(series), self._strangers(room, table, key, pool, draw))

    @staticmethod
    def _strangers(room: Room, table: str, key: Column, pool: Sequence[int], draw: Draw) -> list[Cell]:
        """Keys of some other rows, which a question may ask for in vain."""
        if key.name == "#":
            return [Cell(str(n)) for n in (97, 98)]
        others = [room.record(table, draw.pick(pool)) for _ in range(3)]
        return [Cell(str(r[key.name]), r.declared.get(key.name)) for r in others]

    def _kinds(self, shown: Shown) -> list[str]:
        """Kinds of questions that the shown columns can hold."""
        rest = list(shown.columns[1:])
        found = []
        for kind in KINDS:
            if kind in NUMERIC:
                fits = any(c.measure and shown.full(c) for c in rest)
            elif kind in DATED:
                fits = any(c.sort == "date" and shown.full(c) for c in rest)
            else:
                fits = any(not shown.full(c) for c in rest) if kind == "missing" else True
            found += [kind] if fits else []
        return found

    def _case(
        self, turn: Turn, table: str, shown: Shown, kind: str, question: Sequence[Piece], target: Any, hard: bool,
        template: str, templates: int,
    ) -> EvalCase:  # fmt: skip
        draw, texts = turn.draw.child("text"), wording()
        register = REGISTERS[turn.cell(len(REGISTERS), "register")]
        layouts = self.params.layouts or tuple(LAYOUTS)
        layout = layouts[turn.cell(len(layouts), "layout")]
        if layout == "text" and any(c.text == "-" for row in shown.cells for c in row):
            layout = "json" if "json" in layouts else layouts[0]
        opening = draw.pick(texts["opening"][register])
        core = _joined(opening, question)
        asked = dress(core, draw.child("dress"), register, letter=False)
        things = plural(singular(words(table.lstrip("@"))))
        intro = draw.pick(texts["intro"]).format(things=things, count=len(shown.records))
        written_table = LAYOUTS[layout](shown.heads, shown.cells)
        gap = Piece("\n\n", "gap")
        lead = [Piece(f"{intro[0].upper()}{intro[1:]}"), gap] if draw.chance(0.6) else []
        below = draw.chance(0.7)
        pieces = [*lead, *written_table, gap, *asked] if below else [*asked, gap, *written_table]
        groups = tuple(dict.fromkeys(r.group for r in shown.records))
        held = (f"template:{template}",) if templates >= len(self.build.splits) else ()
        extra: dict[str, Any] = {"tolerance": _TOLERANCE[kind]} if kind in _TOLERANCE else {}
        if target == ABSENT:
            extra["accepted"] = _ACCEPTED
        declared = [c for row in shown.cells for c in row if c.declared is not None and c.text == target]
        return self.case(
            turn, pieces, target, difficulty="hard" if hard or target == ABSENT else KINDS[kind], template=template,
            slices={"kind": kind, "layout": layout, "register": register, "absent": str(target == ABSENT).lower()},
            sources=tuple(r.source for r in shown.records), groups=(*groups, *held), extra=extra,
            inserted=tuple(Piece(c.text, "cell", c.declared) for c in declared[:1]),
        )  # fmt: skip

    # -- proof

    def names(self, table: str, heads: Sequence[str]) -> dict[str, str]:
        """What questions call a table's columns, with the heading that the shown table has for each, if it has one."""
        found: dict[str, str] = {}
        for column in self.columns[table]:
            called = {column.name, column.noun, column.title}
            head = next((h for h in heads if h in called), column.name)
            found |= dict.fromkeys(called, head)
        return found

    def prove(self, case: EvalCase, room: Room) -> list[str]:
        """The table read back from the text, the question from its words, the answer worked out in plain Python."""
        table = case.sources[0].rpartition(":")[0]
        try:
            heads, *rows = shown_in(case)
            question = read_question(case.pieces, self.names(table, heads))
            found = answer(question, heads, rows)
        except (UnreadableError, ValueError, ArithmeticError) as error:
            return [f"table or question cannot be read back: {error}"]
        reasons = _unlike(room, case, self.columns[table], heads, rows)
        target = case.target
        if isinstance(found, Decimal):
            number = isinstance(target, int | float) and not isinstance(target, bool)
            if not number or abs(Decimal(str(target)) - found) > Decimal("1e-6"):
                reasons.append("the table gives another number")
        elif target != found:
            reasons.append("the table gives another answer")
        return reasons

    # -- answers

    def null(self, case: EvalCase, draw: Draw) -> str:
        """That the table does not say, once in ten; else nothing."""
        return ABSENT if draw.chance(0.1) else "I do not know"

    def chance(self, case: EvalCase) -> float:
        """Questions without an answer are met once in ten."""
        return 0.1 if case.target == ABSENT else 0.0

    def mutants(self, case: EvalCase, draw: Draw) -> list[EvalCase]:
        """Off by one, a shifted decimal point, another cell, an answer where there is none, and another question."""
        target = case.target
        cells = [p.text for p in case.pieces if p.label == "cell" and p.text not in (target, str(target), "", "-")]
        wrong: list[Any] = [ABSENT if target != ABSENT else draw.pick(cells)]
        if isinstance(target, str):
            wrong.append(draw.pick(cells))
            wrong.append(1)
        else:
            wrong += [target + 1, target * 10 if target else 10, str(target)]
        found = [replace(case, target=w) for w in wrong if w != target or type(w) is not type(target)]
        swaps = {"sum": "mean", "mean": "sum", "max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax"}
        other = swaps.get(case.slices["kind"])
        if other and target != ABSENT and not isinstance(target, str):
            ask = wording()["ask"][other][0]
            pieces = tuple(replace(p, text=ask) if p.label == "ask" else p for p in case.pieces)
            changed = replace(case, pieces=pieces)
            found += [changed] if not self._alike(changed) else []
        return found

    def _alike(self, case: EvalCase) -> bool:
        """Whether a question that was changed has the same answer after all (one row, equal values)."""
        table = case.sources[0].rpartition(":")[0]
        heads, *rows = shown_in(case)
        found = answer(read_question(case.pieces, self.names(table, heads)), heads, rows)
        return isinstance(found, Decimal) and abs(found - Decimal(str(case.target))) < Decimal("1e-6")


def shown_in(case: EvalCase) -> Sequence[Sequence[str]]:
    """Headings and rows of the table in a case's text; raises ValueError where there is none in one place."""
    text = "".join(p.text for p in case.pieces if p.label in ("table", "cell"))
    if text not in case.input:
        raise ValueError("the table is not in one place")
    return read(case.slices["layout"], text)


def _joined(opening: str, question: Sequence[Piece]) -> list[Piece]:
    """An opening and the question, with a capital where a sentence begins."""
    first, *rest = [p for p in question if p.text]
    if not opening or opening.endswith(". "):
        first = replace(first, text=first.text[0].upper() + first.text[1:]) if first.label in ("", "ask") else first
    elif first.label in ("", "ask") and not first.text.startswith("I "):
        first = replace(first, text=first.text[0].lower() + first.text[1:])
    return [Piece(opening), first, *rest] if opening else [first, *rest]


def _unlike(
    room: Room, case: EvalCase, columns: Sequence[Column], heads: Sequence[str], rows: Sequence[Sequence[str]]
) -> list[str]:
    """Cells that are not the records' own values."""
    if len(rows) != len(case.sources):
        return ["the table has another number of rows than records"]
    called = {name: c for c in columns for name in (c.name, c.title)}
    for row, source in zip(rows, case.sources, strict=True):
        table, _, number = source.rpartition(":")
        record = room.record(table, int(number))
        for head, text in zip(heads, row, strict=True):
            column = called.get(head)
            if column is None or (column.name != "#" and not stands_for(text, record[column.name])):
                return ["a cell is not its record's value"]
    return []
