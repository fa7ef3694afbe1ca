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


def read(document: Any, path: Path, columns: tuple[str, ...] = ()) -> Run:
    """The run of an output file."""
    return read_rows(sequence(mapping(document.get("results")).get("results")), path, columns)


def read_rows(results: list[Any], path: Path, columns: tuple[str, ...] = ()) -> Run:
    """The run of a list of results: one prompt with one provider, which `columns` names if there are several."""
    results = [mapping(r) for r in results]
    found = dict.fromkeys(_column(r) for r in results)
    chosen = [c for c in found if all(name in c for name in columns)]
    if len(chosen) != 1 and (results or columns):
        known = ", ".join(f"'{path}#{provider}#{prompt}'" for provider, prompt, _ in found)
        what = "holds no such" if not chosen else f"holds {len(chosen)}"
        message = f"{path} {what} combination{'s' if len(chosen) > 1 else ''} of provider and prompt"
        raise usage("several-runs", message, f"name one: {known}")
    rows = tuple(numbered([_row(r) for r in results if _column(r) in chosen]))
    return Run(path, "promptfoo", rows, "score", chosen[0][0] if chosen else "")


def _column(result: dict[str, Any]) -> tuple[str, str, Any]:
    """Provider, prompt, and the prompt's number, since labels may repeat."""
    provider, prompt = mapping(result.get("provider")), mapping(result.get("prompt"))
    return first(provider.get("label"), provider.get("id")), first(prompt.get("label")), result.get("promptIdx", 0)


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
