from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import pytest

from tests.conformance.doubles import RefusedError, column


def test_posix_paths() -> None:
    for text in column({"path": "posix"}).values(500):
        path = PurePosixPath(text)
        assert path.is_absolute() and path.suffix and "home" not in path.parts and "Users" not in path.parts


def test_windows_paths() -> None:
    for text in column({"path": "windows"}).values(500):
        path = PureWindowsPath(text)
        assert path.is_absolute() and path.suffix and "/" not in text
        assert "users" not in text.lower()


def test_depth_counts_folders_below_the_first() -> None:
    values = column({"path": "posix", "kind": "log", "depth": [3, 3]}).values(300)
    below = values.str.replace("^(/var/log|/opt/service/logs)/", "")
    assert (below.str.count_matches("/") == 3).all()


def test_extensions() -> None:
    logs = column({"path": "posix", "kind": "log"}).values(500)
    assert logs.str.contains(r"\.log(\.gz)?$").all()
    values = column({"path": "posix", "extension": {"csv": 3, "tar.gz": 1}}).values(20_000)
    assert values.str.ends_with(".csv").mean() == pytest.approx(0.75, abs=0.02)


def test_ranks_are_distinct_over_all_kinds_and_depths() -> None:
    made = column({"path": "windows", "depth": [0, 1]})
    step = made.generator.capacity // 5000
    ranks = range(0, made.generator.capacity, step)
    assert made.nth(ranks).n_unique() == len(ranks)


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"path": "/home/me"}, "path"),
        ({"path": "posix", "extension": ".csv"}, "without the first dot"),
        ({"path": "posix", "depth": [3, 1]}, "least, most"),
        ({"path": "posix", "depth": [0, 50]}, "between 0 and 8"),
        ({"path": "posix", "kind": {"logs": 1}}, "did you mean 'log'"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)
