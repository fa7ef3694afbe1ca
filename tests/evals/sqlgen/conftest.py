"""A small shop in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl
import pytest

from synthgen.evals.sqlgen.databases import Databases
from synthgen.evals.sqlgen.schema import Link, Schema, SqlColumn, SqlTable


def columns(*parts: tuple[str, str, str]) -> dict[str, SqlColumn]:
    return {n: SqlColumn(n, kind, n.replace("_", " "), role) for n, kind, role in parts}  # type: ignore[arg-type]


SHOP = Schema(
    {
        "customers": SqlTable(
            "customers", "customer", "customers",
            columns(("id", "integer", "key"), ("name", "text", "plain"), ("plan", "text", "plain")), ("id",),
        ),
        "orders": SqlTable(
            "orders", "order", "orders",
            columns(
                ("no", "text", "key"), ("customer", "integer", "reference"), ("day", "date", "plain"),
                ("amount", "number", "plain"), ("fee", "number", "plain"), ("open", "boolean", "plain"),
            ),
            ("no",),
        ),
    },
    (Link("orders", "customer", "customers", "id", "customer"),),
)  # fmt: skip


def frame(table: str) -> pl.DataFrame:
    if table == "customers":
        size = 60
        return pl.DataFrame(
            {
                "id": range(1, size + 1),
                "name": [f"{chr(65 + i % 20)}{i}" for i in range(size)],
                "plan": [("free", "pro", "team")[i * i % 3 if i % 7 else 2] for i in range(size)],
            }
        )
    size = 300
    return pl.DataFrame(
        {
            "no": [f"N{i:03d}" for i in range(size)],
            "customer": [60 - (i * 7) % 50 for i in range(size)],
            "day": [date(2025, 1, 1) + timedelta(days=i * 3 % 400) for i in range(size)],
            "amount": [round(5 + (i * 37 % 997) / 3, 2) for i in range(size)],
            "fee": [None if i % 9 == 0 else round((i * 11 % 101) / 7, 2) for i in range(size)],
            "open": [i % 4 == 0 for i in range(size)],
        }
    )


@pytest.fixture(scope="session")
def schema() -> Schema:
    return SHOP


@pytest.fixture(scope="session")
def make() -> Callable[[int], Databases]:
    """A function that makes the shop's databases with at most so many rows of each table."""
    return lambda most: Databases.of(SHOP, frame, most)


@pytest.fixture(scope="session")
def shop() -> Databases:
    return Databases.of(SHOP, frame, 100)
