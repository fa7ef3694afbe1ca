"""Validation: every rule is held to, places and counts are right, and no value is told."""

from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.schema.table import FieldSchema, TableSchema
from synthgen.schema.validate import Violation, validate


def broken(
    field: FieldSchema, values: list[object], dtype: pl.DataType | None = None
) -> list[tuple[str, int, int | None]]:
    frame = pl.DataFrame({field.name: pl.Series(values, dtype=dtype)})
    return [(v.rule, v.count, v.row) for v in validate(TableSchema("t", (field,)), frame)]


@pytest.mark.parametrize(
    ("field", "values", "expected"),
    [
        (FieldSchema("x", "string", nullable=False), ["a", None, None], [("not-null", 2, 1)]),
        (FieldSchema("x", "string", max_length=2), ["ab", "äö", "abc", None], [("max-length", 1, 2)]),
        (FieldSchema("x", "string", min_length=2), ["ab", "ä", None], [("min-length", 1, 1)]),
        (FieldSchema("x", "string", enum=("a", "b")), ["a", "c", None, "d"], [("enum", 2, 1)]),
        (FieldSchema("x", "string", pattern="^[a-z]+$"), ["a", "B"], [("pattern", 1, 1)]),
        (FieldSchema("x", "string", pattern="(?=a)b"), ["zz"], []),  # look-around: not of the linear-time engine
        (FieldSchema("x", "integer", minimum=1, maximum=5), [0, 3, 9], [("maximum", 1, 2), ("minimum", 1, 0)]),
        (FieldSchema("x", "integer", bits=8), [127, 128], [("maximum", 1, 1)]),
        (FieldSchema("x", "integer", bits=8, unsigned=True), [255, -1], [("minimum", 1, 1)]),
        (FieldSchema("x", "integer", enum=(1, 2)), [1, 3], [("enum", 1, 1)]),
        (
            FieldSchema("x", "decimal", precision=4, scale=2),
            [Decimal("99.99"), Decimal("100.00")],
            [("precision", 1, 1)],
        ),
        (FieldSchema("x", "decimal", minimum=0.01), [Decimal("0.01"), Decimal("0.00")], [("minimum", 1, 1)]),
        (FieldSchema("x", "date", maximum="2024-06-30"), [date(2024, 6, 30), date(2024, 7, 1)], [("maximum", 1, 1)]),
        (
            FieldSchema("x", "timestamp", maximum="2024-06-30"),
            [datetime(2024, 6, 30, 23, 59), datetime(2024, 7, 1)],
            [("maximum", 1, 1)],
        ),
        (FieldSchema("x", "array", max_length=1), [[1], [1, 2], []], [("max-length", 1, 1)]),
        (FieldSchema("x", "binary", max_length=2), [b"ab", b"abc"], [("max-length", 1, 1)]),
        (FieldSchema("x", "string", unique=True), ["a", "b", "a", None, None], [("unique", 2, 0)]),
    ],
)
def test_rules(field: FieldSchema, values: list[object], expected: list[tuple[str, int, int]]) -> None:
    assert broken(field, values) == expected


@pytest.mark.parametrize(
    ("kind", "values", "fine"),
    [
        ("integer", [1], True), ("integer", [1.5], False), ("number", [1], True), ("decimal", [1.5], True),
        ("string", ["a"], True), ("string", [1], False), ("uuid", ["a"], True), ("boolean", [True], True),
        ("boolean", [1], False), ("date", [date(2024, 1, 1)], True), ("timestamp", [date(2024, 1, 1)], False),
        ("json", ["{}"], True), ("json", [{"a": 1}], True), ("object", [{"a": 1}], True), ("array", [[1]], True),
        ("array", [1], False), ("integer", [None], True),
    ],
)  # fmt: skip
def test_types_are_compared_by_what_they_mean(kind: str, values: list[object], fine: bool) -> None:
    assert (broken(FieldSchema("x", kind), values) == []) is fine  # type: ignore[arg-type]  # a logical type


def test_columns_of_the_table() -> None:
    schema = TableSchema("t", (FieldSchema("a", "integer"), FieldSchema("b", "integer")))
    found = validate(schema, pl.DataFrame({"a": [1, 2], "c": [3, 4]}))
    assert found == [Violation("b", "missing", 2), Violation("c", "not-in-schema", 2)]


def test_keys_and_checks_over_several_columns() -> None:
    schema = TableSchema(
        "t",
        (FieldSchema("a", "integer", nullable=False), FieldSchema("b", "integer"), FieldSchema("c", "integer")),
        primary_key=("a", "b"),
        uniques=(("b", "c"),),
        checks=("a < c",),
    )
    frame = pl.DataFrame({"a": [1, 1, 2, 3], "b": [1, 1, 5, 5], "c": [2, 3, None, 1]})
    assert {(v.column, v.rule, v.count, v.row) for v in validate(schema, frame)} == {
        (None, "primary-key (a, b)", 2, 0), (None, "check: a < c", 1, 3),
    }  # fmt: skip
    assert {v.rule for v in validate(schema, frame, keys=False)} == {"check: a < c"}


def test_odd_names() -> None:
    schema = TableSchema(
        "t", (FieldSchema("rule_0", "integer", maximum=1), FieldSchema("a b.c", "string", nullable=False))
    )
    frame = pl.DataFrame({"rule_0": [5], "a b.c": pl.Series([None], dtype=pl.String)})
    assert {(v.column, v.rule) for v in validate(schema, frame)} == {("rule_0", "maximum"), ("a b.c", "not-null")}


def test_no_value_is_told() -> None:
    field = FieldSchema("x", "string", enum=("a",), max_length=3)
    found = validate(TableSchema("t", (field,)), pl.DataFrame({"x": ["secret-value"]}))
    assert found and "secret" not in repr(found)


def test_an_empty_batch_is_fine() -> None:
    schema = TableSchema("t", (FieldSchema("x", "integer", nullable=False),), primary_key=("x",))
    assert validate(schema, pl.DataFrame({"x": pl.Series([], dtype=pl.Int64)})) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | st.integers(-50, 50), min_size=1, max_size=40), st.integers(-50, 0), st.integers(0, 50))
def test_ranges_agree_with_python(values: list[int | None], low: int, high: int) -> None:
    field = FieldSchema("x", "integer", minimum=low, maximum=high)
    found = {v.rule: (v.count, v.row) for v in validate(TableSchema("t", (field,)), pl.DataFrame({"x": values}))}
    for rule, wrong in (("minimum", lambda v: v < low), ("maximum", lambda v: v > high)):
        rows = [i for i, v in enumerate(values) if v is not None and wrong(v)]
        assert found.get(rule) == ((len(rows), rows[0]) if rows else None)
