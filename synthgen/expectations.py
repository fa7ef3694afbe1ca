"""What a recipe lets the files of its tables hold: the accounts of its columns, for a scan of files.

A scan without a recipe knows reserved ranges and public word lists alone. A recipe knows which column declares which
entity with which proof, what its templates insert into which row, and which columns there must be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import polars as pl

from synthgen.artifacts import Finding
from synthgen.columns import Column, Inserted
from synthgen.errors import PluginError
from synthgen.export.layout import TRUTH, stems
from synthgen.export.manifest import Manifest
from synthgen.plan.compile import compile_recipe
from synthgen.plan.dirty import SIDE
from synthgen.plan.model import Plan
from synthgen.plan.planting import Planted, Planter
from synthgen.plan.sides import sides
from synthgen.plan.world import World
from synthgen.privacy.account import INDIRECT, Account
from synthgen.privacy.expected import Known
from synthgen.privacy.reserved import explain
from synthgen.recipe.model import Recipe
from synthgen.registry import RECOGNIZERS

_SAMPLE = 100
"""Values by which a column is judged to hold what it declares."""
_PART = re.compile(r"part-\d+")


@dataclass(frozen=True)
class Place:
    """Which rows of which table a file holds; `first` is None where that is not known.

    `side` is set for a truth file beside the table.
    """

    table: str
    first: int | None = 0
    side: str | None = None


class Expectations:
    """The recipe's tables, as `synthgen.privacy.expected.Expected` asks for them.

    `places` maps labels (paths as the scan names them) to their rows. A label that is not in it belongs to the table
    whose name, in the layout of exports, is the file's, its folder's or its part's. Worker processes get the recipe and
    plan it anew.
    """

    def __init__(self, recipe: Recipe, places: Mapping[str, Place] | None = None, *, by_name: bool = True) -> None:
        self.recipe = recipe
        self.places = dict(places or {})
        self.by_name = by_name
        self._tables = {stem: table for table, stem in stems(recipe.tables).items()}
        self._world: World | None = None

    @classmethod
    def of_export(cls, export: Path, manifest: Manifest, recipe: Recipe) -> Expectations:
        """Those of an export: its manifest says which file holds which rows."""
        places = {}
        for name, table in manifest.tables.items():
            starts = dict.fromkeys(table.formats(), table.first_row)
            for file in table.files:
                if name in recipe.tables:
                    places[str(export / file.path)] = Place(name, starts[file.format])
                starts[file.format] += file.rows
            for side, entry in table.sides.items():
                for file in entry.files if name in recipe.tables else ():
                    places[str(export / file.path)] = Place(name, None, side)
        return cls(recipe, places, by_name=False)

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the tables that are planned already."""
        return self.__dict__ | {"_world": None}

    @property
    def world(self) -> World:
        """The recipe's tables; raises RecipeError where the recipe cannot be planned."""
        if self._world is None:
            self._world = World(compile_recipe(replace(self.recipe, missing_answers="show")))
        return self._world

    @property
    def plan(self) -> Plan:
        """The recipe's plan."""
        return self.world.plan

    def place(self, label: str) -> Place | None:
        """Which table a label is a file of, if it is."""
        if label in self.places or not self.by_name:
            return self.places.get(label)
        path, _, part = label.partition("#")
        whole = PurePath(path)
        if TRUTH in whole.parts[-3:-1]:
            return self._side_place(whole)
        stem = whole.name.partition(".")[0]
        if _PART.fullmatch(stem):
            return Place(self._tables[whole.parent.name], None) if whole.parent.name in self._tables else None
        found = next((self._tables[name] for name in (part, stem) if name in self._tables), None)
        return None if found is None else Place(found)

    def _side_place(self, path: PurePath) -> Place | None:
        """The side that a file below `truth/` belongs to: `truth/orders.dirty.csv`, `truth/orders.dirty/part-0.csv`."""
        named = path.name if path.parent.name == TRUTH else path.parent.name
        stem, _, rest = named.partition(".")
        return Place(self._tables[stem], None, rest.split(".")[0]) if stem in self._tables and rest else None

    def known(self, label: str, first_row: int, columns: Mapping[str, pl.Series]) -> Known | None:
        """The accounts of these rows; with the first of them, what contradicts the recipe."""
        place = self.place(label)
        if place is None:
            return None
        if place.side is not None:
            return self._known_side(place.table, place.side, columns)
        planned = self.plan.tables[place.table].columns
        first = None if place.first is None else place.first + first_row
        count = len(next(iter(columns.values()))) if columns else 0
        planted = self._planted(place.table, first, count)
        found: dict[str, Column] = {}
        marked: dict[str, str] = {}
        for name, values in columns.items():
            column = _column_of(name, planned)
            if column is None:
                found[name] = Column.of(values)
                continue
            declared = self.world.declared(place.table, column)
            if planted is not None and name == column:
                made = planted.columns[column]
                found[name] = Column(values, declared=declared, inserted=made.inserted, before=made.before)
            else:
                inserted = self._inserted(place.table, column, first, len(values)) if name == column else ()
                found[name] = Column.of(values, declared, inserted)
            spec = planned[column].spec
            if spec is not None and spec.pii:
                marked[name] = spec.pii
        findings = list(self._broken(label, place, columns)) if first_row == 0 else []
        return Known(found, marked, findings)

    def _known_side(self, table: str, side: str, columns: Mapping[str, pl.Series]) -> Known:
        """The accounts of a truth file: of planted defects, made anew for the rows that it names, or of a generator."""
        if side == SIDE and self.plan.tables[table].dirty is not None:
            return Known(self._known_truth(table, columns), {}, [])
        made = sides(self.world.rows(table, 0, min(1, self.world.size(table)))).get(side, {})
        declared = {name: column.declared for name, column in made.items()}
        return Known({name: Column.of(values, declared.get(name)) for name, values in columns.items()}, {}, [])

    def _known_truth(self, table: str, columns: Mapping[str, pl.Series]) -> dict[str, Column]:
        """A truth file's columns; what its clean values declare is told where the lines are those that are planted."""
        found = {name: Column.of(values) for name, values in columns.items()}
        planter = self._planter(table)
        rows = columns["row"].cast(pl.Int64, strict=False).unique().drop_nulls().sort() if "row" in columns else None
        if (
            rows is None
            or "clean" not in columns
            or not len(rows)
            or int(rows[-1]) >= planter.total
            or int(rows[0]) < 0
        ):
            return found
        truth = planter.at(rows.to_numpy()).truth
        told = pl.DataFrame({name: truth[name].values for name in ("row", "clean")})
        frame = pl.DataFrame({"row": columns["row"].cast(pl.Int64, strict=False), "clean": columns["clean"]})
        lines = pl.col("row") == rows[0]  # a batch may begin in the middle of a row's lines
        start = told.filter(lines).height - frame.filter(lines).height
        if start >= 0 and told.slice(start, frame.height).fill_null("").equals(frame.fill_null("")):
            own = tuple(Inserted(i.values.slice(start, frame.height), i.declared) for i in truth["clean"].inserted)
            found["clean"] = Column.of(columns["clean"], None, own)
        return found

    def _planter(self, table: str) -> Planter:
        return self.world.cached(("planter", table), lambda: Planter(self.world, table))

    def _planted(self, table: str, first: int | None, count: int) -> Planted | None:
        """Rows of a dirty table, made anew: what stood in its cells, and what its templates had put in."""
        if first is None or self.plan.tables[table].dirty is None:
            return None
        planter = self._planter(table)
        if not count or first + count > planter.total:
            return None
        return planter.at(np.arange(first, first + count, dtype=np.int64))

    def _inserted(self, table: str, column: str, first: int | None, count: int) -> tuple[Inserted, ...]:
        """What the recipe's template puts into these rows of a column; nothing where it is no template."""
        size = self.world.size(table)
        if first is None or first >= size or not self._is_template(table, column):
            return ()
        made = self.world.rows(table, first, min(count, size - first)).column(column).inserted
        left = count - min(count, size - first)
        return tuple(Inserted(i.values.extend_constant(None, left) if left else i.values, i.declared) for i in made)

    def _is_template(self, table: str, column: str) -> bool:
        name = ("template", table, column)
        return self.world.cached(name, lambda: bool(self.world.rows(table, 0, 1).column(column).inserted))

    def _broken(self, label: str, place: Place, columns: Mapping[str, pl.Series]) -> Iterator[Finding]:
        """Columns whose declared entity is not there: no such column, or it holds something else."""
        table = self.plan.tables[place.table]
        if not self.world.size(place.table):
            return
        for name, column in table.columns.items():
            account = self._account(place.table, name)
            if account.entity is None:
                continue
            there = [values for n, values in columns.items() if _column_of(n, {name: column}) == name]
            made = self.world.rows(place.table, 0, min(_SAMPLE, self.world.size(place.table))).column(name).values
            if not there and made.null_count() < len(made):
                message = f"the recipe declares {account.entity} here, and there is no such column"
                yield Finding("contract", label, name, message=message)
            elif len(there) == 1 and _holds(account, made) and not _holds(account, there[0]):
                message = f"the recipe declares {account.entity} here, and the column holds something else"
                yield Finding("contract", label, name, 0, message=message)

    def _account(self, table: str, column: str) -> Account:
        spec = self.plan.tables[table].columns[column].spec
        declared = self.world.declared(table, column)
        return Account.of(self.recipe.privacy.pii, declared, spec.pii if spec is not None else None)


def _column_of(name: str, columns: Mapping[str, Any]) -> str | None:
    """The column that a leaf such as `address.street` or `tags[]` belongs to."""
    if name in columns:
        return name
    root = re.split(r"[.\[]", name, maxsplit=1)[0]
    return root if root in columns else None


def _holds(account: Account, values: pl.Series) -> bool:
    """Whether any of the first values is what the account says, or whether that cannot be told.

    Names and addresses cannot be told by their form; numbers with a broken check digit are what they are meant to be.
    """
    if account.entity is None or account.entity in INDIRECT or values.dtype != pl.String:
        return True
    try:
        recognizer = RECOGNIZERS.get(account.entity)
    except PluginError:
        return True
    texts = [t for t in values.drop_nulls().head(_SAMPLE).to_list() if t.strip()]
    context = account.entity.lower()
    return not texts or any(
        explain(t, account.entity) is not None or account.broken_by_design(t) or recognizer.find(t, context)
        for t in texts
    )
