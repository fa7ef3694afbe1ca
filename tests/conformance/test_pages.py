"""Every example on a generator's page: the same cells in partitions of any size, in any order, and row by row.

The pages show generators with parents, siblings and other tables around them, which the suite of single columns cannot.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from synthgen import pipeline
from synthgen.plan.partition import partition
from synthgen.plan.world import World
from synthgen.produce import frame_of, slices
from tests.pages import FENCE, ROOT, as_recipe

EXAMPLES = [
    pytest.param(body, id=f"{page.stem}:{number}")
    for page in sorted((ROOT / "docs" / "generators").glob("*.md"))
    for number, (language, body) in enumerate(FENCE.findall(page.read_text(encoding="utf-8")))
    if language == "yaml"
]
Frames = dict[str, pl.DataFrame]


@pytest.fixture
def recipe(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in ("recipes", "schemas"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "recipes" / "example.yaml"
    path.write_text(as_recipe(request.getfixturevalue("snippet")), encoding="utf-8")
    return path


def made(recipe: Path, partition_rows: int | None = None, *, backwards: bool = False) -> Frames:
    """All tables, in partitions; with `backwards`, the last partition and the last column are made first."""
    plan = pipeline.planned(recipe, show_missing=True)
    world = World(plan)
    parts: dict[str, dict[int, pl.DataFrame]] = {name: {} for name in plan.tables}
    tasks = partition(world, partition_rows)
    for task in reversed(tasks) if backwards else tasks:
        for name, part in slices(world, task).items():
            order = part.planned.order
            columns = {c: part.column(c) for c in (reversed(order) if backwards else order)}
            parts[name][task.part] = frame_of({c: columns[c] for c in order})
    return {name: pl.concat([found[i] for i in sorted(found)]) for name, found in parts.items()}


def differing(one: Frames, other: Frames) -> list[str]:
    assert {n: (f.height, f.schema) for n, f in one.items()} == {n: (f.height, f.schema) for n, f in other.items()}
    return [f"{n}.{c}" for n, frame in one.items() for c in frame.columns if not frame[c].equals(other[n][c])]


@pytest.mark.parametrize("snippet", EXAMPLES)
def test_partitions_order_and_single_rows_change_nothing(snippet: str, recipe: Path) -> None:
    whole = made(recipe)
    assert differing(whole, made(recipe, 17)) == []
    assert differing(whole, made(recipe, 101, backwards=True)) == []
    world = World(pipeline.planned(recipe, show_missing=True))
    random = np.random.default_rng(7)
    for name, frame in whole.items():
        if not frame.height:
            continue
        numbers = random.permutation(frame.height)[:25].astype(np.uint64)
        some = frame_of(world.rows_at(name, numbers).frame())
        expected = frame.select(pl.all().gather(pl.Series(numbers.astype(np.uint32))))
        assert differing({name: expected}, {name: some}) == []
