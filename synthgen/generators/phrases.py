"""Trees of text with holes: what a grammar becomes, drawn a column at a time, with what was inserted kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Column, Declared, Inserted, Rows
from synthgen.generators.english import FORMS, formed
from synthgen.generators.template import written
from synthgen.scatter import Index, gathered, spread
from synthgen.seeds import Alias, unit


@dataclass
class _Layer:
    """Insertions of which no row has two."""

    taken: NDArray[np.bool_]
    parts: list[pl.Series] = field(default_factory=list)
    index: list[Index] = field(default_factory=list)

    def values(self, count: int) -> pl.Series:
        return spread(pl.concat(self.parts), np.concatenate(self.index), count, sort=True)


class Drawing:
    """One column being drawn: the values that holes take, and the record of what was inserted where.

    `fetch` gives the column of a name for all `count` rows; it is asked once for each name.
    """

    def __init__(self, count: int, fetch: Callable[[str], Column]) -> None:
        self.count = count
        self._fetch = fetch
        self._columns: dict[str, Column] = {}
        self.notes: list[tuple[Declared, pl.Series, Index]] = []

    def column(self, name: str) -> Column:
        """The values that a hole of that name takes."""
        if name not in self._columns:
            self._columns[name] = self._fetch(name)
        return self._columns[name]

    def note(self, declared: Declared | None, values: pl.Series, where: Index) -> None:
        """Remember declared values that were put into the rows `where`."""
        if declared is not None and len(where):
            self.notes.append((declared, values, where))

    def inserted(self) -> tuple[Inserted, ...]:
        """What was inserted, one value for each row: as many columns as a row has insertions of one declaration."""
        layers: dict[Declared, list[_Layer]] = {}
        for declared, values, where in self.notes:
            known = layers.setdefault(declared, [])
            layer = next((x for x in known if not x.taken[where].any()), None)
            if layer is None:
                layer = _Layer(np.zeros(self.count, np.bool_))
                known.append(layer)
            layer.parts.append(values.cast(pl.String))
            layer.index.append(where)
            layer.taken[where] = True
        return tuple(Inserted(x.values(self.count), declared) for declared, known in layers.items() for x in known)


class Phrase:
    """Part of a text. `slot` names its random stream."""

    slot: str

    def draw(self, rows: Rows, where: Index, room: Drawing) -> pl.Series:
        """A text for each of `rows`, which stand at the positions `where` of the column."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Fixed(Phrase):
    """One of a list of texts, by weight."""

    texts: dict[str, float]
    slot: str = ""

    @cached_property
    def _series(self) -> pl.Series:
        return pl.Series(list(self.texts), dtype=pl.String)

    @cached_property
    def _alias(self) -> Alias:
        return Alias(list(self.texts.values()))

    def draw(self, rows: Rows, where: Index, room: Drawing) -> pl.Series:
        """By weight."""
        if len(self.texts) == 1:
            return self._series.new_from_index(0, rows.count)
        return self._series.gather(self._alias.pick(rows.bits(self.slot)))


@dataclass(frozen=True, eq=False)
class Sequence(Phrase):
    """Parts one after the other; a part that is null is left out."""

    parts: tuple[Phrase, ...]
    slot: str = ""

    def draw(self, rows: Rows, where: Index, room: Drawing) -> pl.Series:
        """The parts, joined."""
        made = [p.draw(rows, where, room).alias(str(i)) for i, p in enumerate(self.parts)]
        return pl.DataFrame(made).select(pl.concat_str(pl.all(), ignore_nulls=True)).to_series()


@dataclass(frozen=True, eq=False)
class Alternatives(Phrase):
    """One of several parts, by weight."""

    parts: tuple[Phrase, ...]
    weights: tuple[float, ...]
    slot: str

    @cached_property
    def _alias(self) -> Alias:
        return Alias(self.weights)

    def draw(self, rows: Rows, where: Index, room: Drawing) -> pl.Series:
        """Each row's part."""
        which = self._alias.pick(rows.bits(self.slot))
        texts: list[pl.Series] = []
        index: list[Index] = []
        for i, part in enumerate(self.parts):
            mine = np.flatnonzero(which == i)
            if len(mine):
                texts.append(part.draw(rows.take(mine), where[mine], room))
                index.append(mine)
        return gathered(texts, index, pl.String())


@dataclass(frozen=True, eq=False)
class Optional(Phrase):
    """A part that a share of the texts has; null in the others."""

    part: Phrase
    share: float
    slot: str

    def draw(self, rows: Rows, where: Index, room: Drawing) -> pl.Series:
        """The part or null."""
        mine = np.flatnonzero(unit(rows.bits(self.slot)) < self.share)
        if not len(mine):
            return pl.Series([None], dtype=pl.String).new_from_index(0, rows.count)
        return spread(self.part.draw(rows.take(mine), where[mine], room), mine, rows.count)


@dataclass(frozen=True, eq=False)
class Hole(Phrase):
    """A column's or a slot's value; the article of `a` stands outside of what was inserted."""

    name: str
    form: str | None = None
    slot: str = ""

    def draw(self, rows: Rows, where: Index, room: Drawing) -> pl.Series:
        """The value, written in its form; a null is nothing."""
        column = room.column(self.name)
        whole = len(where) == room.count
        values = column.values if whole else column.values.gather(where)
        text = written(values, None if self.form in FORMS else self.form)
        shown = formed(text, self.form) if self.form in FORMS and self.form is not None else text
        room.note(column.declared, text if self.form in ("a", "A") else shown, where)
        for part in column.inserted:
            inside = part.values if whole else part.values.gather(where)
            room.note(part.declared, _cased(inside, self.form), where)
        return shown


@dataclass(frozen=True, eq=False)
class Formed(Phrase):
    """A part with holes in it, in one of the forms of English."""

    part: Phrase
    form: str
    slot: str = ""

    def draw(self, rows: Rows, where: Index, room: Drawing) -> pl.Series:
        """The part in that form; what was inserted changes case with it."""
        first = len(room.notes)
        text = self.part.draw(rows, where, room)
        for i in range(first, len(room.notes)):
            declared, values, at = room.notes[i]
            room.notes[i] = (declared, _cased(values.cast(pl.String), self.form), at)
            if self.form == "capital":
                room.notes.append((declared, formed(values.cast(pl.String), "capital"), at))
        return formed(text, self.form)


def _cased(values: pl.Series, form: str | None) -> pl.Series:
    return formed(values.cast(pl.String), form) if form in ("upper", "lower") else values


def cut(texts: pl.Series, inserted: Iterable[Inserted], limit: int) -> pl.Series:
    """Texts of at most `limit` characters: longer ones end before the word and the insertion that pass it."""
    long = (texts.str.len_chars() > limit).fill_null(False)
    if not long.any():
        return texts
    where = long.arg_true()
    frame = texts.gather(where).alias("t").to_frame()
    whole = pl.col("t").str.head(limit).str.replace(r"\s*\S*$", "")  # a word that goes on is left out
    at_end = pl.col("t").str.slice(limit, 1).str.contains(r"^\s$")
    end = pl.when(at_end | (whole == "")).then(pl.lit(limit)).otherwise(whole.str.len_chars())
    frame = frame.with_columns(end=end.cast(pl.Int64))
    for part in inserted:
        values = part.values.gather(where).cast(pl.String).alias("v")
        before = pl.col("t").str.split(pl.col("v")).list.first().str.len_chars().cast(pl.Int64)
        torn = (before < pl.col("end")) & (pl.col("end") < before + pl.col("v").str.len_chars().cast(pl.Int64))
        frame = frame.with_columns(values).with_columns(end=pl.when(torn).then(before).otherwise("end"))
    shown = frame.select(pl.col("t").str.head(pl.col("end")).str.strip_chars_end()).to_series()
    return texts.scatter(where, shown)


@dataclass(eq=False)
class Names:
    """Numbers for the streams of phrases, in the order in which they are made; bounds how many there are."""

    limit: int
    used: int = field(default=0)

    def __call__(self) -> str:
        """The next name; raises OverflowError beyond the limit."""
        self.used += 1
        if self.used > self.limit:
            raise OverflowError
        return f"phrase{self.used}"
