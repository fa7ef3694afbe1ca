"""What every importer returns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from synthgen.errors import Problem
from synthgen.schema.table import TableSchema


@dataclass(frozen=True)
class ImportResult:
    """Tables with their keys and references, and what could not be carried over (severity `warning`)."""

    tables: list[TableSchema]
    warnings: list[Problem] = field(default_factory=list)


def safe_names(names: Iterable[str]) -> list[str]:
    """Table names that can stand in recipes and name files: no `#`, slashes or control characters; each once.

    >>> safe_names(["a/b", "a_b", "Bad Name 123!@#"])
    ['a_b', 'a_b_2', 'Bad Name 123!@']
    """
    found: list[str] = []
    for name in names:
        plain = re.sub(r"[/\\:]", "_", re.sub(r"[#\x00-\x1f]", "", name)).strip(". ")[:100] or "table"
        made, i = plain, 2
        while made.lower() in (f.lower() for f in found):
            made, i = f"{plain}_{i}", i + 1
        found.append(made)
    return found
