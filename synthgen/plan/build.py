"""Builds the generators of all columns, each when it is first needed, and collects what is wrong with any of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import polars as pl
from pydantic import BaseModel, ValidationError

from synthgen.errors import Problem
from synthgen.generator import BuildError, Entity, Generator, PiiMode
from synthgen.llm.responses import Responses
from synthgen.plan.attribute import EntityAttribute
from synthgen.plan.growth import Days, told
from synthgen.plan.model import COUNT, ColumnKey, Reference
from synthgen.plan.params import explain, load
from synthgen.plan.recorded import recorded
from synthgen.plan.references import UnknownReferenceError, ancestors, link_of, resolve, splits
from synthgen.recipe.model import ColumnSpec, EntitySpec, Node, Recipe, TableSpec
from synthgen.recipe.reference import GENERATOR as REFERENCE
from synthgen.registry import ENTITIES, GENERATORS, did_you_mean
from synthgen.relations.kept import KeptColumn


class Builder:
    """All columns of a recipe, built on demand so that each sees the dtypes of those that it reads."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.tables = recipe.tables
        self.problems: list[Problem] = []
        self.references: dict[tuple[str, str], Reference] = {}
        self.sizes: dict[str, int | None] = {}
        self.table_sizes: Any = None  # set by the compiler once all counts are known
        self.parts: dict[ColumnKey, list[Generator]] = {}  # every generator of a column, nested ones included
        self._built: dict[ColumnKey, Generator] = {}
        self.responses: dict[str, Responses] = {}  # recorded answers of language models, by file
        self._failed: set[ColumnKey] = set()
        self._building: list[ColumnKey] = []
        self._counts: dict[str, Generator | None] = {}
        self._entities: dict[tuple[str, str, str], Entity] = {}
        self._entity_columns = {
            (t.name, column): (entity, attribute)
            for t in recipe.tables.values()
            for entity in t.entities
            for column, attribute in entity.columns.items()
        }

    def generator(self, table: str, column: str) -> Generator:
        """The generator of a column; raises BuildError if it or what it needs cannot be built."""
        key = (table, column)
        if key in self._built:
            return self._built[key]
        if key in self._failed or not self._readable(table, column):
            raise BuildError
        if key in self._building:
            raise self._cycle(key)
        self._building.append(key)
        try:
            self._built[key] = self._make(table, column)
        except BuildError as error:
            self._failed.add(key)
            if error.problem is not None:
                self.problems.append(error.problem)
            raise BuildError from None
        finally:
            self._building.pop()
        return self._built[key]

    def _readable(self, table: str, column: str) -> bool:
        """Whether the loader could read a column; if not, it has said so."""
        return (table, column) in self._entity_columns or column in self.tables[table].columns

    def count(self, table: TableSpec) -> Generator | None:
        """The generator of a child table's rows per parent; None where it cannot be built (it has been said why)."""
        if table.name not in self._counts:
            key = (table.per or "", f"{COUNT}:{table.name}")
            if key in self._building:
                raise self._cycle(key)
            self._building.append(key)
            try:
                self._counts[table.name] = self._count(table)
            finally:
                self._building.pop()
        return self._counts[table.name]

    def _count(self, table: TableSpec) -> Generator | None:
        assert table.count is not None and table.per is not None
        place = ColumnBuild(self, self.tables[table.per], f"{COUNT}:{table.name}", table.count)
        try:
            made = place.nested(table.count.value)
            if not made.dtype.is_integer():
                message = f"the count of {table.name} is {made.dtype}, not a whole number"
                raise place.fail("wrong-type", message, "use poisson, negbin, geometric, integer or constant")
            if (made.bounds[0] or 0) < 0:
                raise place.fail("wrong-type", "a count can be negative", "give it a range that starts at 0")
        except BuildError as error:
            if error.problem is not None:
                self.problems.append(error.problem)
            return None
        return made

    def stream(self, table: str, column: str) -> str:
        """The name of the streams that a column draws from."""
        if (table, column) in self._entity_columns:
            return f"entity:{self._entity_columns[(table, column)][0].name}"
        spec = self.tables[table].columns[column]
        return f"entity:{_instance(spec)}" if spec.generator in ENTITIES else column

    def node(self, table: str, column: str) -> Node:
        """Where a column stands in the recipe."""
        if (table, column) in self._entity_columns:
            return self._entity_columns[(table, column)][0].node
        if column.startswith(COUNT):
            return self.tables[column.removeprefix(f"{COUNT}:")].node
        return self.tables[table].columns[column].node

    def _cycle(self, key: ColumnKey) -> BuildError:
        loop = [*self._building[self._building.index(key) :], key]
        words = " -> ".join(f"{t}.{c}" for t, c in loop)
        node = self.node(*key)
        return BuildError(
            node.problem("cycle", f"columns need each other: {words}", "compute one of them without the other")
        )

    def _make(self, table: str, column: str) -> Generator:
        spec = self.tables[table]
        if (table, column) in self._entity_columns:
            entity, attribute = self._entity_columns[(table, column)]
            unique = (column,) in spec.unique or spec.key == (column,)
            return self._attribute(spec, column, entity, attribute, unique)
        found = spec.columns[column]
        if found.generator == REFERENCE and spec.reference is not None:
            return KeptColumn(spec.reference.frame[column])
        if found.generator in ENTITIES:
            options = {k: v for k, v in found.options.items() if k not in (found.generator, "as")}
            as_entity = EntitySpec(_instance(found), found.generator, {}, options, found.node)
            unique = found.unique or (column,) in spec.unique or spec.key == (column,)
            return self._attribute(spec, column, as_entity, found.options[found.generator], unique)
        return ColumnBuild(self, spec, column, found.node).plugin(found.generator, found.options, ())

    def _attribute(self, spec: TableSpec, column: str, entity: EntitySpec, attribute: Any, unique: bool) -> Generator:
        place = ColumnBuild(self, spec, column, entity.node)
        kind = cast(type[Entity], load(ENTITIES, entity.entity, entity.node))
        known = kind.attributes()
        if attribute not in known:
            message = f"{entity.entity} has no attribute '{attribute}'"
            raise place.fail("unknown-attribute", message, did_you_mean(str(attribute), known), entity.entity)
        if self.recipe.privacy.pii == "none" and known[attribute].entity is not None:
            message = f"{entity.entity}.{attribute} is {known[attribute].entity}, but privacy.pii is none"
            remedy = "leave the attribute out, or write pii: reserved"
            raise place.fail("pii-not-allowed", message, remedy, entity.entity)
        name = (spec.name, f"{entity.entity}:{entity.name}", repr(sorted(entity.options.items())))
        if name not in self._entities:
            params = place.validate(kind.Params, dict(entity.options))
            self._entities[name] = kind(params, place)
        made = self._entities[name]
        limit, least = entity.options.get("max_length"), made.shortest(attribute)
        if isinstance(limit, int) and limit < least:
            message = f"{attribute} needs {least} characters, but max_length is {limit}"
            raise place.fail("too-long", message, f"write max_length: {least}, or leave it out", "max_length")
        if unique and (room := made.capacity(attribute)) is not None:
            rows = self.table_size(spec.name)
            if rows is not None and rows > room:
                message = f"{column} must be unique in {rows:,} rows, but {attribute} has {room:,} distinct values here"
                raise place.fail("impossible-unique", message, f"lower rows to {room:,}, or drop unique")
        return EntityAttribute(made, attribute, unique)

    def table_size(self, table: str) -> int | None:
        """Rows of a table, if that is known while building (None for tables with `per`)."""
        return self.tables[table].rows


def _instance(spec: ColumnSpec) -> str:
    return str(spec.options.get("as", spec.generator))


class ColumnBuild:
    """The plan's side of one generator's construction."""

    def __init__(self, builder: Builder, spec: TableSpec, column: str, node: Node) -> None:
        self._builder, self._spec, self._node = builder, spec, node
        self.column = column
        self._prefix: tuple[str | int, ...] = ()

    # -- what the plug-in sees

    @property
    def table(self) -> str:
        """The table being planned."""
        return self._spec.name

    @property
    def key(self) -> tuple[str, ...]:
        """Columns of the table's key."""
        return self._spec.key

    @property
    def unique(self) -> bool:
        """Whether this column alone must be unique."""
        own = self._spec.columns.get(self.column)
        return (self.column,) in self._spec.unique or self.key == (self.column,) or bool(own and own.unique)

    @property
    def clock(self) -> datetime:
        """The recipe's clock."""
        return self._builder.recipe.clock

    @property
    def pii(self) -> PiiMode:
        """The recipe's privacy mode."""
        return self._builder.recipe.privacy.pii

    @property
    def locales(self) -> tuple[str, ...]:
        """The recipe's locales."""
        return tuple(self._builder.recipe.locale)

    @property
    def root(self) -> Path:
        """The folder of the recipe's relative paths."""
        return self._builder.recipe.root

    @property
    def days(self) -> Days | None:
        """The days of this table, if it grows."""
        found: Days | None = self._spec.days
        return found

    @property
    def growth_truth(self) -> dict[str, Any]:
        """What the manifest says of them."""
        return told(self._spec.growth.value, self._spec.days) if self._spec.growth and self._spec.days else {}

    @property
    def is_link(self) -> bool:
        """Whether this reference is the link to the parent row."""
        return self._spec.per is not None and link_of(self._spec, self._builder.tables) == self.column

    @property
    def per(self) -> str | None:
        """The table that this one is made per."""
        return self._spec.per

    def nested(self, spec: Any, *path: str | int) -> Generator:
        """Build a generator written inside this one."""
        node = self._node.at(*self._prefix, *path)
        if not isinstance(spec, Mapping):
            message = f"a generator is a mapping such as {{poisson: 2}}, not '{spec}'"
            raise BuildError(node.problem("wrong-type", message, f"write {{constant: {spec}}}"))
        named = [key for key in spec if key in GENERATORS]
        if len(named) > 1 and next(iter(spec)) == named[0]:  # a modifier may be called like a generator
            fields = load(GENERATORS, named[0], node).Params.model_fields
            modifiers = {field.alias or name for name, field in fields.items()}
            named = [named[0], *(key for key in named[1:] if key not in modifiers)]
        if len(named) != 1:
            remedy = did_you_mean(str(next(iter(spec), "")), GENERATORS.names())
            message = "no generator is named here" if not named else f"two generators are named: {', '.join(named)}"
            raise BuildError(node.problem("unknown-generator", message, remedy or "name one, such as {poisson: 2}"))
        inner = ColumnBuild(self._builder, self._spec, self.column, self._node)
        inner._prefix = (*self._prefix, *path)
        return inner.plugin(named[0], spec, ())

    def plugin(self, name: str, options: Mapping[str, Any], path: tuple[str | int, ...]) -> Generator:
        """Load a generator, validate its options and construct it."""
        kind = load(GENERATORS, name, self._node.at(*self._prefix, *path))
        made = cast(Generator, kind(self.validate(kind.Params, options), self))
        self._builder.parts.setdefault((self.table, self.column), []).append(made)
        return made

    def validate(self, model: type[BaseModel], options: Mapping[str, Any]) -> BaseModel:
        """Validate options; every mistake becomes a problem at its place."""
        try:
            return model.model_validate(dict(options))
        except ValidationError as error:
            self._builder.problems += explain(error, model, self._node.at(*self._prefix))
            raise BuildError from None

    def resolve(self, reference: str, *path: str | int) -> Reference:
        """Where a name leads from this table; remembered for generation."""
        try:
            found = resolve(reference, self._spec, self._builder.tables)
        except UnknownReferenceError as error:
            raise self.fail("unknown-column", str(error), error.remedy, *path) from None
        self._builder.references[(self._spec.name, reference)] = found
        return found

    def is_shared(self, reference: str) -> bool:
        """Whether a name leads to an ancestor's column."""
        return self.resolve(reference).kind == "up"

    def count_generator(self) -> Generator | None:
        """The generator of this table's rows per parent."""
        if self._spec.per is None or self._spec.count is None:
            return None
        made = self._builder.count(self._spec)
        if made is None:
            raise BuildError
        return made

    def dtype_of(self, reference: str) -> pl.DataType:
        """dtype of another column."""
        return self.generator_of(reference).dtype

    def generator_of(self, reference: str) -> Generator:
        """Generator of another column that a name leads to from this table's rows."""
        try:
            found = resolve(reference, self._spec, self._builder.tables)
        except UnknownReferenceError as error:
            raise self.fail("unknown-column", str(error), error.remedy) from None
        self._builder.references[(self._spec.name, reference)] = found
        return self._builder.generator(found.table, found.column)

    def dtype_in(self, table: str, column: str) -> pl.DataType:
        """dtype of a column of any table, whether or not a row here leads to it."""
        known = self._builder.tables[table].order
        if column not in known:
            raise self.fail("unknown-column", f"table {table} has no column '{column}'", did_you_mean(column, known))
        return self._builder.generator(table, column).dtype

    def target(self, reference: str, *path: str | int) -> tuple[str, str]:
        """(table, column) that a `ref` names."""
        tables = self._builder.tables
        if reference in tables:
            key = tables[reference].key
            if len(key) != 1:
                what = "has no key" if not key else f"has a key of {len(key)} columns"
                first = key[0] if key else next(iter(tables[reference].order), "column")
                raise self.fail("no-single-key", f"{reference} {what}", f"write ref: {reference}.{first}", *path)
            return reference, key[0]
        for table, column in splits(reference):
            if table in tables:
                if column in tables[table].order:
                    return table, column
                remedy = did_you_mean(column, tables[table].order)
                raise self.fail("unknown-column", f"table {table} has no column '{column}'", remedy, *path)
        raise self.fail("unknown-table", f"there is no table '{reference}'", did_you_mean(reference, tables), *path)

    def descendant(self, reference: str, *path: str | int) -> tuple[str, str]:
        """(table, column) of a table made per this one."""
        tables = self._builder.tables
        below = [name for name, spec in tables.items() if self._is_below(spec)]
        for table, column in [(reference, ""), *splits(reference)]:
            if table not in tables:
                continue
            if table not in below:
                message = f"{table} is not made per {self.table}, so its rows cannot be totalled here"
                raise self.fail("not-a-child", message, f"give {table} 'per: {self.table}'", *path)
            if column and column not in tables[table].order:
                remedy = did_you_mean(column, tables[table].order)
                raise self.fail("unknown-column", f"table {table} has no column '{column}'", remedy, *path)
            if not column and path[:1] not in (("count",), ("children",)):
                raise self.fail("bad-aggregate", "name a column to aggregate", f"write {table}.COLUMN", *path)
            return table, column
        raise self.fail("unknown-table", f"there is no table in '{reference}'", did_you_mean(reference, below), *path)

    def _is_below(self, spec: TableSpec) -> bool:

        return self.table in ancestors(spec, self._builder.tables)

    def table_size(self, table: str) -> int:
        """Rows of a table in all; asked for after planning only."""
        return int(self._builder.table_sizes(table))

    def responses(self, file: str | None, *path: str | int) -> Responses:
        """Recorded answers of language models, in a file beside the recipe."""
        return recorded(self._builder.recipe, self._builder.responses, file, lambda *words: self.fail(*words, *path))

    def fail(self, code: str, message: str, remedy: str | None = None, *path: str | int) -> BuildError:
        """An error to raise, placed inside this column's mapping."""
        node = self._node.at(*self._prefix)
        if len(path) == 1 and isinstance(path[0], str) and path[0] in node.keys:
            return BuildError(node.problem(code, message, remedy, key=path[0]))
        return BuildError(node.at(*path).problem(code, message, remedy))
