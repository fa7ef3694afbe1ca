"""Parquet: zstd at level 1, dictionaries for strings that repeat, differences for integers.

Written by pyarrow from dictionary arrays: a column that is codes into a vocabulary is encoded without ever making its
strings. Files read back as plain strings: the Arrow schema in the file's metadata, which carries what Parquet cannot
say (durations, time zones), names no dictionary.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from synthgen.columns import Column
from synthgen.export.base import plain

GROUP_ROWS = 131_072
"""Rows per row group. Fixed, so that bytes depend on the frame alone."""
_DICTIONARY_SHARE = 4  # a dictionary pays where every word is used that often
_SAMPLE = 4096  # rows that tell whether a string column repeats itself
_DISTINCT, _IN_RUNS = 0.5, 0.125  # shares of distinct strings up to which a dictionary is smaller


class Parquet:
    """Writes and reads one Parquet file."""

    suffix = ".parquet"

    def write(self, frame: pl.DataFrame, path: Path) -> None:
        """Write the frame; Enum and Categorical become strings, nothing else changes on the way back."""
        arrays: dict[str, Any] = {}
        repeating: list[str] = []
        encodings: dict[str, str] = {}
        for series in plain(frame).iter_columns():
            arrays[series.name] = _array(series)
            self._note(series, repeating, encodings)
        _write(arrays, repeating, encodings, path)

    def write_columns(self, columns: Mapping[str, Column], path: Path) -> None:
        """Write columns as they were generated: coded strings go from their codes straight to Parquet's."""
        arrays: dict[str, Any] = {}
        repeating: list[str] = []
        encodings: dict[str, str] = {}
        for name, column in columns.items():
            coded = _coded(column)
            if coded is not None:
                repeating.append(name)
                arrays[name] = coded
                continue
            series = plain(pl.DataFrame({name: column.values}))[name]
            arrays[name] = _array(series)
            self._note(series, repeating, encodings)
        _write(arrays, repeating, encodings, path)

    @staticmethod
    def _note(series: pl.Series, repeating: list[str], encodings: dict[str, str]) -> None:
        """How strings are best encoded, by a sample of them."""
        if series.dtype != pl.String:
            return
        head = series.head(_SAMPLE)
        share = head.n_unique() / max(1, len(head))
        encoding = _of_one_length(head)
        if share <= (_IN_RUNS if encoding == "DELTA_BYTE_ARRAY" else _DISTINCT):
            repeating.append(series.name)
        elif encoding is not None:
            encodings[series.name] = encoding

    def read(self, path: Path) -> pl.DataFrame:
        """Read a file that `write` made."""
        return pl.read_parquet(path, memory_map=False)


def _array(series: pl.Series) -> Any:
    """The series as one Arrow array; strings stay views, which saves a copy."""
    view = series.dtype in (pl.String, pl.Binary)
    return series.to_arrow(compat_level=pl.CompatLevel.newest() if view else None)


def _of_one_length(head: pl.Series) -> str | None:
    """Lengths apart from the bytes, or from what each string adds to the one before, where all are equally long.

    UUIDs take two thirds of the time and nine tenths of the room then; texts of many lengths gain nothing.
    """
    head = head.drop_nulls()
    if len(head) < 2 or head.str.len_bytes().n_unique() > 1:
        return None
    runs = (head == head.shift(1)).sum() * 4 >= len(head)
    return "DELTA_BYTE_ARRAY" if runs else "DELTA_LENGTH_BYTE_ARRAY"


def _coded(column: Column) -> Any:
    """A dictionary array over the words that the column uses, or None where plain strings are better."""
    if column.vocabulary is None or column.codes is None or column.vocabulary.values.dtype != pl.String:
        return None
    words, codes = column.vocabulary.values, column.codes.rechunk()
    used = np.zeros(len(words), np.bool_)
    used[codes.drop_nulls().to_numpy()] = True
    count = int(used.sum())
    if count * _DICTIONARY_SHARE > min(len(codes), GROUP_ROWS):
        return None
    if count < len(words):  # what was not drawn stays out of the file
        numbers = pl.Series((np.cumsum(used) - 1).clip(0).astype(np.uint32))
        words, codes = words.filter(pl.Series(used)), numbers.gather(codes)
    if words.n_unique() < count:  # Parquet's dictionaries have each word once
        codes = (words.rank("dense") - 1).cast(pl.UInt32).gather(codes)
        words = words.unique().sort()
    return pa.DictionaryArray.from_arrays(codes.to_arrow(), words.rechunk().to_arrow())


def _write(arrays: Mapping[str, Any], repeating: list[str], encodings: Mapping[str, str], path: Path) -> None:
    table = pa.table(dict(arrays))
    stored = pa.schema([field.with_type(_stored_type(field.type)) for field in table.schema])
    differences = {f.name: "DELTA_BINARY_PACKED" for f in table.schema if _is_integral(f.type)}
    with pq.ParquetWriter(
        path,
        table.schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=repeating,
        column_encoding={**differences, **encodings} or None,
        write_statistics=[f.name for f in table.schema if pa.types.is_primitive(f.type)],
        store_decimal_as_integer=True,
        store_schema=False,
    ) as writer:
        writer.write_table(table, row_group_size=GROUP_ROWS)
        schema = base64.b64encode(stored.serialize().to_pybytes()).decode()
        writer.add_key_value_metadata({"ARROW:schema": schema})


def _is_integral(dtype: Any) -> bool:
    """Whether the physical type is INT32 or INT64 and neighbours are near: integers and decimals of up to 18 digits."""
    return pa.types.is_integer(dtype) or (pa.types.is_decimal(dtype) and dtype.precision <= 18)


def _stored_type(dtype: Any) -> Any:
    """The type that readers are told: no views, no dictionaries, no 64-bit offsets."""
    types = pa.types
    if types.is_dictionary(dtype):
        return _stored_type(dtype.value_type)
    if types.is_large_string(dtype) or types.is_string_view(dtype):
        return pa.string()
    if types.is_large_binary(dtype) or types.is_binary_view(dtype):
        return pa.binary()
    if types.is_large_list(dtype):
        return pa.list_(dtype.value_field.with_type(_stored_type(dtype.value_type)))
    if types.is_fixed_size_list(dtype):
        return pa.list_(dtype.value_field.with_type(_stored_type(dtype.value_type)), dtype.list_size)
    if types.is_struct(dtype):
        return pa.struct([field.with_type(_stored_type(field.type)) for field in dtype])
    return dtype
