"""Any mix of defects, seeds, sizes and partitions: the same lines, and the truth gives the clean rows back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.defects.restore import cleaned
from synthgen.plan.compile import compile_recipe
from synthgen.plan.partition import partition
from synthgen.plan.planting import Planted, Planter, first_rows
from synthgen.plan.world import World
from synthgen.produce import frame_of, slices
from synthgen.recipe.load import load

TEXT = ("typos", "ocr", "casing", "spaces", "truncated", "encoding")
COLUMNS: dict[str, Any] = {
    "key": {"id": "int"},
    "word": {"choice": ["Straße", "müde", "x", "INV-001", "ein Wort", ""], "null": 0.2},
    "number": {"normal": {"mean": 0, "sd": 100}, "null": 0.1},
    "money": {"uniform": [0, 9000], "decimals": 2},
    "day": {"date": {"from": "2024-01-01", "to": "2025-01-01"}},
    "at": {"datetime": {"from": "2024-01-01", "to": "2025-01-01"}},
    "yes": {"bernoulli": 0.5},
    "nothing": {"choice": ["a"], "null": 1},
    "tags": {"list": {"choice": ["a", "b"]}, "length": [0, 2]},
}
BEFALLS = {
    "word": (*TEXT, "missing", "disguised", "conflicts"), "nothing": (*TEXT, "missing"),
    "number": ("missing", "disguised", "outliers", "units", "formats", "conflicts"),
    "money": ("missing", "outliers", "units", "formats"), "day": ("late", "formats", "disguised", "conflicts"),
    "at": ("late", "formats", "missing"), "yes": ("formats", "disguised", "missing", "conflicts"),
}  # fmt: skip


@st.composite
def defects(draw: st.DrawFn) -> dict[str, Any]:
    """A `dirty:` with some kinds for some columns."""
    dirty: dict[str, Any] = {}
    for column, kinds in BEFALLS.items():
        chosen = draw(st.lists(st.sampled_from(kinds), unique=True, max_size=3))
        for kind in chosen:
            cell: dict[str, Any] = {"rate": draw(st.sampled_from([0.0, 0.05, 1 / 3]))}
            cell |= {"unit": "pounds"} if kind == "units" else {}
            cell |= {"where": "money > 4000"} if draw(st.booleans()) else {}
            dirty.setdefault(kind, {})[column] = cell
    if draw(st.booleans()):
        dirty["duplicates"] = {"rate": draw(st.sampled_from([0.01, 0.5, 1.0])), "change": ["word"]}
    if draw(st.booleans()):
        dirty["shuffled"] = {"rate": draw(st.sampled_from([0.2, 1.0])), "within": draw(st.sampled_from([2, 7, 90]))}
    return dirty


def world(dirty: dict[str, Any], rows: int, seed: int) -> World:
    tables = {
        "parents": {"rows": rows, "key": "key", "columns": COLUMNS, "dirty": dirty},
        "children": {
            "per": "parents", "count": {"poisson": 1}, "key": "id", "dirty": {**dirty, "orphans": {"parent": 0.1}},
            "columns": {"id": {"id": "uuid"}, "parent": {"ref": "parents"}, **{k: COLUMNS[k] for k in BEFALLS}},
        },
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recipe.yaml"
        path.write_text(yaml.safe_dump({"synthgen": 1, "seed": seed, "tables": tables}))
        return World(compile_recipe(load(path)))


def joined(parts: list[Planted]) -> tuple[pl.DataFrame, pl.DataFrame]:
    return pl.concat([frame_of(p.columns) for p in parts]), pl.concat([frame_of(p.truth) for p in parts])


@settings(max_examples=25, deadline=None)
@given(dirty=defects(), rows=st.integers(0, 300), seed=st.integers(0, 99), step=st.integers(1, 120))
def test_planting(dirty: dict[str, Any], rows: int, seed: int, step: int) -> None:
    made = world(dirty, rows, seed)
    for table in ("parents", "children"):
        planter = Planter(made, table)
        size = made.size(table)
        clean = frame_of(made.rows(table, 0, size).frame())
        whole, truth = joined([planter.at(np.arange(planter.total, dtype=np.int64))])
        parts = [
            planter.partition(slices(made, task)[table]) for task in partition(made, step) if task.root == "parents"
        ]
        again, told = joined(parts)
        assert again.equals(whole) and told.equals(truth)
        assert whole.height == planter.total and frame_of(first_rows(made, table, 5)).equals(whole.head(5))
        assert cleaned(whole, truth, dict(clean.schema)).equals(clean)
        some = np.arange(planter.total, dtype=np.int64)[::3]
        few = planter.at(some)
        assert frame_of(few.columns).equals(whole[some])
        mine = truth.filter(pl.col("row").is_in(pl.Series(some).implode()))
        assert frame_of(few.truth).equals(mine)
        if "duplicates" not in dirty and "shuffled" not in dirty:
            for name in clean.columns:
                now, was = whole[name], clean[name]
                if now.dtype == was.dtype and not was.dtype.is_nested():
                    changed = set(now.ne_missing(was).arg_true())
                    assert changed == set(truth.filter(pl.col("column") == name)["row"])
