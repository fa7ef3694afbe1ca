"""JSON objects as text, from a mapping of generators."""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from synthgen.columns import Column, Inserted, Rows
from synthgen.generator import BaseGenerator, Build, Params, Spec


class JsonParams(Params):
    """`json: {field: generator, ...}`."""

    json_: dict[str, Spec] = Field(
        alias="json", min_length=1, description="write json: {sku: {pattern: '[A-Z]{3}'}, quantity: {poisson: 2}}"
    )
    nulls: Literal["keep", "drop"] = Field(default="keep", description="write keep, or drop")


class Json(BaseGenerator[JsonParams]):
    """A JSON object as text: fields in the order of the recipe, each from its own generator.

    Nest with `struct` and `list`. Times are ISO 8601 text, decimals are numbers. `nulls: drop` leaves out fields
    without a value, those of nested objects too.

    Example: `payload: {json: {sku: {pattern: '[A-Z]{3}'}, quantity: {poisson: 2}}}`.
    """

    Params = JsonParams
    dtype = pl.String()

    def __init__(self, params: JsonParams, build: Build) -> None:
        super().__init__(params, build)
        self.fields = {name: build.nested(spec, "json", name) for name, spec in params.json_.items()}
        for name, generator in self.fields.items():
            if not _writable(generator.dtype):
                message = f"'{name}' is {generator.dtype}, which JSON cannot hold"
                raise build.fail("wrong-type", message, "use text, numbers, times, struct or list", "json", name)
        self.needs = tuple(dict.fromkeys(n for g in self.fields.values() for n in g.needs))

    def generate(self, rows: Rows) -> Column:
        """One object per row, with the declared values that stand in it."""
        made = {name: g.generate(rows.scoped(name)) for name, g in self.fields.items()}
        inserted = [Inserted(c.values, c.declared) for c in made.values() if c.declared is not None]
        inserted += [i for c in made.values() for i in c.inserted]
        known = tuple(Inserted(_inside(v), i.declared) for i in inserted for v in _flat(i.values))
        frame = pl.DataFrame([_plain(c.values).alias(name) for name, c in made.items()])
        if rows.count == 0:
            return Column.of(pl.Series([], dtype=pl.String))
        text = _sparse(frame) if self.params.nulls == "drop" else frame.to_struct("").struct.json_encode()
        return Column.of(text.rename(""), inserted=known)


def _writable(kind: pl.DataType) -> bool:
    if isinstance(kind, pl.Struct):
        return all(_writable(f.dtype) for f in kind.fields)  # type: ignore[arg-type]  # dtypes of a built column
    if isinstance(kind, pl.List | pl.Array):
        return _writable(kind.inner)  # type: ignore[arg-type]  # as above
    return kind != pl.Binary()


def _readable(kind: pl.DataType) -> pl.DataType:
    """Decimals as floats, which are written as JSON numbers; polars quotes decimals."""
    if isinstance(kind, pl.Struct):
        return pl.Struct([pl.Field(f.name, _readable(f.dtype)) for f in kind.fields])  # type: ignore[arg-type]
    if isinstance(kind, pl.List):
        return pl.List(_readable(kind.inner))  # type: ignore[arg-type]
    return pl.Float64() if isinstance(kind, pl.Decimal) else kind


def _plain(values: pl.Series) -> pl.Series:
    wanted = _readable(values.dtype)
    return values if wanted == values.dtype else values.cast(wanted)


def _sparse(frame: pl.DataFrame) -> pl.Series:
    """Objects without the fields that are null in them."""
    parts: list[pl.Series] = []
    for name in frame.columns:
        values = frame[name]
        if isinstance(values.dtype, pl.Struct):
            inner = _sparse(values.struct.unnest()).alias("inner")
            label = pl.DataFrame({name: [0]}).to_struct("x").struct.json_encode()[0][1:-2]
            shown = pl.when(pl.Series(values.is_not_null())).then(pl.concat_str(pl.lit(label), inner))
        else:
            pairs = values.to_frame().to_struct("x").struct.json_encode()
            shown = pl.when(pl.Series(values.is_not_null())).then(pairs.str.slice(1, pairs.str.len_chars() - 2))
        parts.append(pl.select(shown.alias(str(len(parts)))).to_series())
    whole = pl.concat_str(pl.all(), separator=",", ignore_nulls=True)
    return pl.DataFrame(parts).select(pl.concat_str(pl.lit("{"), whole, pl.lit("}"))).to_series()


def _flat(values: pl.Series) -> list[pl.Series]:
    """The values themselves, or those of a list column place by place."""
    if not isinstance(values.dtype, pl.List):
        return [values]
    longest = int(str(values.list.len().max() or 0))
    return [part for i in range(longest) for part in _flat(values.list.get(i, null_on_oob=True))]


def _inside(values: pl.Series) -> pl.Series:
    """Values as they stand between the quotes of JSON text."""
    if values.dtype != pl.String():
        return values
    return values.str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
