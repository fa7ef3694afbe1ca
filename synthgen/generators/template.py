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
from synthgen.seeds import Alias

_HOLE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_FORMAT = re.compile(r"(?P<places>\.\d)f|(?P<width>0\d+)d|(?P<date>%.+)")


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
        if form and not _FORMAT.fullmatch(form):
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
            parse(template)
        if isinstance(value, dict) and (min(value.values()) < 0 or sum(value.values()) <= 0):
            raise ValueError("weights are numbers of at least 0, and not all 0")
        return value


class Template(BaseGenerator[TemplateParams]):
    """Text with columns of the row filled in: `{column}`, `{table.column}`, `{total:.2f}`, `{at:%d %B %Y}`.

    Several templates are drawn from by weight. `max_length` cuts. A null is filled in as nothing.
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
        if piece.form and piece.form.startswith("%") != kind.is_temporal():
            message = f"the format '{piece.form}' does not fit {piece.column}, which is {kind}"
            raise build.fail("wrong-type", message, "use %Y-%m-%d for dates, .2f or 06d for numbers", "template")

    def generate(self, rows: Rows) -> Column:
        """One text per row, with what was inserted."""
        which = self.alias.pick(rows.bits()) if len(self.templates) > 1 else np.zeros(rows.count, np.uint32)
        if self.vocabulary is not None:
            return Column.coded(self.vocabulary, which)
        columns = {name: rows.column(name) for name in self.needs}
        inserted: dict[str, Inserted] = {}
        texts, index = [], []
        for i, pieces in enumerate(self.templates):
            mine = np.flatnonzero(which == i) if len(self.templates) > 1 else None
            parts = [self._fill(p, columns, mine, inserted) for p in pieces]
            height = rows.count if mine is None else len(mine)
            frame = pl.select(pl.concat_str(parts, ignore_nulls=True)) if parts else pl.DataFrame()
            text = frame.to_series() if parts else pl.Series([""])
            texts.append(text if len(text) == height else text.new_from_index(0, height))
            index.append(np.arange(rows.count) if mine is None else mine)
        text = pl.concat(texts).gather(np.argsort(np.concatenate(index), kind="stable")) if rows.count else texts[0]
        if self.params.max_length is not None:
            text = text.str.head(self.params.max_length)
        return Column.of(text.cast(pl.String), inserted=tuple(inserted.values()))

    def _fill(self, piece: Piece, columns: dict[str, Column], mine: Any, inserted: dict[str, Inserted]) -> pl.Expr:
        if piece.column is None:
            return pl.lit(piece.text)
        column = columns[piece.column]
        text = _written(column.values, piece.form)
        inserted.setdefault(f"{piece.column}:{piece.form}", Inserted(text, column.declared))
        return pl.lit(text if mine is None else text.gather(mine))


def _written(values: pl.Series, form: str | None) -> pl.Series:
    if form is None:
        return values.cast(pl.String)
    if form.startswith("%"):
        return values.dt.strftime(form)
    if form.endswith("f"):
        places = int(form[1:-1])
        return values.cast(pl.Decimal(38, places)).cast(pl.String)
    return values.cast(pl.Int64).cast(pl.String).str.zfill(int(form[:-1]))
