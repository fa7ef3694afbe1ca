"""Splitting SQL files: every client's habits, and none of its data."""

from hypothesis import given
from hypothesis import strategies as st

from synthgen.schema.importers.sql_text import items, split


def texts(sql: str) -> list[str]:
    return [" ".join(s.text.split()) for s in split(sql)]


def test_semicolons_in_quotes_comments_and_bodies_do_not_split() -> None:
    sql = """-- a; comment
    SELECT 'a;b', "c;d", `e;f`; /* x; /* nested; */ y */
    CREATE FUNCTION f() AS $body$ BEGIN; END; $body$; SELECT E'it\\'s; here';"""
    assert texts(sql) == [
        """SELECT 'a;b', "c;d", `e;f`""",
        "CREATE FUNCTION f() AS $body$ BEGIN; END; $body$",
        "SELECT E'it\\'s; here'",
    ]


def test_client_commands_are_left_out() -> None:
    sql = "\\c shop\nCONNECT me/secret@db;\nGO\nCREATE TABLE a (x int)\nGO\n"
    sql += "CREATE TABLE b (x int)\n/\nexit\n\\i more.sql\n"
    assert texts(sql) == ["CREATE TABLE a (x int)", "CREATE TABLE b (x int)"]


def test_copy_data_is_skipped() -> None:
    sql = "COPY t (a, b) FROM stdin;\n1\tit's; CREATE TABLE x (y int);\n\\.\nCREATE TABLE t2 (a int);\n"
    assert texts(sql) == ["COPY t (a, b) FROM stdin", "CREATE TABLE t2 (a int)"]


def test_a_new_statement_may_start_without_a_semicolon() -> None:
    sql = "CREATE TABLE a (x int)\n\nCREATE TABLE b (y int)\nINSERT INTO b VALUES (1)\nALTER TABLE a ADD z int"
    assert len(texts(sql)) == 4


def test_delimiters_of_mysql() -> None:
    sql = "DELIMITER //\nCREATE TRIGGER t BEGIN SET @x = 1; SET @y = 2; END//\nDELIMITER ;\nCREATE TABLE a (`x` int);"
    found = texts(sql)
    assert found[0].startswith("CREATE TRIGGER") and found[0].endswith("END")
    assert found[-1] == "CREATE TABLE a (`x` int)"


def test_lines_are_those_of_the_file() -> None:
    sql = "-- one\n\n/* two\nthree */\nSELECT 1;\n\n  SELECT\n 2;\nCOPY a FROM stdin;\n1\n2\n\\.\nSELECT 3;"
    assert [(s.line, s.text.split()[0]) for s in split(sql)] == [
        (5, "SELECT"),
        (7, "SELECT"),
        (9, "COPY"),
        (13, "SELECT"),
    ]


def test_a_quote_that_never_closes_does_not_swallow_the_rest() -> None:
    assert texts("SELECT don't;\nCREATE TABLE a (x int);")[-1] == "CREATE TABLE a (x int)"


def test_items_of_a_list() -> None:
    assert items("a int, b decimal(1, 2) check (b in (1, 2)), c text default ',('") == [
        "a int",
        "b decimal(1, 2) check (b in (1, 2))",
        "c text default ',('",
    ]


@given(st.text(alphabet="ab '\"`;$-/*\n\\()GO", max_size=80))
def test_nothing_crashes_and_lines_exist(sql: str) -> None:
    for statement in split(sql):
        assert statement.text.strip()
        assert 1 <= statement.line <= sql.count("\n") + 1
