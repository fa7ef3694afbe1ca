"""DeepEval: `.latest_test_run.json`, `test_run_*.json`, the result of `evaluate` as JSON (format of deepeval 4.3.1)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from synthgen.evals.result_readers.base import PASSED, Row, Run, digest, first, mapping, numbered, sequence

_NUMBERED = re.compile(r"(?:conversational_)?test_case_\d+")  # names that DeepEval gives by order: no ids


def knows(document: Any) -> bool:
    """Whether the JSON document is a test run."""
    if not isinstance(document, dict):
        return False
    return "testRunData" in document or isinstance(document.get("test_results", document.get("testCases")), list)


def read(document: Any, path: Path) -> Run:
    """The run of a test run, of any of the three shapes."""
    document = mapping(document.get("testRunData")) or document
    cases = sequence(document.get("test_results")) or [
        *sequence(document.get("testCases")),
        *sequence(document.get("conversationalTestCases")),
    ]
    rows = tuple(numbered([_row(mapping(c)) for c in cases]))
    metrics = list(dict.fromkeys(name for row in rows for name in row.scores if name != PASSED))
    return Run(path, "DeepEval", rows, metrics[0] if len(metrics) == 1 else PASSED)


def _row(case: dict[str, Any]) -> tuple[Row, str]:
    metadata = mapping(_either(case, "metadata", "additional_metadata", "additionalMetadata"))
    name = str(case.get("name") or "")
    identity = first(metadata.get("id"), "" if _NUMBERED.fullmatch(name) else name)
    metrics = [mapping(m) for m in sequence(_either(case, "metricsData", "metrics_data"))]
    scores: dict[str, Any] = {str(m.get("name")): m.get("score") for m in metrics}
    success = case.get("success")
    expected = _either(case, "expectedOutput", "expected_output")
    row = Row(
        id=identity,
        scores=scores if success is None else scores | {PASSED: success},
        metadata=metadata,
        passed=success if isinstance(success, bool) else None,
        digest=digest("deepeval expected", expected),
        failed=any(m.get("error") for m in metrics) or not metrics,
    )
    return row, digest("content", [case.get("input"), expected])


def _either(case: dict[str, Any], *names: str) -> Any:
    return next((case[n] for n in names if case.get(n) is not None), None)
