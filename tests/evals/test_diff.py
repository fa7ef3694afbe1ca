"""Differences of eval sets, and the versions that they ask for."""

from __future__ import annotations

from typing import Any

import pytest

from synthgen.evals.diff import compare


def row(number: int, **changes: Any) -> dict[str, Any]:
    base = {"id": f"x-{number}", "input": f"text {number}", "target": "a", "extra": "{}", "split": "dev", "canary": "c"}
    return {**base, "attempt": 0, "must_pass": False, **changes}


ROWS = [row(i) for i in range(4)]


@pytest.mark.parametrize(
    ("after", "bump", "due"),
    [
        (ROWS, "none", "1.2.3"),
        ([row(i, canary="d", attempt=1) for i in range(4)], "none", "1.2.3"),
        ([row(0, split="test"), *ROWS[1:]], "patch", "1.2.4"),
        ([*ROWS, row(4)], "minor", "1.3.0"),
        ([row(0, input="other"), *ROWS[1:]], "minor", "1.3.0"),
        ([row(0, target="b"), *ROWS[1:]], "major", "2.0.0"),
        ([row(0, extra='{"accepted":["b"]}'), *ROWS[1:]], "major", "2.0.0"),
        (ROWS[1:], "major", "2.0.0"),
    ],
)
def test_the_version_that_a_change_asks_for(after: list[dict[str, Any]], bump: str, due: str) -> None:
    found = compare("x", "1.2.3", "1.2.3", ROWS, after)
    assert (found.bump, found.due) == (bump, due)
    assert found.enough == (bump == "none")
    assert compare("x", "1.2.3", due, ROWS, after).enough


def test_a_case_counts_once_and_the_changelog_lists_it() -> None:
    after = [row(0, target="b", input="other"), row(1, input="other", split="test"), row(2, split="test"), row(9)]
    found = compare("x", "1.0.0", "2.0.0", ROWS, after)
    assert (found.regraded, found.reworded, found.relabelled) == (("x-0",), ("x-1",), ("x-2",))
    assert (found.added, found.removed) == (("x-9",), ("x-3",))
    text = found.markdown()
    assert "## x 2.0.0" in text and "- Changed gold: 1 (x-0)" in text and "- Removed: 1 (x-3)" in text


def test_versions_are_compared_as_numbers() -> None:
    assert compare("x", "1.9.0", "1.10.0", ROWS, [*ROWS, row(4)]).enough
