"""Whatever a source is, the right importer reads it, and mistakes come with a remedy."""

import gzip
import sqlite3
from pathlib import Path

import duckdb
import pytest

from synthgen.errors import RecipeError, UsageError
from synthgen.schema.importers.source import import_source
from synthgen.schema.save import dump_contract

DDL = (
    "CREATE TABLE parent (id INTEGER PRIMARY KEY, kind VARCHAR(3) CHECK (kind IN ('a', 'b')), "
    "size INT CHECK (size > 0));"
)
CHILD = """CREATE TABLE child (a INTEGER, b INTEGER, parent_id INTEGER REFERENCES parent (id), label VARCHAR(9) UNIQUE,
    PRIMARY KEY (a, b), UNIQUE (b, parent_id));"""


def names(source: str | Path) -> list[str]:
    return sorted(t.name for t in import_source(str(source)).tables)


def sqlite_file(path: Path) -> Path:
    with sqlite3.connect(path) as base:
        base.executescript(DDL + CHILD + "INSERT INTO parent VALUES (1, 'a', 1), (2, 'b', 2)")
    base.close()
    return path


def test_files_of_every_kind(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(DDL, encoding="utf-8")
    (tmp_path / "b.sql.gz").write_bytes(gzip.compress(DDL.encode()))
    (tmp_path / "c.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    sqlite_file(tmp_path / "d.db")
    (tmp_path / "e.sqlite.gz").write_bytes(gzip.compress((tmp_path / "d.db").read_bytes()))
    (tmp_path / "f.odcs.yaml").write_text(
        dump_contract(import_source(str(tmp_path / "a.sql")).tables, "f"), encoding="utf-8"
    )
    with duckdb.connect(str(tmp_path / "g.duckdb")) as base:
        base.execute(DDL)
    for name in ("a.sql", "b.sql.gz", "f.odcs.yaml", "g.duckdb"):
        assert names(tmp_path / name) == ["parent"]
    for name in ("d.db", "e.sqlite.gz"):
        assert names(tmp_path / name) == ["child", "parent"]
    assert names(tmp_path / "c.csv") == ["c"]
    assert names(f"sqlite:///{tmp_path / 'd.db'}") == ["child", "parent"]
    assert names(f"duckdb:///{tmp_path / 'g.duckdb'}") == ["parent"]


def test_folders(tmp_path: Path) -> None:
    (tmp_path / "1_first.sql").write_text(DDL, encoding="utf-8")
    (tmp_path / "2_second.sql").write_text(CHILD, encoding="utf-8")
    found = import_source(str(tmp_path))
    assert [t.name for t in found.tables] == ["parent", "child"]
    assert found.tables[1].foreign_keys[0].table == "parent"
    (tmp_path / "data.csv").write_text("x\n1\n", encoding="utf-8")
    assert names(tmp_path) == ["data"]


def test_what_databases_declare(tmp_path: Path) -> None:
    sqlite_file(tmp_path / "x.db")
    with duckdb.connect(str(tmp_path / "x.duckdb")) as base:
        base.execute(DDL + CHILD)
        base.execute("INSERT INTO parent VALUES (1, 'a', 1), (2, 'b', 2)")
    for file in ("x.db", "x.duckdb"):
        tables = {t.name: t for t in import_source(str(tmp_path / file)).tables}
        parent, child = tables["parent"], tables["child"]
        kind, size = parent.field("kind"), parent.field("size")
        assert kind is not None and kind.enum == ("a", "b")
        assert size is not None and size.minimum == 1
        assert parent.rows == 2 and child.rows is None
        assert child.primary_key == ("a", "b") and child.uniques == (("b", "parent_id"),)
        assert [(k.columns, k.table, k.references) for k in child.foreign_keys] == [(("parent_id",), "parent", ("id",))]
        label = child.field("label")
        assert label is not None and label.unique


def test_reading_changes_nothing(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path / "x.db")
    before = path.read_bytes()
    import_source(str(path))
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["x.db"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.sql", b"", "empty-file"), ("x.sql", b"SELECT 1", "no-tables"), ("x.db", b"not a database", "unreadable"),
        ("x.duckdb", b"not a database at all", "unreadable"), ("x.sqlite.gz", b"plain", "unreadable"),
        ("x.docx", b"PK", "unknown-extension"), ("x.yaml", b"a: 1", "invalid-contract"),
    ],
)  # fmt: skip
def test_mistakes_are_told(name: str, content: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises((UsageError, RecipeError)) as caught:
        import_source(str(tmp_path / name))
    assert [p.code for p in caught.value.problems] == [code] and caught.value.problems[0].remedy


def test_missing_things(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text(DDL, encoding="utf-8")
    with pytest.raises(UsageError, match=r"did you mean 'schema.sql'"):
        import_source(str(tmp_path / "shcema.sql"))
    with pytest.raises(UsageError, match="bad-url"):
        import_source("nosuch://host/db")
    with sqlite3.connect(tmp_path / "void.db") as base:
        base.execute("CREATE TABLE t (x)")
        base.execute("DROP TABLE t")
    base.close()
    with pytest.raises(RecipeError, match="no-tables"):
        import_source(str(tmp_path / "void.db"))


@pytest.mark.parametrize("password", ["hunter2pw", "hun%40ter2pw", "hun@ter2pw", "hun/ter2pw"])
def test_no_part_of_a_password_is_shown(password: str) -> None:
    with pytest.raises(UsageError) as caught:
        import_source(f"postgresql://me:{password}@127.0.0.1:1/db?password=hunter2pw")
    text = str(caught.value)
    assert "ter2pw" not in text and "hun" not in text and "remedy" not in text
