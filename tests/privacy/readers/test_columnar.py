"""Parquet and Arrow: nesting, row groups as pieces."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthgen.privacy.readers import base, pieces
from tests.privacy.readers.planted import REAL, TWIN, places, unread


@pytest.mark.parametrize("write", ["parquet", "ipc", "ipc_stream"])
def test_nested_values(tmp_path: Path, write: str) -> None:
    data = pl.DataFrame(
        {
            "one": [{"mail": TWIN}, {"mail": TWIN}, {"mail": REAL}],
            "many": [[TWIN], [], [TWIN, REAL]],
            "deep": [[], [{"to": [{"mail": REAL}]}], []],
            "raw": [b"x", REAL.encode(), b"\xff\xfe"],
            "kind": pl.Series([TWIN, REAL, TWIN], dtype=pl.Categorical),
            "fixed": pl.Series([[TWIN, TWIN], [TWIN, TWIN], [TWIN, REAL]], dtype=pl.Array(pl.String, 2)),
        }
    )
    path = tmp_path / ("x.parquet" if write == "parquet" else "x.arrow")
    getattr(data, f"write_{write}")(path)
    assert [p[1:3] for p in places(path)] == [
        ("deep[].to[].mail", 1), ("fixed[]", 2), ("kind", 1), ("many[]", 2), ("one.mail", 2), ("raw", 1),
    ]  # fmt: skip


def test_maps(tmp_path: Path) -> None:
    kind = pa.map_(pa.string(), pa.string())
    table = pa.table({"m": pa.array([[("a", TWIN)], [(REAL, "x"), ("b", REAL)]], type=kind)})
    pq.write_table(table, tmp_path / "x.parquet")
    assert {p[1:3] for p in places(tmp_path / "x.parquet")} == {("m[].key", 1), ("m[].value", 1)}


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
def test_codecs(tmp_path: Path, codec: str) -> None:
    pq.write_table(pa.table({"m": [TWIN, REAL]}), tmp_path / "x.parquet", compression=codec)
    assert places(tmp_path / "x.parquet") == [("", "m", 1, None)]


def test_row_groups_are_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.parquet"
    mails = [f"u{i}@example.com" for i in range(5000)]
    mails[4321] = REAL
    pl.DataFrame({"m": mails}).write_parquet(path, row_group_size=500)
    assert places(path) == [("", "m", 4321, None)]
    monkeypatch.setattr(base, "PIECE", 100)
    cut = list(pieces(path))
    assert len(cut) > 3 and [p.stop for p in cut[:-1]] == [p.start for p in cut[1:]] and cut[-1].stop == 10
    assert places(path) == [("", "m", 4321, None)]


def test_empty_and_encrypted_files(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pl.DataFrame({"m": []}, schema={"m": pl.String}).write_parquet(path)
    assert places(path) == []
    path.write_bytes(b"PARE" + bytes(100) + b"PARE")
    assert list(unread(path)) == [""]
