"""Whatever a source is - a URL, a file, a folder - to the importer that reads it."""

from __future__ import annotations

import gzip
import re
import tempfile
from dataclasses import replace
from pathlib import Path

from synthgen.errors import SynthgenError, did_you_mean, usage
from synthgen.schema.importers.result import ImportResult

_SQL = (".sql", ".ddl", ".psql", ".dump")
_SQLITE = (".sqlite", ".sqlite3", ".db", ".db3", ".s3db")
_DUCKDB = (".duckdb", ".ddb")
_CONTRACTS = (".odcs.yaml", ".odcs.yml", ".yaml", ".yml")
_URL = re.compile(r"[A-Za-z][\w+.-]+://|duckdb:|sqlite:")


def import_source(source: str, *, dialect: str | None = None) -> ImportResult:
    """Tables of a database URL, SQL DDL, a SQLite or DuckDB file, a data contract, sample files or a folder of them.

    `dialect` is for SQL DDL. Raises UsageError and RecipeError with remedies; no password appears in any of them.
    """
    if _URL.match(source):
        from synthgen.schema.importers.database import import_database

        return import_database(source)
    path = Path(source)
    if not path.exists():
        near = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise usage("missing-file", f"there is no file {source}", did_you_mean(path.name, near) or "check the path")
    if path.is_dir():
        return _folder(path, dialect)
    return _file(path, dialect)


def _file(path: Path, dialect: str | None) -> ImportResult:
    name = path.name.lower().removesuffix(".gz")
    if path.stat().st_size == 0:
        raise usage("empty-file", f"{path.name} is empty", "give a file with tables or data")
    with path.open("rb") as file:
        head = file.read(16)
    if name.endswith(_SQL):
        from synthgen.schema.importers.ddl import import_ddl

        return import_ddl(path, dialect)
    if path.suffix.lower() == ".gz" and name.endswith((*_SQLITE, *_DUCKDB)):
        return _unpacked(path, Path(name).suffix)
    if head.startswith(b"SQLite format 3"):
        from synthgen.schema.importers.database import import_sqlite

        return import_sqlite(path)
    if name.endswith(_DUCKDB) or head[8:12] == b"DUCK":
        from synthgen.schema.importers.duckdb_file import import_duckdb

        return import_duckdb(path)
    if name.endswith(_SQLITE):
        raise usage("unreadable", f"{path.name} is not a SQLite file", "check the file")
    if name.endswith(_CONTRACTS):
        from synthgen.schema.load import load_contracts

        return ImportResult(load_contracts(path))
    from synthgen.schema.importers.sample import import_sample

    return import_sample(path)


def _unpacked(path: Path, suffix: str) -> ImportResult:
    """A packed database file is unpacked beside nothing of the user's: into a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="synthgen-") as folder:
        target = Path(folder) / f"{path.name.split('.')[0]}{suffix}"
        try:
            with gzip.open(path) as packed, target.open("wb") as plain:
                while block := packed.read(1 << 20):
                    plain.write(block)
        except (OSError, EOFError):
            raise usage("unreadable", f"{path.name} is not a gzip file", "check the file") from None
        return _file(target, None)


def _folder(path: Path, dialect: str | None) -> ImportResult:
    """A folder's data files; if it has none, its SQL files, each with its own tables."""
    from synthgen.schema.importers.sample import import_sample, is_sample

    if any(is_sample(p) for p in path.rglob("*") if p.is_file()):
        return import_sample(path)
    scripts = sorted(p for p in path.iterdir() if p.is_file() and p.name.lower().removesuffix(".gz").endswith(_SQL))
    if not scripts:
        return import_sample(path)  # says that there is nothing
    return _scripts(scripts, dialect)


def _scripts(scripts: list[Path], dialect: str | None) -> ImportResult:
    """Migrations and other sets of scripts: read as one, in the order of their names."""
    from synthgen.schema.importers.ddl import import_ddl, read_ddl

    text = ";\n".join(read_ddl(p) for p in scripts)
    try:
        return import_ddl(text, dialect)
    except SynthgenError as error:
        raise type(error)(
            [replace(p, message=p.message.replace("DDL", scripts[0].parent.name)) for p in error.problems]
        ) from None
