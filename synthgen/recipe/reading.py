"""Reads typed values out of nodes, and notes what is wrong with them instead of stopping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthgen.errors import Problem
from synthgen.recipe.model import Node
from synthgen.registry import did_you_mean


@dataclass
class Reading:
    """One recipe while it is read: where it is, what it may reach, and its problems so far."""

    path: Path
    root: Path
    allow_outside: bool
    problems: list[Problem]
    copies: Path | None = None  # where the files that the recipe names are kept, if not where it says

    def add(self, problem: Problem) -> None:
        """Note a problem."""
        self.problems.append(problem)

    def keys(self, node: Node, known: Iterable[str]) -> None:
        """Every key of a mapping must be a known one."""
        known = list(known)
        for key in node.value:
            if key not in known:
                remedy = did_you_mean(key, known) or f"known: {', '.join(known)}"
                self.add(node.problem("unknown-key", f"'{key}' is not a key here", remedy, key=key))

    def mapping(self, node: Node, name: str, example: str) -> bool:
        """Whether a node is a mapping; a problem if not."""
        if isinstance(node.value, dict):
            return True
        self.add(node.problem("wrong-type", f"'{name}' is a mapping", f"write {example}"))
        return False

    def text(self, node: Node, key: str, default: str | None = None) -> str | None:
        """A text value."""
        if key not in node.children:
            return default
        value = node.children[key].value
        if isinstance(value, str):
            return value
        self.add(
            node.children[key].problem("wrong-type", f"'{key}' is text, not {_kind(value)}", f'quote it: "{value}"')
        )
        return default

    def whole(self, node: Node, key: str, default: int | None, low: int, high: int) -> int | None:
        """A whole number in [low, high]."""
        if key not in node.children:
            return default
        value = node.children[key].value
        if isinstance(value, bool) or not isinstance(value, int):
            self.add(node.children[key].problem("wrong-type", f"'{key}' is a whole number", "write one, such as 100"))
            return default
        if not low <= value <= high:
            message = f"'{key}' must lie between {low:,} and {high:,}"
            self.add(node.children[key].problem("bad-value", message, f"lower or raise it: {value:,} is out of range"))
            return default
        return value

    def share(self, node: Node, key: str) -> float:
        """A share between 0 and 1."""
        value = node.value.get(key, 0.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            self.add(node.at(key).problem("bad-value", f"'{key}' is a share between 0 and 1", "write 0.7 for 70 %"))
            return 0.0
        return float(value)

    def one_of(self, node: Node, key: str, words: Sequence[str], default: str) -> str:
        """One word of a few."""
        value = node.value.get(key, default)
        if value in words:
            return str(value)
        remedy = did_you_mean(str(value), words)
        self.add(node.at(key).problem("bad-value", f"'{key}' cannot be '{value}'", remedy))
        return default

    def names(self, node: Node, key: str) -> tuple[str, ...]:
        """A name or a list of names."""
        value = node.value.get(key)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and value and all(isinstance(v, str) for v in value):
            return tuple(value)
        self.add(node.at(key).problem("wrong-type", f"'{key}' is a column or a list of columns", "write [a, b]"))
        return ()


def _kind(value: object) -> str:
    return {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a mapping"}.get(
        type(value), "nothing"
    )
