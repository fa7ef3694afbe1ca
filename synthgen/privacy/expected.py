"""What is known of a table before it is scanned: columns that a recipe declares, values that a source holds.

A scan of files knows nothing about them. Whoever knows more hands `scan_paths` an `Expected`, which is asked once for
each batch of rows. It goes to worker processes, so it must be picklable and keep nothing between batches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from synthgen.artifacts import Finding
from synthgen.columns import Column


@dataclass(frozen=True)
class Known:
    """What is known of a batch: its columns with what they declare, entities that a recipe's `pii:` adds, findings.

    `columns` has every column of the batch, by its own name and of the same length; a value that needs no scan is null.
    `marked` maps columns to the entities that they may hold without a proof. `findings` come on top of the scanner's.
    """

    columns: dict[str, Column]
    marked: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


class Expected(Protocol):
    """Knows tables."""

    def known(self, label: str, first_row: int, columns: Mapping[str, pl.Series]) -> Known | None:
        """What is known of these rows of the table `label` (path, or `path#part`); None for nothing.

        `first_row` is the number of the batch's first row, from 0.
        """
