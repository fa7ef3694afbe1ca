"""Records, groups and pools: which side a row stands on, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthgen.cases.room import Data, EvalRoom
from synthgen.cases.turns import Dealer, EvalTurn
from synthgen.errors import UsageError
from synthgen.plan.compile import compile_recipe
from synthgen.plan.model import PlannedEval
from synthgen.plan.world import World
from synthgen.recipe.load import load

RECIPE = """\
synthgen: 1
seed: 8
tables:
  products:
    rows: 12
    key: product_id
    columns: {{product_id: {{id: int}}, price: {{uniform: [1, 9], decimals: 2}}}}
  customers:
    rows: {rows}
    key: customer_id
    entities: {{person: [first_name, email]}}
    columns: {{customer_id: {{id: int}}}}
  orders:
    per: customers
    count: {{poisson: 3}}
    key: order_id
    columns: {{order_id: {{id: int}}, customer_id: {{ref: customers}}, product_id: {{ref: products}}}}
  visits:
    rows: 300
    key: visit_id
    columns: {{visit_id: {{id: int}}, customer_id: {{ref: customers, null: 0.2}}}}
evals:
  made: {{family: toy, from: customers, cases: 5}}
splits: {{dev: 0.3, test: 0.7{by}}}
"""


def room(tmp_path: Path, by: str = "", rows: int = 200, **wants: tuple[str, ...]) -> EvalRoom:
    path = tmp_path / "room.yaml"
    columns = "plan: {choice: [free, pro]}, customer_id: {id: int}"
    text = RECIPE.format(by=by, rows=rows).replace("customer_id: {id: int}}\n  orders", f"{columns}}}\n  orders")
    path.write_text(text, encoding="utf-8")
    plan = compile_recipe(load(path))
    world = World(plan)
    planned = plan.evals["made"]
    changed = PlannedEval(planned.spec, planned.family, planned.size, {}, {**planned.wants, **wants})
    return EvalRoom(Data(plan.recipe, world), changed, tmp_path)


def sides(made: EvalRoom, table: str) -> dict[int, str]:
    found = {row: split for split in ("dev", "test") for row in made.pool(table, split)}
    assert set(found) == set(range(made.size(table)))
    return found


def test_rows_of_one_customer_stand_on_one_side(tmp_path: Path) -> None:
    made = room(tmp_path, orders=("order_id", "customer_id"), visits=("visit_id", "customer_id"))
    customers, orders, visits = (sides(made, t) for t in ("customers", "orders", "visits"))
    assert 0.2 < sum(s == "dev" for s in customers.values()) / 200 < 0.4
    for row, side in orders.items():
        record = made.record("orders", row)
        assert record.group == f"customers:{record['customer_id'] - 1}"
        assert side == customers[record["customer_id"] - 1]
    for row, side in visits.items():
        record = made.record("visits", row)
        if record["customer_id"] is None:
            assert record.group == f"visits:{row}"
        else:
            assert side == customers[record["customer_id"] - 1]


def test_by_names_another_table(tmp_path: Path) -> None:
    made = room(tmp_path, by=", by: products", orders=("product_id",))
    assert {made.record("orders", r).group for r in range(made.size("orders"))} <= {f"products:{i}" for i in range(12)}
    assert made.record("customers", 3).group == "customers:3"


def test_more_rows_move_nobody(tmp_path: Path) -> None:
    few, many = sides(room(tmp_path), "customers"), sides(room(tmp_path, rows=400), "customers")
    assert all(many[row] == side for row, side in few.items())


def test_children_are_those_that_refer(tmp_path: Path) -> None:
    made = room(tmp_path, orders=("customer_id",), visits=("customer_id",))
    for customer in range(0, 200, 17):
        for table in ("orders", "visits"):
            expected = [
                r for r in range(made.size(table)) if made.record(table, r)["customer_id"] == customer + 1
            ]  # fmt: skip
            assert list(made.children(table, "customers", customer)) == expected


def test_a_split_without_rows_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too-few-rows"):
        room(tmp_path, rows=1).pool("customers", "dev")


def test_dealing_is_balanced_and_never_depends_on_how_many_cases_there_are() -> None:
    dealer = Dealer(1, "made", {"dev": 0.2, "test": 0.8})
    turns = [EvalTurn(dealer, number) for number in range(1000)]
    assert sum(t.split == "dev" for t in turns) == 200
    for split in ("dev", "test"):
        mine = [t for t in turns if t.split == split]
        assert [t.rank for t in mine] == list(range(len(mine)))
        counts = [sum(t.cell(5, "label") == i for t in mine) for i in range(5)]
        assert max(counts) - min(counts) <= 1
        assert len({t.deal(50, "record") for t in mine[:50]}) == 50
    items = [f"t{i}" for i in range(10)]
    taken = {split: {t.among(items) for t in turns if t.split == split} for split in ("dev", "test")}
    assert not taken["dev"] & taken["test"] and taken["dev"] | taken["test"] == set(items) and len(taken["dev"]) == 2
    again = Dealer(1, "made", {"dev": 0.2, "test": 0.8})
    assert [EvalTurn(again, n).split for n in (999, 0, 500)] == [turns[n].split for n in (999, 0, 500)]


def test_blocks_stay_together() -> None:
    dealer = Dealer(1, "made", {"dev": 0.5, "test": 0.5}, block=2)
    turns = [EvalTurn(dealer, number) for number in range(40)]
    for a, b in zip(turns[::2], turns[1::2], strict=True):
        assert (a.split, a.rank, a.cell(3), a.deal(9)) == (b.split, b.rank, b.cell(3), b.deal(9))
        assert (a.member, b.member) == (0, 1) and a.draw.bits() != b.draw.bits()
        assert a.shared.bits() == b.shared.bits()
