"""Workers over files and pieces: the same findings in the same order, whatever their number."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from synthgen.errors import SynthgenError, UsageError
from synthgen.privacy import spread
from synthgen.privacy.files import scan_paths
from synthgen.privacy.readers import Item, Unread, base
from synthgen.privacy.scanner import Scanner
from synthgen.privacy.sources import FileInput
from tests.privacy.readers.planted import REAL


def folder_of_files(folder: Path) -> None:
    rows = 4000
    mails = [f"u{i}@example.com" for i in range(rows)]
    for i in range(7, rows, 613):
        mails[i] = f"real{i}@gmail.com"
    data = pl.DataFrame({"id": range(rows), "mail": mails, REAL: ["x"] * rows, "first_name": ["Anna"] * rows})
    data = data.with_columns(contact=pl.lit("Anna Keller"))
    data.write_csv(folder / "a.csv")
    data.write_parquet(folder / "b.parquet", row_group_size=400)
    data.write_ndjson(folder / "c.jsonl")
    (folder / "d.log").write_text("\n".join(f"sent to {m}  # {i}" for i, m in enumerate(mails)))
    (folder / "e.txt").write_text("\n".join(mails * 2 + [REAL] * 1500))
    (folder / "f.json").write_text(json.dumps([{"mail": REAL}]))
    (folder / "g.csv").write_text("a,b\n" + "1,2\n" * 5000 + f"1,2,{REAL}\n")
    (folder / "h.bin").write_bytes(b"\0\1")
    (folder / "i.png").write_bytes(b"\x89PNG\r\n\x1a\n\0")


def test_any_number_of_workers_finds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of_files(tmp_path)
    whole = scan_paths([tmp_path], ner="off", workers=1)
    monkeypatch.setattr(base, "PIECE", 20_000)
    one = scan_paths([tmp_path], ner="off", workers=1)
    assert [(f.table, f.column, f.row, f.line, f.entity, f.count) for f in one.findings] == [
        (f.table, f.column, f.row, f.line, f.entity, f.count) for f in whole.findings
    ]
    seen: list[tuple[str, int, int]] = []
    several = scan_paths(
        [tmp_path], ner="off", workers=3, progress=lambda path, done, total: seen.append((str(path), done, total))
    )
    assert several == one
    assert {f.table for f in one.findings} == {str(p) for p in tmp_path.iterdir() if p.name != "i.png"}
    assert seen[-1] == (str(tmp_path / "i.png"), 9, 9) and [d for _, d, _ in seen] == list(range(10))


def test_the_number_of_workers_by_size() -> None:
    assert spread.workers_for(spread.PAYS - 1) == 1
    assert spread.workers_for(spread.PAYS) == min(8, len(os.sched_getaffinity(0)))


def test_a_single_piece_needs_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.txt").write_text(REAL)
    monkeypatch.setattr(spread, "_spread", None)
    assert len(scan_paths([tmp_path], ner="off", workers=4).findings) == 1
    with pytest.raises(UsageError, match="bad-value"):
        scan_paths([tmp_path], ner="off", workers=0)


@dataclass(frozen=True)
class Deadly:
    """Ends the worker that reads it."""

    shown: str = "x"

    def items(self) -> Iterator[Item]:
        os._exit(7)
        yield Unread("")


def test_a_worker_that_dies_is_no_silence() -> None:
    jobs = [(i, Deadly()) for i in range(4)]
    with pytest.raises(SynthgenError, match="worker-died"):
        list(spread.run(jobs, partial(Scanner, "reserved", ner="off"), 2))


def test_excluded_files(tmp_path: Path) -> None:
    for name in ("a/x.csv", "a/deep/y.txt", "b/z.txt", "keep.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"mail\n{REAL}\n")
    for globs, left in (
        ((), 4), (("*.csv",), 3), (("a",), 2), (("a/",), 2), (("a/*.txt",), 3), (("deep",), 3), (("*",), 0),
        (("nothing",), 4), (("a/*", "b/z.txt"), 1),
    ):  # fmt: skip
        assert scan_paths([tmp_path], ner="off", exclude=globs).files == left, globs


def test_a_file_that_vanishes_or_cannot_be_opened_is_told(tmp_path: Path) -> None:
    gone = FileInput("gone", tmp_path / "gone")
    (source,) = gone.sources()
    assert [i for i in source.items() if isinstance(i, Unread)]
    assert gone.size == 0
