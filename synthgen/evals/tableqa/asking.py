"""Puts one question to a shown table: chooses columns, rows and bounds, says it, and works out the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from synthgen.evalcase import Piece
from synthgen.evals.draw import Draw
from synthgen.evals.tableqa.answers import ABSENT, Question
from synthgen.evals.tableqa.questions import DATED, FILTERED, NUMERIC, PAIRS, computed, wording, written
from synthgen.evals.tableqa.shown import Column, Shown

_ROWS = (*PAIRS, "lookup")
_UNCOLUMNED = ("count", "share")


class Asking:
    """One question of a kind. `hard` tells afterwards whether it has a filter."""

    def __init__(self, every: Sequence[Column], shown: Shown, kind: str, draw: Draw) -> None:
        self.every, self.shown, self.kind, self.draw = every, shown, kind, draw
        self.question = Question(kind, key=shown.heads[0])
        self.bounds: list[Any] = []
        self.hard = False

    def put(self, template: str, absent: bool) -> tuple[list[Piece], Any] | None:
        """The question's pieces and its answer; None where the draws give no good one."""
        lacks = self.draw.pick(["column", "row"]) if self.kind in _ROWS else "column"
        column = self._column()
        if column is None and self.kind not in _UNCOLUMNED:
            return None
        slots: dict[str, Piece | list[Piece]] = {
            "ask": Piece(self.draw.pick(wording()["ask"][self.kind]), "ask"),
            "key": Piece(self._called(self.shown.columns[0]), "key"),
            "rows": Piece(self.draw.pick(wording()["rows"])),
        }
        if column is not None:
            self.question.column = self.shown.head(column)
            gone = absent and lacks == "column"
            slots["column"] = Piece(self._unknown(column) if gone else self._called(column), "column")
        if not self._rows(slots, absent and lacks == "row") or not self._tests(slots, column, absent):
            return None
        if "place" in self.kind:
            self.question.place = self.draw.integer(2, min(6, len(self.shown.cells)))
            slots["n"] = Piece(str(self.question.place), "place")
        found = ABSENT if absent else self._answer()
        return None if found is None else (written(template, slots), found)

    def _answer(self) -> Any:
        if self.kind in NUMERIC + DATED and self.kind not in PAIRS and not self._clear():
            return None
        return computed(self.question, self.shown.frame, self.bounds)

    def _clear(self) -> bool:
        """Whether enough rows are left, and none of them tie where a tie would matter."""
        tests = Question("count", tests=self.question.tests, key=self.question.key)
        left = computed(tests, self.shown.frame, self.bounds)
        if not isinstance(left, int) or left < max(2, self.question.place):
            return False
        whole = self.shown.frame[self.question.column]
        if self.kind.startswith(("arg", "place")):
            return bool(whole.n_unique() == whole.len())
        return self.kind != "portion" or (left < whole.len() and float(whole.sum()) > 0)

    def _column(self) -> Column | None:
        rest = self.shown.columns[1:]
        if self.kind in _UNCOLUMNED:
            return None
        if self.kind in NUMERIC:
            fit = [c for c in rest if c.measure and self.shown.full(c)]
        elif self.kind in DATED:
            fit = [c for c in rest if c.sort == "date" and self.shown.full(c)]
        elif self.kind == "missing":
            fit = [c for c in rest if not self.shown.full(c)]
        else:
            fit = [c for c in rest if self.kind != "distinct" or c.sort == "text"]
        return self.draw.pick(fit) if fit else None

    def _called(self, column: Column) -> str:
        return self.draw.pick([column.noun, self.shown.head(column)])

    def _unknown(self, like: Column) -> str:
        """A column that the table does not show: another one of its source, or one that it never had."""
        taken = {name.lower() for c in self.every for name in (c.name, c.noun)}
        hidden = [c.noun for c in self.every if c not in self.shown.columns and c.name != "#" and c.sort == like.sort]
        words = [w for w in wording()["absent"]["number" if like.measure else like.sort] if w not in taken]
        return self.draw.pick(hidden if hidden and self.draw.chance(0.5) else words)

    def _rows(self, slots: dict[str, Piece | list[Piece]], gone: bool) -> bool:
        """Name the rows that the question is about; one that is not there if the table is not to answer."""
        if self.kind not in _ROWS:
            return True
        filled = [r for r in self.shown.cells if self._cell(r)]
        picked = self.draw.sample(filled, 2 if self.kind in PAIRS else 1)
        if len(picked) < (2 if self.kind in PAIRS else 1):
            return False
        for slot, row in zip(("row", "other"), picked, strict=False):
            self.question.rows.append(row[0].text)
            slots[slot] = Piece(row[0].text, "row", row[0].declared)
        if gone:
            own = [r[0] for r in self.shown.cells]
            strange = next((c for c in self.shown.others if all(c.text != o.text for o in own)), None)
            if strange is None:
                return False
            slots["row"] = Piece(strange.text, "row", strange.declared)
        return True

    def _cell(self, row: Sequence[Any]) -> str:
        return str(row[self.shown.heads.index(self.question.column)].text)

    def _tests(self, slots: dict[str, Piece | list[Piece]], column: Column | None, absent: bool) -> bool:
        """Conditions on the rows, where the kind takes some."""
        slots["where"] = []
        if self.kind == "share":
            found = self._test(absent)
            if found is None:
                return False
            slots |= {"column": found["column"], "compare": found["compare"], "value": found["value"]}
            return True
        must = self.kind in ("count", "portion")
        if self.kind not in FILTERED or not (must or self.draw.chance(0.4)):
            return True
        first = self._test(absent and column is None)
        second = self._test(False) if not absent and first and self.draw.chance(0.3) else None
        if first is None:
            return False
        self.hard = not must or second is not None
        if second is not None:
            names = {"second": second["column"], "after": second["compare"], "bound": second["value"]}
            slots["where"] = written(self.draw.pick(wording()["both"]), {**first, **names})
        else:
            slots["where"] = written(self.draw.pick(wording()["where"]), first)
        return True

    def _test(self, gone: bool) -> Mapping[str, Piece | list[Piece]] | None:
        """One condition that some rows meet and some do not."""
        words = wording()["compare"]
        used = {c for c, _, _ in self.question.tests}
        rest = [c for c in self.shown.columns[1:] if self.shown.head(c) not in used and self._usable(c)]
        if not rest:
            return None
        column = self.draw.pick(rest)
        head, at = self.shown.head(column), self.shown.columns.index(column)
        filled = [
            (v, r[at]) for v, r in zip(self.shown.frame[head].to_list(), self.shown.cells, strict=True) if r[at].text
        ]
        value, cell = self.draw.pick(filled)
        part = "number" if column.measure else column.sort
        sign = self.draw.pick(list(words[part]))
        text, declared = cell.text, cell.declared
        if column.measure and self.draw.chance(0.5) and abs(value) >= 10:
            value = int(float(f"{value:.2g}"))
            text = str(value)
        self.question.tests.append((head, sign, text))
        self.bounds.append(value)
        said = [Piece('"'), Piece(text, "value", declared), Piece('"')] if part == "text" else [Piece(text, "value")]
        called = self._unknown(column) if gone else self._called(column)
        compare = Piece(self.draw.pick(words[part][sign]), "compare")
        return {"column": Piece(called, "where"), "compare": compare, "value": said}

    def _usable(self, column: Column) -> bool:
        """Numbers and dates, and texts that several rows share or that a filter can leave out."""
        values = self.shown.frame[self.shown.head(column)].drop_nulls()
        return values.n_unique() >= 2 and (column.sort != "text" or values.n_unique() < values.len())
