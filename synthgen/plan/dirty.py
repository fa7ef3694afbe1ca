"""Plans `dirty:`: every defect bound to a column that it can befall, and to nothing that it would make real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import polars as pl
from pydantic import ValidationError

from synthgen.defects.formats import chosen, forms_of
from synthgen.defects.spec import CELL_KINDS, Cell, Dirty, Disguised, Formats
from synthgen.defects.table import Defect, DirtyTable, Swap
from synthgen.defects.values import STAND_INS, stand_ins
from synthgen.errors import Problem, did_you_mean
from synthgen.generator import BuildError, Generator
from synthgen.plan.build import Builder, ColumnBuild
from synthgen.plan.model import Plan, PlannedTable
from synthgen.plan.params import explain
from synthgen.plan.predicate import predicate
from synthgen.plan.world import World
from synthgen.recipe.model import TableSpec
from synthgen.relations.foreign_key import ForeignKey

T = TypeVar("T")

SIDE = "dirty"
"""The truth file of a table with defects: `truth/TABLE.dirty`."""

_TEXT = frozenset({"typos", "ocr", "casing", "spaces", "misspelt", "truncated", "encoding"})
_NUMBER = frozenset({"outliers", "units"})
_NAMES = frozenset({"PERSON", "LOCATION", "ORGANIZATION"})
_ANY = frozenset({"missing", "disguised", "conflicts", "orphans", "spaces", "swapped"})
_KEEPS_RANGE = {
    "EMAIL_ADDRESS": _ANY | {"typos", "ocr", "casing", "variant"},
    "PHONE_NUMBER": _ANY | {"formats", "variant"},
    "DATE_OF_BIRTH": _ANY | {"formats", "late", "outliers"},
}
"""Kinds that leave what a column declares in its reserved range; other direct identifiers: `_ANY` alone."""


class _Planner:
    """One table's defects while they are planned."""

    def __init__(self, builder: Builder, spec: TableSpec, dirty: Dirty) -> None:
        assert spec.dirty is not None
        self.builder, self.spec, self.dirty = builder, spec, dirty
        self.place = ColumnBuild(builder, spec, "#dirty", spec.dirty)
        self.as_text: set[str] = set()

    def plan(self) -> DirtyTable:
        """The defects that can be planted; what cannot is noted as a problem."""
        cells: dict[str, list[Defect]] = {}
        for kind in CELL_KINDS:
            options: dict[str, Cell] = getattr(self.dirty, kind)
            for column, cell in options.items():
                defect = self._try(lambda k=kind, c=column, o=cell: self._defect(k, c, o))  # type: ignore[misc]  # bound
                if defect is not None:
                    cells.setdefault(column, []).append(defect)
        swaps = [self._try(lambda i=i: self._swap(i)) for i in range(len(self.dirty.swapped))]  # type: ignore[misc]
        self._try(self._duplicates)
        found = DirtyTable(
            {column: tuple(defects) for column, defects in cells.items()},
            tuple(s for s in swaps if s is not None),
            self.dirty.duplicates,
            self.dirty.shuffled,
            frozenset(self.as_text),
        )
        self._try(lambda: self._shares(found))
        return found

    def _try(self, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except BuildError as error:
            self.builder.problems += [error.problem] if error.problem else []
            return None

    def _generator(self, column: str, *path: str | int) -> Generator:
        if column not in self.spec.order:
            message = f"table {self.spec.name} has no column '{column}'"
            raise self.place.fail("unknown-column", message, did_you_mean(column, self.spec.order), *path)
        return self.builder.generator(self.spec.name, column)

    def _defect(self, kind: str, column: str, options: Cell) -> Defect:
        generator = self._generator(column, kind, column)
        self._fits(kind, column, generator.dtype, options)
        where = predicate(options.where, self.place, kind, column, "where") if options.where else None
        target = self._target(column, generator) if kind == "orphans" else None
        return Defect(kind, column, options, where, target)

    def _fits(self, kind: str, column: str, dtype: pl.DataType, options: Cell) -> None:
        """Raises BuildError where values of the type cannot have this defect."""
        fail = self.place.fail
        if dtype.is_nested() or dtype == pl.Binary() or isinstance(dtype, pl.Duration):
            message = f"{column} is {dtype}: defects befall plain columns"
            raise fail("wrong-type", message, "name a column of text, numbers, dates or true and false", kind, column)
        wanted = None
        if kind in _TEXT and dtype != pl.String():
            wanted = "text"
        elif kind in _NUMBER and not dtype.is_numeric():
            wanted = "numbers"
        elif kind == "late" and not (dtype == pl.Date() or isinstance(dtype, pl.Datetime)):
            wanted = "dates and datetimes"
        if wanted is not None:
            remedy = "name another column" if kind in _NUMBER or kind == "late" else "try formats or disguised there"
            raise fail("wrong-type", f"'{kind}' befalls {wanted}, but {column} is {dtype}", remedy, kind, column)
        if isinstance(options, Formats):
            known = forms_of(dtype)
            for form in chosen(dtype, options) or ("as",):
                if form not in known:
                    message = f"{column} is {dtype}, which has no form '{form}'"
                    remedy = f"known: {', '.join(known)}" if known else "name a date, a number or a boolean"
                    raise fail("bad-value", message, remedy, kind, column)
        text = isinstance(options, Formats) or (isinstance(options, Disguised) and _is_text(dtype, options))
        if text and dtype != pl.String():
            self.as_text.add(column)

    def _target(self, column: str, generator: Generator) -> tuple[str, str]:
        if not isinstance(generator, ForeignKey):
            message = f"{column} refers to no table, so it cannot be orphaned"
            raise self.place.fail("wrong-type", message, "name a column with 'ref'", "orphans", column)
        if not _numbered(self.builder, generator.table, generator.column):
            message = f"{generator.table}.{generator.column} is not made by 'id', so no key is known to be free"
            raise self.place.fail(
                "wrong-type", message, "give the target's key 'id: int' or 'id: uuid'", "orphans", column
            )
        return generator.table, generator.column

    def _swap(self, i: int) -> Swap:
        swap = self.dirty.swapped[i]
        one, other = (self._generator(c, "swapped", i, "columns", n).dtype for n, c in enumerate(swap.columns))
        if swap.columns[0] == swap.columns[1]:
            message = f"{swap.columns[0]} cannot change places with itself"
            raise self.place.fail("contradiction", message, "name two columns", "swapped", i, "columns")
        if one != other:
            message = f"{swap.columns[0]} is {one} and {swap.columns[1]} is {other}"
            raise self.place.fail("wrong-type", message, "name two columns of one type", "swapped", i, "columns")
        where = predicate(swap.where, self.place, "swapped", i, "where") if swap.where else None
        return Swap(swap.columns, swap.rate, where)

    def _duplicates(self) -> None:
        copies = self.dirty.duplicates
        if copies is None:
            return
        for i, column in enumerate(copies.change):
            dtype = self._generator(column, "duplicates", "change", i).dtype
            if dtype != pl.String():
                message = f"copies differ in text, but {column} is {dtype}"
                raise self.place.fail("wrong-type", message, "name columns of text", "duplicates", "change", i)
            if column in self.spec.key:
                message = f"{column} is part of the key"
                remedy = "write key: new, or leave it out of change"
                raise self.place.fail("contradiction", message, remedy, "duplicates", "change", i)
        if copies.key == "new" and not (
            len(self.spec.key) == 1 and _numbered(self.builder, self.spec.name, self.spec.key[0])
        ):
            message = "a copy gets a key of its own only where the key is one column made by 'id'"
            raise self.place.fail("contradiction", message, "write key: same", "duplicates", "key")

    def _shares(self, found: DirtyTable) -> None:
        for column in found.kinds:
            total = sum(d.options.rate for d in found.cells.get(column, ()))
            total += sum(s.rate for s in found.swaps if column in s.columns)
            if total > 1 + 1e-9:
                message = f"the rates of {column} sum to {total:g}, and a cell has one defect at most"
                kind = found.cells[column][-1].kind if column in found.cells else "swapped"
                raise self.place.fail("contradiction", message, "lower them to 1 or less in all", kind, column)


def plan_dirty(builder: Builder, spec: TableSpec) -> DirtyTable | None:
    """The defects of a table, or None; problems go to the builder."""
    if spec.dirty is None:
        return None
    try:
        dirty = Dirty.model_validate(spec.dirty.value)
    except ValidationError as error:
        builder.problems += explain(error, Dirty, spec.dirty)
        return None
    if SIDE in spec.order:
        message = f"a table with '{SIDE}:' has a truth file of that name, so no column can have it"
        builder.problems.append(spec.dirty.problem("bad-name", message, "rename the column"))
    return _Planner(builder, spec, dirty).plan()


def _is_text(dtype: pl.DataType, options: Disguised) -> bool:
    return stand_ins(dtype, options).dtype == pl.String()


def _numbered(builder: Builder, table: str, column: str) -> bool:
    """Whether a column is an `id` over the whole table: rows that do not exist have keys too, all of them free."""
    spec = builder.tables[table].columns.get(column)
    return spec is not None and spec.generator == "id" and spec.options.get("id") != "ordinal"


def unsafe(plan: Plan) -> list[Problem]:
    """Defects that would lead a column out of the range, or away from the words, that prove what it declares."""
    dirty = [t for t in plan.tables.values() if t.dirty is not None and t.spec.dirty is not None]
    world = World(plan)
    return [problem for table in dirty for problem in _unsafe(table, world)]


def _unsafe(table: PlannedTable, world: World) -> Iterator[Problem]:
    assert table.dirty is not None and table.spec.dirty is not None
    node = table.spec.dirty
    for column, kinds in table.dirty.kinds.items():
        declared = world.declared(table.name, column)
        if declared is None:
            continue
        if declared.entity not in _NAMES:
            for kind in sorted(kinds - _KEEPS_RANGE.get(declared.entity, _ANY)):
                what = "a copy that differs" if kind == "variant" else f"'{kind}'"
                message = f"{what} could make a real {declared.entity} of a reserved one in {column}"
                allowed = ", ".join(sorted(_KEEPS_RANGE.get(declared.entity, _ANY) - {"variant", "orphans"}))
                remedy = f"safe there: {allowed}"
                where = node.at("duplicates", "change") if kind == "variant" else node.at(kind, column)
                yield where.problem("unsafe-defect", message, remedy)
            continue
        for defect in table.dirty.cells.get(column, ()):
            options = defect.options
            if declared.entity != "PERSON":
                continue
            if isinstance(options, Disguised) and set(options.as_ or ()) - set(STAND_INS):
                message = f"{column} holds names, and what stands for a missing one must be known to be none"
                yield node.at(defect.kind, column).problem("unsafe-defect", message, f"known: {', '.join(STAND_INS)}")
            if defect.kind == "misspelt":
                message = f"{column} holds names, and a spelling out of the recipe could be somebody's"
                yield node.at(defect.kind, column).problem("unsafe-defect", message, "use typos, ocr or encoding")
