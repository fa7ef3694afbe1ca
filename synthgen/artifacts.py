"""The nouns on the line that come after generation: Finding, Verdict, Cleared."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn
from weakref import WeakKeyDictionary


@dataclass(frozen=True, order=True)
class Finding:
    """Something that blocks an export. It names entity, place and score, and never holds the matched value.

    `code` is `pii` (an unaccounted PII-shaped value), `check` (a recipe check failed), `contract` (a schema rule
    failed), `unscanned` (a column or file that could not be scanned: fail closed), `integrity` (a key or reference),
    `gold` (an eval case whose answer is not proven), `audit` (an eval set that breaks a limit), `leak` (a value of a
    source), `allow` (an entry of an allow-list that has expired) or `signature` (of an export, missing or wrong).
    `row` is the 0-based row of the first occurrence in the table, `count` how many rows are concerned.
    `line` is the 1-based line of a text file. `mark` tells lines apart: five hexadecimal digits, the first 20 bits of
    the sha256 of the line's text, which are too few to find the text by.
    """

    code: Literal["pii", "check", "contract", "unscanned", "integrity", "gold", "audit", "leak", "allow", "signature"]
    table: str
    column: str | None = None
    row: int | None = None
    entity: str | None = None
    score: float | None = None
    count: int = 1
    message: str = ""
    recognizer: str | None = None
    line: int | None = None
    mark: str = ""

    @property
    def kind(self) -> str:
        """What is found: the entity where it is personal data, else the code (`unscanned`, `leak:EMAIL_ADDRESS`)."""
        if self.entity is None:
            return self.code
        return self.entity if self.code == "pii" else f"{self.code}:{self.entity}"

    @property
    def fingerprint(self) -> str:
        """The name of this finding in allow-lists and reports: 16 hexadecimal digits over kind, table and column.

        The mark of a line follows after a hyphen. Rows, line numbers and counts are left out, so that a finding keeps
        its name when a file grows or is edited above it.
        """
        place = "\0".join((self.kind, self.table.replace("\\", "/"), self.column or ""))
        digest = hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return f"{digest}-{self.mark}" if self.mark else digest

    def to_json(self) -> dict[str, Any]:
        """The finding as a plain object, for `--json` and the manifest; what is empty is left out."""
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


class Cleared:
    """The gate's leave to publish. An exporter publishes for nothing else, and only the gate can make one.

    The verdict is kept outside the object, by identity: an object that came about in any other way (`object.__new__`,
    a copy, a pickle, a subclass) has none, and asking for it raises TypeError.
    """

    __slots__ = ("__weakref__",)

    def __new__(cls) -> Cleared:
        """Refuse; see `claim_issuer`."""
        raise TypeError("only the gate makes Cleared")

    def __init_subclass__(cls) -> None:
        raise TypeError("Cleared has no subclasses")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("Cleared is neither copied nor pickled: ask the gate")

    @property
    def verdict(self) -> Verdict:
        """The verdict that was cleared; raises TypeError if the gate did not make this object."""
        try:
            return _cleared[self]
        except KeyError:
            raise TypeError("this Cleared was not made by the gate") from None


_cleared: WeakKeyDictionary[Cleared, Verdict] = WeakKeyDictionary()
_claimed: list[str] = []


def claim_issuer(module: str) -> Callable[[Verdict], Cleared]:
    """The function that makes Cleared, handed out once: to the gate, when it is imported."""
    if _claimed:
        raise TypeError(f"{_claimed[0]} is the gate already")
    _claimed.append(module)

    def issue(verdict: Verdict) -> Cleared:
        cleared = object.__new__(Cleared)
        _cleared[cleared] = verdict
        return cleared

    return issue
