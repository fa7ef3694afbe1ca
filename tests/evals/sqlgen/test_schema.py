"""Names in words, and the DDL that both engines read."""

from __future__ import annotations

import sqlite3

import duckdb
import pytest

from synthgen.evals.sqlgen.schema import Link, Schema, SqlColumn, SqlTable, column_noun, plural, quoted, singular, words


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("customer_id", "customer ID"), ("InvoiceLine", "invoice line"), ("UnitPrice", "unit price"),
        ("HTTPStatus", "http status"), ("Order Details", "order details"), ("qty", "quantity"), ("__", "__"),
    ],
)  # fmt: skip
def test_words(name: str, text: str) -> None:
    assert words(name) == text


def test_nouns() -> None:
    for one, many in (("invoice", "invoices"), ("category", "categories"), ("box", "boxes"), ("person", "people"),
                      ("order detail", "order details"), ("status", "statuses"), ("class", "classes")):  # fmt: skip
        assert plural(one) == many and singular(many) == one and singular(one) == one
    assert column_noun("paid_on", "date") == "payment date" and column_noun("has_stock", "boolean") == "stock flag"


@pytest.mark.parametrize("name", ["order", "Order Details", 'a "b"', "1st", "naïve", "SELECT", "plan", "group", "ok_1"])
def test_quoted_names_run_on_both_engines(name: str) -> None:
    key = SqlColumn("id", "integer", "ID", "key")
    column = SqlColumn(name, "date", name, "plain")
    parent = SqlTable(name, name, name, {"id": key, name: column}, ("id",))
    child = SqlTable("child", "child", "children", {"id": key, "up": SqlColumn("up", "integer", "up", "reference")}, ())
    schema = Schema({name: parent, "child": child}, (Link("child", "up", name, "id", name),))
    lite, duck = sqlite3.connect(":memory:"), duckdb.connect(":memory:")
    for statement in schema.ddl():
        lite.execute(statement)
        duck.execute(statement)
    sql = f"SELECT {quoted(name)}.{quoted(name)} FROM {quoted(name)} ORDER BY {quoted(name)}"
    assert lite.execute(sql).fetchall() == duck.execute(sql).fetchall() == []
    assert "-- date, YYYY-MM-DD" in schema.ddl()[0] and "FOREIGN KEY (up)" in schema.ddl()[1]
    lite.close()
    duck.close()


def test_aliases_are_no_column() -> None:
    table = SqlTable("t", "t", "t", {"N": SqlColumn("N", "integer", "n", "plain")}, ())
    assert Schema({"t": table}, ()).alias("n") == "n_x" and Schema({"t": table}, ()).alias("m") == "m"
