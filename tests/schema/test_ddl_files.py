"""Real schemas, end to end: import, run, and load into SQLite with foreign keys enforced."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen import pipeline

SHARED = (Path(__file__).parents[3] / "shared" / "data" / "B_relational").resolve()
SOURCES = [
    *sorted((SHARED / "ddl").glob("*.sql")),
    SHARED / "chinook" / "chinook.sqlite.gz",
    SHARED / "northwind" / "northwind_postgres.sql.gz",
    SHARED / "pagila" / "pagila_full.sql.gz",
]

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the shared schemas are not beside this checkout")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def load(export: Path) -> list[Any]:
    """Load an export into SQLite, keys and references declared; what `foreign_key_check` says."""
    manifest = json.loads((export / "manifest.json").read_text(encoding="utf-8"))
    base = sqlite3.connect(":memory:")
    base.execute("PRAGMA foreign_keys = ON")
    base.execute("BEGIN")
    base.execute("PRAGMA defer_foreign_keys = ON")
    tables = manifest["tables"]
    for name, table in manifest["tables"].items():
        parts = [quoted(c["name"]) for c in table["columns"]]
        if table["key"]:
            parts.append(f"PRIMARY KEY ({', '.join(map(quoted, table['key']))})")
        for group in table["unique"]:
            parts.append(f"UNIQUE ({', '.join(map(quoted, group))})")
        for r in table["references"]:
            if r["references"] not in [tables[r["table"]]["key"], *tables[r["table"]]["unique"]]:
                continue  # MySQL lets a reference lead to columns that are not unique; SQLite does not
            own, other = ", ".join(map(quoted, r["columns"])), ", ".join(map(quoted, r["references"]))
            parts.append(f"FOREIGN KEY ({own}) REFERENCES {quoted(r['table'])} ({other}) DEFERRABLE INITIALLY DEFERRED")
        base.execute(f"CREATE TABLE {quoted(name)} ({', '.join(parts)})")
    for name, table in manifest["tables"].items():
        files = [f["path"] for f in table["files"] if f["format"] == "parquet"]
        frame = pl.concat([pl.read_parquet(export / path) for path in files])
        texts = [
            s.cast(pl.Int64) if isinstance(s.dtype, pl.Duration) else
            s.cast(pl.String) if s.dtype.is_temporal() or s.dtype.is_decimal() else
            pl.Series(s.name, [None if v is None else json.dumps(v, default=str) for v in s.to_list()], dtype=pl.String)
            if s.dtype.is_nested() else s
            for s in frame
        ]  # fmt: skip
        plain = pl.DataFrame(texts)
        places = ", ".join("?" * frame.width)
        base.executemany(f"INSERT INTO {quoted(name)} VALUES ({places})", plain.rows())
    base.execute("COMMIT")
    return base.execute("PRAGMA foreign_key_check").fetchall()


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.name.split(".")[0])
def test_a_real_schema_becomes_data_that_loads(source: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    made = pipeline.init(str(source), recipe)
    assert made.tables
    problems = pipeline.check(recipe)
    assert [p.format() for p in problems if p.severity == "error"] == []
    result = pipeline.run(recipe, out=tmp_path / "out")
    assert [f.to_json() for f in result.verdict.findings] == []
    assert set(result.tables) == set(made.tables)
    assert load(tmp_path / "out") == []
    assert pipeline.verify(tmp_path / "out", regenerate=20).verdict.findings == ()


def orphans(export: Path) -> int:
    """Rows whose reference leads to no row, in all tables, composite references too."""
    tables = json.loads((export / "manifest.json").read_text(encoding="utf-8"))["tables"]
    frames = {
        n: pl.read_parquet([export / f["path"] for f in t["files"] if f["format"] == "parquet"])
        for n, t in tables.items()
    }
    return sum(
        frames[name].drop_nulls(r["columns"]).join(
            frames[r["table"]], left_on=r["columns"], right_on=r["references"], how="anti"
        ).height
        for name, t in tables.items() for r in t["references"]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("source", "tables", "references"),
    [("chinook_sqlite", 11, 11), ("hospital_postgres", 3, 2), ("neosync_compositekeys_mysql", 4, 3), ("tpch", 8, 0)],
)
def test_what_the_ddl_declares_is_kept(source: str, tables: int, references: int, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    made = pipeline.init(str(SHARED / "ddl" / f"{source}.sql"), recipe)
    assert len(made.tables) == tables
    result = pipeline.run(recipe, out=tmp_path / "out")
    assert sum(len(t["references"]) for t in result.tables.values()) == references
    assert orphans(tmp_path / "out") == 0
