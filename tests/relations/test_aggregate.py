"""Totals of child rows equal what their rows add up to, exactly where the numbers are exact."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.plan.worlds import Frames, at, frames, make, pointed, the_problem, world

TABLES = """
shops:
  rows: 60
  key: id
  columns:
    id: {id: int}
    orders: {count: orders}
    lines: {count: lines}
    revenue: {sum: lines.amount}
    paid_lines: {count: lines, where: "kind = 'paid' AND n > 1"}
    biggest: {max: orders.total}
orders:
  per: shops
  count: {negbin: {mean: 4}}
  key: id
  columns:
    id: {id: int}
    shop: {ref: shops}
    total: {sum: lines.amount}
    rounded: {sum: lines.amount, decimals: 1}
    paid: {sum: lines.amount, where: "kind = 'paid'"}
    n: {sum: lines.n}
    least: {min: lines.amount}
    greatest: {max: lines.amount}
    first_kind: {min: lines.kind}
    last_at: {max: lines.at}
    first_day: {min: lines.day}
    mean: {mean: lines.amount}
    mean2: {mean: lines.n, decimals: 2}
    floats: {sum: lines.x}
    float_mean: {mean: lines.x}
    time: {sum: lines.took}
    mean_time: {mean: lines.took}
    any: {max: lines.flag}
    count: {count: lines}
lines:
  per: orders
  count: {poisson: 3}
  columns:
    order: {ref: orders}
    shop: {copy: orders.shop}
    amount: {lognormal: {median: 20, sigma: 1.5}, decimals: 2}
    n: {integer: [1, 5], null: 0.3}
    kind: {choice: [free, paid]}
    at: {datetime: {from: 2024-01-01, to: 2024-06-01}}
    day: {date: {from: 2024-01-01, to: 2024-06-01}, null: 0.2}
    x: {normal: {mean: 0, sd: 1000}, null: 0.1}
    took: {uniform: [1s, 90s]}
    flag: {bernoulli: 0.3}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Frames:
    return frames(world(tmp_path_factory.mktemp("totals"), TABLES))


def expected(made: Frames, aggregate: pl.Expr, by: str = "order", keep: pl.Expr | None = None) -> pl.Series:
    """The aggregate of each order's (or shop's) lines, null where it has none."""
    lines = made["lines"] if keep is None else made["lines"].filter(keep)
    parent = made["orders" if by == "order" else "shops"].select("id")
    grouped = lines.group_by(by).agg(aggregate.alias("value"))
    return parent.join(grouped, left_on="id", right_on=by, how="left", maintain_order="left")["value"]


def test_some_parents_have_no_children(made: Frames) -> None:
    assert 0 < (made["orders"]["count"] == 0).sum() < 40
    assert (made["shops"]["orders"] == 0).any()


def test_sums_of_decimals_are_exact(made: Frames) -> None:
    orders, lines = made["orders"], made["lines"]
    assert orders.schema["total"] == pl.Decimal(18, 2)
    total = dict.fromkeys(orders["id"], Decimal("0.00"))
    for order, amount in lines.select("order", "amount").iter_rows():
        total[order] += amount
    assert orders["total"].to_list() == list(total.values())
    assert orders.schema["rounded"] == pl.Decimal(18, 1)
    assert all(abs(r - t) <= Decimal("0.05") for r, t in orders.select("rounded", "total").iter_rows())
    assert sum(made["shops"]["revenue"]) == sum(total.values())


def test_sums_and_counts_of_some_rows(made: Frames) -> None:
    paid = expected(made, pl.col("amount").sum(), keep=pl.col("kind") == "paid")
    assert made["orders"]["paid"].to_list() == [v if v is not None else Decimal("0.00") for v in paid]
    n = expected(made, pl.col("n").sum()).fill_null(0)
    assert made["orders"].schema["n"] == pl.Int64 and made["orders"]["n"].equals(n.alias("n"))
    keep = (pl.col("kind") == "paid") & (pl.col("n") > 1)
    some = expected(made, pl.len(), by="shop", keep=keep).fill_null(0)
    assert made["shops"]["paid_lines"].to_list() == some.to_list() and some.sum() > 50


def test_least_and_greatest(made: Frames) -> None:
    for name, aggregate in {
        "least": pl.col("amount").min(), "greatest": pl.col("amount").max(), "first_kind": pl.col("kind").min(),
        "last_at": pl.col("at").max(), "first_day": pl.col("day").min(), "any": pl.col("flag").max(),
    }.items():  # fmt: skip
        assert made["orders"][name].equals(expected(made, aggregate).alias(name), null_equal=True), name
    assert made["orders"].schema["last_at"] == pl.Datetime("us") and made["orders"].schema["any"] == pl.Boolean
    assert made["orders"]["least"].null_count() == (made["orders"]["count"] == 0).sum()


def test_means(made: Frames) -> None:
    orders = made["orders"]
    for name, source in (("mean", "amount"), ("float_mean", "x")):
        wanted = expected(made, pl.col(source).cast(pl.Float64).mean())
        assert (orders[name].is_null() == wanted.is_null()).all()
        assert ((orders[name] - wanted).abs() < 1e-9).all()
    n = expected(made, pl.col("n").mean())
    assert orders.schema["mean2"] == pl.Decimal(18, 2)
    assert (orders["mean2"].is_null() == n.is_null()).all()
    assert ((orders["mean2"].cast(pl.Float64) - n).abs() <= 0.005 + 1e-9).all()
    assert orders.schema["mean_time"] == pl.Duration("us")
    assert orders["mean_time"].equals(expected(made, pl.col("took").mean()).alias("mean_time"), null_equal=True)
    assert (
        orders["time"].fill_null(pl.duration()) == expected(made, pl.col("took").sum()).fill_null(pl.duration())
    ).all()


def test_over_grandchildren(made: Frames) -> None:
    shops = made["shops"]
    assert shops["lines"].to_list() == expected(made, pl.len(), by="shop").fill_null(0).to_list()
    revenue = expected(made, pl.col("amount").sum(), by="shop")
    assert shops["revenue"].to_list() == [v if v is not None else Decimal("0.00") for v in revenue]
    biggest = shops.join(
        made["orders"].group_by("shop").agg(pl.col("total").max()), left_on="id", right_on="shop", how="left"
    )
    assert biggest["biggest"].equals(biggest["total"].alias("biggest"), null_equal=True)


def test_sums_of_floats_are_the_same_bits_for_any_rows(made: Frames, tmp_path: Path) -> None:
    tables = """
    a: {rows: 40, key: id, columns: {id: {id: int}, s: {sum: b.x}, m: {mean: b.x}}}
    b: {per: a, count: {integer: [0, 700]}, columns: {x: {normal: {mean: 0, sd: 1e6}}}}
    """
    alone = world(tmp_path, tables)
    whole = frames(alone)["a"]
    for i in range(40):
        assert at(alone, "a", [i]).equals(whole[[i]], null_equal=True)
    assert frames(world(tmp_path, tables), 900)["a"].equals(whole, null_equal=True)
    back = list(reversed(range(40)))
    assert at(alone, "a", back).equals(whole[back], null_equal=True)


def test_aggregates_inside_other_generators(tmp_path: Path) -> None:
    tables = """
    a:
      rows: 50
      key: id
      columns:
        id: {id: int}
        n: {when: {"id % 2 = 0": {count: b}}, else: {constant: -1}}
        mean: {when: {"n >= 0": {mean: b.v}}, else: {sum: b.w}}
    b: {per: a, count: {poisson: 3}, columns: {a: {ref: a}, v: {integer: [1, 9]}, w: {uniform: [0, 1]}}}
    """
    made = make(tmp_path, tables)
    sizes = dict(made["b"].group_by("a").agg(pl.len()).iter_rows())
    values = dict(made["b"].group_by("a").agg(pl.col("v").mean()).iter_rows())
    others = dict(made["b"].group_by("a").agg(pl.col("w").sum()).iter_rows())
    for i, n, mean in made["a"].iter_rows():
        assert n == (sizes.get(i, 0) if i % 2 == 0 else -1)
        wanted = values.get(i) if i % 2 == 0 else others.get(i, 0.0)
        assert mean == wanted or abs(mean - wanted) < 1e-9


@pytest.mark.parametrize(
    ("column", "code", "at"),
    [
        ("{sum: other.v}", "not-a-child", "sum"),
        ("{sum: t.id}", "not-a-child", "sum"),
        ("{sum: b.word}", "wrong-type", "sum"),
        ("{mean: b.day}", "wrong-type", "mean"),
        ("{sum: b.vv}", "unknown-column", "sum"),
        ("{sum: b}", "bad-aggregate", "sum"),
        ("{sum: nope.v}", "unknown-table", "sum"),
        ("{min: b.list}", "wrong-type", "min"),
        ("{min: b.word, decimals: 2}", "wrong-type", "decimals"),
        ("{count: b, decimals: 2}", "contradiction", "decimals"),
        ("{sum: b.v, decimals: 13}", "bad-value", "13"),
        ("{sum: b.v, where: 'word > 3'}", "bad-sql", "where"),
        ("{sum: b.v, where: 'v'}", "bad-sql", "where"),
        ("{sum: b.v, where: 'v >'}", "bad-sql", "where"),
        ("{sum: b.v, where: 'wrod = 1'}", "unknown-column", "{sum"),
        ("{count: b, wheer: 'v > 1'}", "unknown-key", "wheer"),
    ],
)
def test_mistakes_are_told(column: str, code: str, at: str, tmp_path: Path) -> None:
    tables = f"""
    t: {{rows: 5, key: id, columns: {{id: {{id: int}}, c: {column}}}}}
    other: {{rows: 5, columns: {{v: {{id: int}}}}}}
    b:
      per: t
      count: {{poisson: 2}}
      columns:
        v: {{integer: [1, 9]}}
        word: {{choice: [x, y]}}
        day: {{date: {{from: 2024-01-01, to: 2024-02-01}}}}
        list: {{list: {{constant: 1}}, length: 2}}
    """
    problem = the_problem(tmp_path, tables)
    assert problem.code == code, problem.format()
    assert pointed(tmp_path, problem).startswith(at), problem.format()
