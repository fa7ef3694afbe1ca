"""The table key `correlations`: groups of columns with a matrix, or pairs such as `age ~ income: 0.6`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from synthgen.recipe.model import CorrelationKind, CorrelationSpec, Node
from synthgen.recipe.reading import Reading
from synthgen.registry import did_you_mean

KINDS: tuple[CorrelationKind, ...] = ("spearman", "pearson", "normal")
MOST = 100  # columns of one group
_EXAMPLE = 'write {"age ~ income": 0.6}, or {columns: [age, income], matrix: [[1, 0.6], [0.6, 1]]}'


def read_correlations(node: Node, order: Sequence[str], reading: Reading) -> tuple[CorrelationSpec, ...]:
    """The groups of a table; no column stands in two of them."""
    place = node.children.get("correlations")
    if place is None or place.value is None:
        return ()
    items = [place.at(i) for i in range(len(place.value))] if isinstance(place.value, list) else [place]
    found: list[CorrelationSpec] = []
    for item in items:
        if not isinstance(item.value, dict) or not item.value:
            reading.add(item.problem("wrong-type", "a group of correlations is a mapping", _EXAMPLE))
            continue
        group = _matrix(item, reading) if "matrix" in item.value or "columns" in item.value else _pairs(item, reading)
        if group is None or not _known(group, order, reading):
            continue
        twice = next((c for c in group.columns for g in found if c in g.columns), None)
        if twice is not None:
            message = f"'{twice}' is correlated in two groups"
            reading.add(item.problem("duplicate", message, "put all that is correlated with it into one group"))
            continue
        found.append(group)
    return tuple(found)


def _known(group: CorrelationSpec, order: Sequence[str], reading: Reading) -> bool:
    fine = True
    for column in group.columns:
        if column not in order:
            place = next((p for (a, b), p in group.places.items() if column in (a, b)), group.node)
            message = f"there is no column '{column}' to correlate"
            reading.add(place.problem("unknown-column", message, did_you_mean(column, order) or "name columns of it"))
            fine = False
    if len(group.columns) > MOST:
        message = f"{len(group.columns)} columns are correlated"
        reading.add(group.node.problem("too-large", message, f"correlate at most {MOST}"))
        fine = False
    return fine


def _matrix(node: Node, reading: Reading) -> CorrelationSpec | None:
    reading.keys(node, ("columns", "matrix", "kind"))
    columns, matrix = node.value.get("columns"), node.value.get("matrix")
    if not isinstance(columns, list) or len(columns) < 2 or not all(isinstance(c, str) for c in columns):
        reading.add(node.at("columns").problem("wrong-type", "'columns' lists two columns or more", _EXAMPLE))
        return None
    if len(set(columns)) < len(columns):
        reading.add(node.at("columns").problem("duplicate", "a column appears twice", "name each once"))
        return None
    size = len(columns)
    rows = matrix if isinstance(matrix, list) else []
    if len(rows) != size or any(not isinstance(r, list) or len(r) != size for r in rows):
        message = f"{size} columns need a matrix of {size} rows of {size} numbers"
        reading.add(node.at("matrix").problem("bad-value", message, _EXAMPLE))
        return None
    values: dict[tuple[str, str], float] = {}
    places: dict[tuple[str, str], Node] = {}
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            place = node.at("matrix", i, j)
            if not _is_correlation(value, place, reading):
                return None
            if i == j and value != 1:
                message = f"{columns[i]} must have a correlation of 1 with itself, not {value}"
                reading.add(place.problem("bad-value", message, "write 1 on the diagonal"))
                return None
            if i > j and value != rows[j][i]:
                message = f"the matrix is not symmetric: {columns[j]} and {columns[i]} have {rows[j][i]} and {value}"
                reading.add(place.problem("bad-value", message, f"write {rows[j][i]} in both places"))
                return None
            if i > j:
                values[(columns[j], columns[i])], places[(columns[j], columns[i])] = float(value), place
    return CorrelationSpec(tuple(columns), values, _kind(node, reading), node, places)


def _pairs(node: Node, reading: Reading) -> CorrelationSpec | None:
    values: dict[tuple[str, str], float] = {}
    places: dict[tuple[str, str], Node] = {}
    columns: dict[str, None] = {}
    fine = True
    for key, place in node.children.items():
        if key == "kind":
            continue
        first, tilde, second = (part.strip() for part in str(key).partition("~"))
        if not tilde or not first or not second or first == second:
            message = f"'{key}' is not a pair of columns"
            reading.add(node.problem("bad-value", message, _EXAMPLE, key=str(key)))
            fine = False
            continue
        if (first, second) in values or (second, first) in values:
            message = f"{first} ~ {second} appears twice"
            reading.add(node.problem("duplicate", message, "write each pair once", key=str(key)))
            fine = False
            continue
        fine = _is_correlation(place.value, place, reading) and fine
        columns |= {first: None, second: None}
        if fine:
            values[(first, second)], places[(first, second)] = float(place.value), place
    if not fine or not values:
        return None
    return CorrelationSpec(tuple(columns), values, _kind(node, reading), node, places)


def _kind(node: Node, reading: Reading) -> CorrelationKind:
    return reading.one_of(node, "kind", KINDS, "spearman")  # type: ignore[return-value]  # one of the words


def _is_correlation(value: Any, place: Node, reading: Reading) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and -1 <= value <= 1:
        return True
    reading.add(place.problem("bad-value", "a correlation is a number from -1 to 1", "write 0.6, or -0.3"))
    return False
