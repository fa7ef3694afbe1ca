"""Scanning files and folders: every format, planted values found by place, unreadable files fail closed."""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import duckdb
import polars as pl
import pytest

from synthgen.errors import UsageError
from synthgen.privacy import files as files_module
from synthgen.privacy.files import scan_paths
from synthgen.privacy.readers import base

REAL, TWIN = "anna.keller@gmail.com", "anna.keller@example.com"
ROWS = 300
PLANT = 211


def frame(value: str) -> pl.DataFrame:
    mails = [f"user{i}@example.org" for i in range(ROWS)]
    mails[PLANT] = value
    return pl.DataFrame({"id": range(ROWS), "mail": mails, "total": [1.5] * ROWS})


def write_sqlite(path: Path, data: pl.DataFrame) -> None:
    with sqlite3.connect(path) as db:
        db.execute('CREATE TABLE "my users" (id INTEGER, mail TEXT, total REAL)')
        db.executemany('INSERT INTO "my users" VALUES (?, ?, ?)', data.rows())
    db.close()


def write_duckdb(path: Path, data: pl.DataFrame) -> None:
    with duckdb.connect(str(path)) as db:
        db.register("source", data.to_arrow())
        db.execute("CREATE TABLE users AS SELECT * FROM source")


def write_gz(path: Path, data: pl.DataFrame) -> None:
    path.write_bytes(gzip.compress(data.write_csv().encode()))


def write_nested(path: Path, data: pl.DataFrame) -> None:
    path.write_text(json.dumps([{"user": {"mail": m}, "tags": ["x", {"k": 1}]} for m in data["mail"]]))


WRITERS: dict[str, tuple[Callable[[Path, pl.DataFrame], object], str | None]] = {
    "data.csv": (lambda p, d: d.write_csv(p), "mail"),
    "semicolon.csv": (lambda p, d: d.write_csv(p, separator=";"), "mail"),
    "data.tsv": (lambda p, d: d.write_csv(p, separator="\t"), "mail"),
    "data.parquet": (lambda p, d: d.write_parquet(p), "mail"),
    "data.jsonl": (lambda p, d: d.write_ndjson(p), "mail"),
    "data.ndjson": (lambda p, d: d.write_ndjson(p), "mail"),
    "data.json": (write_nested, "user.mail"),
    "data.arrow": (lambda p, d: d.write_ipc(p), "mail"),
    "stream.arrow": (lambda p, d: d.write_ipc_stream(p), "mail"),
    "data.txt": (lambda p, d: p.write_text("\n".join(d["mail"])), None),
    "app.log": (lambda p, d: p.write_text("\n".join(f"INFO sent to {m}" for m in d["mail"])), None),
    "users.sqlite": (write_sqlite, "mail"),
    "noending": (write_sqlite, "mail"),
    "users.duckdb": (write_duckdb, "mail"),
    "data.csv.gz": (write_gz, "mail"),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_planted_value_is_found_by_file_column_and_row(tmp_path: Path, name: str) -> None:
    write, column = WRITERS[name]
    write(tmp_path / name, frame(REAL))
    result = scan_paths([tmp_path / name])
    row, line = (PLANT, None) if column else (None, PLANT + 1)
    assert [(f.code, f.column, f.row, f.line, f.entity, f.count) for f in result.findings] == [
        ("pii", column, row, line, "EMAIL_ADDRESS", 1)
    ]
    assert result.findings[0].table.startswith(str(tmp_path / name))
    assert result.rows == ROWS
    assert REAL not in str([asdict(f) for f in result.findings])


@pytest.mark.parametrize("name", WRITERS)
def test_the_reserved_twin_passes_and_mode_none_refuses_it(tmp_path: Path, name: str) -> None:
    write, column = WRITERS[name]
    write(tmp_path / name, frame(TWIN))
    assert scan_paths([tmp_path / name]).findings == ()
    found = scan_paths([tmp_path / name], "none").findings
    if column is None:
        assert [(f.line, f.entity, f.count) for f in found] == [(n, "EMAIL_ADDRESS", 1) for n in range(1, ROWS + 1)]
    else:
        assert [(f.column, f.row, f.entity, f.count) for f in found] == [(column, 0, "EMAIL_ADDRESS", ROWS)]


def write_xlsx(path: Path, data: pl.DataFrame) -> None:
    """The smallest workbook that Excel opens: one sheet, strings inline."""
    rows = [data.columns, *(map(str, row) for row in data.rows())]
    cells = ("".join(f'<c t="inlineStr"><is><t>{v}</t></is></c>' for v in row) for row in rows)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType='
        f'"{kind}.sheet.main+xml"/><Override PartName="/xl/s.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type='
        f'"{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Users" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type='
        f'"{office}/worksheet" Target="s.xml"/></Relationships>',
        "xl/s.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(f"<row>{c}</row>" for c in cells)}</sheetData>'
        "</worksheet>",
    }
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')


def test_spreadsheets(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "data.xlsx", frame(REAL))
    found = scan_paths([tmp_path / "data.xlsx"]).findings
    assert [(f.table.rpartition("#")[2], f.column, f.row, f.entity) for f in found] == [
        ("Users", "mail", PLANT, "EMAIL_ADDRESS")
    ]
    write_xlsx(tmp_path / "data.xlsx", frame(TWIN))
    assert scan_paths([tmp_path / "data.xlsx"]).findings == ()


def test_rows_count_on_over_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "ROWS", 50)
    monkeypatch.setattr(base, "LINES", 50)
    for name in ("data.csv", "data.parquet", "data.jsonl", "users.sqlite", "users.duckdb", "data.json"):
        WRITERS[name][0](tmp_path / name, frame(REAL))
        assert [f.row for f in scan_paths([tmp_path / name]).findings] == [PLANT], name
    WRITERS["data.txt"][0](tmp_path / "data.txt", frame(REAL))
    assert [f.line for f in scan_paths([tmp_path / "data.txt"]).findings] == [PLANT + 1]


def test_folders_with_hidden_files_but_without_git(tmp_path: Path) -> None:
    for place in ("a/b", ".hidden", ".git"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "x.txt").write_text(REAL)
    seen: list[tuple[int, int]] = []
    result = scan_paths([tmp_path, tmp_path / "a"], progress=lambda _, done, total: seen.append((done, total)))
    assert result.files == 2
    assert [Path(f.table).relative_to(tmp_path).parts[0] for f in result.findings] == [".hidden", "a"]
    assert seen == [(0, 2), (1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.parquet", b"PAR1 no"), ("broken.sqlite", b"SQLite format 3\0 no"), ("picture.png", b"\x89PNG\0\0"),
        ("broken.gz", b"\x1f\x8b no"), ("broken.xlsx", b"no"), ("broken.duckdb", b"no"),
        ("broken.arrow", b"no"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_finding(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    found = scan_paths([tmp_path / name]).findings
    assert [(f.code, f.column) for f in found] == [("unscanned", None)]
    assert found[0].message


def test_a_csv_that_is_no_table_is_read_by_line(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(f"a,b\n1,2\n1,2,3,{REAL}\n")
    assert [(f.column, f.line, f.entity) for f in scan_paths([path]).findings] == [(None, 3, "EMAIL_ADDRESS")]


def test_empty_files_pass(tmp_path: Path) -> None:
    for name in ("empty.csv", "empty.txt", "empty.jsonl"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "empty.json").write_text("[]")
    assert scan_paths([tmp_path]).findings == ()


def test_a_missing_path_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="missing-file"):
        scan_paths([tmp_path / "nowhere"])


def test_headers_and_keys_are_scanned_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "no_header.csv").write_text(f"1,{REAL}\n2,bob.miller@gmail.com\n")
    (tmp_path / "keys.json").write_text(json.dumps({"users": {REAL: 1}}))
    result = scan_paths([tmp_path])
    assert {(f.column, f.entity) for f in result.findings} >= {("(header)", "EMAIL_ADDRESS"), ("#2", "EMAIL_ADDRESS")}
    assert REAL not in str([asdict(f) for f in result.findings])


def test_name_columns_pass_if_every_word_is_public(tmp_path: Path) -> None:
    people = pl.DataFrame({"first_name": ["Anna", "Bert"], "last_name": ["Smith", "Keller"]})
    people = people.with_columns(contact=pl.concat_str("first_name", "last_name", separator=" "))
    people.write_csv(tmp_path / "people.csv")
    assert scan_paths([tmp_path]).findings == ()
    assert {f.column for f in scan_paths([tmp_path], "none").findings} == {"first_name", "last_name", "contact"}
    pl.DataFrame({"first_name": ["Anna", "Xqzvwpk"]}).write_csv(tmp_path / "people.csv")
    assert [(f.column, f.row, f.entity) for f in scan_paths([tmp_path]).findings] == [("first_name", 1, "PERSON")]


def test_a_full_name_among_other_values_is_a_finding(tmp_path: Path) -> None:
    pl.DataFrame({"agent": ["support", "sales", "John Smith"]}).write_csv(tmp_path / "agents.csv")
    assert [(f.column, f.row, f.entity) for f in scan_paths([tmp_path]).findings] == [("agent", 2, "PERSON")]


def test_streets_and_companies_called_after_people_pass(tmp_path: Path) -> None:
    places = pl.DataFrame({"street": ["Jordan Hill", "Maple Road"], "company": ["John Deere", "Smith Ltd"]})
    places.write_csv(tmp_path / "places.csv")
    assert scan_paths([tmp_path]).findings == ()


def test_an_unpacked_file_has_a_size_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "LARGEST", 1000)
    (tmp_path / "bomb.txt.gz").write_bytes(gzip.compress(b"0" * 5_000_000))
    assert [f.code for f in scan_paths([tmp_path]).findings] == ["unscanned"]


def test_describe_travels_with_the_result(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("nothing")
    assert scan_paths([tmp_path]).described["mode"] == "reserved"
    assert files_module.scan_paths([]).files == 0
