"""Diffs as files: by `git diff`, by `diff -u`, by hand."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from synthgen.privacy.readers.patches import Added, added, named
from tests.privacy.readers.planted import REAL, TWIN, places, scanned, unread


def git_diff(folder: Path, *how: str) -> str:
    command = ["git", "diff", "--no-index", *how, "--", "old", "new"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def folders(tmp_path: Path, old: dict[str, str], new: dict[str, str]) -> None:
    for name, files in (("old", old), ("new", new)):
        for file, content in files.items():
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)


@pytest.mark.parametrize("how", [[], ["-U0"], ["-U10"], ["--patience"]])
def test_only_added_lines_count_with_their_new_numbers(tmp_path: Path, how: list[str]) -> None:
    many = "".join(f"line {i}\n" for i in range(30))
    folders(
        tmp_path, {"a.txt": f"{REAL}\n{many}", "b.txt": f"{many}{REAL}", "c.txt": f"{REAL}\n"},
        {"a.txt": f"{many}x\n{REAL}\ny {REAL}\n", "b.txt": f"new\n{many}{REAL}", "d ä.txt": f"-- x\n{REAL}"},
    )  # fmt: skip
    (tmp_path / "x.diff").write_text(git_diff(tmp_path, *how))
    assert places(tmp_path / "x.diff") == [
        ("!new/a.txt", None, None, 32), ("!new/a.txt", None, None, 33), ("!new/d ä.txt", None, None, 2),
    ]  # fmt: skip


def test_a_plain_diff_of_several_files(tmp_path: Path) -> None:
    text = (
        "Only in old: x\n--- old/a\t2026-01-01 00:00:00\n+++ new/a\t2026-01-01 00:00:00\n"
        f"@@ -1,2 +1,3 @@\n same {REAL}\n"
        f"--- {REAL}\n+++ {REAL}\n+last\n--- old/b\n+++ new/b\n@@ -0,0 +5 @@\n+{REAL}\n\\ No newline at end of file\n"
    )
    (tmp_path / "x.patch").write_text(text)
    assert places(tmp_path / "x.patch") == [("!new/a", None, None, 2), ("!new/b", None, None, 5)]


def test_what_has_no_lines_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.diff"
    path.write_text(
        "diff --git a/x.bin b/x.bin\nBinary files a/x.bin and b/x.bin differ\n"
        f"diff --git a/y b/y\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+{TWIN}\n"
        "diff --cc z\n--- a/z\n+++ b/z\n@@@ -1,1 -1,1 +1,2 @@@\n++both\n"
    )
    assert list(unread(path)) == ["!x.bin", "!z"]


def test_a_text_that_is_no_diff_is_read_by_line(tmp_path: Path) -> None:
    (tmp_path / "x.patch").write_text(f"just\n+ {REAL}\n")
    assert places(tmp_path / "x.patch") == [("", None, None, 2)]


def test_long_added_lines_go_through_windows(tmp_path: Path) -> None:
    long = "word " * 200_000
    (tmp_path / "x.diff").write_text(f"--- a/x\n+++ b/x\n@@ -0,0 +1,2 @@\n+{long}{REAL}\n+{REAL}\n")
    assert [f.line for f in scanned(tmp_path / "x.diff").findings] == [1, 2]


def test_names_in_headers() -> None:
    assert named("b/a b.txt") == "a b.txt"
    assert named('"b/a\\tb\\"\\303\\251.txt"') == 'a\tb"é.txt'
    assert named("new/x\t2026-01-01") == "new/x"
    assert list(added(["nothing", "to", "see"])) == []
    assert list(added(["--- a/x", "+++ b/y", "@@ -1 +7,2 @@", "-a", "+b", "+c"])) == [Added("y", [7, 8], ["b", "c"])]
