"""Conditions on references: which rows of the target may be picked, found by an index and never by rejection.

A condition is a conjunction of predicates on the target alone (`parent.status = 'active'`), equalities with the own row
(`parent.region = region`), and at most one inequality with it (`parent.signup_at < signup_at`). Candidates are sorted
by (equal columns, the unequal column), so those of any row are one contiguous run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Rows
from synthgen.sql import Sql, SqlError, is_true, parse

_NAME = r'(?:"[^"]+"|[^\W\d]\w*)'
_COMPARE = re.compile(
    rf"\s*(?P<left>{_NAME}(?:\s*\.\s*{_NAME})*)\s*(?P<op><=|>=|=|<|>)\s*(?P<right>{_NAME}(?:\s*\.\s*{_NAME})*)\s*"
)
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

    @property
    def parent_columns(self) -> tuple[str, ...]:
        """Columns of the target that the condition reads."""
        names = [name for sql in self.filters for name in sql.references] + [p for p, _ in self.equal]
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
                names = parse(part).references
            except SqlError as error:
                raise WhereError(str(error), error.remedy or _HELP) from None
            of_parent = [n for n in names if n.startswith("parent.")]
            if not of_parent:
                raise WhereError(f"'{part.strip()}' does not mention the parent row", _HELP)
            if len(of_parent) == len(names):
                filters.append(parse(re.sub(r"\bparent\s*\.\s*", "", part)))
                continue
            left, op, right = _comparison(part)
            if op == "=":
                equal.append((left, right))
            elif unequal is not None:
                raise WhereError(f"'{text}' has more than one inequality between the parent and the own row")
            else:
                unequal = (left, op, right)
        return cls(text, tuple(filters), tuple(equal), unequal)


def _comparison(part: str) -> tuple[str, str, str]:
    match = _COMPARE.fullmatch(part)
    if match is None:
        raise WhereError(f"'{part.strip()}' compares parent and own row in a way that no index serves")
    left, op, right = (re.sub(r'\s*\.\s*|"', lambda m: "." if "." in m.group() else "", match[g]) for g in (1, 2, 3))
    if right.startswith("parent."):
        left, op, right = right, _FLIP[op], left
    if not left.startswith("parent.") or right.startswith("parent."):
        raise WhereError(f"'{part.strip()}' must compare a parent column with a column of the own row")
    return left.removeprefix("parent."), op, right


def _conjuncts(text: str) -> list[str]:
    parts, depth, quoted, start = [], 0, False, 0
    for match in re.finditer(r"'|\(|\)|\bbetween\b.*?\band\b|\band\b", text, re.IGNORECASE | re.DOTALL):
        token = match.group().lower()
        if token == "'":
            quoted = not quoted
        elif not quoted and token in "()":
            depth += 1 if token == "(" else -1
        elif not quoted and depth == 0 and token == "and":
            parts.append(text[start : match.start()])
            start = match.end()
    return [*parts, text[start:]]


@dataclass(frozen=True)
class Candidates:
    """The rows of the target that may be picked, sorted so that those of any own row are one run.

    `order` holds row numbers, `position` each row's place in `order` (-1: no candidate). 16 bytes per target row.
    """

    order: NDArray[np.int64]
    position: NDArray[np.int64]
    where: Where
    groups: pl.DataFrame | None
    steps: NDArray[np.int64] | NDArray[np.float64]
    composite: NDArray[np.int64]

    @classmethod
    def build(cls, where: Where, column: Callable[[str], pl.Series], table: str, rows: Rows) -> Candidates:
        """Index the target once."""
        size = rows.size(table)
        keep = np.ones(size, np.bool_)
        for sql in where.filters:
            keep &= is_true(sql, {n: column(n) for n in sql.references}, size).to_numpy()
        for name in where.parent_columns:
            keep &= column(name).is_not_null().to_numpy()
        chosen = np.flatnonzero(keep).astype(np.int64)
        group, groups = np.zeros(len(chosen), np.int64), None
        if where.equal:
            frame = pl.DataFrame([column(p).gather(chosen).alias(str(i)) for i, (p, _) in enumerate(where.equal)])
            groups = frame.unique(maintain_order=True).with_row_index("#group")
            group = frame.join(groups, on=frame.columns, maintain_order="left")["#group"].cast(pl.Int64).to_numpy()
        steps: NDArray[np.int64] = np.zeros(0, np.int64)
        rank = np.zeros(len(chosen), np.int64)
        if where.unequal:
            values = _physical(column(where.unequal[0]).gather(chosen))
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
            frame = pl.DataFrame([own[o].alias(str(i)) for i, (_, o) in enumerate(self.where.equal)])
            keys = [name for name in self.groups.columns if name != "#group"]
            found = frame.join(self.groups, on=keys, how="left", maintain_order="left")["#group"]
            known = found.is_not_null().to_numpy()
            group = found.fill_null(0).cast(pl.Int64).to_numpy()
        width = len(self.steps) + 1
        low, high = group * width, group * width + width
        if self.where.unequal:
            _, op, name = self.where.unequal
            known &= own[name].is_not_null().to_numpy()
            side = "left" if op in ("<", ">=") else "right"
            cut = np.searchsorted(self.steps, _physical(own[name]), side=side)  # type: ignore[call-overload]
            low, high = (low, low + cut) if op in ("<", "<=") else (low + cut, high)
        first = np.searchsorted(self.composite, low).astype(np.int64)
        last = np.searchsorted(self.composite, high).astype(np.int64)
        return first, np.where(known, last - first, 0)


def _physical(values: pl.Series) -> NDArray[np.int64] | NDArray[np.float64]:
    if isinstance(values.dtype, pl.Decimal):
        values = values.cast(pl.Float64)
    elif values.dtype == pl.Date:
        values = values.cast(pl.Datetime("us"))
    plain = values.to_physical()
    return plain.fill_null(0).to_numpy()
