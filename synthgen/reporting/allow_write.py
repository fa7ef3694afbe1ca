"""Entries added to an allow-list, sorted, with the comments that it has."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from synthgen.artifacts import Finding
from synthgen.errors import UsageError, usage
from synthgen.reporting.allow import Entry, load

HEADER = """# Findings of `synthgen scan` that somebody answers for. An entry holds through the day that it expires on;
# after that it lets nothing pass and is a finding itself.
"""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./ -]*[A-Za-z0-9]")
_RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off"})


def add(file: Path, findings: Sequence[Finding], *, reason: str, owner: str, expires: date, on: date) -> int:
    """Write an entry for each finding that has none in the file, and say how many.

    Entries are sorted by path, column, entity and fingerprint; comments above an entry move with it. An entry for the
    same finding that has expired by the day `on` is replaced. Raises UsageError for an empty reason or owner, for a
    date that has passed, and if the file is no allow-list or cannot be written.
    """
    for name, text in (("reason", reason), ("owner", owner)):
        if not text.strip():
            raise usage("bad-value", f"the {name} is empty", f"write --{name} '...'")
    if expires < on:
        raise usage("bad-value", f"{expires} has passed", "choose a day to come")
    old = load(file).entries if file.is_file() else ()
    head, blocks = _blocks(file, old)
    new = {f.fingerprint: f for f in findings if f.code != "allow"}
    kept = [(e, b) for e, b in blocks if not (e.expires < on and e.fingerprint in new)]
    known = {e.fingerprint for e, _ in kept}
    made = {p: f for p, f in new.items() if p not in known}
    if not made:
        return 0
    sortable = [(_order(e.path, e.column, e.entity, e.fingerprint), block) for e, block in kept]
    for print_, f in made.items():
        key = _order(f.table, f.column or "", f.kind, print_)
        sortable.append((key, _written(f, reason.strip(), owner.strip(), expires)))
    text = head + "".join(block for _, block in sorted(sortable, key=lambda pair: pair[0]))
    _replace(file, text, len(sortable))
    return len(made)


def _replace(file: Path, text: str, entries: int) -> None:
    """Write the file, if what is written reads as so many entries."""
    partial = file.with_name(f"{file.name}.part")
    try:
        partial.write_text(text, encoding="utf-8")
        try:
            whole = len(load(partial).entries) == entries
        except UsageError:
            whole = False
        if whole:
            partial.replace(file)
            return
        partial.unlink()
    except OSError as error:
        raise usage("unwritable", f"cannot write {file}: {error.strerror}", "choose another file: --file") from error
    remedy = "write each entry as a block that begins with '- '"
    raise usage("bad-allow-list", f"entries cannot be put among those of {file}", remedy)


def _order(path: str, column: str, entity: str, fingerprint: str) -> tuple[str, ...]:
    return path.replace("\\", "/"), column, entity, fingerprint


def _blocks(file: Path, entries: Sequence[Entry]) -> tuple[str, list[tuple[Entry, str]]]:
    """What stands above the first entry, and each entry's lines with the comments directly above it."""
    if not file.is_file():
        return HEADER, []
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    starts: list[int] = []
    for entry in entries:
        start = entry.place.line - 1
        if lines[start - 1 : start] == ["-"]:
            start -= 1
        while start > 0 and lines[start - 1].lstrip().startswith("#") and (not starts or start - 1 > starts[-1]):
            start -= 1
        starts.append(start)
    if entries and _is_header(lines[starts[0] : entries[0].place.line - 1], starts[0]):
        starts[0] = entries[0].place.line - 1
    ends = [*starts[1:], len(lines)]
    head = lines[: starts[0]] if starts else lines
    blocks = ["\n".join(lines[a:b]).strip("\n") + "\n" for a, b in zip(starts, ends, strict=True)]
    return "".join(f"{line}\n" for line in head), list(zip(entries, blocks, strict=True))


def _is_header(comments: Sequence[str], start: int) -> bool:
    """Whether comments above the first entry are about the file: they begin it and are ours."""
    return start == 0 and "\n".join(comments).startswith(HEADER.rstrip("\n"))


def _written(finding: Finding, reason: str, owner: str, expires: date) -> str:
    fields = {"fingerprint": f'"{finding.fingerprint}"', "entity": _text(finding.kind)}
    fields["path"] = _text(escaped(finding.table))
    if finding.column is not None and finding.line is None:
        fields["column"] = _text(escaped(finding.column))
    fields |= {"reason": _text(reason), "owner": _text(owner), "expires": str(expires)}
    return "- " + "\n  ".join(f"{key}: {text}" for key, text in fields.items()) + "\n"


def escaped(name: str) -> str:
    """A name as a pattern that matches nothing else."""
    return re.sub(r"([*?\[])", r"[\1]", name.replace("\\", "/"))


def _text(text: str) -> str:
    """A scalar of YAML: plain where nothing can be mistaken, else in double quotes with JSON's escapes."""
    if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED:
        return text
    return json.dumps(text)
