"""Whether a sampler has the distribution of real Faker: two-sample tests of values made by each.

Replaying proves a traced tree draw by draw. What is left are the picks themselves (weights, merged lists, kernels), and
these are compared as samples: chi-square of homogeneity on categories, and Kolmogorov-Smirnov on numbers and dates.
"""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgen.columns import Rows
from synthgen.generators.compiled.base import Sampler
from synthgen.generators.compiled.providers import faker

_LEAST = 12  # occurrences of a category in both samples together, below which it is pooled with the other rare ones
_FEATURES: dict[str, Callable[[str], Any]] = {
    "value": lambda v: v,
    "length": len,
    "first character": lambda v: v[:1],
    "middle character": lambda v: v[len(v) // 2 : len(v) // 2 + 1],
    "last character": lambda v: v[-1:],
    "first word": lambda v: v.split(" ", 1)[0],
    "last word": lambda v: v.rsplit(" ", 1)[-1],
    "shape": lambda v: "".join("9" if c.isdigit() else "a" if c.isalpha() else c for c in v)[:24],
}


@dataclass(frozen=True)
class Agreement:
    """The tests of one method: name of the feature to p-value."""

    tests: Mapping[str, float]

    @property
    def p(self) -> float:
        """The least p-value, corrected for their number (Bonferroni), at most 1."""
        return min(1.0, min(self.tests.values()) * len(self.tests))


def real_values(method: str, locale: str, args: Mapping[str, Any], count: int, seed: int = 1) -> list[Any]:
    """`count` values of real Faker, from a random source of their own."""
    generator = faker(locale)
    before = generator.random
    generator.random = random.Random(seed)
    try:
        call = generator.get_formatter(method)
        return [call(**args) for _ in range(count)]
    finally:
        generator.random = before


def agreement(sampler: Sampler, rows: Rows, real: Sequence[Any]) -> Agreement:
    """Tests of `rows.count` values of a sampler against values of real Faker."""
    made = sampler.sample(rows).values.to_list()
    known = [_plain(v) for v in real]
    ours = [_plain(v) for v in made]
    numbers = {type(v) for v in (*known[:1000], *ours[:1000])} <= {int, float}
    if numbers and len({*known}) > 200:
        return Agreement({"distribution": smirnov(np.array(known, dtype=float), np.array(ours, dtype=float))})
    if all(isinstance(v, str) for v in (*known, *ours)):
        return Agreement({name: homogeneity(map(f, known), map(f, ours)) for name, f in _FEATURES.items()})
    return Agreement({"value": homogeneity(map(str, known), map(str, ours))})


def _plain(value: Any) -> Any:
    """Numbers of what can be ordered, texts of what is composed."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, datetime.datetime):
        return (value - datetime.datetime(1970, 1, 1)).total_seconds()
    if isinstance(value, datetime.date):
        return value.toordinal()
    if isinstance(value, datetime.time):
        return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if type(value).__name__ == "Decimal":
        return float(value)
    if isinstance(value, list | tuple):
        return " ".join(str(_plain(v)) for v in value)
    if isinstance(value, dict):
        return " ".join(f"{k} {_plain(v)}" for k, v in value.items())
    return value if isinstance(value, int | float | str) else str(value)


def homogeneity(first: Any, second: Any) -> float:
    """p-value of a chi-square test that two samples of categories have one distribution."""
    from scipy.special import chdtrc

    one, two = Counter(first), Counter(second)
    kept = [c for c in {*one, *two} if one[c] + two[c] >= _LEAST]
    table = np.array([[one[c] for c in kept], [two[c] for c in kept]], dtype=float).reshape(2, len(kept))
    rest = np.array([[sum(one.values())], [sum(two.values())]]) - table.sum(axis=1, keepdims=True)
    if rest.sum() > 0:
        table = np.concatenate([table, rest], axis=1)
    if table.shape[1] < 2:
        return 1.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / table.sum()
    return float(chdtrc(table.shape[1] - 1, float(((table - expected) ** 2 / expected).sum())))


def smirnov(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Asymptotic p-value of the two-sample Kolmogorov-Smirnov test (conservative where values repeat)."""
    from scipy.special import kolmogorov

    first, second = np.sort(first), np.sort(second)
    points = np.concatenate([first, second])
    steps = [np.searchsorted(s, points, side="right") / len(s) for s in (first, second)]
    distance = float(np.abs(steps[0] - steps[1]).max())
    effective = len(first) * len(second) / (len(first) + len(second))
    return float(kolmogorov(np.sqrt(effective) * distance))
