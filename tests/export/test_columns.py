"""Parquet from codes: the same content as from strings, no dictionary type for readers, no word that was not drawn."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from synthgen.columns import Column, Vocabulary
from synthgen.export.base import ColumnExporter
from synthgen.export.parquet import Parquet
from tests.export.frames import TEXT, example


@st.composite
def coded(draw: st.DrawFn) -> Column:
    """A column of 64 codes, some null, into words that may repeat; few words, so that codes are kept."""
    words = draw(st.lists(TEXT, min_size=1, max_size=10))
    codes = draw(st.lists(st.none() | st.integers(0, len(words) - 1), min_size=64, max_size=64))
    dtype = draw(st.sampled_from([pl.UInt8, pl.UInt16, pl.UInt32]))
    return Column.coded(Vocabulary("words", pl.Series(words, dtype=pl.String)), pl.Series(codes, dtype=dtype))


@settings(max_examples=60)
@given(column=coded(), plain=st.lists(st.none() | TEXT, min_size=64, max_size=64))
def test_codes_give_the_file_that_strings_give(column: Column, plain: list[str | None]) -> None:
    columns = {"coded": column, "plain": Column.of(pl.Series(plain, dtype=pl.String))}
    frame = pl.DataFrame({name: c.values for name, c in columns.items()})
    with tempfile.TemporaryDirectory() as folder:
        fast, slow = Path(folder) / "fast.parquet", Path(folder) / "slow.parquet"
        Parquet().write_columns(columns, fast)
        Parquet().write(frame, slow)
        assert_frame_equal(Parquet().read(fast), frame)
        assert_frame_equal(Parquet().read(slow), frame)
        assert pq.read_schema(fast) == pq.read_schema(slow)
        assert duckdb.sql(f"select coded from read_parquet('{fast}')").fetchall() == frame.select("coded").rows()


def test_words_that_no_row_draws_stay_out_of_the_file(tmp_path: Path) -> None:
    words = Vocabulary("words", pl.Series(["drawn", "undrawn", "also-drawn"]))
    column = Column.coded(words, np.array([0, 2] * 500, np.uint32))
    assert isinstance(Parquet(), ColumnExporter)
    Parquet().write_columns({"word": column}, tmp_path / "t.parquet")
    assert b"undrawn" not in (tmp_path / "t.parquet").read_bytes()
    assert pl.read_parquet(tmp_path / "t.parquet")["word"].to_list() == ["drawn", "also-drawn"] * 500


@pytest.mark.parametrize("words", [["a", "b", "c"], ["b", "a", "b", ""], ["x", "x"]])
def test_codes_are_kept_as_a_dictionary_also_where_words_repeat(words: list[str], tmp_path: Path) -> None:
    codes = np.arange(1000, dtype=np.uint32) % len(words)
    column = Column.coded(Vocabulary("words", pl.Series(words)), codes)
    Parquet().write_columns({"w": column}, tmp_path / "t.parquet")
    assert "RLE_DICTIONARY" in pq.ParquetFile(tmp_path / "t.parquet").metadata.row_group(0).column(0).encodings
    assert pl.read_parquet(tmp_path / "t.parquet")["w"].to_list() == column.values.to_list()


def test_a_large_vocabulary_for_few_rows_is_not_written_whole(tmp_path: Path) -> None:
    words = Vocabulary("words", pl.Series([f"street number {i}" for i in range(50_000)]))
    Parquet().write_columns({"s": Column.coded(words, np.arange(100, dtype=np.uint32))}, tmp_path / "t.parquet")
    assert (tmp_path / "t.parquet").stat().st_size < 5_000
    assert pl.read_parquet(tmp_path / "t.parquet")["s"].to_list() == words.values[:100].to_list()


def test_vocabularies_of_other_types_are_written_too(tmp_path: Path) -> None:
    frame = example()
    columns = {
        name: Column.coded(Vocabulary(name, frame[name].head(1)), pl.Series([0, None] * 50, dtype=pl.UInt32))
        for name in frame.columns
    }
    Parquet().write_columns(columns, tmp_path / "t.parquet")
    expected = pl.concat([frame] * 50).with_columns(pl.col("tier").cast(pl.String))
    assert_frame_equal(Parquet().read(tmp_path / "t.parquet"), expected)


def test_all_codes_null_and_no_rows(tmp_path: Path) -> None:
    words = Vocabulary("words", pl.Series(["a", "b"]))
    for count in (0, 40):
        column = Column.coded(words, pl.Series([None] * count, dtype=pl.UInt16))
        Parquet().write_columns({"w": column}, tmp_path / "t.parquet")
        assert pl.read_parquet(tmp_path / "t.parquet")["w"].to_list() == [None] * count


@pytest.mark.parametrize("repeats", [True, False])
def test_several_row_groups(repeats: bool, tmp_path: Path) -> None:
    count = 300_000
    numbers = np.arange(count, dtype=np.uint32)
    column = Column.coded(Vocabulary("w", pl.Series([f"w{i}" for i in range(1000)])), numbers % 1000)
    other = Column.of(pl.Series(numbers).cast(pl.String) if not repeats else pl.Series(["x", "y", None] * 100_000))
    Parquet().write_columns({"w": column, "o": other}, tmp_path / "t.parquet")
    assert pq.ParquetFile(tmp_path / "t.parquet").num_row_groups == 3
    assert_frame_equal(Parquet().read(tmp_path / "t.parquet"), pl.DataFrame({"w": column.values, "o": other.values}))


def test_texts_of_one_length_are_written_apart_from_their_lengths(tmp_path: Path) -> None:
    """UUIDs are smaller so; a reference that repeats them in runs is written as differences. Both read back."""
    bits = np.arange(1, 5001, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    ids = Column.uuids(bits, bits[::-1].copy())
    runs = ids.gather(pl.Series(np.repeat(np.arange(2500, dtype=np.uint32), 2)))
    words = Column.of(pl.Series([f"text {n}" for n in range(5000)]))
    Parquet().write_columns({"id": ids, "ref": runs, "word": words}, tmp_path / "a.parquet")
    group = pq.ParquetFile(tmp_path / "a.parquet").metadata.row_group(0)
    used = [set(group.column(i).encodings) & {"DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"} for i in range(3)]
    assert used == [{"DELTA_LENGTH_BYTE_ARRAY"}, {"DELTA_BYTE_ARRAY"}, set()]
    back = Parquet().read(tmp_path / "a.parquet")
    assert back.equals(pl.DataFrame({"id": ids.values, "ref": runs.values, "word": words.values}))
