"""Scanning files: what `synthgen scan` does, and its Python API."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from synthgen.artifacts import Finding, Verdict
from synthgen.errors import did_you_mean, usage
from synthgen.gate import judge
from synthgen.privacy.account import INDIRECT

Progress = Callable[[Path, int, int], None]
Level = Literal["error", "warning", "note"]
FailOn = Literal["error", "warning", "note", "never"]
LEVELS: tuple[FailOn, ...] = ("error", "warning", "note", "never")
MODES: tuple[Literal["none", "reserved"], ...] = ("none", "reserved")


@dataclass(frozen=True)
class ScanResult:
    """What a scan came to.

    `verdict` did not pass if a finding is at or above the level that fails. `findings` are those of the verdict, in
    order. `files` counts files, `rows` rows and lines of text, `suppressed` findings that an allow-list or a comment
    let pass. `names` are the files that were read, `scanned` says by what.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    suppressed: int
    files: int
    rows: int
    seconds: float
    scanned: dict[str, Any]
    names: tuple[str, ...] = ()


def scan(
    targets: Sequence[str | Path],
    *,
    pii: str = "reserved",
    ner: str = "auto",
    min_score: float | None = None,
    fail_on: str = "warning",
    progress: Progress | None = None,
) -> ScanResult:
    """Scan files and folders: only reserved ranges excuse a value.

    Findings below `min_score` are left out. The verdict does not pass if a finding is at or above the level `fail_on`
    (`never`: only what could not be scanned). Raises UsageError for a target that does not exist and for bad settings.
    """
    from synthgen.privacy.files import scan_paths  # readers of every format: only a scan pays for them

    started = time.perf_counter()
    mode, fails = _settings(pii, min_score, fail_on)
    names: dict[str, None] = {}

    def advance(path: Path, done: int, total: int) -> None:
        names[_shown(str(path))] = None
        if progress is not None:
            progress(path, done, total)

    found = scan_paths([Path(t) for t in targets], mode, ner="off" if ner == "off" else "auto", progress=advance)
    kept = [
        replace(f, table=_shown(f.table)) for f in found.findings if f.score is None or f.score >= (min_score or 0.0)
    ]
    findings = judge(kept, on_finding="block", scanned={}).findings
    verdict = Verdict(not any(counts(f, fails) for f in findings), findings, dict(found.described))
    seconds = time.perf_counter() - started
    return ScanResult(verdict, findings, 0, found.files, found.rows, seconds, verdict.scanned, tuple(names))


def level(finding: Finding) -> Level:
    """How bad a finding is: an error, but for personal data that does not identify anybody by itself (a warning)."""
    return "warning" if finding.code == "pii" and finding.entity in INDIRECT else "error"


def counts(finding: Finding, fail_on: FailOn) -> bool:
    """Whether a finding fails the scan; what could not be scanned always does."""
    if finding.code == "unscanned":
        return True
    return LEVELS.index(level(finding)) <= LEVELS.index(fail_on) and fail_on != "never"


def _settings(pii: str, min_score: float | None, fail_on: str) -> tuple[Literal["none", "reserved"], FailOn]:
    if pii not in MODES:
        raise usage("bad-value", f"a scan cannot hold files to pii: {pii}", "write none or reserved")
    if fail_on not in get_args(FailOn):
        raise usage("bad-value", f"there is no level '{fail_on}' to fail on", did_you_mean(fail_on, LEVELS))
    if min_score is not None and not 0 <= min_score <= 1:
        raise usage("bad-value", f"a score of {min_score} is not between 0 and 1", "write --min-score 0.5")
    return MODES[MODES.index(pii)], LEVELS[LEVELS.index(fail_on)]


def _shown(table: str) -> str:
    """A path below the working directory as a relative one: the same on every machine."""
    here = f"{Path.cwd()}/"
    return table.removeprefix(here)
