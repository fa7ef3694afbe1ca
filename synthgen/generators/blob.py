"""Small placeholder files as binary columns."""

from __future__ import annotations

from typing import Literal

import numpy as np
import polars as pl
import pyarrow as pa
from pydantic import Field, field_validator

from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.digits import decimal, literal, strings
from synthgen.generators.placeholder_files import DIGITS, MIME, Bytes, Fill, blank
from synthgen.seeds import U64, below

_MOST = 4096  # bytes of a file
_PICTURES = ("png", "gif", "bmp", "svg", "pdf")
_NUMBERS = 2**24


class BlobParams(Params):
    """`blob: png`, or another kind of file."""

    blob: Literal["png", "gif", "bmp", "svg", "pdf", "wav", "csv", "txt", "zip"] = Field(
        description="write blob: png, gif, bmp, svg, pdf, wav, csv, txt or zip"
    )
    size: list[int] = Field(default=[16, 16], min_length=2, max_length=2, description="write size: [32, 32]")
    fill: Fill = Field(default="solid", description="write solid, checks or stripes")
    seconds: float = Field(default=0.1, gt=0, le=0.5, description="the length of a sound, up to 0.5 seconds")
    as_: Literal["bytes", "file"] = Field(default="bytes", alias="as", description="write bytes, or file")

    @field_validator("size")
    @classmethod
    def _visible(cls, value: list[int]) -> list[int]:
        if not all(1 <= side <= 1024 for side in value):
            raise ValueError("a size is [width, height] in pixels, each from 1 to 1024")
        return value


class Blob(BaseGenerator[BlobParams]):
    """A small valid file: a picture or page in one of 16.8 million colours, silence, or a text with a number in it.

    `as: file` makes a struct of `name`, `mime` and `content`. Example: `thumbnail: {blob: png, size: [32, 32]}`.
    """

    Params = BlobParams
    capacity = _NUMBERS

    def __init__(self, params: BlobParams, build: Build) -> None:
        super().__init__(params, build)
        kind, given = params.blob, params.model_fields_set
        for key, allowed in (("size", _PICTURES), ("fill", _PICTURES[:3]), ("seconds", ("wav",))):
            if key in given and kind not in allowed:
                message = f"'{key}' says nothing about a {kind} file"
                raise build.fail("contradiction", message, f"remove it, or make {' or '.join(allowed)}", key)
        width, height = params.size
        self.blank = blank(kind, width, height, params.fill, params.seconds)
        if len(self.blank.content) > _MOST:
            message = f"each file would have {len(self.blank.content):,} bytes, but {_MOST:,} are the most"
            raise build.fail("too-large", message, "make it smaller, or take png, which is compressed", "size")
        fields = [pl.Field("name", pl.String()), pl.Field("mime", pl.String()), pl.Field("content", pl.Binary())]
        self.dtype = pl.Struct(fields) if params.as_ == "file" else pl.Binary()

    def generate(self, rows: Rows) -> Column:
        """One file per row."""
        return self.nth(below(rows.bits(), _NUMBERS), rows)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The file with that number."""
        content = _binary(self.blank.filled(index))
        if self.params.as_ == "bytes":
            return Column.of(content)
        count, kind = len(index), self.params.blob
        text = [literal(b"placeholder-", count), decimal(index, DIGITS), literal(f".{kind}".encode(), count)]
        mime = pl.Series([MIME[kind]], dtype=pl.String).new_from_index(0, count)
        frame = pl.DataFrame({"name": strings(np.concatenate(text, axis=1)), "mime": mime, "content": content})
        return Column.of(frame.to_struct(""))


def _binary(matrix: Bytes) -> pl.Series:
    """A Binary column from the rows of a byte matrix."""
    count, width = matrix.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int64)[: count + 1]
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(matrix))]
    return pl.Series(pl.from_arrow(pa.Array.from_buffers(pa.large_binary(), count, buffers)))
