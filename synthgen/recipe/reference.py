"""Reference tables: `from: FILE`, or rows written in the recipe, kept as they are.

A file is CSV, TSV, JSON Lines or Parquet, inside the project, of at most 64 MiB and 1,000,000 rows. Text formats are
read as text first; a column becomes whole numbers, decimals, true and false, dates or datetimes only where every value
is one and would be written the same again, so that `007` stays text.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthgen.recipe.model import ColumnSpec, Node, Reference
from synthgen.recipe.paths import copy_name, inside
from synthgen.recipe.reading import Reading
from synthgen.registry import did_you_mean

if TYPE_CHECKING:  # only recipes with reference tables pay for it
    import polars as pl

MAX_BYTES = 64 * 2**20
MAX_ROWS = 1_000_000
MAX_INLINE = 10_000
TYPES = ("text", "integer", "number", "decimal", "boolean", "date", "datetime")
SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
GENERATOR = "from"
"""What the manifest names as the generator of a reference table's columns."""
_SHOWN = 3


class _UnreadableError(Exception):
    """The file cannot be read as what it says it is."""


@dataclass(frozen=True)
class _File:
    """A file as it was read: its columns, and the bytes that an export keeps."""

    frame: pl.DataFrame
    kept: bytes


def read_reference(node: Node, types: Mapping[str, str], reading: Reading) -> Reference | None:
    """The table that `from:` names or holds; `types` are those that a contract asks for. Problems are noted."""
    if "from" not in node.value:
        if "types" in node.value:
            message = "'types' needs 'from'"
            reading.add(node.problem("contradiction", message, "name a file: from: plans.csv", key="types"))
        return None
    for key in ("rows", "per", "count"):
        if key in node.value:
            message = f"'{key}' cannot stand beside 'from': the rows are those of the file"
            reading.add(node.problem("contradiction", message, f"remove {key}", key=key))
    written = node.value["from"]
    place = node.at("from")
    found: _File | None = None
    if isinstance(written, str):
        found = _file(written, place, reading)
    elif isinstance(written, list):
        found = _inline(written, place, reading)
    else:
        remedy = "write from: plans.csv, or from: [{code: DE, name: Germany}]"
        reading.add(place.problem("wrong-type", "'from' is a file or a list of rows", remedy))
    if found is None:
        return None
    asked = {**types, **_types(node, found.frame.columns, reading)}
    frame = _typed(found.frame, asked, isinstance(written, str), node, reading)
    path = written if isinstance(written, str) else None
    return Reference(path, frame, found.kept, hashlib.sha256(found.kept).hexdigest())


def reference_columns(
    reference: Reference, columns: Iterable[str], node: Node, reading: Reading
) -> dict[str, ColumnSpec]:
    """The file's columns as columns of the table; a column of the recipe with the same name is a problem."""
    place = node.at("from")
    for name in columns:
        if name in reference.frame.columns:
            message = f"column '{name}' stands in the file already"
            reading.add(node.at("columns", name).problem("duplicate", message, "rename one of them"))
    return {name: ColumnSpec(name, GENERATOR, {}, place) for name in reference.frame.columns}


def check_groups(
    reference: Reference, key: tuple[str, ...], unique: tuple[tuple[str, ...], ...], node: Node, reading: Reading
) -> None:
    """The key and unique groups hold for the rows as they are; rows are told by number, values never."""
    import polars as pl

    for group in dict.fromkeys(g for g in (key, *unique) if g and set(g) <= set(reference.frame.columns)):
        what, where = ("key", node.at("key")) if group == key else ("unique", node.at("unique"))
        rows = reference.frame.select(group).with_row_index("#row")
        empty = rows.filter(pl.any_horizontal(pl.col(group).is_null()))["#row"]
        words = ", ".join(group)
        if len(empty) and what == "key":
            message = f"{_rows(empty)} of the file {'has' if len(empty) == 1 else 'have'} no {words}, which is the key"
            reading.add(where.problem("null-key", message, "fill it in, or choose another key"))
        twice = rows.drop_nulls().filter(pl.struct(group).is_duplicated())["#row"]
        if len(twice):
            message = f"{words} must be unique, but {_rows(twice)} of the file share it with others"
            reading.add(where.problem("duplicate-key", message, "remove the repeats, or choose another key"))


def _rows(numbers: pl.Series) -> str:
    """Rows in words, counted from 1."""
    first = ", ".join(str(n + 1) for n in numbers.head(_SHOWN))
    more = f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else ""
    return f"row{'' if len(numbers) == 1 else 's'} {first}{more}"


def _file(written: str, place: Node, reading: Reading) -> _File | None:
    path = reading.copies / copy_name(written) if reading.copies else reading.path.resolve().parent / written
    if not reading.allow_outside and not inside(reading.root, path):
        remedy = "move it in, or allow it: --allow-outside"
        reading.add(place.problem("outside", f"'{written}' lies outside the project", remedy))
        return None
    suffix = Path(written).suffix.lower()
    if suffix not in SUFFIXES:
        message = f"'{written}' is no kind of file that a table can come from"
        reading.add(place.problem("unknown-format", message, f"known: {', '.join(SUFFIXES)}"))
        return None
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise OSError
        if size > MAX_BYTES:
            message = f"'{written}' has {size / 2**20:,.0f} MiB"
            reading.add(place.problem("too-large", message, f"at most {MAX_BYTES // 2**20}: generate large tables"))
            return None
        data = path.read_bytes()
    except OSError:
        remedy = "check the path: it starts from the recipe's folder"
        reading.add(place.problem("missing-file", f"there is no file '{written}'", remedy))
        return None
    try:
        found = _parsed(data, suffix)
    except _UnreadableError as error:
        reading.add(place.problem("bad-file", f"'{written}' cannot be read: {error}", "mend the file"))
        return None
    if found.frame.height > MAX_ROWS:
        message = f"'{written}' has {found.frame.height:,} rows"
        reading.add(place.problem("too-large", message, f"at most {MAX_ROWS:,}: generate large tables"))
        return None
    return found


def _parsed(data: bytes, suffix: str) -> _File:
    """A file's content; raises _UnreadableError, with words that tell no value."""
    import polars as pl

    try:
        if suffix == ".parquet":
            frame = _plain(pl.read_parquet(io.BytesIO(data)))
            kept = io.BytesIO()
            frame.write_parquet(kept)  # what else a Parquet file carries (notes of its writer) is not looked at
            return _named(_File(frame, kept.getvalue()))
        text = data.decode("utf-8-sig")
        if suffix in (".jsonl", ".ndjson"):
            return _named(_File(_plain(pl.read_ndjson(io.StringIO(text), infer_schema_length=None)), data))
        separator = "\t" if suffix == ".tsv" else ","
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), [])
        if len(header) == 1 and ";" in header[0]:
            raise _UnreadableError("its columns are separated by semicolons; write commas")
        _check_names(header)
        frame = pl.read_csv(
            io.StringIO(text, newline=""), separator=separator, infer_schema=False, has_header=True,
            new_columns=header, raise_if_empty=False,
        )  # fmt: skip
        return _File(frame, data)
    except UnicodeDecodeError:
        raise _UnreadableError("it is not UTF-8") from None
    except (pl.exceptions.PolarsError, csv.Error, OSError) as error:
        raise _UnreadableError(f"it is damaged, or no {suffix[1:]} file ({type(error).__name__})") from None


def _named(file: _File) -> _File:
    _check_names(file.frame.columns)
    return file


def _check_names(names: list[str]) -> None:
    if not names:
        raise _UnreadableError("it has no columns")
    if any(not name.strip() for name in names):
        raise _UnreadableError(f"column {[bool(n.strip()) for n in names].index(False) + 1} has no name")
    if len(set(names)) < len(names):
        raise _UnreadableError("two columns have the same name")


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Types that every format has: text for categories, microseconds for time."""
    import polars as pl

    casts: dict[str, pl.DataType] = {}
    for name, dtype in frame.schema.items():
        if isinstance(dtype, pl.Categorical | pl.Enum | pl.Null):
            casts[name] = pl.String()
        elif isinstance(dtype, pl.Datetime):
            casts[name] = pl.Datetime("us")
    naive = [pl.col(n).dt.convert_time_zone("UTC").dt.replace_time_zone(None) for n in casts if _zoned(frame.schema[n])]
    return frame.with_columns(naive).cast(casts)  # type: ignore[arg-type]  # names to types


def _zoned(dtype: pl.DataType) -> bool:
    return getattr(dtype, "time_zone", None) is not None


def _inline(rows: list[Any], place: Node, reading: Reading) -> _File | None:
    import polars as pl

    example = "write from: [{code: DE, name: Germany}]"
    if not rows or not all(isinstance(row, dict) and row for row in rows):
        reading.add(place.problem("wrong-type", "rows in a recipe are mappings of columns to values", example))
        return None
    if len(rows) > MAX_INLINE:
        remedy = f"at most {MAX_INLINE:,}: put them into a file"
        reading.add(place.problem("too-large", f"the recipe holds {len(rows):,} rows", remedy))
        return None
    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    if any(isinstance(value, dict | list) for row in rows for value in row.values()):
        reading.add(place.problem("wrong-type", "a value is one text, number or date", example))
        return None
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        kinds = {type(v) for v in values if v is not None}
        if kinds == {int, float}:
            values = [None if v is None else float(v) for v in values]
        elif len(kinds) > 1:
            reading.add(place.problem("wrong-type", f"the values of '{name}' mix types", "quote them all to make text"))
            return None
        try:
            columns[name] = pl.Series(name, values, dtype=None if kinds else pl.String)
        except (pl.exceptions.PolarsError, OverflowError, TypeError):
            reading.add(place.problem("bad-value", f"the values of '{name}' fit no type", "quote them to make text"))
            return None
    return _File(pl.DataFrame(columns), b"")


# -- types


def _types(node: Node, columns: list[str], reading: Reading) -> dict[str, str]:
    place = node.children.get("types")
    if place is None:
        return {}
    if not reading.mapping(place, "types", "{code: text}"):
        return {}
    found = {}
    for name, word in place.value.items():
        if name not in columns:
            message = f"the file has no column '{name}'"
            reading.add(place.problem("unknown-column", message, did_you_mean(str(name), columns), key=str(name)))
        elif word not in TYPES:
            remedy = did_you_mean(str(word), TYPES) or f"known: {', '.join(TYPES)}"
            reading.add(place.at(name).problem("bad-value", f"there is no type '{word}'", remedy))
        else:
            found[str(name)] = str(word)
    return found


def _typed(frame: pl.DataFrame, asked: Mapping[str, str], is_file: bool, node: Node, reading: Reading) -> pl.DataFrame:
    """Columns as the types asked for; text of a file becomes what all of its values are."""
    import polars as pl

    made = []
    for series in frame.iter_columns():
        word = asked.get(series.name)
        if word is None and not (is_file and series.dtype == pl.String()):
            made.append(series)
            continue
        found = _inferred(series) if word is None else _cast(series, word)
        if found is None:
            place = node.at("types", series.name) if "types" in node.children else node.at("schema")
            message = f"not every value of '{series.name}' is {word}"
            reading.add(place.problem("wrong-type", message, "write text, or mend the file"))
        made.append(series if found is None else found)
    return pl.DataFrame(made)


def _inferred(series: pl.Series) -> pl.Series:
    values = series.drop_nulls()
    if not len(values):
        return series
    for word, form in (
        ("boolean", r"^(?:true|false)$"),
        ("integer", r"^(?:0|-?[1-9]\d{0,17})$"),
        ("decimal", r"^-?(?:0|[1-9]\d{0,11})(?:\.\d{1,6})?$"),
        ("number", r"^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$"),
        ("date", r"^\d{4}-\d\d-\d\d$"),
        ("datetime", r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?Z?$"),
    ):
        if values.str.contains(form).all():
            found = _cast(series, word)
            if found is not None:
                return found
    return series


def _cast(series: pl.Series, word: str) -> pl.Series | None:
    """The series as a type, or None where a value does not fit."""
    import polars as pl

    text = series.cast(pl.String, strict=False) if not series.dtype.is_nested() else series
    if text.dtype != pl.String():
        return None
    column = pl.col(series.name)
    casts = {
        "text": column,
        "integer": column.cast(pl.Int64, strict=False),
        "number": column.cast(pl.Float64, strict=False),
        "decimal": column.str.to_decimal(scale=_places(text)).cast(pl.Decimal(18, _places(text)), strict=False),
        "boolean": column.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean),
        "date": column.str.to_date("%Y-%m-%d", strict=False),
        "datetime": column.str.strip_suffix("Z").str.to_datetime(time_unit="us", strict=False),
    }
    try:
        found = text.to_frame().select(casts[word]).to_series()
    except pl.exceptions.PolarsError:
        return None
    return found if found.null_count() == series.null_count() else None


def _places(text: pl.Series) -> int:
    """The most decimal places of any value."""
    longest = text.str.extract(r"\.(\d+)$").str.len_chars().max()
    return min(6, int(str(longest))) if longest is not None else 0


def contract_types(contract: Any) -> dict[str, str]:
    """The types that a contract's fields ask of a file's columns."""
    words = {
        "string": "text", "uuid": "text", "integer": "integer", "number": "number", "decimal": "decimal",
        "boolean": "boolean", "date": "date", "timestamp": "datetime",
    }  # fmt: skip
    return {field.name: words[field.type] for field in contract.fields if field.type in words}
