"""The parts that patterns put questions together from: filters, projections, figures and orders, drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from synthgen.evalcase import Piece
from synthgen.evals.draw import Draw
from synthgen.evals.sqlgen.facts import Known
from synthgen.evals.sqlgen.scope import Condition, Field, Scope, condition, conditions, rounded
from synthgen.evals.sqlgen.words import Phrase, count_phrase, line, listed, mark, number_text, wording

Shape = tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A question and its SQL. `notes` are kinds of further sentences (`rounding`); `least` is the fewest rows."""

    sql: str
    phrase: Phrase
    ordered: bool = False
    notes: tuple[str, ...] = ()
    least: int = 1


@dataclass(frozen=True)
class Figure:
    """An aggregate: its SQL, its words, and whether it is rounded."""

    sql: str
    phrase: Phrase
    notes: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class Pattern:
    """A kind of question. `shapes` gives the tables and columns that it can be asked of; `ask` asks it."""

    level: int
    name: str
    shapes: Callable[[Known], list[Shape]]
    ask: Callable[[Asker, Shape], Asked | None]

    def ids(self, known: Known) -> dict[str, tuple[Pattern, Shape]]:
        """Every skeleton of the pattern by its name."""
        return {".".join((str(self.level), self.name, *shape)): (self, shape) for shape in self.shapes(known)}


class Asker:
    """Draws the parts of one question."""

    def __init__(self, known: Known, draw: Draw) -> None:
        self.known = known
        self.draw = draw

    def line(self, name: str, **slots: Phrase | str) -> Phrase:
        """One of the templates of a name, filled."""
        return line(self.draw, name, **slots)

    def number(self, low: int, high: int) -> tuple[int, Phrase]:
        """A small number and its words."""
        number = self.draw.integer(low, high)
        return number, count_phrase(self.draw, number)

    # -- conditions

    def filters(
        self, fields: Sequence[Field], low: int, high: int, *, first: Field | None = None,
        avoid: Sequence[Field] = (), narrow: bool = False,
    ) -> list[Condition]:  # fmt: skip
        """Conditions on `low` to `high` different fields, the first on a given one; fewer if there are no more."""
        free = [f for f in fields if f.facts.filtered and f not in avoid and f != first]
        order = ([first] if first else []) + self.draw.shuffled(free)
        count = self.draw.integer(low, high)
        found: list[Condition] = []
        for field in order:
            if len(found) >= count:
                break
            made = condition(field, self.draw, narrow)
            if made is not None:
                found.append(made)
        return found

    def where(self, found: Sequence[Condition], joint: str = "and") -> tuple[str, Phrase]:
        """A WHERE clause with a space before, and its words."""
        if not found:
            return "", []
        sql = f" {joint.upper()} ".join(c.sql for c in found)
        return f" WHERE {sql}", conditions(self.draw, found, joint)

    def selection(
        self, scope: Scope, *, first: Field | None = None, avoid: Sequence[Field] = (), fields: Sequence[Field] = (),
        most: int = 40, always: Sequence[Condition] = (),
    ) -> list[Condition]:  # fmt: skip
        """One to three conditions that 1 to `most` rows of the scope meet, with those of `always`; or none."""
        found = [*always, *self.filters(fields or scope.fields, 3, 3, first=first, avoid=avoid, narrow=True)]
        options = []
        for count in range(max(1, len(always)), len(found) + 1):
            where = " AND ".join(c.sql for c in found[:count])
            rows = self.known.databases.ask(f"SELECT COUNT(*) FROM {scope.sql} WHERE {where}")
            if rows and 1 <= rows[0][0] <= most:
                options.append(count)
        return found[: self.draw.pick(options)] if options else []

    # -- projections

    def shown(
        self, fields: Sequence[Field], low: int, high: int, must: Sequence[Field] = (), full: bool = False
    ) -> list[Field]:
        """Fields to show, in random order; `must` are among them, `full` wants them without missing values."""
        free = [f for f in fields if f.facts.shown and f not in must and (f.facts.full or not full)]
        count = max(0, self.draw.integer(low, high) - len(must))
        chosen = [*must, *self.draw.sample(free, count)]
        at = {f: i for i, f in enumerate(fields)}
        if self.draw.chance(0.5):
            return sorted(chosen, key=lambda f: at.get(f, 99))
        return self.draw.shuffled(chosen)

    def columns(self, fields: Sequence[Field]) -> tuple[str, Phrase]:
        """A select list, and its words."""
        return ", ".join(f.sql for f in fields), listed([mark("shown", f.noun) for f in fields])

    # -- figures

    def figure(self, kind: str, field: Field | None, things: str = "") -> Figure:
        """`count` of rows, or `sum`, `avg`, `min`, `max` or `distinct` of a field."""
        words = wording()["aggregates"]
        if field is None:
            text = self.draw.pick(words["count"])
            return Figure("COUNT(*)", [*mark("aggregate", text), Piece(f" {things}")], (), "n")
        if kind == "distinct":
            text = self.draw.pick(words["distinct"])
            said = [*mark("aggregate", text), Piece(" "), *mark("column", field.noun), Piece(" values")]
            return Figure(f"COUNT(DISTINCT {field.sql})", said, (), "n")
        text = self.draw.pick(words["date" if field.kind == "date" else "number"][kind])
        fraction = kind == "avg" or (kind == "sum" and field.facts.column.kind == "number")
        inner = f"{kind.upper()}({field.sql})"
        sql = f"ROUND({inner}, 2)" if fraction else inner
        said = [*mark("aggregate", text), Piece(" "), *field.phrase]
        return Figure(sql, said, ("rounding",) if fraction else (), kind)

    def figures(
        self, scope: Scope, things: str, count: int, first: Figure | None = None, dates: bool = True
    ) -> list[Figure]:
        """Different figures over a scope's rows."""
        found = [first] if first else []
        options: list[tuple[str, Field | None]] = [("count", None)]
        for field in scope.fields:
            if field.facts.measure:
                own = field.facts.table == scope.base.name  # a parent's amounts would be added once for each child
                options += [(k, field) for k in (("sum", "avg", "min", "max") if own else ("min", "max"))]
            elif field.facts.dated and dates:
                options += [(k, field) for k in ("min", "max")]
        for kind, of in self.draw.shuffled(options):
            if len(found) >= count:
                break
            made = self.figure(kind, of, things)
            if all(made.sql != f.sql for f in found):
                found.append(made)
        return found

    def named(self, figures: Sequence[Figure]) -> list[str]:
        """Aliases for figures, none of them a column's name and no two alike."""
        found: list[str] = []
        for i, figure in enumerate(figures):
            plain = "n" if figure.name == "n" else f"{figure.name}_value"
            found.append(self.known.schema.alias(f"{plain}_{i + 1}" if i or len(figures) > 1 else plain))
        return found

    # -- orders

    def order(
        self, by: Sequence[tuple[str, Phrase, str]], tie: tuple[str, Phrase] | None, way: str = ""
    ) -> tuple[str, Phrase, str]:
        """An ORDER BY over the first of `by` (SQL, words, kind) with the tie rule, its words, and the direction."""
        sql, said, kind = by[0]
        way = way or self.draw.pick(["asc", "desc"])
        text = self.draw.pick(wording()["directions"][kind][way])
        clause = f" ORDER BY {sql}{' DESC' if way == 'desc' else ''}"
        lead = self.draw.pick([", sorted by ", ", ordered by ", "; sort by "])
        phrase: Phrase = [Piece(lead), *said, Piece(", "), *mark("direction", text)]
        if tie is not None and tie[0] != sql:
            clause += f", {tie[0]}"
            phrase += self.line("ties", key=tie[1])
        return clause, phrase, way

    def tie(self, scope: Scope) -> tuple[str, Phrase]:
        """The base table's key as a tie rule."""
        return scope.key.sql, scope.key.phrase

    # -- bounds

    def bound(self, sql: str, counted: bool) -> tuple[str, Phrase] | None:
        """A HAVING comparison that some groups meet and some do not; `sql` gives the figure of every group."""
        rows = self.known.databases.ask(sql)
        values = sorted({row[0] for row in rows or () if row[0] is not None})
        if len(values) < 3:
            return None
        how = self.draw.pick(["gt", "gte", "lt", "lte"])
        middle, last = len(values) // 2, len(values) - 2
        value: Any = values[self.draw.integer(*((max(1, middle), last) if how[0] == "g" else (1, max(1, middle))))]
        value = value if counted else rounded(value, self.draw)
        if not counted and any(abs(v - value) < 0.01 for v in values if isinstance(v, float)):
            return None  # rounded figures would compare otherwise
        sign = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}[how]
        op = mark("op", self.draw.pick(wording()["ops"]["number"][how]))
        return f"{sign} {value}", [*op, Piece(" "), *mark("value", number_text(self.draw, value))]


def things_of(scope: Scope) -> tuple[str, str]:
    """What one and several rows of a scope are called."""
    return scope.base.noun, scope.base.nouns
