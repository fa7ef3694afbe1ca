"""Copies: the value that a parent or a referenced row has."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params


class CopyParams(Params):
    """`copy: table.column`, through the parent or through this table's reference to it."""

    copy_: str = Field(alias="copy")  # `copy` is a method of pydantic's models


class Copy(BaseGenerator[CopyParams]):
    """The value of a column of the parent, or of the row that a reference of this row picked.

    Null where the reference is null. Example: `unit_price: {copy: products.price}`.
    """

    Params = CopyParams

    def __init__(self, params: CopyParams, build: Build) -> None:
        super().__init__(params, build)
        self.source = params.copy_
        self.dtype = build.dtype_of(self.source)
        self.needs = (self.source,)
        self.bounds = build.generator_of(self.source).bounds

    def generate(self, rows: Rows) -> Column:
        """The copied values, with what their own column declares."""
        return replace(rows.column(self.source), picks=None)
