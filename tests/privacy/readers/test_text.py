"""Texts: encodings, lines of any length, pieces of large files, comments that let a line pass."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from synthgen.privacy import tallies
from synthgen.privacy.readers import base, batches, pieces, read
from synthgen.privacy.readers.text import decoder, encoding
from tests.privacy.readers.planted import REAL, places, scanned


def lines(path: Path) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for piece in pieces(path):
        for batch in read(piece):
            assert isinstance(batch, base.Batch) and batch.lines is not None
            found += zip(batch.lines.to_list(), batch.columns["line"].to_list(), strict=True)
    return found


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(f"Grüße an José\r\nmail {REAL} ende\r\n".encode(name))
    assert lines(path) == [(1, "Grüße an José"), (2, f"mail {REAL} ende")]
    assert places(path) == [("", None, None, 2)]


def test_one_wrong_byte_costs_no_other_character() -> None:
    assert decoder().decode("Grüße ".encode() + b"\xfc" + " né".encode(), final=True) == "Grüße ü né"
    assert encoding(b"plain text, and enough of it") == "utf-8"
    assert encoding(b"") == encoding(b"a\0") == "utf-8"


def test_a_value_at_the_seam_of_two_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every position near a seam, with and without white space, in one line of a megabyte."""
    monkeypatch.setattr(base, "WINDOW", 1000)
    monkeypatch.setattr(base, "OVERLAP", 100)
    path = tmp_path / "x.txt"
    for filler in ("x ", "é;"):
        for start in range(950, 1050, 7):
            line = ((filler * 5000)[:start] + f" {REAL} " + filler * 3000)[:9000]
            path.write_text(f"first\n{line}\nlast\n", encoding="utf-8")
            assert places(path) == [("", None, None, 2)], (filler, start)


def test_windows_cover_the_line_and_overlap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "WINDOW", 100)
    monkeypatch.setattr(base, "OVERLAP", 20)
    text = "".join(f"{i:05d}" for i in range(2000))
    path = tmp_path / "x.txt"
    path.write_text(f"{text}\nnext")
    found = lines(path)
    assert found[-1] == (2, "next") and {n for n, _ in found[:-1]} == {1}
    made = ""
    for _, window in found[:-1]:
        assert len(window) <= 100
        overlap = next(n for n in range(len(window), -1, -1) if made.endswith(window[:n]))
        assert overlap >= 20 or not made
        made += window[overlap:]
    assert made == text


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_long_line_has_one_mark_and_one_comment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    monkeypatch.setattr(base, "WINDOW", 5000)
    path = tmp_path / "x.txt"
    long = f"{REAL} " + "word " * 600_000 + f"{REAL}, {REAL}"
    path.write_text(f"a\n{long}{end}")
    result = scanned(path)
    digest = hashlib.sha256(long.encode()).hexdigest()[:5]
    assert [(f.line, f.mark, f.count) for f in result.findings] == [(2, digest, 1)]
    assert result.rows == 2
    path.write_text(f"a\n{long} # synthgen: allow{end}")
    result = scanned(path)
    assert (result.findings, result.suppressed) == ((), 1)


def test_marks_tell_lines_apart_and_hold_twenty_bits(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text(f"to {REAL}\r\ncc {REAL}\nto {REAL}\n")
    found = scanned(path).findings
    marks = [f.mark for f in found]
    assert marks[0] == marks[2] == hashlib.sha256(f"to {REAL}".encode()).hexdigest()[:5] != marks[1]
    assert len({f.fingerprint for f in found}) == 2


def test_a_large_file_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.log"
    content = [f"line {i} " + "é" * (i % 50) for i in range(1, 4001)]
    content[3000] = f"to {REAL}"
    path.write_text("\n".join(content), encoding="utf-8")
    whole = lines(path)
    monkeypatch.setattr(base, "PIECE", 10_000)
    assert len(list(pieces(path))) > 5
    assert lines(path) == whole == list(enumerate(content, 1))
    assert places(path) == [("", None, None, 3001)]
    assert sum(b.rows for b in batches(path)) == 4000


def test_a_line_that_is_longer_than_a_piece_is_not_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "PIECE", 1000)
    path = tmp_path / "x.txt"
    path.write_text("short\n" + "x" * 3_000_000 + f" {REAL}\nend {REAL}\n")
    assert [p.line for p in pieces(path)] == [1, 3]
    assert places(path) == [("", None, None, 2), ("", None, None, 3)]


def test_at_most_a_thousand_findings_and_the_rest_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.txt"
    path.write_text(f"{REAL}\n" * 2500)
    whole = scanned(path).findings
    assert (len(whole), whole[-1].count, whole[-1].line, sum(f.count for f in whole)) == (1000, 1501, 1000, 2500)
    assert "1,500 more" in whole[-1].message
    monkeypatch.setattr(base, "PIECE", 5000)
    assert scanned(path).findings == whole
    assert tallies.MOST == 1000


def test_comments_let_entities_pass(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(
        f"a = '{REAL}'  # synthgen: allow\n"
        f"<!-- {REAL} synthgen:allow EMAIL_ADDRESS our own -->\n"
        f"// {REAL} synthgen: allow PERSON, CREDIT_CARD\n"
        f"-- {REAL} synthgen: allowed\n"
        f"# synthgen: allow\n{REAL}\n"
    )
    result = scanned(path)
    assert [f.line for f in result.findings] == [3, 4, 6]
    assert result.suppressed == 2


def test_old_macs_and_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(f"one\rtwo {REAL}\rthree\x0c\x1b[0m\x85\u2028".encode())
    assert places(path) == [("", None, None, 1)]
