"""A plan in one file: build any generator from its recipe snippet, and ask it for any rows.

`column({"poisson": 2})` builds; `.rows(...)` are rows by number, in any order; `.make(...)` generates. Other columns
that a generator reads are given as snippets of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from pydantic import ValidationError

from synthgen.columns import Column
from synthgen.errors import Problem
from synthgen.generator import BuildError
from synthgen.llm.responses import Responses
from synthgen.plan.growth import Days
from synthgen.registry import ENTITIES, GENERATORS, did_you_mean
from synthgen.seeds import draws_at, stream_key

UNIVERSAL = ("null", "if", "unique", "pii", "description")
CLOCK = datetime(2026, 9, 1, tzinfo=UTC)
OTHERS: dict[str, Any] = {
    "order_id": {"id": "ORD-{n:05d}"},
    "country": {"choice": ["US", "DE", "FR"]},
    "total": {"uniform": [1, 500], "decimals": 2},
    "quantity": {"integer": [1, 9]},
    "signup_at": {"datetime": {"from": "2023-01-01", "to": "clock"}},
    "tier": {"choice": {"basic": 0.9, "vip": 0.1}},
    "product": {"hierarchy": {"Home": {"Kitchen": ["pan", "pot"], "Garden": ["hose"]}, "Toys": {"Out": ["kite"]}}},
    "spot": {"point": "NO", "part": "lon"},
    "zone": {"choice": ["Europe/Berlin", "America/New_York", "Asia/Kolkata"]},
    "first_name": {"choice": ["Ada", "Bo", "Cy"]},
    "at": {"tick": {"from": "2026-01-01", "every": "15m"}},
    "load": {
        "series": {
            "level": 20,
            "trend": 0.5,
            "seasons": [{"every": "1d", "amplitude": 5}],
            "noise": {"sd": 1, "memory": 0.6},
        },
        "missing": {"rate": 0.1, "stretch": [2, 5]},
        "anomalies": {
            "rate": 0.2,
            "kinds": ["spike", "drop", "level_shift", "drift", "stuck", "noise"],
            "stretch": [2, 9],
        },
    },
}


class RefusedError(Exception):
    """What a plan would report: the problems of a snippet."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(p.format() for p in problems))
        self.problems = problems

    @property
    def codes(self) -> list[str]:
        return [p.code for p in self.problems]


@dataclass
class FakeBuild:
    table: str = "things"
    column: str = "thing"
    key: tuple[str, ...] = ()
    unique: bool = False
    clock: datetime = CLOCK
    pii: Any = "reserved"
    locales: tuple[str, ...] = ("en_US",)
    root: Path = Path()
    per: str | None = None
    others: Mapping[str, Any] = field(default_factory=lambda: OTHERS)
    path: tuple[str | int, ...] = ()
    built: dict[str, Any] = field(default_factory=dict)

    def nested(self, spec: Any, *path: str | int) -> Any:
        named = [k for k in spec if k in GENERATORS] if isinstance(spec, Mapping) else []
        named = named[:1] if named[:1] == list(spec)[:1] else named
        if len(named) != 1:
            raise BuildError(Problem("unknown-generator", f"no generator is named at {path}"))
        inner = FakeBuild(**{**self.__dict__, "path": (*self.path, *path)})
        return construct(named[0], spec, inner)

    def dtype_of(self, reference: str) -> pl.DataType:
        return self.generator_of(reference).dtype

    def generator_of(self, reference: str) -> Any:
        if reference not in self.others:
            remedy = did_you_mean(reference, self.others)
            raise BuildError(Problem("unknown-column", f"there is no column '{reference}'", remedy=remedy))
        if reference not in self.built:
            self.built[reference] = self.nested(self.others[reference])
        return self.built[reference]

    def is_shared(self, reference: str) -> bool:
        self.generator_of(reference)
        return reference == "total"

    def count_generator(self) -> Any:
        return None

    @property
    def days(self) -> Days:
        return Days(20_000, np.arange(0, 10_100, 100))

    @property
    def growth_truth(self) -> dict[str, Any]:
        return {}

    def responses(self, file: str | None, *path: str | int) -> Responses:
        return Responses(file or "things.llm.jsonl", Path("no-such-folder/things.llm.jsonl"), show_missing=True)

    def fail(self, code: str, message: str, remedy: str | None = None, *path: str | int) -> BuildError:
        return BuildError(Problem(code, message, remedy=remedy))


class EntityColumn:
    """An entity's attribute as a generator."""

    needs: tuple[str, ...] = ()
    capacity = None
    bounds = (None, None)

    def __init__(self, entity: Any, attribute: str, unique: bool) -> None:
        self.entity, self.attribute, self.distinct = entity, attribute, unique
        self.dtype = type(entity).attributes()[attribute].dtype

    def generate(self, rows: Any) -> Column:
        return self.entity.generate(self.attribute, rows, self.distinct)


def construct(name: str, options: Mapping[str, Any], build: FakeBuild) -> Any:
    registry = ENTITIES if name in ENTITIES else GENERATORS
    kind = registry.get(name)
    if name in ENTITIES:
        rest = {k: v for k, v in options.items() if k not in (name, "as")}
        return EntityColumn(kind(validated(kind.Params, rest), build), options[name], build.unique)
    return kind(validated(kind.Params, options), build)


def validated(model: Any, options: Mapping[str, Any]) -> Any:
    try:
        return model.model_validate(dict(options))
    except ValidationError as error:
        found = [
            Problem("bad-value" if e["type"] != "extra_forbidden" else "unknown-key", f"{e['loc']}: {e['msg']}")
            for e in error.errors()
        ]
        raise RefusedError(*found) from None


class FakeRows:
    """Rows of one table by number; ids are the numbers, or what `expand` hashed."""

    def __init__(
        self, build: FakeBuild, seed: int, stream: str, numbers: Any, ids: Any, scope: str = "", memos: Any = None
    ) -> None:
        self.build, self.seed, self.stream_name, self._scope = build, seed, stream, scope
        self.numbers, self.ids = np.asarray(numbers, np.uint64), np.asarray(ids, np.uint64)
        self._memos: dict[Any, Any] = {} if memos is None else memos
        self.table, self.clock, self.count = build.table, build.clock, len(self.numbers)

    def _with(self, **changes: Any) -> FakeRows:
        now = {"stream": self.stream_name, "numbers": self.numbers, "ids": self.ids, "scope": self._scope}
        return FakeRows(self.build, self.seed, **{**now, **changes})

    @property
    def locales(self) -> tuple[tuple[str, ...], Any]:
        names = self.build.locales
        picked = draws_at(stream_key(self.seed, self.table, "#locale"), self.numbers) % np.uint64(len(names))
        return names, picked.astype(np.uint8)

    def stream(self, slot: str = "") -> Any:
        return stream_key(self.seed, self.table, self.stream_name, self._scope + slot)

    def bits(self, slot: str = "") -> Any:
        return draws_at(self.stream(slot), self.ids)

    def values(self, reference: str) -> pl.Series:
        return self.column(reference).values

    def column(self, reference: str) -> Column:
        rows = FakeRows(self.build, self.seed, reference, self.numbers, self.numbers)
        return self.build.generator_of(reference).generate(rows)

    def scoped(self, slot: str) -> FakeRows:
        return self._with(scope=f"{self._scope}{slot}/")

    def take(self, index: Any) -> FakeRows:
        return self._with(numbers=self.numbers[index], ids=self.ids[index])

    def expand(self, counts: Any) -> FakeRows:
        owner = np.repeat(np.arange(self.count), counts)
        ordinal = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        ids = draws_at(self.stream("#element"), self.ids)[owner] + ordinal.astype(np.uint64)
        return self._with(numbers=self.numbers[owner], ids=ids)

    def memo(self, name: str, make: Callable[[], Any]) -> Any:
        key = (self._scope, name)
        if key not in self._memos:
            self._memos[key] = make()
        return self._memos[key]

    def parent_rows(self) -> tuple[Any, Any]:
        numbers = self.numbers.astype(np.int64)
        return numbers // 3, numbers % 3

    @property
    def ordinals(self) -> Any:
        return self.parent_rows()[1] if self.build.per else self.numbers.astype(np.int64)

    def rekeyed(self, ids: Any) -> FakeRows:
        return self._with(ids=ids)

    def beside(self, column: str) -> FakeRows:
        return FakeRows(self.build, self.seed, column, self.numbers, self.numbers)

    def size(self, table: str) -> int:
        raise AssertionError("only relations ask for sizes")

    lookup = children = size


@dataclass
class Made:
    """A generator built from a snippet."""

    generator: Any
    build: FakeBuild
    seed: int = 7

    def rows(self, which: int | Any) -> FakeRows:
        numbers = np.arange(which) if isinstance(which, int) else np.asarray(which)
        return FakeRows(self.build, self.seed, self.build.column, numbers, numbers)

    def make(self, which: int | Any = 1000) -> Column:
        return self.generator.generate(self.rows(which))

    def values(self, which: int | Any = 1000) -> pl.Series:
        return self.make(which).values

    def nth(self, index: Any) -> pl.Series:
        ranks = np.asarray(index, np.uint64)
        return self.generator.nth(ranks, self.rows(len(ranks))).values


def column(snippet: Mapping[str, Any], seed: int = 7, **build: Any) -> Made:
    """Build the generator of a column as a recipe writes it; raises RefusedError with the problems."""
    options = {k: v for k, v in snippet.items() if k not in UNIVERSAL}
    named = [k for k in options if k in GENERATORS or k in ENTITIES]
    named = named[:1] if named[:1] == list(options)[:1] else named
    assert len(named) == 1, f"{snippet} names {named}"
    place = FakeBuild(unique=bool(snippet.get("unique")), **build)
    try:
        return Made(construct(named[0], options, place), place, seed)
    except BuildError as error:
        assert error.problem is not None
        raise RefusedError(error.problem) from None
