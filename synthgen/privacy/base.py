"""What a recognizer is: one entity, one file, text in and matches out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Match:
    """A PII-shaped span of a text: half-open character offsets, entity name, score in [0, 1]."""

    entity: str
    start: int
    end: int
    score: float
    recognizer: str


class Recognizer(Protocol):
    """Finds one entity in a text.

    `prefilter` is a regex in Rust syntax that matches every text that `find` could match (a superset), so that a whole
    column is filtered in one pass; None means that every text must be tried. `context` are lower-case words that, in
    the column's name or near the match, let a weak pattern count.
    """

    entity: str
    prefilter: str | None
    context: tuple[str, ...]

    def find(self, text: str, context: str = "") -> list[Match]:
        """All matches in `text`; `context` is the column's name."""
