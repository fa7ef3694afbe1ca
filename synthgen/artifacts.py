"""The nouns on the line that come after generation: Finding, Verdict, Cleared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, order=True)
class Finding:
    """Something that blocks an export. It names entity, place and score, and never holds the matched value.

    `code` is `pii` (an unaccounted PII-shaped value), `check` (a recipe check failed), `contract` (a schema rule
    failed), `unscanned` (a column or file that could not be scanned: fail closed) or `integrity` (a key or reference).
    `row` is the 0-based row of the first occurrence in the table, `count` how many rows are concerned.
    """

    code: Literal["pii", "check", "contract", "unscanned", "integrity"]
    table: str
    column: str | None = None
    row: int | None = None
    entity: str | None = None
    score: float | None = None
    count: int = 1
    message: str = ""
    recognizer: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The finding as a plain object, for `--json` and the manifest."""
        return {k: v for k, v in self.__dict__.items() if v is not None and v != ""}


@dataclass(frozen=True)
class Verdict:
    """The gate's decision. `passed` is False if any finding blocks. `scanned` says what was scanned and by what."""

    passed: bool
    findings: tuple[Finding, ...] = ()
    scanned: dict[str, Any] = field(default_factory=dict)

    @property
    def word(self) -> str:
        """`pass` or `blocked`."""
        return "pass" if self.passed else "blocked"


@dataclass(frozen=True)
class TableReport:
    """What one partition of a table holds: rows, and the staged files by format."""

    table: str
    partition: int
    rows: int
    files: dict[str, str]  # format -> path relative to staging
