"""Files against a source: what each table and text of them shares with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from synthgen.artifacts import Finding
from synthgen.privacy.leakage.evidence import Evidence, judged
from synthgen.privacy.leakage.fingerprint import Fingerprint
from synthgen.privacy.readers import Unread, UnreadableError
from synthgen.privacy.sources import Input

Progress = Callable[[str, int, int], None]


def leaks(fingerprint: Fingerprint, inputs: Sequence[Input], progress: Progress | None = None) -> list[Finding]:
    """Findings of all inputs, in their order. What cannot be read is left to the scan, which tells of it.

    `progress` is called before each input with its place, the number of inputs done and of all.
    """
    found: list[Finding] = []
    for done, one in enumerate(inputs):
        if progress is not None:
            progress(one.shown, done, len(inputs))
        found += _input(fingerprint, one)
    return found


def _input(fingerprint: Fingerprint, one: Input) -> list[Finding]:
    evidence: dict[str, list[Evidence]] = {}
    rows: dict[str, int] = {}
    texts: set[str] = set()
    try:
        for source in one.sources():
            for item in source.items():
                if isinstance(item, Unread):
                    continue
                label = item.label(source.shown)
                first = rows.get(label, 0)
                if item.lines is not None:
                    texts.add(label)
                    first = int(item.lines[0]) - 1 if len(item.lines) else first
                evidence.setdefault(label, []).extend(fingerprint.evidence(label, item.columns, first))
                rows[label] = first + item.rows
    except (UnreadableError, OSError):
        pass
    return [_placed(f, f.table in texts) for several in evidence.values() for f in judged(several)]


def _placed(finding: Finding, is_text: bool) -> Finding:
    """A row of a text is a line."""
    if not is_text or finding.row is None:
        return finding
    return replace(finding, row=None, column=None, line=finding.row + 1)
