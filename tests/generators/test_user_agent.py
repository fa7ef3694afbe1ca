from datetime import UTC, datetime

import pytest

from tests.conformance.doubles import RefusedError, column


def test_versions_follow_the_clock() -> None:
    at = [datetime(2025, 8, 10, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)]
    newest = [
        column({"user_agent": "desktop"}, clock=t).values(3000).str.extract(r"Chrome/(\d+)", 1).cast(int).max()
        for t in at
    ]
    assert newest == [139, 153]


def test_newer_versions_are_more_common() -> None:
    versions = column({"user_agent": "desktop"}).values(20_000).str.extract(r"Chrome/(\d+)", 1).drop_nulls()
    counts = versions.value_counts(sort=True)
    assert counts.to_series(0).cast(int).is_sorted(descending=True) and len(counts) == 6


def test_shares_and_forms() -> None:
    values = column({"user_agent": {"mobile": 3, "bot": 1}}).values(20_000)
    assert values.str.contains("example").mean() == pytest.approx(0.25, abs=0.01)
    assert values.filter(~values.str.contains("example")).str.contains("Mobile").all()
    assert column({"user_agent": "any"}).values(5000).str.contains(r"^\S+/[\d.]+( \(.+)?").all()


def test_problems() -> None:
    with pytest.raises(RefusedError, match="did you mean 'bot'"):
        column({"user_agent": {"bots": 1}})
