"""The scorer of one value: by itself, without decoys."""

from __future__ import annotations

import pytest

from synthgen.scoring.contains import score


@pytest.mark.parametrize(
    ("answer", "right", "exact"),
    [
        ("KX-4410", 1.0, 1.0),
        ("kx-4410.", 1.0, 1.0),
        ('"KX-4410"', 1.0, 1.0),
        ("The code is **KX-4410**.", 1.0, 0.0),
        ("KX-44101", 0.0, 0.0),
        ("AKX-4410", 0.0, 0.0),
        ("KX-4410-B", 0.0, 0.0),
        ("KX-4410 or ZL-7702", 0.0, 0.0),
        ("ZL-7702", 0.0, 0.0),
        ("", 0.0, 0.0),
        ("I do not know", 0.0, 0.0),
    ],
)
def test_values(answer: str, right: float, exact: float) -> None:
    case = {"target": "KX-4410", "metadata": {"decoys": ["ZL-7702", "KX-4410"]}}
    assert score(case, answer) == {"score": right, "exact": exact}


def test_an_empty_value_is_never_found() -> None:
    assert score({"target": ""}, "anything")["score"] == 0.0
