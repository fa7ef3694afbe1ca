"""Functional dependencies: a value decided by other columns, through a map in the recipe or a file of the project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, WithJsonSchema, field_validator, model_validator

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.project_file import known_column, read_table
from synthgen.seeds import unit

_MOST_KEYS = 8
_NAMES = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
Columns = Annotated[list[str], WithJsonSchema(_NAMES)]


class LookupParams(Params):
    """`lookup: column`, or several, with a `map`, or with a `file` and its columns `from` and `to`."""

    lookup: Columns = Field(min_length=1, max_length=_MOST_KEYS, description="write lookup: COLUMN, or [A, B]")
    map: dict[str, Any] | None = None
    file: str | None = None
    from_: Columns | None = Field(default=None, alias="from")
    to: str | None = None
    default: Any = None
    pick: str | None = Field(default=None, description="write pick: random beside file: one of several rows of a key")
    weight: str | None = None
    with_: str | None = Field(default=None, alias="with", description="write with: COLUMN that picks the row")

    @field_validator("lookup", "from_", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _fitting(self) -> LookupParams:
        if self.pick not in (None, "random", "first"):
            raise ValueError("pick is first or random")
        if self.file is None and (self.pick or self.weight or self.with_):
            raise ValueError("'pick', 'weight' and 'with' need a file")
        if self.weight is not None and self.pick != "random":
            raise ValueError("'weight' needs pick: random")
        if self.from_ is not None and len(self.from_) != len(self.lookup):
            raise ValueError("'from' names one column of the file for each one that is looked up")
        return self


class Lookup(BaseGenerator[LookupParams]):
    """The value that other columns' values map to; `default` (or null) for those that the map or file leaves out.

    Where a file has several rows of one key, the first counts, or with `pick: random` one of them, by `weight`. Lookups
    of one file that are joined by `with` read the same row.

    Example: `currency: {lookup: country, map: {US: USD, DE: EUR}, default: EUR}`.
    """

    Params = LookupParams

    def __init__(self, params: LookupParams, build: Build) -> None:
        super().__init__(params, build)
        self.needs = tuple(params.lookup)
        types = [build.dtype_of(name) for name in params.lookup]
        if (params.map is None) == (params.file is None):
            message = "a lookup needs either 'map' or 'file'"
            raise build.fail("contradiction", message, "write map: {US: USD}, or file: rates.csv", "lookup")
        self._lead = self._shared(build)
        self._cumulative: NDArray[np.float64] | None = None
        keys, values = self._inline(build) if params.map is not None else self._file(build)
        values = [*values, params.default]
        kinds = {type(v) for v in values if v is not None}
        if kinds == {int, float}:
            values = [None if v is None else float(v) for v in values]
        elif len(kinds) > 1:
            raise build.fail("wrong-type", "the values mix types", "quote them all to make text", "map")
        known = [self._cast(k, kind, name, build) for k, kind, name in zip(keys, types, params.lookup, strict=True)]
        series = pl.Series("value", values) if kinds else pl.Series("value", values, dtype=pl.String)
        self.dtype = series.dtype
        self._index(known)
        self.missing = None if params.default is None else len(series) - 1
        self.vocabulary = Vocabulary(f"recipe:{build.table}.{build.column}", series)

    def _cast(self, keys: pl.Series, kind: pl.DataType, name: str, build: Build) -> pl.Series:
        try:
            return keys.cast(kind)
        except pl.exceptions.PolarsError:
            message = f"the keys do not fit {name}, which is {kind}"
            raise build.fail("wrong-type", message, "write keys of that type", "lookup") from None

    def _shared(self, build: Build) -> Lookup | None:
        """The lookup whose row this one reads too."""
        name = self.params.with_
        if name is None:
            return None
        lead: Any = build.generator_of(name)
        if not isinstance(lead, Lookup) or "." in name:
            message = f"'{name}' is not a lookup of this table"
            raise build.fail("contradiction", message, "name the column that picks the row", "with")
        same = (lead.params.lookup, lead.params.file, lead.params.from_) == (
            self.params.lookup,
            self.params.file,
            self.params.from_,
        )
        if not same or self.params.pick or lead.params.with_:
            message = f"'{name}' must look the same columns up in the same file, and alone say how a row is picked"
            raise build.fail("contradiction", message, "repeat lookup, file and from, and leave pick out", "with")
        self.needs = (*self.needs, name)
        return lead

    def _inline(self, build: Build) -> tuple[list[pl.Series], list[Any]]:
        depth = len(self.params.lookup)
        rows = list(_paths(self.params.map or {}, depth))
        if not rows or any(len(path) != depth or isinstance(value, list | dict) for path, value in rows):
            if depth == 1:
                raise build.fail("bad-value", "a map gives each key one value", "write map: {US: USD}", "map")
            message = f"a map for {depth} columns is nested {depth} deep"
            raise build.fail("bad-value", message, "write map: {US: {free: 0, pro: 9}}", "map")
        columns = zip(*(path for path, _ in rows), strict=True)
        return [pl.Series("key", list(c), dtype=pl.String) for c in columns], [v for _, v in rows]

    def _file(self, build: Build) -> tuple[list[pl.Series], list[Any]]:
        params, file = self.params, self.params.file or ""
        table = read_table(file, build)
        bare = (n if n in table.columns else n.rpartition(".")[2] for n in params.lookup)
        sources = params.from_ or list(bare)
        for name in sources:
            known_column(table, name, file, build, "from")
        target = known_column(table, params.to or build.column, file, build, "to")
        picked = self._lead.params if self._lead is not None else params
        if picked.pick != "random":
            table = table.unique(sources, keep="first", maintain_order=True)
            weights = None
        else:
            table = table.sort(sources, maintain_order=True)
            weights = self._weights(table, picked.weight, file, build)
        self._cumulative = None if weights is None else np.cumsum(weights)
        return [table[name].cast(pl.String).alias("key") for name in sources], table[target].to_list()

    def _weights(self, table: pl.DataFrame, weight: str | None, file: str, build: Build) -> NDArray[np.float64]:
        if weight is None:
            return np.ones(len(table))
        column = table[known_column(table, weight, file, build, "weight")]
        if not column.dtype.is_numeric() or column.null_count() or (column < 0).any():
            raise build.fail("bad-value", f"'{weight}' is no column of weights", "numbers of at least 0", "weight")
        return column.cast(pl.Float64).to_numpy()

    def _index(self, keys: list[pl.Series]) -> None:
        """For each key the row of its value, or the run of its rows; kinds of keys that have no weight are left out."""
        names = [f"k{i}" for i in range(len(keys))]
        frame = pl.DataFrame([k.alias(n) for k, n in zip(keys, names, strict=True)])
        frame = frame.with_columns(pl.Series("code", np.arange(len(frame), dtype=np.uint32)))
        self._names = names
        if self.params.map is not None or self._cumulative is None:
            self.frame = frame.unique(names, keep="first", maintain_order=True)
            return
        runs = frame.group_by(names, maintain_order=True).agg(first=pl.col("code").min(), last=pl.col("code").max())
        total = np.concatenate([[0.0], self._cumulative])
        low, high = total[runs["first"].to_numpy()], total[runs["last"].to_numpy() + 1]
        self.frame = runs.with_columns(low=pl.Series(low), high=pl.Series(high)).filter(pl.col("high") > pl.col("low"))

    def _codes(self, rows: Rows) -> pl.Series:
        """The row of the file, or of the map, for each row; null where there is none."""
        wanted = pl.DataFrame([rows.values(c).alias(n) for c, n in zip(self.params.lookup, self._names, strict=True)])
        found = wanted.join(self.frame, on=self._names, how="left", maintain_order="left")
        if "code" in found.columns:
            return found["code"]
        low, high = (found[c].fill_null(0.0).to_numpy() for c in ("low", "high"))
        at = low + unit(rows.bits("row")) * (high - low)
        assert self._cumulative is not None  # set beside `low`
        codes = np.searchsorted(self._cumulative, at, side="right")
        last = found["last"].fill_null(0).to_numpy()
        return pl.Series(np.minimum(codes, last).astype(np.uint32)).set(found["low"].is_null(), None)

    def generate(self, rows: Rows) -> Column:
        """The mapped value of each row."""
        if self._lead is not None and self.params.with_ is not None:
            lead, name = self._lead, self.params.with_
            beside = rows.beside(name)
            codes = beside.memo("#row", lambda: lead._codes(beside))
        else:
            codes = rows.memo("#row", lambda: self._codes(rows))
        return Column.coded(self.vocabulary, codes if self.missing is None else codes.fill_null(self.missing))


def _paths(tree: Any, depth: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Keys of nested mappings down to a depth, with what stands there."""
    if depth == 0 or not isinstance(tree, dict):
        yield (), tree
        return
    for key, inner in tree.items():
        for path, value in _paths(inner, depth - 1):
            yield (str(key), *path), value
