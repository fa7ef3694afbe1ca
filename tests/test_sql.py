"""Expressions: one row at a time, no clock, no other rows; whatever is written, an answer or a SqlError."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.sql import MAX_WORDS, SqlError, evaluate, is_true, parse

COLUMNS = {
    "n": pl.Series([1, 5, None]),
    "word": pl.Series(["ab", "it's", None]),
    "a.b": pl.Series([10, 20, 30]),
    "odd name": pl.Series([1, 2, 3]),
    'say "hi"': pl.Series([7, 8, 9]),
    "day": pl.Series([date(2024, 2, 29), date(2025, 1, 1), None]),
    "größe": pl.Series([1.5, 2.5, 3.5]),
}


def value(text: str) -> list[Any]:
    sql = parse(text)
    return evaluate(sql, {n: COLUMNS[n] for n in sql.references}, 3).to_list()


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("n + 1", ("n",)),
        ("a.b > n AND a.b < 99", ("a.b", "n")),
        ("a . b", ("a.b",)),
        ('"a"."b"', ("a.b",)),
        ('"odd name" * 2', ("odd name",)),
        ("word = 'n + a.b'", ("word",)),
        ("word = 'it''s n'", ("word",)),
        ("'n'", ()),
        ("1.5 + 2.", ()),
        ("größe", ("größe",)),
        ("n BETWEEN 1 AND 3 OR word IN ('x', 'y')", ("n", "word")),
    ],
)
def test_references(text: str, references: tuple[str, ...]) -> None:
    assert parse(text).references == references


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("n + 1", [2, 6, None]),
        ("a.b * n", [10, 100, None]),
        ('"say ""hi"""', [7, 8, 9]),
        ("word = 'it''s'", [False, True, None]),
        ("word LIKE 'a%'", [True, False, None]),
        ("n IS NULL", [False, False, True]),
        ("COALESCE(n, 0) = 0", [False, False, True]),
        ("CASE WHEN n > 3 THEN 'x' ELSE word END", ["ab", "x", None]),
        ("NOT (n > 3)", [True, False, None]),
        ("n NOT IN (1, 2)", [False, True, None]),
        ("EXTRACT(YEAR FROM day)", [2024, 2025, None]),
        ("day >= DATE '2025-01-01'", [False, True, None]),
        ("CAST(n AS VARCHAR) || '!'", ["1!", "5!", None]),
        ("ROUND(größe * 1.3, 1)", [2.0, 3.2, 4.6]),
        ("2 + 2", [4, 4, 4]),
        ("'x'", ["x", "x", "x"]),
        ("NULL", [None, None, None]),
    ],
)  # fmt: skip
def test_values(text: str, values: list[Any]) -> None:
    found = value(text)
    if isinstance(values[0], float):
        assert found == pytest.approx(values)
    else:
        assert found == values


def test_a_constant_fills_any_number_of_rows() -> None:
    for height in (0, 1, 5):
        assert evaluate(parse("2 + 2"), {}, height).to_list() == [4] * height
        assert evaluate(parse("n + 1"), {"n": pl.Series([1] * height, dtype=pl.Int64)}, height).len() == height


@pytest.mark.parametrize(
    "text",
    [
        "now()", "NOW ()", "current_date", "CURRENT_TIMESTAMP", "localtime", "n > current_time",
        "(SELECT 1)", "exists (select 1)", "n IN (SELECT n)", "sum(n) OVER ()",
        "sum(n)", "max(n)", "COUNT(*)", "avg (n)", "first(n)", "row_number()", "lag(n)", "median(n)", "array_agg(n)",
        "random()", "rand()", "uuid()", "read_csv('x')", "read_parquet('/etc/passwd')", "version()",
        "n +", "", "   ", "n n", "n AS m", "n + 1 x", "n; n", "DROP TABLE n", "'open", '"open', "((n)", "n = = 1",
    ],
)  # fmt: skip
def test_what_may_not_stand(text: str) -> None:
    with pytest.raises(SqlError) as refused:
        sql = parse(text)
        evaluate(sql, {n: COLUMNS.get(n, COLUMNS["n"]) for n in sql.references}, 3)
    assert refused.value.remedy


@pytest.mark.parametrize("text", ['"now" + 1', "t.now + 1", '"select"', "word = 'now()'", "word = 'sum(x)'"])
def test_names_and_texts_that_look_like_it(text: str) -> None:
    assert parse(text).text == text


@pytest.mark.parametrize(
    ("text", "holds"), [("n > 3", [False, True, False]), ("NULL", [False] * 3), ("1 = 1", [True] * 3)]
)
def test_unknown_is_not_true(text: str, holds: list[bool]) -> None:
    sql = parse(text)
    assert is_true(sql, {n: COLUMNS[n] for n in sql.references}, 3).to_list() == holds


@pytest.mark.parametrize(
    ("text", "words"), [("n", "not a condition"), ("word > 3", "cannot compute"), ("n + word", "compute")]
)
def test_types_that_do_not_fit(text: str, words: str) -> None:
    sql = parse(text)
    with pytest.raises(SqlError, match=words) as refused:
        is_true(sql, {n: COLUMNS[n].clear() for n in sql.references}, 0)
    assert refused.value.remedy
    with pytest.raises(SqlError):
        is_true(sql, {n: COLUMNS[n] for n in sql.references}, 3)


def test_a_value_is_not_told_in_an_error() -> None:
    """Only types are: a cell may be someone's."""
    sql = parse("CAST(word AS INTEGER) > 3")
    with pytest.raises(SqlError) as refused:
        is_true(sql, {"word": pl.Series(["secret@company.com"])}, 1)
    assert "secret" not in str(refused.value)


def test_length_is_bounded() -> None:
    """A chain of operators nests in polars, and a deep nest overflows the stack: it is refused, and never crashes."""
    longest = "+".join(["n"] * (MAX_WORDS // 2))
    program = f"""
import threading, polars as pl
from synthgen.sql import evaluate, parse
threading.stack_size(2 * 1024 * 1024)  # as a thread of polars has
run = threading.Thread(target=lambda: print(evaluate(parse({longest!r}), {{"n": pl.Series([1, 2])}}, 2).to_list()))
run.start(), run.join()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == str([MAX_WORDS // 2, MAX_WORDS]), done.stderr
    with pytest.raises(SqlError, match="too long"):
        parse(longest + "+n+n")
    with pytest.raises(SqlError):
        parse("NOT " * 100_000 + "n")
    with pytest.raises(SqlError):
        parse("(" * 10_000 + "n" + ")" * 10_000)
    assert parse(f"word IN ({', '.join(repr(str(i)) for i in range(5000))})").references == ("word",)


@given(st.text(st.sampled_from("na.b \"'()+-*/<>=,;[]{}:%\\\n0159é") | st.characters(codec="utf-8"), max_size=40))
def test_any_text_is_an_expression_or_an_error(text: str) -> None:
    try:
        sql = parse(text)
        evaluate(sql, {n: COLUMNS.get(n, COLUMNS["n"]) for n in sql.references}, 3)
    except SqlError as refused:
        assert str(refused)


PIECES = st.sampled_from(
    """n word a.b 1 0.5 'x' NULL TRUE ( ) + - * / % = < > <> AND OR NOT IN IS LIKE BETWEEN CASE WHEN THEN ELSE END ,
    upper( coalesce( cast( AS VARCHAR ) extract( YEAR FROM day ) || concat( substr( round( ^ & | ! ~ :: [ ] . ;
    --""".split()  # noqa: SIM905  # a list of them takes forty lines
)


@given(st.lists(PIECES, min_size=1, max_size=14))
def test_any_words_are_an_expression_or_an_error(pieces: list[str]) -> None:
    try:
        sql = parse(" ".join(pieces))
        found = evaluate(sql, {n: COLUMNS.get(n, COLUMNS["n"]) for n in sql.references}, 3)
        assert len(found) == 3
    except SqlError as refused:
        assert str(refused)
