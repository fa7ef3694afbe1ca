"""Plants a table's defects into clean rows, and tells for each where it is and what stood there.

A defect is a function of the row, as cells are. Rows that come twice and rows out of order are functions of places in
the written table, which follow from row numbers (`defects.copies`, `defects.order`). So any partition writes the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Column
from synthgen.defects import formats, text, values
from synthgen.defects.copies import Copies
from synthgen.defects.order import Order
from synthgen.defects.spec import Formats
from synthgen.defects.table import Defect, DirtyTable
from synthgen.plan.masks import evaluate_condition, gather
from synthgen.plan.rows import Slice, SliceRows
from synthgen.plan.truth_lines import Ends, Marks, tell, text_of
from synthgen.plan.world import World
from synthgen.seeds import U64, draws_at, unit

I64 = NDArray[np.int64]
Mask = NDArray[np.bool_]
STREAM = "#dirty"

_CHANGES: dict[str, text.Change] = {
    "missing": values.missing, "disguised": values.disguised, "outliers": values.outliers, "units": values.units,
    "late": values.late, "formats": formats.formats, "typos": text.typos, "ocr": text.ocr, "casing": text.casing,
    "spaces": text.spaces, "misspelt": text.misspelt, "truncated": text.truncated, "encoding": text.encoding,
}  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """Lines of a written table from `first` on, and the lines of its truth file that are about them."""

    first: int
    columns: dict[str, Column]
    truth: dict[str, Column]


@dataclass(frozen=True)
class _Swapped:
    """Rows that take another column's value, that column, and the chance that each row had."""

    hit: Mask
    other: pl.Series
    share: NDArray[np.float64]


@dataclass
class _Laid:
    """Clean rows laid out as lines: each row, and its copy after it; `places` are the lines' before any shuffling."""

    places: I64
    rows: I64  # the row here that each line is of
    copy: Mask
    columns: dict[str, Column] = field(default_factory=dict)
    marks: list[Marks] = field(default_factory=list)


class Planter:
    """The defects of one table of a world."""

    def __init__(self, world: World, table: str) -> None:
        planned = world.plan.tables[table]
        assert planned.dirty is not None
        self.world, self.table, self.planned = world, table, planned
        self.dirty: DirtyTable = planned.dirty
        self.size = world.size(table)
        rate = self.dirty.duplicates.rate if self.dirty.duplicates else 0.0
        self.copies = Copies(rate, world.key(table, STREAM, "duplicates"))
        self.total = int(self.copies.place(np.array([self.size], np.uint64))[0])
        mixed = self.dirty.shuffled
        key = world.key(table, STREAM, "shuffled")
        self.order = Order(mixed.rate if mixed else 0.0, mixed.within if mixed else 1, self.total, key)
        self.declared = {name: world.declared(table, name) for name in self.dirty.kinds}

    def partition(self, part: Slice) -> Planted:
        """The lines of consecutive rows: those that no other partition writes, whatever the order."""
        start = int(part.numbers[0]) if part.count else self.size
        first, last = self.copies.place(np.array([start, start + part.count], np.uint64)).tolist()
        wanted = np.arange(first, last, dtype=np.int64)
        laid = [self._laid(part)]
        if self.order.rate and part.count:
            needed = self._needed(np.array([first, last - 1], np.int64))
            before, after = (np.unique(self.copies.number(n)) for n in (needed[needed < first], needed[needed >= last]))
            laid = [self._laid(self.world.rows_at(self.table, before)), *laid] if len(before) else laid
            laid = [*laid, self._laid(self.world.rows_at(self.table, after))] if len(after) else laid
        return self._written(laid, wanted, first)

    def at(self, places: I64) -> Planted:
        """Lines by their places in the written table, ascending and distinct; `first` is the first of them."""
        numbers = np.unique(self.copies.number(self._needed(places)))
        laid = self._laid(self.world.rows_at(self.table, numbers))
        return self._written([laid], places, int(places[0]) if len(places) else 0)

    def _needed(self, places: I64) -> I64:
        """The places that decide these: whole windows, and the one before, which may hold what a first line repeats."""
        needed = self.order.windows(places)
        if not self.order.rate or not self.copies.rate or not len(needed):
            return needed
        return self.order.windows(np.union1d(needed, np.maximum(0, needed - 1)))

    # -- laying out

    def _laid(self, part: Slice) -> _Laid:
        copied = self.copies.copied(part.numbers)
        times = 1 + copied.astype(np.int64)
        rows = np.repeat(np.arange(part.count, dtype=np.int64), times)
        copy = np.zeros(len(rows), np.bool_)
        copy[np.cumsum(times)[copied] - 1] = True
        places = self.copies.place(part.numbers)[rows] + copy
        laid = _Laid(places, rows, copy)
        view = SliceRows(part, STREAM)
        swaps = self._swaps(view)
        variants = self._variants(view)
        for name in self.planned.order:
            laid.columns[name] = self._column(name, view, laid, swaps.get(name, []), variants.get(name))
        if self.dirty.duplicates and self.dirty.duplicates.key == "new":
            self._new_keys(part, laid)
        if copy.any():
            nothing = pl.Series([None], dtype=pl.String).new_from_index(0, int(copy.sum()))
            laid.marks.append(Marks("", "duplicate", np.flatnonzero(copy), nothing))
        return laid

    def _column(
        self, name: str, view: SliceRows, laid: _Laid, swapped: Sequence[_Swapped], variant: Mask | None
    ) -> Column:
        clean: Column = view.part.column(name)
        if name not in self.dirty.kinds:
            return gather(clean, laid.rows) if self.copies.rate else clean
        as_text = name in self.dirty.as_text
        changes = self._changes(name, view, clean.values, swapped)
        line_of = np.flatnonzero(~laid.copy)  # the line of each row itself
        base = text_of(clean.values) if as_text else clean.values
        edits = [(kind, line_of[rows], rows, text_of(new) if as_text else new) for kind, rows, new in changes]
        if variant is not None:
            rows = np.flatnonzero(variant & ~clean.values.is_null().to_numpy())
            copies = np.full(view.count, -1, np.int64)
            copies[laid.rows[laid.copy]] = np.flatnonzero(laid.copy)
            new = self._variant(name, clean.values.gather(_index(rows)), view.bits(f"variant:{name}")[rows])
            differs = new.ne_missing(clean.values.gather(_index(rows))).to_numpy() & (copies[rows] >= 0)
            rows = rows[differs]
            edits.append(("variant", copies[rows], rows, new.filter(pl.Series(differs))))
        return self._edited(name, clean, base, laid, edits)

    def _edited(
        self, name: str, clean: Column, base: pl.Series, laid: _Laid, edits: Sequence[tuple[str, I64, I64, pl.Series]]
    ) -> Column:
        """The column's lines with the edits, each a kind, the lines, their rows and the new values; notes the marks."""
        source, damaged = laid.rows.copy(), np.zeros(len(laid.rows), np.bool_)
        offset = len(base)
        for _, lines, _, new in edits:
            source[lines] = offset + np.arange(len(lines))
            damaged[lines] = True
            offset += len(new)
        pool = pl.concat([base, *(new.alias(base.name) for _, _, _, new in edits)])
        written = pool.gather(_index(source)).alias(name)
        texts = text_of(clean.values)
        before = gather(clean, laid.rows).values
        before = pl.select(pl.when(pl.Series(damaged)).then(before)).to_series()
        inserted = tuple(replace(i, values=i.values.gather(_index(laid.rows))) for i in clean.inserted)
        for kind, lines, rows, _ in edits:
            if len(lines):
                told = tuple(replace(i, values=i.values.gather(_index(rows))) for i in clean.inserted)
                laid.marks.append(Marks(name, kind, lines, texts.gather(_index(rows)), told))
        return Column(plain=written, declared=self.declared[name], inserted=inserted, before=before)

    def _changes(
        self, name: str, view: SliceRows, clean: pl.Series, swapped: Sequence[_Swapped]
    ) -> list[tuple[str, I64, pl.Series]]:
        """What befalls the rows themselves: kind, rows, new values. A row is in one of them at most.

        Kinds are drawn one after the other, each with the chance that its rate leaves it among the cells that no kind
        before it has had; so every rate is hit, whatever stands beside it.
        """
        found: list[tuple[str, I64, pl.Series]] = []
        taken, left = np.zeros(view.count, np.bool_), np.ones(view.count)
        for swap in swapped:
            taken |= swap.hit
            left -= swap.share
            rows = np.flatnonzero(swap.hit & swap.other.ne_missing(clean).to_numpy())
            found.append(("swapped", rows, swap.other.gather(_index(rows))))
        for defect in self.dirty.cells.get(name, ()):
            active = self._where(defect.where, view)
            chance = np.where(left > 0, defect.options.rate / np.where(left > 0, left, 1.0), 1.0)
            hit = active & ~taken & (unit(view.bits(f"{defect.kind}:{name}")) < chance)
            left = np.where(active, left - defect.options.rate, left)
            taken |= hit
            rows = np.flatnonzero(hit & ~clean.is_null().to_numpy())
            new = self._new(defect, view, clean.gather(_index(rows)), rows)
            old = clean.gather(_index(rows)) if new.dtype == clean.dtype else text_of(clean.gather(_index(rows)))
            differs = new.ne_missing(old)
            found.append((defect.kind, rows[differs.to_numpy()], new.filter(differs)))
        return found

    def _new(self, defect: Defect, view: SliceRows, clean: pl.Series, rows: I64) -> pl.Series:
        bits = view.bits(f"{defect.kind}:{defect.column}:how")[rows]
        if defect.kind == "conflicts":
            others = values.other_rows(view.numbers[rows], bits, self.size)
            return view.lookup(self.table, defect.column, others)
        if defect.target is not None:
            table, column = defect.target
            free = np.uint64(self.world.size(table)) + bits % np.uint64(max(1000, self.world.size(table)))
            return beyond(self.world, table, column, free)
        if not len(clean):
            return clean
        return _CHANGES[defect.kind](clean, bits, defect.options)

    def _where(self, condition: object, view: SliceRows) -> Mask:
        if condition is None:
            return np.ones(view.count, np.bool_)
        return evaluate_condition(condition, view).to_numpy()  # type: ignore[arg-type]  # Sql

    def _swaps(self, view: SliceRows) -> dict[str, list[_Swapped]]:
        """For each column, the rows that another column's value comes to. No cell takes part in two swaps."""
        found: dict[str, list[_Swapped]] = {}
        for swap in self.dirty.swaps:
            one, other = swap.columns
            before = [*found.get(one, []), *found.get(other, [])]
            active = self._where(swap.where, view)
            for earlier in before:
                active = active & ~earlier.hit
            hit = active & (unit(view.bits(f"swapped:{one}:{other}")) < swap.rate)
            share = np.where(active, swap.rate, 0.0)
            for mine, theirs in ((one, other), (other, one)):
                found.setdefault(mine, []).append(_Swapped(hit, view.part.column(theirs).values, share))
        return found

    # -- copies

    def _variants(self, view: SliceRows) -> dict[str, Mask]:
        """For each column that copies may differ in, the rows whose copy does."""
        change = self.dirty.duplicates.change if self.dirty.duplicates else []
        if not change:
            return {}
        pick = view.bits("variant") % np.uint64(len(change))
        return {name: pick == np.uint64(i) for i, name in enumerate(change)}

    def _variant(self, name: str, clean: pl.Series, bits: U64) -> pl.Series:
        declared = self.declared[name]
        if not len(clean):
            return clean
        if declared is not None and declared.entity == "PHONE_NUMBER":
            regrouped = formats.formats(clean, bits, Formats(rate=1))
            plain = formats.written(clean, "plain")
            return pl.select(pl.when(regrouped.ne_missing(clean)).then(regrouped).otherwise(plain)).to_series()
        return text.typos(clean, bits, Formats(rate=1))

    def _new_keys(self, part: Slice, laid: _Laid) -> None:
        """Copies go on counting where the table ends."""
        name = self.planned.spec.key[0]
        rows = laid.rows[laid.copy]
        numbers = part.numbers[rows]
        counted = self.copies.place(numbers) - numbers.astype(np.int64)
        fresh = beyond(self.world, self.table, name, np.uint64(self.size) + counted.astype(np.uint64))
        column = laid.columns[name]
        lines = np.flatnonzero(laid.copy)
        source = np.arange(len(laid.rows))
        source[lines] = len(laid.rows) + np.arange(len(lines))
        written = pl.concat([column.values, fresh.alias(column.values.name)]).gather(_index(source)).alias(name)
        laid.columns[name] = replace(column, plain=written, vocabulary=None, codes=None, parts=())
        if len(lines):
            clean = text_of(part.column(name).values.gather(_index(rows)))
            laid.marks.append(Marks(name, "new_key", lines, clean))

    # -- the order, and what is told

    def _written(self, laid: Sequence[_Laid], wanted: I64, first: int) -> Planted:
        places = np.concatenate([part.places for part in laid])
        columns = {name: _joined([part.columns[name] for part in laid]) for name in self.planned.order}
        offsets = np.cumsum([0, *(len(part.places) for part in laid)])
        marks = [
            replace(m, lines=m.lines + offset)
            for part, offset in zip(laid, offsets.tolist(), strict=False)
            for m in part.marks
        ]
        whole = self._whole(places)
        source = self.order.sources(whole)  # the place whose line is written at each place
        goes = np.empty(len(whole), np.int64)
        goes[np.searchsorted(whole, source)] = whole  # where the line of each place is written
        line_of = np.searchsorted(places, source[np.searchsorted(whole, wanted)])
        if not (len(line_of) == len(places) and np.array_equal(line_of, np.arange(len(places)))):
            columns = {name: gather(column, line_of) for name, column in columns.items()}
        ends = np.full(len(places), -1, np.int64)
        ends[np.searchsorted(places, whole)] = goes
        moved = np.flatnonzero(source != whole)
        told = Ends(ends, (whole[moved], source[moved]))
        return Planted(first, columns, tell(marks, self.planned.order, self.declared, told, wanted))

    def _whole(self, places: I64) -> I64:
        """Those of the places whose whole window is among them."""
        if not self.order.rate or not len(places):
            return places
        window = places // self.order.within
        _, which, count = np.unique(window, return_inverse=True, return_counts=True)
        full = np.minimum(self.order.within, self.total - window * self.order.within)
        return places[count[which] == full]


def first_rows(world: World, table: str, count: int) -> dict[str, Column]:
    """The first rows of a table as they are written, defects and all."""
    if world.plan.tables[table].dirty is None:
        return world.rows(table, 0, min(count, world.size(table))).frame()
    planter = Planter(world, table)
    return planter.at(np.arange(min(count, planter.total), dtype=np.int64)).columns


def beyond(world: World, table: str, column: str, numbers: U64) -> pl.Series:
    """Keys of rows after a table's last one, which no row has; for keys made by `id`."""
    if world.plan.tables[table].spec.per is None:
        return Slice.scattered(world, table, numbers).column(column).values
    ids = draws_at(world.key(table, STREAM, "beyond"), numbers)
    nowhere = np.zeros(len(numbers), np.uint64)
    return Slice.found(world, table, numbers, ids, nowhere, np.zeros(len(numbers), np.int64)).column(column).values


def _index(rows: I64) -> pl.Series:
    return pl.Series(rows.astype(np.uint32))


def _joined(columns: Sequence[Column]) -> Column:
    """Columns of one name one after the other."""
    if len(columns) == 1:
        return columns[0]
    first = columns[0]
    join: Callable[[list[pl.Series]], pl.Series] = pl.concat
    before = None if first.before is None else join([c.before for c in columns if c.before is not None])
    inserted = tuple(
        replace(part, values=join([c.inserted[i].values for c in columns])) for i, part in enumerate(first.inserted)
    )
    return Column(join([c.values for c in columns]), declared=first.declared, inserted=inserted, before=before)
