"""Staging: nothing shows before the gate's leave, one rename shows all, and nobody's folder is ever destroyed."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen.artifacts import Cleared, Finding
from synthgen.columns import Column
from synthgen.errors import SynthgenError, UsageError
from synthgen.export import staging as module
from synthgen.export.manifest import canonical
from synthgen.export.partition import write_partition
from synthgen.export.staging import Staging
from synthgen.export.storage import storage
from synthgen.export.verify import read_manifest, verify_files
from synthgen.gate import clear, judge
from synthgen.registry import EXPORTERS
from tests.export.made import content, make

CLEARED = clear(judge([], on_finding="block", scanned={}))
MANIFEST = canonical({"synthgen": "0", "tables": {}, "inputs": [{"path": "a.txt"}]})


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def put(target: Path, text: bytes) -> None:
    with Staging(target) as staging:
        staging.write("a.txt", text)
        staging.write("manifest.json", MANIFEST)
        staging.publish(CLEARED)


@pytest.fixture(params=["exchange", "rename aside"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Both ways to replace a folder: the swap, and what systems without it do."""
    if request.param == "rename aside":
        monkeypatch.setattr(module, "_exchange", lambda one, other: False)
    return None


def test_nothing_shows_until_it_is_published(tmp_path: Path) -> None:
    with Staging(tmp_path / "out" / "shop") as staging:
        staging.write("deep/a.txt", b"1")
        assert not staging.target.exists() and staging.path.parent == staging.target.parent
        assert staging.path.name.startswith(f".shop.staging-{os.getpid()}-")
        staging.publish(CLEARED)
        assert content(staging.target) == {"deep/a.txt": b"1"}
    assert names(tmp_path / "out") == ["shop"]
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "out" / "shop").stat().st_mode & 0o777 == 0o777 & ~mask


def test_what_is_not_published_leaves_no_trace(tmp_path: Path) -> None:
    with Staging(tmp_path / "new" / "deep" / "shop") as staging:
        staging.write("a.txt", b"1")
    assert names(tmp_path) == []
    with pytest.raises(KeyError), Staging(tmp_path / "shop") as staging:
        staging.write("a.txt", b"1")
        raise KeyError
    assert names(tmp_path) == []


@pytest.mark.usefixtures("either_way")
def test_an_export_is_replaced_whole(tmp_path: Path) -> None:
    first = content(make(tmp_path / "shop", partitions=2))
    assert content(make(tmp_path / "shop", partitions=2)) == first
    make(tmp_path / "shop", formats=("jsonl",))
    assert "customers.jsonl" in content(tmp_path / "shop") and "orders/part-00000.csv" not in content(tmp_path / "shop")
    assert verify_files(tmp_path / "shop") == []
    assert names(tmp_path) == ["shop"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    for clutter in (False, True):
        target = tmp_path / str(clutter)
        target.mkdir()
        if clutter:
            (target / ".DS_Store").touch()
        put(target, b"1")
        assert names(target) == ["a.txt", "manifest.json"]
    assert names(tmp_path) == ["False", "True"]


class TestOnlyWhatIsCleared:
    @pytest.mark.parametrize("cleared", [None, True, judge([], on_finding="block", scanned={}), object()])
    def test_other_things_are_refused(self, cleared: Any, tmp_path: Path) -> None:
        with Staging(tmp_path / "shop") as staging, pytest.raises(TypeError):
            staging.publish(cleared)
        assert names(tmp_path) == []

    def test_a_forged_one_is_refused(self, tmp_path: Path) -> None:
        with Staging(tmp_path / "shop") as staging, pytest.raises(TypeError):
            staging.publish(object.__new__(Cleared))
        assert names(tmp_path) == []

    def test_warnings_pass(self, tmp_path: Path) -> None:
        verdict = judge([Finding("pii", "t")], on_finding="warn", scanned={})
        with Staging(tmp_path / "shop") as staging:
            staging.publish(clear(verdict))
        assert names(tmp_path) == ["shop"]

    def test_once(self, tmp_path: Path) -> None:
        with Staging(tmp_path / "shop") as staging:
            staging.publish(CLEARED)
            with pytest.raises(ValueError, match="already"):
                staging.publish(CLEARED)


def own_file(target: Path) -> None:
    target.mkdir()
    (target / "thesis.docx").write_text("years of work")


def foreign_manifest(target: Path) -> None:
    own_file(target)
    (target / "manifest.json").write_text('{"name": "my web app", "icons": []}')


def own_file_in_an_export(target: Path) -> None:
    put(target, b"old")
    (target / "analysis").mkdir()
    (target / "analysis" / "notes.ipynb").write_text("{}")


def damaged_export(target: Path) -> None:
    put(target, b"old")
    (target / "manifest.json").write_bytes(b"{")


def plain_file(target: Path) -> None:
    target.write_text("a file")


def through_a_file(target: Path) -> None:
    target.parent.rmdir()
    target.parent.write_text("a file")


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (own_file, "target-in-use"),
        (foreign_manifest, "target-in-use"),
        (own_file_in_an_export, "target-in-use"),
        (damaged_export, "target-in-use"),
        (plain_file, "not-a-folder"),
        (through_a_file, "not-a-folder"),
    ],
)
def test_what_is_not_an_export_is_not_touched(prepare: Callable[[Path], None], code: str, tmp_path: Path) -> None:
    target = tmp_path / "place" / "target"
    target.parent.mkdir()
    prepare(target)
    before = content(tmp_path)
    with pytest.raises(UsageError) as caught:
        Staging(target)
    (problem,) = caught.value.problems
    assert problem.code == code and problem.remedy and caught.value.exit_code == 2
    assert content(tmp_path) == before


@pytest.mark.usefixtures("either_way")
def test_a_target_that_changes_hands_during_the_run_is_not_touched(tmp_path: Path) -> None:
    with pytest.raises(UsageError), Staging(tmp_path / "target") as staging:
        staging.write("a.txt", b"new")
        own_file(tmp_path / "target")
        staging.publish(CLEARED)
    assert content(tmp_path) == {"target/thesis.docx": b"years of work"}


def test_the_current_folder_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "shop", b"old")
    for here in (tmp_path / "shop", tmp_path):
        monkeypatch.chdir(here)
        with pytest.raises(UsageError, match="current-folder"):
            Staging(Path())
    monkeypatch.chdir(tmp_path)
    put(Path("shop"), b"new")
    assert content(tmp_path / "shop")["a.txt"] == b"new"


def test_a_link_to_an_export_stays_a_link(tmp_path: Path) -> None:
    put(tmp_path / "real" / "shop", b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real" / "shop")
    put(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink() and content(tmp_path / "real" / "shop")["a.txt"] == b"new"
    assert names(tmp_path / "real") == ["shop"]


@pytest.mark.parametrize("name", ["x" * 255, "ü" * 120, "-rf", "a b", "{}", "[x]", "new\nline"])
def test_odd_names_of_targets(name: str, tmp_path: Path) -> None:
    for text in (b"old", b"new"):
        put(tmp_path / name, text)
    assert names(tmp_path) == [name] and content(tmp_path / name)["a.txt"] == b"new"


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name-too-long"):
        put(tmp_path / ("x" * 256), b"")
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "code", "exit_code"),
    [
        (errno.ENOSPC, "disk-full", 1),
        (errno.EDQUOT, "disk-full", 1),
        (errno.EACCES, "not-writable", 2),
        (errno.EROFS, "not-writable", 2),
        (errno.EBUSY, "mount-point", 2),
        (errno.EIO, "storage", 1),
    ],
)
def test_what_the_system_refuses_is_told_with_a_remedy(number: int, code: str, exit_code: int) -> None:
    for error in (OSError(number, os.strerror(number)), OSError(f"some words (os error {number})")):
        with pytest.raises(SynthgenError) as caught, storage(Path("place")):
            raise error
        (problem,) = caught.value.problems
        assert (problem.code, caught.value.exit_code) == (code, exit_code)
        assert "place" in problem.message and problem.remedy


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
@pytest.mark.parametrize("format_", ["parquet", "arrow", "csv", "jsonl"])
def test_a_full_disk_is_told_whatever_writes(format_: str, tmp_path: Path) -> None:
    exporter = EXPORTERS.get(format_)()
    (tmp_path / f"t{exporter.suffix}").symlink_to("/dev/full")
    columns = {"n": Column.of(pl.int_range(100_000, eager=True))}
    with pytest.raises(SynthgenError, match="disk-full"):
        write_partition(columns, {format_: exporter}, tmp_path, "t")


class TestCrashes:
    def test_the_next_run_removes_what_a_dead_one_left(self, tmp_path: Path) -> None:
        code = (
            "import os, sys; from pathlib import Path; from synthgen.export.staging import Staging\n"
            "Staging(Path(sys.argv[1])).write('a.txt', b'1'); os._exit(9)"
        )
        subprocess.run([sys.executable, "-c", code, str(tmp_path / "shop")], check=False, timeout=60)
        (left,) = names(tmp_path)
        assert left.startswith(".shop.staging-")
        put(tmp_path / "shop", b"1")
        assert names(tmp_path) == ["shop"]

    def test_what_a_live_one_uses_stays(self, tmp_path: Path) -> None:
        with Staging(tmp_path / "shop") as first, Staging(tmp_path / "shop") as second:
            assert first.path.exists() and second.path.exists() and first.path != second.path
            first.write("a.txt", b"first")
            first.write("manifest.json", MANIFEST)
            first.publish(CLEARED)
            put(tmp_path / "shop", b"third")
            second.write("a.txt", b"second")
            second.publish(CLEARED)
        assert content(tmp_path / "shop") == {"a.txt": b"second"}
        assert names(tmp_path) == ["shop"]

    def test_names_that_only_look_like_ours_stay(self, tmp_path: Path) -> None:
        for name in (".shop.staging-", ".shop.staging-1-xyz", ".shop.staging-notes", ".other.staging-1-0a1b2c3d"):
            (tmp_path / name).mkdir()
        (tmp_path / ".shop.staging-1-0a1b2c3d").write_text("a file")
        before = names(tmp_path)
        put(tmp_path / "shop", b"1")
        assert names(tmp_path) == sorted([*before, "shop"])

    def test_an_export_left_aside_is_put_back(self, tmp_path: Path) -> None:
        put(tmp_path / "shop", b"old")
        (tmp_path / "shop").rename(tmp_path / ".shop.aside-1-0a1b2c3d")
        with Staging(tmp_path / "shop"):
            assert content(tmp_path / "shop")["a.txt"] == b"old"
        assert names(tmp_path) == ["shop"]

    def test_an_old_export_that_was_replaced_but_not_removed_is_removed(self, tmp_path: Path) -> None:
        put(tmp_path / "shop", b"new")
        for role in ("aside", "staging"):
            put(tmp_path / f".shop.{role}-1-0a1b2c3d", b"old")
        put(tmp_path / "shop", b"newer")
        assert names(tmp_path) == ["shop"] and content(tmp_path / "shop")["a.txt"] == b"newer"

    def test_a_rename_that_fails_leaves_the_old_export(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put(tmp_path / "shop", b"old")
        monkeypatch.setattr(module, "_exchange", lambda one, other: False)
        rename = Path.rename

        def failing(self: Path, target: Path) -> Path:
            if "staging" in self.name and target.name == "shop":
                raise OSError(errno.EIO, "no")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", failing)
        with pytest.raises(SynthgenError, match="storage"):
            put(tmp_path / "shop", b"new")
        assert names(tmp_path) == ["shop"] and content(tmp_path / "shop")["a.txt"] == b"old"


def test_runs_at_the_same_time_leave_one_of_them_whole(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.export.made import make\n"
        "for i in range(12): make(Path(sys.argv[1]), partitions=2, seed=int(sys.argv[2]) + i)"
    )
    root = Path(__file__).parents[2]
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "out" / "shop"), str(1000 * n)], cwd=root)
        for n in range(3)
    ]
    seen: set[int] = set()
    while any(run.poll() is None for run in runs):
        if (tmp_path / "out" / "shop").exists():
            seen.add(read_manifest(tmp_path / "out" / "shop").seed)
        time.sleep(0.01)
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert names(tmp_path / "out") == ["shop"]
    assert verify_files(tmp_path / "out" / "shop") == []
    assert len(seen) > 1
