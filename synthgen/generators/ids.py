"""Identifiers: distinct by construction, because they are functions of the row number that can be inverted."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
from pydantic import Field, field_validator

from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.digits import decimal, hexadecimal, literal, ragged, strings, width_of
from synthgen.seeds import U64

_FIELD = re.compile(r"\{n(?::(?P<pad>0\d{1,2})?(?P<kind>[dxX]?))?\}")
_MASK60 = np.uint64((1 << 60) - 1)


class IdParams(Params):
    """`id: int`, `id: uuid`, `id: ordinal`, or text with `{n}` in it; `start` is the first number."""

    id: str = Field(description='write int, uuid, ordinal, or text with {n} in it, such as "PRD-{n:06d}"')
    start: int = Field(default=1, ge=0, le=2**62)
    max_length: int | None = Field(default=None, ge=1)

    @field_validator("id")
    @classmethod
    def _known(cls, value: str) -> str:
        if value in ("int", "uuid", "ordinal"):
            return value
        fields = re.findall(r"\{.*?\}", value)
        if len(fields) != 1 or not _FIELD.fullmatch(fields[0]):
            raise ValueError(f"'{value}' is not int, uuid, ordinal or text with one {{n}} or {{n:06d}} in it")
        return value


class Id(BaseGenerator[IdParams]):
    """An identifier: the row number, a UUID (version 4 in shape), text with the number in it, or the ordinal.

    `int` counts rows from `start`; `ordinal` counts the rows of one parent, so it is distinct among siblings only.
    `{n:06d}` pads with zeros (a longer number is written whole), `{n:x}` writes hexadecimal.

    Example: `product_id: {id: "PRD-{n:06d}"}`.
    """

    Params = IdParams

    def __init__(self, params: IdParams, build: Build) -> None:
        super().__init__(params, build)
        self.distinct = params.id != "ordinal"
        self.dtype = pl.Int64() if params.id in ("int", "ordinal") else pl.String()
        self.bounds = (params.start, None) if self.dtype == pl.Int64() else (None, None)
        if params.id == "ordinal":
            if getattr(build, "per", None) is None:
                message = "an ordinal counts the rows of one parent, but this table has none"
                raise build.fail("no-parent", message, "use id: int, or make the table per another", "id")
            self.apart = True
        least = 36 if params.id == "uuid" else len(_FIELD.sub("", params.id)) + _pad(params.id)
        if params.max_length is not None and self.dtype == pl.String() and params.max_length < least:
            message = f"the identifier has {least} characters or more, but max_length is {params.max_length}"
            raise build.fail("too-long", message, 'use a shorter format, such as id: "{n}"', "max_length")

    def generate(self, rows: Rows) -> Column:
        """One identifier per row."""
        if self.params.id == "uuid":
            return Column.uuids(*_halves(rows))
        if self.params.id == "ordinal":
            return Column.of(pl.Series(rows.ordinals + self.params.start))
        numbers = rows.numbers + np.uint64(self.params.start)
        if self.params.id == "int":
            return Column.of(pl.Series(numbers.astype(np.int64)))
        return Column.of(self._text(numbers))

    def _text(self, numbers: U64) -> pl.Series:
        match = _FIELD.search(self.params.id)
        assert match is not None
        before, after = self.params.id[: match.start()], self.params.id[match.end() :]
        pad, base = _pad(self.params.id), 16 if (match["kind"] or "d") in "xX" else 10
        least, most = width_of(numbers, base)
        if base == 10 and most > pad:
            number = pl.Series(numbers).cast(pl.String)
            number = number.str.zfill(pad) if least < pad else number
            return pl.select(pl.concat_str([pl.lit(before), number, pl.lit(after)])).to_series()
        width, count = max(pad, most), len(numbers)
        digits = decimal(numbers, width) if base == 10 else hexadecimal(numbers, width)
        if match["kind"] == "X":
            digits = np.where(digits >= 97, digits - 32, digits).astype(np.uint8)
        matrix = np.concatenate([literal(before.encode(), count), digits, literal(after.encode(), count)], axis=1)
        if max(least, pad) == width:
            return strings(matrix)
        keep = np.ones(matrix.shape, np.bool_)
        start = len(before.encode())
        keep[:, start : start + width - pad] = np.cumsum(digits[:, : width - pad] != 48, axis=1) > 0
        return ragged(matrix, keep)


def _pad(form: str) -> int:
    """Digits that a number is padded to."""
    match = _FIELD.search(form)
    return max(1, int(match["pad"] or 0)) if match else 1


def _halves(rows: Rows) -> tuple[U64, U64]:
    """60 bits are a keyed bijection of the row number, 62 are random, 6 are RFC 9562's version and variant."""
    low_key, high_key = rows.stream("uuid")
    x = (rows.numbers ^ np.uint64(low_key)) & _MASK60
    for odd in (np.uint64(0x9E3779B97F4A7C15 | 1), np.uint64(int(high_key) | 1)):
        x = (x * odd) & _MASK60
        x ^= x >> np.uint64(31)
        x = (x * np.uint64(0xBF58476D1CE4E5B9)) & _MASK60
        x ^= x >> np.uint64(29)
    high = ((x >> np.uint64(12)) << np.uint64(16)) | np.uint64(0x4000) | (x & np.uint64(0xFFF))
    low = (rows.bits("random") & np.uint64((1 << 62) - 1)) | np.uint64(1 << 63)
    return high, low
