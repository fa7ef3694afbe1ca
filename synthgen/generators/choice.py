"""Picks from a list that the recipe writes: weighted values, and true or false."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from pydantic import Field, field_validator

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.seeds import U64, Alias, unit

Scalar = str | bool | int | float


class ChoiceParams(Params):
    """`choice: [a, b]` (even) or `choice: {a: 0.9, b: 0.1}` (weights, of any sum)."""

    choice: list[Scalar] | dict[str, float] = Field(description="write choice: [a, b], or choice: {a: 0.9, b: 0.1}")
    weights: list[float] | None = None

    @field_validator("choice", mode="before")
    @classmethod
    def _filled(cls, value: Any) -> Any:
        if not isinstance(value, list | dict):
            raise ValueError("a choice is a list of values, or a mapping of values to weights")
        if not value:
            raise ValueError("a choice needs at least one value")
        if isinstance(value, dict):
            checked_weights(list(value.values()))
        elif any(item is None or isinstance(item, list | dict) for item in value):
            raise ValueError("a choice lists text, numbers or booleans; for empty cells use null: 0.1")
        return value

    @field_validator("weights")
    @classmethod
    def _usable(cls, value: list[float] | None) -> list[float] | None:
        if value is not None:
            checked_weights(value)
        return value


def checked_weights(values: list[Any]) -> None:
    """Raises ValueError unless these can be weights."""
    if any(isinstance(w, bool) or not isinstance(w, int | float) or not 0 <= w < 1e300 for w in values):
        raise ValueError("weights are numbers of at least 0")
    if sum(values) <= 0:
        raise ValueError("all weights are 0, so nothing can be chosen")


class Choice(BaseGenerator[ChoiceParams]):
    """A value of a list, by weight. Values are text, numbers or booleans, all of one type.

    `weights` stands beside a list whose values are not text. Example: `tier: {choice: {basic: 0.9, vip: 0.1}}`.
    """

    Params = ChoiceParams

    def __init__(self, params: ChoiceParams, build: Build) -> None:
        super().__init__(params, build)
        values: list[Any]
        if isinstance(params.choice, dict):
            values, weights = list(params.choice), list(params.choice.values())
            if params.weights is not None:
                raise build.fail("contradiction", "weights stand in the mapping already", "remove 'weights'", "weights")
        else:
            values = list(params.choice)
            weights = params.weights or [1.0] * len(values)
        if len(weights) != len(values):
            message = f"{len(values)} values, but {len(weights)} weights"
            raise build.fail("bad-value", message, "give each value one weight", "weights")
        kinds = {float if isinstance(v, float) else type(v) for v in values}
        if kinds == {int, float}:
            values, kinds = [float(v) for v in values], {float}
        if len(kinds) > 1:
            words = ", ".join(sorted(k.__name__ for k in kinds))
            raise build.fail("wrong-type", f"the values mix types: {words}", "quote them all to make text", "choice")
        if len(set(values)) < len(values):
            raise build.fail("duplicate", "a value appears twice", "give one of them the sum of weights", "choice")
        series = pl.Series(values)
        self.dtype = series.dtype
        self.vocabulary = Vocabulary(f"recipe:{build.table}.{build.column}", series)
        self.alias = Alias(weights)
        self.capacity = len(values)
        self.bounds = (min(values), max(values)) if kinds <= {int, float} else (None, None)

    def generate(self, rows: Rows) -> Column:
        """One value per row."""
        return Column.coded(self.vocabulary, self.alias.pick(rows.bits()))

    def nth(self, index: U64, rows: Rows) -> Column:
        """The value at a position of the list."""
        return Column.coded(self.vocabulary, index.astype(np.uint32))


class BernoulliParams(Params):
    """`bernoulli: p`: true with probability p."""

    bernoulli: float = Field(ge=0, le=1, description="a probability between 0 and 1")


class Bernoulli(BaseGenerator[BernoulliParams]):
    """True with a probability. Example: `newsletter: {bernoulli: 0.35}`."""

    Params = BernoulliParams
    dtype = pl.Boolean()
    capacity = 2

    def generate(self, rows: Rows) -> Column:
        """One boolean per row."""
        return Column.of(pl.Series(unit(rows.bits()) < self.params.bernoulli))

    def nth(self, index: U64, rows: Rows) -> Column:
        """False, then true."""
        return Column.of(pl.Series(index == 1))
