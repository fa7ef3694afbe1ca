"""Answers worked out from a table that was read back from the text: plain Python, nothing of what made the table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

ABSENT = "not in the table"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
Value = Decimal | date | str


@dataclass
class Question:
    """A question as it was read: what is asked, of which column, over which rows."""

    kind: str = ""
    column: str = ""
    key: str = ""
    rows: list[str] = field(default_factory=list)
    tests: list[tuple[str, str, str]] = field(default_factory=list)
    place: int = 0


class UnreadableError(ValueError):
    """The question cannot be answered as it was read."""


def answer(question: Question, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Decimal | str:
    """The answer: a number, or a text as the table has it (dates in ISO form). Raises UnreadableError."""
    table = [dict(zip(heads, row, strict=True)) for row in rows]
    used = [question.column, *([question.key] if question.rows else []), *(c for c, _, _ in question.tests)]
    if any(c and c not in heads for c in used):
        return ABSENT
    chosen = [_row(table, question.key, r) for r in question.rows]
    if None in chosen:
        return ABSENT
    for column, sign, bound in question.tests:
        table = table if question.kind in ("share", "portion") else [r for r in table if _holds(r[column], sign, bound)]
    return _ANSWERS[question.kind](question, table, [r for r in chosen if r is not None])


def value(text: str) -> Value:
    """A cell's value: a date, a number, or the text itself.

    >>> value("1,250.5"), value("3 Mar 2025"), value("INV-7")
    (Decimal('1250.5'), datetime.date(2025, 3, 3), 'INV-7')
    """
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text)
    if match:
        return date(*map(int, match.groups()))
    match = re.fullmatch(r"(\d{1,2}) ([A-Z][a-z]{2}) (\d{4})", text)
    if match and match.group(2).lower() in _MONTHS:
        return date(int(match.group(3)), _MONTHS.index(match.group(2).lower()) + 1, int(match.group(1)))
    if re.fullmatch(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", text):
        return Decimal(text.replace(",", ""))
    return text


def _row(table: Sequence[Mapping[str, str]], key: str, wanted: str) -> Mapping[str, str] | None:
    found = [r for r in table if r[key] == wanted]
    if len(found) > 1:
        raise UnreadableError("two rows bear one key")
    return found[0] if found else None


def _holds(cell: str, sign: str, bound: str) -> bool:
    if not cell:
        return False
    if sign in ("eq", "ne"):
        return (cell == bound) == (sign == "eq")
    left, right = value(cell), value(bound)
    if isinstance(left, str) or type(left) is not type(right):
        raise UnreadableError("a comparison of unlike values")
    return {
        "gt": left > right, "ge": left >= right, "lt": left < right, "le": left <= right,  # type: ignore[operator]
    }[sign]  # fmt: skip


def _values(table: Sequence[Mapping[str, str]], column: str) -> list[Decimal]:
    found = [value(r[column]) for r in table if r[column]]
    if not found or any(not isinstance(v, Decimal) for v in found):
        raise UnreadableError("no numbers")
    return [v for v in found if isinstance(v, Decimal)]


def _days(table: Sequence[Mapping[str, str]], column: str) -> list[date]:
    found = [value(r[column]) for r in table if r[column]]
    if not found or any(not isinstance(v, date) for v in found):
        raise UnreadableError("no dates")
    return [v for v in found if isinstance(v, date)]


def _sorted(table: Sequence[Mapping[str, str]], question: Question, down: bool, dates: bool) -> list[str]:
    values = _days(table, question.column) if dates else _values(table, question.column)
    if len(set(values)) < len(values) or len(values) < len(table):
        raise UnreadableError("rows tie, or a value is missing")
    pairs = sorted(zip(values, table, strict=True), key=lambda p: p[0], reverse=down)  # type: ignore[arg-type,return-value]
    return [row[question.key] for _, row in pairs]


def _total(table: Sequence[Mapping[str, str]], question: Question) -> Decimal:
    return sum(_values(table, question.column), Decimal(0))


def _rounded(number: Decimal, places: str) -> Decimal:
    return number.quantize(Decimal(places), ROUND_HALF_UP)


Table = Sequence[Mapping[str, str]]
Answer = Callable[[Question, Table, Table], Decimal | str]


def _place(down: bool, dates: bool) -> Answer:
    def found(question: Question, table: Table, chosen: Table) -> str:
        names = _sorted(table, question, down, dates)
        if not 1 <= question.place <= len(names):
            raise UnreadableError("no such place")
        return names[question.place - 1]

    return found


def _extreme(down: bool, dates: bool) -> Answer:
    def found(question: Question, table: Table, chosen: Table) -> str:
        values = _days(table, question.column) if dates else _values(table, question.column)
        best = (max if down else min)(values)
        if values.count(best) != 1:  # type: ignore[arg-type]
            raise UnreadableError("rows tie")
        return next(r[question.key] for r in table if r[question.column] and value(r[question.column]) == best)

    return found


def _share(question: Question, table: Table, chosen: Table) -> Decimal:
    column, sign, bound = question.tests[0]
    met = sum(_holds(r[column], sign, bound) for r in table)
    return _rounded(Decimal(100 * met) / len(table), "0.1")


def _portion(question: Question, table: Table, chosen: Table) -> Decimal:
    part = [r for r in table if all(_holds(r[c], s, b) for c, s, b in question.tests)]
    return _rounded(100 * _total(part, question) / _total(table, question), "0.1")


def _lookup(question: Question, table: Table, chosen: Table) -> Decimal | str:
    return said(value(chosen[0][question.column]))


def said(found: Value) -> Decimal | str:
    """A value as a gold holds it."""
    return found.isoformat() if isinstance(found, date) else found


def _greater(dates: bool) -> Answer:
    def found(question: Question, table: Table, chosen: Table) -> str:
        both = _days(chosen, question.column) if dates else _values(chosen, question.column)
        if len(both) != 2 or both[0] == both[1]:
            raise UnreadableError("the two are equal")
        return chosen[0 if both[0] > both[1] else 1][question.key]  # type: ignore[operator]

    return found


def _two(question: Question, chosen: Table) -> tuple[Decimal, Decimal]:
    first, second = _values(chosen, question.column)
    return first, second


_ANSWERS: Mapping[str, Answer] = {
    "lookup": _lookup,
    "count": lambda q, t, c: Decimal(len(t)),
    "missing": lambda q, t, c: Decimal(sum(not r[q.column] for r in t)),
    "distinct": lambda q, t, c: Decimal(len({r[q.column] for r in t if r[q.column]})),
    "sum": lambda q, t, c: _total(t, q),
    "mean": lambda q, t, c: _rounded(_total(t, q) / len(_values(t, q.column)), "0.01"),
    "max": lambda q, t, c: max(_values(t, q.column)),
    "min": lambda q, t, c: min(_values(t, q.column)),
    "latest": lambda q, t, c: max(_days(t, q.column)).isoformat(),
    "earliest": lambda q, t, c: min(_days(t, q.column)).isoformat(),
    "range": lambda q, t, c: max(_values(t, q.column)) - min(_values(t, q.column)),
    "argmax": _extreme(True, False),
    "argmin": _extreme(False, False),
    "arglatest": _extreme(True, True),
    "argearliest": _extreme(False, True),
    "difference": lambda q, t, c: abs(_two(q, c)[0] - _two(q, c)[1]),
    "gap": lambda q, t, c: Decimal(abs((_days(c, q.column)[0] - _days(c, q.column)[1]).days)),
    "share": _share,
    "portion": _portion,
    "place": _place(True, False),
    "place_up": _place(False, False),
    "place_late": _place(True, True),
    "place_early": _place(False, True),
    "greater": _greater(False),
    "later": _greater(True),
}
