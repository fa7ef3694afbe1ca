"""What can go wrong, and how it is told: one base error, each problem with place, code and remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, order=True)
class Place:
    """A position in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, in words a user can act on.

    `code` is a stable kebab-case identifier (`unknown-key`, `impossible-unique`). `excerpt` is the source line that
    `place` points at, shown with a caret. No field ever holds a matched PII value.
    """

    code: str
    message: str
    place: Place | None = None
    remedy: str | None = None
    excerpt: str | None = None
    severity: Literal["error", "warning", "note"] = "error"

    def format(self) -> str:
        """Render as `file:line:col: code: message`, the source line with a caret, and the remedy."""
        head = f"{self.place}: " if self.place else ""
        kind = "" if self.severity == "error" else f"{self.severity}: "
        lines = [f"{head}{kind}{self.code}: {self.message}"]
        if self.place and self.excerpt is not None:
            lines += [f"    {self.excerpt}", "    " + " " * (self.place.column - 1) + "^"]
        if self.remedy:
            lines.append(f"    {self.remedy}")
        return "\n".join(lines)


class SynthgenError(Exception):
    """Base of every error that synthgen raises on purpose; carries all problems at once."""

    exit_code: ClassVar[int] = 1

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(p.format() for p in self.problems))

    def __reduce__(self) -> tuple[type[SynthgenError], tuple[tuple[Problem, ...]]]:
        """Keep the problems whole on the way from a worker process."""
        return type(self), (self.problems,)


class RecipeError(SynthgenError):
    """The recipe, a schema or another input cannot be used as it stands (exit code 2)."""

    exit_code = 2


class UsageError(SynthgenError):
    """The command line or the call is wrong: a missing file, a bad flag (exit code 2)."""

    exit_code = 2


class BlockedError(SynthgenError):
    """The gate refused the export, or a check of an export failed (exit code 3)."""

    exit_code = 3


class PluginError(SynthgenError):
    """A plug-in is missing, broken or registered twice (exit code 2)."""

    exit_code = 2


def usage(code: str, message: str, remedy: str | None = None) -> UsageError:
    """Build a one-problem UsageError."""
    return UsageError(Problem(code, message, remedy=remedy))


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A remedy that names the closest known word, or lists the known words when there are few."""
    known = list(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    if known and len(known) <= 12:
        return "known: " + ", ".join(known)
    return None
