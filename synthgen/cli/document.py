"""The one JSON object that every verb prints with `--json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from synthgen.artifacts import Verdict
    from synthgen.errors import Problem


def document(
    verdict: Verdict | str,
    tables: Mapping[str, Any],
    seconds: float,
    *,
    problems: Iterable[Problem] = (),
    **more: Any,
) -> dict[str, Any]:
    """`verdict` (pass, blocked or error), `findings`, `tables`, `seconds`; `problems` where there are some."""
    word, findings = (verdict, ()) if isinstance(verdict, str) else (verdict.word, verdict.findings)
    content: dict[str, Any] = {
        "verdict": word,
        "findings": [f.to_json() for f in findings],
        "tables": dict(tables),
        "seconds": round(seconds, 3),
    }
    found = [problem_json(p) for p in problems]
    if found:
        content["problems"] = found
    return content | more


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as a plain object; keys without a value are left out."""
    fields: dict[str, Any] = {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "remedy": problem.remedy,
        "excerpt": problem.excerpt,
    }
    if problem.place:
        fields |= {"file": problem.place.file, "line": problem.place.line, "column": problem.place.column}
    return {k: v for k, v in fields.items() if v is not None}


def preview_json(frame: pl.DataFrame) -> dict[str, Any]:
    """A previewed table: its columns' types and its rows; nothing was written, so no files."""
    columns = {name: str(dtype) for name, dtype in frame.schema.items()}
    return {"rows": frame.height, "files": [], "columns": columns, "preview": frame.to_dicts()}
