"""The defects of one table as they will be planted: every condition parsed, every column's written type known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthgen.defects.spec import Cell, Duplicates, Shuffled
from synthgen.sql import Sql


@dataclass(frozen=True)
class Defect:
    """One kind of defect of one column. `target` is the table and column that an orphan seems to refer to."""

    kind: str
    column: str
    options: Cell
    where: Sql | None = None
    target: tuple[str, str] | None = None


@dataclass(frozen=True)
class Swap:
    """Two columns that change their values in a share of the rows."""

    columns: tuple[str, str]
    rate: float
    where: Sql | None = None


@dataclass(frozen=True)
class DirtyTable:
    """All defects of a table. `as_text` are the columns written as text that are made as something else."""

    cells: Mapping[str, tuple[Defect, ...]] = field(default_factory=dict)
    swaps: tuple[Swap, ...] = ()
    duplicates: Duplicates | None = None
    shuffled: Shuffled | None = None
    as_text: frozenset[str] = frozenset()

    @property
    def kinds(self) -> Mapping[str, frozenset[str]]:
        """The kinds that befall each column, those of copies included."""
        found = {column: {d.kind for d in defects} for column, defects in self.cells.items()}
        for swap in self.swaps:
            for column in swap.columns:
                found.setdefault(column, set()).add("swapped")
        for column in self.duplicates.change if self.duplicates else ():
            found.setdefault(column, set()).add("variant")
        return {column: frozenset(kinds) for column, kinds in found.items()}

    @property
    def repeats(self) -> bool:
        """Whether rows come twice."""
        return self.duplicates is not None and self.duplicates.rate > 0
