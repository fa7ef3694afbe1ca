"""The gate: findings in, a verdict out, and leave to publish for a verdict that passed.

It decides by one rule: what is wrong with the data itself (a failed check, a broken contract, a broken key, something
that could not be scanned) always blocks; unaccounted PII blocks unless the recipe says `on_finding: warn`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from synthgen.artifacts import Cleared, Finding, Verdict, claim_issuer
from synthgen.errors import BlockedError, Problem

_issue = claim_issuer(__name__)


def judge(findings: Sequence[Finding], *, on_finding: Literal["block", "warn"], scanned: Mapping[str, Any]) -> Verdict:
    """The verdict over all findings, which it keeps in a stable order; `scanned` says what was read by what."""
    ordered = tuple(sorted(findings, key=_order))
    return Verdict(not any(blocks(f, on_finding) for f in ordered), ordered, dict(scanned))


def blocks(finding: Finding, on_finding: Literal["block", "warn"]) -> bool:
    """Whether this finding alone keeps the export in."""
    return finding.code != "pii" or on_finding != "warn"


def clear(verdict: Verdict) -> Cleared:
    """Leave to publish; raises BlockedError, with one problem per finding, where the verdict did not pass.

    A verdict that claims to pass over a finding that always blocks was not made by `judge`, and is refused too.
    """
    if not verdict.passed or any(blocks(f, "warn") for f in verdict.findings):
        raise BlockedError(problem(f) for f in verdict.findings)
    return _issue(verdict)


def problem(finding: Finding) -> Problem:
    """A finding as a problem that can be shown: place, entity and score, never a value."""
    place = finding.table if finding.column is None else f"{finding.table}.{finding.column}"
    if finding.row is not None:
        place += f" row {finding.row}"
    said = [place] if place else []
    if finding.entity is not None:
        score = "" if finding.score is None else f" (score {finding.score:.2f})"
        said.append(finding.entity + score)
    if finding.message:
        said.append(finding.message)
    if finding.count > 1:
        said.append(f"{finding.count:,} rows")
    return Problem(finding.code, ": ".join(said))


def _order(finding: Finding) -> tuple[Any, ...]:
    row = -1 if finding.row is None else finding.row
    place = finding.code, finding.table, finding.column or "", row
    return *place, finding.entity or "", finding.score or 0.0, finding.count, finding.message, finding.recognizer or ""
