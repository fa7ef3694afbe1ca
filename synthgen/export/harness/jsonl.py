"""Plain JSON Lines: every field of every case, for tools of your own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synthgen.evalcase import EvalSet
from synthgen.export.harness.base import copy_scorer, readme, write_lines, write_text
from synthgen.export.harness.croissant import Records, write_croissant

HOW = """
One JSON object a line: `id`, `input`, `target`, and where there are some `choices`, `messages`, `context`, `tools`,
`metadata`. Score an answer with the module that lies beside the cases; it needs nothing but Python:

    import json, scoring_label
    case = json.loads(open("NAME.jsonl").readline())
    scoring_label.score(case, "the answer", "files")["score"]
"""


class Jsonl:
    """JSON Lines with all fields, the scorers, and Croissant metadata. Example: `evals: [jsonl]`."""

    def holds(self, made: EvalSet) -> bool:
        """Every set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """One file for each set."""
        records = []
        for made in sets:
            write_lines(folder / f"{made.name}.jsonl", (case.plain() for case in made.cases))
            copy_scorer(made, folder)
            records.append(Records(made, {"all": f"{made.name}.jsonl"}, ("id", "input")))
        write_croissant(records, folder)
        write_text(folder / "README.md", readme("Eval sets as JSON Lines", sets, HOW))
