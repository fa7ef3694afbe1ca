"""Conditions on references: which rows of the target may be picked, found by an index and never by rejection.

A condition is a conjunction of predicates on the target alone (`parent.status = 'active'`), equalities with the own row
(`parent.region = region`), and at most one inequality with it (`parent.signup_at < signup_at`). Candidates are sorted
by (equal columns, the unequal column), so those of any row are one contiguous run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Rows
from synthgen.sql import Sql, SqlError, is_true, parse

Ordered = NDArray[Any]  # sortable values: integers, floats, booleans or text

_NAME = r'(?:"[^"]+"|[^\W\d]\w*)'
_COMPARE = re.compile(
    rf"\s*(?P<left>{_NAME}(?:\s*\.\s*{_NAME})*)\s*(?P<op><=|>=|=|<|>)\s*(?P<right>{_NAME}(?:\s*\.\s*{_NAME})*)\s*"
)
_WORD = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]|[^\W\d]\w*""")
_PARENT = "parent."
_FLIP = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
_HELP = "join with AND: parent.x = x, one of parent.x < x (or <=, >, >=), and conditions on parent columns alone"


class WhereError(ValueError):
    """The condition is not one that an index can serve; `remedy` says which are."""

    def __init__(self, message: str, remedy: str | None = _HELP) -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True)
class Where:
    """A parsed condition."""

    text: str
    filters: tuple[Sql, ...] = ()
    equal: tuple[tuple[str, str], ...] = ()  # (parent column, own column)
    unequal: tuple[str, str, str] | None = None  # (parent column, operator, own column)
    types: tuple[pl.DataType, ...] = ()  # in which the equalities, then the inequality, compare

    @property
    def parent_columns(self) -> tuple[str, ...]:
        """Columns of the target that the condition reads."""
        names = [n.removeprefix(_PARENT) for sql in self.filters for n in sql.references] + [p for p, _ in self.equal]
        return tuple(dict.fromkeys(names + ([self.unequal[0]] if self.unequal else [])))

    @property
    def own_columns(self) -> tuple[str, ...]:
        """Columns of the own row that the condition reads."""
        return tuple(dict.fromkeys([o for _, o in self.equal] + ([self.unequal[2]] if self.unequal else [])))

    @classmethod
    def parse(cls, text: str) -> Where:
        """Read a condition; raises WhereError."""
        filters: list[Sql] = []
        equal: list[tuple[str, str]] = []
        unequal: tuple[str, str, str] | None = None
        for part in _conjuncts(text):
            try:
                sql = parse(part)
            except SqlError as error:
                raise WhereError(str(error), error.remedy or _HELP) from None
            of_parent = [n for n in sql.references if n.startswith(_PARENT)]
            if not of_parent:
                raise WhereError(f"'{part.strip()}' does not mention the parent row", _HELP)
            if len(of_parent) == len(sql.references):
                filters.append(sql)
                continue
            left, op, right = _comparison(part)
            if op == "=":
                equal.append((left, right))
            elif unequal is not None:
                raise WhereError(f"'{text}' has more than one inequality between the parent and the own row")
            else:
                unequal = (left, op, right)
        return cls(text, tuple(filters), tuple(equal), unequal)

    def typed(self, parent: Callable[[str], pl.DataType], own: Callable[[str], pl.DataType]) -> Where:
        """The condition with the types to compare in; raises WhereError where types do not fit."""
        for sql in self.filters:
            try:
                is_true(sql, {n: pl.Series(n, [], dtype=parent(n.removeprefix(_PARENT))) for n in sql.references}, 0)
            except SqlError as error:
                raise WhereError(str(error), error.remedy or _HELP) from None
        types = []
        for left, right in [*self.equal, *([(self.unequal[0], self.unequal[2])] if self.unequal else [])]:
            common = _common(parent(left), own(right))
            if common is None:
                message = f"parent.{left} is {parent(left)} and {right} is {own(right)}, which cannot be compared"
                raise WhereError(message, "compare numbers with numbers, times with times, text with text")
            types.append(common)
        return replace(self, types=tuple(types))


def _comparison(part: str) -> tuple[str, str, str]:
    match = _COMPARE.fullmatch(part)
    if match is None:
        raise WhereError(f"'{part.strip()}' compares parent and own row in a way that no index serves")
    left, op, right = (re.sub(r'\s*\.\s*|"', lambda m: "." if "." in m.group() else "", match[g]) for g in (1, 2, 3))
    if right.startswith(_PARENT):
        left, op, right = right, _FLIP[op], left
    if not left.startswith(_PARENT) or right.startswith(_PARENT):
        raise WhereError(f"'{part.strip()}' must compare a parent column with a column of the own row")
    return left.removeprefix(_PARENT), op, right


def _conjuncts(text: str) -> list[str]:
    """The parts between the ANDs of the outermost level; the whole where an OR stands there, as it binds less."""
    parts, start, depth, between = [], 0, 0, False
    for match in _WORD.finditer(text):
        word = match.group().lower()
        if word in ("(", "case"):
            depth += 1
        elif word in (")", "end"):
            depth -= 1
        elif depth == 0 and word == "or":
            return [text]
        elif depth == 0 and word == "between":
            between = True
        elif depth == 0 and word == "and":
            if not between:
                parts.append(text[start : match.start()])
                start = match.end()
            between = False
    return [*parts, text[start:]]


def _common(left: pl.DataType, right: pl.DataType) -> pl.DataType | None:
    """The type in which values of both can be compared exactly (to a double's precision for numbers); None if none."""
    if left == right and not (isinstance(left, pl.Decimal) and left.precision > 18):
        return None if left.is_nested() else left
    if left.is_integer() and right.is_integer():
        return pl.Int64()
    if left.is_numeric() and right.is_numeric():
        return pl.Float64()
    times = (pl.Date, pl.Datetime)
    return pl.Datetime("us") if isinstance(left, times) and isinstance(right, times) else None


@dataclass(frozen=True)
class Candidates:
    """The rows of the target that may be picked, sorted so that those of any own row are one run.

    `order` holds row numbers, `position` each row's place in `order` (-1: no candidate). 16 bytes per target row.
    """

    order: NDArray[np.int64]
    position: NDArray[np.int64]
    where: Where
    groups: pl.DataFrame | None
    steps: Ordered
    composite: NDArray[np.int64]

    @classmethod
    def build(cls, where: Where, column: Callable[[str], pl.Series], table: str, rows: Rows) -> Candidates:
        """Index the target once."""
        size = rows.size(table)
        keep = np.ones(size, np.bool_)
        for sql in where.filters:
            keep &= is_true(sql, {n: column(n.removeprefix(_PARENT)) for n in sql.references}, size).to_numpy()
        for name in [p for p, _ in where.equal] + ([where.unequal[0]] if where.unequal else []):
            keep &= column(name).is_not_null().to_numpy()
        chosen = np.flatnonzero(keep).astype(np.int64)
        group, groups = np.zeros(len(chosen), np.int64), None
        if where.equal:
            frame = _keys({p: column(p).gather(chosen) for p, _ in where.equal}, [p for p, _ in where.equal], where)
            groups = frame.unique(maintain_order=True).with_row_index("#group")
            group = frame.join(groups, on=frame.columns, maintain_order="left")["#group"].cast(pl.Int64).to_numpy()
        steps: Ordered = np.zeros(0, np.int64)
        rank = np.zeros(len(chosen), np.int64)
        if where.unequal:
            values = _ordered(column(where.unequal[0]).gather(chosen), where.types[-1])
            steps, rank = np.unique(values, return_inverse=True)
            rank = rank.astype(np.int64)
        composite = group * (len(steps) + 1) + rank
        by = np.argsort(composite, kind="stable")
        position = np.full(size, -1, np.int64)
        position[chosen[by]] = np.arange(len(by))
        return cls(chosen[by], position, where, groups, steps, composite[by])

    def range_of(self, own: dict[str, pl.Series], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First position and number of candidates for each own row."""
        group, known = np.zeros(count, np.int64), np.ones(count, np.bool_)
        if self.groups is not None:
            frame = _keys(own, [o for _, o in self.where.equal], self.where)
            found = frame.join(self.groups, on=frame.columns, how="left", maintain_order="left")["#group"]
            known = found.is_not_null().to_numpy()
            group = found.fill_null(0).cast(pl.Int64).to_numpy()
        width = len(self.steps) + 1
        low, high = group * width, group * width + width
        if self.where.unequal:
            _, op, name = self.where.unequal
            given = own[name].is_not_null().to_numpy()
            values = _ordered(own[name].filter(pl.Series(given)), self.where.types[-1])
            cut = np.zeros(count, np.int64)
            cut[given] = np.searchsorted(self.steps, values, side="left" if op in ("<", ">=") else "right")
            low, high = (low, low + cut) if op in ("<", "<=") else (low + cut, high)
            known = known & given
        first = np.searchsorted(self.composite, low).astype(np.int64)
        last = np.searchsorted(self.composite, high).astype(np.int64)
        return first, np.where(known, last - first, 0)


def _keys(columns: Mapping[str, pl.Series], names: Sequence[str], where: Where) -> pl.DataFrame:
    return pl.DataFrame([columns[n].cast(where.types[i]).alias(str(i)) for i, n in enumerate(names)])


def _ordered(values: pl.Series, kind: pl.DataType) -> Ordered:
    """Values (no nulls) as an array that sorts as SQL does."""
    plain = values.cast(kind).to_physical()
    return (plain.cast(pl.Int64) if isinstance(kind, pl.Decimal) else plain).to_numpy()
