"""The truth file of a dirty table: one line for each planted defect, with what stood in its place.

| column | meaning |
|---|---|
| `row` | number of the row in the written table, from 0 |
| `column` | the column; empty where the whole row is meant |
| `kind` | the kind of defect |
| `clean` | the clean value as text (as CSV holds it); empty for null and for whole rows |
| `original` | of a duplicate, the row that it repeats; of a shuffled row, the row where it would stand in order |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Column, Declared, Inserted
from synthgen.export.text import plain_text

I64 = NDArray[np.int64]
_Slot = tuple[str, int]  # a stream of insertions: the column, and which of its template's own (-1: the value itself)


@dataclass
class Marks:
    """What was planted into one column: the lines, the kind, what stood there, and what a template had put in."""

    column: str
    kind: str
    lines: I64
    clean: pl.Series
    inserted: tuple[Inserted, ...] = ()


@dataclass(frozen=True)
class Ends:
    """Where lines end up: `rows[i]` is the row of line i (-1: not known here), `moved` are (row, row in order)."""

    rows: I64
    moved: tuple[I64, I64]


def tell(
    marks: Sequence[Marks], order: Sequence[str], declared: Mapping[str, Declared | None], ends: Ends, wanted: I64
) -> dict[str, Column]:
    """The lines about the wanted rows: by row, then by column, then by kind.

    Clean values travel as insertions, each with what its own column declares: the scanner proves them by that.
    """
    places = {name: i for i, name in enumerate(order, start=1)}
    slots: list[_Slot] = []
    for mark in marks:
        wants = [(mark.column, i) for i in range(-1, len(mark.inserted))]
        slots += [w for w in wants if mark.column and w not in slots]
    frames = [_lines(mark, places, slots, ends.rows) for mark in marks]
    rows, originals = ends.moved
    blank = dict.fromkeys((f"#{i}" for i in range(len(slots))), pl.lit(None, pl.String))
    frames.append(
        pl.DataFrame({"row": rows, "original": originals}).select(
            "row", pl.lit(0, pl.Int64).alias("#order"), pl.lit(None, pl.String).alias("column"),
            pl.lit("shuffled").alias("kind"), pl.lit(None, pl.String).alias("clean"), "original", **blank,
        )
    )  # fmt: skip
    told = pl.concat(frames).filter(pl.col("row").is_in(pl.Series(wanted).implode())).sort("row", "#order", "kind")
    inserted = []
    for i, (name, part) in enumerate(slots):
        own = [m.inserted[part].declared for m in marks if m.column == name and part >= 0]
        proof = own[0] if own else declared.get(name)
        if proof is not None:
            inserted.append(Inserted(told[f"#{i}"], proof))
    shown = {name: Column.of(told[name]) for name in ("row", "column", "kind", "clean", "original")}
    shown["clean"] = Column.of(told["clean"], None, tuple(inserted))
    return shown


def _lines(mark: Marks, places: Mapping[str, int], slots: Sequence[_Slot], ends: I64) -> pl.DataFrame:
    """One set of marks as lines of the truth file, `#0`, `#1`, ... being what was inserted."""
    count = len(mark.lines)
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, count)
    original = pl.Series(ends[mark.lines - 1]) if mark.kind == "duplicate" else nothing.cast(pl.Int64)
    held = {f"#{i}": nothing for i in range(len(slots))}
    for i, (name, part) in enumerate(slots):
        if mark.column == name:
            held[f"#{i}"] = mark.clean if part < 0 else mark.inserted[part].values.cast(pl.String)
    return pl.DataFrame(
        {
            "row": ends[mark.lines],
            "#order": np.full(count, places.get(mark.column, 0), np.int64),
            "column": pl.Series([mark.column or None], dtype=pl.String).new_from_index(0, count),
            "kind": pl.Series([mark.kind]).new_from_index(0, count),
            "clean": mark.clean,
            "original": original,
            **held,
        }
    )


def counted(truth: Mapping[str, Column]) -> Counter[tuple[str, str]]:
    """How many defects a truth file tells of, by kind and column (empty for whole rows)."""
    lines = pl.DataFrame({"kind": truth["kind"].values, "column": truth["column"].values.fill_null("")})
    return Counter({(kind, column): n for kind, column, n in lines.group_by("kind", "column").len().iter_rows()})


def text_of(series: pl.Series) -> pl.Series:
    """Values as the text that truth files and text formats hold them in."""
    return series.to_frame("v").select(plain_text(pl.col("v"), series.dtype).alias(series.name)).to_series()
