"""Which reader reads what: by content before name, and what holds no text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from synthgen.privacy.files import scan_paths
from synthgen.privacy.readers import TextlessError, UnreadableError, batches, pieces
from synthgen.privacy.readers.signatures import textless
from tests.privacy.readers.planted import REAL, places, unread

MEDIA = {
    "a.png": (b"\x89PNG\r\n\x1a\n\0\0", "image/png"), "a.jpg": (b"\xff\xd8\xff\xe0\0", "image/jpeg"),
    "a.gif": (b"GIF89a\1\0", "image/gif"), "a.ico": (b"\0\0\1\0\1", "image/x-icon"),
    "a.webp": (b"RIFF\1\0\0\0WEBP", "image/webp"), "a.woff2": (b"wOF2\0", "font/woff2"),
    "a.ttf": (b"\0\1\0\0\0\1", "font/ttf"), "a.so": (b"\x7fELF\0", "application/x-executable"),
    "a.pyc": (b"\xa7\r\r\n\0\0", "application/x-python-bytecode"), "a.mp4": (b"\0\0\0\x18ftypmp42", "video/mp4"),
    "a.wasm": (b"\0asm\1", "application/wasm"), "a.mp3": (b"ID3\3\0", "audio/mpeg"),
}  # fmt: skip


def test_media_without_text_are_skipped_in_folders_and_counted(tmp_path: Path) -> None:
    for name, (content, _) in MEDIA.items():
        (tmp_path / name).write_bytes(content)
    result = scan_paths([tmp_path], ner="off")
    assert (result.findings, result.files) == ((), len(MEDIA))
    assert result.described["skipped"] == {media: 1 for _, media in sorted(MEDIA.values(), key=lambda m: m[1])}


@pytest.mark.parametrize("name", MEDIA)
def test_a_medium_that_is_named_is_a_finding(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(MEDIA[name][0])
    assert list(unread(tmp_path / name)) == [""]
    with pytest.raises(TextlessError):
        list(batches(tmp_path / name))


def test_a_name_alone_proves_nothing(tmp_path: Path) -> None:
    for name in ("a.png", "a.pyc", "a.gif", "a.exe"):
        (tmp_path / name).write_text(f"MZ GIF89a\n{REAL}\n")
        assert places(tmp_path / name) == [("", None, None, 2)]
    assert textless(b"GIF89a, ID3 and MZ are text", ".gif") is None


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n%\xe2\xe3", b"\0\1\2\3", b"PK\x03\x04word/document.xml", b"\x93NUMPY\1\0", b"\x80\4\x95\0\0",
        b"a,b\n\0\1\2", b"\1\0\2\0\3\0" * 90, b"\0\1" * 90,
    ],
)  # fmt: skip
def test_everything_else_fails_closed(tmp_path: Path, content: bytes) -> None:
    for name in ("x", "x.csv", "x.docx", "x.json"):
        (tmp_path / name).write_bytes(content)
        assert len(scan_paths([tmp_path / name], ner="off").findings) == 1
    (tmp_path / "y").mkdir()
    (tmp_path / "y" / "x.bin").write_bytes(content)
    assert [f.code for f in scan_paths([tmp_path / "y"], ner="off").findings] == ["unscanned"]


def test_what_is_no_regular_file_is_a_finding_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "locked").write_text("x")
    found = scan_paths([tmp_path], ner="off").findings
    assert [(f.code, Path(f.table).name) for f in found] == [("unscanned", "gone"), ("unscanned", "pipe")]


def test_the_simple_way_raises_for_what_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x.diff").write_text("diff --git a/x b/x\n@@ -0,0 +1 @@\n+a\nBinary files a/x and b/x differ\n")
    with pytest.raises(UnreadableError, match="binary"):
        list(batches(tmp_path / "x.diff"))
    assert [p.format for p in pieces(tmp_path / "x.diff")] == ["patch"]


@pytest.mark.parametrize("name", ["x.md", "x.py", "Dockerfile", ".env", "x.yaml", "x.xml", "x.html", "x.eml", "x.sql"])
def test_texts_of_every_kind_are_read_by_line(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(f"KEY=1\nMAIL={REAL}\n")
    assert places(tmp_path / name) == [("", None, None, 2)]
