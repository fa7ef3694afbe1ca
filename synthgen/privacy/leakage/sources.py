"""Opening a source: a fingerprint file, or the data itself, which is then read as one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from synthgen.artifacts import Finding
from synthgen.errors import UsageError, usage
from synthgen.privacy.leakage.evidence import Evidence, judged
from synthgen.privacy.leakage.fingerprint import Fingerprint, make
from synthgen.privacy.leakage.source import Settings
from synthgen.privacy.leakage.storage import is_fingerprint
from synthgen.privacy.readers import Batch, UnreadableError, batches

SUFFIX = ".fp"


def open_source(path: Path, settings: Settings | None = None, salt: bytes | None = None) -> Fingerprint:
    """The fingerprint that a file is, or that its data give.

    Data get a salt from their own sha256: the fingerprint is not written, so nobody needs it to be secret, and a run
    stays a function of what it reads. Raises UsageError for a file that is missing, damaged or cannot be read, and for
    settings beside a fingerprint, which holds its own.
    """
    if is_fingerprint(path) or path.suffix == SUFFIX:
        if settings is not None and settings != Settings():
            message = f"{path} is a fingerprint: which columns identify was settled when it was made"
            raise usage("contradiction", message, "name the columns to synthgen fingerprint instead")
        return Fingerprint.load(path, salt)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
    except FileNotFoundError:
        message = f"there is no file '{path}'"
        raise usage("missing-file", message, "name a fingerprint or a data file") from None
    except OSError as error:
        message = f"{path} cannot be read ({type(error).__name__})"
        raise usage("unreadable-source", message, "name a fingerprint or a data file") from None
    made = make(stem(path), tables_of(path), digest.digest(), settings, salt_inside=False)
    return Fingerprint(made.name, made.salt, made.tables, made.canaries, False, digest.hexdigest())


def tables_of(path: Path, name: str | None = None) -> Iterator[tuple[str, Batch]]:
    """The batches of a data file with the name of their table: what the file calls it, or the file's own name.

    Raises UsageError for a file that cannot be read.
    """
    found = False
    try:
        for batch in batches(path):
            found = True
            yield name or batch.part or stem(Path(batch.inner.lstrip("!") or path)), batch
    except UnreadableError as error:
        message = f"{path} cannot be read: {error}"
        raise usage("unreadable-source", message, "name a csv, parquet, jsonl, xlsx, sqlite or duckdb file") from None
    except FileNotFoundError:
        raise usage("missing-file", f"there is no file '{path}'", "check the path") from None
    except OSError as error:
        raise usage("unreadable-source", f"{path} cannot be read ({type(error).__name__})", "name a file") from None
    if not found:
        raise usage("empty-source", f"{path} holds no rows", "name a file with data")


def tables_at(target: str, name: str | None = None) -> Iterator[tuple[str, Batch]]:
    """The same for a file, for every file of a folder, and for a database or a file at a URL."""
    if "://" not in target:
        path = Path(target)
        if not path.is_dir():
            yield from tables_of(path, name)
            return
    from synthgen.privacy.remote import inputs  # drivers: only URLs pay for them
    from synthgen.privacy.sources import files

    found = False
    for one in inputs(target) if "://" in target else files(Path(target)):
        table = one.shown.partition("#")[2] or stem(Path(one.shown))
        try:
            for piece in one.sources():
                for item in piece.items():
                    if isinstance(item, Batch):
                        found = True
                        yield name or item.part or table, item
                    elif item.reason:
                        raise UnreadableError(item.reason)
        except (UnreadableError, OSError) as error:
            said = str(error) if isinstance(error, UnreadableError) else type(error).__name__
            raise usage("unreadable-source", f"{one.shown} cannot be read: {said}", "leave it out") from None
    if not found:
        raise usage("empty-source", "there are no rows", "name files or tables with data")


def stem(path: Path) -> str:
    """A file's name without its suffixes."""
    return path.name.split(".")[0] or path.name


def checked_files(sources: Sequence[Fingerprint], tables: Mapping[str, Iterable[Path]]) -> list[Finding]:
    """What the files of some tables share with sources; rows count on from file to file of a table.

    A file that cannot be read is an `unscanned` finding.
    """
    evidence: list[Evidence] = []
    trouble: list[Finding] = []
    for table, paths in tables.items():
        rows: dict[str, int] = {}
        for path in paths:
            try:
                for label, batch in tables_of(path, table):
                    first = rows.get(label, 0)
                    for source in sources:
                        evidence += source.evidence(label, batch.columns, first)
                    rows[label] = first + batch.rows
            except UsageError as error:
                if error.problems[0].code != "empty-source":
                    trouble.append(Finding("unscanned", table, message=error.problems[0].message))
    return [*judged(evidence), *trouble]
