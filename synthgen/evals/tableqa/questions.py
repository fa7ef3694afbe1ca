"""Questions over a small table: written from templates, read back from their marked pieces, worked out by polars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from synthgen.evalcase import Piece
from synthgen.evals.tableqa.answers import Question, UnreadableError
from synthgen.evals.wording import fill

_FILE = Path(__file__).parents[1] / "templates" / "table_qa.yaml"
NUMERIC = (
    "sum", "mean", "max", "min", "range", "argmax", "argmin", "difference", "portion", "place", "place_up", "greater",
)  # fmt: skip
DATED = ("latest", "earliest", "arglatest", "argearliest", "gap", "place_late", "place_early", "later")
PAIRS = ("difference", "gap", "greater", "later")
KINDS: Mapping[str, str] = {
    "lookup": "easy", "count": "easy", "max": "easy", "min": "easy", "latest": "easy", "earliest": "easy",
    "missing": "easy", "sum": "medium", "mean": "medium", "range": "medium", "argmax": "medium", "argmin": "medium",
    "arglatest": "medium", "argearliest": "medium", "difference": "medium", "greater": "medium", "later": "medium",
    "distinct": "medium", "share": "hard", "portion": "hard", "place": "hard", "place_up": "hard",
    "place_late": "hard", "place_early": "hard", "gap": "hard",
}  # fmt: skip
"""Kinds of questions and how hard they are without a filter. With one, or without an answer, they are hard."""
FILTERED = (
    "count", "sum", "mean", "max", "min", "latest", "earliest", "range", "argmax", "argmin", "arglatest", "argearliest",
    "place", "place_up", "portion",
)  # fmt: skip


@lru_cache(maxsize=1)
def wording() -> Mapping[str, Any]:
    """The data file."""
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def _meanings() -> tuple[Mapping[str, str], Mapping[str, str]]:
    words = wording()
    asked = {text: kind for kind, texts in words["ask"].items() for text in texts}
    signs = {text: sign for part in words["compare"].values() for sign, texts in part.items() for text in texts}
    return asked, signs


def written(template: str, slots: Mapping[str, Piece | list[Piece]]) -> list[Piece]:
    """A template's pieces, with one or several pieces in each slot."""
    found: list[Piece] = []
    for piece in fill(template, {k: Piece("", k) if isinstance(v, list) else v for k, v in slots.items()}):
        whole = slots.get(piece.label) if piece.label and not piece.text else None
        found += whole if isinstance(whole, list) else [piece]
    return found


def read_question(pieces: Sequence[Piece], heads: Mapping[str, str]) -> Question:
    """What marked pieces ask; `heads` gives the heading of what a column is called. Raises UnreadableError."""
    asked, signs = _meanings()
    found, where, sign = Question(), "", ""
    for piece in pieces:
        text = piece.text
        if piece.label == "ask":
            found.kind = asked.get(text.lower(), "")
        elif piece.label == "column":
            found.column = heads.get(text, text)
        elif piece.label == "key":
            found.key = heads.get(text, text)
        elif piece.label == "row":
            found.rows.append(text)
        elif piece.label == "where":
            where = heads.get(text, text)
        elif piece.label == "compare":
            sign = signs.get(text, "")
        elif piece.label == "value":
            if not where or not sign:
                raise UnreadableError("a value without a comparison")
            found.tests.append((where, sign, text))
            where = sign = ""
        elif piece.label == "place":
            found.place = int(text)
    if not found.kind:
        raise UnreadableError("no question")
    return found


def computed(question: Question, frame: pl.DataFrame, bounds: Sequence[Any]) -> int | float | str | None:
    """The answer by polars over the records' own values, whose columns bear the table's headings; None for none.

    `bounds` are the values that the question's tests compare with. A row is given by its key as the table shows it.
    """
    tests = [_test(pl.col(c), sign, bound) for (c, sign, _), bound in zip(question.tests, bounds, strict=True)]
    met = pl.all_horizontal(tests) if tests else pl.lit(True)
    kind, column, key = question.kind, pl.col(question.column or question.key), question.key
    if kind == "share":
        found = frame.filter(met).height
        return _half_up(100 * found / frame.height, 1) if 0 < found < frame.height else None
    if kind == "portion":
        return _half_up(100 * float(frame.filter(met)[question.column].sum()) / float(frame[question.column].sum()), 1)
    part = frame.filter(met)
    if kind == "count":
        return part.height or None
    if part.is_empty():
        return None
    values = part[question.column]
    if kind == "lookup":
        return plain(frame.filter(pl.col(key) == question.rows[0])[question.column].item())
    if kind in PAIRS:
        pair = [frame.filter(pl.col(key) == r)[question.column].item() for r in question.rows]
        return _of_pair(kind, pair, question.rows)
    if kind == "missing":
        return values.null_count()
    if kind == "distinct":
        return values.drop_nulls().n_unique()
    if kind.startswith(("arg", "place")):
        down = kind in ("argmax", "arglatest", "place", "place_late")
        names = part.sort(column, descending=down)[key].to_list()
        return str(names[question.place - 1 if kind.startswith("place") else 0])
    figure = {
        "sum": values.sum, "mean": values.mean, "max": values.max, "min": values.min, "latest": values.max,
        "earliest": values.min,
    }  # fmt: skip
    if kind == "range":
        return plain(values.max() - values.min())  # type: ignore[operator]
    return _half_up(values.mean(), 2) if kind == "mean" else plain(figure[kind]())


def _of_pair(kind: str, pair: Sequence[Any], rows: Sequence[str]) -> int | float | str | None:
    if kind == "gap":
        return abs((pair[0] - pair[1]).days)
    if kind == "difference":
        return plain(abs(pair[0] - pair[1]))
    return None if pair[0] == pair[1] else rows[0 if pair[0] > pair[1] else 1]


def _test(column: pl.Expr, sign: str, bound: Any) -> pl.Expr:
    return {
        "gt": column > bound, "ge": column >= bound, "lt": column < bound, "le": column <= bound,
        "eq": column == bound, "ne": column != bound,
    }[sign].fill_null(False)  # fmt: skip


def _half_up(number: Any, digits: int) -> float | None:
    """Rounded, unless the figure lies on an edge where two ways of rounding differ."""
    if number is None:
        return None
    edge = abs(float(number)) * 10**digits % 1
    return None if abs(edge - 0.5) < 1e-6 else round(float(number), digits)


def plain(found: Any) -> int | float | str | None:
    """A value as a gold holds it: whole numbers as such, dates in ISO form."""
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, date):
        return found.isoformat()[:10]
    if isinstance(found, float | Decimal):
        number = round(float(found), 6)
        return int(number) if number.is_integer() else number
    return found if found is None or isinstance(found, int) else str(found)
