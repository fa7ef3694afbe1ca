"""One Parquet file for each set: flat columns, nested fields as JSON text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from synthgen.evalcase import EvalCase, EvalSet, compact
from synthgen.export.harness.base import copy_scorer, readme, variations, write_text

HOW = """
Columns: `id`, `input`, `target`, `split`, `choices`, `messages`, `context`, `tools`, `metadata`, and a `prompt` column
for each prompt. What is nested is JSON text.
"""


class Parquet:
    """Parquet files with rendered prompts, and the scorers. Example: `evals: [parquet]`."""

    def holds(self, made: EvalSet) -> bool:
        """Every set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """One file for each set."""
        for made in sets:
            rows = [_row(case) for case in made.cases]
            frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String) if rows else None)
            for variation in variations(made):
                name = "prompt" if variation.prompt is None else f"prompt_{variation.prompt.name}"
                texts = pl.Series(name, [variation.text(c) for c in made.cases], dtype=pl.String)
                frame = frame.with_columns(texts)
            frame.write_parquet(folder / f"{made.name}.parquet", compression="zstd", statistics=False)
            copy_scorer(made, folder)
        write_text(folder / "README.md", readme("Eval sets as Parquet", sets, HOW))


def _row(case: EvalCase) -> dict[str, Any]:
    plain = case.plain()
    nested = {k: compact(plain.get(k, [])) for k in ("choices", "messages", "context", "tools")}
    return {
        "id": case.id,
        "input": case.input,
        "target": case.target_text,
        "split": case.split,
        **nested,
        "metadata": compact(case.metadata),
    }
