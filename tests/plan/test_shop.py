"""The shop recipe, unchanged: what it promises holds, whatever way it is made."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from synthgen.engine.local import LocalEngine
from synthgen.plan.compile import compile_recipe
from synthgen.plan.partition import partition
from synthgen.plan.world import World
from synthgen.produce import Setup, prepare, work
from tests.plan.worlds import Frames, at, frames, orphans, read

SHOP = (Path(__file__).resolve().parents[2] / "../shared/northstar/shop.yaml").resolve()
TABLES = ("products", "customers", "orders", "order_items")
pytestmark = pytest.mark.skipif(not SHOP.exists(), reason=f"{SHOP.name} is not beside the checkout")


@pytest.fixture(scope="module")
def shop() -> World:
    return World(compile_recipe(read(SHOP)))


@pytest.fixture(scope="module")
def whole(shop: World) -> Frames:
    return frames(shop)


def test_rows_are_exact_and_keys_unique(whole: Frames, shop: World) -> None:
    assert whole["products"].height == 500 and whole["customers"].height == 10_000
    for name, key in (
        ("products", ["product_id"]),
        ("customers", ["customer_id"]),
        ("customers", ["email"]),
        ("orders", ["order_id"]),
        ("order_items", ["order_id", "product_id"]),
    ):
        assert whole[name].select(key).is_unique().all(), (name, key)
        assert whole[name].select(pl.any_horizontal(pl.col(key).is_null()).any()).item() is False
    assert {n: f.height for n, f in whole.items()} == {n: shop.size(n) for n in TABLES}


def test_no_reference_leads_nowhere(whole: Frames) -> None:
    orders, items, customers = whole["orders"], whole["order_items"], whole["customers"]
    assert orphans(orders, ["customer_id"], customers, ["customer_id"]) == 0
    assert orphans(items, ["order_id"], orders, ["order_id"]) == 0
    assert orphans(items, ["product_id"], whole["products"], ["product_id"]) == 0
    assert orphans(customers, ["referred_by"], customers, ["customer_id"]) == 0
    assert orders["customer_id"].null_count() == items["product_id"].null_count() == 0


def test_totals_are_sums_to_the_cent(whole: Frames) -> None:
    items = whole["order_items"]
    price = whole["products"].select("product_id", "price")
    priced = items.join(price, on="product_id", how="left", maintain_order="left")
    assert priced["price"].equals(items["unit_price"])
    assert (items["quantity"] * items["unit_price"] == items["line_total"]).all()
    sums = items.group_by("order_id").agg(pl.col("line_total").sum().alias("sum"))
    joined = whole["orders"].join(sums, on="order_id", how="left")
    assert joined.height == whole["orders"].height and joined["sum"].null_count() == 0  # 1 item or more each
    assert (joined["total"] == joined["sum"]).all()
    assert items.group_by("order_id").len()["len"].max() <= 20  # type: ignore[operator]  # not empty


def test_time_rules_hold(whole: Frames) -> None:
    customers, orders = whole["customers"], whole["orders"]
    joined = orders.join(customers.select("customer_id", "signup_at"), on="customer_id", how="left")
    assert (joined["ordered_at"] >= joined["signup_at"]).all()
    assert (orders["ordered_at"] <= datetime(2026, 9, 1)).all()
    shipped = orders["status"] == "shipped"
    assert (orders["shipped_at"].is_not_null() == shipped).all()
    days = (orders["shipped_at"] - orders["ordered_at"]).drop_nulls().dt.total_seconds() / 86400
    assert days.min() >= 1 and days.max() <= 7 and 3.8 < days.mean() < 4.2  # type: ignore[operator]  # not empty
    referrers = customers.select(pl.col("customer_id").alias("referred_by"), pl.col("signup_at").alias("theirs"))
    referred = customers.join(referrers, on="referred_by", how="inner")
    assert (referred["theirs"] < referred["signup_at"]).all()
    assert 0.28 < referred.height / customers.height < 0.32


def test_shares_are_those_asked_for(whole: Frames) -> None:
    customers, orders, items = whole["customers"], whole["orders"], whole["order_items"]
    assert 0.09 < (customers["tier"] == "vip").mean() < 0.11  # type: ignore[operator]  # not empty
    per = orders.group_by("customer_id").len("n")
    counts = customers.select("customer_id", "tier").join(per, on="customer_id", how="left").fill_null(0)
    means = dict(counts.group_by("tier").agg(pl.col("n").mean()).iter_rows())
    assert 11 < means["vip"] < 13 and 1.9 < means["basic"] < 2.1
    popular = items["product_id"].value_counts(sort=True)["count"]
    assert popular[0] > 20 * popular[-1]


@pytest.mark.parametrize("partition_rows", [1_000, 777, 100_000])
def test_partitions_change_nothing(partition_rows: int, whole: Frames) -> None:
    parts = frames(World(compile_recipe(read(SHOP))), partition_rows)
    assert {n: parts[n].equals(whole[n], null_equal=True) for n in TABLES} == dict.fromkeys(TABLES, True)


def test_scattered_rows_equal_contiguous_ones(shop: World, whole: Frames) -> None:
    rng = random.Random(1)
    for name in TABLES:
        some = [rng.randrange(whole[name].height) for _ in range(200)]
        assert at(shop, name, some).equals(whole[name][some], null_equal=True), name


def test_more_customers_leave_earlier_rows_alone(whole: Frames) -> None:
    grown = frames(World(compile_recipe(read(SHOP, {"customers": 20_000}))))
    assert grown["customers"].height == 20_000
    for name in TABLES:
        mine = [c for c in whole[name].columns if c != "referred_by"]
        assert grown[name].select(mine).head(whole[name].height).equals(whole[name].select(mine)), name


def _files(folder: Path, workers: int) -> Iterator[tuple[str, str]]:
    plan = compile_recipe(read(SHOP, {"customers": 1_500}))
    made = World(plan)
    index = {root: made.index(root) for root in plan.roots}
    folder.mkdir()
    setup = Setup(plan.recipe, index, folder, {name: name for name in TABLES})
    tasks = partition(made, 2_000)
    assert len(tasks) >= 4
    assert sorted(i for i, _ in LocalEngine(workers).run(prepare, work, setup, tasks)) == list(range(len(tasks)))
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), hashlib.sha256(path.read_bytes()).hexdigest()


def test_one_and_two_workers_write_the_same_files(tmp_path: Path) -> None:
    one, two = dict(_files(tmp_path / "one", 1)), dict(_files(tmp_path / "two", 2))
    assert len(one) >= 8
    assert one == two
