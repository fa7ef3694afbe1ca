"""Conditional distributions: one generator for each value, or each interval of values, of another column."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, field_validator

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.errors import did_you_mean
from synthgen.generator import BaseGenerator, Build, Generator, Params, Spec, common_dtype
from synthgen.generators.quantity import quantity
from synthgen.scatter import scattered
from synthgen.units import instant

_MOST = 10_000  # branches
_END = r"[^.<>=\s](?:[^<>=\s]*[^.<>=\s])?"
_INTERVAL = re.compile(rf"(?P<sign><=|>=|<|>)\s*(?P<end>{_END})|(?P<low>{_END})?\s*\.\.\s*(?P<high>{_END})?")
_EPOCH = datetime(1970, 1, 1)  # naive, like every datetime of a column

Codes = NDArray[np.int64]


class GivenParams(Params):
    """`given: column` with `of: {value: generator, ...}`, and `else`: the generator of all other values."""

    given: str = Field(description="write given: COLUMN, of: {VALUE: {poisson: 2}, ...}")
    of: dict[str, Spec] = Field(
        min_length=1, max_length=_MOST, description='write of: {gold: {poisson: 9}, "<18": ...}'
    )
    else_: Spec | None = Field(default=None, alias="else", description="write else: {poisson: 2}")

    @field_validator("of", mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        return {_word(k): v for k, v in value.items()} if isinstance(value, dict) else value


def _word(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)


class Given(BaseGenerator[GivenParams]):
    """The generator of the other column's value, or of the first interval that holds it; else that of `else`, or null.

    Intervals are `"<18"`, `"18..64"` (both ends included), `"65.."`, `">=65"`; of numbers, durations or dates.

    Example: `visits: {given: tier, of: {vip: {poisson: 12}}, else: {poisson: 2}}`.
    """

    Params = GivenParams

    def __init__(self, params: GivenParams, build: Build) -> None:
        super().__init__(params, build)
        self._kind = build.dtype_of(params.given)
        self.branches: list[Generator] = [build.nested(spec, "of", key) for key, spec in params.of.items()]
        if params.else_ is not None:
            self.branches.append(build.nested(params.else_, "else"))
        found = common_dtype(self.branches)
        if found is None:
            words = ", ".join(sorted({str(b.dtype) for b in self.branches}))
            raise build.fail("wrong-type", f"the branches make different types: {words}", "let all make one type", "of")
        self.dtype = found
        self.needs = tuple(dict.fromkeys([params.given, *(n for b in self.branches for n in b.needs)]))
        lows, highs = ([b.bounds[i] for b in self.branches] for i in (0, 1))
        self.bounds = (
            None if None in lows else min(x for x in lows if x is not None),
            None if None in highs else max(x for x in highs if x is not None),
        )
        self.drivable = all(getattr(b, "drivable", False) for b in self.branches)
        self._exact, self._intervals = self._keys(build)
        self._known: tuple[Vocabulary, Codes] | None = None

    def _keys(self, build: Build) -> tuple[pl.DataFrame, list[tuple[int, float, float, bool, bool]]]:
        """Single values with their branches, and intervals: branch, ends, and whether each end is left out."""
        ordered = self._kind.is_numeric() or self._kind.is_temporal()
        words, codes, intervals = [], [], []
        for code, key in enumerate(self.params.of):
            match = _INTERVAL.fullmatch(key.strip()) if ordered else None
            if match is None:
                words.append(key)
                codes.append(code)
                continue
            try:
                intervals.append((code, *self._ends(match)))
            except ValueError as error:
                raise build.fail("bad-value", str(error), 'write "<18", "18..64" or "65.."', "of", key) from None
        try:
            keys = pl.Series("key", words, dtype=pl.String)
            if self._kind == pl.Boolean():
                keys = keys.replace_strict({"true": True, "false": False}, return_dtype=pl.Boolean)
            elif self._kind.is_temporal() and words:
                keys = pl.Series("key", [instant(w, datetime(2000, 1, 1, tzinfo=UTC)) for w in words]).cast(self._kind)
            else:
                keys = keys.cast(self._kind)
        except (pl.exceptions.PolarsError, ValueError):
            message = f"the values do not fit {self.params.given}, which is {self._kind}"
            raise build.fail(
                "wrong-type", message, "write values of that type, or intervals of numbers", "of"
            ) from None
        self._met(words, keys, build)
        return pl.DataFrame([keys.alias("key"), pl.Series("code", codes, dtype=pl.Int64)]), intervals

    def _met(self, words: list[str], keys: pl.Series, build: Build) -> None:
        """A value that a choice never makes is a misspelt one."""
        listed = getattr(build.generator_of(self.params.given), "vocabulary", None)
        if listed is None or not str(getattr(listed, "name", "")).startswith("recipe:"):
            return
        known = set(listed.values)
        for word, value in zip(words, keys, strict=True):
            if value not in known:
                message = f"{self.params.given} is never '{word}'"
                remedy = did_you_mean(word, [str(v) for v in known]) or "remove it"
                raise build.fail("unknown-value", message, remedy, "of", word)

    def _ends(self, match: re.Match[str]) -> tuple[float, float, bool, bool]:
        low, high, sign = match["low"], match["high"], match["sign"]
        if sign:
            end = self._number(match["end"])
            return (-math.inf, end, False, sign == "<") if sign[0] == "<" else (end, math.inf, sign == ">", False)
        if low is None and high is None:
            raise ValueError("an interval needs an end")
        first, last = (
            (-math.inf if low is None else self._number(low)),
            math.inf if high is None else self._number(high),
        )
        if first > last:
            raise ValueError(f"the interval is reversed: {low} is above {high}")
        return first, last, False, False

    def _number(self, text: str) -> float:
        """An end as the column's physical number."""
        if self._kind.is_numeric():
            return float(text)
        if isinstance(self._kind, pl.Duration):
            return quantity(text)
        found = instant(text, datetime(2000, 1, 1, tzinfo=UTC)) - _EPOCH
        return float(found.days) if self._kind == pl.Date() else found.total_seconds() * 1e6

    def _codes(self, column: Column) -> Codes:
        """The branch of each row; that of `else` where no other takes it."""
        vocabulary = column.vocabulary
        if vocabulary is None or column.codes is None or self._intervals:
            return self._of_values(column.values)
        if self._known is None or self._known[0] is not vocabulary:
            self._known = (vocabulary, self._of_values(vocabulary.values))
        known = np.append(self._known[1], len(self.params.of))
        found: Codes = known.take(column.codes.cast(pl.Int64).fill_null(len(known) - 1).to_numpy())
        return found

    def _of_values(self, values: pl.Series) -> Codes:
        other = len(self.params.of)
        if self._exact.height:
            wanted = values.alias("key").to_frame()
            joined = wanted.join(self._exact, on="key", how="left", maintain_order="left")["code"]
            codes: Codes = joined.fill_null(other).to_numpy().copy()
        else:
            codes = np.full(len(values), other, np.int64)
        if self._intervals:
            plain = values.to_physical() if values.dtype.is_temporal() else values
            x = plain.cast(pl.Float64).fill_null(math.nan).to_numpy()
            for code, low, high, without_low, without_high in reversed(self._intervals):
                above = x > low if without_low else x >= low
                below = x < high if without_high else x <= high
                codes[above & below & (codes >= code)] = code  # the first one written counts
        return codes

    def generate(self, rows: Rows) -> Column:
        """Each row from its own branch."""
        return self._each(rows, lambda branch, part, _: branch.generate(part))

    def at(self, u: NDArray[np.float64], rows: Rows) -> Column:
        """The quantile within each row's own branch."""
        return self._each(rows, lambda branch, part, mine: branch.at(u[mine], part))

    def _each(self, rows: Rows, make: Callable[[Any, Rows, Codes], Column]) -> Column:
        if not rows.count:
            return Column.of(pl.Series([], dtype=self.dtype))
        codes = self._codes(rows.column(self.params.given))
        order = np.argsort(codes.astype(np.uint16), kind="stable")  # by radix
        present, first = np.unique(codes[order], return_index=True)
        made: list[Column] = []
        index: list[Codes] = []
        for code, mine in zip(present, np.split(order, first[1:]), strict=True):
            if code < len(self.branches):
                part = rows.scoped(f"given:{self._name(int(code))}").take(mine)
                made.append(make(self.branches[code], part, mine))
            else:
                made.append(Column.of(pl.Series([None], dtype=self.dtype).new_from_index(0, len(mine))))
            index.append(mine)
        return scattered(made, index, self.dtype, rows.count)

    def _name(self, code: int) -> str:
        """A branch's streams are named by its value, so that other branches do not change it."""
        return list(self.params.of)[code] if code < len(self.params.of) else "else"
