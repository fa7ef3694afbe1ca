"""Hierarchies: a tree of categories whose leaves a column draws, and columns that hold the levels above."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, field_validator, model_validator

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.distributions import Counts
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.project_file import known_column, read_table
from synthgen.seeds import U64, Alias

_DEEPEST, _MOST = 12, 200_000
_ARROW = ">"

Path = tuple[str, ...]


class HierarchyParams(Params):
    """`hierarchy: {category: {subcategory: [leaf, ...]}}`, or a file of paths with its `levels`."""

    hierarchy: dict[str, Any] | str = Field(
        description="write hierarchy: {Home: {Kitchen: [pan, pot]}}, or a file of paths such as products.csv"
    )
    weights: dict[str, float] | None = Field(default=None, description='write weights: {Home: 3, "Home > Kitchen": 2}')
    levels: list[str] | None = Field(default=None, min_length=1, max_length=_DEEPEST)
    weight: str | None = None

    @field_validator("weights")
    @classmethod
    def _usable(cls, value: dict[str, float] | None) -> dict[str, float] | None:
        if any(not 0 <= w < 1e100 for w in (value or {}).values()):
            raise ValueError("weights are numbers of at least 0")
        return value

    @model_validator(mode="after")
    def _fitting(self) -> HierarchyParams:
        if isinstance(self.hierarchy, str):
            if self.levels is None:
                raise ValueError("a file of paths needs levels: the columns from the top down")
            if self.weights is not None:
                raise ValueError("the weights of a file stand in a column of it: write weight: COLUMN")
        elif self.levels is not None or self.weight is not None:
            raise ValueError("'levels' and 'weight' belong to a file; write weights: {BRANCH: 2}")
        return self


class Hierarchy(BaseGenerator[HierarchyParams]):
    """A leaf of a tree of categories; `level` makes the columns of what stands above it.

    Siblings are equally likely unless `weights` or numbers behind leaves say otherwise.

    Example: `product: {hierarchy: {Home: {Kitchen: {pan: 3, pot: 1}, Garden: [hose, rake]}, Toys: [kite, ball]}}`.
    """

    Params = HierarchyParams
    dtype = pl.String()
    drivable = True

    def __init__(self, params: HierarchyParams, build: Build) -> None:
        super().__init__(params, build)
        made = self._of_file(build) if isinstance(params.hierarchy, str) else self._of_tree(params.hierarchy, build)
        self.paths = [path for path, _ in made]
        weights = np.array([weight for _, weight in made])
        if not self.paths or not weights.sum() > 0:
            raise build.fail("bad-value", "the hierarchy has no leaf of some weight", "give one a weight", "hierarchy")
        self.vocabulary = Vocabulary(f"recipe:{build.table}.{build.column}", pl.Series([p[-1] for p in self.paths]))
        self.alias = Alias(weights)
        self._positions = Counts(0, weights)
        self._last = int(np.flatnonzero(weights)[-1])
        names = len(set(self.vocabulary.values))
        self.capacity = len(self.paths) if names == len(self.paths) else None

    def _of_tree(self, tree: Mapping[str, Any], build: Build) -> list[tuple[Path, float]]:
        stated = {tuple(p.strip() for p in k.split(_ARROW)): w for k, w in (self.params.weights or {}).items()}
        seen: set[Path] = set()
        try:
            found = list(_leaves(tree, (), 1.0, stated, seen))
        except ValueError as error:
            remedy = "write {Home: {Kitchen: [pan, pot]}}, or {pan: 3, pot: 1} for weights of leaves"
            raise build.fail("bad-value", str(error), remedy, "hierarchy") from None
        for path in stated:
            if path not in seen:
                words = f" {_ARROW} ".join(path)
                message = f"the hierarchy has no branch '{words}'"
                raise build.fail("unknown-value", message, "write the whole path, such as Home > Kitchen", "weights")
        if len(found) > _MOST:
            raise build.fail("too-large", f"the hierarchy has {len(found):,} leaves", f"at most {_MOST:,}", "hierarchy")
        return found

    def _of_file(self, build: Build) -> list[tuple[Path, float]]:
        params, file = self.params, str(self.params.hierarchy)
        table = read_table(file, build, "hierarchy")
        columns = [known_column(table, name, file, build, "levels") for name in params.levels or []]
        weights = np.ones(len(table))
        if params.weight is not None:
            column = table[known_column(table, params.weight, file, build, "weight")]
            if not column.dtype.is_numeric() or column.null_count() or (column < 0).any():
                message = f"'{params.weight}' is no column of weights"
                raise build.fail("bad-value", message, "numbers of at least 0", "weight")
            weights = column.cast(pl.Float64).to_numpy()
        found: dict[Path, float] = {}
        for row, weight in zip(table.select(pl.col(columns).cast(pl.String)).iter_rows(), weights, strict=True):
            path = tuple(word for word in row if word)
            if path:
                found[path] = found.get(path, 0.0) + float(weight)
        if len(found) > _MOST:
            raise build.fail("too-large", f"{file} has {len(found):,} leaves", f"at most {_MOST:,}", "hierarchy")
        return list(found.items())

    def generate(self, rows: Rows) -> Column:
        """One leaf per row."""
        return Column.coded(self.vocabulary, self.alias.pick(rows.bits()))

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """The leaf at each share of the tree, in the order that it is written in."""
        return Column.coded(self.vocabulary, np.minimum(self._positions(u), self._last).astype(np.uint32))

    def nth(self, index: U64, rows: Rows) -> Column:
        """The leaf at a position."""
        return Column.coded(self.vocabulary, index.astype(np.uint32))


def _leaves(
    tree: Any, above: Path, share: float, stated: Mapping[Path, float], seen: set[Path]
) -> Iterator[tuple[Path, float]]:
    """Every leaf with its path and probability; raises ValueError for what is no tree."""
    if len(above) >= _DEEPEST:
        raise ValueError(f"a hierarchy has at most {_DEEPEST} levels")
    where = f" {_ARROW} ".join(above) or "the hierarchy"
    if isinstance(tree, list):
        if any(isinstance(leaf, list | dict) or leaf is None for leaf in tree):
            raise ValueError(f"{where} lists names of leaves")
        tree = {str(leaf): 1.0 for leaf in tree}
    if not isinstance(tree, dict) or not tree:
        raise ValueError(f"{where} holds neither branches nor leaves")
    weights = {}
    for name, inner in tree.items():
        path = (*above, str(name))
        seen.add(path)
        leaf = inner is None or (isinstance(inner, int | float) and not isinstance(inner, bool))
        if not leaf and not isinstance(inner, list | dict):
            raise ValueError(f"'{name}' below {where} is neither a branch, nor a leaf with a weight")
        weights[path] = stated.get(path, float(inner) if leaf and inner is not None else 1.0)
        if not 0 <= weights[path] < 1e100:
            raise ValueError("weights are numbers of at least 0")
    total = sum(weights.values())
    if not total > 0:
        raise ValueError(f"all weights in {where} are 0")
    for (path, weight), inner in zip(weights.items(), tree.values(), strict=True):
        if isinstance(inner, list | dict):
            yield from _leaves(inner, path, share * (weight / total), stated, seen)
        else:
            yield path, share * (weight / total)


class LevelParams(Params):
    """`level: column` of a hierarchy, with `up` (levels above the leaf) or `depth` (levels below the top, from 1)."""

    level: str = Field(description="write level: COLUMN, the one that draws from a hierarchy")
    up: int | None = Field(default=None, ge=0, lt=_DEEPEST)
    depth: int | None = Field(default=None, ge=1, le=_DEEPEST)

    @model_validator(mode="after")
    def _one(self) -> LevelParams:
        if self.up is not None and self.depth is not None:
            raise ValueError("give either up or depth")
        return self


class Level(BaseGenerator[LevelParams]):
    """What stands above a hierarchy's leaf: its parent, `up` levels above it, or at a `depth` from the top.

    Null where the leaf's branch is not that deep. Example: `category: {level: product, up: 2}`.
    """

    Params = LevelParams
    dtype = pl.String()

    def __init__(self, params: LevelParams, build: Build) -> None:
        super().__init__(params, build)
        self.needs = (params.level,)
        source: Any = build.generator_of(params.level)
        if not isinstance(source, Hierarchy):
            message = f"'{params.level}' does not draw from a hierarchy"
            raise build.fail("wrong-type", message, "name the column that has the key hierarchy", "level")
        steps = 1 if params.up is None else params.up
        at = [params.depth - 1 if params.depth is not None else len(p) - 1 - steps for p in source.paths]
        found = [p[i] if 0 <= i < len(p) else None for p, i in zip(source.paths, at, strict=True)]
        if all(value is None for value in found):
            deepest = max(len(p) for p in source.paths)
            what = f"depth {params.depth}" if params.depth is not None else f"{steps} above the leaf"
            message = f"no branch has a level at {what}: the deepest has {deepest}"
            raise build.fail("impossible-range", message, "lower it", "up" if params.depth is None else "depth")
        words = list(dict.fromkeys(v for v in found if v is not None))
        place = {word: i for i, word in enumerate(words)}
        self.vocabulary = Vocabulary(f"recipe:{build.table}.{build.column}", pl.Series(words))
        self._codes = pl.Series([None if v is None else place[v] for v in found], dtype=pl.UInt32)
        self._by_name = pl.DataFrame([source.vocabulary.values.alias("leaf"), self._codes.alias("code")])
        self._by_name = self._by_name.unique("leaf", keep="first", maintain_order=True)
        ambiguous = pl.DataFrame([source.vocabulary.values.alias("leaf"), self._codes.alias("code")]).unique()
        if "." in params.level and len(ambiguous) > len(self._by_name):
            message = "leaves of this hierarchy have the same name in several branches"
            raise build.fail("ambiguous", message, "make the level in the leaf's own table, and copy it", "level")

    def generate(self, rows: Rows) -> Column:
        """The level above each row's leaf."""
        column = rows.column(self.params.level)
        if column.codes is not None:
            return Column.coded(self.vocabulary, self._codes.gather(column.codes))
        wanted = column.values.alias("leaf").to_frame()
        codes = wanted.join(self._by_name, on="leaf", how="left", maintain_order="left")["code"]
        return Column.coded(self.vocabulary, codes)
