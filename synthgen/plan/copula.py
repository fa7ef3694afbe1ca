"""Correlation matrices of a Gaussian copula: conversion, completion, feasibility and Cholesky's triangle.

What cells depend on is computed in Python floats by the four operations and the square root, so that triangles are
bit-exact on every machine; libraries of linear algebra serve messages only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from synthgen.curves import normal_below, sine
from synthgen.elementary import Floats, exp

Matrix = list[list[float]]
Pair = tuple[int, int]
Values = Callable[[Floats], Floats]  # a column's numbers for shares in [0, 1)

_PI = 3.141592653589793
_SINGULAR = 1e-9
_HALVINGS = 40


def from_spearman(rho: float) -> float:
    """The normal correlation behind a rank correlation: 2 sin(pi rho / 6) (Pearson 1907)."""
    return 1.0 if rho == 1 else -1.0 if rho == -1 else 2.0 * sine(_PI * rho / 6.0)


def to_spearman(rho: float) -> float:
    """The rank correlation of two normals."""
    return 6.0 / math.pi * math.asin(max(-1.0, min(1.0, rho / 2.0)))


class Pearson:
    """Pearson's correlation of two columns' values as a function of the normal correlation behind them.

    The expectation is a trapezoid sum over a grid of two independent normals (NORTA: Cario, Nelson 1997).
    """

    def __init__(self, first: Values, second: Values) -> None:
        z = np.arange(-128, 129) / 16.0
        weight = exp(-0.5 * z * z)
        self._z, self._weight = z, weight / _total(weight)
        self._second = second
        (self._x, deviation), (_, other) = self._moments(first), self._moments(second)
        self._scale = deviation * other

    def _moments(self, values: Values) -> tuple[Floats, float]:
        """A column's centred values at the grid's points, and their standard deviation."""
        x = values(normal_below(self._z))
        x = x - _total(x * self._weight)
        return x, math.sqrt(_total(x * x * self._weight))

    def __call__(self, rho: float) -> float:
        """Pearson's correlation for a normal correlation."""
        if not self._scale > 0:
            return 0.0
        rest = math.sqrt(max(0.0, 1.0 - rho * rho))
        z = rho * self._z[:, None] + rest * self._z[None, :]
        y = self._second(normal_below(z.ravel())).reshape(z.shape)
        inner = np.cumsum(y * self._weight, axis=1)[:, -1]
        return _total(inner * self._x * self._weight) / self._scale

    def inverse(self, wanted: float) -> float:
        """The normal correlation that gives a Pearson correlation within reach."""
        low, high = -1.0, 1.0
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            if self(middle) < wanted:
                low = middle
            else:
                high = middle
        return 0.5 * (low + high)


def _total(values: Floats) -> float:
    """A sum in one fixed order."""
    return float(np.cumsum(values)[-1])


def complete(size: int, stated: Mapping[Pair, float]) -> tuple[Matrix, list[Pair]]:
    """The whole matrix, and the pairs that would have to be stated.

    Columns that no chain of stated pairs joins are independent; along the only chain between two columns correlations
    multiply, as they do where columns depend on each other through the chain alone. Where there are several chains, a
    pair must be stated.
    """
    matrix = [[float(i == j) for j in range(size)] for i in range(size)]
    links: dict[int, dict[int, float]] = {i: {} for i in range(size)}
    for (i, j), rho in stated.items():
        links[i][j] = links[j][i] = rho
        matrix[i][j] = matrix[j][i] = rho
    missing = []
    for i in range(size):
        chains = _chains(i, links)
        for j in range(i):
            if j in links[i] or j not in chains:
                continue
            if chains[j] is None:
                missing.append((j, i))
            else:
                matrix[i][j] = matrix[j][i] = float(chains[j] or 0.0)
    return matrix, missing


def _chains(start: int, links: Mapping[int, Mapping[int, float]]) -> dict[int, float | None]:
    """Every column that a chain leads to from `start`, with the product along it; None where several chains do."""
    found: dict[int, float | None] = {start: 1.0}
    came: dict[int, int] = {start: -1}
    todo = [start]
    loops: list[int] = []
    for node in todo:
        for other, rho in links[node].items():
            if other == came[node]:
                continue
            if other in found:
                loops += [node, other]
                continue
            product = found[node]
            found[other], came[other] = (None if product is None else product * rho), node
            todo.append(other)
    if loops:  # a tree of chains has none; else only what hangs on the start by itself is certain
        return {k: v if k in links[start] or k == start else None for k, v in found.items()}
    return found


def triangle(matrix: Matrix) -> tuple[Matrix, int | None]:
    """Cholesky's lower triangle, and the first column at which the matrix turns out impossible (None: it is fine)."""
    size = len(matrix)
    lower = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i):
            rest = matrix[i][j]
            for k in range(j):
                rest -= lower[i][k] * lower[j][k]
            if lower[j][j] > 0:
                lower[i][j] = rest / lower[j][j]
            elif abs(rest) > 1e-6:
                return lower, i
        rest = 1.0
        for k in range(i):
            rest -= lower[i][k] * lower[i][k]
        if rest < -_SINGULAR:
            return lower, i
        lower[i][i] = math.sqrt(rest) if rest > _SINGULAR else 0.0
    return lower, None


def reach(matrix: Matrix, pair: Pair, size: int) -> tuple[float, float] | None:
    """The correlations that a pair can have, given all others of the first `size` columns; None if there are none."""
    i, j = pair
    others = [k for k in range(size) if k not in pair]
    whole = np.array(matrix)
    inverse = np.linalg.pinv(whole[np.ix_(others, others)]) if others else np.zeros((0, 0))
    a, b = whole[i, others], whole[j, others]
    free = (1.0 - a @ inverse @ a, 1.0 - b @ inverse @ b)
    if min(free) < -_SINGULAR:
        return None
    centre, width = float(a @ inverse @ b), math.sqrt(max(0.0, free[0]) * max(0.0, free[1]))
    return centre - width, centre + width


def nearest(matrix: Matrix) -> Matrix:
    """A valid matrix near an impossible one (Higham 2002: alternating projections), rounded to two places."""
    x, correction = np.array(matrix), np.zeros((len(matrix), len(matrix)))
    for _ in range(200):
        shifted = x - correction
        values, vectors = np.linalg.eigh(shifted)
        projected = (vectors * np.maximum(values, 1e-6)) @ vectors.T
        correction = projected - shifted
        x = projected.copy()
        np.fill_diagonal(x, 1.0)
    for share in range(100):
        rounded = np.round(x * (1 - share / 100), 2)
        np.fill_diagonal(rounded, 1.0)
        found: Matrix = rounded.tolist()
        if triangle(found)[1] is None:
            return found
    return [[float(i == j) for j in range(len(matrix))] for i in range(len(matrix))]


def culprit(matrix: Matrix, size: int) -> tuple[Pair, tuple[float, float]] | None:
    """The pair of the first `size` columns whose change would mend them with the least move, and what it can be."""
    best: tuple[float, Pair, tuple[float, float]] | None = None
    for i in range(size):
        for j in range(i):
            found = reach(matrix, (j, i), size)
            if found is None:
                continue
            move = max(found[0] - matrix[i][j], matrix[i][j] - found[1])
            if move > 0 and (best is None or move < best[0]):
                best = (move, (j, i), found)
    return None if best is None else (best[1], best[2])


def shown(matrix: Sequence[Sequence[float]]) -> str:
    """A matrix as a recipe writes it."""
    return (
        "[" + ", ".join("[" + ", ".join(f"{x:.2f}".rstrip("0").rstrip(".") for x in row) + "]" for row in matrix) + "]"
    )
