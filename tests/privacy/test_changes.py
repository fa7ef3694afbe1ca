"""`scan --diff`: a real repository, real commits, and what the working tree adds to them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import polars as pl
import pytest

from synthgen.errors import UsageError
from synthgen.privacy import changes as changes_module
from synthgen.privacy.files import ScanResult, scan_paths

OLD, REAL = "john.miller@gmail.com", "anna.keller@gmail.com"


class Repository:
    """A repository with a branch `main` that was left for `work`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "-q", "-b", "main")
        self.write("app.py", f"a = 1\nb = '{OLD}'\nc = 3\n")
        self.write("data.csv", f"id,mail\n1,{OLD}\n2,x@example.com\n")
        self.write("old name.txt", "".join(f"line {i}\n" for i in range(20)))
        self.commit()
        self.git("checkout", "-q", "-b", "work")

    def git(self, *arguments: str) -> None:
        setting = ("-c", "user.name=Tester", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *setting, *arguments], cwd=self.root, check=True, capture_output=True)

    def write(self, name: str, content: str | bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x", "--allow-empty")

    def scan(self, *below: str, base: str = "main", **settings: object) -> ScanResult:
        targets = [self.root / b for b in below] or [self.root]
        return scan_paths(targets, ner="off", diff=base, **settings)  # type: ignore[arg-type]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    (tmp_path / "repo").mkdir()
    return Repository(tmp_path / "repo")


def places(result: ScanResult) -> list[tuple[str, int | None]]:
    return [(f.table, f.line) for f in result.findings]


def test_nothing_changed_is_nothing_found(repository: Repository) -> None:
    result = repository.scan()
    assert (result.findings, result.files, result.rows) == ((), 0, 0)


@pytest.mark.parametrize("state", ["committed", "staged", "unstaged"])
def test_added_lines_with_their_numbers(repository: Repository, state: str) -> None:
    repository.write("app.py", f"zero = 0\na = 1\nb = '{OLD}'\nc = 3\nd = '{REAL}'\n")
    if state == "committed":
        repository.commit()
    if state == "staged":
        repository.git("add", "-A")
    result = repository.scan()
    assert places(result) == [("app.py", 5)]
    assert result.rows == 2


def test_what_the_base_gained_meanwhile_is_not_ours(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    repository.write("theirs.txt", REAL)
    repository.commit()
    repository.git("checkout", "-q", "work")
    assert repository.scan().findings == ()


def test_staged_lines_that_the_working_tree_has_lost(repository: Repository) -> None:
    repository.write("app.py", f"a = 1\nb = '{OLD}'\nc = 3\nd = '{REAL}'\n")
    repository.git("add", "-A")
    repository.write("app.py", f"a = 1\nb = '{OLD}'\nc = 3\n")
    repository.write("new.txt", REAL)
    repository.git("add", "new.txt")
    (repository.root / "new.txt").unlink()
    assert places(repository.scan()) == [("app.py#staged", 4), ("new.txt#staged", 1)]


def test_rows_of_a_table_with_the_names_of_its_columns(repository: Repository) -> None:
    repository.write("data.csv", f"id,mail\n1,{OLD}\n2,x@example.com\n3,y@example.com\n4,{REAL}\n")
    found = repository.scan().findings
    assert [(f.table, f.column, f.row, f.line, f.entity) for f in found] == [
        ("data.csv", "mail", 3, 5, "EMAIL_ADDRESS")
    ]


def test_a_record_of_several_lines_is_read_as_one(repository: Repository) -> None:
    repository.write("data.csv", f'id,mail\n1,{OLD}\n2,x@example.com\n3,"note\nof {REAL}\nend"\n')
    found = repository.scan().findings
    assert [(f.column, f.row, f.line) for f in found] == [("mail", 2, 4)]


def test_an_old_header_is_not_told(repository: Repository) -> None:
    repository.write("h.csv", f"id,{OLD}\n1,x\n")
    repository.commit()
    repository.git("branch", "-f", "main")
    repository.write("h.csv", f"id,{OLD}\n1,x\n2,{REAL}\n")
    assert [(f.column, f.line) for f in repository.scan().findings] == [("#2", 3)]


def test_new_renamed_and_deleted_files(repository: Repository) -> None:
    repository.git("mv", "old name.txt", "new näme.txt")
    repository.write("new näme.txt", "".join(f"line {i}\n" for i in range(20)) + REAL + "\n")
    repository.write("sub/fresh.csv", f"mail\n{REAL}\n")
    (repository.root / "app.py").unlink()
    repository.commit()
    result = repository.scan()
    assert [(f.table, f.column, f.line) for f in result.findings] == [
        ("new näme.txt", None, 21), ("sub/fresh.csv", "mail", None),
    ]  # fmt: skip


def test_odd_names_and_no_line_end(repository: Repository) -> None:
    for name in ('quote".txt', "tab\tand\nline.txt", "-dash.txt", ":(glob)x.txt"):
        repository.write(name, "one\ntwo")
    repository.commit()
    repository.git("branch", "-f", "main")
    for name in ('quote".txt', "tab\tand\nline.txt", "-dash.txt", ":(glob)x.txt"):
        repository.write(name, f"one\ntwo\n{REAL}")
    assert places(repository.scan()) == [
        ("-dash.txt", 3), (":(glob)x.txt", 3), ('quote".txt', 3), ("tab?and?line.txt", 3),
    ]  # fmt: skip


def test_lines_that_look_like_headers(repository: Repository) -> None:
    repository.write("x.sql", "a\n-- old\n")
    repository.commit()
    repository.git("branch", "-f", "main")
    repository.write("x.sql", f"a\n++ b/fake.txt\n@@ -1 +900 @@\ndiff --git a/x b/x\n{REAL}\n")
    assert places(repository.scan()) == [("x.sql", 5)]


def test_settings_of_git_change_nothing(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in (
        ("diff.noprefix", "true"), ("diff.external", "false"), ("color.ui", "always"), ("core.quotepath", "on"),
        ("diff.mnemonicPrefix", "true"), ("diff.renames", "false"), ("diff.context", "9"),
    ):  # fmt: skip
        repository.git("config", key, value)
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    repository.write(".gitattributes", "*.py binary\n")
    repository.write("app.py", f"a = 1\nb = '{OLD}'\nc = 3\nd = '{REAL}'\n")
    assert places(repository.scan()) == [("app.py", 4)]


def test_whole_files_where_lines_say_nothing(repository: Repository) -> None:
    pl.DataFrame({"mail": [OLD]}).write_parquet(repository.root / "t.parquet")
    repository.write("wide.txt", "a\n".encode("utf-16"))
    repository.write("pic.png", b"\x89PNG\r\n\x1a\n\0")
    repository.commit()
    repository.git("branch", "-f", "main")
    pl.DataFrame({"mail": [OLD, REAL]}).write_parquet(repository.root / "t.parquet")
    repository.write("wide.txt", f"a\n{REAL}\n".encode("utf-16"))
    repository.write("pic.png", b"\x89PNG\r\n\x1a\n\0\0")
    repository.write("blob.bin", b"\0\1\2")
    repository.git("add", "-A")
    result = repository.scan()
    assert [(f.code, f.table, f.column, f.row, f.line, f.count) for f in result.findings] == [
        ("unscanned", "blob.bin", None, None, None, 1), ("pii", "t.parquet", "mail", 0, None, 2),
        ("pii", "wide.txt", None, None, 2, 1),
    ]  # fmt: skip
    assert result.described["skipped"] == {"image/png": 1}


def test_content_that_git_keeps_elsewhere(repository: Repository) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 5\n"
    repository.write("big.txt", pointer.format("0" * 64))
    repository.commit()
    repository.git("branch", "-f", "main")
    repository.git("config", "filter.large.clean", f"printf '{pointer.format('1' * 64)}'")
    repository.write(".gitattributes", "big.txt filter=large\n")
    repository.write("big.txt", f"x\n{REAL}\n")
    assert places(repository.scan()) == [("big.txt", 2)]


def test_line_ends_and_byte_order_marks_do_not_matter(repository: Repository) -> None:
    for name in ("bom.txt", "crlf.txt"):
        repository.write(name, f"\ufeff{OLD}\r\nx\r\n")
    repository.git("config", "core.autocrlf", "true")
    repository.commit()
    repository.git("branch", "-f", "main")
    repository.write("bom.txt", f"\ufeff {OLD}\r\nx\r\n")
    repository.write("crlf.txt", f"\ufeff{OLD}\r\nx\r\n{REAL}\r\n")
    assert places(repository.scan()) == [("bom.txt", 1), ("crlf.txt", 3)]


def test_untracked_files_only_if_they_are_named(repository: Repository) -> None:
    repository.write("loose.txt", REAL)
    assert places(repository.scan()) == []
    assert places(repository.scan("loose.txt")) == [("loose.txt", 1)]


def test_targets_and_globs_narrow_it(repository: Repository) -> None:
    for name in ("a/x.txt", "b/x.txt"):
        repository.write(name, REAL)
    repository.git("add", "-A")
    assert places(repository.scan("a")) == [("a/x.txt", 1)]
    assert places(repository.scan(exclude=["b/*"])) == [("a/x.txt", 1)]


def test_comments_let_lines_pass(repository: Repository) -> None:
    repository.write("app.py", f"a = 1\nb = '{OLD}'\nc = '{REAL}'  # synthgen: allow\nd = '{REAL}'\n")
    result = repository.scan()
    assert places(result) == [("app.py", 4)]
    assert result.suppressed == 1


def test_submodules_and_links_are_no_files(repository: Repository) -> None:
    inner = repository.root.parent / "inner"
    inner.mkdir()
    Repository(inner)
    repository.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "inner")
    (repository.root / "link").symlink_to(f"nowhere-{REAL}")
    repository.commit()
    result = repository.scan()
    assert [(f.table, f.line) for f in result.findings] == [("link", 1)]


def test_from_inside_of_a_folder(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write("sub/x.txt", REAL)
    repository.git("add", "-A")
    monkeypatch.chdir(repository.root / "sub")
    assert [f.table for f in scan_paths([], diff="main", ner="off").findings] == ["sub/x.txt"]
    assert [f.table for f in scan_paths(["x.txt"], diff="HEAD", ner="off").findings] == ["sub/x.txt"]


def test_what_git_cannot_compare_is_a_usage_error(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for base, code in (("nowhere", "unknown-revision"), ("--output=x", "bad-revision"), ("", "bad-revision")):
        with pytest.raises(UsageError, match=code):
            repository.scan(base=base)
    with pytest.raises(UsageError, match="missing-file"):
        repository.scan("no-such-file")
    with pytest.raises(UsageError, match="bad-target"):
        scan_paths(["s3://bucket/x"], diff="main")
    (tmp_path / "bare").mkdir()
    with pytest.raises(UsageError, match="bad-target"):
        scan_paths([repository.root, tmp_path / "bare"], diff="main")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with pytest.raises(UsageError, match="no-repository"):
        scan_paths([tmp_path / "bare"], diff="main")
    repository.git("checkout", "-q", "--orphan", "other")
    repository.write("other.txt", "other")
    repository.commit()
    with pytest.raises(UsageError, match="no-merge-base"):
        repository.scan()
    assert not (repository.root / "x").exists()
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(UsageError, match="missing-git"):
        repository.scan()


def test_several_workers_find_the_same(repository: Repository) -> None:
    for i in range(6):
        repository.write(f"f{i}.txt", f"{REAL}\n" * (i + 1))
    repository.git("add", "-A")
    assert repository.scan(workers=2).findings == repository.scan(workers=1).findings
    assert changes_module.changes([repository.root], "main")
