"""Parquet: one file a set, nested values as JSON text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from synthgen.evalcase import EvalSet
from synthgen.export.harness.base import BOOLEANS, held, row, row_columns, write_readme, write_scoring
from synthgen.export.parquet import Parquet as Writer

_ABOUT = """
Eval sets as Parquet, one row a case. `prompt` columns hold what a model is asked. Lists and objects are JSON text;
`scored.case_of(row)` makes the case of a row again, and `scored.scored(SET, case, answer)` scores an answer to it with
`scoring/SET.py`.
"""
_RUN = """python -c "import pandas, scored
for row in pandas.read_parquet('{name}.parquet').to_dict('records'):
    print(row['id'], scored.scored('{name}', scored.case_of(row), 'your answer'))\""""


class Parquet:
    """Cases as flat tables."""

    def holds(self, s: EvalSet) -> bool:
        """Any set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Write `SET.parquet` and the scorers."""
        found = held(self, "parquet", sets)
        for name, s in found:
            types = {k: pl.Boolean if k in BOOLEANS else pl.String for k in row_columns(s)}
            Writer().write(pl.DataFrame([row(c, s) for c in s.cases], schema=types), folder / f"{name}.parquet")
            write_scoring(name, s, folder, cases=False)
        write_readme(folder, "Eval sets as Parquet", _ABOUT, _RUN.format(name=found[0][0]), found)
