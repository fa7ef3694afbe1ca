"""Where values are planted: the columns of a table that can hold one, and the rows that get one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import polars as pl

from synthgen.columns import Column
from synthgen.evals.draw import Draw
from synthgen.privacy.account import Account
from synthgen.privacy.leaves import leaves
from synthgen.privacy.personal_columns import is_place
from synthgen.privacy.prose import is_prose
from synthgen.redteam.forms import FORMS, SPLIT, halves, mutated
from synthgen.redteam.values import Planted, entities, make

PROSE = 0.5
"""Share of a column's values that are sentences, from which on plants stand in sentences too."""

_SENTENCES = ("Please note {} for the file.", "The customer gave us {} on the phone.", "They wrote that {} is theirs.")
_NAMES = ("Please call {} back today.", "We spoke with {} about the delay.", "The refund goes to {} this week.")
_PLACES = (
    "They moved to {} last spring.",
    "Please send the parcel to {} next time.",
    "She has lived at {} since then.",
)
_NOTHING = "the form means nothing for the value"
_DECLARED = "the column declares the entity"
_CALLED = "names in a column of places and firms, which are called after people"


@dataclass(frozen=True)
class Plant:
    """One planted value, by place and form; the value itself is not kept."""

    table: str
    column: str
    entity: str
    form: str


@dataclass(frozen=True)
class Target:
    """A column that text can be planted in. `prose`: its values are sentences."""

    table: str
    name: str
    leaf: str
    prose: bool
    account: Account
    place: bool

    def refuses(self, planted: Planted) -> str | None:
        """Why a value is no plant here, None if it is one."""
        if self.account.covers(planted.entity, planted.value):
            return _DECLARED
        if planted.kind == "name" and (self.place or self.account.skips_names):
            return _CALLED
        return None


def targets(table: str, columns: Mapping[str, Column], accounts: Mapping[str, Account]) -> list[Target]:
    """The columns with text in them: plain ones, and structs and lists of text."""
    found = []
    for name, column in columns.items():
        for leaf in leaves(name, column.values):
            if leaf.values.dtype in (pl.String, pl.Enum, pl.Categorical):
                texts = leaf.values.cast(pl.String).drop_nulls().head(500)
                prose = bool(len(texts)) and float(is_prose(texts).sum()) >= PROSE * len(texts)
                found.append(Target(table, name, leaf.name, prose, accounts[name], is_place(leaf.name)))
                break
    return found


def texts(target: Target, seed: int, left_out: Counter[str]) -> Iterator[tuple[Plant, str, bool]]:
    """What to plant in a column: plant, text, and whether the text is a sentence that follows what stands there."""
    for entity in entities():
        planted = make(entity, Draw(seed, "redteam", target.table, target.leaf, entity))
        for form in FORMS:
            if form == SPLIT:
                continue
            refused = target.refuses(planted)
            draw = Draw(seed, "redteam", target.table, target.leaf, entity, form)
            text = None if refused else mutated(planted, form, draw)
            if text is None:
                left_out[refused or _NOTHING] += 1
                continue
            plant = Plant(target.table, target.leaf, entity, form)
            if target.prose or planted.kind == "place":
                kinds = {"name": _NAMES, "place": _PLACES}
                yield plant, draw.pick(kinds.get(planted.kind, _SENTENCES)).format(text), target.prose
            else:
                yield plant, text, False


def split(
    found: list[Target], columns: Mapping[str, Column], seed: int, left_out: Counter[str]
) -> Iterator[tuple[Plant, tuple[Target, str], tuple[Target, str]]]:
    """What to plant over two columns: neighbours that both are plain text."""
    order = list(columns)
    flat = [t for t in found if columns[t.name].values.dtype == pl.String]
    for left, right in pairwise(flat):
        if order.index(right.name) != order.index(left.name) + 1:
            continue
        for entity in entities():
            planted = make(entity, Draw(seed, "redteam", left.table, left.leaf, entity))
            refused = left.refuses(planted) or right.refuses(planted)
            both = None if refused else halves(planted)
            if both is None:
                left_out[refused or _NOTHING] += 1
            else:
                yield Plant(left.table, left.leaf, entity, SPLIT), (left, both[0]), (right, both[1])


def put(kind: pl.DataType, value: Any, text: str, follows: bool) -> Any:
    """A cell with the text in it: in place of what stands there, after it, or in the first field or element of text."""
    if isinstance(kind, pl.Struct):
        made = dict(value or {})
        for part in kind.fields:
            if _holds(part.dtype):
                made[part.name] = put(part.dtype, made.get(part.name), text, follows)  # type: ignore[arg-type]
                break
        return made
    if isinstance(kind, pl.List | pl.Array):
        return [*(value or []), put(kind.inner, None, text, follows)]  # type: ignore[arg-type]
    return f"{value} {text}" if follows and value else text


def _holds(kind: Any) -> bool:
    if isinstance(kind, pl.Struct):
        return any(_holds(f.dtype) for f in kind.fields)
    if isinstance(kind, pl.List | pl.Array):
        return _holds(kind.inner)
    return kind in (pl.String, pl.Enum, pl.Categorical)


def planted_column(column: Column, rows: pl.Series, cells: Mapping[int, tuple[str, bool]]) -> Column:
    """The column at these rows, with texts in the cells at some positions of it.

    What the generator declares and what a template inserted stay as they are.
    """
    values = column.values.gather(rows)
    if values.dtype in (pl.Enum, pl.Categorical):
        values = values.cast(pl.String)
    if cells:
        at = pl.Series(list(cells), dtype=pl.UInt32)
        old = values.gather(at).to_list()
        made = [put(values.dtype, o, *c) for o, c in zip(old, cells.values(), strict=True)]
        values = _scattered(values, at, pl.Series(made, dtype=values.dtype))
    inserted = tuple(replace(i, values=i.values.gather(rows)) for i in column.inserted)
    return Column.of(values, column.declared, inserted)


def _scattered(values: pl.Series, at: pl.Series, made: pl.Series) -> pl.Series:
    """The values with others at these positions; any type."""
    order = pl.arange(len(values), eager=True, dtype=pl.UInt32).clone()
    return pl.concat([values, made]).gather(order.scatter(at, pl.arange(len(made), eager=True) + len(values)))
