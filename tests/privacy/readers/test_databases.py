"""SQLite and DuckDB files: journals, virtual tables, what cannot be read, nothing written beside them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb

from tests.privacy.readers.planted import REAL, TWIN, places, scanned, unread


def test_rows_that_stand_in_the_journal_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("CREATE TABLE t (mail TEXT)")
        db.execute("INSERT INTO t VALUES (?)", [TWIN])
        db.commit()
        db.execute("PRAGMA wal_checkpoint")
        db.execute("INSERT INTO t VALUES (?)", [REAL])
        db.commit()
        before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
        assert places(path) == [("#t", "mail", 1, None)]
        assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_values_of_every_type(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute('CREATE TABLE "odd ""name" (a, b BLOB, c REAL, d INTEGER)')
        db.execute('INSERT INTO "odd ""name" VALUES (1, ?, 1.5, 9223372036854775807)', [REAL.encode()])
        db.execute('INSERT INTO "odd ""name" VALUES (?, NULL, NULL, NULL)', [REAL])
        db.execute("CREATE TABLE empty (x)")
        db.commit()
    assert places(path) == [('#odd "name', "a", 1, None), ('#odd "name', "b", 0, None)]


def test_a_table_that_cannot_be_read_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE a (mail)")
        db.execute("CREATE TABLE z (mail)")
        db.execute("INSERT INTO z VALUES (?)", [REAL])
        db.commit()
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET sql = 'CREATE VIRTUAL TABLE a USING nowhere(mail)' WHERE name = 'a'")
        db.execute("UPDATE sqlite_master SET rootpage = 0 WHERE name = 'a'")
        db.commit()
    assert list(unread(path)) == ["#a"]
    assert [f.table for f in scanned(path).findings if f.code == "pii"] == [f"{path}#z"]


def test_duckdb_schemas_and_nesting(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with duckdb.connect(str(path)) as db:
        db.execute("CREATE SCHEMA other")
        db.execute("CREATE TABLE other.t AS SELECT {'mail': ?} AS who", [REAL])
        db.execute("CREATE VIEW v AS SELECT * FROM other.t")
    assert places(path) == [("#other.t", "who.mail", 0, None)]
    path.rename(tmp_path / "noending")
    assert places(tmp_path / "noending") == [("#other.t", "who.mail", 0, None)]
