"""The allow-list: findings that somebody answers for, until a date.

A YAML file with one entry for each finding, or for each kind of finding in some files:

    - fingerprint: 3c1f0d9ab1e2c4d7
      entity: EMAIL_ADDRESS
      path: docs/contact.md
      reason: the public address of the project
      owner: docs team
      expires: 2027-06-30

An entry matches by `fingerprint`, or by `entity` and `path` (with `*`, `?` and `**`) and, if given, `column`; what else
it names must fit too. `reason`, `owner` and `expires` are required. An entry holds through the day that it expires on.
After that it lets nothing pass and is a finding itself, so that no exception lives for ever.

No line of the file is shown in a problem or a finding: people paste values into such files.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

from synthgen.artifacts import Finding
from synthgen.errors import Place, Problem, UsageError, did_you_mean
from synthgen.recipe.model import Node
from synthgen.recipe.source import read

DEFAULT = Path(".synthgen-allow.yaml")
"""Read from the working directory if it is there."""

KEYS = ("fingerprint", "entity", "path", "column", "reason", "owner", "expires")
_REQUIRED = ("reason", "owner", "expires")
_FINGERPRINT = re.compile(r"[0-9a-f]{16}(?:-[0-9a-f]{5})?")
_LONG = timedelta(days=366)


@dataclass(frozen=True)
class Entry:
    """One entry; `place` is where it begins. Empty fields are not asked for."""

    place: Place
    reason: str
    owner: str
    expires: date
    fingerprint: str = ""
    entity: str = ""
    path: str = ""
    column: str = ""

    def matches(self, finding: Finding) -> bool:
        """Whether the entry speaks of this finding."""
        return (
            self.fingerprint in ("", finding.fingerprint)
            and self.entity in ("", finding.kind)
            and (not self.path or covers(self.path, finding.table))
            and (not self.column or fnmatchcase(finding.column or "", self.column))
        )

    @property
    def mark(self) -> str:
        """Tells entries apart in fingerprints: five hexadecimal digits over what the entry matches."""
        said = "\0".join((self.fingerprint, self.entity, self.path, self.column))
        return hashlib.sha256(said.encode()).hexdigest()[:5]


@dataclass(frozen=True)
class Applied:
    """Findings that are left (expired entries are among them), how many were let pass, and what to warn of."""

    findings: list[Finding]
    suppressed: int = 0
    warnings: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class AllowList:
    """The entries of a file, in its order."""

    file: Path
    entries: Sequence[Entry] = ()

    def apply(self, findings: Sequence[Finding], files: Sequence[str], on: date) -> Applied:
        """Let pass what valid entries match on that day. `files` are those that were scanned.

        An entry that matches nothing is warned of, but not if it is about files that were not scanned.
        """
        valid = [e for e in self.entries if e.expires >= on]
        used: set[Entry] = set()
        left: list[Finding] = []
        for finding in findings:
            matching = [e for e in valid if e.matches(finding)]
            used.update(matching)
            if not matching:
                left.append(finding)
        warnings = [p for e in valid for p in _doubts(e, e in used, files, on)]
        expired = [_expired(e) for e in self.entries if e.expires < on]
        return Applied([*left, *expired], len(findings) - len(left), warnings)


def today() -> date:
    """The date by the system's clock, UTC. The only clock that is read: an exception ends on a day of the calendar."""
    return datetime.now(UTC).date()


def covers(pattern: str, table: str) -> bool:
    """Whether a path pattern matches a table: `path`, `path#part`, `archive!path`.

    `*` and `?` stay within a folder, `**` goes across.

    >>> covers("docs/**/*.md", "docs/a/b/c.md"), covers("*.xlsx", "shop.xlsx#Orders"), covers("*.csv", "a/b.csv")
    (True, True, False)
    """
    parts = pattern.removeprefix("./").split("/")
    table = table.replace("\\", "/")
    texts = dict.fromkeys((table, table.rpartition("#")[0], table.partition("!")[0]))
    return any(_fits(parts, text.split("/")) for text in texts if text)


def _fits(pattern: Sequence[str], path: Sequence[str]) -> bool:
    """Segment by segment; row `i` says which beginnings of the pattern match the first `i` segments of the path."""
    reached = [True] + [False] * len(pattern)
    for j, part in enumerate(pattern):
        reached[j + 1] = reached[j] and part == "**"
    for segment in path:
        before, reached = reached, [False] * (len(pattern) + 1)
        for j, part in enumerate(pattern):
            if part == "**":
                reached[j + 1] = before[j + 1] or reached[j] or before[j]
            else:
                reached[j + 1] = before[j] and fnmatchcase(segment, part)
    return reached[-1]


def load(file: Path) -> AllowList:
    """Read an allow-list. Raises UsageError with all problems at once."""
    node, problems, _ = read(file)
    problems = [_quiet(p) for p in problems]
    if node is None and not problems:
        problems = [Problem("bad-allow-list", f"{file} cannot be read")]
    if [p.code for p in problems] == ["empty"]:
        return AllowList(file)  # nothing but comments
    entries: list[Entry] = []
    if node is not None:
        if not isinstance(node.value, list):
            problems.append(_problem(node, "an allow-list is a list of entries", "begin each entry with '- '"))
        else:
            for item in node.children.values():
                entry, wrong = _entry(item)
                problems += wrong
                entries += [entry] if entry else []
    if problems:
        raise UsageError(sorted(problems, key=lambda p: p.place or Place("", 0, 0)))
    return AllowList(file, tuple(entries))


def _entry(node: Node) -> tuple[Entry | None, list[Problem]]:
    if not isinstance(node.value, dict):
        return None, [_problem(node, "an entry has keys and values", f"known: {', '.join(KEYS)}")]
    wrong: list[Problem] = []
    found: dict[str, str] = {}
    for key, child in node.children.items():
        if key not in KEYS:
            place = node.keys.get(str(key), node.place)
            remedy = did_you_mean(str(key), KEYS) or f"known: {', '.join(KEYS)}"
            wrong.append(Problem("bad-allow-list", "this key is not known", place, remedy))
        elif not isinstance(child.value, str | int) or isinstance(child.value, bool) or not str(child.value).strip():
            wrong.append(
                _problem(child, f"'{key}' must be a text that is not empty", f"write it in quotes: {key}: '...'")
            )
        else:
            found[str(key)] = str(child.value).strip()
    missing = [k for k in _REQUIRED if k not in node.children]
    if missing:
        wrong.append(_problem(node, f"an entry needs {' and '.join(missing)}", "say why, who answers, and until when"))
    wrong += _matching(node, found)
    expires = _date(found.get("expires", ""))
    if "expires" in found and expires is None:
        wrong.append(_problem(node.children["expires"], "'expires' must be a date", "write YYYY-MM-DD"))
    if wrong or expires is None:
        return None, wrong
    return Entry(node.place, **(found | {"expires": expires})), []  # type: ignore[arg-type]  # keys are checked above


def _matching(node: Node, found: dict[str, str]) -> Iterator[Problem]:
    """What is wrong with how an entry matches."""
    if "fingerprint" in found and not _FINGERPRINT.fullmatch(found["fingerprint"]):
        remedy = "copy it from the output of synthgen scan: 16 hexadecimal digits, for a line five more after a '-'"
        yield _problem(node.children["fingerprint"], "this is no fingerprint", remedy)
    if "fingerprint" not in node.children and not {"entity", "path"} <= node.children.keys():
        yield _problem(node, "an entry needs a fingerprint, or an entity and a path", "see docs/scan.md")


def _date(text: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _problem(node: Node, message: str, remedy: str) -> Problem:
    return Problem("bad-allow-list", message, node.place, remedy)


def _quiet(problem: Problem) -> Problem:
    """A problem of the file itself, without the line it shows and the words it quotes."""
    if problem.place is None or problem.code in ("too-large", "too-deep", "not-utf8"):
        return problem
    if problem.code == "empty":
        return replace(problem, excerpt=None)
    what = {"duplicate-key": "a key appears twice in this entry", "bad-yaml": "this is not YAML"}.get(problem.code)
    message = what or "an allow-list holds plain keys and texts only"
    return Problem("bad-allow-list", message, problem.place, problem.remedy)


def _doubts(entry: Entry, used: bool, files: Sequence[str], on: date) -> Iterator[Problem]:
    """Warnings about an entry that is valid."""
    about = [f for f in files if not entry.path or covers(entry.path, f) or covers(entry.path.partition("#")[0], f)]
    if not used and about:
        message = "this entry matches no finding any more"
        yield Problem("unused-allow", message, entry.place, "remove it", severity="warning")
    if entry.expires > on + _LONG:
        message = "this entry expires in more than a year"
        yield Problem("long-allow", message, entry.place, "choose an earlier date", severity="warning")


def _expired(entry: Entry) -> Finding:
    message = f"the entry expired on {entry.expires}, and what it let pass counts again"
    return Finding("allow", entry.place.file, message=message, line=entry.place.line, mark=entry.mark)
