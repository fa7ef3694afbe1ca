"""Archives and compression: members by their place, limits, what is broken or locked."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from synthgen.privacy.readers import base
from tests.privacy.readers.planted import REAL, TWIN, places, scanned, unread

CSV = f"id,mail\n1,{TWIN}\n2,{REAL}\n".encode()
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda raw: pa.compress(raw, codec="zstd", asbytes=True),
}


def zipped(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return sink.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            info = tarfile.TarInfo(f"odd{kind!r}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    return sink.getvalue()


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("twice", [False, True])
def test_compressed_files(tmp_path: Path, suffix: str, twice: bool) -> None:
    """Also of several parts, one after the other, as rotated logs are."""
    pack = PACKERS[suffix]
    path = tmp_path / f"x.csv.{suffix}"
    path.write_bytes(pack(CSV) + (pack(f"3,{REAL}\n".encode()) if twice else b""))
    assert places(path) == [("", "mail", 1, None)]
    assert scanned(path).findings[0].count == 1 + twice
    log = tmp_path / f"app.log.1.{suffix}"
    log.write_bytes(pack(f"a\nmail to {REAL}\n".encode()))
    assert places(log) == [("", None, None, 2)]
    log.rename(tmp_path / "noending")
    assert places(tmp_path / "noending") == [("", None, None, 2)]


def test_zip_and_tar_members_by_place(tmp_path: Path) -> None:
    files = {"a/x.csv": CSV, "b.txt": f"one\n{REAL}".encode(), "pic.png": b"\x89PNG\r\n\x1a\n\0", "../up.txt": b"x"}
    expected = [("!a/x.csv", "mail", 1, None), ("!b.txt", None, None, 2)]
    for name, content in (
        ("x.zip", zipped(files)), ("x.zip", zipped(files, zipfile.ZIP_BZIP2)), ("x.tar", tarred(files)),
        ("x.tgz", gzip.compress(tarred(files))), ("x.tar.gz", gzip.compress(tarred(files))),
        ("x.tar.zst", PACKERS["zst"](tarred(files))), ("x.txz", lzma.compress(tarred(files))),
        ("noending", tarred(files)),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(content)
        assert places(tmp_path / name) == expected, name
        assert scanned(tmp_path / name).described["skipped"] == {"image/png": 1}
    assert not (tmp_path.parent / "up.txt").exists()


def test_archives_in_archives_two_deep(tmp_path: Path) -> None:
    inner = zipped({"x.csv": CSV})
    path = tmp_path / "x.zip"
    for depth, place in ((1, "!y.zip!x.csv"), (2, "!y.zip!y.zip!x.csv")):
        inner = zipped({"y.zip": inner})
        path.write_bytes(inner)
        assert places(path) == [(place, "mail", 1, None)], depth
    path.write_bytes(zipped({"y.zip": inner, "x.csv": CSV}))
    assert list(unread(path)) == ["!y.zip!y.zip!y.zip"]
    assert [f.table for f in scanned(path).findings if f.code == "pii"] == [f"{path}!x.csv"]
    path.write_bytes(zipped({"y.csv.gz": gzip.compress(CSV), "z.tar": tarred({"b.txt": REAL.encode()})}))
    assert [p[0] for p in places(path)] == ["!y.csv.gz", "!z.tar!b.txt"]


def test_compressed_again_and_again_has_an_end(tmp_path: Path) -> None:
    content = CSV
    for _ in range(6):
        content = gzip.compress(content)
    (tmp_path / "x.csv.gz").write_bytes(content)
    assert len(unread(tmp_path / "x.csv.gz")) == 1


@pytest.mark.parametrize("limit", ["LARGEST", "RATIO"])
def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    if limit == "LARGEST":
        monkeypatch.setattr(base, "LARGEST", 2_000_000)
    else:
        monkeypatch.setattr(base, "RATIO_FROM", 2_000_000)
    bomb = b"0" * 5_000_000
    for name, content in (
        ("x.zip", zipped({"a.txt": REAL.encode(), "b.txt": bomb})), ("x.gz", gzip.compress(bomb)),
        ("x.zip", zipped({"a.txt": REAL.encode(), "y.zip": zipped({"b.txt": bomb})})),
        ("x.tar.xz", lzma.compress(tarred({"a.txt": REAL.encode(), "b.txt": bomb}))),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(content)
        told = unread(tmp_path / name)
        assert list(told) == [""] and "unpacks to more than" in told[""], name


def test_many_small_members_are_one_bomb_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "LARGEST", 50_000)
    (tmp_path / "x.zip").write_bytes(zipped({f"{i}.txt": b"0" * 10_000 for i in range(6)}))
    assert list(unread(tmp_path / "x.zip")) == [""]


def test_locked_torn_and_foreign_members_are_told(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.txt": b"hello " * 50, "b.txt": REAL.encode(), "c.bin": b"\0\1"}, zipfile.ZIP_STORED))
    content[40] ^= 0xFF  # the content of a.txt
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    assert list(unread(path)) == ["!a.txt", "!c.bin"]
    assert [f.table for f in scanned(path).findings if f.code == "pii"] == [f"{path}!b.txt"]
    content = bytearray(zipped({"a.txt": b"hello"}))
    content[6] |= 1
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)
    assert unread(path) == {"!a.txt": "cannot be read: it is encrypted"}
    path.write_bytes(zipped({"a.txt": b"hello"})[:30])
    assert list(unread(path)) == [""]
    torn = tmp_path / "x.txt.xz"
    torn.write_bytes(lzma.compress(b"hello" * 10_000)[:-20])
    assert list(unread(torn)) == [""]
    short = tmp_path / "x.tar"
    short.write_bytes(tarred({"a.txt": b"x" * 5000})[:3000])
    assert list(unread(short)) == [""]


def test_names_of_members_cannot_forge_a_line(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zipped({"a\n::error::x\x1b[31m.txt": REAL.encode()}))
    assert places(tmp_path / "x.zip") == [("!a?::error::x?[31m.txt", None, None, 1)]


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "x.zip").write_bytes(zipped({"y.zip": zipped({"x.csv": CSV}), "z": b"\0"}))
    assert scanned(tmp_path / "x.zip").rows == 2
    assert list((tmp_path / "tmp").iterdir()) == []
