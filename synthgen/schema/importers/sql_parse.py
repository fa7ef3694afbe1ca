"""Parses single SQL statements with sqlglot: guesses the dialect, tries others, and salvages what it can."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from synthgen.schema.importers.sql_text import items
from synthgen.schema.importers.sql_types import TypeReader

_NAMES = {  # words in file names
    "postgres": "postgres", "postgresql": "postgres", "pg": "postgres", "psql": "postgres", "pgsql": "postgres",
    "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite", "sqlite3": "sqlite", "oracle": "oracle",
    "sqlserver": "tsql", "mssql": "tsql", "tsql": "tsql", "duckdb": "duckdb", "snowflake": "snowflake",
    "clickhouse": "clickhouse", "bigquery": "bigquery", "redshift": "redshift", "hive": "hive", "spark": "spark",
    "databricks": "databricks", "trino": "trino", "presto": "presto", "teradata": "teradata", "db2": "db2",
}  # fmt: skip
_CUES = {
    "mysql": r"AUTO_INCREMENT|ENGINE\s*=\s*(?:InnoDB|MyISAM)|`\w+`|\bUNSIGNED\b|CHARSET",
    "tsql": r"\bIDENTITY\s*\(|^\s*GO\s*$|\[\w+\]\.\[\w+\]|\bNVARCHAR\s*\(MAX\)|UNIQUEIDENTIFIER|\bCLUSTERED\b|\[dbo\]",
    "oracle": r"VARCHAR2|\bNUMBER\s*\(|\bBINARY_FLOAT\b|\bTABLESPACE\b.*\bPCTFREE\b|\bNUMBER\s+NOT NULL|\bSYSDATE\b",
    "postgres": r"\bSERIAL\b|::\w|\bBYTEA\b|timestamptz|\bjsonb\b|nextval\(|OWNER TO|\$\$|USING\s+(?:btree|gin|gist)"
    r"|search_path|character varying|\bint[248]\b|\btext\[\]|CREATE DOMAIN|AS ENUM",
    "sqlite": r"\bAUTOINCREMENT\b|WITHOUT ROWID|\bPRAGMA\b|\[\w+\]\s+(?:INTEGER|NVARCHAR)",
    "clickhouse": r"ENGINE\s*=\s*\w*(?:MergeTree|Memory|Log)|Nullable\(|LowCardinality|\bUInt\d+\b",
    "snowflake": r"\bVARIANT\b|TIMESTAMP_NTZ|CREATE OR REPLACE TABLE \"",
    "duckdb": r"STRUCT\s*\(|MAP\s*\(\w+,|\bHUGEINT\b",
    "bigquery": r"STRUCT<|ARRAY<|\bINT64\b|\bBIGNUMERIC\b",
}
_ORDER = ("postgres", "mysql", "tsql", "oracle", "sqlite", "duckdb", "snowflake", "clickhouse", "bigquery", "hive", "")
DIALECTS = (*filter(None, _ORDER), "redshift", "spark", "databricks", "trino", "presto", "teradata", "db2")


def guess_dialect(text: str, name: str = "") -> str:
    """The dialect of a SQL file, by its name and its syntax; "" where nothing tells."""
    words = re.split(r"[^a-z0-9]+", name.lower())
    named = next((_NAMES[w] for w in words if w in _NAMES), None)
    if named is not None:
        return named
    head = text[:200_000]
    scores = {d: len(re.findall(cue, head, re.IGNORECASE | re.MULTILINE)) for d, cue in _CUES.items()}
    best = max(scores, key=lambda d: scores[d])
    return best if scores[best] else ""


def candidates(dialect: str) -> list[str]:
    """Dialects to try, the likeliest first; db2 has no grammar of its own."""
    first = "" if dialect == "db2" else dialect
    return list(dict.fromkeys([first, *_ORDER]))


@contextmanager
def _silent() -> Iterator[None]:
    """sqlglot logs each statement that it takes as an opaque command; we report those ourselves."""
    logger = logging.getLogger("sqlglot")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


def parse(text: str, dialect: str) -> Any:
    """The syntax tree of one statement, or None if the dialect does not know it."""
    with _silent():
        try:
            found = sqlglot.parse_one(text, read=dialect or None)
        except (SqlglotError, RecursionError, ValueError, AttributeError, TypeError, IndexError, KeyError):
            return None
    return None if isinstance(found, exp.Command) else found


def parse_create(text: str, dialect: str, reader: TypeReader) -> tuple[exp.Create, str] | None:
    """A CREATE TABLE with columns, and the dialect that understands most of its types; None if none does."""
    best: tuple[int, exp.Create, str] | None = None
    for name in candidates(dialect):
        tree = parse(text, name)
        if not isinstance(tree, exp.Create) or (tree.args.get("kind") or "").upper() != "TABLE":
            continue
        probe = TypeReader(name, reader.made)
        for column in tree.find_all(exp.ColumnDef):
            probe.read(column.args.get("kind"))
        if best is None or len(probe.unknown) < best[0]:
            best = (len(probe.unknown), tree, name)
        if not probe.unknown:
            break
    return None if best is None else (best[1], best[2])


_HEAD = re.compile(
    r"CREATE\s+(?:[A-Z]+\s+){0,4}?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>(?:\"[^\"]+\"|`[^`]+`|\[[^\]]+\]|[^\s(])+)\s*\(",
    re.IGNORECASE,
)


def salvage(text: str, dialect: str, reader: TypeReader) -> tuple[exp.Create, str, list[str]] | None:
    """A CREATE TABLE that no dialect parses, column by column: the tree of what parses, and the parts left out."""
    head = _HEAD.match(text)
    if head is None:
        return None
    parts = items(_body(text, head.end()))
    for name in candidates(dialect)[:3]:
        good: list[str] = []
        bad: list[str] = []
        for part in parts:
            found = parse(f"{head.group()}{part})", name)
            (good if isinstance(found, exp.Create) and isinstance(found.this, exp.Schema) else bad).append(part)
        if good and len(good) >= len(bad):
            tree = parse(f"{head.group()}{', '.join(good)})", name)
            if isinstance(tree, exp.Create):
                return tree, name, bad
    return None


def _body(text: str, start: int) -> str:
    """What stands between the parenthesis that ends at `start` and the one that closes it."""
    depth = 1
    for match in re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|[()]").finditer(text, start):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if depth == 0:
            return text[start : match.start()]
    return text[start:]
