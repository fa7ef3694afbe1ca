"""Copies are the values of the row that they are copied from, with all that is known of them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.plan.worlds import make, pointed, the_problem, world

TABLES = """
countries: {rows: 6, key: code, columns: {code: {pattern: "[A-Z]{2}"}, rate: {uniform: [0, 1], decimals: 4}}}
customers:
  rows: 200
  key: id
  entities: {person: [first_name, email]}
  columns: {id: {id: int}, home: {ref: countries}, joined: {time: {from: "08:00", to: "10:00"}}}
orders:
  per: customers
  count: {integer: [0, 3]}
  key: id
  columns:
    id: {id: int}
    customer: {ref: customers}
    email: {copy: customers.email}
    joined: {copy: customers.joined}
    gift_for: {ref: customers, null: 0.5}
    gift_email: {copy: gift_for.email}
    home: {copy: customers.home}
lines:
  per: orders
  count: {integer: [1, 3]}
  columns:
    order: {ref: orders}
    email: {copy: customers.email}
    again: {copy: orders.gift_email}
    country: {ref: countries}
    rate: {copy: countries.rate}
"""


def test_copies_through_parents_and_references(tmp_path: Path) -> None:
    made = make(tmp_path, TABLES)
    customers, orders, lines = made["customers"], made["orders"], made["lines"]
    own = orders.join(customers, left_on="customer", right_on="id", how="left", maintain_order="left", suffix="_c")
    for name in ("email", "joined", "home"):
        assert own[name].equals(own[f"{name}_c"].alias(name)), name
    gift = orders.join(customers, left_on="gift_for", right_on="id", how="left", maintain_order="left", suffix="_g")
    assert gift["gift_email"].equals(gift["email_g"].alias("gift_email"), null_equal=True)
    assert 0.3 < orders["gift_email"].null_count() / orders.height < 0.7
    up = lines.join(orders, left_on="order", right_on="id", how="left", maintain_order="left", suffix="_o")
    assert up["email"].equals(up["email_o"].alias("email"))
    assert up["again"].equals(up["gift_email"].alias("again"), null_equal=True)
    rated = lines.join(
        made["countries"], left_on="country", right_on="code", how="left", maintain_order="left", suffix="_c"
    )
    assert rated["rate"].equals(rated["rate_c"].alias("rate")) and lines.schema["rate"] == pl.Decimal(18, 4)


def test_copies_keep_what_was_declared(tmp_path: Path) -> None:
    made = world(tmp_path, TABLES)
    source = made.rows("customers", 0, 200).column("email").declared
    assert source is not None and source.entity == "EMAIL_ADDRESS"
    for table, column in (("orders", "email"), ("orders", "gift_email"), ("lines", "email"), ("lines", "again")):
        found = made.rows(table, 0, 50).column(column)
        assert found.declared == source, (table, column)
        assert found.picks is None
    assert made.rows("orders", 0, 50).column("home").picks is None  # a copy of a reference picks nothing


def test_a_copied_name_stays_a_code_into_its_list(tmp_path: Path) -> None:
    """What the scanner has proven once need not be proven for each copy."""
    tables = """
    a: {rows: 50, key: id, columns: {id: {id: int}, kind: {choice: [x, y, z]}}}
    b: {per: a, count: {constant: 3}, columns: {kind: {copy: a.kind}}}
    """
    made = world(tmp_path, tables)
    theirs, mine = made.rows("a", 0, 50).column("kind"), made.rows("a", 0, 50).child("b").column("kind")
    assert theirs.vocabulary is not None and mine.vocabulary is theirs.vocabulary


@pytest.mark.parametrize(
    ("column", "code", "remedy"),
    [
        ("{copy: a.nope}", "unknown-column", "known: id, v"),
        ("{copy: aa.v}", "unknown-column", "did you mean 'a.v'?"),
        ("{copy: lonely.v}", "unknown-column", "add a column with 'ref: lonely' to t"),
        ("{copy: twice.v}", "unknown-column", "write one.v or two.v"),
        ("{copy: one.w}", "unknown-column", "known: id, v"),
        ("{copy: lonely}", "unknown-column", None),
        ("{copy: c}", "cycle", None),
    ],
)
def test_mistakes_are_told(column: str, code: str, remedy: str | None, tmp_path: Path) -> None:
    tables = f"""
    a: {{rows: 5, key: id, columns: {{id: {{id: int}}, v: {{integer: [1, 9]}}}}}}
    twice: {{rows: 5, key: id, columns: {{id: {{id: int}}, v: {{integer: [1, 9]}}}}}}
    lonely: {{rows: 5, key: id, columns: {{id: {{id: int}}, v: {{integer: [1, 9]}}}}}}
    t: {{rows: 5, columns: {{a: {{ref: a}}, one: {{ref: twice}}, two: {{ref: twice}}, c: {column}}}}}
    """
    problem = the_problem(tmp_path, tables)
    assert problem.code == code, problem.format()
    assert remedy is None or problem.remedy == remedy, problem.format()
    assert pointed(tmp_path, problem).startswith("{copy")
