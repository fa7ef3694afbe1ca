"""Annotations of GitHub: one workflow command a finding, shown beside the line it is about.

The escapes are those of the runner's own toolkit (actions/toolkit, packages/core/src/command.ts): `%`, carriage return
and line feed everywhere, `:` and `,` in properties too. Nothing in a name can end the command or begin another.
"""

from __future__ import annotations

from synthgen.reporting.report import LEVELS, Item, Report, clean, sentence

_COMMAND = {"error": "error", "warning": "warning", "note": "notice"}


def github(report: Report) -> str:
    """The annotations, the worst first because few are shown, and a last line that counts."""
    ordered = sorted(report.items, key=lambda i: LEVELS.index(i.rule.level))
    lines = [_annotation(report, item) for item in ordered]
    counts = ", ".join(f"{n} {level}{'' if n == 1 else 's'}" for level, n in report.levels.items()) or "0 findings"
    files = f"{len(report.files)} file{'' if len(report.files) == 1 else 's'}"
    allowed = f"; {report.suppressed} let pass" if report.suppressed else ""
    return "\n".join([*lines, f"synthgen scan: {counts} in {files}{allowed}"]) + "\n"


def _annotation(report: Report, item: Item) -> str:
    finding = item.finding
    fields = {"file": clean(report.file(finding), keep="\r\n")}
    if finding.line is not None:
        fields["line"] = str(finding.line)
    fields["title"] = f"{finding.kind} ({finding.fingerprint})"
    said = ",".join(f"{name}={_property(text)}" for name, text in fields.items())
    message = f"{sentence(item, report.place(finding))}\n{item.rule.remedy}"
    return f"::{_COMMAND[item.rule.level]} {said}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
