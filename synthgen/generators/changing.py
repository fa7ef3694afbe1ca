"""Attributes that change now and then from one row of a parent to the next."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params, Spec
from synthgen.seeds import U64, draws_at, unit

_CHUNK = 1 << 20  # draws held at a time, about
_LONGEST = 16_384  # rows that a value stays at most, so that any row is found by few draws


class ChangingParams(Params):
    """`changing: generator`, with `stay`."""

    changing: Spec = Field(description="write changing: {choice: [a, b]}, stay: 0.7")
    stay: float = Field(default=0.5, ge=0, le=1)


class Changing(BaseGenerator[ChangingParams]):
    """A value that each row takes over from the row before it with probability `stay`, and draws anew otherwise.

    The first row of a parent draws, and so does every 16,384th. A new draw may happen to equal the old value. With
    `stay: 1` the value is drawn once per parent.

    Example: `plan: {changing: {choice: [free, pro, team]}, stay: 0.7}`.
    """

    Params = ChangingParams

    def __init__(self, params: ChangingParams, build: Build) -> None:
        super().__init__(params, build)
        self.inner = build.nested(params.changing, "changing")
        if self.inner.distinct:
            message = "identifiers differ in every row, so none of them can stay"
            raise build.fail("contradiction", message, "use a generator whose values can repeat", "changing")
        own = [need for need in self.inner.needs if not build.is_shared(need)]
        if own:
            message = f"'{own[0]}' differs from row to row, so a value that stays could not be drawn from it"
            raise build.fail("contradiction", message, "read columns of the parent only", "changing")
        self.dtype, self.needs, self.bounds = self.inner.dtype, self.inner.needs, self.inner.bounds

    def generate(self, rows: Rows) -> Column:
        """The value that each row's last change drew."""
        back = rows.ordinals if self.params.stay == 1 else self._since_change(rows)
        return self.inner.generate(rows.rekeyed(rows.ids - back.astype(np.uint64)).scoped("value/"))

    def _since_change(self, rows: Rows) -> NDArray[np.int64]:
        """How many rows ago the value of each row was drawn: a scan from each parent's first row on."""
        ids, ordinals = rows.ids, rows.ordinals % _LONGEST
        if not len(ids):
            return ordinals
        heads = np.append(0, np.flatnonzero(ids[1:] != ids[:-1] + np.uint64(1)) + 1)
        lengths = np.diff(np.append(heads, len(ids)))
        padded = np.cumsum(lengths + ordinals[heads])
        cuts = np.unique(np.searchsorted(padded, np.arange(_CHUNK, padded[-1], _CHUNK), side="right"))
        key, parts = rows.stream("change"), []
        for some, sizes in zip(np.split(heads, cuts), np.split(lengths, cuts), strict=True):
            if len(some):
                parts.append(self._runs(key, ids[some], ordinals[some], sizes))
        return np.concatenate(parts)

    def _runs(
        self, key: tuple[int, np.uint64], firsts: U64, ordinals: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        sizes = lengths + ordinals
        ordinal = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        ids = np.repeat(firsts - ordinals.astype(np.uint64), sizes) + ordinal.astype(np.uint64)
        changed = (unit(draws_at(key, ids)) >= self.params.stay) | (ordinal % _LONGEST == 0)
        place = np.arange(len(ids))
        back = place - np.maximum.accumulate(np.where(changed, place, 0))
        found: NDArray[np.int64] = back[ordinal >= np.repeat(ordinals, sizes)]
        return found
