"""What the documentation's snippets become: whole recipes, which tests check, run and compare."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CONTEXT = """\
synthgen: 1
clock: "2026-09-01T00:00:00Z"
tables:
  products:
    rows: 20
    key: product_id
    columns: {product_id: {id: int}, price: {uniform: [1, 9], decimals: 2}}
  customers:
    rows: 20
    key: customer_id
    entities: {person: [first_name]}
    columns:
      customer_id: {id: int}
      tier: {choice: [basic, vip]}
      signup_at: {datetime: {from: "2024-01-01", to: clock}}
  orders:
    per: customers
    count: {poisson: 3}
    key: order_id
    columns:
      order_id: {id: uuid}
      customer_id: {ref: customers}
      ordered_at: {after: customers.signup_at, delay: {exponential: 30d}, before: clock}
      status: {choice: [paid, shipped, cancelled]}
  lines:
    per: orders
    count: {poisson: 2}
    key: [order_id, number]
    columns:
      order_id: {ref: orders}
      number: {id: ordinal}
      amount: {uniform: [0, 90], decimals: 2}
"""
EVALS = """\
synthgen: 1
clock: "2026-09-01T00:00:00Z"
tables:
  customers:
    rows: 400
    key: customer_id
    entities: {person: [first_name, last_name, email, phone]}
    columns:
      customer_id: {id: int}
      plan: {choice: {free: 0.6, pro: 0.3, enterprise: 0.1}}
  invoices:
    per: customers
    count: {poisson: 2}
    key: invoice_no
    columns:
      invoice_no: {id: "INV-{n:07d}"}
      customer_id: {ref: customers}
      issued_on: {date: {from: "2025-01-01", to: clock}}
      amount: {lognormal: {median: 80, sigma: 0.7}, range: [5, 5000], decimals: 2}
      status: {choice: {paid: 0.75, open: 0.2, overdue: 0.05}}
"""


def as_recipe(snippet: str) -> str:
    """A whole recipe as it stands, `tables:` below a version, or columns put into a table that has much to refer to.

    `evals:` stand beside tables of customers and invoices.
    """
    written = yaml.safe_load(snippet)
    if "synthgen" in written:
        return snippet
    if "evals" in written:
        return ("synthgen: 1\n" if "tables" in written else EVALS) + snippet
    if "tables" in written:
        return "synthgen: 1\n" + snippet
    columns = "".join(f"      {line}\n" for line in snippet.splitlines())
    head, mark, tail = CONTEXT.partition("  lines:\n")
    return head + columns + mark + tail
