"""SQL DDL: keys, references and constraints are kept; what cannot be read is a warning, and never fatal."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.errors import RecipeError, UsageError
from synthgen.schema.importers.ddl import import_ddl
from synthgen.schema.importers.sql_parse import guess_dialect
from synthgen.schema.table import ForeignKey, TableSchema

SHARED = (Path(__file__).parents[3] / "shared" / "data" / "B_relational" / "ddl").resolve()
COUNTS = {  # tables with columns of their own, as SOURCES.md counts CREATE TABLE (less those made from queries)
    "chinook_db2": 11, "chinook_mysql": 11, "chinook_oracle": 11, "chinook_postgres": 11, "chinook_sqlite": 11,
    "chinook_sqlserver": 11, "hospital_postgres": 3, "ibis_clickhouse": 8, "ibis_duckdb": 7, "ibis_mssql": 7,
    "ibis_oracle": 7, "ibis_snowflake": 11, "neosync_alltypes_mysql": 3, "neosync_alltypes_postgres": 5,
    "neosync_commerce_sqlserver": 10, "neosync_complex_postgres": 47, "neosync_compositekeys_mysql": 4,
    "neosync_edgecases_postgres": 9, "neosync_humanresources_mysql": 7, "neosync_humanresources_postgres": 7,
    "pagila_postgres": 22, "snaplet_mysql": 28, "snaplet_postgres": 27, "tpch": 8,
}  # fmt: skip
REFERENCES = {"chinook_db2": 11, "chinook_sqlserver": 11, "hospital_postgres": 2, "snaplet_mysql": 43, "tpch": 0}


def one(sql: str, dialect: str | None = None) -> TableSchema:
    return import_ddl(sql, dialect).tables[-1]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared schemas are not beside this checkout")
@pytest.mark.parametrize("name", sorted(COUNTS))
def test_real_files(name: str) -> None:
    found = import_ddl(SHARED / f"{name}.sql")
    assert len(found.tables) == COUNTS[name]
    assert all(t.fields for t in found.tables)
    if name in REFERENCES:
        assert sum(len(t.foreign_keys) for t in found.tables) == REFERENCES[name]
    assert not [w for w in found.warnings if w.code in ("unreadable-statement", "unreadable-column", "unknown-type")]


def test_constraints_within_a_table() -> None:
    table = one("""CREATE TABLE Orders (
        id INT PRIMARY KEY, code CHAR(4) NOT NULL UNIQUE, total DECIMAL(8, 2) CHECK (total > 0),
        status VARCHAR(9) CHECK (status IN ('new', 'paid')), n INT CHECK (n BETWEEN 1 AND 5), a INT, b INT,
        CONSTRAINT u UNIQUE (a, b), CONSTRAINT c CHECK (a < b))""")
    assert table.primary_key == ("id",) and table.uniques == (("a", "b"),) and table.checks == ("a < b",)
    fields = {f.name: f for f in table.fields}
    assert not fields["id"].nullable and fields["code"].unique and not fields["code"].nullable
    assert (fields["total"].minimum, fields["total"].precision, fields["total"].scale) == (0.01, 8, 2)
    assert fields["status"].enum == ("new", "paid") and fields["status"].max_length == 9
    assert (fields["n"].minimum, fields["n"].maximum) == (1, 5)


def test_what_dumps_write_about_checks() -> None:
    table = one("""CREATE TABLE t (s text, y int, e text,
        CONSTRAINT a CHECK ((s = ANY (ARRAY['x'::text, 'y'::text]))),
        CONSTRAINT b CHECK (((y >= 1901) AND (y <= 2155))),
        CONSTRAINT c CHECK (((e)::text ~ '^[a-z]+$'::text)))""", "postgres")  # fmt: skip
    s, y, e = table.fields
    assert (s.enum, y.minimum, y.maximum, e.pattern) == (("x", "y"), 1901, 2155, "^[a-z]+$")
    assert table.checks == ()


def test_an_open_end_of_a_float_stays_a_check() -> None:
    table = one("CREATE TABLE t (x DOUBLE PRECISION CHECK (x > 0.5))")
    assert table.fields[0].minimum == 0.5 and table.checks == ("x > 0.5",)


def test_references_of_every_kind() -> None:
    found = import_ddl("""CREATE TABLE Parent (a INT, b INT, PRIMARY KEY (a, b));
        CREATE TABLE kid (id INT PRIMARY KEY, up INT REFERENCES KID, pa INT, pb INT,
            FOREIGN KEY (PA, pb) REFERENCES parent (A, B) ON DELETE SET NULL);
        CREATE TABLE late (kid_id INT NOT NULL);
        ALTER TABLE late ADD CONSTRAINT f FOREIGN KEY (kid_id) REFERENCES kid ON DELETE CASCADE;""")
    kid, late = found.tables[1], found.tables[2]
    assert kid.foreign_keys == (
        ForeignKey(("up",), "kid", ("id",)),
        ForeignKey(("pa", "pb"), "Parent", ("a", "b"), "SET NULL"),
    )
    assert late.foreign_keys == (ForeignKey(("kid_id",), "kid", ("id",), "CASCADE"),)


def test_a_reference_that_leads_nowhere_is_a_warning() -> None:
    found = import_ddl("CREATE TABLE t (x INT REFERENCES ghost (id), y INT REFERENCES t (nope))")
    assert found.tables[0].foreign_keys == ()
    assert sorted(w.code for w in found.warnings) == ["unknown-column", "unknown-table"]
    assert all(w.place is not None and w.severity == "warning" for w in found.warnings)


def test_types_that_the_file_creates() -> None:
    table = one("""CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN grade AS int CHECK (VALUE BETWEEN 1 AND 6);
        CREATE TYPE point3 AS (x numeric(6,3), y int);
        CREATE TABLE t (m mood, ms mood[], g grade NOT NULL, p point3);""")
    m, ms, g, p = table.fields
    assert m.enum == ("sad", "ok") and ms.type == "array" and ms.items is not None and ms.items.enum == ("sad", "ok")
    assert (g.type, g.minimum, g.maximum, g.nullable) == ("integer", 1, 6, False)
    assert p.type == "object" and [f.name for f in p.fields] == ["x", "y"]


def test_identity_serial_and_generated_columns() -> None:
    table = one("""CREATE TABLE t (a serial, b int GENERATED ALWAYS AS IDENTITY, c int DEFAULT nextval('s'), d int,
        e int GENERATED ALWAYS AS (d * 2) STORED);
        ALTER TABLE ONLY t ALTER COLUMN d ADD GENERATED BY DEFAULT AS IDENTITY""")
    assert [f.identity for f in table.fields] == [True, True, True, True, False]
    assert table.fields[4].generated == "d * 2"
    assert one("CREATE TABLE t (id int NOT NULL AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB").fields[0].identity
    assert one("CREATE TABLE [dbo].[t] ([id] INT IDENTITY(1,1) NOT NULL)\nGO").fields[0].identity


def test_unique_indexes_are_unique_unless_partial() -> None:
    found = import_ddl("""CREATE TABLE t (a int, b int, c int); CREATE UNIQUE INDEX i ON t (a, b);
        CREATE UNIQUE INDEX j ON t USING btree (c); CREATE UNIQUE INDEX k ON t (b) WHERE c > 1;
        CREATE INDEX l ON t (b);""")
    assert found.tables[0].uniques == (("a", "b"),)
    assert [f.unique for f in found.tables[0].fields] == [False, False, True]
    assert [w.code for w in found.warnings] == ["index-dropped"]


def test_like_inherits_and_partitions() -> None:
    found = import_ddl("""CREATE TABLE base (id int PRIMARY KEY, at date NOT NULL);
        CREATE TABLE copied (LIKE base INCLUDING ALL, extra text); CREATE TABLE child (more int) INHERITS (base);
        CREATE TABLE log (id int, at date NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE log_24 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
        CREATE TABLE log_25 (id int, at date NOT NULL);
        ALTER TABLE log ATTACH PARTITION log_25 FOR VALUES FROM ('2025-01-01') TO ('2025-07-01');""")
    tables = {t.name: t for t in found.tables}
    assert [f.name for f in tables["copied"].fields] == ["id", "at", "extra"]
    assert [f.name for f in tables["child"].fields] == ["id", "at", "more"]
    assert "log_24" not in tables and [w.code for w in found.warnings] == ["partition"]
    at = tables["log"].field("at")
    part = tables["log_25"].field("at")
    assert at is not None and (at.minimum, at.maximum) == ("2024-01-01", "2025-06-30")
    assert part is not None and (part.minimum, part.maximum) == ("2025-01-01", "2025-06-30")


def test_names() -> None:
    found = import_ddl("""CREATE TABLE a.t (x int PRIMARY KEY); CREATE TABLE b.t (x int REFERENCES a.t);
        CREATE TABLE b.only (y int); SET search_path TO c; CREATE TABLE other (z int);
        CREATE TABLE "odd/name #1" (w int)""")
    assert [t.name for t in found.tables] == ["a_t", "b_t", "only", "other", "odd_name 1"]
    assert found.tables[1].foreign_keys[0].table == "a_t"
    assert found.tables[3].namespace == "c"


def test_comments_become_descriptions() -> None:
    table = one("CREATE TABLE t (x int); COMMENT ON TABLE t IS 'it''s a table'; COMMENT ON COLUMN t.x IS 'a column';")
    assert table.description == "it's a table" and table.fields[0].description == "a column"


def test_altered_columns() -> None:
    table = one("""CREATE TABLE t (a int, b text, c int); ALTER TABLE t ADD COLUMN d date NOT NULL;
        ALTER TABLE t ALTER COLUMN b SET NOT NULL; ALTER TABLE t ALTER COLUMN a TYPE varchar(7);
        ALTER TABLE t RENAME COLUMN c TO e;""")
    assert [(f.name, f.type, f.nullable) for f in table.fields] == [
        ("a", "string", True), ("b", "string", False), ("e", "integer", True), ("d", "date", False),
    ]  # fmt: skip


def test_a_statement_that_cannot_be_read_is_skipped_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "shop.sql"
    path.write_text("CREATE TABLE a (x int);\n\nCREATE TABLE ((;\nCREATE TABLE b (y int);\n", encoding="utf-8")
    found = import_ddl(path)
    assert [t.name for t in found.tables] == ["a", "b"]
    (warning,) = found.warnings
    assert warning.place is not None and (warning.place.file, warning.place.line) == ("shop.sql", 3)


def test_one_unreadable_column_does_not_lose_the_table() -> None:
    found = import_ddl("CREATE TABLE t (a int, b ??? !!!, c text, PRIMARY KEY (a))")
    assert [f.name for f in found.tables[0].fields] == ["a", "c"] and found.tables[0].primary_key == ("a",)
    assert [w.code for w in found.warnings] == ["unreadable-column"]


def test_inserts_functions_and_grants_are_ignored_without_a_word() -> None:
    found = import_ddl("""CREATE TABLE t (x int); INSERT INTO t VALUES (1); GRANT SELECT ON t TO me;
        CREATE FUNCTION f() RETURNS int AS $$ BEGIN CREATE TABLE hidden (x int); END $$ LANGUAGE plpgsql;
        CREATE VIEW v AS SELECT 1; ALTER TABLE t OWNER TO me;""")
    assert [t.name for t in found.tables] == ["t"] and found.warnings == []


def test_mistakes_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="missing-file"):
        import_ddl(tmp_path / "none.sql")
    with pytest.raises(RecipeError, match="no-tables"):
        import_ddl("SELECT 1")
    with pytest.raises(UsageError, match="did you mean 'postgres'"):
        import_ddl("CREATE TABLE t (x int)", "postgrse")


@pytest.mark.parametrize(
    ("text", "name", "dialect"),
    [
        ("", "dump_mysql.sql", "mysql"), ("CREATE TABLE t (id int) ENGINE=InnoDB", "x.sql", "mysql"),
        ("CREATE TABLE [dbo].[t] ([id] INT IDENTITY(1,1))", "x.sql", "tsql"), ("x VARCHAR2(5)", "x.sql", "oracle"),
        ("id SERIAL, d jsonb DEFAULT '{}'::jsonb", "x.sql", "postgres"), ("x int", "x.sql", ""),
    ],
)  # fmt: skip
def test_the_dialect_is_guessed(text: str, name: str, dialect: str) -> None:
    assert guess_dialect(text, name) == dialect


WORDS = st.sampled_from(
    """CREATE TABLE t ( ) , ; a int text PRIMARY KEY REFERENCES CHECK > 1 'x' "
    ALTER ADD CONSTRAINT UNIQUE TYPE DOMAIN AS""".split()  # noqa: SIM905
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=25))
def test_no_text_crashes_the_importer(tokens: list[str]) -> None:
    try:
        import_ddl("CREATE TABLE sure (x int);\n" + " ".join(tokens))
    except (RecipeError, UsageError):
        pytest.fail("one table could be read")
