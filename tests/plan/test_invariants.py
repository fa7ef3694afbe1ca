"""A cell is a function of (seed, table, column, row): of nothing else that a run may change."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import synthgen.plan.world
from synthgen.plan.compile import compile_recipe
from synthgen.plan.world import World
from tests.plan.worlds import RICH, Frames, at, frames, orphans, read, text, world, write

TABLES = ("regions", "products", "customers", "orders", "order_items", "parcels", "friendships")
INTO_GROWN = {"customers": ["referred_by"], "orders": ["repeats"], "parcels": ["order_id"]}


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world(tmp_path_factory.mktemp("rich"), RICH)


@pytest.fixture(scope="module")
def whole(rich: World) -> Frames:
    return frames(rich)


def differing(one: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    assert one.height == other.height and one.schema == other.schema
    return [c for c in one.columns if not one[c].equals(other[c], null_equal=True)]


def test_there_is_enough_to_compare(whole: Frames) -> None:
    assert set(whole) == set(TABLES)
    heights = {name: frame.height for name, frame in whole.items()}
    assert heights["orders"] > 1200 and heights["order_items"] > 2000 and heights["parcels"] > 1500, heights
    assert whole["customers"]["spent"].n_unique() > 300
    assert whole["customers"]["referred_by"].null_count() < 500


@pytest.mark.parametrize("partition_rows", [1_000, 777, 100_000])
def test_partitions_change_nothing(partition_rows: int, tmp_path: Path, whole: Frames) -> None:
    parts = frames(world(tmp_path, RICH), partition_rows)
    for name in TABLES:
        assert differing(whole[name], parts[name]) == []


@pytest.mark.parametrize("block", [1, 64, 333])
def test_blocks_of_the_index_change_nothing(
    block: int, tmp_path: Path, whole: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthgen.plan.world, "BLOCK", block)
    rows = 700 if block > 1 else 40
    made = world(tmp_path, RICH, rows={"customers": rows})
    size = {name: made.size(name) for name in TABLES}
    if block > 1:
        assert size == {name: whole[name].height for name in TABLES}
    rng = random.Random(block)
    for name in ("customers", "orders", "order_items", "parcels"):
        some = rng.sample(range(size[name]), 25)
        changed = differing(at(made, name, some), whole[name][some])
        assert set(changed) <= (set(INTO_GROWN.get(name, [])) if block == 1 else set()), (name, changed)


@pytest.mark.parametrize("table", TABLES)
def test_scattered_rows_equal_contiguous_ones(table: str, rich: World, whole: Frames) -> None:
    size = whole[table].height
    rng = random.Random(table)
    for count in (1, 2, 40):
        some = [rng.randrange(size) for _ in range(count)]  # any order, repeats included
        assert differing(at(rich, table, some), whole[table][some]) == []
    nearby = [size // 2 + i for i in (3, 1, 2, 0)]
    assert differing(at(rich, table, nearby), whole[table][nearby]) == []
    start = size // 3
    run = rich.rows(table, start, min(30, size - start))
    for name in reversed(run.planned.order):  # whatever is asked for first
        assert run.column(name).values.equals(whole[table][name][start : start + 30], null_equal=True), name


def test_rows_of_no_rows(rich: World, whole: Frames) -> None:
    for table in TABLES:
        none = at(rich, table, [])
        assert none.height == 0 and none.schema == whole[table].schema


@pytest.mark.parametrize("which", ["anywhere", "a few neighbours, turned", "neighbours with gaps"])
def test_children_of_scattered_rows(which: str, rich: World, whole: Frames) -> None:
    far = random.Random(5).sample(range(whole["orders"].height), 50)
    some = {"anywhere": far, "a few neighbours, turned": [33, 32, 31, 30], "neighbours with gaps": [30, 32, 33, 36]}[
        which
    ]
    part = rich.rows_at("orders", np.array(some, np.uint64))
    part.column("customer")  # has looked its parents up before
    items = part.child("order_items")
    whole_items = whole["order_items"].with_row_index("#")
    for i, order in enumerate(whole["orders"]["order_id"].gather(some)):
        own = whole_items.filter(pl.col("order_id") == order)
        mine = np.flatnonzero(items.parent_index == i)
        assert items.numbers[mine].tolist() == own["#"].to_list()
        assert items.column("line_total").values.gather(mine).equals(own["line_total"])
    parcels = items.child("parcels")
    assert parcels.column("parcel").values.to_list() == (parcels.numbers + np.uint64(1)).tolist()


def test_more_rows_leave_earlier_rows_alone(tmp_path: Path, whole: Frames) -> None:
    grown = frames(world(tmp_path, RICH, rows={"customers": 1100}))
    for name in ("customers", "orders", "order_items", "parcels"):
        before = whole[name]
        after = grown[name].head(before.height)
        assert grown[name].height > before.height
        assert set(differing(before, after)) <= set(INTO_GROWN.get(name, [])), name
    for name in ("regions", "products"):
        assert differing(whole[name], grown[name]) == []
    assert orphans(grown["orders"], ["customer"], grown["customers"], ["customer_id"]) == 0


def test_more_children_of_one_parent_leave_those_of_others_alone(tmp_path: Path) -> None:
    """A child's streams are those of (parent, ordinal): row numbers move, cells do not."""
    tables = """
    a: {rows: 60, key: id, columns: {id: {id: int}, tier: {choice: [x, y]}}}
    b:
      per: a
      count: {when: {"tier = 'y'": {constant: 2}}, else: {constant: 3}}
      columns: {a: {ref: a}, n: {normal: {mean: 0, sd: 1}}, at: {date: {from: 2020-01-01, to: 2024-01-01}}}
    c: {per: b, count: {poisson: 2}, columns: {a: {copy: a.id}, n: {normal: {mean: 0, sd: 1}}}}
    """
    few = frames(world(tmp_path, tables))
    more = frames(world(tmp_path, tables.replace("constant: 2", "constant: 4")))
    assert few["a"].equals(more["a"]) and more["b"].height > few["b"].height
    first = pl.int_range(pl.len()).over("a") < pl.when(pl.col("tier") == "y").then(2).otherwise(3)
    kept = more["b"].join(few["a"], left_on="a", right_on="id", maintain_order="left").filter(first)
    assert kept.select("a", "n", "at").equals(few["b"])
    others = few["a"].filter(pl.col("tier") == "x")["id"].implode()
    assert more["c"].filter(pl.col("a").is_in(others)).equals(few["c"].filter(pl.col("a").is_in(others)))


def test_more_columns_and_tables_leave_others_alone(tmp_path: Path, whole: Frames) -> None:
    added = RICH.replace("    tier: {choice", "    nickname: {choice: [x, y]}\n    tier: {choice", 1)
    added = added.replace(
        "    status: {choice", "    note: {template: 'for {status}', null: 0.2}\n    status: {choice", 1
    )
    added = added.replace("products:\n", "brands:\n  rows: 5\n  columns: {brand: {id: int}}\nproducts:\n", 1)
    added += "visits:\n  per: customers\n  count: {poisson: 3}\n  columns: {at: {after: customers.signup_at, "
    added += "delay: {uniform: [1d, 2d]}}, product: {ref: products}}\n"
    more = frames(world(tmp_path, added))
    assert set(more) - set(TABLES) == {"brands", "visits"}
    for name in TABLES:
        assert differing(whole[name], more[name].select(whole[name].columns)) == []
    assert {*more["customers"].columns} - {*whole["customers"].columns} == {"nickname"}


def test_fewer_columns_leave_others_alone(tmp_path: Path, whole: Frames) -> None:
    left = [line for line in RICH.splitlines() if "worth:" not in line and "weight:" not in line]
    less = frames(world(tmp_path, "\n".join(left)))
    for name in TABLES:
        assert differing(less[name], whole[name].select(less[name].columns)) == []


def test_the_order_of_tables_and_columns_changes_nothing(tmp_path: Path, whole: Frames) -> None:
    blocks: list[list[str]] = []
    for line in RICH.strip("\n").splitlines():
        if not line.startswith(" "):
            blocks.append([])
        blocks[-1].append(line)
    turned = "\n".join("\n".join(b) for b in reversed(blocks))
    other = frames(world(tmp_path, turned))
    for name in TABLES:
        assert differing(whole[name], other[name]) == []


def test_another_seed_makes_other_cells(tmp_path: Path, whole: Frames) -> None:
    path = write(tmp_path, RICH)
    path.write_text(text(RICH).replace("seed: 7", "seed: 8"), encoding="utf-8")
    other = frames(World(compile_recipe(read(path))))
    for table, column in (("customers", "email"), ("products", "price"), ("friendships", "one"), ("regions", "code")):
        same = (other[table][column] == whole[table][column]).mean()
        assert isinstance(same, float) and same < 0.3, (table, column)
    assert other["orders"].height != whole["orders"].height
