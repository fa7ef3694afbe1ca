"""Functional dependencies: a value decided by another column, through a map in the recipe or a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from pydantic import Field

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generator import BaseGenerator, Build, Params

_MAX_ROWS = 1_000_000


class LookupParams(Params):
    """`lookup: column` with `map: {key: value}`, or with `file:`, `from:` and `to:` for two columns of a CSV file."""

    lookup: str
    map: dict[str, Any] | None = None
    file: str | None = None
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    default: Any = None


class Lookup(BaseGenerator[LookupParams]):
    """The value that another column's value maps to; `default` (or null) for values that the map leaves out.

    Example: `currency: {lookup: country, map: {US: USD, DE: EUR}, default: EUR}`.
    """

    Params = LookupParams

    def __init__(self, params: LookupParams, build: Build) -> None:
        super().__init__(params, build)
        self.needs = (params.lookup,)
        key_type = build.dtype_of(params.lookup)
        if (params.map is None) == (params.file is None):
            message = "a lookup needs either 'map' or 'file'"
            raise build.fail("contradiction", message, "write map: {US: USD}, or file: rates.csv", "lookup")
        keys, values = self._inline(build) if params.map is not None else self._file(build)
        values = [*values, params.default]
        kinds = {type(v) for v in values if v is not None}
        if kinds == {int, float}:
            values = [None if v is None else float(v) for v in values]
        elif len(kinds) > 1:
            raise build.fail("wrong-type", "the values mix types", "quote them all to make text", "map")
        known = pl.Series("key", keys, dtype=pl.String)
        try:
            self.keys = known.cast(key_type)
        except pl.exceptions.PolarsError:
            message = f"the keys do not fit {params.lookup}, which is {key_type}"
            raise build.fail("wrong-type", message, "write keys of that type", "lookup") from None
        series = pl.Series("value", values) if kinds else pl.Series("value", values, dtype=pl.String)
        self.dtype = series.dtype
        self.frame = pl.DataFrame([self.keys, pl.Series("code", np.arange(len(keys), dtype=np.uint32))])
        self.missing = None if params.default is None else len(keys)
        self.vocabulary = Vocabulary(f"recipe:{build.table}.{build.column}", series)

    def _inline(self, build: Build) -> tuple[list[str], list[Any]]:
        found = self.params.map or {}
        if not found or any(isinstance(v, list | dict) for v in found.values()):
            raise build.fail("bad-value", "a map gives each key one value", "write map: {US: USD}", "map")
        return list(found), list(found.values())

    def _file(self, build: Build) -> tuple[list[str], list[Any]]:
        params = self.params
        assert params.file is not None
        path = (build.root / params.file).resolve()
        if not path.is_relative_to(Path(build.root).resolve()):
            raise build.fail("outside", f"'{params.file}' lies outside the project", "move the file in", "file")
        try:
            table = pl.read_csv(path, infer_schema_length=None)
        except (OSError, pl.exceptions.PolarsError):
            raise build.fail("missing-file", f"cannot read {params.file} as CSV", "check the path", "file") from None
        if len(table) > _MAX_ROWS:
            raise build.fail("too-large", f"{params.file} has {len(table):,} rows", f"at most {_MAX_ROWS:,}", "file")
        source, target = params.from_ or params.lookup, params.to or build.column
        for key, name in (("from", source), ("to", target)):
            if name not in table.columns:
                message = f"{params.file} has no column '{name}'"
                raise build.fail("unknown-column", message, f"it has {', '.join(table.columns[:12])}", key)
        table = table.unique(source, keep="first", maintain_order=True)
        return table[source].cast(pl.String).to_list(), table[target].to_list()

    def generate(self, rows: Rows) -> Column:
        """The mapped value of each row."""
        wanted = rows.values(self.params.lookup).alias("key").to_frame()
        codes = wanted.join(self.frame, on="key", how="left", maintain_order="left")["code"]
        return Column.coded(self.vocabulary, codes if self.missing is None else codes.fill_null(self.missing))
