"""What was met in an export, before it is judged: figures that add up over batches and workers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from synthgen.artifacts import Finding
from synthgen.privacy.leakage.chance import allowance, exceeds

RECOGNIZER = "synthgen:leakage"


@dataclass(frozen=True)
class Evidence:
    """Matches of one kind in one place.

    `rows` of the export are concerned, the first of them is `row`. `observed` counts distinct matches where chance is
    weighed: against `independent` expected ones, and the pairs within source and export (`chance.allowance`), at a
    probability of `level`. A level of None says that chance explains no match at all.
    """

    source: str
    table: str
    column: str | None
    entity: str
    what: str
    rows: int
    row: int
    observed: int = 0
    independent: float = 0.0
    pairs: tuple[int, int] = (0, 0)
    level: float | None = None

    @property
    def allowed(self) -> float:
        """How many matches chance is allowed."""
        return allowance(self.independent, *self.pairs)

    def finding(self) -> Finding | None:
        """The finding, if chance does not explain the matches."""
        message = f"{self.what} '{self.source}'"
        if self.level is not None:
            if not exceeds(self.observed, self.allowed, self.level):
                return None
            message += f": {self.observed:,} met, chance explains {self.allowed:.2g}"
        return Finding(
            "leak", self.table, self.column, self.row, self.entity, count=self.rows, message=message,
            recognizer=RECOGNIZER,
        )  # fmt: skip


def judged(found: Iterable[Evidence]) -> list[Finding]:
    """The findings of all evidence: matches in one place add up, and so does what chance gives."""
    merged: dict[tuple[str, str, str | None, str, str], Evidence] = {}
    for e in found:
        key = (e.source, e.table, e.column, e.entity, e.what)
        known = merged.get(key)
        if known is None:
            merged[key] = e
            continue
        rows = [x.row for x in (known, e) if x.rows]
        merged[key] = replace(
            known,
            rows=known.rows + e.rows,
            row=min(rows, default=known.row),
            observed=known.observed + e.observed,
            independent=known.independent + e.independent,
            pairs=(known.pairs[0], known.pairs[1] + e.pairs[1]),
        )
    return [finding for e in merged.values() if e.rows and (finding := e.finding()) is not None]
