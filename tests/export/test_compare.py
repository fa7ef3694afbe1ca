"""Rows are read back by number from any format, and compared with regenerated ones whatever the format forgot."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.errors import UsageError
from synthgen.export.compare import compare_rows
from synthgen.export.reading import read_rows
from synthgen.export.verify import read_manifest, verify_files
from synthgen.registry import EXPORTERS
from tests.export.frames import example, frames
from tests.export.made import make, shop

FORMATS = ("parquet", "arrow", "csv", "jsonl")


@pytest.mark.parametrize("format_", FORMATS)
@settings(max_examples=25)
@given(frame=frames(), partitions=st.integers(1, 4), data=st.data())
def test_any_rows_of_any_format_are_those_that_were_made(
    format_: str, frame: pl.DataFrame, partitions: int, data: st.DataObject
) -> None:
    numbers = data.draw(st.lists(st.integers(0, frame.height - 1), max_size=8)) if frame.height else []
    with tempfile.TemporaryDirectory() as folder:
        export = make(Path(folder) / "t", {"t": frame}, (format_,), partitions)
        rows = read_rows(export, read_manifest(export), "t", numbers)
    if numbers or format_ != "jsonl":
        assert compare_rows(rows, frame[numbers], "t", numbers) == []


def changed(frame: pl.DataFrame, name: str, row: int) -> pl.DataFrame:
    """The frame with one cell of two set to null, or to the value of the other row."""
    other = frame[name].gather([1 - row])
    cells = [frame[name].gather([i]) if i != row else other for i in range(2)]
    return frame.with_columns(pl.concat(cells).alias(name))


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("row", [0, 1])
@pytest.mark.parametrize("name", example().columns)
def test_one_cell_that_differs_is_found(format_: str, row: int, name: str, tmp_path: Path) -> None:
    frame = example()
    export = make(tmp_path / "t", {"t": changed(frame, name, row)}, (format_,))
    rows = read_rows(export, read_manifest(export), "t", [0, 1])
    (finding,) = compare_rows(rows, frame, "t", [0, 1])
    assert (finding.code, finding.table, finding.column, finding.row, finding.count) == ("integrity", "t", name, row, 1)
    assert "Hara" not in finding.message


def test_row_numbers_name_the_row_of_the_table() -> None:
    one, two = pl.DataFrame({"a": [1, 2, 3]}), pl.DataFrame({"a": [1, 0, 0]})
    (finding,) = compare_rows(one, two, "t", [10, 700, 40])
    assert (finding.row, finding.count) == (700, 2)


def test_other_columns_or_another_number_of_rows() -> None:
    frame = pl.DataFrame({"a": [1], "b": [2]})
    assert [f.column for f in compare_rows(frame, frame.rename({"b": "c"}), "t")] == ["b", "c"]
    assert [f.column for f in compare_rows(frame, frame.select("b", "a"), "t")] == ["a", "b"]
    assert len(compare_rows(frame, frame.clear(), "t")) == 1


def test_a_null_of_json_is_a_nan_but_no_number(tmp_path: Path) -> None:
    frame = pl.DataFrame({"x": [float("nan"), float("inf"), 1.5, None]})
    export = make(tmp_path / "t", {"t": frame}, ("jsonl",))
    rows = read_rows(export, read_manifest(export), "t", [0, 1, 2, 3])
    assert compare_rows(rows, frame, "t") == []
    assert [f.row for f in compare_rows(rows, frame.with_columns(x=pl.lit(1.5)), "t")] == [0]
    assert [f.count for f in compare_rows(rows, frame.with_columns(x=pl.lit(1.5)), "t")] == [3]


class Tabs:
    """An exporter from outside: tab-separated text, no lazy reader."""

    suffix = ".tsv"

    def write(self, frame: pl.DataFrame, path: Path) -> None:
        frame.select(pl.all().exclude(pl.List)).write_csv(path, separator="\t")

    def read(self, path: Path) -> pl.DataFrame:
        return pl.read_csv(path, separator="\t", infer_schema=False)


def test_an_outside_format_alone_is_verified_and_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXPORTERS._loaded, "tabs", Tabs)
    export = make(tmp_path / "shop", formats=("tabs",), partitions=3)
    assert verify_files(export) == []
    made, numbers = shop()["orders"].select("id", "customer_id", "total"), [19, 3, 3, 0]
    rows = read_rows(export, read_manifest(export), "orders", numbers).select(made.columns)
    assert rows["id"].to_list() == ["O-020", "O-004", "O-004", "O-001"]
    assert compare_rows(rows, made[numbers], "orders", numbers) == []


def test_rows_and_tables_that_are_not_there(tmp_path: Path) -> None:
    export = make(tmp_path / "shop")
    manifest = read_manifest(export)
    for table, row in (("nothing", 0), ("orders", 20), ("orders", -1)):
        with pytest.raises(UsageError):
            read_rows(export, manifest, table, [row])
