"""Rows by id, for samplers alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from synthgen.seeds import draws_at, stream_key


class IdRows:
    """The least that a sampler asks of rows."""

    def __init__(self, ids: Any, seed: int = 7) -> None:
        self.ids, self.seed = np.asarray(ids, np.uint64), seed
        self.numbers, self.count = self.ids, len(self.ids)

    def bits(self, slot: str = "") -> Any:
        return draws_at(stream_key(self.seed, "t", "c", slot), self.ids)

    def take(self, index: Any) -> IdRows:
        return IdRows(self.ids[index], self.seed)
