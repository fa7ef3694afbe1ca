"""Picks from a list that the recipe writes: weighted values, and true or false."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, field_validator

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.distributions import Counts
from synthgen.elementary import exp, log
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.seeds import U64, Alias, unit

Scalar = str | bool | int | float
_MOST = 1_000_000  # categories that are numbered rather than listed
_NUMBER = re.compile(r"\{n(?::0\d{1,2}d)?\}")


class ChoiceParams(Params):
    """`choice: [a, b]` (even), `choice: {a: 0.9, b: 0.1}` (weights, of any sum), or `choice: 5000` (numbered)."""

    choice: list[Scalar] | dict[str, float] | int = Field(
        description="write choice: [a, b], choice: {a: 0.9, b: 0.1}, or choice: 5000 for numbered categories"
    )
    weights: list[float] | None = None
    zipf: float | None = Field(default=None, ge=0, le=10, description="write zipf: 1.1 beside a list: a power law")
    names: str | None = Field(default=None, description='write names: "category {n:04d}" beside choice: 5000')

    @field_validator("choice", mode="before")
    @classmethod
    def _filled(cls, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            if not 1 <= value <= _MOST:
                raise ValueError(f"a choice has between 1 and {_MOST:,} numbered categories")
            return value
        if not isinstance(value, list | dict):
            raise ValueError("a choice is a list of values, a mapping of values to weights, or a number of categories")
        if not value:
            raise ValueError("a choice needs at least one value")
        if isinstance(value, dict):
            checked_weights(list(value.values()))
        elif any(item is None or isinstance(item, list | dict) for item in value):
            raise ValueError("a choice lists text, numbers or booleans; for empty cells use null: 0.1")
        return value

    @field_validator("names")
    @classmethod
    def _numbered(cls, value: str | None) -> str | None:
        if value is not None and (len(_NUMBER.findall(value)) != 1 or set(_NUMBER.sub("", value)) & set("{}")):
            raise ValueError("names is text with one {n} or {n:04d} in it")
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

    `weights` stands beside a list whose values are not text; `zipf: s` gives the k-th value a weight of 1 / k**s. A
    number stands for as many numbered categories. Example: `tier: {choice: {basic: 0.9, vip: 0.1}}`.
    """

    Params = ChoiceParams
    drivable = True

    def __init__(self, params: ChoiceParams, build: Build) -> None:
        super().__init__(params, build)
        values, weights = self._written(params, build)
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
        self.weights = np.asarray(weights, np.float64)
        self.alias = Alias(self.weights)
        self.capacity = len(values)
        self.bounds = (min(values), max(values)) if kinds <= {int, float} else (None, None)

    @staticmethod
    def _written(params: ChoiceParams, build: Build) -> tuple[list[Any], Any]:
        """The values and their weights."""
        values: list[Any]
        if params.names is not None and not isinstance(params.choice, int):
            raise build.fail(
                "contradiction", "these categories have names", "write choice: NUMBER, or remove 'names'", "names"
            )
        if params.zipf is not None and (params.weights is not None or isinstance(params.choice, dict)):
            raise build.fail("contradiction", "zipf gives the weights already", "write a list, without weights", "zipf")
        if isinstance(params.choice, int):
            form = params.names or "category {n}"
            values = [form.format(n=n) for n in range(1, params.choice + 1)]
            weights = params.weights or np.ones(len(values))
        elif isinstance(params.choice, dict):
            values, weights = list(params.choice), list(params.choice.values())
            if params.weights is not None:
                message = "weights stand in the mapping already"
                raise build.fail("contradiction", message, "remove 'weights'", "weights")
        else:
            values = list(params.choice)
            weights = params.weights or [1.0] * len(values)
        if params.zipf is not None:
            weights = exp(-params.zipf * log(np.arange(1.0, len(values) + 1)))
        return values, weights

    def generate(self, rows: Rows) -> Column:
        """One value per row."""
        return Column.coded(self.vocabulary, self.alias.pick(rows.bits()))

    @cached_property
    def _positions(self) -> Counts:
        """The position of each share of the values, as written."""
        return Counts(0, self.weights / self.weights.max())

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """The value at each share of the list, in the order that it is written in."""
        return Column.coded(self.vocabulary, np.minimum(self._positions(u), self._last).astype(np.uint32))

    @cached_property
    def _last(self) -> int:
        return int(np.flatnonzero(self.weights)[-1])

    def nth(self, index: U64, rows: Rows) -> Column:
        """The value at a position of the list."""
        return Column.coded(self.vocabulary, index.astype(np.uint32))


class BernoulliParams(Params):
    """`bernoulli: p`: true with probability p."""

    bernoulli: float = Field(ge=0, le=1, description="a probability between 0 and 1")


class Bernoulli(BaseGenerator[BernoulliParams]):
    """True with a probability. Example: `newsletter: {bernoulli: 0.35}`."""

    Params = BernoulliParams
    drivable = True
    dtype = pl.Boolean()
    capacity = 2

    def generate(self, rows: Rows) -> Column:
        """One boolean per row."""
        return Column.of(pl.Series(unit(rows.bits()) < self.params.bernoulli))

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """True for the upper shares."""
        return Column.of(pl.Series(u >= 1.0 - self.params.bernoulli))

    def nth(self, index: U64, rows: Rows) -> Column:
        """False, then true."""
        return Column.of(pl.Series(index == 1))
