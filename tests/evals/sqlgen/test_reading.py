"""Questions and statements, each read by its own reader."""

from __future__ import annotations

import pytest

from synthgen.evalcase import Piece
from synthgen.evals.draw import Draw
from synthgen.evals.sqlgen.reading import differences
from synthgen.evals.sqlgen.schema import Schema
from synthgen.evals.sqlgen.words import date_text, meanings, number_text, readings, wording


def told(sql: str, schema: Schema) -> list[str]:
    nouns = {c.noun: {c.name} for t in schema.tables.values() for c in t.columns.values()}
    return differences(QUESTION, sql, schema, nouns)


QUESTION = [
    Piece("Show the "), Piece("no", "shown"), Piece(" of the "), Piece("5", "count"), Piece(" orders whose "),
    Piece("amount", "column"), Piece(" is "), Piece("above", "op"), Piece(" "), Piece("1,200", "value"),
    Piece(" and whose "),
    Piece("day", "column"), Piece(" is in "), Piece("March 2025", "value"), Piece(", by "), Piece("fee", "column"),
    Piece(", "), Piece("highest first", "direction"),
]  # fmt: skip
SQL = "SELECT no FROM orders WHERE amount > 1200 AND SUBSTR(day, 1, 7) = '2025-03' ORDER BY fee DESC, no LIMIT 5"


def test_the_right_statement(schema: Schema) -> None:
    assert told(SQL, schema) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("amount > 1200", "amount >= 1200"), ("amount > 1200", "amount < 1200"), ("1200", "1201"),
        ("2025-03", "2025-04"),
        ("amount > 1200 AND ", ""), (" AND SUBSTR(day, 1, 7) = '2025-03'", ""), ("DESC", ""), ("LIMIT 5", "LIMIT 6"),
        ("LIMIT 5", ""), ("SELECT no", "SELECT fee"), ("SELECT no", "SELECT DISTINCT no"),
        ("SELECT no", "SELECT no, fee"),
        ("SELECT no", "SELECT MAX(no)"), (" AND SUB", " OR SUB"), ("WHERE", "WHERE fee IS NULL AND"),
        ("WHERE", "WHERE customer = 4 AND"), ("WHERE amount", "WHERE customer"), ("ORDER BY fee", "ORDER BY open"),
    ],
)  # fmt: skip
def test_wrong_statements(schema: Schema, old: str, new: str) -> None:
    assert old in SQL
    assert told(SQL.replace(old, new, 1), schema)


def test_words_have_one_meaning() -> None:
    for label in ("op", "flag", "aggregate", "direction", "count"):
        texts = list(meanings()[label])
        assert len(texts) == len(set(texts))
    ops = wording()["ops"]
    for kind in ops:
        every = [t for texts in ops[kind].values() for t in texts]
        assert len(every) == len(set(every))
    for part in ("number", "date"):
        assert all(meanings()["op"][t] == m for m, texts in ops[part].items() for t in texts)


def test_values_read_back() -> None:
    for i in range(60):
        assert "2025-03-07" in readings(date_text(Draw(i), "2025-03-07"))
        assert "1250.5" in readings(number_text(Draw(i), 1250.5)) and "40000" in readings(number_text(Draw(i), 40000.0))
    assert readings("O'Brien") == {"O'Brien"}
