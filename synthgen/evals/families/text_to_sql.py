"""Questions over a database, with the SQL that answers them and the rows that it returns.

    family: text_to_sql
    tables: [customers, invoices]

Eight levels, from filters to window functions. Questions are put together over the recipe's schema and data; the SQL
runs on SQLite and on DuckDB, and reseeded databases show that no near miss of it gives the same rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from synthgen.columns import Declared
from synthgen.evalcase import EvalCase, Passage, Piece
from synthgen.evals.base import BaseFamily, EvalBuild, FamilyParams, Room, Turn
from synthgen.evals.draw import Draw
from synthgen.evals.phrasing import REGISTERS, dress
from synthgen.evals.sqlgen.asker import Asked, Asker, Pattern, Shape
from synthgen.evals.sqlgen.checks import Checks
from synthgen.evals.sqlgen.databases import Databases
from synthgen.evals.sqlgen.facts import Known
from synthgen.evals.sqlgen.mutate import mutated
from synthgen.evals.sqlgen.patterns import LEVELS, skeletons
from synthgen.evals.sqlgen.reading import differences
from synthgen.evals.sqlgen.schema import Schema
from synthgen.evals.sqlgen.scope import owned
from synthgen.evals.sqlgen.statement import parsed
from synthgen.evals.sqlgen.words import wording
from synthgen.evals.wording import merged
from synthgen.scoring.rows import same

_TRIES, _PATIENCE = 5, 8  # questions tried per rendering; renderings before a case may move to another level
_ASK = (
    "Answer the question with one {dialect} SELECT statement over the schema, and nothing else. Return exactly the "
    "columns that are asked for, in that order; keep repeated rows unless the question wants them once; sort only "
    "where it says so."
)


class TextToSqlParams(FamilyParams):
    """Parameters of text_to_sql."""

    tables: tuple[str, ...] = Field(default=(), description="Tables of the database. Default: all of the recipe.")
    levels: dict[int, float] | None = Field(
        default=None, description="Weights of the difficulty levels 1 to 8: `{1: 1, 4: 2}`. Default: all alike."
    )
    rows: int = Field(
        default=500, ge=20, le=20_000,
        description="Rows of each table that the database holds at most, beside those that they refer to.",
    )  # fmt: skip
    dialect: str = Field(default="SQLite", min_length=1, description="What the instruction calls the dialect.")

    @field_validator("tables", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


@dataclass(frozen=True)
class _World:
    """What one process knows of a room's data."""

    room: Room
    known: Known
    checks: Checks
    levels: Mapping[int, Sequence[Mapping[str, tuple[Pattern, Shape]]]]
    declared: Mapping[str, Declared]
    shared: bool


class TextToSql(BaseFamily[TextToSqlParams]):
    """Questions with SQL and its rows.

    family: text_to_sql
    """

    Params = TextToSqlParams
    scorer = "synthgen.scoring.rows"

    def __init__(self, params: TextToSqlParams, build: EvalBuild) -> None:
        super().__init__(params, build)
        for i, name in enumerate(params.tables):
            if params.tables.index(name) != i:
                raise build.fail("duplicate", f"table '{name}' stands twice", "drop one", "tables", i)
            build.columns(name)  # raises where there is no such table
        weights = params.levels or {}
        for level, weight in weights.items():
            if level not in LEVELS or weight < 0:
                message = f"'{level}: {weight:g}' is no weight of a level"
                raise build.fail("bad-level", message, "levels are 1 to 8, weights at least 0", "levels")
        if params.levels is not None and not sum(weights.values()) > 0:
            raise build.fail("bad-level", "no level has a weight", "write levels: {1: 1}", "levels")
        self.schema = Schema.of(build, params.tables or build.tables)
        if not any(len(t.columns) >= 1 for t in self.schema.tables.values()):
            remedy = "add 'tables:' to the recipe, with columns of text, numbers or dates"
            raise build.fail("no-columns", "no table has a column that SQL can be asked about", remedy, "tables")
        self.instruction = _ASK.format(dialect=params.dialect)
        self.database = f"{build.name}.sqlite"
        self._world: _World | None = None

    # -- what is known of the data

    def world(self, room: Room) -> _World:
        """The databases of a room, made when they are first asked for; the scorer's file is written then."""
        if self._world is None or self._world.room is not room:
            databases = Databases.of(self.schema, room.frame, self.params.rows)
            databases.write(room.folder / self.database)
            known = Known(databases)
            found = skeletons(known)
            enough = {n: ids for n, ids in found.items() if len(ids) >= len(self.build.splits) and self._weight(n)}
            every = {k: v for ids in found.values() for k, v in ids.items()}
            declared = {
                value: facts.column.declared
                for columns in known.of.values()
                for facts in columns.values()
                if facts.column.declared is not None
                for value in facts.sorted
                if isinstance(value, str)
            }
            levels = {n: buckets(ids, len(self.build.splits)) for n, ids in enough.items()} or {0: [every]}
            shared = not enough and len(every) < len(self.build.splits)
            self._world = _World(room, known, Checks(databases), levels, declared, shared)
        return self._world

    def _weight(self, level: int) -> float:
        return 1.0 if self.params.levels is None else self.params.levels.get(level, 0.0)

    @cached_property
    def nouns(self) -> dict[str, set[str]]:
        """All that questions call columns, with the columns' names in small letters."""
        found: dict[str, set[str]] = {}
        plain: dict[str, set[str]] = {}  # a table's own column goes before another one's that is called after its owner
        for table in self.schema.tables.values():
            owners = {link.noun for link in self.schema.links if link.parent == table.name}
            for column in table.columns.values():
                plain.setdefault(column.noun, set()).add(column.name.lower())
                for owner in owners:
                    found.setdefault(owned(owner, column.noun), set()).add(column.name.lower())
        return found | plain

    # -- rendering

    def render(self, turn: Turn, room: Room) -> EvalCase | None:
        """A question of a level and a skeleton that belongs to the split."""
        world = self.world(room)
        level = self._level(turn, world)
        kinds = world.levels[level]
        kind = turn.draw.child("kind").below(len(kinds)) if turn.attempt else turn.cell(len(kinds), f"kind {level}")
        ids = kinds[kind]
        if not ids:
            return None
        name = turn.among(list(ids), f"skeleton {level} {kind}")
        pattern, shape = ids[name]
        for again in range(_TRIES):
            draw = turn.draw.child("ask", again)
            asked = pattern.ask(Asker(world.known, draw), shape)
            if asked is None or world.checks.faults(asked.sql):
                continue
            if len(world.known.databases.ask(asked.sql) or ()) < asked.least:
                continue
            case = self._case(turn, world, asked, pattern, name)
            if not self._unlike(case):
                return case
        return None

    def _level(self, turn: Turn, world: _World) -> int:
        levels = list(world.levels)
        if turn.attempt >= _PATIENCE or (self.params.levels is not None and 0 not in world.levels):
            draw = turn.draw.child("level") if turn.attempt >= _PATIENCE else turn.shared.child("level")
            return draw.weighted({n: self._weight(n) or 1.0 for n in levels})
        return levels[turn.cell(len(levels), "level")]

    def _case(self, turn: Turn, world: _World, asked: Asked, pattern: Pattern, name: str) -> EvalCase:
        rows = [[_frozen(v) for v in row] for row in world.known.databases.ask(asked.sql) or ()]
        tree = parsed(asked.sql)
        register = REGISTERS[turn.cell(len(REGISTERS), "register")]
        ordered = tree.args.get("order") is not None
        target = {"sql": asked.sql, "columns": len(rows[0]), "rows": rows, "ordered": ordered}
        texts = {v for row in rows for v in row if isinstance(v, str)}
        return self.case(
            turn, _question(asked, register, turn.draw.child("words")), target, difficulty=str(pattern.level),
            slices={"pattern": pattern.name, "register": register},
            template=name, groups=() if world.shared else (f"template:{name}",),
            context=(Passage("schema", "\n\n".join(self.schema.ddl()), "Database schema"),),
            inserted=tuple(Piece(v, "row", world.declared[v]) for v in sorted(texts & world.declared.keys())),
            extra={"database": self.database, "shared_context": True},
        )  # fmt: skip

    # -- proof

    def _unlike(self, case: EvalCase) -> list[str]:
        return differences(case.pieces, str(case.target["sql"]), self.schema, self.nouns)

    def prove(self, case: EvalCase, room: Room) -> list[str]:
        """The SQL on two engines, the frozen rows, ties, mutants on reseeded databases, and the question read back."""
        target = case.target
        if not isinstance(target, dict) or set(target) != {"sql", "columns", "rows", "ordered"}:
            return ["the gold is not SQL with its rows"]
        world = self.world(room)
        sql = str(target["sql"])
        tree = parsed(sql)
        if tree is None:
            return ["the SQL is not one SELECT"]
        found = self._unlike(case)
        rows, ordered = target["rows"], target["ordered"]
        if ordered != (tree.args.get("order") is not None):
            found.append("the gold is ordered where the SQL is not, or the other way round")
        if not _equal(rows, [[_frozen(v) for v in row] for row in world.known.databases.ask(sql) or ()], bool(ordered)):
            found.append("the SQL does not return the frozen rows")
        if any(len(row) != target["columns"] for row in rows):
            found.append("the gold has another number of columns")
        return found or list(world.checks.faults(sql))

    # -- answers

    def oracle(self, case: EvalCase) -> str:
        """The gold SQL."""
        return str(case.target["sql"])

    def null(self, case: EvalCase, draw: Draw) -> str:
        """A statement that looks at nothing."""
        return draw.pick(["SELECT 'no idea'", "I cannot tell.", "SELECT 'a', 'b', 'c', 'd', 'e', 'f', 'g'"])

    def mutants(self, case: EvalCase, draw: Draw) -> list[EvalCase]:
        """Other SQL with its own rows, other SQL with the gold's rows, and rows that were altered."""
        target = case.target
        found = []
        kinds = dict(draw.shuffled([*mutated(parsed(target["sql"]), self.schema)]))
        for i, (_, sql) in enumerate(kinds.items()):
            rows = self._world.known.databases.ask(sql) if self._world is not None else None
            frozen: Any = target["rows"] if rows is None or i % 2 else [[_frozen(v) for v in row] for row in rows]
            found.append({**target, "sql": sql, "rows": frozen})
            if len(found) == 4:
                break
        kept = [list(r) for r in target["rows"]]
        found.append({**target, "rows": [*kept, kept[0]] if draw.chance(0.5) else kept[:-1]})
        altered = [list(r) for r in kept]
        value = altered[0][-1]
        altered[0][-1] = value + 1 if isinstance(value, int | float) else "?"
        found.append({**target, "rows": altered})
        return [replace(case, target=t) for t in found if t["rows"] != target["rows"] or t["sql"] != target["sql"]]

    def files(self, room: Room) -> Mapping[str, Path]:
        """The database."""
        self.world(room)
        return {self.database: room.folder / self.database}


def buckets(ids: Mapping[str, tuple[Pattern, Shape]], splits: int) -> list[Mapping[str, tuple[Pattern, Shape]]]:
    """Skeletons by pattern, so that all patterns come alike often; small ones are joined, to reach all splits."""
    found: dict[str, dict[str, tuple[Pattern, Shape]]] = {}
    for name, known in ids.items():
        found.setdefault(known[0].name, {})[name] = known
    large = [b for b in found.values() if len(b) >= splits]
    rest = {k: v for b in found.values() if len(b) < splits for k, v in b.items()}
    if rest and (len(rest) >= splits or not large):
        large.append(rest)
    elif rest:
        large[0] |= rest
    return [dict(sorted(b.items())) for b in large]


def _frozen(value: Any) -> Any:
    """A value of a row as JSON holds it; the last digits of sums, which depend on the order of adding, are dropped."""
    return round(value, 6) if isinstance(value, float) else value


def _equal(rows: Any, found: list[list[Any]], ordered: bool) -> bool:
    """Whether frozen rows are those found, to the last digit kept: a gold has no tolerance."""
    if not isinstance(rows, list) or not same(rows, found, ordered):
        return False
    given = [tuple(row) for row in rows]
    return given == [tuple(r) for r in found] if ordered else Counter(given) == Counter(tuple(r) for r in found)


def _question(asked: Asked, register: str, draw: Draw) -> list[Piece]:
    """The question as somebody of a register asks it, with how to round."""
    words = wording()
    opening = draw.pick(words["opening"][register])
    core = list(asked.phrase)
    if opening.endswith((", ", ": ")) and not core[0].label and not core[0].text.startswith("I "):
        core[0] = replace(core[0], text=core[0].text[:1].lower() + core[0].text[1:])
    notes = [draw.pick(words[note]) for note in dict.fromkeys(asked.notes)]
    parts = [Piece(opening), *core, *(Piece(f" {note}") for note in notes)]
    closing = draw.pick(words["closing"][register])
    if closing:
        parts.append(Piece(f" {closing}"))
    return dress(merged(parts), draw.child("dress"), register, letter=False)
