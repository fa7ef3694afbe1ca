"""Does the question say what the SQL does? Both are read, each by its own reader, and compared part by part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from synthgen.evalcase import Piece
from synthgen.evals.sqlgen.schema import Schema
from synthgen.evals.sqlgen.statement import Said, parsed, read_statement
from synthgen.evals.sqlgen.words import meanings, plain_number, readings


class Question:
    """What the marked pieces of a question say, each read by its text."""

    def __init__(self, pieces: Iterable[Piece], nouns: dict[str, set[str]]) -> None:
        self.said = Said()
        self.values: list[tuple[str, set[str]]] = []
        self.figured: list[tuple[str, set[str], str]] = []
        self.unknown: list[str] = []
        op, left = "eq", 0
        figure = kind = ""  # an aggregate that waits for its column, and the one that was last spoken of
        for piece in pieces:
            if piece.label in ("column", "shown"):
                kind = figure
                self.said.aggregates |= {(figure, c) for c in nouns.get(piece.text, ()) if figure}
            figure = "" if piece.label else figure
            if piece.label == "value":
                self.values.append((op, readings(piece.text)))
                self.figured += [(op, readings(piece.text), kind)] if kind else []
                left -= 1
                if left <= 0:
                    op = "eq"
                continue
            if op != "eq" and piece.label:  # nothing was said to compare with: a subquery
                self.said.compared.add((op, None))
                op, left = "eq", 0
            if piece.label in ("column", "shown"):
                self.said.columns |= self._known(nouns, piece)
                self.said.shown += [nouns.get(piece.text, set())] if piece.label == "shown" else []
            elif piece.label == "aggregate":
                figure = meanings()["aggregate"].get(piece.text, "?")
                if figure == "count":
                    figure, kind = "", "count"
                    self.said.aggregates.add(("count", ""))
            elif piece.label == "counted":
                self.said.columns |= self._known(nouns, piece)
                self.said.aggregates |= {("count", c) for c in nouns.get(piece.text, ())}
            elif piece.label == "outer":
                self.said.aggregates.add((meanings()["aggregate"].get(piece.text, "?"), "*"))
            elif piece.label == "op":
                op = meanings()["op"].get(piece.text, "?")
                left = 2 if op == "between" else 1
            elif piece.label:
                self._other(piece)

    def _known(self, nouns: dict[str, set[str]], piece: Piece) -> set[str]:
        if piece.text not in nouns:
            self.unknown.append("column")
        return nouns.get(piece.text, set())

    def _other(self, piece: Piece) -> None:
        places = {
            "flag": self.said.flags, "direction": self.said.directions,
            "count": self.said.limits, "distinct": self.said.others, "either": self.said.others,
            "joint": self.said.others, "lacks": self.said.others, "none": self.said.others,
        }  # fmt: skip
        if piece.label not in places:
            return
        meaning = meanings()[piece.label].get(piece.text)
        if meaning is None and piece.label == "count" and piece.text.isdigit():
            meaning = plain_number(piece.text)
        if meaning is None:
            self.unknown.append(piece.label)
        else:
            places[piece.label].add(meaning)


def differences(pieces: Iterable[Piece], sql: str, schema: Schema, nouns: dict[str, set[str]]) -> list[str]:
    """The parts in which question and statement differ."""
    question = Question(pieces, nouns)
    asked, done = question.said, read_statement(sql, schema.names)
    found = [f"the question's {what} cannot be read" for what in dict.fromkeys(question.unknown)]
    pairs = [p for p in done.compared if p[1] is not None]
    open_pairs = {p for p in done.compared if p[1] is None}
    if any(a[0] == b[0] and a[1] & b[1] for i, a in enumerate(question.values) for b in question.values[:i]):
        found.append("the question compares twice with one value, so a lost filter would not be seen")
    told = all(any(op == p[0] and p[1] in texts for p in pairs) for op, texts in question.values)
    used = all(any(op == p[0] and p[1] in texts for op, texts in question.values) for p in pairs)
    if not told or not used or open_pairs != asked.compared:
        found.append("the question's comparisons are not the statement's")
    if not all(
        any((op, kind) == (f[0], f[2]) and f[1] in texts for op, texts, kind in question.figured) for f in done.figured
    ):
        found.append("the question compares another figure than the statement")
    if {a for a in done.aggregates if a not in asked.aggregates} or {k for k, _ in asked.aggregates} != {
        k for k, _ in done.aggregates
    }:
        found.append("the question's aggregates are not the statement's")
    for part in ("flags", "directions", "limits", "others"):
        if getattr(asked, part) != getattr(done, part):
            found.append(f"the question's {part} are not the statement's")
    if asked.shown and not _shows(asked.shown, done.shown, isinstance(parsed(sql), exp.SetOperation)):
        found.append("the statement shows other columns than the question names")
    if not done.columns <= asked.columns:
        found.append("the statement uses a column that the question does not name")
    return found


def _shows(asked: Sequence[set[str]], done: Sequence[str], twice: bool) -> bool:
    """Whether the columns shown are those asked for, in order; a set operation shows them on both sides."""
    asked = [*asked, *asked] if twice else asked
    return len(asked) == len(done) and all(name in names for names, name in zip(asked, done, strict=True))
