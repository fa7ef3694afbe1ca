"""A reserved range as data: a regular expression over the whole value, and the authority that promises the range."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Rule:
    """One range that its authority never assigns.

    `pattern` matches a whole value in any usual spelling. It is read by Rust's engine over columns and by Python's for
    single values, so it uses what both share (no look-around, no back-references). `entities` are the recognizers'
    names that it excuses. `source` says where the range is published, and `checked` how far that was verified.
    """

    name: str
    entities: tuple[str, ...]
    pattern: str
    authority: str
    source: str
    checked: str = "authority"

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(f"^(?:{self.pattern})$", re.IGNORECASE)

    def holds(self, value: str) -> bool:
        """Whether the whole value lies in the range."""
        return self._compiled.match(value) is not None


def union(rules: Sequence[Rule]) -> str:
    """One Rust regex for any of the rules, anchored, ignoring case."""
    return "(?i)^(?:" + "|".join(f"(?:{r.pattern})" for r in rules) + ")$"


def either(values: Sequence[str], between: str = "") -> str:
    """A regex for any of the exact digit or letter strings, with an optional separator class between characters."""
    if not between:
        return "|".join(re.escape(v) for v in values)
    return "|".join(f"{between}?".join(re.escape(c) for c in v) for v in values)
