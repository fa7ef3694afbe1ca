"""Scanning without a recipe: only a reserved range excuses a direct identifier here.

Names have no reserved range, and a fake export is full of them, so they pass by their proof alone: a column passes if
every word of every value is in the public name vocabularies. A full name elsewhere (a category list, a note) is a
finding, and so is a name that no vocabulary has, in a column that is called a name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from synthgen.artifacts import Finding
from synthgen.errors import usage
from synthgen.privacy import spread
from synthgen.privacy.expected import Expected
from synthgen.privacy.scanner import Scanner
from synthgen.privacy.sources import FileInput, FilePiece, Input, Source, files
from synthgen.privacy.tallies import Tally

Progress = Callable[[Any, int, int], None]


@dataclass(frozen=True)
class ScanResult:
    """Findings over all files, how many files and rows (lines of texts) were read, and what scanned them.

    `suppressed` counts findings that a comment in the text lets pass. `described["columns"]` says what
    columns are taken for (`table.column`: entity, confidence); `described["skipped"]` counts files that hold no
    text, by media type.
    """

    findings: tuple[Finding, ...]
    files: int
    rows: int
    suppressed: int = 0
    described: dict[str, Any] = field(default_factory=dict)


def scan_paths(
    targets: Sequence[str | Path],
    mode: Literal["none", "reserved"] = "reserved",
    *,
    ner: str = "auto",
    entities: Collection[str] | None = None,
    workers: int | None = None,
    exclude: Sequence[str] = (),
    expected: Expected | None = None,
    diff: str | None = None,
    progress: Progress | None = None,
) -> ScanResult:
    """Scan files, and folders with all they hold. A file that cannot be read is an `unscanned` finding.

    A target may be a URL: a database, an object or a prefix of object storage, a file of the web.

    - `workers`: processes; the findings do not depend on it. None: one below 64 MiB of files and without
      `ner`, else one for each processor, eight at most.
    - `exclude`: globs of what to leave out of folders, by path below the folder or by name.
    - `expected`: knows what tables declare. Files are not cut then, so that it can tell which row is which.
    - `diff`: a git revision. Only what was added since HEAD and it parted is scanned: see `changes`.
    - `progress` is called before each file with its place, the number of files done and of all.

    Raises UsageError for a target that does not exist or cannot be reached, and for a diff that git cannot make.
    """
    if workers is not None and workers < 1:
        raise usage("bad-value", f"a scan with {workers} workers does nothing", "write 1 or more")
    inputs = inputs_of(targets, exclude, diff)
    make = partial(Scanner, mode, ner=ner, entities=entities, expected=expected)
    count = workers or spread.workers_for(sum(i.size for i in inputs))
    found: list[Finding] = []
    whole = _Whole()
    current, tally = -1, Tally()
    for index, later in spread.run(_jobs(inputs, progress, expected is not None), make, count):
        if index != current:
            whole.take(tally, found)
            current, tally = index, later
        else:
            tally.merge(later)
    whole.take(tally, found)
    if progress is not None and inputs:
        progress(inputs[-1].shown, len(inputs), len(inputs))
    described = Scanner(mode, ner=ner, entities=entities).describe()
    if whole.skipped:
        described["skipped"] = dict(sorted(whole.skipped.items()))
    if whole.columns:
        described["columns"] = whole.columns
    return ScanResult(tuple(found), len(inputs), whole.rows, whole.suppressed, described)


@dataclass
class _Whole:
    """Counts over all inputs."""

    rows: int = 0
    suppressed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    columns: dict[str, Any] = field(default_factory=dict)

    def take(self, tally: Tally, found: list[Finding]) -> None:
        found.extend(tally.result())
        self.rows += tally.rows
        self.suppressed += tally.suppressed
        self.skipped += tally.skipped
        self.columns |= tally.columns


def inputs_of(targets: Sequence[str | Path], exclude: Sequence[str] = (), diff: str | None = None) -> list[Input]:
    """What a scan of the targets reads, each once. Raises UsageError for a target that does not exist."""
    if diff is not None:
        from synthgen.privacy.changes import changes

        return list(_unlike(changes(targets, diff, exclude)))
    return list(_unlike(_listed(targets, exclude)))


def _listed(targets: Sequence[str | Path], exclude: Sequence[str]) -> Iterator[Input]:
    for target in targets:
        if isinstance(target, str) and "://" in target:
            from synthgen.privacy.remote import inputs  # only who names a URL pays for it

            yield from inputs(target, exclude)
        else:
            yield from files(Path(target), exclude)


def _unlike(inputs: Iterator[Input]) -> Iterator[Input]:
    """Each file once, however it was named; by URL, what is not the very same."""
    seen: set[Any] = set()
    for one in inputs:
        key = one.shown if isinstance(one, FileInput) else one
        if key not in seen:
            seen.add(key)
            yield one


def _jobs(inputs: Sequence[Input], progress: Progress | None, whole: bool) -> Iterator[tuple[int, Source]]:
    for index, one in enumerate(inputs):
        if progress is not None:
            progress(one.shown, index, len(inputs))
        for source in one.sources():
            if whole and isinstance(source, FilePiece):
                yield index, replace(source, piece=replace(source.piece, start=0, stop=None, line=1))
                break
            yield index, source
