"""Tables as text: quotes, separators, encodings, pieces, and files that are no tables."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.privacy.readers import base, batches, pieces
from synthgen.privacy.readers.delimited import added_rows
from tests.privacy.readers.planted import REAL, places, scanned


def frame(path: Path) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(list(b.columns.values())) for b in batches(path)])


def written(rows: list[list[str]], **how: object) -> str:
    sink = io.StringIO()
    csv.writer(sink, **how).writerows(rows)  # type: ignore[arg-type]
    return sink.getvalue()


@pytest.mark.parametrize(
    ("name", "separator"), [("x.csv", ","), ("x.csv", ";"), ("x.csv", "|"), ("x.tsv", "\t"), ("x.psv", "|")]
)
def test_separators(tmp_path: Path, name: str, separator: str) -> None:
    (tmp_path / name).write_text(separator.join(["id", '"the, mail"']) + "\n" + separator.join(["1", REAL]) + "\n")
    assert places(tmp_path / name) == [("", "the, mail", 0, None)]


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_encodings(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(f"stadt;mail\r\nKöln;a@example.com\r\nZürich;{REAL}\r\n".encode(name))
    assert frame(path)["stadt"].to_list() == ["Köln", "Zürich"]
    assert places(path) == [("", "mail", 1, None)]


def test_quotes_with_line_ends_over_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the size of a piece, the records are those of the standard library."""
    draw = random.Random(7)
    rows = [["id", "note", "mail"]]
    for i in range(600):
        note = draw.choice(["plain", 'say "hi", he said', "two\nlines", "\n\n", 'end"', "a,b\r\nc", '"', ""])
        rows.append([str(i), note * draw.randint(1, 4), f"u{i}@example.com"])
    rows[500][2] = REAL
    path = tmp_path / "x.csv"
    path.write_text(written(rows), newline="")
    for size in (8 * 2**20, 700, 1500, 5000):
        monkeypatch.setattr(base, "PIECE", size)
        read = frame(path)
        assert read["id"].to_list() == [r[0] for r in rows[1:]], size
        assert read["note"].fill_null("").to_list() == [r[1] for r in rows[1:]], size
        assert places(path) == [("", "mail", 499, None)]
    assert len(list(pieces(path))) > 3


@given(st.lists(st.lists(st.text(st.sampled_from('ab,"\n é'), max_size=6), min_size=2, max_size=2), min_size=1))
def test_any_written_table_is_read_in_pieces_as_it_is(rows: list[list[str]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        path = Path(folder) / "x.csv"
        path.write_text(written([["one", "two"], *rows], quoting=csv.QUOTE_ALL), encoding="utf-8", newline="")
        patched.setattr(base, "PIECE", 40)
        read = frame(path)
        assert [list(r) for r in read.rows()] == rows


def test_a_stray_quote_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "PIECE", 2000)
    path = tmp_path / "x.csv"
    rows = [f'{i},pipe of 5" here,x{i}' for i in range(3001)]
    rows[20] = f"20,{REAL},x"
    rows[2900] = f"2900,{REAL},x"
    path.write_text("id,what,code\n" + "\n".join(rows) + "\n")
    found = scanned(path)
    assert {f.line for f in found.findings} == {22, 2902}


def test_a_ragged_piece_is_read_by_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "PIECE", 1000)
    path = tmp_path / "x.csv"
    rows = [f"{i},u{i}@example.com" for i in range(300)]
    rows[10] = f"10,{REAL}"
    rows[200] = f"200,x,y,{REAL}"
    path.write_text("id,mail\n" + "\n".join(rows) + "\n")
    assert places(path) == [("", "mail", 10, None), ("", None, None, 202)]


def test_headers(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"\n\r\nid,mail\n1,{REAL}\n")
    assert places(path) == [("", "mail", 0, None)]
    path.write_text(f'"a\nb",c\n1,{REAL}\n')
    assert [p[2] for p in places(path)] == [0]
    path.write_text("only,a,header")
    assert scanned(path).findings == ()
    path.write_text("\n\n")
    assert scanned(path).findings == ()


def test_lines_of_a_diff_as_records(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a,b\n1,x\n2,"y\nz"\n3,w\n\n4,v')
    (batch,) = added_rows(path, {4, 7})
    assert batch.at is not None and batch.old_names
    assert (batch.at[0].to_list(), batch.at[1].to_list()) == ([1, 4], [3, 7])
    assert [c.to_list() for c in batch.columns.values()] == [["2", "4"], ["y\nz", "v"]]
    (batch,) = added_rows(path, {1, 2})
    assert not batch.old_names and batch.rows == 1
    path.write_text("a,b\n1,2,3\n")
    assert list(added_rows(path, {2})) == []
