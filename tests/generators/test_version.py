import re
from typing import Any

import pytest

from tests.conformance.doubles import RefusedError, column

# The expression that semver.org suggests.
SEMVER = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?"
)


def key(text: str) -> tuple[Any, ...]:
    """Precedence by Semantic Versioning 2.0.0, section 11, for the stages that are made here."""
    release, _, stage = text.partition("-")
    return (*(int(p) for p in release.split(".")), stage == "", stage)


def test_releases_are_ordered_and_valid() -> None:
    made = column({"version": "semver", "pre": 0.2, "releases": 300})
    every = made.nth(range(made.generator.capacity)).to_list()
    assert all(SEMVER.fullmatch(v) for v in every)
    assert [key(v) for v in every] == sorted(key(v) for v in every)
    assert every[0] == "1.0.0"


def test_calendar_versions_end_at_the_clock() -> None:
    made = column({"version": "calver", "releases": 50})
    every = made.nth(range(made.generator.capacity)).to_list()
    assert len(every) == 50 and every[-1].startswith("2026.9.")
    assert [key(v) for v in every] == sorted(key(v) for v in every)


def test_newer_releases_are_in_wider_use() -> None:
    made = column({"version": "semver", "releases": 3, "keep": 0.5})
    order = made.nth(range(3)).to_list()
    values = made.values(20_000)
    assert [(values == v).mean() for v in order] == pytest.approx([1 / 7, 2 / 7, 4 / 7], abs=0.01)


def test_the_share_of_previews() -> None:
    values = column({"version": "semver", "pre": 0.25, "keep": 1, "releases": 500}).values(20_000)
    assert values.str.contains("-", literal=True).mean() == pytest.approx(0.25, abs=0.01)


def test_one_release() -> None:
    assert set(column({"version": "semver", "releases": 1, "first": "0.3.1"}).values(20)) == {"0.3.1"}
    assert set(column({"version": "calver", "releases": 1}).values(20)) == {"2026.9.0"}


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"version": "1.2.3"}, "semver"),
        ({"version": "semver", "first": "1.0"}, "first"),
        ({"version": "semver", "first": "01.0.0"}, "first"),
        ({"version": "calver", "first": "1.0.0"}, "begins with a date"),
        ({"version": "semver", "keep": 0}, "greater than 0"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)
