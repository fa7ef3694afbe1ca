"""Every built-in format: what is written is read back, by us and by other people's readers."""

from __future__ import annotations

import csv
import json
import math
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from synthgen.export.base import plain
from synthgen.export.text import text_frame
from synthgen.registry import EXPORTERS
from tests.export.frames import example, frames

FORMATS = ("parquet", "arrow", "csv", "jsonl")
TYPED = ("parquet", "arrow")


def written(format_: str, frame: pl.DataFrame, folder: Path, name: str = "t") -> Path:
    exporter = EXPORTERS.get(format_)()
    path = folder / (name + exporter.suffix)
    exporter.write(frame, path)
    return path


def exact(frame: pl.DataFrame) -> pl.DataFrame:
    """With Enum as String and 128-bit integers gone: what comes back from a typed format."""
    return plain(frame)


@pytest.mark.parametrize("format_", TYPED)
@settings(max_examples=40, deadline=None)
@given(frame=frames())
def test_typed_formats_give_every_type_back(format_: str, frame: pl.DataFrame) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(format_, frame, Path(folder))
        assert_frame_equal(EXPORTERS.get(format_)().read(path), exact(frame), check_exact=True)
        scan = pl.scan_parquet if format_ == "parquet" else pl.scan_ipc
        assert_frame_equal(scan(path).collect(engine="streaming"), exact(frame), check_exact=True)


@settings(max_examples=30, deadline=None)
@given(frame=frames(nested=False))
def test_pyarrow_and_duckdb_read_the_parquet_file(frame: pl.DataFrame) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written("parquet", frame, Path(folder))
        table = pq.read_table(path)
        assert not [f for f in table.schema if pa.types.is_dictionary(f.type)]
        assert_frame_equal(pl.DataFrame(pl.from_arrow(table)), exact(frame), check_exact=True)
        relation = duckdb.sql(f"select * from read_parquet('{path}')")
        assert relation.columns == frame.columns
        assert relation.count("*").fetchall() == [(frame.height,)]
        for name, dtype in frame.schema.items():
            if dtype in (pl.Int64, pl.String, pl.Boolean, pl.Binary, pl.Enum) or isinstance(dtype, pl.Decimal):
                quoted = '"' + name.replace('"', '""') + '"'
                assert [v for (v,) in relation.project(quoted).fetchall()] == exact(frame)[name].to_list()


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
@settings(max_examples=60, deadline=None)
@given(frame=frames())
def test_text_formats_give_every_text_back(format_: str, frame: pl.DataFrame) -> None:
    with tempfile.TemporaryDirectory() as folder:
        back = EXPORTERS.get(format_)().read(written(format_, frame, Path(folder)))
    expected = text_frame(exact(frame))
    if format_ == "jsonl":
        if frame.is_empty():
            assert back.is_empty()
            return
        floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
        finite = [pl.when(frame[n].is_finite()).then(pl.col(n)).alias(n) for n in floats]
        expected = expected.with_columns(finite)  # JSON has no NaN
    assert_frame_equal(back, expected)


@settings(max_examples=40, deadline=None)
@given(frame=frames())
def test_json_lines_are_json_as_python_reads_it(frame: pl.DataFrame) -> None:
    frame = exact(frame)
    with tempfile.TemporaryDirectory() as folder:
        lines = written("jsonl", frame, Path(folder)).read_bytes().decode().split("\n")
    assert lines.pop() == ""
    rows = [json.loads(line, parse_float=Decimal, parse_constant=pytest.fail) for line in lines]
    assert [list(row) for row in rows] == [frame.columns] * frame.height
    for name, dtype in frame.schema.items():
        got, want = [row[name] for row in rows], frame[name].to_list()
        if dtype in (pl.Int64, pl.UInt8, pl.String, pl.Boolean) or isinstance(dtype, pl.Decimal):
            assert got == want
        if dtype == pl.Float64:
            assert [None if v is None else float(v) for v in got] == [
                v if v is not None and math.isfinite(v) else None for v in want
            ]


@settings(max_examples=40, deadline=None)
@given(frame=frames(nested=False))
def test_csv_is_rfc_4180_and_tells_null_from_empty(frame: pl.DataFrame) -> None:
    frame = exact(frame)
    with tempfile.TemporaryDirectory() as folder:
        path = written("csv", frame, Path(folder))
        with path.open(newline="", encoding="utf-8") as lines:
            rows = list(csv.reader(lines, strict=True))
        strings = [name for name, dtype in frame.schema.items() if dtype == pl.String]
        options = "header=true, all_varchar=true, allow_quoted_nulls=false, auto_detect=false, delim=',', quote='\"'"
        columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(frame.width))
        query = f"select * from read_csv('{path}', {options}, columns={{{columns}}}, new_line='\\r\\n')"
        read = duckdb.sql(query).fetchall() if frame.width > 1 and frame.height else []
    assert rows[0] == frame.columns
    expected = [["" if v is None else v for v in row] for row in text_frame(frame).iter_rows()]
    assert [row or [""] for row in rows[1:]] == expected
    for row, original in zip(read, frame.iter_rows(named=True), strict=False):
        assert {n: row[frame.columns.index(n)] for n in strings} == {n: original[n] for n in strings}


def test_the_forms_of_csv(tmp_path: Path) -> None:
    header, row, nulls, end = written("csv", example(), tmp_path).read_bytes().decode().split("\r\n")
    assert header == "id,price,share,name,empty,at,day,hour,wait,flag,raw,tags,line,blobs,tier"
    assert row == (
        '1,12.50,0.1,"O""Hara, Ann","",2026-09-01T12:30:00.000005,2026-09-01,12:30:00,P1DT2H0.5S,true,AP8=,'
        '"[""a"",null]","{""sku"":""x"",""net"":1.10,""on"":""2026-09-01""}","[""AQ=="",null]",vip'
    )
    assert nulls == "," * 14 and end == ""


def test_the_forms_of_json_lines(tmp_path: Path) -> None:
    row, nulls, end = written("jsonl", example(), tmp_path).read_text(encoding="utf-8").split("\n")
    assert row == (
        '{"id":1,"price":12.50,"share":0.1,"name":"O\\"Hara, Ann","empty":"","at":"2026-09-01T12:30:00.000005",'
        '"day":"2026-09-01","hour":"12:30:00","wait":"P1DT2H0.5S","flag":true,"raw":"AP8=","tags":["a",null],'
        '"line":{"sku":"x","net":1.10,"on":"2026-09-01"},"blobs":["AQ==",null],"tier":"vip"}'
    )
    assert set(json.loads(nulls).values()) == {None} and end == ""


@pytest.mark.parametrize("format_", FORMATS)
def test_bytes_depend_on_the_frame_alone(format_: str, tmp_path: Path) -> None:
    frame = pl.concat([example()] * 200)
    sliced = pl.concat([frame[:7], frame[7:130], frame[130:]], rechunk=False)
    assert sliced.n_chunks() > 1
    (tmp_path / "elsewhere").mkdir()
    first = written(format_, frame, tmp_path)
    second = written(format_, sliced, tmp_path / "elsewhere", "other")
    assert first.read_bytes() == second.read_bytes()
    assert str(tmp_path).encode() not in first.read_bytes()


@pytest.mark.parametrize("format_", FORMATS)
def test_a_frame_without_rows_keeps_its_columns_where_the_format_has_them(format_: str, tmp_path: Path) -> None:
    frame = example().clear()
    back = EXPORTERS.get(format_)().read(written(format_, frame, tmp_path))
    assert back.is_empty()
    assert format_ == "jsonl" or back.columns == frame.columns


@pytest.mark.parametrize("format_", FORMATS)
def test_integers_of_128_bits_are_written(format_: str, tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": pl.Series([2**64, None], dtype=pl.Int128)})
    back: Any = EXPORTERS.get(format_)().read(written(format_, frame, tmp_path))["n"].to_list()
    assert [None if v is None else int(v) for v in back] == [2**64, None]
