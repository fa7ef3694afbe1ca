"""Text with holes that other columns fill; what was inserted travels with the column, so the scanner knows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from pydantic import Field, field_validator

from synthgen.columns import Column, Inserted, Rows, Vocabulary
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.choice import checked_weights
from synthgen.scatter import Index, gathered, spread
from synthgen.seeds import Alias

_HOLE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
FORMAT = re.compile(r"(?P<places>\.\d)f|(?P<width>0\d+)d|(?P<date>%.+)")


@dataclass(frozen=True)
class Piece:
    """A stretch of a template: literal text, or a column with an optional format."""

    text: str
    column: str | None = None
    form: str | None = None


def parse(template: str) -> list[Piece]:
    """The pieces of a template; raises ValueError for stray braces and unknown formats.

    >>> [p.column or p.text for p in parse("Order {order_id} is {{open}}")]
    ['Order ', 'order_id', ' is {open}']
    """
    pieces: list[Piece] = []
    text, last = "", 0
    for match in _HOLE.finditer(template):
        text += _plain(template[last : match.start()])
        last = match.end()
        if match.group() in ("{{", "}}"):
            text += match.group()[0]
            continue
        name, _, form = match[1].partition(":")
        if not name.strip():
            raise ValueError("a hole names a column, such as {order_id}; literal braces are doubled")
        if form and not FORMAT.fullmatch(form):
            raise ValueError(f"'{form}' is not a format; use .2f, 06d or a date format such as %Y-%m-%d")
        if text:
            pieces.append(Piece(text))
            text = ""
        pieces.append(Piece("", name.strip(), form or None))
    text += _plain(template[last:])
    return [*pieces, Piece(text)] if text or not pieces else pieces


def _plain(text: str) -> str:
    if "{" in text or "}" in text:
        raise ValueError("a brace stands alone; double it to write it")
    return text


class TemplateParams(Params):
    """`template: "Hi {first_name}"`, or several: a list, or a mapping of templates to weights."""

    template: str | list[str] | dict[str, float] = Field(description='write template: "Order {order_id} shipped"')
    max_length: int | None = Field(default=None, ge=1)

    @field_validator("template")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        templates = [value] if isinstance(value, str) else list(value)
        if not templates:
            raise ValueError("write at least one template")
        for template in templates:
            parse(str(template))
        if isinstance(value, dict):
            checked_weights(list(value.values()))
        return value


class Template(BaseGenerator[TemplateParams]):
    """Text with columns of the row filled in: `{column}`, `{table.column}`, `{total:.2f}`, `{at:%d %B %Y}`.

    Several templates are drawn from by weight. A null is filled in as nothing. A text that would pass `max_length` ends
    before the first hole whose value does not fit; literal text is cut.

    Example: `subject: {template: "Order {order_id} of {signup_at:%d %B} for {first_name}"}`.
    """

    Params = TemplateParams
    dtype = pl.String()

    def __init__(self, params: TemplateParams, build: Build) -> None:
        super().__init__(params, build)
        written = params.template
        weights = list(written.values()) if isinstance(written, dict) else None
        templates = [written] if isinstance(written, str) else list(written)
        self.templates = [parse(t) for t in templates]
        self.alias = Alias(weights or [1.0] * len(templates))
        for pieces in self.templates:
            for piece in pieces:
                if piece.column is not None:
                    self._check(piece, build)
        self.needs = tuple(dict.fromkeys(p.column for pieces in self.templates for p in pieces if p.column))
        self.vocabulary = None
        if not self.needs:
            texts = ["".join(p.text for p in pieces)[: params.max_length] for pieces in self.templates]
            self.vocabulary = Vocabulary(f"recipe:{build.table}.{build.column}", pl.Series(texts))

    def _check(self, piece: Piece, build: Build) -> None:
        assert piece.column is not None
        kind = build.dtype_of(piece.column)
        if kind.is_nested() or kind == pl.Binary():
            message = f"'{piece.column}' is {kind}, which cannot be written into text"
            raise build.fail("wrong-type", message, "name a plain column", "template")
        if not piece.form:
            return
        wanted = kind.is_temporal() if piece.form.startswith("%") else kind.is_numeric()
        if not wanted or isinstance(kind, pl.Duration):
            message = f"the format '{piece.form}' does not fit {piece.column}, which is {kind}"
            raise build.fail("wrong-type", message, "use %Y-%m-%d for dates, .2f or 06d for numbers", "template")

    def generate(self, rows: Rows) -> Column:
        """One text per row, with what was inserted."""
        which = self.alias.pick(rows.bits()) if len(self.templates) > 1 else np.zeros(rows.count, np.uint32)
        if self.vocabulary is not None:
            return Column.coded(self.vocabulary, which)
        columns = {name: rows.column(name) for name in self.needs}
        texts: list[pl.Series] = []
        index: list[Index] = []
        inserted: list[Inserted] = []
        for i, pieces in enumerate(self.templates):
            mine = np.flatnonzero(which == i)
            if not len(mine) and rows.count:
                continue
            filled = [_fill(p, columns, mine, rows.count) for p in pieces]
            if self.params.max_length is not None:
                filled = _shortened(filled, pieces, self.params.max_length, len(mine))
            named = [f.alias(str(j)) for j, f in enumerate(filled)]
            texts.append(pl.DataFrame(named).select(pl.concat_str(pl.all(), ignore_nulls=True)).to_series())
            index.append(mine)
            for piece, value in zip(pieces, filled, strict=True):
                if piece.column is not None:
                    declared = columns[piece.column].declared
                    inserted.append(Inserted(spread(value, mine, rows.count), declared))
        return Column.of(gathered(texts, index, pl.String()), inserted=tuple(inserted))


def _fill(piece: Piece, columns: dict[str, Column], mine: Index, count: int) -> pl.Series:
    """The text of a piece in the rows `mine`."""
    if piece.column is None:
        return pl.Series([piece.text], dtype=pl.String).new_from_index(0, len(mine))
    values = columns[piece.column].values
    return written(values if len(mine) == count else values.gather(mine), piece.form)


def _shortened(filled: list[pl.Series], pieces: list[Piece], limit: int, count: int) -> list[pl.Series]:
    """The pieces with what passes the limit left out: values whole, literal text letter by letter."""
    room = np.full(count, limit, np.int64)
    kept = []
    for piece, values in zip(pieces, filled, strict=True):
        lengths = values.str.len_chars().fill_null(0).to_numpy().astype(np.int64)
        over = lengths > room
        if over.any():
            frame = pl.DataFrame([values.alias("v"), pl.Series("over", over), pl.Series("room", room)])
            cut = pl.col("v").str.head(pl.col("room")) if piece.column is None else pl.lit(None, pl.String)
            values = frame.select(pl.when("over").then(cut).otherwise("v")).to_series()
        kept.append(values)
        room = np.where(over, 0, room - lengths)
    return kept


def written(values: pl.Series, form: str | None) -> pl.Series:
    """Values as text, by a format such as `.2f`, `06d` or `%Y-%m-%d`."""
    if form is None:
        return values.cast(pl.String)
    if form.startswith("%"):
        return values.dt.strftime(form)
    if form.endswith("f"):
        places = int(form[1:-1])
        return values.cast(pl.Decimal(38, places)).cast(pl.String)
    return values.cast(pl.Int64).cast(pl.String).str.zfill(int(form[:-1]))
