"""promptfoo's results, `-o out.json` and `-o out.jsonl` (format of promptfoo 0.121.18)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from synthgen.errors import usage
from synthgen.evals.result_readers.base import PASSED, Row, Run, digest, first, mapping, numbered, sequence

_BROKEN = 2  # failureReason: 0 none, 1 an assertion failed, 2 the provider or the run failed


def knows(document: Any) -> bool:
    """Whether the JSON document is promptfoo's output."""
    return isinstance(document, dict) and isinstance(mapping(document.get("results")).get("results"), list)


def knows_row(row: dict[str, Any]) -> bool:
    """Whether the object is a line of promptfoo's JSON Lines output."""
    return "testCase" in row and "success" in row


def read(document: Any, path: Path) -> Run:
    """The run of an output file."""
    return read_rows(sequence(mapping(document.get("results")).get("results")), path)


def read_rows(results: list[Any], path: Path) -> Run:
    """The run of a list of results; it must be of one prompt and one provider."""
    results = [mapping(r) for r in results]
    columns = dict.fromkeys((str(mapping(r.get("provider")).get("id", "")), r.get("promptIdx", 0)) for r in results)
    if len(columns) > 1:
        message = f"{path} holds {len(columns)} combinations of provider and prompt, so it is not one run"
        remedy = (
            "write one file for each: promptfoo eval --filter-providers NAME -o NAME.json (and one prompt a config)"
        )
        raise usage("several-runs", message, remedy)
    rows = tuple(numbered([_row(r) for r in results]))
    return Run(path, "promptfoo", rows, "score", next(iter(columns), ("", 0))[0])


def _row(result: dict[str, Any]) -> tuple[Row, str]:
    case = mapping(result.get("testCase"))
    metadata = mapping(case.get("metadata")) or mapping(result.get("metadata"))
    identity = first(metadata.get("id"), case.get("description"), result.get("description"))
    success = result.get("success")
    scores = {"score": result.get("score"), **mapping(result.get("namedScores"))}
    row = Row(
        id=identity,
        scores=scores if success is None else scores | {PASSED: success},
        metadata=metadata,
        passed=success if isinstance(success, bool) else None,
        digest=digest("promptfoo assert", case.get("assert")),
        failed=result.get("failureReason") == _BROKEN,
    )
    return row, digest("content", [case.get("vars"), case.get("assert")])
