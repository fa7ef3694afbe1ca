"""JSON Lines: one file a set, one case a line, as scorers are given it; with Croissant metadata."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synthgen.evalcase import EvalSet
from synthgen.export.harness.base import CASES, held, write_readme, write_scoring
from synthgen.export.harness.croissant import Table, write_croissant

_ABOUT = """
Eval sets as JSON Lines: `cases/SET.jsonl` holds one case a line (`id`, `input`, `target`, `metadata`, and `choices`,
`messages`, `context`, `tools` where a case has them). `scored.py` scores answers with `scoring/SET.py` and needs only
Python. `croissant.json` describes the files (`mlcroissant validate --jsonld croissant.json`).
"""
_RUN = """python -c "import scored; print(scored.score('{name}', '{case}', 'your answer'))\""""


class Jsonl:
    """Cases as they are: `case.plain()`, one a line."""

    def holds(self, s: EvalSet) -> bool:
        """Any set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Write `cases/SET.jsonl`, the scorer, and `croissant.json`."""
        found = held(self, "jsonl", sets)
        tables = []
        for name, s in found:
            write_scoring(name, s, folder)
            columns = ["id", "input"] + ["target"] * all(isinstance(c.target, str) for c in s.cases)
            kinds = dict.fromkeys(columns, "text")  # Croissant has no type for objects of any shape
            tables.append(Table(name, f"{CASES}/{name}.jsonl", "application/jsonlines", kinds, s.description))
        first = found[0][1].cases
        run = _RUN.format(name=found[0][0], case=first[0].id if first else "ID")
        write_readme(folder, "Eval sets as JSON Lines", _ABOUT, run, found)
        write_croissant(folder, [s for _, s in found], tables)
