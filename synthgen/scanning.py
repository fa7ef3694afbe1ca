"""Scanning files: what `synthgen scan` does, and its Python API."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

from synthgen.artifacts import Finding, Verdict
from synthgen.errors import Problem, UsageError, did_you_mean, usage
from synthgen.gate import judge
from synthgen.held import How, Scanned, held
from synthgen.privacy.entities import ENTITIES, entity
from synthgen.privacy.leakage.fingerprint import Fingerprint
from synthgen.privacy.readers.base import label
from synthgen.reporting.allow import DEFAULT, AllowList, Applied, load, today
from synthgen.reporting.allow_write import add
from synthgen.reporting.report import Item, Level, Report, Rule

Progress = Callable[[Any, int, int], None]
FailOn = Literal["error", "warning", "note", "never"]
LEVELS: tuple[FailOn, ...] = ("error", "warning", "note", "never")
MODES = ("none", "reserved")
KINDS = ("direct", "indirect", "quasi")
_PRECISION: dict[str, Literal["very-high", "high", "medium"]] = {"checksum": "very-high", "form": "high"}
_REMEDY = {
    "direct": "take the value out, or put one of a reserved range in its place (synthgen makes such values)",
    "indirect": "take it out, or put made-up values of public word lists in its place (synthgen makes such values)",
    "quasi": "see whether it singles a person out together with other columns; if so, make it coarser",
}
_SECRET = "revoke it first, since copies and history keep it; then take it out"
_ALLOW = "; or answer for it: synthgen allow"
_ALL = "write direct, indirect, quasi or a name of: synthgen list recognizers"
_CODES = {
    "unscanned": Rule(
        "unscanned", "this could not be scanned, so nothing is known of it",
        "convert it to a format that can be read, or leave it out" + _ALLOW, precision="very-high", tags=("coverage",),
    ),
    "contract": Rule(
        "contract", "the file is not what its recipe declares",
        "scan it with the recipe that it was made by, or make it again", tags=("privacy",),
    ),
    "leak": Rule(
        "leak", "a value or a row of the source stands in the data",
        "take it out, or make the data in a way that does not copy rows", tags=("security", "privacy"),
    ),
    "allow": Rule(
        "allow", "an entry of the allow-list has expired",
        "remove the entry and what it let pass, or give it a new date", precision="very-high", tags=("privacy",),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class ScanResult:
    """What a scan came to.

    `verdict` did not pass if a finding is at or above the level that fails. `findings` are those of the verdict, in
    order. `files` counts files, `rows` rows and lines of text, `suppressed` findings that an allow-list or a comment
    let pass. `names` are the files that were read, `scanned` says by what, `warnings` are about the allow-list,
    `notes` say which files were held to which recipe.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    suppressed: int
    files: int
    rows: int
    seconds: float
    scanned: dict[str, Any]
    names: tuple[str, ...] = ()
    warnings: list[Problem] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    fail_on: FailOn = "warning"

    def report(self) -> Report:
        """The result as what the reports of `synthgen.reporting` are made from."""
        ordered = sorted(self.findings, key=lambda f: (f.table, f.line or 0, -1 if f.row is None else f.row, f.kind))
        items = [Item(f, rule(f), counts(f, self.fail_on)) for f in ordered]
        return Report(items, self.names, self.rows, self.suppressed)


@dataclass(frozen=True)
class Allowed:
    """How many entries `allow` added to which file, after scanning how many files."""

    file: Path
    added: int
    files: int
    seconds: float


def scan(
    targets: Sequence[str | Path],
    *,
    pii: str | None = None,
    ner: str = "auto",
    entities: Collection[str] | None = None,
    min_score: float | None = None,
    fail_on: str = "warning",
    allow: Path | Literal["auto"] | None = None,
    on: date | None = None,
    recipe: Path | None = None,
    source: Path | None = None,
    workers: int | None = None,
    exclude: Sequence[str] = (),
    diff: str | None = None,
    progress: Progress | None = None,
) -> ScanResult:
    """Scan files and folders: only reserved ranges excuse a value, and what a recipe declares.

    - `pii`: which PII may stand, `reserved` or `none`. By default what the recipe says, else `reserved`.
    - `entities`: classes (`direct`, `indirect`, `quasi`) or names of entities to look for; direct and indirect ones
      unless given.
    - `min_score`: findings below are left out.
    - `fail_on`: the verdict does not pass if a finding is at or above this level (`never`: only what could not be
      scanned).
    - `allow`: an allow-list, `auto` for `.synthgen-allow.yaml` of the working directory if there is one. `on` is the
      day by which its entries are judged, by default the day of the system's clock.
    - `recipe`: the recipe that the files were made by. An export knows its own.
    - `source`: the fingerprint of a source (`synthgen fingerprint`), of which nothing may stand in the files.
    - `ner`: the engine that finds names in free text. `workers`: processes. `exclude`: globs of what to leave out of
      folders. `diff`: a revision of git; only what was added since is scanned, below the targets or anywhere.

    Raises UsageError for a target that does not exist, for bad settings and for an allow-list that is not one, and
    RecipeError for a recipe that cannot be used.
    """
    started = time.perf_counter()
    fails = checked(pii, min_score, fail_on)
    wanted = selected(entities)
    allowed = _allow_list(allow)
    names: dict[str, None] = {}

    def advance(place: object, done: int, total: int) -> None:
        names[_shown(label(str(place)))] = None
        if progress is not None:
            progress(place, done, total)

    fingerprint = None if source is None else Fingerprint.load(source)
    how = How(ner, wanted, workers, tuple(exclude), diff, fingerprint)
    parts = [part.scan(how, advance) for part in held(targets, pii, recipe, whole=diff is None)]
    found = [replace(f, table=_shown(f.table)) for p in parts for f in p.findings if _asked(f, min_score, wanted)]
    applied = allowed.apply(found, list(names), on or today())
    return _result(parts, applied, tuple(names), fails, time.perf_counter() - started)


def _result(
    parts: Sequence[Scanned], applied: Applied, names: tuple[str, ...], fails: FailOn, seconds: float
) -> ScanResult:
    findings = judge(applied.findings, on_finding="block", scanned={}).findings
    verdict = Verdict(not any(counts(f, fails) for f in findings), findings, _described(parts))
    suppressed = applied.suppressed + sum(p.suppressed for p in parts)
    files, rows = sum(p.files for p in parts), sum(p.rows for p in parts)
    notes = tuple(n for p in parts for n in p.notes)
    return ScanResult(
        verdict, findings, suppressed, files, rows, seconds, verdict.scanned, names, applied.warnings, notes, fails
    )


def _described(parts: Sequence[Scanned]) -> dict[str, Any]:
    """What scanned: the first part's words, with what is told of columns and of files without text in all of them."""
    found = dict(parts[0].described) if parts else {}
    columns = {name: said for p in parts for name, said in p.described.get("columns", {}).items()}
    skipped = sum((Counter(p.described.get("skipped", {})) for p in parts), Counter[str]())
    return found | ({"columns": columns} if columns else {}) | ({"skipped": dict(skipped)} if skipped else {})


def _asked(finding: Finding, min_score: float | None, wanted: frozenset[str] | None) -> bool:
    """Whether the score is high enough and the entity one that was asked for; a whole column can tell an entity too."""
    if finding.code == "pii" and wanted is not None and finding.entity not in wanted:
        return False
    return finding.score is None or min_score is None or finding.score >= min_score


def allow(
    targets: Sequence[str | Path],
    *,
    file: Path | None = None,
    reason: str,
    owner: str,
    expires: date,
    on: date | None = None,
    **settings: Any,
) -> Allowed:
    """Scan with `settings` as in `scan`, and add an entry to the allow-list for each finding that is left.

    Raises UsageError as `scan` does, for an empty reason or owner, and for a date that has passed.
    """
    to, day = file or DEFAULT, on or today()
    result = scan(targets, allow=to if to.is_file() else None, on=day, **settings)
    added = add(to, result.findings, reason=reason, owner=owner, expires=expires, on=day)
    return Allowed(to, added, result.files, result.seconds)


def rule(finding: Finding) -> Rule:
    """What a finding means and what to do about it: by entity for personal data, by code for everything else."""
    if finding.code != "pii" or finding.entity is None:
        known = Rule(finding.code, "what is wrong stands in the message", "see the message", tags=("privacy",))
        return _CODES.get(finding.code, known)
    about = entity(finding.entity)
    remedy = (_SECRET if about.name == "API_KEY" else _REMEDY[about.kind]) + _ALLOW
    precision = _PRECISION.get(about.proof.split()[0], "medium")
    return Rule(about.name, about.about, remedy, about.severity, precision, ("security", "privacy", about.kind))


def level(finding: Finding) -> Level:
    """How bad a finding is: error for what identifies by itself, warning for names and the like, note for the rest."""
    return rule(finding).level


def counts(finding: Finding, fail_on: FailOn) -> bool:
    """Whether a finding fails the scan; what could not be scanned always does."""
    if finding.code == "unscanned":
        return True
    return fail_on != "never" and LEVELS.index(level(finding)) <= LEVELS.index(fail_on)


def selected(entities: Collection[str] | None) -> frozenset[str] | None:
    """The names of entities, with classes spelled out; None for the usual ones. Raises UsageError for unknown ones."""
    if entities is None:
        return None
    known = {name: {name} for name in ENTITIES}
    for kind in KINDS:
        known[kind] = {e.name for e in ENTITIES.values() if e.kind == kind}
    wrong = [
        Problem("unknown-entity", f"there is no entity or class '{e}'", remedy=did_you_mean(e, known) or _ALL)
        for e in entities
        if e not in known
    ]
    if wrong:
        raise UsageError(wrong)
    if not entities:
        raise usage("bad-value", "no entity is named", "write --entities direct,indirect")
    return frozenset(name for e in entities for name in known[e])


def checked(pii: str | None, min_score: float | None, fail_on: str) -> FailOn:
    """The level to fail on; raises UsageError for settings that are none."""
    if pii not in (None, *MODES):
        raise usage("bad-value", f"a scan cannot hold files to pii: {pii}", "write none or reserved")
    if fail_on not in get_args(FailOn):
        raise usage("bad-value", f"there is no level '{fail_on}' to fail on", did_you_mean(fail_on, LEVELS))
    if min_score is not None and not 0 <= min_score <= 1:
        raise usage("bad-value", f"a score of {min_score} is not between 0 and 1", "write --min-score 0.5")
    return LEVELS[LEVELS.index(fail_on)]


def _allow_list(allow: Path | Literal["auto"] | None) -> AllowList:
    if allow is None or (allow == "auto" and not DEFAULT.is_file()):
        return AllowList(DEFAULT)
    return load(DEFAULT if allow == "auto" else Path(allow))


def _shown(table: str) -> str:
    """A path below the working directory as a relative one: the same on every machine."""
    return table.removeprefix(f"{Path.cwd()}/")
