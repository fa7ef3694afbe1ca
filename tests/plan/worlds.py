"""Recipes written into a folder, and every row of what they describe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import numpy as np
import polars as pl

from synthgen.errors import Problem, RecipeError
from synthgen.plan.compile import compile_recipe
from synthgen.plan.partition import partition
from synthgen.plan.world import World
from synthgen.produce import frame_of, slices
from synthgen.recipe.load import collect
from synthgen.recipe.model import Recipe

Frames = dict[str, pl.DataFrame]
CLOCK = "2026-09-01T00:00:00Z"
LINES_ABOVE = 5  # lines of `text` that stand above the tables

RICH = """
regions:
  rows: 9
  key: code
  columns:
    code: {pattern: "[A-Z]{3}"}
    tax: {uniform: [0.05, 0.25], decimals: 3}
    weight: {normal: {mean: 10, sd: 3}}
products:
  rows: 120
  key: product_id
  unique: [[category, rank]]
  columns:
    product_id: {id: "PRD-{n:06d}"}
    category: {choice: {Home: 0.5, Tech: 0.3, Toys: 0.2}}
    rank: {integer: [1, 60]}
    price: {lognormal: {median: 25, sigma: 0.6}, range: [1, 900], decimals: 2}
    replaced_by: {ref: products, null: 0.6}
    next_in_ring: {ref: products, unique: true}
customers:
  rows: 700
  key: customer_id
  unique: [email, slot]
  entities: {person: [first_name, last_name, email]}
  columns:
    customer_id: {id: int}
    tier: {choice: {basic: 0.9, vip: 0.1}}
    signup_at: {datetime: {from: "2023-01-01", to: clock}}
    referred_by: {ref: customers, null: 0.5, where: "parent.signup_at < signup_at"}
    region: {ref: regions, pick: {zipf: 1.0}}
    tax: {copy: regions.tax}
    slot: {integer: [1, 5000]}
    tags: {list: {choice: [a, b, c, d]}, length: {integer: [0, 4]}}
    spent: {sum: orders.total}
    lines: {count: order_items}
    worth: {sum: order_items.score}
    best: {max: order_items.quantity, where: "quantity < 9"}
    loyal: {expr: "spent > 200 AND tier = 'vip'"}
orders:
  per: customers
  count: {when: {"tier = 'vip'": {negbin: {mean: 9}}}, else: {negbin: {mean: 2}}}
  key: order_id
  columns:
    order_id: {id: int}
    token: {id: uuid}
    customer: {ref: customers}
    ordered_at: {after: customers.signup_at, delay: {exponential: 90d}, before: clock}
    status: {choice: {paid: 0.2, shipped: 0.7, cancelled: 0.1}}
    shipped_at: {after: ordered_at, delay: {uniform: [1d, 7d]}, if: "status = 'shipped'"}
    total: {sum: order_items.line_total}
    mean_score: {mean: order_items.score}
    repeats: {ref: orders, null: 0.5}
order_items:
  per: orders
  count: {poisson: 1.5, range: [1, 20]}
  key: [order_id, product_id]
  columns:
    order_id: {ref: orders}
    product_id: {ref: products, pick: {zipf: 1.1}}
    quantity: {geometric: 0.6, range: [1, 9]}
    unit_price: {copy: products.price}
    line_total: {expr: "quantity * unit_price", decimals: 2}
    tier: {copy: customers.tier}
    score: {normal: {mean: 1, sd: 5}}
parcels:
  per: order_items
  count: {when: {"quantity > 1": {integer: [0, 2]}}, else: {constant: 1}}
  columns:
    parcel: {id: int}
    order_id: {ref: orders.order_id, pick: {zipf: 0.5}}
    region: {copy: customers.region}
    weight: {gamma: {shape: 2, mean: 3}, if: "order_items.quantity < 4"}
friendships:
  rows: 400
  key: [one, other]
  columns:
    one: {ref: customers}
    other: {ref: customers}
    since: {date: {from: 2024-01-01, to: 2025-01-01}, null: 0.1}
    one_tier: {copy: one.tier}
"""


def text(tables: str, more: str = "") -> str:
    """A whole recipe around the tables; `more` stands after them."""
    head = f'synthgen: 1\nname: test\nseed: 7\nclock: "{CLOCK}"\ntables:\n'
    return head + indent(dedent(tables).strip("\n"), "  ") + "\n" + dedent(more)


def write(folder: Path, tables: str, more: str = "") -> Path:
    """Write a recipe of these tables."""
    path = folder / "test.yaml"
    path.write_text(text(tables, more), encoding="utf-8")
    return path


def read(path: Path, rows: Mapping[str, int] | None = None) -> Recipe:
    """The recipe of a file, with other numbers of rows; raises with every problem."""
    recipe, problems = collect(path, allow_outside=True)
    if recipe is None or problems:
        raise RecipeError(problems)
    tables = {n: replace(t, rows=(rows or {}).get(n, t.rows)) for n, t in recipe.tables.items()}
    return replace(recipe, tables=tables)


def world(folder: Path, tables: str, more: str = "", rows: Mapping[str, int] | None = None) -> World:
    """The world of a recipe of these tables."""
    return World(compile_recipe(read(write(folder, tables, more), rows)))


def frames(made: World, partition_rows: int | None = None) -> Frames:
    """Every row of every table, made partition by partition."""
    parts: dict[str, list[pl.DataFrame]] = {}
    for task in partition(made, partition_rows):
        for name, part in slices(made, task).items():
            parts.setdefault(name, []).append(frame_of(part.frame()))
    return {name: pl.concat(found) for name, found in parts.items()}


def make(folder: Path, tables: str, more: str = "") -> Frames:
    """Every row of a recipe of these tables."""
    return frames(world(folder, tables, more))


def at(made: World, table: str, numbers: Any) -> pl.DataFrame:
    """Rows of a table by number."""
    return frame_of(made.rows_at(table, np.asarray(numbers, np.uint64)).frame())


def problems(folder: Path, tables: str, more: str = "") -> list[Problem]:
    """What is wrong with a recipe of these tables; empty if nothing is."""
    try:
        recipe, found = collect(write(folder, tables, more), allow_outside=True)
        assert recipe is not None, found
        compile_recipe(recipe, found)
    except RecipeError as error:
        return list(error.problems)
    return []


def the_problem(folder: Path, tables: str, more: str = "") -> Problem:
    """The one thing that is wrong with a recipe; it has a place and a remedy."""
    found = problems(folder, tables, more)
    assert len(found) == 1, "\n".join(p.format() for p in found) or "nothing is wrong"
    assert found[0].place is not None and found[0].remedy, found[0].format()
    return found[0]


def pointed(folder: Path, problem: Problem) -> str:
    """The text of the recipe from where a problem points on, to the end of the line."""
    assert problem.place is not None
    line = (folder / "test.yaml").read_text(encoding="utf-8").splitlines()[problem.place.line - 1]
    assert problem.excerpt == line
    return line[problem.place.column - 1 :]


def orphans(child: pl.DataFrame, columns: list[str], parent: pl.DataFrame, keys: list[str]) -> int:
    """Rows whose reference is not null and leads nowhere."""
    given = child.drop_nulls(columns)
    return given.join(parent.select(keys), left_on=columns, right_on=keys, how="anti").height
