"""Entity resolution: do records stand for one entity or for several that are easily confused?

    family: matching
    from: customers

Records of one entity differ by graded corruption: case and formats (level 0), a typo or
another spelling of a name (1), a nickname, initial or
abbreviation (2), another address or swapped names (3), several of these and a missing field (4). Records of two
entities share a block: twins, parent and child of one name, namesakes in one city, a household.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Any

from pydantic import Field

from synthgen.evalcase import EvalCase, Piece
from synthgen.evals.base import BaseFamily, EvalBuild, FamilyParams, Record, Room, Turn
from synthgen.evals.draw import Draw
from synthgen.evals.linkage import (
    HOUSEHOLDS,
    IDENTITY,
    LEVELS,
    MOVING,
    Operation,
    alike,
    conflicts,
    corrupted,
    data,
    explains,
    far,
    laid_out,
    role_of,
    shared,
)  # fmt: skip
from synthgen.evals.wording import merged

PEOPLE = ("first_name", "last_name", "birth_date", "street", "city", "postcode", "phone")
FEW = 30  # a column that draws from at most so many values tells nobody apart
LAYOUTS = ("lines", "json", "pipes", "sentence")
LEAST = 2  # fields other than first names and dates that tell two entities apart
GENERATION = 18  # years between a parent and a child, at least
SHARING = ("twins", "parent", "housemate")  # households that may share a telephone


class MatchingParams(FamilyParams):
    """Parameters of matching."""

    from_: str | None = Field(default=None, alias="from", description="Table of the entities. Default: fake people.")
    levels: tuple[int, ...] = Field(default=(0, 1, 2, 3, 4), description="Levels of corruption, of 0 to 4.")
    clusters: float = Field(default=0.25, ge=0, le=1, description="Share of cases with several records to be grouped.")


@dataclass(frozen=True)
class Entity:
    """An entity: its record, the values that it copies from another entity, and that one's record."""

    record: Record
    values: Mapping[str, str]
    household: str = ""
    copied: tuple[str, ...] = ()
    anchor: Record | None = None


@dataclass(frozen=True)
class Shown:
    """One record as it is shown: its entity, and what was done to it."""

    entity: Entity
    operations: tuple[Operation, ...] = ()
    moved: Record | None = None

    @property
    def values(self) -> dict[str, str]:
        """The values after all operations."""
        return {**self.entity.values, **{o.field: o.after for o in self.operations}}


class Matching(BaseFamily[MatchingParams]):
    """Same or different, and which of several belong together.

    family: matching
    """

    Params = MatchingParams
    scorer = "synthgen.scoring.pairs"
    instruction = (
        "Records of one entity may differ in case, format, typing errors, spelling of names, abbreviations, "
        "short names, initials, swapped names, cut ends, an old address or telephone and missing fields. "
        "Records that differ in other ways stand for different entities: twins differ in the first name, a parent and "
        "a child of one name in the date of birth. They may share a telephone. For two records answer with one word, "
        "same or different. For more, answer with a JSON list of the groups of ids that belong together, "
        'like [["R1", "R3"]], without ids that stand alone.'
    )

    def __init__(self, params: MatchingParams, build: EvalBuild) -> None:
        super().__init__(params, build)
        self.table = params.from_ or "@people"
        wrong = [i for i, level in enumerate(params.levels) if level not in LEVELS]
        if wrong or not params.levels:
            raise build.fail("bad-level", "levels of corruption are 0 to 4", "write levels: [0, 1, 2, 3, 4]", "levels")
        if params.from_ is None:
            columns: tuple[str, ...] = PEOPLE
            few = frozenset[str]()
        else:
            known = build.columns(self.table)
            beside = {*build.key(self.table), *build.references(self.table)}
            columns = tuple(c for c in known if c not in beside)
            few = frozenset(c for c in columns if 0 < len(build.choices(self.table, c)) <= FEW)
        dtypes = build.columns(self.table)
        self.roles = {c: role_of(c, dtypes[c], c in few) for c in columns}
        if sum(r in IDENTITY for r in self.roles.values()) < LEAST + 1:
            message = f"records of {self.table} have too few fields to be told apart"
            raise build.fail("too-few-columns", message, "name a table with names, dates or texts in it", "from")
        build.wants(self.table, *columns)

    # -- rendering

    def render(self, turn: Turn, room: Room) -> EvalCase | None:
        """Two records, or several to be grouped."""
        share = self.params.clusters
        several = int((turn.rank + 1) * share + 0.5) > int(turn.rank * share + 0.5)
        levels = self.params.levels
        level = levels[turn.cell(len(levels), "level")]
        case = self._cluster(turn, room, level) if several else self._pair(turn, room, level)
        return None if case is None or self.prove(case, room) else case

    def _record(self, turn: Turn, room: Room, *names: str | int) -> Record:
        pool = room.pool(self.table, turn.split)
        if not names:
            return room.record(self.table, pool[turn.deal(len(pool), "record")])
        return room.record(self.table, turn.draw.child("record", *names).pick(pool))

    def _values(self, record: Record) -> dict[str, str]:
        """A record's values as text; null is empty."""
        return {c: _text(record[c]) for c in self.roles}

    def _sibling(self, anchor: Record, turn: Turn, room: Room, name: str) -> Entity | None:
        """Another entity that shares the fields of a household, or some field; None if it differs too little."""
        draw = turn.draw.child("sibling", name)
        other = self._record(turn, room, "sibling", name)
        mine, found = self._values(anchor), self._values(other)
        kinds = {h: tuple(c for c, r in self.roles.items() if r in roles) for h, roles in HOUSEHOLDS.items()}
        kinds = {h: c for h, c in kinds.items() if len(c) >= min(3, len(HOUSEHOLDS[h])) and self._enough(c)}
        if kinds:
            household = draw.pick(list(kinds))
            copied = kinds[household]
            if household in SHARING and draw.chance(0.5):
                copied = (*copied, *(c for c, r in self.roles.items() if r == "phone"))
        else:
            household = "shared"
            identity = [c for c, r in self.roles.items() if r in IDENTITY and mine[c]]
            traits = [c for c, r in self.roles.items() if r not in IDENTITY]
            copied = (*traits, *draw.sample(identity, 1))
        values = {c: mine[c] if c in copied else found[c] for c in self.roles}
        apart = conflicts(mine, values, self.roles)
        if not self._told(apart) or any(not far(self.roles[c], mine[c], values[c]) for c in apart):
            return None
        dates = [c for c in apart if self.roles[c] == "date"]
        if household == "parent" and any(abs(anchor[c].year - other[c].year) < GENERATION for c in dates):
            return None
        return Entity(other, values, household, tuple(copied), anchor)

    def _enough(self, copied: Sequence[str]) -> bool:
        """Whether fields are left that tell two entities apart when these are shared."""
        return self._told([c for c, r in self.roles.items() if r in IDENTITY and c not in copied])

    def _told(self, apart: Sequence[str]) -> bool:
        """Whether fields that differ tell two entities apart: a first name or a date does, of others it takes two."""
        return len(apart) >= LEAST or any(self.roles[c] in ("first", "date") for c in apart)

    def _shown(self, entity: Entity, level: int, turn: Turn, room: Room, name: str, *, alone: bool) -> Shown:
        """A corrupted record of an entity; one that is `alone` keeps what tells it from others and does not move."""
        draw = turn.draw.child("corrupt", name)
        elsewhere = None if alone else self._record(turn, room, "moved", name)
        kept = frozenset(c for c, r in self.roles.items() if r in IDENTITY) if alone else frozenset[str]()
        to = None if elsewhere is None else self._values(elsewhere)
        made = corrupted(entity.values, self.roles, level, draw, elsewhere=to, kept=kept)
        moved = elsewhere if any(o.kind == "moved" for o in made) else None
        return Shown(entity, tuple(made), moved)

    def _pair(self, turn: Turn, room: Room, level: int) -> EvalCase | None:
        anchor = self._record(turn, room)
        first = Entity(anchor, self._values(anchor))
        same = turn.cell(2, "same") == 0
        second = first if same else self._sibling(anchor, turn, room, "b")
        if second is None:
            return None
        records = [Shown(first), self._shown(second, level, turn, room, "b", alone=not same)]
        if turn.draw.child("order").chance(0.5):
            records.reverse()
        target = "same" if same else "different"
        kind = "same" if same else second.household
        return self._case(turn, records, ("A", "B"), target, level, kind, choices=("same", "different"))

    def _cluster(self, turn: Turn, room: Room, level: int) -> EvalCase | None:
        anchor, draw = self._record(turn, room), turn.draw.child("cluster")
        entities = [Entity(anchor, self._values(anchor))]
        for i in range(draw.integer(1, 3)):
            sibling = self._sibling(anchor, turn, room, f"s{i}")
            if sibling is None:
                return None
            entities.append(sibling)
        records = []
        for i, entity in enumerate(entities):
            records.append(Shown(entity))
            copies = draw.integer(1, 2) if i == 0 else draw.integer(0, 2)
            records += [self._shown(entity, level, turn, room, f"{i}-{k}", alone=True) for k in range(copies)]
        records = draw.shuffled(records)
        ids = [f"R{i}" for i in range(1, len(records) + 1)]
        groups = [[i for i, r in zip(ids, records, strict=True) if r.entity is e] for e in entities]
        target = sorted(g for g in groups if len(g) > 1)
        return self._case(turn, records, ids, target, level, "cluster", choices=())

    def _case(
        self, turn: Turn, records: Sequence[Shown], ids: Sequence[str], target: Any, level: int, kind: str,
        choices: tuple[str, ...],
    ) -> EvalCase:  # fmt: skip
        draw = turn.draw.child("text")
        thing = "person" if self.table == "@people" else "entity"
        question = draw.pick(data()["pair" if choices else "cluster"]).replace("{thing}", thing)
        systems = draw.sample(data()["systems"], len(records))
        pieces = [Piece(question + "\n")]
        for i, (name, record) in enumerate(zip(ids, records, strict=True)):
            system = f" ({systems[i % len(systems)]})" if draw.chance(0.5) else ""
            pieces += [Piece(f"\n{'Record ' if choices else ''}{name}{system}:\n"), *self._written(record, name, draw)]
            pieces.append(Piece("\n"))
        entities = {r.entity.record.row: r.entity.record for r in records}
        others = {r.moved.row: r.moved for r in records if r.moved is not None}
        return self.case(
            turn, merged(pieces), target, choices=choices,
            difficulty=("easy", "medium", "medium", "hard", "hard")[level],
            slices={"level": str(level), "kind": kind, "task": "pair" if choices else "cluster"},
            sources=tuple(r.source for r in (entities | others).values()),
            groups=tuple(dict.fromkeys(r.group for r in (entities | others).values())),
            inserted=tuple(r.entity.record.piece(o.field, o.before) for r in records for o in r.operations),
            extra={
                "ids": list(ids), "entities": [r.entity.record.row for r in records],
                "anchors": [-1 if r.entity.anchor is None else r.entity.anchor.row for r in records],
                "copied": [list(r.entity.copied) for r in records],
                "moved": [-1 if r.moved is None else r.moved.row for r in records],
                "operations": [[[o.kind, o.field, o.before, o.after] for o in r.operations] for r in records],
            },
        )  # fmt: skip

    def _written(self, record: Shown, name: str, draw: Draw) -> list[Piece]:
        """A record in a layout, each value a piece `NAME.column`; missing ones are left out."""
        values = {c: v for c, v in record.values.items() if v}
        by = dict.fromkeys(values, record.entity.record)
        by |= {c: record.entity.anchor for c in record.entity.copied if record.entity.anchor is not None and c in by}
        pieces = {c: by[c].piece(c, v, f"{name}.{c}") for c, v in values.items()}
        safe = all(v == json.dumps(v, ensure_ascii=False)[1:-1] for v in values.values())
        fitting = [
            n for n in LAYOUTS if (n != "json" or safe) and (n != "pipes" or not any("|" in v for v in values.values()))
        ]
        layout = draw.pick([n for n in fitting if n != "sentence" or self.table == "@people"])
        return laid_out(pieces, layout, draw)

    # -- proof

    def prove(self, case: EvalCase, room: Room) -> list[str]:
        """Operations replayed from the records, groups by entity, and fields that decide by the stated rule."""
        extra = case.extra
        texts: dict[str, dict[str, str]] = {i: dict.fromkeys(self.roles, "") for i in extra["ids"]}
        for span in case.spans:
            name, _, column = span.label.partition(".")
            texts[name][column] = span.value
        found = []
        clean = {}
        for k, name in enumerate(extra["ids"]):
            clean[name] = self._original(k, extra, room)
            found += [f"record {name}: {reason}" for reason in self._replayed(k, clean[name], texts[name], extra, room)]
        entity = dict(zip(extra["ids"], extra["entities"], strict=True))
        groups = [[i for i in extra["ids"] if entity[i] == row] for row in dict.fromkeys(extra["entities"])]
        gold: Any = sorted(g for g in groups if len(g) > 1)
        if case.choices:
            gold = "same" if gold else "different"
        if gold != case.target:
            found.append("the gold is not what the entities say")
        for a, b in combinations(extra["ids"], 2):
            found += self._decided(entity[a] == entity[b], (texts[a], texts[b]), (clean[a], clean[b]), f"{a} and {b}")
        return found

    def _original(self, k: int, extra: Mapping[str, Any], room: Room) -> dict[str, str]:
        """A record's values before any operation: the row's own, and those copied from the entity beside it."""
        own = self._values(room.record(self.table, extra["entities"][k]))
        if extra["anchors"][k] < 0:
            return own
        anchor = self._values(room.record(self.table, extra["anchors"][k]))
        return own | {c: anchor[c] for c in extra["copied"][k]}

    def _replayed(
        self, k: int, clean: Mapping[str, str], shown: Mapping[str, str], extra: Mapping[str, Any], room: Room
    ) -> list[str]:
        """Whether the operations lead from the original to what is shown, each by its own rule."""
        now = dict(clean)
        made = [Operation(*o) for o in extra["operations"][k]]
        swapped = {o.field: o for o in made if o.kind == "swapped"}
        row = extra["moved"][k]
        for o in made:
            if now[o.field] != o.before:
                return [f"{o.kind} of {o.field} begins with another value"]
            if o.kind == "swapped":
                ends = {(s.before, s.after) for s in swapped.values()}
                right = len(swapped) == 2 and ends == {(b, a) for a, b in ends}
            elif o.kind == "moved":
                right = (
                    row >= 0
                    and self.roles[o.field] in MOVING
                    and o.after == _text(room.record(self.table, row)[o.field])
                )
            else:
                right = explains(o.kind, self.roles[o.field], o.before, o.after)
            if not right:
                return [f"{o.kind} does not explain the change of {o.field}"]
            now[o.field] = o.after
        return [] if now == shown else ["the text shows other values than the operations lead to"]

    def _decided(
        self, same: bool, texts: tuple[Mapping[str, str], Mapping[str, str]],
        clean: tuple[Mapping[str, str], Mapping[str, str]], names: str,
    ) -> list[str]:  # fmt: skip
        """Whether what is shown decides: no conflict for one entity; for two a shared block and conflicts enough."""
        a, b = texts
        if same:
            compared = [(clean[0], b), (a, clean[1])]
            return (
                [f"{names} of one entity contradict each other"]
                if any(conflicts(x, y, self.roles) for x, y in compared)
                else []
            )
        apart = [c for c in conflicts(a, b, self.roles) if not alike(self.roles[c], clean[0][c], clean[1][c])]
        found = [] if self._told(apart) else [f"{names} of two entities cannot be told apart"]
        if not shared(a, b, self.roles):
            found.append(f"{names} share no block")
        return found

    # -- answers

    def null(self, case: EvalCase, draw: Draw) -> str:
        """One of the two words, or no groups."""
        return draw.pick(case.choices) if case.choices else "[]"

    def chance(self, case: EvalCase) -> float:
        """A half for pairs; nothing for groups, of which there always are some."""
        return 0.5 if case.choices else 0.0

    def mutants(self, case: EvalCase, draw: Draw) -> list[EvalCase]:
        """The other word; groups with an id moved, dropped, or all in one; entities exchanged; an operation forged."""
        extra = dict(case.extra)
        if case.choices:
            other = "same" if case.target == "different" else "different"
            rows = extra["entities"]
            forged = [rows[0], rows[0] + 1 if rows[0] == rows[1] else rows[0]]
            found = [replace(case, target=other), replace(case, target=other, extra=extra | {"entities": forged})]
        else:
            first, *rest = case.target
            found = [replace(case, target=[extra["ids"]]), replace(case, target=rest)]
            found.append(replace(case, target=sorted([first[:-1], *rest]) if len(first) > 2 else [*rest, first[:1]]))
        for k, made in enumerate(extra["operations"]):
            if made:
                lost = [*extra["operations"][:k], made[:-1], *extra["operations"][k + 1 :]]
                return [*found, replace(case, extra=extra | {"operations": lost})]
        return found


def _text(value: Any) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
