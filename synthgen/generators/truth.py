"""What was planted in another column, row by row: labels and clean values that an analyst can check against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params


class TruthParams(Params):
    """`truth: column`, and which `part` of it."""

    truth: str
    part: str = "flag"


class Truth(BaseGenerator[TruthParams]):
    """What is true of a column's cells that the column itself does not show: which are anomalies, and what else.

    For a `series`: `flag` (true in an anomaly), `kind` of anomaly, `window` (a number that the rows of one anomaly
    share), `missing`, `clean` (the value without noise, anomalies and gaps), `normal` (with noise), `trend`,
    `season` and `noise`.

    Example: `odd: {truth: load, part: kind}`.
    """

    Params = TruthParams

    def __init__(self, params: TruthParams, build: Build) -> None:
        super().__init__(params, build)
        self._planted: Any = build.generator_of(params.truth)
        parts: Mapping[str, pl.DataType | None] | None = getattr(self._planted, "parts", None)
        if parts is None or "." in params.truth:
            message = f"nothing is planted in '{params.truth}'"
            raise build.fail("nothing-planted", message, "name a series column of this table", "truth")
        if params.part not in parts:
            message = f"'{params.truth}' has no part '{params.part}'"
            raise build.fail("unknown-part", message, f"write one of {', '.join(parts)}", "part")
        self.dtype = parts[params.part] or self._planted.dtype
        self.needs = self._planted.needs

    def generate(self, rows: Rows) -> Column:
        """One label or value per row."""
        found: Column = self._planted.part(self.params.part, rows.beside(self.params.truth))
        return found
