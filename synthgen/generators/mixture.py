"""Mixtures: each row draws from one of several generators."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from pydantic import Field, field_validator

from synthgen.columns import Column, Inserted, Rows
from synthgen.generator import BaseGenerator, Build, Params, Spec
from synthgen.generators.scatter import Index, gathered, spread
from synthgen.seeds import Alias


class MixtureParams(Params):
    """`mixture: [{weight: 0.9, normal: {...}}, {weight: 0.1, of: {uniform: [...]}}]`."""

    mixture: list[Spec] = Field(min_length=1, description="write mixture: [{weight: 0.9, poisson: 2}, ...]")

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
        self.alias = Alias([float(part.get("weight", 1.0)) for part in params.mixture])
        self.parts = [
            build.nested(part["of"], "mixture", i, "of")
            if "of" in part
            else build.nested({k: v for k, v in part.items() if k != "weight"}, "mixture", i)
            for i, part in enumerate(params.mixture)
        ]
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
        values = gathered([c.values.cast(self.dtype) for c in made], index, self.dtype)
        inserted: list[Inserted] = []
        for column, mine in zip(made, index, strict=True):
            own = [Inserted(column.values, column.declared)] if column.declared else []
            inserted += [Inserted(spread(x.values, mine, rows.count), x.declared) for x in (*own, *column.inserted)]
        return Column.of(values, inserted=tuple(inserted))
