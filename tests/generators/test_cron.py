import re
from typing import Any

import pytest

from tests.conformance.doubles import RefusedError, column

LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


def comes_due(field: str, low: int, high: int) -> set[int]:
    """The values that a field of crontab(5) stands for; fails for what is none."""
    found: set[int] = set()
    for part in field.split(","):
        match = re.fullmatch(r"(\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", part)
        assert match, part
        first = low if match[1] == "*" else int(match[2])
        last = high if match[1] == "*" else int(match[3] or match[2])
        assert low <= first <= last <= high
        found |= set(range(first, last + 1, int(match[4] or 1)))
    return found


@pytest.mark.parametrize("kind", ["any", "minutes", "hourly", "daily", "weekdays", "weekly", "monthly", "quarterly"])
def test_every_field_is_valid_and_can_come_due(kind: str) -> None:
    made = column({"cron": kind, "step": 15})
    for text in made.nth(range(made.generator.capacity)).to_list():
        fields = text.split(" ")
        assert len(fields) == 5
        due = [comes_due(f, *limit) for f, limit in zip(fields, LIMITS, strict=True)]
        assert all(due)
        assert min(due[2]) <= 28


def test_weights_and_steps() -> None:
    values = column({"cron": {"weekdays": 1, "minutes": 3}, "step": 30}).values(20_000)
    assert values.str.ends_with("1-5").mean() == pytest.approx(0.25, abs=0.01)
    daily = column({"cron": "daily", "step": 30})
    assert daily.generator.capacity == 48
    assert set(daily.values(2000).str.split(" ").list.first()) == {"0", "30"}


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"cron": "0 0 * * *"}, "cron"),
        ({"cron": "daily", "step": 7}, "do not divide an hour"),
        ({"cron": {"week": 1}}, "did you mean 'weekly'"),
        ({"cron": {}}, "write at least one"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)
