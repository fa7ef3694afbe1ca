"""All patterns, and the skeletons that a database gives: patterns with the tables and columns that they ask about."""

from __future__ import annotations

from collections.abc import Mapping

from synthgen.evals.sqlgen import dates_and_paths, joins_and_groups, nested, rows_and_figures, windows
from synthgen.evals.sqlgen.asker import Pattern, Shape
from synthgen.evals.sqlgen.facts import Known

LEVELS: Mapping[int, str] = {
    1: "filters and projections",
    2: "order, limit and distinct",
    3: "aggregates",
    4: "one join",
    5: "groups and having",
    6: "dates, missing values, several joins",
    7: "subqueries, exists and set operations",
    8: "window functions",
}
PATTERNS: tuple[Pattern, ...] = (
    *rows_and_figures.PATTERNS,
    *joins_and_groups.PATTERNS,
    *dates_and_paths.PATTERNS,
    *nested.PATTERNS,
    *windows.PATTERNS,
)


def skeletons(known: Known) -> dict[int, dict[str, tuple[Pattern, Shape]]]:
    """For each level: the skeletons by name, in order of their names."""
    found: dict[int, dict[str, tuple[Pattern, Shape]]] = {level: {} for level in LEVELS}
    for pattern in PATTERNS:
        found[pattern.level] |= pattern.ids(known)
    return {level: dict(sorted(ids.items())) for level, ids in found.items()}
