"""Mixtures: each row draws from one of several generators."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, field_validator

from synthgen.columns import Column, Rows
from synthgen.distributions import Lines
from synthgen.generator import BaseGenerator, Build, BuildError, Generator, Params, Spec
from synthgen.generators.quantity import Interval, decimals, interval, quantity
from synthgen.scatter import Index, scattered
from synthgen.seeds import Alias

_GRID = 4096  # values of each part in the table that `at` reads


class MixtureParams(Params):
    """`mixture: [{weight: 0.9, normal: {...}}, {weight: 0.1, of: {uniform: [...]}}]`, with a `range` for all of it."""

    mixture: list[Spec] = Field(min_length=1, description="write mixture: [{weight: 0.9, poisson: 2}, ...]")
    range: Interval | None = Field(default=None, description="write range: [low, high]")

    @field_validator("mixture")
    @classmethod
    def _weighed(cls, value: list[Spec]) -> list[Spec]:
        weights = [part.get("weight", 1.0) for part in value]
        if any(isinstance(w, bool) or not isinstance(w, int | float) or w < 0 for w in weights):
            raise ValueError("a weight is a number of at least 0")
        if sum(weights) <= 0:
            raise ValueError("all weights are 0, so nothing can be drawn")
        if any("of" in part and set(part) - {"weight", "of"} for part in value):
            raise ValueError("a part is written as {weight, of: generator} or as {weight, generator}, not both")
        return value


class Mixture(BaseGenerator[MixtureParams]):
    """One of several generators per row, by weight; all of one type.

    Example: `amount: {mixture: [{weight: 0.9, uniform: [1, 50]}, {weight: 0.1, pareto: {alpha: 1.2, minimum: 50}}]}`.
    """

    Params = MixtureParams

    def __init__(self, params: MixtureParams, build: Build) -> None:
        super().__init__(params, build)
        self.weights = [float(part.get("weight", 1.0)) for part in params.mixture]
        specs = [
            part["of"] if "of" in part else {k: v for k, v in part.items() if k != "weight"} for part in params.mixture
        ]
        paths = [("mixture", i, "of") if "of" in part else ("mixture", i) for i, part in enumerate(params.mixture)]
        self.parts = [build.nested(spec, *path) for spec, path in zip(specs, paths, strict=True)]
        if params.range is not None:
            self._truncate(specs, paths, build)
        self.alias = Alias(self.weights)
        kinds = {str(p.dtype): p.dtype for p in self.parts}
        if len(kinds) > 1 and not all(k.is_numeric() for k in kinds.values()):
            message = f"the parts make different types: {', '.join(sorted(kinds))}"
            raise build.fail("wrong-type", message, "let all parts make one type", "mixture")
        self.dtype = next(iter(kinds.values())) if len(kinds) == 1 else pl.Float64()
        self.needs = tuple(dict.fromkeys(n for p in self.parts for n in p.needs))
        lows, highs = [p.bounds[0] for p in self.parts], [p.bounds[1] for p in self.parts]
        low: Any = None if None in lows else min(lows)  # type: ignore[type-var]  # None is ruled out
        high: Any = None if None in highs else max(highs)  # type: ignore[type-var]  # None is ruled out
        self.bounds = (low, high)
        kinds_driven = (pl.Float64, pl.Int64, pl.Decimal, pl.Duration)
        self.drivable = isinstance(self.dtype, kinds_driven) and not self.needs
        self.drivable = self.drivable and all(getattr(p, "drivable", False) for p in self.parts)

    def _truncate(self, specs: list[Any], paths: list[Any], build: Build) -> None:
        """Every part within the range, with the share of its weight that lies there."""
        written = self.params.range or []
        low, high = interval(written)
        for i, (spec, path) in enumerate(zip(specs, paths, strict=True)):
            whole = getattr(self.parts[i], "mass", None)
            if whole is None:
                message = "a range needs parts that take a range themselves"
                raise build.fail("contradiction", message, "use continuous or count distributions", *path)
            ends = written
            if (own := spec.get("range")) is not None:
                ends = [max(own[0], ends[0], key=quantity), min(own[1], ends[1], key=quantity)]
            inside = self._part(spec, ends, path, build) if quantity(ends[0]) <= quantity(ends[1]) else None
            self.weights[i] *= inside.mass / whole if inside is not None else 0.0
            self.parts[i] = inside or self.parts[i]
        if not sum(self.weights) > 1e-12:
            message = f"no part has values between {low:g} and {high:g}"
            raise build.fail("impossible-range", message, "move or widen the range", "range")
        kept = [i for i, w in enumerate(self.weights) if w > 0]
        self.parts, self.weights = [self.parts[i] for i in kept], [self.weights[i] for i in kept]

    @staticmethod
    def _part(spec: Any, ends: Any, path: Any, build: Build) -> Any:
        try:
            return build.nested({**spec, "range": ends}, *path)
        except BuildError as error:
            if error.problem is not None and error.problem.code == "impossible-range":
                return None
            raise

    @cached_property
    def _curve(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Values of all parts at evenly spaced shares, in order, and the weight up to each."""
        u = (np.arange(_GRID) + 0.5) / _GRID
        values = [_numbers(_at(part, u)) for part in self.parts]
        weights = [np.full(_GRID, w / _GRID) for w in self.weights]
        x, w = np.concatenate(values), np.concatenate(weights)
        order = np.argsort(x, kind="stable")
        total = np.cumsum(w[order])
        return x[order], total / total[-1]

    @cached_property
    def _lines(self) -> Lines:
        x, total = self._curve
        middle = np.concatenate([[0.0], (total[1:] + total[:-1]) / 2, [1.0]])
        return Lines(middle, np.concatenate([x[:1], (x[1:] + x[:-1]) / 2, x[-1:]]), float(x[0]), float(x[-1]))

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """The quantile of all parts together, from a table of 4,096 values of each."""
        if self.dtype == pl.Int64():
            x, total = self._curve
            found = x.take(np.minimum(np.searchsorted(total, u, side="right"), len(x) - 1))
            return Column.of(pl.Series(found.astype(np.int64)))
        values = self._lines(u)
        if isinstance(self.dtype, pl.Decimal):
            scale = self.dtype.scale
            return Column.of(decimals(np.rint(values * 10.0**scale).astype(np.int64), scale))
        if self.dtype == pl.Float64():
            return Column.of(pl.Series(values))
        return Column.of(pl.Series(np.rint(values).astype(np.int64)).cast(self.dtype))

    def generate(self, rows: Rows) -> Column:
        """Each row from its own part."""
        which = self.alias.pick(rows.bits("which"))
        made: list[Column] = []
        index: list[Index] = []
        for i, part in enumerate(self.parts):
            mine = np.flatnonzero(which == i)
            if len(mine):
                made.append(part.generate(rows.scoped(f"part{i}").take(mine)))
                index.append(mine)
        return scattered(made, index, self.dtype, rows.count)


def _at(part: Generator, u: NDArray[np.float64]) -> pl.Series:
    """A part's quantiles; only numbers are asked, which read no row."""
    at: Any = part
    values: pl.Series = at.at(u, None).values
    return values


def _numbers(values: pl.Series) -> NDArray[np.float64]:
    return (
        values.to_physical().cast(pl.Float64).to_numpy()
        if values.dtype.is_temporal()
        else values.cast(pl.Float64).to_numpy()
    )
