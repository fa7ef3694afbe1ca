"""Binds correlated columns to each other: each is driven by the quantiles of one Gaussian copula.

Every column keeps a stream of its own; its share is the normal distribution function of a weighted sum of its own and
the earlier columns' normal scores. So the first column of a group is what it would be alone, and no column outside the
group changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import polars as pl
from pydantic import BaseModel

from synthgen import quantiles as q
from synthgen.columns import Column, Rows
from synthgen.curves import normal_below
from synthgen.distributions import quantiles
from synthgen.elementary import Floats
from synthgen.errors import Problem
from synthgen.plan.copula import (
    Matrix,
    Pair,
    Pearson,
    complete,
    culprit,
    from_spearman,
    nearest,
    shown,
    to_spearman,
    triangle,
)
from synthgen.plan.model import PlannedColumn, PlannedTable
from synthgen.plan.unique import groups
from synthgen.recipe.model import CorrelationSpec
from synthgen.seeds import U64, unit


class Correlated:
    """A column's generator, driven by its share of a copula instead of by uniform numbers of its own."""

    Params: ClassVar[type[BaseModel]] = BaseModel
    capacity: int | None = None
    distinct = False

    def __init__(self, inner: Any, terms: tuple[tuple[str, float], ...], own: str, truth: Mapping[str, Any]) -> None:
        self.inner, self.terms, self.own = inner, terms, own
        self.dtype: pl.DataType = inner.dtype
        self.needs: tuple[str, ...] = inner.needs
        self.bounds: tuple[float | None, float | None] = inner.bounds
        self.truth = {**getattr(inner, "truth", {}), "correlations": truth}

    def generate(self, rows: Rows) -> Column:
        """Values by the copula's shares."""
        if len(self.terms) == 1 and self.terms[0] == (self.own, 1.0):
            share = unit(rows.beside(self.own).bits())
        else:
            total = np.zeros(rows.count)
            for name, weight in self.terms:
                total = total + weight * _scores(rows.beside(name))
            share = normal_below(total)
        made: Column = self.inner.at(share, rows)
        return made

    def nth(self, index: U64, rows: Rows) -> Column:
        """Never called: a correlated column is not unique."""
        raise NotImplementedError


def _scores(rows: Rows) -> Floats:
    """The normal score of each row in a column's own stream."""
    return rows.memo("#score", lambda: quantiles(q.Normal(0.0, 1.0))(unit(rows.bits())))


def correlate(tables: Mapping[str, PlannedTable]) -> tuple[dict[str, PlannedTable], list[Problem]]:
    """The tables with their correlated columns bound, and what is impossible."""
    found, problems = {}, []
    for name, table in tables.items():
        columns = dict(table.columns)
        for group in table.spec.correlations:
            if any(column not in columns for column in group.columns):
                continue  # reported by the loader or the builder
            told = _undriven(group, table)
            bound, more = ({}, []) if told else _bind(group, columns)
            problems += told + more
            columns |= bound
        found[name] = replace(table, columns=columns)
    return found, problems


def _undriven(group: CorrelationSpec, table: PlannedTable) -> list[Problem]:
    problems = []
    unique = {names for names in groups(table) if len(names) == 1}
    for name in group.columns:
        column = table.columns[name]
        place = next((p for pair, p in group.places.items() if name in pair), group.node)
        if not getattr(column.generator, "drivable", False):
            what = column.spec.generator if column.spec else "an entity"
            message = f"{name} cannot be correlated: {what} makes values without an order"
            remedy = "correlate numbers, counts, dates, choice or bernoulli columns"
            problems.append(place.problem("not-drivable", message, remedy))
        elif (name,) in unique:
            message = f"{name} is unique, so its values cannot follow other columns"
            problems.append(place.problem("contradiction", message, "drop unique, or leave it out of the correlations"))
        elif group.kind == "pearson" and not _is_number(column):
            message = f"Pearson's correlation needs numbers, but {name} is {column.dtype}"
            problems.append(place.problem("wrong-type", message, "write kind: spearman, which goes by order"))
    return problems


def _is_number(column: PlannedColumn) -> bool:
    kind = column.dtype
    return (kind.is_numeric() or kind.is_temporal() or kind == pl.Boolean()) and not column.generator.needs


def _bind(
    group: CorrelationSpec, columns: Mapping[str, PlannedColumn]
) -> tuple[dict[str, PlannedColumn], list[Problem]]:
    at = {name: i for i, name in enumerate(group.columns)}
    pairs = {(at[a], at[b]): rho for (a, b), rho in group.values.items()}
    curves, problems = _pearson(group, columns, pairs) if group.kind == "pearson" else ({}, [])
    if problems:
        return {}, problems
    normal = {pair: _normal(rho, group.kind, curves.get(pair)) for pair, rho in pairs.items()}
    matrix, missing = complete(len(at), normal)
    if missing:
        words = ", ".join(f"{group.columns[i]} ~ {group.columns[j]}" for i, j in missing[:5])
        message = "several chains of pairs join these columns, so that their correlation is open"
        return {}, [group.node.problem("missing-key", message, f"state {words} as well")]
    lower, broken = triangle(matrix)
    if broken is not None:
        return {}, [_impossible(group, matrix, broken, curves)]
    bound = {}
    for i, name in enumerate(group.columns):
        terms = tuple((group.columns[j], lower[i][j]) for j in range(i + 1) if lower[i][j] != 0.0)
        truth = {"kind": group.kind, **{_other(pair, name): rho for pair, rho in group.values.items() if name in pair}}
        bound[name] = replace(columns[name], generator=Correlated(columns[name].generator, terms, name, truth))
    return bound, []


def _other(pair: tuple[str, str], name: str) -> str:
    return pair[1] if pair[0] == name else pair[0]


def _normal(rho: float, kind: str, curve: Pearson | None) -> float:
    if kind == "spearman":
        return from_spearman(rho)
    return rho if curve is None else curve.inverse(rho)


def _pearson(
    group: CorrelationSpec, columns: Mapping[str, PlannedColumn], pairs: Mapping[Pair, float]
) -> tuple[dict[Pair, Pearson], list[Problem]]:
    """How each stated pair's correlation depends on the copula's, and the pairs that are out of reach."""
    found, problems = {}, []
    for (i, j), rho in pairs.items():
        first, second = group.columns[i], group.columns[j]
        found[(i, j)] = curve = Pearson(_values(columns[first]), _values(columns[second]))
        least, most = curve(-1.0), curve(1.0)
        if not least <= rho <= most:
            message = (
                f"with these distributions {first} ~ {second} can be between {least:.2f} and {most:.2f}, not {rho:g}"
            )
            place = group.places[(first, second)]
            problems.append(place.problem("impossible-correlation", message, "move it there, or write kind: spearman"))
    return found, problems


def _values(column: PlannedColumn) -> Any:
    generator: Any = column.generator

    def values(u: Floats) -> Floats:
        made: pl.Series = generator.at(u, None).values
        plain = made.to_physical() if made.dtype.is_temporal() else made
        return plain.cast(pl.Float64).to_numpy()

    return values


def _impossible(group: CorrelationSpec, matrix: Matrix, broken: int, curves: Mapping[Pair, Pearson]) -> Problem:
    """What contradicts what, and the nearest matrix that does not."""
    back: Callable[[float], float] = to_spearman if group.kind == "spearman" else float
    found = culprit(matrix, broken + 1)
    place, message = group.node, "these correlations contradict each other"
    if found is not None:
        (i, j), (low, high) = found
        back = curves.get((i, j)) or curves.get((j, i)) or back
        pair = (group.columns[i], group.columns[j])
        place = group.places.get(pair) or group.places.get(pair[::-1]) or place
        stated = group.values.get(pair, group.values.get(pair[::-1], back(matrix[i][j])))
        message = (
            f"the correlation of {pair[0]} and {pair[1]} contradicts the others: "
            f"given them it lies between {back(low):.2f} and {back(high):.2f}, not at {stated:g}"
        )
    if group.kind == "pearson":  # the stated numbers are not the copula's
        return place.problem("impossible-correlation", message, "move it there, or write kind: spearman")
    valid = [[back(x) for x in row] for row in nearest(matrix)]
    names = ", ".join(group.columns)
    return place.problem("impossible-correlation", message, f"nearest for [{names}]: {shown(valid)}")
