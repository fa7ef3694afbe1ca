"""Sides of a table: rows of truth files that its generators tell beside the cells that they make."""

from __future__ import annotations

from collections.abc import Mapping

from synthgen.columns import Column
from synthgen.plan.masks import placed
from synthgen.plan.rows import Slice, SliceRows


def sides(part: Slice) -> dict[str, Mapping[str, Column]]:
    """The truth files of the generators of a table, by column, as far as these rows go; see `BaseGenerator.truth_rows`.

    Sides are functions of the rows, as cells are: any partition gives the same lines.
    """
    found: dict[str, Mapping[str, Column]] = {}
    for name, planned in part.planned.columns.items():
        tell = getattr(planned.generator, "truth_rows", None)
        if tell is None:
            continue
        with placed(f"{planned.table}.{planned.name}", planned.node):
            made = tell(SliceRows(part, planned.stream, owner=planned))
        if made is not None:
            found[name] = made
    return found
