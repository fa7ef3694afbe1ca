"""Nested columns: structs of generators, and lists of one generator's values."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from pydantic import Field, field_validator

from synthgen.columns import Column, Inserted, Rows
from synthgen.generator import BaseGenerator, Build, Params, Spec
from synthgen.seeds import below


class StructParams(Params):
    """`struct: {field: generator, ...}`."""

    struct: dict[str, Spec] = Field(min_length=1, description="write struct: {width: {integer: [1, 9]}, ...}")


class Struct(BaseGenerator[StructParams]):
    """A record of named fields, each with its own generator.

    Example: `size: {struct: {width: {integer: [1, 90]}, height: {integer: [1, 90]}}}`.
    """

    Params = StructParams

    def __init__(self, params: StructParams, build: Build) -> None:
        super().__init__(params, build)
        self.fields = {name: build.nested(spec, "struct", name) for name, spec in params.struct.items()}
        self.dtype = pl.Struct([pl.Field(name, g.dtype) for name, g in self.fields.items()])
        self.needs = tuple(dict.fromkeys(n for g in self.fields.values() for n in g.needs))

    def generate(self, rows: Rows) -> Column:
        """One record per row."""
        made = {name: g.generate(rows.scoped(name)) for name, g in self.fields.items()}
        inserted = tuple(Inserted(c.values, c.declared) for c in made.values() if c.declared is not None)
        inserted += tuple(i for c in made.values() for i in c.inserted)
        values = pl.DataFrame([c.values.alias(name) for name, c in made.items()]).to_struct("struct")
        return Column.of(values, inserted=inserted)


class ListParams(Params):
    """`list: generator`, with `length`: a number, [least, most], or a count distribution."""

    list: Spec = Field(description="write list: {choice: [a, b]}, length: [0, 3]")
    length: Any = 3

    @field_validator("length")
    @classmethod
    def _known(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        low, high = _ends(value)
        if not 0 <= low <= high <= 10_000:
            raise ValueError("a length lies between 0 and 10,000")
        return value


def _ends(value: Any) -> tuple[int, int]:
    if isinstance(value, int) and not isinstance(value, bool):
        return value, value
    if isinstance(value, list) and len(value) == 2 and all(isinstance(v, int) for v in value):
        return value[0], value[1]
    raise ValueError("a length is a number, [least, most], or a generator such as {poisson: 2}")


class ListOf(BaseGenerator[ListParams]):
    """A list of values of one generator, of a `length`: a number, [least, most], or a count distribution.

    Example: `tags: {list: {choice: [new, sale, eco]}, length: [0, 3]}`.
    """

    Params = ListParams

    def __init__(self, params: ListParams, build: Build) -> None:
        super().__init__(params, build)
        self.inner = build.nested(params.list, "list")
        self.length = build.nested(params.length, "length") if isinstance(params.length, dict) else None
        if self.length is not None and not self.length.dtype.is_integer():
            raise build.fail("wrong-type", "a length is a whole number", "use poisson or integer", "length")
        if self.length is not None and (self.length.bounds[0] or 0) < 0:
            raise build.fail("wrong-type", "a length can be negative", "give it a range from 0", "length")
        self.dtype = pl.List(self.inner.dtype)
        self.needs = (*self.inner.needs, *(self.length.needs if self.length else ()))

    def generate(self, rows: Rows) -> Column:
        """One list per row."""
        if self.length is not None:
            counts = self.length.generate(rows.scoped("length")).values.cast(pl.Int64).fill_null(0).to_numpy()
        else:
            low, high = _ends(self.params.length)
            counts = below(rows.bits("length"), high - low + 1).astype(np.int64) + low
        inner = self.inner.generate(rows.scoped("element").expand(counts))
        offsets = np.zeros(rows.count + 1, np.int64)
        np.cumsum(counts, out=offsets[1:])
        lists = pa.LargeListArray.from_arrays(pa.array(offsets), inner.values.rechunk().to_arrow())
        return Column.of(pl.Series(pl.from_arrow(lists), dtype=self.dtype), inner.declared)
