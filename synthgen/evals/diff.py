"""What changed between two versions of an eval set, and the version that the change asks for.

A changed or removed gold makes old and new results incomparable: major. Added cases, or another wording with the same
gold: minor. Anything else that differs (slices, templates, the order): patch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Bump = Literal["none", "patch", "minor", "major"]
_GOLD = ("target", "extra")
_SEEN = ("input", "messages", "context", "tools", "choices")
_IGNORED = ("canary", "attempt")
Version = tuple[int, int, int]


@dataclass(frozen=True)
class Difference:
    """Ids of one set's cases by what happened to them, and both versions as they are declared."""

    name: str
    old: str
    new: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    regraded: tuple[str, ...] = ()  # another gold
    reworded: tuple[str, ...] = ()  # another input, the same gold
    relabelled: tuple[str, ...] = ()  # other metadata alone

    @property
    def bump(self) -> Bump:
        """The part of the version that must rise at least."""
        if self.removed or self.regraded:
            return "major"
        if self.added or self.reworded:
            return "minor"
        return "patch" if self.relabelled else "none"

    @property
    def due(self) -> str:
        """The least version that the new set may have."""
        return ".".join(map(str, _raised(parsed(self.old), self.bump)))

    @property
    def enough(self) -> bool:
        """Whether the new set's version says what happened."""
        return parsed(self.new) >= parsed(self.due)

    def markdown(self) -> str:
        """The change as an entry of a changelog; long lists of ids are cut."""
        lines = [f"## {self.name} {self.due if not self.enough else self.new}", ""]
        for title, ids in self.parts():
            if ids:
                lines.append(f"- {title}: {len(ids)} ({_some(ids)})")
        if len(lines) == 2:
            lines.append("- No change.")
        return "\n".join(lines) + "\n"

    def parts(self) -> list[tuple[str, tuple[str, ...]]]:
        """Titles and ids."""
        return [
            ("Added", self.added),
            ("Removed", self.removed),
            ("Changed gold", self.regraded),
            ("Changed wording", self.reworded),
            ("Changed labels", self.relabelled),
        ]


def compare(
    name: str, old: str, new: str, before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]
) -> Difference:
    """The difference of two case tables, given as rows; cases are the same where their ids are."""
    first = {str(row["id"]): row for row in before}
    second = {str(row["id"]): row for row in after}
    both = [i for i in second if i in first]
    regraded = [i for i in both if _differ(first[i], second[i], _GOLD)]
    rest = [i for i in both if i not in set(regraded)]
    reworded = [i for i in rest if _differ(first[i], second[i], _SEEN)]
    rest = [i for i in rest if i not in set(reworded)]
    others = [c for row in list(second.values())[:1] for c in row if c not in (*_GOLD, *_SEEN, *_IGNORED)]
    return Difference(
        name,
        old,
        new,
        added=tuple(i for i in second if i not in first),
        removed=tuple(i for i in first if i not in second),
        regraded=tuple(regraded),
        reworded=tuple(reworded),
        relabelled=tuple(i for i in rest if _differ(first[i], second[i], others)),
    )


def parsed(version: str) -> Version:
    """A version as numbers.

    >>> parsed("1.10.0") > parsed("1.9.3")
    True
    """
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch


def _raised(version: Version, bump: Bump) -> Version:
    major, minor, patch = version
    return {
        "none": version,
        "patch": (major, minor, patch + 1),
        "minor": (major, minor + 1, 0),
        "major": (major + 1, 0, 0),
    }[bump]


def _differ(a: Mapping[str, Any], b: Mapping[str, Any], columns: Iterable[str]) -> bool:
    return any(_text(a.get(c)) != _text(b.get(c)) for c in columns)


def _text(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _some(ids: tuple[str, ...], most: int = 5) -> str:
    shown = ", ".join(ids[:most])
    return shown if len(ids) <= most else f"{shown}, ..."
