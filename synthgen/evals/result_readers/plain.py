"""Plain results: JSON Lines or a JSON list of `{"id": "case-1", "score": 0.5, "metadata": {...}}`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from synthgen.errors import usage
from synthgen.evals.result_readers.base import PASSED, Row, Run, digest, first, mapping

_SCORES = ("score", "correct", PASSED)
_ABOUT = ("group_id", "must_pass", "slices", "difficulty", "variant", "parent")  # metadata, wherever they stand
_OTHER = (*_ABOUT, "id", "epoch", "metadata", "error", "number", "attempt", "scores")


def read_rows(rows: list[dict[str, Any]], path: Path) -> Run:
    """The run of a list of objects.

    `score` is a number in [0, 1]; or `correct` or `passed` is true or false; or `scores` holds several by name; any
    other number at the top can be asked for by its name. `epoch` tells repeated answers apart. Where a `target` is
    given, both runs must have the same. `error` says that a case has no score.
    """
    read = [_row(r) for r in rows]
    names = dict.fromkeys(name for row in read for name in row.scores)
    default = next((n for n in (*_SCORES, *names) if n in names), "")
    if not default:
        what = "cases without results" if any("input" in r for r in rows) else "no scores"
        message = f"{path} holds {what}: no line has 'score' or 'correct'"
        raise usage("no-score", message, 'run the eval first, or write {"id": "case-1", "score": 1} a line')
    return Run(path, "JSON Lines", tuple(read), default, str(rows[0].get("model") or ""))


def _row(row: dict[str, Any]) -> Row:
    metadata = {k: row[k] for k in _ABOUT if k in row} | mapping(row.get("metadata"))
    numbers = {k: v for k, v in row.items() if k not in _OTHER and isinstance(v, bool | int | float)}
    scores = {**numbers, **mapping(row.get("scores")), **{k: row[k] for k in _SCORES if k in row}}
    passed = row.get(PASSED, row.get("correct"))
    return Row(
        id=first(row.get("id"), metadata.get("id")),
        scores=scores,
        metadata=metadata,
        epoch=str(row.get("epoch", "")),
        passed=passed if isinstance(passed, bool) else None,
        digest=digest("target", row.get("target")),
        failed=bool(row.get("error")),
    )
